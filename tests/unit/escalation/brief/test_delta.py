"""What changed since the brief: corrections first, and nothing where nothing changed."""

from __future__ import annotations

from escalation.brief.delta import changes, lines
from tests.unit.escalation.tickets import evidence_of, package_of

FIRST = "Turned off the antivirus on PC-14, will watch. Checked the cable, fine."


def test_the_same_package_has_no_differences() -> None:
    package = package_of(evidence_of(FIRST))
    assert changes(package, package) == ()


def test_a_result_that_arrives_later_corrects_the_line() -> None:
    old = package_of(evidence_of(FIRST))
    new = package_of(evidence_of(FIRST, "Dropped again. AV off made no difference."))
    found = changes(old, new)
    assert (found[0].kind, found[0].was, found[0].now) == ("corrected", "result not recorded", "no change")
    assert str(lines(found)[0]).startswith("no longer true, result of ")


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
