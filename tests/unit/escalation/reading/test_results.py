"""What came of a deed, told after it: quoted where the words say so by their form, and nothing where they may say anything else.

A generator puts deeds before results, and before what only stands there: plans, questions, thanks, conditions, new deeds.
"""

# ruff: noqa: E501 - texts are easier to find in long lines

from __future__ import annotations

import pytest

from escalation.brief.lines import NOT_CLEAR, label
from escalation.brief.render import render
from escalation.package.contents import Package, Step
from escalation.reading.results import with_results
from escalation.text.passages import Deed, Passage
from escalation.text.stretches import stretches
from escalation.wording.outcomes import Outcome
from tests.unit.escalation.tickets import evidence_of, package_of

DEEDS = ("Replaced the patch cable.", "Restarted the print spooler on SRV-2.", "Reinstalled the scanner driver.", "Moved the phone to port 7.")
RESULTS = (
    "Still no picture.", "That did nothing.", "Same error again.", "No drops since.", "It works now.", "Users still cannot print after that.",
    "Unfortunately no change.", "The problem is back.", "10:40 locked again.", "Nobody has called since.", "None of that helped.",
)  # fmt: skip
OTHERS = (
    "Will look at it again tomorrow.", "Could it be the switch?", "Thanks for your help.", "If it happens again, replace the dock.",
    "Waiting for the vendor to call back.", "Still waiting for the customer.", "Please try another port.", "Ticket goes to the network team.",
    "Then replaced the dock.", "Still to do: the second printer.", "Maybe it works tomorrow.", "I have no time left today.",
)  # fmt: skip


def step_of(package: Package, words: str) -> Step:
    return next(step for step in package.steps_attempted if words.rstrip(".") in step.evidence)


def told(package: Package, words: str) -> str:
    """Return all that the package says of what came of a deed: its own words and those quoted beside them."""
    step = step_of(package, words)
    return f"{step.evidence} {step.result.evidence if step.result else ''}"


@pytest.mark.parametrize("result", RESULTS)
def test_a_result_in_the_sentence_after_is_quoted(result: str) -> None:
    for deed in DEEDS:
        package = package_of(evidence_of(f"{deed} {result}"))
        step = step_of(package, deed)
        assert result.rstrip(".") in told(package, deed)
        assert label(step) != NOT_CLEAR


@pytest.mark.parametrize("other", OTHERS)
def test_what_is_no_result_is_not_quoted(other: str) -> None:
    for deed in DEEDS:
        package = package_of(evidence_of(f"{deed} {other}"))
        assert step_of(package, deed).result is None
        assert not [step for step in package.steps_attempted if step.result]


def test_the_next_note_of_the_same_side_may_begin_with_it() -> None:
    package = package_of(evidence_of("Reinstalled the scanner driver.", "Users still cannot scan after that."))
    step = step_of(package, "Reinstalled the scanner driver")
    assert step.result is not None
    assert (step.source, step.result.source, step.result.evidence) == ("n1", "n2", "Users still cannot scan after that.")
    assert 'Reinstalled the scanner driver: "Users still cannot scan after that" [n1] [n2]' in render(package, marker=None)


def test_a_deed_told_in_between_has_the_result() -> None:
    package = package_of(evidence_of("Reinstalled the scanner driver. Replaced the USB lead: no change."))
    assert told(package, "Reinstalled the scanner driver").strip().rstrip(".") == "Reinstalled the scanner driver"
    assert "no change" in told(package, "Replaced the USB lead")


def test_what_is_said_of_everything_is_said_of_each() -> None:
    deeds = DEEDS[:3]
    package = package_of(evidence_of(" ".join([*deeds, "None of that helped."])))
    assert all("None of that helped" in told(package, deed) for deed in deeds)


def test_what_was_said_to_somebody_has_no_result() -> None:
    package = package_of(evidence_of("Told Mia an engineer by 14:00.", "It dropped again just now."))
    assert not [step for step in package.steps_attempted if step.result]


@pytest.mark.parametrize(
    ("outcome", "sure", "quoted"), [("worked", 0.9, False), ("worked", 0.7, True), ("no_change", 0.9, True), ("unknown", 0.9, True)]
)
@pytest.mark.parametrize("result", ["Still no picture.", "Same error again.", "None of that helped."])
def test_a_sure_outcome_keeps_no_words_that_say_the_opposite(outcome: Outcome, sure: float, quoted: bool, result: str) -> None:
    text = f"{DEEDS[0]} {result}"
    deed = Deed(0, 0, len(DEEDS[0]), len(DEEDS[0]), outcome, "tech", outcome_sure=sure)
    (found,) = with_results([deed], [Passage(text, tuple(stretches(text)), "technician")])
    assert found.result == ((0, text.index(result), len(text)) if quoted else None)


CHECKS = ("Looked at the rules of the shared mailbox.", "Checked the event log on SRV-2.")
FOUND_THERE = ("One rule moves all invoices to a feed folder.", "Two disks are in predictive failure.", "The lease time is three days.")
STATES = ("Receptionist gets an address now.", "Pool is dropping.", "PCs correct by 10:05, doors OK.", "Test mail stays in the inbox now.")
OF_ITS_OWN = ("Sign-in log: success from another country.", "No backup since Tuesday night.", "Resumed the other one, running.", "The customer is on leave until Monday, and nobody else there knows the password of that tenant.")


def test_what_a_check_found_is_the_statement_right_after_it() -> None:
    for check in CHECKS:
        for found in FOUND_THERE:
            assert found.rstrip(".") in told(package_of(evidence_of(f"{check} {found}")), check)


def test_a_state_right_after_a_change_is_what_came_of_it() -> None:
    for deed in DEEDS:
        for state in STATES:
            assert state.rstrip(".") in told(package_of(evidence_of(f"{deed} {state}")), deed)
            assert step_of(package_of(evidence_of(f"{deed}\n\n{'Rang the customer at nine. ' * 3}{state}")), deed).result is None


@pytest.mark.parametrize("other", OF_ITS_OWN)
def test_a_finding_or_deed_of_its_own_is_not_what_came_of_the_change_before(other: str) -> None:
    for deed in DEEDS:
        assert step_of(package_of(evidence_of(f"{deed} {other}")), deed).result is None


def test_a_verdict_after_words_that_tell_something_is_quoted_beside_them() -> None:
    package = package_of(evidence_of("Read the lifetimes off both firewalls: 28800. The same."))
    assert label(step_of(package, "Read the")) == '"The same"'


def test_what_came_of_a_step_is_told_beside_it_and_not_in_a_line_of_its_own() -> None:
    note = render(package_of(evidence_of("Cut the lease to two hours and cleared the table. Receptionist gets an address now, 10.1.50.23.")), marker=None)
    lines = [line for line in note.partition("\n---")[0].splitlines() if line.startswith("- ")]
    assert len([line for line in lines if "Receptionist gets an address now" in line]) == 1
    assert "**Tried (1):**" in note


def test_what_says_only_how_something_is_has_no_result_to_be_told() -> None:
    stated = Step("x", "Looks like a false positive, vendor shipped 11.2 yesterday", 0, "unknown", "tech", "n1", outcome_sure=0.3)
    assert label(stated) != NOT_CLEAR
