"""What the newest note says and no step or request tells stands above the fold, once; what is an older note's or a courtesy does not."""

# ruff: noqa: E501 - texts are easier to find in long lines

from __future__ import annotations

import pytest

from escalation.brief.render import render
from escalation.package.contents import Package
from tests.unit.escalation.tickets import evidence_of, package_of

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
