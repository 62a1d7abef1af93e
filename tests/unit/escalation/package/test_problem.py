"""The problem is quoted from where the symptom is told: not from how a message is opened, and of an alert from its row that names a fault."""

# ruff: noqa: E501 - an example is easier to read in one line

# ruff: noqa: E501 - texts are easier to find in long lines

from __future__ import annotations

import pytest

from escalation.package.contents import Package
from tests.unit.escalation.tickets import evidence_of, package_of

OPENINGS = (
    "Quick one (hopefully!).", "I'm writing on behalf of the payroll team.", "As discussed with Tim on Friday.", "Can you help please?",
    "Sorry to bother you again.", "Hope you all had a nice weekend!", "Further to my call this morning.", "We need some help.",
)  # fmt: skip
SYMPTOM = "The label printer prints two blank pages after each label."


def described(text: str) -> Package:
    return package_of(evidence_of("Restarted the spooler, no change.", description=text))


@pytest.mark.parametrize("opening", OPENINGS)
def test_the_problem_is_the_symptom_and_not_how_the_message_is_opened(opening: str) -> None:
    problem = described(f"{opening} {SYMPTOM}").problem
    assert problem is not None
    assert problem.evidence == SYMPTOM


def test_an_opening_that_tells_the_trouble_stays() -> None:
    text = "Sorry to say the label printer is down again. It happened at nine."
    problem = described(text).problem
    assert problem is not None
    assert problem.evidence == text


def test_an_opening_alone_is_better_than_nothing() -> None:
    problem = described("Can you help please?").problem
    assert problem is not None
    assert problem.source == "d"


def test_an_alert_is_told_by_its_row_that_names_a_fault_or_by_the_summary() -> None:
    rows = "Check: Disk C:\nDevice: EX-FS02\nState: CRITICAL\n"
    told = described(f"{rows}Message: volume is full (0 MB free)").problem
    assert told is not None
    assert (told.evidence, told.source) == ("volume is full (0 MB free)", "d")
    silent = described(rows).problem
    assert silent is not None
    assert silent.source == "s"


HEADINGS = (
    "From: Gail Morris <gail@northgate.example>\nSent: 27 November 2026 08:41\nTo: support\nSubject: FW: printer\n\n",
    "---------- Forwarded message ---------\nFrom: Gail Morris <gail@northgate.example>\nDate: Fri, 27 Nov 2026 at 08:41\nSubject: printer\nTo: <support@msp.example>\n\n",
    "\nVon: Gail Morris <gail@northgate.example>\nGesendet: Freitag, 27. November 2026 08:41\nAn: Support\nBetreff: Drucker\n\n",
)
BELOW = "\n\nGail\n\n> On 20 Nov 2026 support wrote:\n> We restarted the spooler and that fixed it.\n"


@pytest.mark.parametrize("heading", HEADINGS)
def test_what_only_forwards_a_mail_tells_that_mail_s_problem(heading: str) -> None:
    for below in ("", BELOW):
        package = described(f"{heading}{SYMPTOM}{below}")
        assert package.problem is not None
        assert package.problem.evidence.startswith(SYMPTOM)
        assert package.evidence_blocks == ()
        assert not [step for step in package.steps_attempted if step.source == "d"]


def test_a_mail_that_is_forwarded_below_its_writer_s_own_words_is_not_theirs() -> None:
    problem = described(f"The till printer is down again, see below.\n\n{HEADINGS[0]}{SYMPTOM}").problem
    assert problem is not None
    assert SYMPTOM not in problem.evidence


def test_a_mail_without_a_word_tells_nothing() -> None:
    package = described(HEADINGS[0])
    assert package.problem is not None
    assert package.problem.source == "s"
