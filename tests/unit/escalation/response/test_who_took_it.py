"""Who took an escalation, over a space of who did what when: what a person who stood by would say.

The space: *who* saved the ticket (the engineer herself, another engineer, the junior who escalated, a dispatcher, a program
with keys, a login that is on no list, nobody named, a colleague who has left) × *what* (owner; owner and claim status; claim
status with and without an engineer as owner; another status; another board; a schedule entry with and without its
acknowledgement) × *when* (in the very second, 7 s, 5 min, 2 h after the escalation) × *what the engineer did next* (nothing,
an announcement, a deed in a note, a time entry, a move of the status) and what another engineer did. The verdicts are written
down by hand in `by_hand`, from what the trade means and not from the rules.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from escalation.evidence import Evidence, Note, Person, Roster, ScheduleEntry, TimeEntry
from escalation.response.claims import claim_signals
from escalation.response.sightings import Sighting
from escalation.rules import StatusRules
from tests.unit.escalation.tickets import at, ticket

ESCALATED, TAKEN, WORKING = 9, 12, 15
E = at(0)
RULES = StatusRules(escalate=frozenset({(1, ESCALATED)}), claim=frozenset({(1, TAKEN), (2, 30)}))
ROSTER = Roster(
    roles={
        "junior": "technician", "dispatcher": "technician", "anna": "engineer", "ben": "engineer", "flowbot": "system",
        "gone": "engineer",
    },
    us="rfapi",
    left=frozenset({"gone"}),
)  # fmt: skip
ANNA, BEN = Person("Anna", "engineer", "anna"), Person("Ben", "engineer", "ben")

PEOPLE = ("anna", "ben", "junior", "dispatcher")
MACHINES = ("flowbot", "nobody-knows-it", None, "gone")
WHATS = ("owner", "owner and taken", "taken", "taken, owned", "working", "board", "planned", "acknowledged")
WHENS = (0.0, 7.0, 300.0, 7200.0)
NEXTS = ("nothing", "announces", "note", "time", "moves")
OTHERS = ("nothing", "asks", "note")


@dataclass(frozen=True)
class Case:
    who: str | None
    what: str
    when: float
    then: str
    other: str


def cases() -> Iterator[Case]:
    for case in itertools.product(PEOPLE + MACHINES, WHATS, WHENS, NEXTS, OTHERS):
        who, what, when, _, _ = case
        if when == 0.0 and what not in ("owner", "planned"):
            continue  # a second entry into another status in the second of the escalation is not seen
        if who == "gone" and what in ("planned", "acknowledged"):
            continue  # whoever has left plans nobody
        yield Case(*case)


def by_hand(case: Case) -> tuple[str, float] | None:
    """Who has it, and since how many seconds after the escalation: Anna is on duty, Ben passes by."""
    person, when = case.who in PEOPLE, case.when
    deed = {"note": when + 60, "time": when + 60, "moves": when + 60}.get(case.then)
    if case.what in ("owner", "owner and taken"):
        if case.who == "anna" or (person and when > 0) or case.what == "owner and taken":
            return "anna", when  # made herself the owner; was given it by a person; or the status says: taken
        return ("anna", deed) if deed else None  # assigned, and assigned is not taken
    if case.what == "taken":
        if case.who in ("anna", "ben"):
            return case.who, when
        return ("anna", deed) if deed and case.then == "time" else None
    if case.what == "taken, owned":
        if case.who == "ben":
            return "ben", when
        return "anna", when  # whoever says so, the status is named for it and names its owner
    if case.what == "acknowledged" and (person or case.who is None):
        return "anna", when  # an acknowledgement is its member's own, unless a program is seen to have written it
    # Neither a move to some status or board nor a plan is taking it; a time entry is, and nothing else of a non-owner.
    return ("anna", deed) if deed and case.then == "time" else None


def moment(seconds: float) -> datetime:
    return E + timedelta(seconds=seconds)


def played(case: Case) -> tuple[Evidence, list[Sighting]]:
    """The saves and records that the PSA would show."""
    owner_before = "anna" if case.what == "taken, owned" else None
    saves = [Sighting(E, "junior", 1, ESCALATED, owner_before)]
    board, status, owner = {
        "owner": (1, ESCALATED, "anna"), "owner and taken": (1, TAKEN, "anna"), "taken": (1, TAKEN, None),
        "taken, owned": (1, TAKEN, "anna"), "working": (1, WORKING, None), "board": (2, 20, None),
    }.get(case.what, (1, ESCALATED, None))  # fmt: skip
    schedule: tuple[ScheduleEntry, ...] = ()
    if case.what in ("planned", "acknowledged"):
        known = moment(case.when) if case.what == "acknowledged" else None
        schedule = (ScheduleEntry(3, "anna", moment(3600), None, known, saved_by=case.who),)
    else:
        saves.append(Sighting(moment(case.when), case.who, board, status, owner))
    notes: list[Note] = []
    entries: tuple[TimeEntry, ...] = ()
    later = moment(case.when + 60)
    if case.then == "announces":
        notes.append(Note(11, "Looking into it, will update later.", ANNA, later, "internal"))
    elif case.then == "note":
        notes.append(Note(11, "Cleared the spooler and restarted the service, pages come out.", ANNA, later, "internal"))
    elif case.then == "time":
        entries = (TimeEntry(12, "Replaced the fuser", ANNA, later, None, later),)
    elif case.then == "moves":
        saves.append(Sighting(later, "anna", saves[-1].board_id, WORKING + 1, saves[-1].owner))
    if case.other == "asks":
        notes.append(Note(13, "Did anyone check the driver?", BEN, moment(case.when + 120), "internal"))
    elif case.other == "note":
        notes.append(Note(14, "Rebooted the print server, no change.", BEN, moment(case.when + 120), "internal"))
    now = saves[-1]
    seen = replace(ticket(), board_id=now.board_id, status_id=now.status_id, owner=now.owner, last_updated=now.at,
                   updated_by=now.member)  # fmt: skip
    return Evidence(seen, moment(9000), notes=tuple(notes), time_entries=entries, schedule=schedule), saves


def by_rule(case: Case) -> tuple[str, float] | None:
    evidence, saves = played(case)
    found = claim_signals(
        evidence, seen_before=saves[0], rules=RULES, roster=ROSTER, claimable_since=E, escalated_by="junior", observed=saves
    )
    return (found[0].member, (found[0].at - E).total_seconds()) if found else None


def wrong() -> dict[Case, object]:
    return {case: got for case in cases() if (got := by_rule(case)) != by_hand(case)}


def test_every_case_has_the_verdict_of_a_person_on_the_spot() -> None:
    assert len(list(cases())) == 3015
    assert wrong() == {}


TELLING = ("owner and taken", "taken", "taken, owned", "acknowledged")
"""What says by itself that somebody took it: a status that is named for it, and an acknowledgement."""


@pytest.mark.parametrize("who", MACHINES)
def test_no_machine_named_or_not_takes_anything_by_an_owner_a_status_a_board_or_a_plan(who: str | None) -> None:
    """Asked of the person on the spot: above, the rules say the same of every case."""
    silent = [c for c in cases() if c.who == who and c.then in ("nothing", "announces") and c.what not in TELLING]
    assert len(silent) > 50
    assert {by_hand(case) for case in silent} == {None}


if __name__ == "__main__":  # python -m tests.unit.escalation.response.test_who_took_it
    bad = wrong()
    print(f"tried {len(list(cases()))}, held {len(list(cases())) - len(bad)}")  # noqa: T201
    for told, got in list(bad.items())[:12]:
        print(" ", told, "by hand", by_hand(told), "got", got)  # noqa: T201
