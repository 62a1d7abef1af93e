"""What becomes of a task that raises: nothing is lost, its row stays due; the log says whether somebody has to look."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from sqlalchemy import exc

from models.database.sessions import busy

log = structlog.get_logger()


def carry_out(work: Callable[[], object], **about: str | int) -> None:
    """Do it, and say in the log what it raises: a line where another writer kept SQLite too long, else the trace.

    Where no connection is left, somebody may never have given theirs back: that has its trace too.
    """
    try:
        work()
    except Exception as error:
        if busy(error):
            no_connection = type(error) is exc.TimeoutError
            log.warning("database_busy", error=type(error).__name__, exc_info=no_connection, **about)
        else:
            log.exception("task_failed", **about)
