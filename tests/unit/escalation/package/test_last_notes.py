"""What the newest note says and no step or request tells stands above the fold, once; what is an older note's or a courtesy does not."""

# ruff: noqa: E501 - texts are easier to find in long lines

from __future__ import annotations

from dataclasses import replace

import pytest

from escalation.brief.render import render
from escalation.evidence import Note
from escalation.package.contents import Package
from tests.unit.escalation.tickets import MIA, at, evidence_of, package_of

OLDER = "Checked the switch log, nothing in it. Cause is probably the old dock. Next: swap the dock."
ASK = "Can someone with rights change the mapping?"
TO_DO = ("Needs updating to the new department name, then turn the task on again.", "Still to do: load the certificate on the second gateway.")
FOUND = ("Root cause must be the export from the wages system.", "The controller shows 47 clients and 191 leases.")
TALK = ("Thanks for picking this up.", "Sorry to hand over so late today.", "Is that all?", "She is not happy, payroll tomorrow morning.")


def made(text: str) -> Package:
    return package_of(evidence_of(OLDER, f"Restarted the export, no change. {text} {ASK}"))


def opening(package: Package) -> str:
    return render(package, marker=None).partition("\n---\n")[0]


@pytest.mark.parametrize("said", [*TO_DO, *FOUND])
def test_what_the_last_note_says_stands_above_the_fold_once(said: str) -> None:
    lines = [line for line in opening(made(said)).splitlines() if line.startswith("- ")]
    assert said.rstrip(".") in opening(made(said))
    assert len([line for line in lines if said.rstrip(".") in line]) <= 1


def test_what_is_to_be_done_is_no_finding() -> None:
    for said in TO_DO:
        package = made(said)
        assert said.rstrip(".") not in [quote.text for quote in package.findings]
    for said in FOUND:
        assert said.rstrip(".") not in [quote.text for quote in made(said).still_to_do]


@pytest.mark.parametrize("said", TALK)
def test_courtesy_and_questions_are_neither(said: str) -> None:
    package = made(said)
    assert package.still_to_do == ()
    assert package.findings == ()


def test_what_only_an_older_note_says_is_not_told_as_the_last_word() -> None:
    package = package_of(evidence_of(OLDER, "Restarted the export, no change. Rang the customer at nine. They are closed from one. " + ASK))
    assert not [quote for quote in (*package.still_to_do, *package.findings) if quote.source == "n1"]


def wrote(*said: str) -> Package:
    """Return the package of a ticket whose customer wrote these texts after a technician's."""
    evidence = evidence_of("Rolled the driver back on CAD-02, it is stable since.")
    later = tuple(Note(200 + n, text, MIA, at(40 + n), "discussion") for n, text in enumerate(said))
    return package_of(replace(evidence, notes=(*evidence.notes, *later)))


@pytest.mark.parametrize(
    "said",
    ["CAD-02 crashed again, same blue screen.", "Immer noch keine Mails, ich muss das vor 17 Uhr senden."],
)
def test_what_the_customer_wrote_last_stands_above_the_fold_in_any_language(said: str) -> None:
    for texts in ((said,), (said, "Thanks for looking into it!")):
        assert f'**The customer wrote last:** "{said.rstrip(".")}" [n2]' in opening(wrote(*texts))


@pytest.mark.parametrize(
    "newest",
    [
        "Thanks for the quick reply but it is still slow",
        "Thanks, it works now",
        "Many thanks, the lights on it are amber",
        "Danke, aber es ist immer noch langsam",
        "Not anymore",
        "まだ遅いです",
    ],
)
def test_no_older_text_of_the_customer_is_the_last(newest: str) -> None:
    word = wrote("It crashed at nine and again at ten.", newest).last_word
    assert word is not None
    assert (word.evidence, word.source) == (newest, "n3")


@pytest.mark.parametrize("newest", ["Many thanks for all your help!", "Ok, great!", "Hi Dana,\n\nthanks again.\n\nMia", "Best regards\nMia"])
def test_behind_thanks_what_was_written_before_them_stays_the_last(newest: str) -> None:
    word = wrote("It crashed at nine and again at ten.", newest).last_word
    assert word is not None
    assert word.source == "n2"


def test_behind_a_step_of_the_customer_nothing_older_is_the_last() -> None:
    assert wrote("It works fine now, well done.", "I rebooted CAD-02 again, no change.").last_word is None


def test_what_was_answered_told_as_a_step_or_only_polite_is_not_told() -> None:
    assert wrote("Thanks a lot for your help!").last_word is None
    assert wrote("I rebooted CAD-02 again, no change.").last_word is None
    asked = evidence_of("Asked her to try it again.")
    answered = (Note(99, "It still crashes every time.", MIA, at(5), "discussion"), *asked.notes)
    assert package_of(replace(asked, notes=answered)).last_word is None


def test_the_edited_brief_tells_what_the_customer_wrote_since() -> None:
    before = package_of(evidence_of("Rolled the driver back on CAD-02, it is stable since."))
    after = wrote("CAD-02 crashed again, same blue screen.")
    note = render(after, marker=None, since=before)
    assert "new, from the customer: CAD-02 crashed again, same blue screen [n2]" in note
    assert "- [n2] " in note
