"""Notes of ours that a customer can see and that have to go: a job each, due until it is done, whatever stands still besides."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Update, literal, select, update
from sqlalchemy.orm import Session

from models.database.compare_and_set import changed
from models.tables import Job
from models.work import jobs
from models.work.due import Due, due_in_turn, pairs

TAKE_AWAY = "take a visible note away"
OWED = (Job.job == literal(TAKE_AWAY, literal_execute=True)) & (Job.state == literal("running", literal_execute=True))
"""Those that are not done, in the words of their index: a parameter would hide from the database that it fits."""


def place(job: Job) -> tuple[int, int]:
    """Return the ticket and the note that a job is about."""
    ticket, _, note = job.period.partition("/")
    return int(ticket), int(note)


def owe(session: Session, account_id: int, ticket_id: int, note_id: int, *, now: datetime, lease_s: float) -> Job | None:
    """Store that a note has to go, and take that for `lease_s` seconds. None if somebody is at it."""
    period = f"{ticket_id}/{note_id}"
    here = (Job.account_id == account_id, Job.job == TAKE_AWAY, Job.period == period)
    if not jobs.claim_job(session, account_id, TAKE_AWAY, period, now, lease_s=lease_s):
        until = now + timedelta(seconds=lease_s)  # once removed and there again: it was not
        again = {"state": "running", "attempts": Job.attempts + 1, "claimed_at": now, "lease_until": until, "finished_at": None}
        if not changed(session, update(Job).where(*here, Job.state == "done").values(again)):
            return None
    return session.scalar(select(Job).where(*here).execution_options(populate_existing=True))


def take(session: Session, account_id: int, job_id: int, *, now: datetime, lease_s: float) -> Job | None:
    """Take one that is due, for `lease_s` seconds. None if it is not, or somebody has it."""
    held = {"attempts": Job.attempts + 1, "claimed_at": now, "lease_until": now + timedelta(seconds=lease_s)}
    if not changed(session, _one(account_id, job_id).where(Job.lease_until <= now).values(held)):
        return None
    here = select(Job).where(Job.account_id == account_id, Job.id == job_id)
    return session.scalar(here.execution_options(populate_existing=True))


def end(session: Session, taken: Job, *, outcome: str, now: datetime) -> bool:
    """Record that no customer can read it any more. False if somebody else has taken it over."""
    return changed(session, _held(taken).values(state="done", finished_at=now, outcome=outcome))


def put_off(session: Session, taken: Job, *, at: datetime, reason: str) -> bool:
    """Try again at a moment. False as for `end`."""
    return changed(session, _held(taken).values(lease_until=at, outcome=reason))


def due(system: Session, *, now: datetime, limit: int) -> Due:
    """Return what is to be tried now, of frozen accounts too: account id and job id, in turn."""
    return pairs(system, due_in_turn(Job.account_id, Job.id, Job.lease_until, OWED, now=now, limit=limit))


def _one(account_id: int, job_id: int) -> Update:
    return update(Job).where(Job.account_id == account_id, Job.id == job_id, Job.job == TAKE_AWAY, Job.state == "running")


def _held(taken: Job) -> Update:
    return _one(taken.account_id, taken.id).where(Job.attempts == taken.attempts)
