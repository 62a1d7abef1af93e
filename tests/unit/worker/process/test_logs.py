"""What is logged is worth a line."""

from __future__ import annotations

import io
import logging

import pytest

from worker.process.logs import set_up


@pytest.mark.parametrize("level", ["INFO", "WARNING"])
def test_what_happens_each_few_seconds_is_no_line(level: str) -> None:
    """28,800 pokes a day would be most of the log, and fill a disk."""
    root = logging.getLogger()
    before, kept = root.handlers[:], root.level
    stream = io.StringIO()
    try:
        set_up(level, stream=stream)
        for often in ("celery.beat", "alembic.runtime.migration", "kombu.transport", "urllib3.connectionpool"):
            logging.getLogger(often).info("Sending due task")
        assert stream.getvalue() == ""
        logging.getLogger("celery.beat").error("cannot send")
        assert stream.getvalue().count("\n") == 1
    finally:
        root.handlers[:] = before
        root.setLevel(kept)
