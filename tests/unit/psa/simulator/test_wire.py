"""What is no HTTP is refused at once, whatever its bytes hold."""

from __future__ import annotations

import socket

import pytest

from psa.simulator.wire import HttpServer, Reply


@pytest.mark.parametrize("hello", [b"\x16\x03\x01\x02\x00\x01" + b"x" * 511, b"\x16\x03\x01\n\n\r\n"])
def test_tls_is_refused_though_no_line_ends(hello: bytes) -> None:
    server = HttpServer("127.0.0.1", 0, lambda _: Reply(200))
    server.start()
    try:
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
            connection.sendall(hello)
            assert connection.recv(100).startswith(b"HTTP/1.1 400 ")
    finally:
        server.stop()
