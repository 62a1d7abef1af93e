"""Structured logs: one JSON object a line on standard error, constant messages, ids in fields.

The event id of a callback is bound at the start of each task, so one `grep` follows an escalation from the
callback to the note and the mail.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog


def set_up(level: str = "INFO", *, stream: Any = None) -> None:
    """Send our own and the libraries' records through one formatter to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, structlog.processors.format_exc_info],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Beat tells of every poke, one each three seconds; alembic of every look at the version.
    for noisy in ("urllib3", "kombu", "amqp", "celery.app.trace", "celery.worker.strategy", "celery.beat", "alembic"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
