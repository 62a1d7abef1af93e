"""What changed since the brief: corrections first, and nothing where nothing changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from escalation.brief.delta import changes, lines
from escalation.brief.sanitize import inline
from escalation.package.contents import Package
from escalation.wording.outcomes import Outcome
from tests.unit.escalation.brief.test_sanitize import HOSTILE
from tests.unit.escalation.tickets import evidence_of, package_of

FIRST = "Turned off the antivirus on PC-14, will watch. Checked the cable, fine."


def test_the_same_package_has_no_differences() -> None:
    package = package_of(evidence_of(FIRST))
    assert changes(package, package) == ()


def told_as(outcome: Outcome, sure: float) -> Package:
    package = package_of(evidence_of(FIRST))
    first, *rest = package.steps_attempted
    return replace(package, steps_attempted=(replace(first, outcome=outcome, outcome_sure=sure), *rest))


def test_a_result_that_arrives_later_corrects_the_line() -> None:
    for was, old in (("result not recorded", told_as("unknown", 0.9)), ("result not clear", told_as("worked", 0.3))):
        (found,) = changes(old, told_as("no_change", 0.9))
        assert (found.kind, found.was, found.now) == ("corrected", was, "no change")
        assert str(lines([found])[0]).startswith("no longer true, result of ")


@pytest.mark.parametrize("text", HOSTILE)
def test_the_step_that_a_result_is_of_is_inert_and_short(text: str) -> None:
    old, new = (
        replace(one, steps_attempted=(replace(one.steps_attempted[0], text=text + " x" * 400), *one.steps_attempted[1:]))
        for one in (told_as("unknown", 0.9), told_as("no_change", 0.9))
    )
    (found,) = changes(old, new)
    assert str(inline(text + " x" * 400, limit=100)) in found.about
    assert len(found.about.encode()) < 130


def test_a_later_note_that_tells_the_result_is_new() -> None:
    first = "Reinstalled the scanner driver."
    old = package_of(evidence_of(first))
    new = package_of(evidence_of(first, "Users still cannot scan after that."))
    told = [found for found in changes(old, new) if found.about.startswith("result of")]
    assert [(found.kind, found.now, found.source) for found in told] == [("added", "Users still cannot scan after that", "n2")]


def test_what_is_sure_of_no_result_corrects_nothing() -> None:
    assert changes(told_as("worked", 0.9), told_as("no_change", 0.9)), "a sure one does"
    assert changes(told_as("worked", 0.3), told_as("no_change", 0.4)) == ()
    assert changes(told_as("worked", 0.9), told_as("no_change", 0.4)) == ()


def test_a_change_taken_back_and_a_new_step_are_told() -> None:
    old = package_of(evidence_of(FIRST))
    new = package_of(evidence_of(FIRST, "Turned the antivirus on PC-14 back on. Replaced the switch, no change."))
    told = [(d.kind, d.about) for d in changes(old, new)]
    assert ("gone", "left changed") in told
    assert ("added", "tried") in told


def test_lines_are_inert_and_counted() -> None:
    old = package_of(evidence_of("Rang."))
    new = package_of(evidence_of(*[f"Replaced cable <b>{n}</b>, no change." for n in range(12)]))
    told = lines(changes(old, new))
    assert len(told) == 9
    assert str(told[-1]).startswith("and ")
    assert all("<b>" not in line for line in told)
