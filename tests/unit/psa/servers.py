"""Tiny real servers for tests: they count what reached them and answer with the bytes they are told."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable
from typing import Any, Self

Reply = bytes | None | str
"""Bytes to send; None: reset the connection; `hang`: say nothing; `close`: end without an answer."""


def answer(
    status: int = 200, body: Any = None, headers: dict[str, str] | None = None, raw: bytes | None = None
) -> bytes:
    """Return a whole HTTP answer."""
    content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(content)}"]
    lines += [f"{k}: {v}" for k, v in (headers or {"Content-Type": "application/json"}).items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


class RawServer:
    """Listens on 127.0.0.1, keeps every request it read, and replies as `script` says."""

    def __init__(self, script: Callable[[str, str], Reply]) -> None:
        self._script = script
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0
        self.requests: list[tuple[str, str, bytes, bytes]] = []
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self.port}"

    def count(self, method: str) -> int:
        return sum(1 for m, *_ in self.requests if m == method)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        for sock in self._open:
            sock.close()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(sock)
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        stream = sock.makefile("rb")
        try:
            while line := stream.readline():
                method, path, _ = line.decode().split(" ", 2)
                head = b""
                while (row := stream.readline()) not in (b"\r\n", b""):
                    head += row
                length = next(
                    (
                        int(r.split(b":")[1])
                        for r in head.split(b"\r\n")
                        if r.lower().startswith(b"content-length")
                    ),
                    0,
                )
                self.requests.append((method, path, head, stream.read(length)))
                reply = self._script(method, path)
                if reply is None:
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    stream.close()
                    sock.close()
                    return
                if reply == "hang":
                    continue
                if reply == "close":
                    stream.close()
                    sock.shutdown(socket.SHUT_RDWR)
                    return
                assert isinstance(reply, bytes)
                sock.sendall(reply)
        except (OSError, ValueError):
            return
