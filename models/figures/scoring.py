"""An account's scorecard from its rows: the one way to figures for the command, the pages, the API and the mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from escalation.figures.measures import PILOT_WEEKS, WEEK, WINDOW, Baseline, month_begun
from escalation.figures.observations import Observation
from escalation.figures.scorecard import Scorecard, scorecard
from models.figures.assessed import assessed
from models.figures.baselines import baselines
from models.figures.observed import observations
from models.tables import Account


def scorecard_of(session: Session, account_id: int, *, as_of: datetime) -> Scorecard:
    """Return everything the account is shown as of a moment; the same for ever for a moment that is past.

    Takes the account's own session, also one for reading. Raises SQLAlchemy's `NoResultFound` for no account. It
    computes for up to a second: where that would hold up a connection, `reckoning` splits it in two.
    """
    return reckoning(session, account_id, as_of=as_of)()


def reckoning(session: Session, account_id: int, *, as_of: datetime) -> Callable[[], Scorecard]:
    """Read what the scorecard takes, and return what computes it without the session."""
    account = session.execute(
        select(
            Account.time_zone, Account.hourly_rate, Account.currency, Account.connected_at, Account.clock_skew_s,
            Account.skew_measured_at,
        ).where(Account.id == account_id)
    ).one()  # fmt: skip
    month = month_begun(as_of, account.time_zone)
    # A deed of this month may belong to an escalation of the month before.
    since = min(as_of - WINDOW, month - WINDOW)
    return partial(
        scorecard,
        observations(session, account_id, since=since, until=as_of),
        baselines(session, account_id, as_of),
        as_of=as_of,
        time_zone=account.time_zone,
        hourly_rate=account.hourly_rate,
        currency=account.currency,
        connected_at=account.connected_at,
        pilot=_pilot(session, account_id, account.connected_at, as_of),
        pilot_baselines=_pilot_baselines(session, account_id, account.connected_at, as_of),
        clock_skew_s=account.clock_skew_s,
        skew_measured_at=account.skew_measured_at,
        assessed=assessed(session, account_id, since=as_of - WINDOW, until=as_of),
        last_month=_last_month(session, account_id, month, account.time_zone) if as_of < month + WEEK else (),
    )


def _last_month(session: Session, account_id: int, end: datetime, time_zone: str) -> list[Observation]:
    """Return those of the month that ended, and of the 30 days before it, as they were known at its end."""
    begun = month_begun(end - WEEK, time_zone)
    return observations(session, account_id, since=begun - WINDOW, until=end - timedelta(microseconds=1))


def _pilot_baselines(
    session: Session, account_id: int, connected_at: datetime | None, as_of: datetime
) -> list[Baseline] | None:
    """Return what was known of the old way when the pilot ended; None before that."""
    end = connected_at + PILOT_WEEKS * WEEK if connected_at else None
    return baselines(session, account_id, end) if end is not None and end <= as_of else None


def _pilot(
    session: Session, account_id: int, connected_at: datetime | None, as_of: datetime
) -> list[Observation]:
    """Return the first weeks since connecting as they were known at their end, which no later move changes."""
    if connected_at is None or connected_at > as_of:
        return []
    end = min(as_of, connected_at + PILOT_WEEKS * WEEK)
    return observations(session, account_id, since=connected_at, until=end)
