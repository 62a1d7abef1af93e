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
