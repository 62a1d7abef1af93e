"""The process of the streams: its sockets, one request on each, and its end.

A stream is a socket with a few kilobytes beside it and no thread. Callers come by a port of its own, or are handed over
by the web (`hand_over.py`), which read their request. Not a web server: one address, one method, one request a connection.
"""

from __future__ import annotations

import array
import asyncio
import contextlib
import functools
import json
import os
import resource
import signal
import socket
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from pathlib import Path

import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from psa.outbound import redis_address
from webhooks.authorization import COOKIE, TOKEN_HELP, Door, NotAllowed, NotSignedIn, TakenBack, Viewer
from webhooks.streams.hand_over import LARGEST_HEAD, PATH, REQUEST_NAMES
from webhooks.streams.listeners import Line, Listeners
from worker.process.announcing import CHANNEL

log = structlog.get_logger()

HEAD_WITHIN_S = 5.0
LEAVE_WITHIN_S = 3.0
"""For what was written last to reach the listeners when the process ends."""
FIRST_LINES = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-store\r\n"
    b"X-Accel-Buffering: no\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
)
_TITLES = {401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 503: "Service Unavailable"}


class Refused(Exception):
    """What a caller is answered instead of a stream."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


class Connection(asyncio.Protocol):
    """One caller's socket."""

    def __init__(self, server: Server, headers: Mapping[str, str] | None = None) -> None:
        """`headers` are those of a request that the web has read already."""
        self._server, self._headers = server, headers
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self.gone = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._server.open.add(self)
        if self._headers is not None:
            self._serve(self._headers)
        else:
            self._timer = asyncio.get_running_loop().call_later(HEAD_WITHIN_S, self.close)

    def data_received(self, part: bytes) -> None:
        if self._task is not None:
            return  # nothing that comes after the request is of interest
        self._buffer += part
        if len(self._buffer) > LARGEST_HEAD:
            self.close()
        elif b"\r\n\r\n" in self._buffer:
            method, path, headers = _request(bytes(self._buffer))
            self._buffer.clear()
            if path == "/healthz":
                self._finish(200, {"status": "ok", "streams": len(self._server.listeners)}, "application/json")
            elif not path.endswith(PATH):
                self._refuse(Refused(404, f"only {PATH} is served here"))
            elif method != "GET":
                self._refuse(Refused(405, "only GET"))
            else:
                self._serve(headers)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._server.open.discard(self)
        if self._timer:
            self._timer.cancel()
        if not self.gone.done():
            self.gone.set_result(None)

    def write(self, lines: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(lines)

    def waiting(self) -> int:
        return self._transport.get_write_buffer_size() if self._transport is not None else 0

    def close(self) -> None:
        if self._transport is not None:
            # What does not fit any more will not be read: `close` would wait for it for ever.
            full = self.waiting() > 4 * LARGEST_HEAD
            self._transport.abort() if full else self._transport.close()

    def _serve(self, headers: Mapping[str, str]) -> None:
        if self._timer:
            self._timer.cancel()
        self._task = asyncio.get_running_loop().create_task(self._stream(headers))

    async def _stream(self, headers: Mapping[str, str]) -> None:
        try:
            viewer = await self._server.viewer(headers)
            self.write(FIRST_LINES)
            listener = await self._server.listeners.join(viewer, self, headers.get("last-event-id", ""))
        except Refused as refusal:
            self._refuse(refusal)
            return
        except SQLAlchemyError as error:
            log.warning("stream_not_begun", error=type(error).__name__)
            self.close()
            return
        try:
            await self.gone
        finally:
            self._server.listeners.leave(listener)

    def _refuse(self, refusal: Refused) -> None:
        title = _TITLES.get(refusal.status, "Error")
        content = {"type": "about:blank", "title": title, "status": refusal.status, "detail": refusal.detail}
        self._finish(refusal.status, content, "application/problem+json")

    def _finish(self, status: int, content: dict[str, object], kind: str) -> None:
        body = (json.dumps(content) + "\n").encode()
        extra = "WWW-Authenticate: Bearer realm=\"resolutionflow\"\r\n" if status == 401 else ""
        extra += "Retry-After: 5\r\n" if status == 503 else ""
        head = (
            f"HTTP/1.1 {status} {_TITLES.get(status, 'OK')}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            f"Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n{extra}Connection: close\r\n\r\n"
        )
        self.write(head.encode() + body)
        self.close()


_: type[Line] = Connection


def _request(head: bytes) -> tuple[str, str, dict[str, str]]:
    """Return method, path and the few headers that count; the last of several with one name."""
    lines = head.split(b"\r\n\r\n", 1)[0].decode("latin-1").split("\r\n")
    method, _, rest = lines[0].partition(" ")
    path = rest.partition(" ")[0].partition("?")[0]
    headers = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if colon and name.lower() in REQUEST_NAMES:
            headers[name.lower()] = value.strip()
    return method, path, headers


class Server:
    """The process's sockets and what it listens to."""

    def __init__(self, listeners: Listeners, door: Door, *, redis_url: str) -> None:
        self.listeners, self._door, self._redis_url = listeners, door, redis_url
        self.open: set[Connection] = set()
        self._sockets: list[asyncio.AbstractServer] = []
        self.port = 0

    async def viewer(self, headers: Mapping[str, str]) -> Viewer:
        """Return who asks for a stream. Raises `Refused`."""
        try:
            who = self._door.read(headers.get("authorization", ""), _cookie(headers.get("cookie", "")))
            return await asyncio.get_running_loop().run_in_executor(None, self._door.let_in, who)
        except (NotSignedIn, TakenBack) as error:
            raise Refused(401, f"{error}: {TOKEN_HELP}") from error
        except NotAllowed as error:
            raise Refused(403, f"{error}: only active members of the account may do this") from error
        except SQLAlchemyError as error:
            raise Refused(503, "the database does not answer now; try again") from error

    async def run(self, *, host: str, port: int, unix: Path) -> None:
        """Serve until SIGTERM or SIGINT; then send everybody away to come back."""
        _more_files()
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(sign, stop.set)
        tasks = [loop.create_task(self.listeners.watch()), loop.create_task(self._hear())]
        tcp = await loop.create_server(lambda: Connection(self), host, port, backlog=2048, reuse_address=True)
        self.port = tcp.sockets[0].getsockname()[1]
        handed = _listen(unix)
        loop.add_reader(handed, self._accept, handed)
        log.info("streams_ready", port=self.port, socket=str(unix))
        await stop.wait()
        loop.remove_reader(handed)
        handed.close()
        tcp.close()
        for task in tasks:
            task.cancel()
        self.listeners.say_goodbye()
        end = loop.time() + LEAVE_WITHIN_S
        while self.open and loop.time() < end:
            await asyncio.sleep(0.02)

    async def _hear(self) -> None:
        """Hear from the broker which accounts moved; while it is away, everybody is looked at more often."""
        while True:
            client = redis_address.async_client(self._redis_url, socket_connect_timeout=3, health_check_interval=15)
            with contextlib.suppress(RedisError, OSError):
                pubsub = client.pubsub(ignore_subscribe_messages=True)
                await pubsub.subscribe(CHANNEL)
                self.listeners.broker_speaks = True
                self.listeners.wake_all()
                while True:
                    message = await pubsub.get_message(timeout=10.0)
                    if message is not None and message["data"].isdigit():
                        self.listeners.wake(int(message["data"]))
            self.listeners.broker_speaks = False
            with contextlib.suppress(RedisError, OSError):
                await client.aclose()
            await asyncio.sleep(1.0)

    def _accept(self, listening: socket.socket) -> None:
        """Take a connection that the web hands over."""
        try:
            web, _ = listening.accept()
        except OSError:
            return
        web.setblocking(False)
        loop = asyncio.get_running_loop()
        timer = loop.call_later(HEAD_WITHIN_S, self._drop, web)
        loop.add_reader(web, functools.partial(self._take, web, timer, bytearray(), array.array("i")))

    def _take(self, web: socket.socket, timer: asyncio.TimerHandle, text: bytearray, sockets: array.array[int]) -> None:
        loop = asyncio.get_running_loop()
        try:
            part, found, _, _ = socket.recv_fds(web, LARGEST_HEAD, 1)
        except BlockingIOError:
            return
        except OSError:
            part, found = b"", []
        text += part
        sockets.extend(found)
        if part and not text.endswith(b"\n"):
            return
        timer.cancel()
        whole = len(sockets) == 1 and text.endswith(b"\n")
        # A web that waits no more answers by itself, and may carry other people's requests over the same connection.
        if not (whole and self._told(web)):
            self._drop(web)
            for each in sockets:
                os.close(each)
            return
        self._drop(web)
        caller = socket.socket(fileno=sockets[0])
        caller.setblocking(False)
        try:
            headers = {str(name): str(value) for name, value in json.loads(text).items()}
        except (ValueError, AttributeError):
            caller.close()
            return
        work = loop.connect_accepted_socket(lambda: Connection(self, headers), caller)
        loop.create_task(work).add_done_callback(lambda task: task.exception())

    @staticmethod
    def _told(web: socket.socket) -> bool:
        """Tell the web that its caller is ours now; return whether it still waited for that."""
        try:
            return web.send(b"+") == 1
        except OSError:
            return False

    @staticmethod
    def _drop(web: socket.socket) -> None:
        asyncio.get_running_loop().remove_reader(web)
        web.close()


def _listen(unix: Path) -> socket.socket:
    """Listen where the web hands connections over. A process that was there before keeps those it has."""
    unix.parent.mkdir(parents=True, exist_ok=True)
    fresh = unix.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(fresh))
    fresh.chmod(0o600)
    listening.listen(1024)
    listening.setblocking(False)
    fresh.replace(unix)
    return listening


def _cookie(header: str) -> str:
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _more_files() -> None:
    """Let the process have as many sockets as the system allows it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
