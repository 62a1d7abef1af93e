"""Places for tools at work in one process: a tool holds its own until it is done, whoever still waits for its answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

AT_ONCE = 4
"""One may wait some seconds for a worker, and the web has other callers."""
QUEUED, QUEUED_S = 4, 5.0
"""So many more wait so long for a place. With those at work they hold half of the web's threads at most."""


class Full(Exception):
    """No place became free in time, or too many wait for one."""


class Room:
    """Belongs to the event loop on which it is first entered."""

    def __init__(self) -> None:
        self._here, self._at_work = 0, asyncio.Semaphore(AT_ONCE)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold a place. Raises `Full`."""
        if self._here >= AT_ONCE + QUEUED:
            raise Full
        self._here += 1
        try:
            try:
                await asyncio.wait_for(self._at_work.acquire(), QUEUED_S)
            except TimeoutError as error:
                raise Full from error
            try:
                yield
            finally:
                self._at_work.release()
        finally:
            self._here -= 1
