"""What becomes of a task that raises: nothing is lost, its row stays due; the log says whether somebody has to look."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from models.database.sessions import busy

log = structlog.get_logger()


def carry_out(work: Callable[[], object], **about: str | int) -> None:
    """Do it, and say in the log what it raises: a line where others kept the database too long, else the trace."""
    try:
        work()
    except Exception as error:
        if busy(error):
            log.warning("database_busy", error=type(error).__name__, **about)
        else:
            log.exception("task_failed", **about)
