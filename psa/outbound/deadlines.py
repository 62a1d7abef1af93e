"""The time a whole answer may take, head and body: a socket's own time-out begins anew with each byte that drips in."""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import time
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

_until: ContextVar[float | None] = ContextVar("until", default=None)


@contextlib.contextmanager
def within(until: float) -> Iterator[None]:
    """Let every answer that begins in here, in this thread, be read to its end by a moment (monotonic)."""
    before = _until.set(until)
    try:
        yield
    finally:
        _until.reset(before)


class TimedAnswer(http.client.HTTPResponse):
    """An answer of which no part is waited for past the deadline it began under. Raises `TimeoutError` then."""

    def __init__(self, sock: socket.socket, *args: Any, **named: Any) -> None:
        super().__init__(sock, *args, **named)
        until = _until.get()
        if until is not None:
            self.fp: Any = io.BufferedReader(_Timed(self.fp.detach(), sock, until))


class _Timed(io.RawIOBase):
    """What comes over a socket until a moment."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, until: float) -> None:
        self._raw, self._sock, self._until = raw, sock, until
        self._silence = sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer was still coming in when its deadline passed")
        self._sock.settimeout(left if self._silence is None else min(left, self._silence))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
