"""The junior is asked one question, the most valuable one, and never twice."""

from __future__ import annotations

import dataclasses
from functools import cache

from escalation.brief.question import MARK, question_to_junior
from escalation.package.contents import Package
from tests.unit.escalation.tickets import evidence_of, package_of


@cache
def thin() -> Package:
    return dataclasses.replace(package_of(evidence_of(summary="Outlook is broken")), escalated_by="Dana Reyes")


def test_the_note_asks_the_first_thing_that_is_missing() -> None:
    note = question_to_junior(thin())
    assert note is not None
    assert note.count("?") == 1
    assert "Dana Reyes" in note
    assert thin().not_recorded[0].question in note
    assert MARK in note


def test_it_is_asked_once() -> None:
    note = question_to_junior(thin())
    assert note is not None
    assert question_to_junior(thin(), asked_already=("a note", note)) is None


def test_nobody_is_asked_when_nothing_is_missing_or_nobody_is_known() -> None:
    assert question_to_junior(dataclasses.replace(thin(), not_recorded=())) is None
    assert question_to_junior(dataclasses.replace(thin(), escalated_by=None)) is None


def test_a_hostile_name_stays_a_name() -> None:
    note = question_to_junior(dataclasses.replace(thin(), escalated_by="[x](http://evil.example) **now** @all"))
    assert note is not None
    assert "](http" not in note
    assert "**now**" not in note
