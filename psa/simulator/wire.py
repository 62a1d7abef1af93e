"""HTTP/1.1 over plain sockets, one thread for each connection, kept alive.

Written on the socket because faults need it (a reset, an answer cut short), and because the standard library's own
server spends more time on reading headers than a note list takes altogether.
"""

from __future__ import annotations

import contextlib
import http
import io
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Final, cast
from urllib.parse import parse_qsl, unquote, urlsplit

MAX_LINE: Final = 65_536
MAX_HEADERS: Final = 100
MAX_BODY: Final = 32 * 1024 * 1024
TLS_HELLO: Final = b"\x16"
"""How a connection begins that speaks TLS: a line's end may never come."""


@dataclass(slots=True)
class Request:
    """One request as it came; header names are lower case, `path` is decoded, `target` is not."""

    method: str
    target: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Reply:
    """What goes back. `cut` sends so many bytes of the body and then closes; `reset` answers nothing but a TCP reset."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    reset: bool = False
    silent: bool = False


class Malformed(Exception):
    """The bytes are no HTTP request."""


Answering = Callable[[Request], Reply]


class HttpServer:
    """Listen and answer. `start` returns at once; `stop` closes every connection."""

    def __init__(self, host: str, port: int, answer: Answering) -> None:
        self._answer = answer
        self._listener = socket.create_server((host, port), backlog=512, reuse_port=False)
        self.host = host
        self.port: int = self._listener.getsockname()[1]
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self._accept, name="simulator-listener", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and close what is open."""
        self.stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._guard:
            still_open = list(self._open)
        for connection in still_open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        if self._thread.is_alive():
            self._thread.join(timeout=2)

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._guard:
                self._open.add(connection)
            threading.Thread(
                target=self._serve, args=(connection,), name="simulator-connection", daemon=True
            ).start()

    def _serve(self, connection: socket.socket) -> None:
        reader = cast("io.BufferedReader", connection.makefile("rb", buffering=65_536))
        try:
            while not self.stopping.is_set() and self._one(connection, reader):
                pass
        except (OSError, ValueError):
            pass  # the other side went away
        finally:
            with self._guard:
                self._open.discard(connection)
            with contextlib.suppress(OSError):
                reader.close()
            with contextlib.suppress(OSError):
                connection.close()

    def _one(self, connection: socket.socket, reader: io.BufferedReader) -> bool:
        """Answer one request; return whether the connection stays open."""
        try:
            request = read_request(connection, reader)
        except Malformed as error:
            connection.sendall(_encoded(Reply(400, str(error).encode()), "GET", keep=False))
            return False
        if request is None:
            return False
        reply = self._answer(request)
        if reply.reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        if reply.silent:
            return False
        keep = request.headers.get("connection", "").lower() != "close" and reply.cut is None
        sent = _encoded(reply, request.method, keep=keep)
        if reply.cut is not None:
            head = len(sent) - len(reply.body)
            sent = sent[: head + reply.cut]
        connection.sendall(sent)
        return keep


def read_request(connection: socket.socket, reader: io.BufferedReader) -> Request | None:
    """Read one request; None when the other side closed. Raises Malformed."""
    if reader.peek(1)[:1] == TLS_HELLO:
        raise Malformed("no TLS is spoken here")
    line = reader.readline(MAX_LINE)
    if not line.strip():
        return None
    try:
        method, target, _version = line.decode("latin-1").split()
    except ValueError:
        raise Malformed("not a request line") from None
    headers: dict[str, str] = {}
    while (raw := reader.readline(MAX_LINE)) not in (b"\r\n", b"\n"):
        if not raw or len(headers) > MAX_HEADERS:
            raise Malformed("headers end early or are too many")
        name, _, value = raw.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    if headers.get("expect", "").lower() == "100-continue":
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    path, _, query = target.partition("?")
    if "://" in path:
        path = urlsplit(path).path
    return Request(
        method,
        target,
        unquote(path) if "%" in path else path,
        dict(parse_qsl(query, keep_blank_values=True)) if query else {},
        headers,
        _body(reader, headers),
    )


def _body(reader: io.BufferedReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        parts = []
        while size := int(reader.readline(MAX_LINE).split(b";")[0], 16):
            parts.append(reader.read(size))
            reader.readline(MAX_LINE)
        reader.readline(MAX_LINE)
        return b"".join(parts)
    try:
        length = int(headers.get("content-length") or 0)
    except ValueError:
        raise Malformed("Content-Length is no number") from None
    if not 0 <= length <= MAX_BODY:
        raise Malformed("the body is too long")
    return reader.read(length) if length else b""


def _encoded(reply: Reply, method: str, *, keep: bool) -> bytes:
    try:
        reason = http.HTTPStatus(reply.status).phrase
    except ValueError:
        reason = "Unknown"
    lines = [f"HTTP/1.1 {reply.status} {reason}"]
    lines += [f"{name}: {value}" for name, value in {"Date": formatdate(usegmt=True), **reply.headers}.items()]
    if reply.status != 204:
        lines.append(f"Content-Length: {len(reply.body)}")
    lines.append("Connection: keep-alive" if keep else "Connection: close")
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
    return head if method == "HEAD" or reply.status == 204 else head + reply.body
