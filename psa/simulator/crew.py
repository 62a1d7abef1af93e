"""Threads for the callbacks' deliveries."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any


class Crew:
    """Threads that do one thing after another, started as they are needed, and no obstacle to the end of the process.

    A pool of the standard library would be waited for at exit, for as long as its slowest receiver takes.
    """

    def __init__(self, most: int) -> None:
        self._queue: queue.SimpleQueue[tuple[Callable[..., None], tuple[Any, ...]] | None] = (
            queue.SimpleQueue()
        )
        self._guard = threading.Lock()
        self._most = most
        self._hired = 0
        self._waiting = 0

    def do(self, what: Callable[..., None], *details: Any) -> None:
        """Have something done at once if a thread is free or can be started, else as soon as one is."""
        with self._guard:
            if self._waiting > 0:
                self._waiting -= 1
            elif self._hired < self._most:
                self._hired += 1
                threading.Thread(target=self._work, name="simulator-callback", daemon=True).start()
        self._queue.put((what, details))

    def stop(self) -> None:
        """Let all threads end after what they do now."""
        for _ in range(self._most):
            self._queue.put(None)

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            what, details = job
            what(*details)
            with self._guard:
                self._waiting += 1
