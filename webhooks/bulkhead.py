"""The way to the database: a few at a time, each for a bounded time, and nobody queues before a closed door.

ConnectWise gives a callback five seconds and takes silence for a loss, but repeats after a 429 (ConnectWise developer
guide, callbacks). So the answer must come in time whatever the database does, and for all callers at once: threads
that wait for a database that hangs cannot answer anybody.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from typing import TypeVar

import structlog
from sqlalchemy import exc

from models.database.sessions import busy

log = structlog.get_logger()

T = TypeVar("T")

AWAY = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)
"""What SQLAlchemy raises when the database, and not the statement, is the trouble."""
COMPUTING = 2
"""How many compute at a time: figures take up to a second of a processor."""


class Away(RuntimeError):
    """The database does not answer now. Nothing may be stored, or it may be later: the caller must repeat."""


class Busy(Away):
    """The database works, and has more to do than fits into the time there is. Nothing was stored; repeat later."""


class Bulkhead:
    """Does work that needs the database, or says in time that it cannot be done now.

    1. At most `width` at a time. Who finds no place within `squeeze_s`, or finds another writer in the way, is turned
       away alone, as `Busy`, while others get done.
    2. When one overran or was refused by the database, or found no place and nobody has got done for `still_s`, all are
       turned away at once, but for one at a time, each `probe_s`, that first asks the database for a sign of life. The
       first sign opens the door again.
    3. Work that overruns goes on in its thread. What it then stores is found as a repeat.

    All times in seconds. Belongs to the process that made it.
    """

    def __init__(
        self,
        sign_of_life: Callable[[], None],
        *,
        width: int = 12,
        within_s: float = 3.5,
        squeeze_s: float = 0.3,
        probe_s: float = 0.2,
        still_s: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sign_of_life = sign_of_life
        self._within_s, self._squeeze_s, self._probe_s, self._clock = within_s, squeeze_s, probe_s, clock
        self._threads = ThreadPoolExecutor(width, thread_name_prefix="bulkhead")
        self._places = threading.Semaphore(width)
        self._lock = threading.Lock()
        self._open = True
        self._still_s, self._done_at = still_s, float("-inf")
        self._trying, self._last_try = False, float("-inf")
        self._computing = threading.Semaphore(COMPUTING)

    def compute(self, read: Callable[[], Callable[[], T]]) -> T:
        """Return what `read` returns computes, outside of the places that others need. Raises `Away` or `Busy` in time."""
        if not self._computing.acquire(timeout=self._squeeze_s):
            raise Busy("too much is being computed")
        try:
            return self.do(read)()
        finally:
            self._computing.release()

    def do(self, work: Callable[[], T]) -> T:
        """Return what `work` returns. Raises `Away` or `Busy` in time, and whatever else `work` raises."""
        end = self._clock() + self._within_s
        first = self._enter()
        future: Future[T] = self._threads.submit(self._pass, work, first)
        try:
            return future.result(timeout=max(0.0, end - self._clock()))
        except TooLong as error:
            if future.done():  # at the last moment, or with a time-out of its own
                return future.result()
            self._shut("overran")
            raise Away("the database takes too long") from error
        except AWAY as error:
            if busy(error):
                raise Busy("another transaction kept the database for too long") from error
            self._shut(type(error).__name__)
            raise Away("the database refused") from error

    def _enter(self) -> bool:
        """Take a place; return whether this one is to ask for a sign of life first. Raises `Away` or `Busy`."""
        with self._lock:
            first = not self._open
            if first and (self._trying or self._clock() - self._last_try < self._probe_s):
                raise Away("the database did not answer a moment ago")
            if first and not self._places.acquire(blocking=False):
                raise Away("too many are waiting for the database")
            if first:
                self._trying = True
                return True
        if not self._places.acquire(timeout=self._squeeze_s):
            if self._clock() - self._done_at < self._still_s:
                raise Busy("too many are waiting for the database, which works")
            self._shut("no place")
            raise Away("too many are waiting for the database, and nothing gets done")
        return False

    def _pass(self, work: Callable[[], T], first: bool) -> T:
        try:
            if first:
                self._try()
            done = work()
            self._done_at = self._clock()
            return done
        finally:
            self._places.release()

    def _try(self) -> None:
        try:
            self._sign_of_life()
            with self._lock:
                self._open = True
            log.info("database_back")
        finally:
            with self._lock:
                self._trying, self._last_try = False, self._clock()

    def _shut(self, why: str) -> None:
        with self._lock:
            was_open, self._open = self._open, False
            self._last_try = self._clock()
        if was_open:
            log.warning("database_away", reason=why)
