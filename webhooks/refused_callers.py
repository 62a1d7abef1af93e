"""Callers who were refused: counted for each address, so that noise stays cheap and the log readable."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class RefusedCallers:
    """Counts refusals for each address over a minute or so. Remembers a bounded number of addresses.

    An address may be shared with ConnectWise itself, as that of a proxy which was not named: so being known here must
    never keep out a caller who has an account's token and a good signature.
    """

    def __init__(
        self, *, free: int = 20, window_s: float = 60.0, most: int = 4096, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`free` refusals in `window_s` seconds make no stranger yet; at most `most` addresses are remembered."""
        self._free, self._window_s, self._most, self._clock = free, window_s, most, clock
        self._counts: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._counts)

    def is_one(self, address: str) -> bool:
        """Tell whether this address has been refused too often lately."""
        with self._lock:
            return self._count(address)[1] >= self._free

    def refused(self, address: str) -> int:
        """Count one more refusal; return how many there are now in this window."""
        with self._lock:
            since, count = self._count(address)
            self._counts.pop(address, None)  # to the end of the line
            if len(self._counts) >= self._most:
                del self._counts[next(iter(self._counts))]
            self._counts[address] = (since, count + 1)
            return count + 1

    def worth_a_line(self, count: int) -> bool:
        """Tell whether a refusal of that number should be logged: the first ones, then ever fewer."""
        return count <= self._free or count & (count - 1) == 0

    def _count(self, address: str) -> tuple[float, int]:
        now = self._clock()
        since, count = self._counts.get(address, (now, 0))
        return (since, count) if now - since < self._window_s else (now, 0)
