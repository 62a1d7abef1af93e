"""The response to a handoff: who claimed it, what follows from that, and the first action.

A claim is one compare-and-set. What follows from it (the owner in the PSA, the others' messages, the note) is due
work like any other: `settle_due_at` says when, and a process that dies leaves it there. So does `observe_due_at`
for reading the ticket again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from escalation.lifecycle import Response
from models.database.compare_and_set import changed
from models.handoff.moves import move, one
from models.tables import Handoff, Transition, Watch
from models.work.due import BELL_S, Due, due_in_turn, not_suspended, pairs

NOT_CLAIMED: dict[str, Any] = {
    "claimed_by": None,
    "claimed_at": None,
    "claim_kind": None,
    "claim_source": None,
    "claim_observed_at": None,
    "claim_version": None,
    "claim_expires_at": None,
    "owner_outcome": None,
    "read_back": None,
}


def claim(
    session: Session,
    account_id: int,
    handoff_id: int,
    *,
    member_id: int,
    now: datetime,
    kind: str = "api",
    source: str | None = None,
    happened_at: datetime | None = None,
    version: int | None = None,
    why: str = "claimed",
    actor: str = "resolutionflow",
) -> bool:
    """Give the handoff to a member if it is open. One caller wins; the others read `claimed_by` by `get`.

    `kind` is one of owner, status, schedule, time_entry, note, link, api; `source` names the PSA's record behind it.
    """
    at = happened_at or now
    values = {
        "claimed_by": member_id, "claimed_at": at, "claim_kind": kind, "claim_source": source,
        "claim_observed_at": now, "claim_version": version, "claim_expires_at": None, "owner_outcome": None,
        "settle_due_at": _after_the_bell(now),
    }  # fmt: skip
    # Taken is taken: leaving the escalation status withdraws nothing any more, and whoever is deciding on the ticket as on one
    # that nobody has finds another version and decides again. The watch before the handoff, as they take the two: in the
    # other order each could wait for the other.
    untaken = (*one(account_id, handoff_id), Handoff.response_state == Response.OPEN.value)
    ticket = select(Handoff.ticket_id).where(*untaken).scalar_subquery()
    left = update(Watch).where(Watch.account_id == account_id, Watch.ticket_id == ticket)
    changed(session, left.values(left_at=None, version=Watch.version + 1))
    return respond(session, account_id, handoff_id, Response.OPEN, Response.CLAIMED, why, now, at, actor, values)


def release_claim(
    session: Session, account_id: int, handoff_id: int, *, member_id: int, now: datetime, why: str,
    happened_at: datetime | None = None, actor: str = "resolutionflow",
) -> bool:  # fmt: skip
    """Offer a handoff again whose claim is over. False unless that member has it."""
    values = {**NOT_CLAIMED, "settle_due_at": _after_the_bell(now), "observe_due_at": _after_the_bell(now)}
    held = Handoff.claimed_by == member_id
    at = happened_at or now
    return respond(
        session, account_id, handoff_id, Response.CLAIMED, Response.OPEN, why, now, at, actor, values, held
    )


def mark_acted(
    session: Session, account_id: int, handoff_id: int, *, now: datetime, happened_at: datetime, why: str,
    action: dict[str, Any] | None = None, claimed_at: datetime | None = None, actor: str = "resolutionflow",
) -> bool:  # fmt: skip
    """Record the first qualifying deed of the claim made at `claimed_at`, with why it was chosen."""
    values = {"acted_at": happened_at, "first_action": action, "claim_expires_at": None, "observe_due_at": None}
    same = (Handoff.claimed_at == claimed_at,) if claimed_at else ()
    return respond(
        session, account_id, handoff_id, Response.CLAIMED, Response.ACTED, why, now, happened_at, actor, values, *same
    )


def respond(
    session: Session,
    account_id: int,
    handoff_id: int,
    before: Response,
    after: Response,
    why: str,
    now: datetime,
    happened_at: datetime,
    actor: str,
    values: dict[str, Any],
    *conditions: ColumnElement[bool],
) -> bool:
    """Move the response by one compare-and-set, and record the move. False if it is not in `before` (any more)."""
    here = update(Handoff).where(*one(account_id, handoff_id), *conditions)
    return move(
        session, here, account_id, handoff_id, before, after, values, why=why, now=now, happened_at=happened_at, actor=actor
    )


def returned_at(session: Session, handoff: Handoff) -> datetime | None:
    """Return when the last claim was given back or ran out; None if none was."""
    found = returns(session, handoff.account_id, handoff.id)
    return found[-1].happened_at if found else None


def returns(session: Session, account_id: int, handoff_id: int) -> list[Transition]:
    """Return each time a claim was given back or ran out, the first one first."""
    query = select(Transition).where(
        Transition.account_id == account_id,
        Transition.handoff_id == handoff_id,
        Transition.machine == "response",
        Transition.from_state == Response.CLAIMED.value,
        Transition.to_state == Response.OPEN.value,
    )
    return list(session.scalars(query.order_by(Transition.id)))


def note_owner(session: Session, account_id: int, handoff_id: int, *, member_id: int, outcome: str) -> bool:
    """Record what became of the ticket's owner in the PSA. False if that member no longer has it."""
    held = update(Handoff).where(*one(account_id, handoff_id), Handoff.claimed_by == member_id)
    return changed(session, held.values(owner_outcome=outcome[:500]))


def note_read_back(
    session: Session, account_id: int, handoff_id: int, *, member_id: int, answer: dict[str, Any]
) -> bool:
    """Record what the claimant says they start with; the first answer stays."""
    held = update(Handoff).where(
        *one(account_id, handoff_id), Handoff.claimed_by == member_id, Handoff.read_back.is_(None)
    )
    return changed(session, held.values(read_back=answer))


def set_expiry(session: Session, account_id: int, handoff_id: int, *, claimed_at: datetime, at: datetime) -> bool:
    """Say when a claim runs out that is not acted on. False if it is not that claim any more."""
    same = update(Handoff).where(
        *one(account_id, handoff_id),
        Handoff.response_state == Response.CLAIMED.value,
        Handoff.claimed_at == claimed_at,
    )
    return changed(session, same.values(claim_expires_at=at))


def ask_settlement(session: Session, account_id: int, handoff_id: int, *, due_at: datetime) -> bool:
    """Settle a claim once more, because of something that crossed it. False if the handoff is not claimed."""
    taken = Handoff.response_state.in_((Response.CLAIMED.value, Response.ACTED.value))
    return changed(
        session, update(Handoff).where(*one(account_id, handoff_id), taken).values(settle_due_at=due_at)
    )


def take_settlement(session: Session, account_id: int, handoff_id: int, *, now: datetime, until: datetime) -> bool:
    """Take what follows from a claim or its return, until a moment. False if nothing is due or somebody has it."""
    return _take(session, Handoff.settle_due_at, account_id, handoff_id, now, until)


def finish_settlement(session: Session, account_id: int, handoff_id: int, *, taken_until: datetime) -> bool:
    """Record that it is done. False if something new has become due meanwhile."""
    return _settle_next(session, account_id, handoff_id, taken_until, None)


def settle_later(
    session: Session, account_id: int, handoff_id: int, *, taken_until: datetime, at: datetime
) -> bool:
    """Give it back, to be tried again at a moment."""
    return _settle_next(session, account_id, handoff_id, taken_until, at)


def _settle_next(
    session: Session, account_id: int, handoff_id: int, taken_until: datetime, at: datetime | None
) -> bool:
    mine = update(Handoff).where(*one(account_id, handoff_id), Handoff.settle_due_at == taken_until)
    return changed(session, mine.values(settle_due_at=at))


def ask_observation(session: Session, account_id: int, handoff_id: int, *, due_at: datetime) -> bool:
    """Have the ticket of an open or claimed handoff read again, at the latest at a moment."""
    live = Handoff.response_state.in_((Response.OPEN.value, Response.CLAIMED.value))
    later = Handoff.observe_due_at.is_(None) | (Handoff.observe_due_at > due_at)
    return changed(
        session, update(Handoff).where(*one(account_id, handoff_id), live, later).values(observe_due_at=due_at)
    )


def take_observation(
    session: Session, account_id: int, handoff_id: int, *, now: datetime, next_at: datetime | None
) -> bool:
    """Take a reading that is due; the next one is at `next_at`. False if none is due or somebody took it."""
    return _take(session, Handoff.observe_due_at, account_id, handoff_id, now, next_at)


def take_notes(
    session: Session, account_id: int, handoff_id: int, *, now: datetime, next_at: datetime | None
) -> bool:
    """Take a look for newer notes that is due; the next one is at `next_at`. False if none is due or somebody took it."""
    return _take(session, Handoff.notes_due_at, account_id, handoff_id, now, next_at)


def looked_for_notes(
    session: Session, account_id: int, handoff_id: int, *, taken_until: datetime | None, next_at: datetime | None
) -> bool:
    """Record that a look was good: the next one is at `next_at`. False if another was asked for or taken meanwhile."""
    mine = update(Handoff).where(*one(account_id, handoff_id), Handoff.notes_due_at == taken_until)
    return changed(session, mine.values(notes_due_at=next_at))


def note_newest(session: Session, account_id: int, handoff_id: int, *, note_id: int) -> bool:
    """Record the newest note that was found. False if a newer one was."""
    known = Handoff.newest_note.is_(None) | (Handoff.newest_note < note_id)
    return changed(session, update(Handoff).where(*one(account_id, handoff_id), known).values(newest_note=note_id))


def due_settlements(system: Session, *, now: datetime, limit: int) -> Due:
    """Return the handoffs with something to settle, in turn."""
    return _due(system, Handoff.settle_due_at, now, limit)


def due_observations(system: Session, *, now: datetime, limit: int) -> Due:
    """Return the handoffs whose ticket is to be read again, in turn."""
    return _due(system, Handoff.observe_due_at, now, limit, not_suspended(Handoff.account_id))


def due_notes(system: Session, *, now: datetime, limit: int) -> Due:
    """Return the handoffs whose ticket is to be looked at for newer notes, in turn."""
    return _due(system, Handoff.notes_due_at, now, limit, not_suspended(Handoff.account_id))


def _due(system: Session, column: Any, now: datetime, limit: int, *conditions: ColumnElement[bool]) -> Due:
    return pairs(system, due_in_turn(Handoff.account_id, Handoff.id, column, *conditions, now=now, limit=limit))


def _take(
    session: Session, column: Any, account_id: int, handoff_id: int, now: datetime, until: datetime | None
) -> bool:
    # What the bell rings for is due a little later, so that the sweeper does not ring too.
    due = update(Handoff).where(*one(account_id, handoff_id), column <= _after_the_bell(now))
    return changed(session, due.values({column: until}))


def _after_the_bell(now: datetime) -> datetime:
    return now + timedelta(seconds=BELL_S)
