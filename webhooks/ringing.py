"""Ring for a stored row without letting anybody's answer wait for the broker."""

from __future__ import annotations

import queue
import threading
from typing import Any

import structlog

from worker.app import Bell

log = structlog.get_logger()


class Ringer:
    """Rings in a thread of its own. What it loses, the sweeper finds: a full queue, a process that ends.

    The row is committed before anything is handed over here, so the answer promises nothing that is not stored.
    """

    def __init__(self, bell: Bell, *, most: int = 1000) -> None:
        self._bell = bell
        self._queue: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue(most)
        threading.Thread(target=self._work, name="ringer", daemon=True).start()

    def ring(self, task: str, **ids: Any) -> bool:
        """Take over one ring; return False if too many are waiting."""
        try:
            self._queue.put_nowait((task, ids))
        except queue.Full:
            log.warning("bell_not_rung", task=task, error="too many waiting", **ids)
            return False
        return True

    def _work(self) -> None:
        self._bell.warm()
        while True:
            task, ids = self._queue.get()
            self._bell.ring(task, **ids)
