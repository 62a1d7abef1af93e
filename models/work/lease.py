"""Rows that wait for their moment, each taken by one for a while.

`next_attempt_at` says when a row is due, while somebody has it until when, and NULL that there is nothing to do. `attempts`
counts who took it and is the fence: whoever lost a row to the next one finds nothing to write to.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Update, select, update
from sqlalchemy.orm import Session

from models.database.compare_and_set import changed
from models.tables.columns import Leased
from models.work.due import Due, due_in_turn, pairs

R = TypeVar("R", bound=Leased)


def get(session: Session, table: type[R], account_id: int, row_id: int) -> R | None:
    """Return a row, fresh from the database."""
    query = select(table).where(table.account_id == account_id, table.id == row_id)
    return session.scalar(query.execution_options(populate_existing=True))


def one(table: type[Leased], account_id: int, row_id: int) -> Update:
    """Return an UPDATE of one row, whoever has it."""
    return update(table).where(table.account_id == account_id, table.id == row_id)


def take(
    session: Session, table: type[R], account_id: int, row_id: int, *standing: ColumnElement[bool], now: datetime, lease_s: float,
    **beside: Any,
) -> R | None:  # fmt: skip
    """Take a row that is due, or was never tried, for `lease_s` seconds, and set `beside` too. None for any other.

    One whose holder died is due when its time is over.
    """
    # The first attempt never waits: clocks of two machines may differ by more than a bell takes.
    due = (table.next_attempt_at.is_not(None), (table.attempts == 0) | (table.next_attempt_at <= now))
    mine = one(table, account_id, row_id).where(*due, *standing)
    held = {"next_attempt_at": now + timedelta(seconds=lease_s), "attempts": table.attempts + 1}
    return get(session, table, account_id, row_id) if changed(session, mine.values({**held, **beside})) else None


def held(taken: Leased) -> Update:
    """Return an UPDATE of a row that finds it only while nobody has taken it over."""
    table = type(taken)
    return one(table, taken.account_id, taken.id).where(table.attempts == taken.attempts)


def due(system: Session, table: type[Leased], *conditions: ColumnElement[bool], now: datetime, limit: int) -> Due:
    """Return the rows that are due now: account id and row id, in turn."""
    return pairs(system, due_in_turn(table.account_id, table.id, table.next_attempt_at, *conditions, now=now, limit=limit))
