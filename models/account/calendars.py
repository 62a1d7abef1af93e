"""The working hours of an account, in versions: a change adds one, and a handoff keeps the one it was opened under.

Version 1 is always office hours in the account's own time zone; so what was opened before any was stored, and says
no version, is counted by that.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from escalation.figures.hours import Calendar
from models import tables
from models.database.sessions import insert_or_ignore
from models.tables import Account

__all__ = ["change", "current", "follow_time_zone", "versions"]


def current(session: Session, account_id: int, *, time_zone: str) -> Calendar:
    """Return the newest version. Without any, store office hours in `time_zone` as the first, and return those."""
    stored = _newest(session, account_id)
    if stored is not None:
        return stored
    # In force since there has been an account: whoever asks for an earlier moment finds the same hours.
    created = select(Account.created_at).where(Account.id == account_id)
    _store(session, account_id, Calendar.office(time_zone, version=1), now=session.scalars(created).one())
    found = _newest(session, account_id)
    assert found is not None
    return found


def change(
    session: Session, account_id: int, calendar: Calendar, *, time_zone: str, now: datetime
) -> Calendar | None:
    """Store other working hours as a new version and return it; None if the newest are the same.

    `time_zone` is the account's, for the first version if there is none yet.
    """
    while True:
        newest = current(session, account_id, time_zone=time_zone)
        if _same(newest, calendar):
            return None
        wanted = Calendar(calendar.time_zone, calendar.weekly, calendar.holidays, newest.version + 1)
        if _store(session, account_id, wanted, now=now):
            return wanted


def follow_time_zone(
    session: Session, account_id: int, *, before: str, after: str, now: datetime
) -> Calendar | None:
    """Take plain office hours along when the account's time zone changes; None if it has hours of its own."""
    newest = current(session, account_id, time_zone=before)
    if not _same(newest, Calendar.office(before)):
        return None
    return change(session, account_id, Calendar.office(after), time_zone=before, now=now)


def versions(session: Session, account_id: int, *, time_zone: str) -> dict[int, Calendar]:
    """Return all versions by number, storing nothing; the first is there even if it was never stored."""
    query = select(tables.Calendar).where(tables.Calendar.account_id == account_id)
    stored = {row.version: _read(row) for row in session.scalars(query)}
    return {1: Calendar.office(time_zone, version=1)} | stored


def _newest(session: Session, account_id: int) -> Calendar | None:
    query = select(tables.Calendar).where(tables.Calendar.account_id == account_id)
    row = session.scalars(query.order_by(tables.Calendar.version.desc()).limit(1)).first()
    return _read(row) if row is not None else None


def _read(row: tables.Calendar) -> Calendar:
    return Calendar.from_json({**row.body, "version": row.version})


def _store(session: Session, account_id: int, calendar: Calendar, *, now: datetime) -> bool:
    """Store a version. False if somebody else has just stored one of that number."""
    row = insert_or_ignore(session, tables.Calendar).values(
        account_id=account_id, version=calendar.version, body=calendar.to_json(), created_at=now
    )
    return session.scalar(row.returning(tables.Calendar.version)) is not None


def _same(one: Calendar, other: Calendar) -> bool:
    return (one.time_zone, one.weekly, one.holidays) == (other.time_zone, other.weekly, other.holidays)
