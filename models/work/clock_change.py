"""Put right what stands in rows after the clock was set: waits that would last too long, leases that would end too soon.

Everything due stands in a row by the clock of the moment it was written. Set back by an hour, that clock would have all of
it wait for an hour; set forward, it would end the leases of workers that are in the middle of their work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.tables import (
    Account,
    AiSession,
    Canary,
    Delivery,
    Handoff,
    Inbox,
    Job,
    Report,
    ResolutionNote,
    Wish,
)
from models.work.jobs import EVERYONE
from models.work.visible_notes import OWED

Column = InstrumentedAttribute[datetime | None]
Within = Callable[[Column], ColumnElement[bool]]

WEEK = timedelta(days=8)
"""The weekly report is never due later than this."""


@dataclass(frozen=True, slots=True)
class Longest:
    """How far ahead of `now` a row may be due; what is due later was written by a clock that was ahead."""

    now: datetime
    wait_s: float
    """The longest of all waits but those below."""
    slow_s: float
    """The longest between two readings of one ticket, and before a claim is settled."""
    lease_s: float

    @property
    def wait(self) -> datetime:
        return self.now + timedelta(seconds=max(self.wait_s, self.lease_s))

    @property
    def slow(self) -> datetime:
        return self.now + timedelta(seconds=max(self.wait_s, self.slow_s, self.lease_s))


_DUE: tuple[Column, ...] = (
    Inbox.next_attempt_at, Handoff.next_attempt_at, Handoff.refresh_due_at, Delivery.next_attempt_at,
    Report.next_attempt_at, Account.next_poll_at,
)  # fmt: skip
_SLOW: tuple[Column, ...] = (
    Handoff.settle_due_at, Handoff.observe_due_at, Handoff.notes_due_at, Handoff.read_due_at, Canary.next_attempt_at,
    Wish.next_attempt_at, ResolutionNote.next_attempt_at, AiSession.next_attempt_at,
)  # fmt: skip
"""Where the moment it is due also holds it for whoever took it."""
_HELD: tuple[Column, ...] = (Inbox.lease_until, Handoff.lease_until, Delivery.next_attempt_at, Report.next_attempt_at)
"""Where a lease stands, as far as the system session may see it: a message's is also when it is due again."""


def too_far(system: Session, longest: Longest) -> list[int]:
    """Return the accounts with something that is due later than it can be."""
    found: set[int] = set()
    for columns, limit in ((_DUE, longest.wait), (_SLOW, longest.slow), ((Account.next_weekly_at,), longest.now + WEEK)):
        for column in columns:
            found |= _accounts(system, column, column > limit)
    return sorted(found | _accounts(system, Job.lease_until, _owed(longest)))


def ended_by_leap(system: Session, *, now: datetime, leapt_s: float) -> list[int]:
    """Return the accounts with a lease that ended only since the clock was set forward by so many seconds."""
    before = now - timedelta(seconds=leapt_s)
    return sorted(set().union(*(_accounts(system, column, (column > before) & (column <= now)) for column in _HELD)))


def pull_back(session: Session, account_id: int, longest: Longest) -> None:
    """Make due now what an account has due too late. Leases begin anew instead: their holders may be alive."""
    now, limit = longest.now, longest.wait
    _begin_leases_anew(session, account_id, lambda column: column > limit, longest)
    for column in _DUE:
        free = [] if column.class_ is Account else [column.class_.lease_until.is_(None)]
        _set(session, column, [_of(column) == account_id, column > limit, *free], {column.key: now})
    # A handoff that is held may have been asked to be refreshed besides.
    _set(session, Handoff.refresh_due_at, [Handoff.account_id == account_id, Handoff.refresh_due_at > limit],
         {"refresh_due_at": now})  # fmt: skip
    for column in _SLOW:
        _set(session, column, [_of(column) == account_id, column > longest.slow],
             {column.key: now + timedelta(seconds=longest.lease_s)})  # fmt: skip
    _set(session, Job.lease_until, [Job.account_id == account_id, _owed(longest)], {"lease_until": now})
    _set(session, Account.next_weekly_at, [Account.id == account_id, Account.next_weekly_at > now + WEEK],
         {"next_weekly_at": None})  # fmt: skip # planning sets the next Monday


def hold_on(session: Session, account_id: int, longest: Longest, *, leapt_s: float) -> None:
    """Begin the leases anew that ended only because the clock was set forward: their holders are still at work."""
    before = longest.now - timedelta(seconds=leapt_s)
    _begin_leases_anew(session, account_id, lambda column: (column > before) & (column <= longest.now), longest)


def free_jobs(system: Session, longest: Longest, *, most_s: float = 600) -> None:
    """End claims of the installation's jobs that would last too long."""
    far = longest.now + timedelta(seconds=max(most_s, longest.lease_s))
    late = (Job.account_id == EVERYONE, Job.state == "running", Job.lease_until > far)
    system.execute(update(Job).where(*late).values(lease_until=longest.now))


def _owed(longest: Longest) -> ColumnElement[bool]:
    """Return the condition that a note which customers can see would wait too long; to be at it twice does no harm."""
    return OWED & (Job.lease_until > longest.wait)


def _begin_leases_anew(session: Session, account_id: int, within: Within, longest: Longest) -> None:
    until = longest.now + timedelta(seconds=longest.lease_s)
    for table in (Inbox, Delivery, Report):
        held = [table.account_id == account_id, table.next_attempt_at.is_not(None), within(table.lease_until)]
        _set(session, table.lease_until, held, {"lease_until": until, "next_attempt_at": until})
    refresh = case((Handoff.refresh_due_at == Handoff.lease_until, until), else_=Handoff.refresh_due_at)
    posting = case((Handoff.next_attempt_at == Handoff.lease_until, until), else_=Handoff.next_attempt_at)
    _set(session, Handoff.lease_until, [Handoff.account_id == account_id, within(Handoff.lease_until)],
         {"lease_until": until, "next_attempt_at": posting, "refresh_due_at": refresh})  # fmt: skip


def _accounts(system: Session, column: Column, condition: ColumnElement[bool]) -> set[int]:
    # Not DISTINCT: for its sake SQLite goes through all rows in the order of their accounts.
    return set(system.scalars(select(_of(column)).where(condition)))


def _of(column: Column) -> Any:
    return Account.id if column.class_ is Account else column.class_.account_id


def _set(session: Session, column: Column, where: list[Any], values: dict[str, Any]) -> None:
    session.execute(update(column.class_).where(*where).values(values).execution_options(synchronize_session=False))
