"""Callbacks as they came in: stored before they are answered, worked on afterwards."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, union_all, update
from sqlalchemy.orm import Session

from escalation.lifecycle import LIVE
from models.database.compare_and_set import changed
from models.database.sessions import insert_or_ignore
from models.tables import Handoff, Inbox, Watch
from models.work import lease
from models.work.due import BELL_S, Due

__all__ = [
    "Inbox", "Unread", "due", "finish", "get", "ignore", "is_watched", "lately", "mark_verified", "newest", "park", "reset",
    "retry_later", "store", "take", "waits",
]  # fmt: skip


def store(
    session: Session,
    *,
    account_id: int,
    dedupe_key: str,
    type: str,
    action: str,
    record_id: int | None,
    raw: bytes,
    now: datetime,
    member_identifier: str | None = None,
    message_id: str | None = None,
    signature: str | None = None,
    verified: bool = False,
    event_id: str | None = None,
    urgent: bool = True,
    pause_s: float = 0.0,
) -> int | None:
    """Store a callback and return its row's id; None if this account has the same `dedupe_key` already.

    With a pause it is due after so many seconds and nobody need ring before.
    """
    statement = insert_or_ignore(session, Inbox).values(
        account_id=account_id,
        event_id=event_id or uuid.uuid4().hex,
        dedupe_key=dedupe_key,
        message_id=message_id,
        type=type,
        action=action,
        record_id=record_id,
        member_identifier=member_identifier,
        raw=raw,
        signature=signature,
        verified=verified,
        received_at=now,
        state="new",
        attempts=0,
        next_attempt_at=now + timedelta(seconds=pause_s or BELL_S),
        urgent=urgent,
    )
    return session.scalar(statement.returning(Inbox.id))


@dataclass(frozen=True, slots=True)
class Unread:
    """A callback whose reading is still to begin and will surely come: checked, taken by nobody, not failing."""

    raw: bytes
    next_attempt_at: datetime | None
    given_back: bool
    """The PSA could not be asked before; it may wait for minutes."""


def lately(session: Session, account_id: int, ticket_id: int, *, since: datetime) -> tuple[int, list[Unread]]:
    """Return how many callbacks of a ticket were stored since a moment, and those whose reading is still to begin.

    Whoever takes such a row does so after this transaction, and asks the PSA after that: what was saved before shows.
    What nobody could check yet counts for nothing.
    """
    query = select(Inbox.state, Inbox.raw, Inbox.attempts, Inbox.outcome, Inbox.lease_until, Inbox.next_attempt_at).where(
        Inbox.account_id == account_id,
        Inbox.record_id == ticket_id,
        Inbox.verified,
        (Inbox.received_at >= since) | (Inbox.state == "new"),
    )
    rows = session.execute(query).all()
    # One that was taken and not given back may be parked, without a reading, the next time.
    unread = [
        Unread(row.raw, row.next_attempt_at, given_back=row.attempts > 0)
        for row in rows
        if row.state == "new" and row.lease_until is None and (row.attempts == 0 or row.outcome is not None)
    ]
    return len(rows), unread


def waits(session: Session, account_id: int, ticket_id: int) -> bool:
    """Tell whether a ticket is surely to be read already, whoever asked for it: what nobody could check yet may be forged."""
    here = (Inbox.account_id == account_id, Inbox.record_id == ticket_id, Inbox.verified, Inbox.state == "new")
    return session.scalar(select(Inbox.id).where(*here).limit(1)) is not None


def is_watched(session: Session, account_id: int, ticket_id: int) -> bool:
    """Tell whether a ticket is in escalation or has a handoff that has not ended: one indexed query."""
    here = select(Watch.ticket_id).where(
        Watch.account_id == account_id, Watch.ticket_id == ticket_id, Watch.in_escalation
    )
    live = select(Handoff.ticket_id).where(
        Handoff.account_id == account_id, Handoff.ticket_id == ticket_id, Handoff.response_state.in_(LIVE)
    )
    return session.execute(union_all(here, live).limit(1)).first() is not None


def get(session: Session, account_id: int, inbox_id: int) -> Inbox | None:
    """Return a callback, fresh from the database."""
    return lease.get(session, Inbox, account_id, inbox_id)


def is_parked(session: Session, account_id: int, inbox_id: int) -> bool:
    """Tell whether a callback is parked now."""
    state = select(Inbox.state).where(Inbox.account_id == account_id, Inbox.id == inbox_id)
    return session.scalar(state) == "parked"


def newest(session: Session, account_id: int, record_id: int) -> Inbox | None:
    """Return the callback about a record that came in last."""
    here = (Inbox.account_id == account_id, Inbox.record_id == record_id)
    return session.scalar(select(Inbox).where(*here).order_by(Inbox.id.desc()).limit(1))


def take(session: Session, account_id: int, inbox_id: int, *, now: datetime, lease_s: float) -> Inbox | None:
    """Take a callback that is due, or was never tried, for `lease_s` seconds. None if it is done, or somebody has it."""
    until = now + timedelta(seconds=lease_s)
    return lease.take(
        session, Inbox, account_id, inbox_id, Inbox.state == "new", now=now, lease_s=lease_s, lease_until=until
    )


def mark_verified(session: Session, account_id: int, inbox_id: int) -> bool:
    """Record that the signature has been checked after all. False if it had been."""
    return changed(session, lease.one(Inbox, account_id, inbox_id).where(~Inbox.verified).values(verified=True))


def finish(session: Session, account_id: int, inbox_id: int, outcome: str) -> bool:
    """Record that a callback has been worked on, and what came of it."""
    return _close(session, account_id, inbox_id, "done", outcome)


def ignore(session: Session, account_id: int, inbox_id: int, reason: str) -> bool:
    """Record that a callback meant nothing to us."""
    return _close(session, account_id, inbox_id, "ignored", reason)


def park(session: Session, account_id: int, inbox_id: int, reason: str) -> bool:
    """Record that a callback cannot be worked on; `reset` brings it back."""
    return _close(session, account_id, inbox_id, "parked", reason)


def _close(session: Session, account_id: int, inbox_id: int, state: str, outcome: str) -> bool:
    mine = lease.one(Inbox, account_id, inbox_id).where(Inbox.state == "new")
    values: dict[str, Any] = {"state": state, "outcome": outcome, "lease_until": None, "next_attempt_at": None}
    if state != "parked":  # what is parked may have to be looked at, and checked, again
        values["raw"] = b""
    return changed(session, mine.values(values))


def retry_later(session: Session, taken: Inbox, *, at: datetime, reason: str) -> bool:
    """Give a callback back until a moment, because of a failure that passes. False if somebody else has it."""
    held = lease.held(taken).where(Inbox.state == "new")
    return changed(session, held.values(lease_until=None, next_attempt_at=at, outcome=reason))


def due(system: Session, *, now: datetime, limit: int, urgent: bool | None = None) -> Due:
    """Return the callbacks that nobody rang for or that were given back, in turn: account id and row id.

    All of them, or only those that are `urgent` or not.
    """
    of_kind = () if urgent is None else (Inbox.urgent.is_(urgent),)
    return lease.due(system, Inbox, *of_kind, now=now, limit=limit)


def reset(session: Session, account_id: int, *, since: datetime | None, now: datetime) -> int:
    """Make callbacks received since a moment (None: all that are parked) new again, and return how many."""
    chosen = (
        Inbox.state == "parked" if since is None else (Inbox.state != "new") & (Inbox.received_at >= since)
    )
    ids = list(session.scalars(select(Inbox.id).where(Inbox.account_id == account_id, chosen)))
    again = update(Inbox).where(Inbox.account_id == account_id, chosen)
    changed(
        session, again.values(state="new", attempts=0, lease_until=None, next_attempt_at=now, outcome=None)
    )
    return len(ids)
