"""Time that a program entered for an engineer, and edited notes, over the space of who entered, wrote and edited what when."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime

import pytest

from escalation.evidence import Evidence, Note, TimeEntry
from escalation.response.claims import claim_signals
from escalation.response.first_action import FirstAction, first_action
from escalation.response.sightings import Sighting
from tests.unit.escalation.response.test_who_took_it import ANNA, ESCALATED, ROSTER, RULES, E, moment
from tests.unit.escalation.tickets import ticket

PROGRAMS = ("flowbot", "nobody-knows-it", "gone")
TEXTS = {"": False, "Looking into it": False, "Restarted the spooler, pages come out": True}


def evidence(*, notes: tuple[Note, ...] = (), entries: tuple[TimeEntry, ...] = (), owner: str | None = None) -> Evidence:
    return Evidence(
        replace(ticket(), board_id=1, status_id=ESCALATED, owner=owner, last_updated=E, updated_by="junior"), moment(9000),
        notes=notes, time_entries=entries,
    )  # fmt: skip


def claimed(read: Evidence) -> list[tuple[str, datetime]]:
    first = Sighting(E, "junior", 1, ESCALATED, read.ticket.owner)
    found = claim_signals(
        read, seen_before=first, rules=RULES, roster=ROSTER, claimable_since=E, escalated_by="junior", observed=[first]
    )
    return [(signal.kind, signal.at) for signal in found]


def acted(read: Evidence, since: float) -> FirstAction | None:
    return first_action(read, claimed_by="anna", claimed_at=moment(since), rules=RULES, roster=ROSTER)


@pytest.mark.parametrize(("by", "text"), list(itertools.product((None, "dispatcher", *PROGRAMS), TEXTS)))
def test_time_that_a_program_entered_says_only_what_its_text_says(by: str | None, text: str) -> None:
    entry = TimeEntry(12, text, ANNA, moment(600), None, moment(600), entered_by=by)
    program, deed = by in PROGRAMS, TEXTS[text]
    assert claimed(evidence(entries=(entry,))) == ([("time_entry", moment(600))] if deed or not program else [])
    done = acted(evidence(entries=(entry,)), 60)
    assert (done is not None) == (deed or (not text and not program))


@pytest.mark.parametrize(
    ("wrote", "later", "by"), list(itertools.product((-600, 120, 900), (0, 60, 299, 3600), (None, "flowbot", "ben")))
)
def test_what_its_author_edited_counts_from_the_edit(wrote: float, later: float, by: str | None) -> None:
    """Anna has it since 300 s after the escalation."""
    note = Note(11, "On it. Restarted the spooler, pages come out.", ANNA, moment(wrote), "internal",
                updated_at=moment(wrote + later), edited_by=by)  # fmt: skip
    edited = by is None and later > 300
    at = wrote + later if edited else wrote
    done = acted(evidence(notes=(note,)), 300)
    assert (None if done is None else (done.at, done.trusted)) == ((moment(at), not edited) if at >= 300 else None)
    if done is not None and edited:
        assert (done.typed_start, done.entered_at) == (note.created_at, note.updated_at)
        assert "60 min after it was begun" in done.why
    taken = claimed(evidence(notes=(note,), owner="anna"))
    assert taken == ([("note", moment(at)), ("deed", moment(at))] if wrote >= 0 else []), "what stood there before took nothing"


def test_a_note_without_times_is_no_worse_than_before() -> None:
    note = Note(11, "Restarted the spooler, pages come out.", ANNA, None, "internal", updated_at=moment(900))
    assert acted(evidence(notes=(note,)), 300) is None
