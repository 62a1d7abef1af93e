"""Remove what is kept no longer."""

from __future__ import annotations

import structlog

from models.work.retention import Keep, clear
from worker.wiring import Services

log = structlog.get_logger()


def clear_old(services: Services, *, account_id: int) -> dict[str, int]:
    """Remove what is kept no longer; return how many rows of each kind. Once a day, and no harm if a day is missed."""
    waits = services.settings.intervals
    keep = Keep(callbacks=waits.keep_callbacks, snapshots=waits.keep_snapshots)
    removed = clear(services.database, account_id, now=services.clock(), keep=keep)
    if removed:
        log.info("cleared", account_id=account_id, **removed)
    return removed
