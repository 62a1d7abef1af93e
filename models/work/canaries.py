"""Canaries: one row for each that was sent the way of a callback, with the moment it passed each part of it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.database.compare_and_set import changed
from models.tables import Account, Canary
from models.work import lease
from models.work.due import BELL_S, Due

__all__ = [
    "TYPE", "Canary", "Late", "answered", "arrive", "due", "end", "get", "in_turn", "last_ended", "late", "newest",
    "note", "parts", "put_off", "receive", "take",
]  # fmt: skip

TYPE = "canary"
"""The inbox row's type: no type of ConnectWise's."""
FRESH = timedelta(minutes=10)
"""A receiver takes no canary older than this."""
AGAIN = 5
"""So many accounts whose last canary failed are tried again beside the next one in turn."""
_SENT = (Account.connected_at.is_not(None), Account.suspended_at.is_(None))
"""Which accounts are sent any."""


@dataclass(frozen=True, slots=True)
class Late:
    """An account whose canary did not come to its end in time."""

    account_id: int
    sent_at: datetime
    where: str
    """How far it came, and what is known of why."""


def in_turn(system: Session, *, limit: int = AGAIN) -> list[int]:
    """Return the accounts to send one to now: whoever had none for longest, and those whose last one failed."""
    last = select(Canary.account_id, func.max(Canary.id).label("id")).group_by(Canary.account_id).subquery()
    connected = (
        select(Account.id)
        .outerjoin(last, last.c.account_id == Account.id)
        .where(*_SENT)
        .order_by(last.c.id.is_not(None), last.c.id, Account.id)
    )
    failed = (
        connected.join(Canary, Canary.id == last.c.id)
        .where(Canary.ended_at.is_(None), Canary.answered_at.is_not(None))
        .limit(limit)
    )
    first = system.scalars(connected.limit(1)).all()
    return list(dict.fromkeys([*first, *system.scalars(failed)]))


def note(session: Session, account_id: int, *, ticket_id: int | None, now: datetime) -> Canary:
    """Store a canary before it is sent, with a number that cannot be guessed."""
    canary = Canary(account_id=account_id, nonce=secrets.token_hex(16), sent_at=now, ticket_id=ticket_id, attempts=0)
    session.add(canary)
    session.flush()
    return canary


def answered(session: Session, account_id: int, canary_id: int, *, failure: str | None, now: datetime) -> bool:
    """Record the receiver's answer; `failure` says what was wrong with it."""
    return changed(session, lease.one(Canary, account_id, canary_id).values(answered_at=now, failure=failure))


def receive(session: Session, account_id: int, canary_id: int, *, nonce: str, now: datetime) -> bool:
    """Take a canary in at the receiver. False for one that was never sent, is too old, or came already."""
    sent = (Canary.nonce == nonce, Canary.stored_at.is_(None), Canary.sent_at > now - FRESH)
    return changed(session, lease.one(Canary, account_id, canary_id).where(*sent).values(stored_at=now))


def arrive(session: Session, account_id: int, canary_id: int, *, now: datetime) -> bool:
    """Record that a worker has it. Without a ticket to try that is its end; else the ticket is due."""
    flying = lease.one(Canary, account_id, canary_id).where(Canary.stored_at.is_not(None), Canary.arrived_at.is_(None))
    over = flying.where(Canary.ticket_id.is_(None)).values(arrived_at=now, ended_at=now, failure=None)
    return changed(session, over) or changed(
        session, flying.values(arrived_at=now, next_attempt_at=now + timedelta(seconds=BELL_S))
    )


def take(session: Session, account_id: int, canary_id: int, *, now: datetime, lease_s: float) -> Canary | None:
    """Take the trial of its ticket, for `lease_s` seconds. None if it is not due (any more)."""
    return lease.take(session, Canary, account_id, canary_id, now=now, lease_s=lease_s)


def put_off(session: Session, taken: Canary, *, at: datetime | None, failure: str) -> bool:
    """Record why its ticket could not be tried; `at` is when to try again, None for never. False if somebody else has it."""
    return changed(session, lease.held(taken).values(next_attempt_at=at, failure=failure))


def end(session: Session, taken: Canary, *, now: datetime) -> bool:
    """Record that all of it went well. False as for `put_off`."""
    return changed(session, lease.held(taken).values(ended_at=now, next_attempt_at=None, failure=None))


def get(session: Session, account_id: int, canary_id: int) -> Canary | None:
    """Return a canary, fresh from the database."""
    return lease.get(session, Canary, account_id, canary_id)


def newest(session: Session, account_id: int) -> Canary | None:
    """Return the account's last canary that was answered."""
    mine = select(Canary).where(Canary.account_id == account_id, Canary.answered_at.is_not(None))
    return session.scalar(mine.order_by(Canary.id.desc()).limit(1))


def late(system: Session, *, now: datetime, within_s: float | None) -> list[Late]:
    """Return each account's oldest canary that has not ended in time since its last one that did.

    One whose sender died before it heard an answer says nothing about the way; nor does an account that is sent none any
    more, as where none are sent at all (`within_s` None).
    """
    if within_s is None:
        return []
    before = now - timedelta(seconds=within_s)
    missing = (Canary.ended_at.is_(None), Canary.answered_at.is_not(None), Canary.sent_at < before)
    # Each account's once, not for each of its canaries: one that fails for a month has thousands.
    ended = (
        select(Canary.account_id, func.max(Canary.id).label("id"))
        .where(Canary.account_id.in_(select(Canary.account_id).where(*missing)), Canary.ended_at.is_not(None))
        .group_by(Canary.account_id)
        .subquery()
    )
    first = (
        select(func.min(Canary.id).label("id"))
        .outerjoin(ended, ended.c.account_id == Canary.account_id)
        .where(*missing, Canary.id > func.coalesce(ended.c.id, 0))
        .group_by(Canary.account_id + 0)  # by the bare column SQLite would read all that ended too, in its index's order
        .subquery()
    )
    sent_some = select(Canary).join(first, first.c.id == Canary.id).join(Account).where(*_SENT)
    return [Late(one.account_id, one.sent_at, where(one)) for one in system.scalars(sent_some.order_by(Canary.id))]


def where(canary: Canary) -> str:
    """Say how far a canary came."""
    if canary.arrived_at is not None:
        return f"a worker had it; ticket {canary.ticket_id} was not tried: {canary.failure or 'nobody took that up'}"
    if canary.stored_at is not None:
        return "the receiver stored it, and no worker took it up"
    return f"the receiver did not take it: {canary.failure or 'it says that it did, and stored nothing'}"


def last_ended(system: Session) -> Canary | None:
    """Return the newest canary of any account that came to its end."""
    return system.scalar(select(Canary).where(Canary.ended_at.is_not(None)).order_by(Canary.id.desc()).limit(1))


def parts(canary: Canary) -> dict[str, float]:
    """Return the seconds each part of the way took: `receiver`, `worker`, and `ticket` where one was tried."""
    stops = [("receiver", canary.stored_at), ("worker", canary.arrived_at)]
    stops += [("ticket", canary.ended_at)] if canary.ticket_id is not None else []
    found, before = {}, canary.sent_at
    for name, at in stops:
        if at is not None:
            found[name] = max(0.0, (at - before).total_seconds())
            before = at
    return found


def due(system: Session, *, now: datetime, limit: int) -> Due:
    """Return the canaries whose ticket is to be tried now: account id and row id, in turn."""
    return lease.due(system, Canary, now=now, limit=limit)
