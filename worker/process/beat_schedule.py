"""Beat's pokes at even intervals, by a counter that nobody sets.

Celery's schedulers compare moments of the machine's clock: one that is set back by an hour stops every poke for that hour,
and the file they keep carries the mistake over a restart. What we poke for is due by rows, so nothing need be kept.
"""

from __future__ import annotations

from typing import Any

from celery.beat import Scheduler

from models.database.clock import counted


class BeatSchedule(Scheduler):  # type: ignore[misc] # Celery has no types
    """Pokes for each entry when its time is over. One that slept long pokes once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._next: dict[str, float] = {}
        super().__init__(*args, **kwargs)

    def tick(self, **_: Any) -> float:
        """Poke for what is due; return the seconds until something is again."""
        for name, entry in self.schedule.items():
            if counted() >= self._next.get(name, float("-inf")):
                self.apply_entry(entry, producer=self.producer)
                self._next[name] = counted() + entry.schedule.run_every.total_seconds()
        return max(0.0, min(self._next.values(), default=counted() + self.max_interval) - counted())
