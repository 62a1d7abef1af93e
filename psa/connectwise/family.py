"""What was written on the tickets that were merged into one, or are bundled under it.

`/allNotes` joins notes and time of both (OpenAPI: `mergedFlag`, `bundledFlag`, `ticket`), but old versions lack it, whether it
leaves any out is not documented, and its rows of time have neither the moment of entry nor hours. So the tickets are listed
as well, their time is read where it is charged, and the notes of those that `/allNotes` does not show one by one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any, TypeVar

from escalation.evidence import Note, Roster, TimeEntry
from psa.connectwise.answers import NoSuchEndpoint
from psa.connectwise.calls import Calls
from psa.connectwise.conditions import CHARGED, any_of
from psa.connectwise.schemas.note import NoteRow, TimeRow
from psa.connectwise.schemas.row import WHOLE, Ref, Row, gaps_of
from psa.port import Family, PsaError, Refused

MOST = 10
"""Tickets whose notes are read one by one, at most."""
DEEPEST = 4
"""Merges of merged tickets that are followed, each with one call (a count)."""
_EACH = 100
"""Numbers in one condition."""

NOTES, TIME = "notes of merged tickets", "time of merged tickets"


def read(manage: Any, calls: Calls, ticket_id: int, roster: Roster) -> Family:
    """Return what was written on them, and what could not be read. Raises `PsaError` if the first call does."""
    unread: list[tuple[str, PsaError | str]] = []
    joined = _joined(manage, calls, ticket_id)
    foreign = [row for row in joined or () if row.on not in (None, ticket_id)]
    shown = {row.on for row in foreign}
    unread += _odd("note", [row for row in joined or () if row.on != ticket_id])
    try:
        children = _children(manage, calls, ticket_id)
    except PsaError as error:
        children = sorted(on for on in shown if on)
        unread += [(NOTES, error)] if not shown else []
    if not children and not shown and not unread:
        unread.append((NOTES, "ConnectWise shows none of them"))
    notes = [_of(row.note(roster), row.on) for row in foreign if row.note_type in (None, "TicketNote")]
    silent = [child for child in children if child not in shown]
    for child in silent[:MOST]:
        try:
            rows = list(calls.pages(manage.service.tickets.id(child).notes, NoteRow, {}, "gather"))
            notes += [_of(row.note(roster), child) for row in rows if row.odd != WHOLE]
            unread += _odd("note", rows)
        except PsaError as error:
            unread.append((f"notes of ticket {child}", error))
    if len(silent) > MOST:
        unread.append((f"notes of {len(silent) - MOST} merged tickets", f"only {MOST} are read"))
    times = {row.id: _of(row.time_entry(roster), row.on) for row in foreign if row.note_type == "TimeEntryNote"}
    try:
        charged = _charged(manage, calls, children)
        unread += _odd("time entry", charged)
        times |= {row.id: _of(row.time_entry(roster), row.charge_to_id) for row in charged if row.odd != WHOLE}
    except PsaError as error:
        unread += [(TIME, error)] if not times else []
    return Family(tuple(notes), tuple(times.values()), tuple(unread))


def _joined(manage: Any, calls: Calls, ticket_id: int) -> list[NoteRow] | None:
    """Return the rows of `/allNotes`, which cannot be ordered (public code); None where this version lacks it."""
    try:
        return list(calls.pages(manage.service.tickets.id(ticket_id).all_notes, NoteRow, {}, "gather"))
    except (NoSuchEndpoint, Refused) as error:
        if error.status not in (404, 405):
            raise
        return None


def _children(manage: Any, calls: Calls, ticket_id: int) -> list[int]:
    """Return the numbers of the tickets under one; a merged one points to it too (OpenAPI).

    Whether those of a ticket that is merged on point to its new parent is not documented, so under each is looked again.
    """
    found: dict[int, None] = {}
    under = [ticket_id]
    for _ in range(DEEPEST):
        parents = any_of("parentTicketId", under[:_EACH]), any_of("mergedParentTicket/id", under[:_EACH])
        rows = calls.by_id(manage.service.tickets, Ref, " or ".join(parents), "gather")
        under = [row.id for row in rows if row.id and row.id != ticket_id and row.id not in found]
        found |= dict.fromkeys(under)
        if not under:
            break
    return list(found)


def _charged(manage: Any, calls: Calls, children: Iterable[int]) -> list[TimeRow]:
    numbers = list(children)
    if not numbers:
        return []
    charged = f"{CHARGED} and {any_of('chargeToId', numbers[:_EACH])}"
    return list(calls.by_id(manage.time.entries, TimeRow, charged, "gather"))


def _odd(what: str, rows: Iterable[Row]) -> list[tuple[str, PsaError | str]]:
    return [(gap.source, gap.reason) for gap in gaps_of(what, rows)]


_Written = TypeVar("_Written", Note, TimeEntry)


def _of(record: _Written, ticket: int | None) -> _Written:
    return dataclasses.replace(record, ticket=ticket)
