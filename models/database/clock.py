"""One clock for all machines of an installation: the database's, carried on by a counter that nobody sets.

Leases and due times of several workers are compared with one another, so they must come from one clock. Each answer of
PostgreSQL brings its time along; between answers a counter of this machine goes on from there, so neither a wrong clock
nor one that is set touches us. On SQLite all processes share the machine, and its clock is the one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

STEP_S = 1.0
"""A clock that is off by more than this was set; less is drift, or an answer that took its time."""
FRESH_S = 30.0
"""After so long a newer answer counts, even one that took longer."""


def counted() -> float:
    """Return seconds that only grow, also while the machine sleeps where it can tell (Linux)."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def machine() -> datetime:
    """Return this machine's time in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Told:
    at: datetime
    counter: float
    """When that was."""
    within_s: float
    """How far off it may be: what the answer took."""


class CommonClock:
    """What the clock of somebody else says now. Shared by all threads of a process."""

    def __init__(self, counter: Callable[[], float] = counted) -> None:
        self._counter = counter
        self._told: _Told | None = None
        self._leapt_s = 0.0
        self._lock = threading.Lock()

    def hear(self, at: datetime, *, asked: float, answered: float) -> None:
        """Take in what that clock said between two readings of our counter, in seconds."""
        new = _Told(at, answered, max(0.0, answered - asked))
        with self._lock:
            old = self._told
            if old is None:
                self._told = new
                return
            off_s = (at - old.at).total_seconds() - (answered - old.counter)
            was_set = abs(off_s) > STEP_S + old.within_s + new.within_s
            if was_set and off_s > 0:
                self._leapt_s += off_s
            if was_set or new.within_s <= old.within_s or answered - old.counter > FRESH_S:
                self._told = new

    def now(self) -> datetime | None:
        """Return the time by that clock; None as long as it has not been heard."""
        with self._lock:
            told = self._told
        return None if told is None else told.at + timedelta(seconds=self._counter() - told.counter)

    def leapt(self) -> float:
        """Return by how many seconds that clock was set forward since this was asked last."""
        with self._lock:
            leapt_s, self._leapt_s = self._leapt_s, 0.0
        return leapt_s
