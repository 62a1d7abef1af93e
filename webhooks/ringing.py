"""Ring for a stored row without letting anybody's answer wait for the broker."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog

from worker.process.bell import Bell

log = structlog.get_logger()

FORGET_AFTER = 10_000
"""So many accounts' rings are counted at once (a count)."""


class Ringer:
    """Rings in a thread of its own. What it loses, the sweeper finds: a full queue, a process that ends.

    The row is committed before anything is handed over here, so the answer promises nothing that is not stored.

    An account gets no more rings than its PSA may be asked calls: `burst` at once, then `rate` a second. More would
    only stand in the queues before other accounts' rings; for the rows beyond that the sweeper rings, in turn.
    """

    def __init__(
        self,
        bell: Bell,
        *,
        most: int = 1000,
        burst: int = 30,
        rate: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bell = bell
        self._burst, self._rate, self._clock = burst, rate, clock
        self._queue: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue(most)
        self._left: dict[tuple[str, Any], tuple[float, float]] = {}
        self._lock = threading.Lock()
        threading.Thread(target=self._work, name="ringer", daemon=True).start()

    def ring(self, task: str, **ids: Any) -> bool:
        """Take over one ring; return False if too many are waiting or this account has had its share."""
        if not self._has_share((task, ids.get("account_id"))):
            log.debug("left_to_the_sweeper", task=task, **ids)
            return False
        try:
            self._queue.put_nowait((task, ids))
        except queue.Full:
            log.warning("bell_not_rung", task=task, error="too many waiting", **ids)
            return False
        return True

    def _has_share(self, whose: tuple[str, Any]) -> bool:
        now = self._clock()
        with self._lock:
            if len(self._left) > FORGET_AFTER:
                whole = self._burst / self._rate
                self._left = {key: known for key, known in self._left.items() if now - known[1] < whole}
            left, at = self._left.get(whose, (float(self._burst), now))
            left = min(float(self._burst), left + (now - at) * self._rate)
            enough = left >= 1
            self._left[whose] = (left - 1 if enough else left, now)
            return enough

    def _work(self) -> None:
        self._bell.warm()
        while True:
            task, ids = self._queue.get()
            self._bell.ring(task, **ids)
