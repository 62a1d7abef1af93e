"""A talk with an SMTP server that ends in time, whatever the server and the way to it do."""

from __future__ import annotations

import contextlib
import itertools
import smtplib
import socket
import time
from collections.abc import Callable
from io import BufferedReader, RawIOBase
from typing import Any


class Timed(smtplib.SMTP):
    """A talk that is over `within` seconds after it began, whatever the server does; a byte now and then wins it no time."""

    def __init__(self, *given: Any, within: float, **named: Any) -> None:
        self._until = time.monotonic() + within
        super().__init__(*given, **named)

    def _patience(self) -> float:
        left = min(self.timeout, self._until - time.monotonic())
        if left <= 0:
            raise TimeoutError("the time for one message is over")
        return left

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002
        """Connect to the first address that answers, by turns of each family; each but the last has a quarter of the time.

        As `smtplib` tries them, eight addresses of a family that leads nowhere take longer than a message has.
        """
        families: dict[int, list[tuple[str, int]]] = {}
        for family, *_, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            families.setdefault(family, []).append((str(place[0]), int(place[1])))
        places = [place for turn in itertools.zip_longest(*families.values()) for place in turn if place]
        for left in range(len(places) - 1, 0, -1):
            with contextlib.suppress(OSError):
                found = socket.create_connection(places[-1 - left], self._patience() / 4)
                found.settimeout(self._patience())
                return found
        return socket.create_connection(places[-1], self._patience())

    def getreply(self) -> tuple[int, bytes]:
        """Read an answer; each part of it has only what is left."""
        assert self.sock is not None
        if self.file is None:
            self.file = BufferedReader(_Reader(self.sock, self._patience))
        return super().getreply()

    def send(self, s: Any) -> None:
        """Send all of it within what is left."""
        if self.sock is not None:
            self.sock.settimeout(self._patience())
        super().send(s)


class TimedTls(Timed, smtplib.SMTP_SSL):
    """The same, with TLS from the first byte."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self.context.wrap_socket(Timed._get_socket(self, host, port, timeout), server_hostname=host)


class _Reader(RawIOBase):
    """What a socket brings, each time with as much patience as there is then."""

    def __init__(self, sock: socket.socket, patience: Callable[[], float]) -> None:
        self._sock, self._patience = sock, patience

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._patience())
        return self._sock.recv_into(buffer)
