"""Remove what is kept no longer."""

from __future__ import annotations

from datetime import datetime

import structlog

from models.work import jobs
from models.work.retention import Keep, clear
from worker.wiring import Services

log = structlog.get_logger()

CLEAR = "clear old"
"""The job that removes once a day what is kept no longer."""


def day_of(now: datetime) -> str:
    """Return the period of the job."""
    return f"{now:%Y-%m-%d}"


def clear_old(services: Services, *, account_id: int) -> dict[str, int]:
    """Remove what an account, or `jobs.EVERYONE`, keeps no longer; return how many rows of each kind.

    Once a day, and no harm if a day is missed.
    """
    waits, now = services.settings.intervals, services.clock()
    keep = Keep(callbacks=waits.keep_callbacks, snapshots=waits.keep_snapshots)
    removed = clear(services.database, account_id, now=now, keep=keep)
    with services.database.account(account_id) as session:
        jobs.finish_job(session, account_id, CLEAR, day_of(now), now)
    if removed:
        log.info("cleared", account_id=account_id, **removed)
    return removed
