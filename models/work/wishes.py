"""Wishes that a ticket be escalated: asked for once at a time, tried, and ended by the episode or by what stands against it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Update, select, update
from sqlalchemy.orm import Session

from models.database.compare_and_set import changed
from models.database.sessions import insert_or_ignore
from models.tables import Wish
from models.work import lease
from models.work.due import BELL_S, Due

__all__ = [
    "LASTS", "Wish", "ask", "attempt", "due", "fulfil", "get", "give_up", "newest", "of_ticket", "put_off", "take",
    "waits", "written",
]  # fmt: skip

LASTS = timedelta(hours=1)
"""A wish older than this is carried out no more: by then somebody has found another way."""
TOO_LATE = "no escalation came of it within an hour"


def ask(session: Session, account_id: int, ticket_id: int, *, member_id: int, member: str, now: datetime) -> int | None:
    """Store a wish and return its row; None if one for this ticket waits already. One that waited too long ends."""
    old = update(Wish).where(*_open(account_id, ticket_id), Wish.asked_at <= now - LASTS)
    changed(session, old.values(ended_at=now, next_attempt_at=None, outcome=TOO_LATE))
    row = insert_or_ignore(session, Wish).values(
        account_id=account_id, ticket_id=ticket_id, member_id=member_id, member=member, asked_at=now, attempts=0,
        next_attempt_at=now + timedelta(seconds=BELL_S),
    )  # fmt: skip
    return session.scalar(row.returning(Wish.id))


def take(session: Session, account_id: int, wish_id: int, *, now: datetime, lease_s: float) -> Wish | None:
    """Take a wish that is due, or was never tried, for `lease_s` seconds. None for any other."""
    return lease.take(session, Wish, account_id, wish_id, Wish.ended_at.is_(None), now=now, lease_s=lease_s)


def attempt(session: Session, taken: Wish, *, status_id: int, now: datetime) -> bool:
    """Record before it is tried which status is to be set. False if the wish has ended: then it must not be.

    Nor if somebody else has it, here as below.
    """
    return changed(session, _held(taken).values(status_id=status_id, attempted_at=now))


def written(session: Session, taken: Wish, *, now: datetime) -> bool:
    """Record that the PSA has the status. False if the wish has ended, as by the episode that was seen before."""
    return changed(session, _held(taken).values(written_at=now, next_attempt_at=None))


def put_off(session: Session, taken: Wish, *, at: datetime, reason: str) -> bool:
    """Have it tried again from a moment on."""
    return changed(session, _held(taken).values(next_attempt_at=at, outcome=reason))


def give_up(session: Session, taken: Wish, *, now: datetime, reason: str) -> bool:
    """End a wish that comes to nothing; whoever asked reads the reason."""
    return changed(session, _held(taken).values(ended_at=now, next_attempt_at=None, outcome=reason))


def fulfil(session: Session, account_id: int, ticket_id: int, *, handoff_id: int, now: datetime) -> bool:
    """End a ticket's open wish by the episode that opened, whoever set the status."""
    mine = update(Wish).where(*_open(account_id, ticket_id))
    return changed(session, mine.values(ended_at=now, next_attempt_at=None, handoff_id=handoff_id, outcome=None))


def of_ticket(session: Session, account_id: int, ticket_id: int) -> Wish | None:
    """Return the ticket's open wish, fresh from the database."""
    return session.scalar(select(Wish).where(*_open(account_id, ticket_id)).execution_options(populate_existing=True))


def newest(session: Session, account_id: int, ticket_id: int) -> Wish | None:
    """Return the ticket's last wish, open or ended."""
    mine = select(Wish).where(Wish.account_id == account_id, Wish.ticket_id == ticket_id)
    return session.scalar(mine.order_by(Wish.id.desc()).limit(1).execution_options(populate_existing=True))


def get(session: Session, account_id: int, wish_id: int) -> Wish | None:
    """Return a wish, fresh from the database."""
    return lease.get(session, Wish, account_id, wish_id)


def waits(wish: Wish, *, now: datetime) -> bool:
    """Tell whether a wish may still lead to an episode."""
    return wish.ended_at is None and wish.asked_at > now - LASTS


def due(system: Session, *, now: datetime, limit: int) -> Due:
    """Return the wishes to carry out now: account id and row id, in turn."""
    return lease.due(system, Wish, now=now, limit=limit)


def _open(account_id: int, ticket_id: int) -> tuple[ColumnElement[bool], ...]:
    return Wish.account_id == account_id, Wish.ticket_id == ticket_id, Wish.ended_at.is_(None)


def _held(taken: Wish) -> Update:
    return lease.held(taken).where(Wish.ended_at.is_(None))
