"""What is due, fairly between accounts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.tables import Account

BELL_S = 5.0
"""How long the bell may take before the sweeper rings again, in seconds."""

MOST_OF_A_SWEEP = 10
"""One account gets at most the tenth part of what is rung for at once."""

Due = list[tuple[int, int]]
"""Account ids and row ids."""


def due_in_turn(
    account_id: InstrumentedAttribute[int],
    row_id: InstrumentedAttribute[int],
    due_at: InstrumentedAttribute[datetime | None],
    *conditions: ColumnElement[bool],
    now: datetime,
    limit: int,
) -> Select[int, int]:
    """Return the query for what is due now: each account's oldest first, then each one's second, and so on.

    So one account with a thousand rows holds nobody else up; it gets a tenth of `limit` at most, since its PSA could
    not be asked about more before the next sweep. `due_at` is indexed; NULL: nothing to do.
    """
    turn = func.row_number().over(partition_by=account_id, order_by=(due_at, row_id)).label("turn")
    waiting = (
        select(account_id.label("account_id"), row_id.label("row_id"), due_at.label("due_at"), turn)
        .where(due_at <= now, *conditions)
        .subquery()
    )
    columns = waiting.c
    few = columns.turn <= max(1, limit // MOST_OF_A_SWEEP)
    return select(columns.account_id, columns.row_id).where(few).order_by(columns.turn, columns.due_at).limit(limit)


def not_frozen(account_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Return the condition that something may be written to the PSA of a row's account."""
    frozen = select(Account.id).where(Account.id == account_id, Account.frozen_at.is_not(None))
    return ~frozen.exists()


def not_suspended(account_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Return the condition that a row's account does not rest: its tickets are not read until it goes on."""
    resting = select(Account.id).where(Account.id == account_id, Account.suspended_at.is_not(None))
    return ~resting.exists()


def pairs(session: Session, query: Select[int, int]) -> Due:
    """Run such a query."""
    return [(account, row) for account, row in session.execute(query)]
