"""Give each account its share of the worker's threads, so that one that is slow or busy leaves the others' times alone.

What finds its lane full waits in a line in memory, and a thread that has finished in that lane goes on with the next.
Losing the line costs nothing: every row in it is still due, and the sweeper rings again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger()

MAIL = "mail"
"""The lane of all messages: they share one mail server."""
STAY_S = 10.0
"""How long one thread may go on with a line, so that a worker that is asked to stop does not work it all off."""

Work = Callable[[], None]


@dataclass(slots=True)
class _Lane:
    running: int = 0
    line: dict[Hashable, Work] = field(default_factory=dict)


class Turns:
    """Who may use a thread now. One for each process, shared by its threads."""

    def __init__(self, threads: int, *, longest_line: int = 5000, clock: Callable[[], float] = time.monotonic) -> None:
        """Of `threads` (a count) one lane gets half at most, and less while there are others that have some."""
        self._threads = max(1, threads)
        self._longest_line = longest_line
        self._clock = clock
        self._lanes: dict[Hashable, _Lane] = {}
        self._lock = threading.Lock()

    def take(self, lane: Hashable, key: Hashable, work: Work) -> bool:
        """Do the work now if the lane has a thread left, else put it in line; return whether anything was done here.

        The same `key` stands in a line once. What is worked off from the line raises nothing: it is logged.
        """
        with self._lock:
            mine = self._lanes.setdefault(lane, _Lane())
            if mine.running >= self._share(lane):
                if len(mine.line) < self._longest_line:
                    mine.line.setdefault(key, work)
                return False
            mine.line.pop(key, None)
            mine.running += 1
        until = self._clock() + STAY_S
        try:
            work()
        finally:
            while following := self._next(lane, until):
                _do(following, lane)
        return True

    def waiting(self) -> dict[Hashable, int]:
        """Return how many stand in each line."""
        with self._lock:
            return {name: len(lane.line) for name, lane in self._lanes.items() if lane.line}

    def _share(self, lane: Hashable) -> int:
        """Return how many threads a lane may use: half of what the others leave, at least one."""
        others = sum(other.running for name, other in self._lanes.items() if name != lane)
        return max(1, (self._threads - others) // 2)

    def _next(self, lane: Hashable, until: float) -> Work | None:
        with self._lock:
            mine = self._lanes[lane]
            over = mine.running > self._share(lane)  # others came: give the thread back
            if mine.line and self._clock() < until and not over:
                return mine.line.pop(next(iter(mine.line)))
            mine.running -= 1
            if not mine.running:
                # Nobody is left to go on with the line; the sweeper rings for what stands in it.
                del self._lanes[lane]
            return None


def _do(work: Work, lane: Hashable) -> None:
    structlog.contextvars.clear_contextvars()
    try:
        work()
    except Exception:
        log.exception("task_failed", lane=str(lane))
