"""A caller's connection that holds a thread for a bounded time: what is asked comes in whole, and what is answered goes out.

gunicorn's threads wait for ever for both, and need nobody to sign in for it: as many callers as there are threads, each silent
in the middle of a line, would keep everybody out.
"""

from __future__ import annotations

import errno
import socket
import time
from typing import Any

SILENCE_S = 3.0
"""How long a caller may stay silent in the middle of a request."""
WHOLE_S = 10.0
"""How long a request may take to come in, head and body, however steadily it drips."""
ANSWER_S = 30.0
"""How long each part of an answer may take to go out; the parts are whole pages."""


class Caller(socket.socket):
    """A socket whose caller counts as gone, `ConnectionResetError`, once a limit is reached. Pollers use it as any other."""

    _until: float | None = None

    @classmethod
    def of(cls, plain: socket.socket) -> Caller:
        """Take over a socket; the object that was given holds none any more."""
        within = plain.gettimeout()
        caller = cls(fileno=plain.detach())
        caller.settimeout(within)
        return caller

    def begin(self) -> None:
        """Let the time of the next request run from its first part on."""
        self._until = None

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Receive a part of the request."""
        own, now = self.gettimeout(), time.monotonic()
        if own == 0:  # who does not wait holds nothing
            return super().recv(size, flags)
        self._until = self._until or now + WHOLE_S
        left = min(self._until - now, SILENCE_S, SILENCE_S if own is None else own)
        if left <= 0:
            raise ConnectionResetError(errno.ECONNRESET, "the request did not come in whole in time")
        self.settimeout(left)
        try:
            return super().recv(size, flags)
        except TimeoutError:
            raise ConnectionResetError(errno.ECONNRESET, "the caller fell silent in the middle of a request") from None
        finally:
            self.settimeout(own)

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send a part of the answer."""
        own = self.gettimeout()
        self.settimeout(ANSWER_S)
        try:
            super().sendall(data, flags)
        except TimeoutError:
            raise ConnectionResetError(errno.ECONNRESET, "the caller does not read the answer") from None
        finally:
            self.settimeout(own)
