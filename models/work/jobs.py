"""Recurring work claimed once for each period, signs of life, and alerts for the operator.

Account id 0 (`EVERYONE`) stands for the whole installation and takes the system session; an account's own
jobs and alerts take its own.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Update, cast, select, update
from sqlalchemy.orm import Session

from models.database.compare_and_set import changed
from models.database.sessions import insert_or_ignore
from models.tables import EVERYONE, Alert, Heartbeat, Job
from models.work.alert_kinds import Kind

__all__ = [
    "EVERYONE", "Alert", "Heartbeat", "Job", "beat", "claim_job", "clear_alert", "finish_job", "last_done", "last_sign",
    "open_alerts", "raise_alert", "release_job", "stale_hearts", "untold",
]  # fmt: skip

TELL = "tell the operator"
"""The job that an alert is told of; its period is the alert's number."""


def claim_job(
    session: Session, account_id: int, job: str, period: str, now: datetime, *, lease_s: float = 600
) -> bool:
    """Claim a job for a period. True for one caller; for another once the claim's `lease_s` s are over."""
    until = now + timedelta(seconds=lease_s)
    first = insert_or_ignore(session, Job).values(
        account_id=account_id,
        job=job,
        period=period,
        state="running",
        attempts=1,
        claimed_at=now,
        lease_until=until,
    )
    if session.scalar(first.returning(Job.id)) is not None:
        return True
    left_over = _job(account_id, job, period).where(Job.state == "running", Job.lease_until <= now)
    return changed(session, left_over.values(attempts=Job.attempts + 1, claimed_at=now, lease_until=until))


def finish_job(
    session: Session, account_id: int, job: str, period: str, now: datetime, *, outcome: str = "done", after: str | None = None
) -> bool:
    """Record that a claimed job is done, for good; with `after` only if that is why it was given back last."""
    running = _job(account_id, job, period).where(Job.state == "running")
    if after is not None:
        running = running.where(Job.outcome == after)
    return changed(session, running.values(state="done", finished_at=now, outcome=outcome))


def release_job(
    session: Session, account_id: int, job: str, period: str, *, at: datetime, reason: str
) -> bool:
    """Give a claimed job back: it may be claimed again from a moment on."""
    running = _job(account_id, job, period).where(Job.state == "running")
    return changed(session, running.values(lease_until=at, outcome=reason))


def last_done(session: Session, account_id: int, job: str) -> datetime | None:
    """Return when a job was done last, whatever its period; None if it never was, or so long ago that the row is gone."""
    done = (Job.account_id == account_id, Job.job == job, Job.state == "done")
    return session.scalar(select(Job.finished_at).where(*done).order_by(Job.finished_at.desc()).limit(1))


def _job(account_id: int, job: str, period: str) -> Update:
    return update(Job).where(Job.account_id == account_id, Job.job == job, Job.period == period)


def beat(session: Session, name: str, now: datetime) -> None:
    """Record that a process is alive."""
    if not changed(session, update(Heartbeat).where(Heartbeat.name == name).values(at=now)):
        session.execute(insert_or_ignore(session, Heartbeat).values(name=name, at=now))


def last_sign(session: Session, name: str) -> datetime | None:
    """Return when a process gave its last sign of life; None if it never did."""
    return session.scalar(select(Heartbeat.at).where(Heartbeat.name == name))


def stale_hearts(session: Session, *, before: datetime) -> list[Heartbeat]:
    """Return the processes without a sign of life since a moment."""
    return list(session.scalars(select(Heartbeat).where(Heartbeat.at < before).order_by(Heartbeat.name)))


def raise_alert(
    session: Session, account_id: int, *, kind: Kind, subject: str, detail: str, now: datetime
) -> bool:
    """Raise an alert; False if it is open already, which counts the repeat and keeps the newest detail."""
    first = insert_or_ignore(session, Alert).values(
        account_id=account_id, kind=kind.value, subject=str(subject), detail=detail, raised_at=now, repeated=0
    )
    if session.scalar(first.returning(Alert.id)) is not None:
        return True
    changed(session, update(Alert).where(*_open(account_id, kind, subject)).values(detail=detail, repeated=Alert.repeated + 1))
    return False


def clear_alert(
    session: Session, account_id: int, *, kind: str, subject: str, now: datetime, unless: Select[Any] | None = None
) -> bool:
    """Clear an alert, `unless` a query finds that its cause lasts. False if none is open, or it stays so."""
    here = _open(account_id, kind, subject)
    if unless is not None and (session.scalar(select(Alert.id).where(*here)) is None or session.scalar(unless.limit(1))):
        return False
    return changed(session, update(Alert).where(*here).values(cleared_at=now))


def _open(account_id: int, kind: str, subject: str) -> tuple[ColumnElement[bool], ...]:
    mine = Alert.account_id == account_id, Alert.cleared_at.is_(None)
    return *mine, Alert.kind == str(kind), Alert.subject == str(subject)


def open_alerts(session: Session, account_id: int | None = None) -> list[Alert]:
    """Return the open alerts, oldest first, of one account or (system session) of all."""
    query = select(Alert).where(Alert.cleared_at.is_(None)).order_by(Alert.raised_at, Alert.id)
    return list(session.scalars(query if account_id is None else query.where(Alert.account_id == account_id)))


def untold(session: Session) -> list[Alert]:
    """Return the open alerts of all accounts that nobody has been told of yet, oldest first (system session)."""
    told = select(Job.id).where(
        Job.account_id == EVERYONE, Job.job == TELL, Job.state == "done", Job.period == cast(Alert.id, String)
    )
    query = select(Alert).where(Alert.cleared_at.is_(None), ~told.exists())
    return list(session.scalars(query.order_by(Alert.raised_at, Alert.id)))
