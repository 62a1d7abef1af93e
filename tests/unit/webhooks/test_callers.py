"""A caller's socket: limits of silence, of a whole request and of an answer, over real sockets."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from webhooks import callers
from webhooks.callers import Caller


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Caller, socket.socket]]:
    for name, seconds in (("SILENCE_S", 0.1), ("WHOLE_S", 0.3), ("ANSWER_S", 0.1)):
        monkeypatch.setattr(callers, name, seconds)
    ours, theirs = socket.socketpair()
    with Caller.of(ours) as caller, theirs:
        yield caller, theirs


def test_silence_ends_a_request_and_nothing_else_does(pair: tuple[Caller, socket.socket]) -> None:
    caller, theirs = pair
    theirs.sendall(b"GET")
    assert caller.recv(10) == b"GET"
    with pytest.raises(ConnectionResetError):
        caller.recv(10)
    assert caller.gettimeout() is None


def test_a_drip_ends_with_the_time_for_the_whole_and_each_request_has_its_own(pair: tuple[Caller, socket.socket]) -> None:
    caller, theirs = pair
    stop = threading.Event()

    def drip() -> None:
        while not stop.wait(0.03):
            theirs.sendall(b"x")

    dripping = threading.Thread(target=drip)
    dripping.start()
    try:
        for _ in range(2):
            caller.begin()
            begun = time.monotonic()
            with pytest.raises(ConnectionResetError):
                for _ in iter(lambda: caller.recv(1), b""):
                    pass
            assert 0.2 < time.monotonic() - begun < 2
    finally:
        stop.set()
        dripping.join()


def test_an_answer_that_nobody_reads_ends(pair: tuple[Caller, socket.socket]) -> None:
    with pytest.raises(ConnectionResetError):
        pair[0].sendall(b"x" * 10_000_000)


def test_who_does_not_wait_is_not_made_to(pair: tuple[Caller, socket.socket]) -> None:
    pair[0].setblocking(False)
    with pytest.raises(BlockingIOError):
        pair[0].recv(1)
