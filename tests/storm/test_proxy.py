"""The proxy itself, against an echo server: a storm that does not blow proves nothing."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Iterator

import pytest

from tests.storm.proxy import Fault, Proxy


class _Echo(socketserver.BaseRequestHandler):
    heard: list[bytes]

    def handle(self) -> None:
        while piece := self.request.recv(1024):
            self.server.heard.append(piece)  # type: ignore[attr-defined]
            self.request.sendall(piece)


@pytest.fixture
def echo() -> Iterator[socketserver.ThreadingTCPServer]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Echo) as server:
        server.daemon_threads = True
        server.heard = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def proxy(echo: socketserver.ThreadingTCPServer) -> Iterator[Proxy]:
    with Proxy(("127.0.0.1", echo.server_address[1])) as running:
        yield running


def call(proxy: Proxy, timeout: float = 2) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=timeout)


def test_it_forwards(proxy: Proxy) -> None:
    with call(proxy) as line:
        line.sendall(b"hello")
        assert line.recv(9) == b"hello"


def test_down_refuses_new_connections_and_resets_open_ones_until_it_is_up(proxy: Proxy) -> None:
    line = call(proxy)
    line.sendall(b"x")
    assert line.recv(1) == b"x"
    proxy.fault = Fault(down=True)
    with pytest.raises(ConnectionResetError):
        line.recv(1)
    with pytest.raises(ConnectionRefusedError):
        call(proxy)
    proxy.fault = Fault()
    test_it_forwards(proxy)


def test_frozen_keeps_everything_waiting_and_loses_nothing(proxy: Proxy) -> None:
    line = call(proxy, timeout=0.3)
    line.sendall(b"a")
    assert line.recv(1) == b"a"
    proxy.fault = Fault(frozen=True)
    line.sendall(b"b")
    with pytest.raises(TimeoutError):
        line.recv(1)
    proxy.fault = Fault()
    line.settimeout(2)
    assert line.recv(1) == b"b"


def test_mute_delivers_what_is_asked_and_loses_the_answer(
    proxy: Proxy, echo: socketserver.ThreadingTCPServer
) -> None:
    line = call(proxy, timeout=0.3)
    line.sendall(b"a")
    assert line.recv(1) == b"a"
    proxy.fault = Fault(mute=True)
    line.sendall(b"commit")
    with pytest.raises(TimeoutError):
        line.recv(1)
    assert b"commit" in echo.heard  # type: ignore[attr-defined]
    proxy.fault = Fault()
    line.settimeout(2)
    with pytest.raises(ConnectionResetError):
        line.recv(1)


def test_delay_and_cut(proxy: Proxy) -> None:
    proxy.fault = Fault(delay_s=0.1)
    with call(proxy) as line:
        begun = time.monotonic()
        line.sendall(b"a")
        assert line.recv(1) == b"a"
        assert time.monotonic() - begun >= 0.2
        assert proxy.cut() == 1
        with pytest.raises(ConnectionResetError):
            line.recv(1)


def test_reset_in_the_middle_of_an_answer(proxy: Proxy) -> None:
    proxy.fault = Fault(reset_after=4)
    with call(proxy) as line:
        line.sendall(b"ab")
        assert line.recv(9) == b"ab"
        line.sendall(b"cd")
        with pytest.raises(ConnectionResetError):
            line.recv(9)
