"""Set an account aside whose PSA does not answer, so that its calls stop waiting for time-outs in other accounts' way.

Silence is a call without any answer: no connection, reset, time-out. An error status is an answer and changes nothing
here. After a few silent calls in a row, or one that hung, calls are refused at once for a pause; then one call at a
time tries, and the first answer lets everybody in again. Each process learns by itself: a look costs one call a pause.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import structlog

from psa.outbound.throttle import Priority, Slot, Throttle
from psa.port import PsaError, Unavailable

log = structlog.get_logger()


LONG_S = 3.0
"""A silent call that took so long says enough by itself, unless others were answered meanwhile."""


@dataclass(slots=True)
class _State:
    silent: int = 0
    """Silent calls in a row; one that hung counts as many as it takes."""
    pause: float = 0.0
    until: float = 0.0
    """When the next call may try."""
    trying: bool = False


class CircuitBreaker:
    """A `Throttle` that refuses calls to a PSA that has fallen silent; every other call is the inner one's."""

    def __init__(
        self,
        inner: Throttle,
        *,
        patience: int = 3,
        first_pause: float = 2.0,
        longest_pause: float = 45.0,  # with a sweep, what waits is done within a minute of the end of an outage
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Set aside after `patience` silent calls in a row, or a long one, for `first_pause` to `longest_pause` s."""
        self._inner, self._clock = inner, clock
        self._patience, self._first, self._longest = patience, first_pause, longest_pause
        self._known: dict[str, _State] = {}
        self._heard: dict[str, float] = {}
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def slot(self, account: str, priority: Priority, patience: float) -> Iterator[Slot]:
        """Wait up to `patience` seconds for a place, held until the block ends.

        Raises `psa.port.Throttled`, and `psa.port.Unavailable` while the account is set aside; neither call was made.
        """
        self._let_in(account)
        with self._inner.slot(account, priority, patience) as slot:
            begun = self._clock()
            try:
                yield slot
            except PsaError as error:
                if error.status is None:
                    self._silent(account, self._clock() - begun)
                else:
                    self._answered(account)
                raise
            except Exception:
                raise  # a defect or a refusal of our own says nothing about the PSA
            else:
                self._answered(account)

    def wait_for(self, account: str, calls: int) -> float:
        """Return the seconds until so many calls may begin; 0: now, as far as is known here. Takes nothing."""
        now = self._clock()
        with self._lock:
            known = self._known.get(account)
            if known is not None and known.silent >= self._patience and now < known.until:
                return known.until - now
        return self._inner.wait_for(account, calls)

    def _let_in(self, account: str) -> None:
        now = self._clock()
        with self._lock:
            known = self._known.get(account)
            if known is None or known.silent < self._patience:
                return
            if now >= known.until:
                known.until, known.trying = now + known.pause, True  # the others wait for what this call finds
                return
            wait = known.until - now
        raise Unavailable(f"{account} is set aside: its last calls had no answer", retry_after=wait)

    def _silent(self, account: str, seconds: float) -> None:
        now = self._clock()
        with self._lock:
            known = self._known.setdefault(account, _State())
            # Refused and reset connections cost nobody anything; one that hung has cost a thread.
            hung = seconds >= LONG_S and self._heard.get(account, float("-inf")) < now - seconds
            known.silent += self._patience if hung else 1
            if known.silent < self._patience:
                return
            if now < known.until and not known.trying:  # sent before the pause began
                return
            known.trying = False
            known.pause = min(self._longest, known.pause * 2 or self._first)
            known.until = now + known.pause
            pause = known.pause
        log.warning("psa_set_aside", account=account, silent_calls=known.silent, pause_s=pause)

    def _answered(self, account: str) -> None:
        with self._lock:
            self._heard[account] = self._clock()
            known = self._known.pop(account, None)
        if known is not None and known.silent >= self._patience:
            log.info("psa_answers_again", account=account)
