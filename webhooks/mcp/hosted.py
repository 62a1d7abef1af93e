"""`/mcp` for hosted clients: the protocol's streamable HTTP with the API's token, served by the web's own threads.

The SDK speaks ASGI. Every request is whole in itself here (no session of the protocol, an answer of one JSON body), so it is
driven to its end on one event loop of the process, and no second server, port or process is needed.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

from flask import Blueprint, Flask, Response, current_app, request

from webhooks.authorization import NotSignedIn, viewer
from webhooks.bulkhead import Away
from webhooks.mcp.reach import WithinTheWeb
from webhooks.problems import problem

PATH = "/mcp"
WITHIN_S = 60.0
TOO_LONG = (
    "No answer within a minute; it may still be done. Look with whats_been_tried, then call this tool again: the same words "
    "again are the same deed."
)
UNREADABLE = (
    "This call held text that cannot be read, such as half of an emoji; nothing was done. Call the tool again without it."
)
NOT_NOW = "The database does not answer now; nothing was done. Call this tool again in a few seconds."

_PARSE_ERROR = b'"code":-32700'
"""The SDK reads JSON more strictly than models write it."""

Message = MutableMapping[str, Any]


class Application(Protocol):
    """An ASGI application."""

    def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> Awaitable[None]: ...


class Hosted:
    """The protocol's server on an event loop of its own, begun with the first request of the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._application: Application | None = None

    def answer(self, app: Flask, scope: Message, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        """Return status, headers and body. Raises `TimeoutError`; what was begun goes on then, in its place."""
        loop, application = self._begun(app)
        return asyncio.run_coroutine_threadsafe(_drive(application, scope, body), loop).result(WITHIN_S)

    def _begun(self, app: Flask) -> tuple[asyncio.AbstractEventLoop, Application]:
        with self._lock:
            if self._loop is None or self._application is None:
                from mcp.server.transport_security import TransportSecuritySettings

                from webhooks.mcp.room import Room
                from webhooks.mcp.tools import server

                # Only bearers enter (see `answer`), which no page of another site can send along.
                made = server(WithinTheWeb(app), Room()).streamable_http_app(
                    json_response=True, stateless_http=True,
                    transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
                )  # fmt: skip
                ready = threading.Event()
                loop = asyncio.new_event_loop()
                threading.Thread(target=_serve, args=(loop, made, ready), name="mcp", daemon=True).start()
                ready.wait(10)
                self._loop, self._application = loop, made
            return self._loop, self._application


def blueprint() -> Blueprint:
    """Return the route."""
    routes, hosted = Blueprint("mcp", __name__), Hosted()
    there = importlib.util.find_spec("mcp") is not None

    @routes.route(PATH, methods=["POST"], strict_slashes=False)  # many write the address with a slash at its end
    def answer() -> Response:
        if not request.headers.get("Authorization"):
            raise NotSignedIn("no token")  # a cookie is for pages
        tool = _tool_call(asked := request.get_data())
        try:
            viewer()
        except Away:
            if tool is None:
                raise
            return _told(tool, NOT_NOW)
        if not there:
            return problem(501, "this installation has no MCP: install the extra mcp (docs/install.md) and start it again")
        try:
            status, headers, body = hosted.answer(current_app._get_current_object(), _scope(), asked)  # type: ignore[attr-defined]
        except TimeoutError:
            return problem(503, "no answer within a minute; try again", retry_after=5) if tool is None else _told(tool, TOO_LONG)
        if tool is not None and status == 400 and _PARSE_ERROR in body:
            return _told(tool, UNREADABLE)
        kept = [(name, value) for name, value in headers if name.lower() in ("content-type", "allow", "mcp-session-id")]
        return Response(body, status=status, headers=kept)

    return routes


def _tool_call(body: bytes) -> str | int | None:
    """Return the number of a request that calls a tool, to answer it by; None for any other, and one that wants no answer."""
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(asked, dict) or asked.get("method") != "tools/call":
        return None
    number = asked.get("id")
    return number if isinstance(number, str | int) and not isinstance(number, bool) else None


def _told(number: str | int, words: str) -> Response:
    """Answer a tool's call with words that a model reads and can act on; of an HTTP status clients tell it nothing."""
    result = {"content": [{"type": "text", "text": words}], "isError": True, "resultType": "complete"}
    return Response(json.dumps({"jsonrpc": "2.0", "id": number, "result": result}), content_type="application/json")


def _scope() -> Message:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in request.headers]
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": request.method, "scheme": request.scheme,
        "path": PATH, "raw_path": PATH.encode(), "query_string": b"", "root_path": "", "headers": headers,
        "client": (request.remote_addr or "", 0), "server": ("resolutionflow", 0), "state": {},
    }  # fmt: skip


async def _drive(application: Application, scope: Message, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
    """Let the application answer one request that is here whole."""
    answered, parts = asyncio.Event(), []
    status, headers = 500, []
    given = False

    async def receive() -> Message:
        nonlocal given
        if given:
            await answered.wait()
            return {"type": "http.disconnect"}
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]]
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                answered.set()

    await application(scope, receive, send)
    return status, headers, b"".join(parts)


def _serve(loop: asyncio.AbstractEventLoop, application: Any, ready: threading.Event) -> None:
    asyncio.set_event_loop(loop)

    async def run() -> None:
        async with application.router.lifespan_context(application):
            ready.set()
            await asyncio.Event().wait()

    loop.run_until_complete(run())
