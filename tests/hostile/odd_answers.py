"""A proxy in front of the simulated ConnectWise that puts one odd value into one record of one answer."""

from __future__ import annotations

import contextlib
import copy
import http.client
import json
import re
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import unquote_plus, urlsplit

_MARK = "@@odd@@"
_KEPT = ("Content-Type", "Link", "Retry-After")


@dataclass(frozen=True, slots=True)
class Rule:
    """Which answers to change and how. Without `template` the record with `number`, or the only one, is changed."""

    path: str
    """Regular expression for the whole path below /apis/3.0 or, for public answers, from the root."""
    asked: str = ""
    """What the decoded query must contain."""
    template: dict[str, Any] | None = None
    """A record to put among those that are there, before it is made odd."""
    number: int | None = None
    name: str | None = None
    """The field to change; empty for the whole record, None for a good record."""
    raw: str = "null"

    def meets(self, path: str, query: str) -> bool:
        return re.fullmatch(self.path, path) is not None and self.asked in query

    def changed(self, answer: Any) -> Any:
        """Return an answer with the mark where the odd value goes."""
        if not isinstance(answer, list):
            fits = isinstance(answer, dict) and self.number in (None, answer.get("id"))
            return self._odd(answer) if fits else answer
        if self.template is not None:
            middle = len(answer) // 2
            return [*answer[:middle], self._odd(self.template), *answer[middle:]]
        return [self._odd(r) if isinstance(r, dict) and r.get("id") == self.number else r for r in answer]

    def _odd(self, record: dict[str, Any]) -> Any:
        mark = f"{_MARK}{id(self)}"
        if self.name is None:
            return record
        if not self.name:
            return mark
        made = copy.deepcopy(record)
        outer, _, inner = self.name.partition(".")
        if inner:
            made[outer] = {**(made.get(outer) or {}), inner: mark}
        else:
            made[outer] = mark
        return made

    def spelled(self, body: bytes) -> bytes:
        return body.replace(f'"{_MARK}{id(self)}"'.encode(), self.raw.encode())


class OddAnswers:
    """The proxy, as a context manager; assign `rules` at any time."""

    def __init__(self, upstream: str) -> None:
        self.rules: list[Rule] = []
        self.upstream = urlsplit(upstream).netloc
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> OddAnswers:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def change(self, target: str, body: bytes) -> bytes:
        """Return the body as the rules would have it."""
        path, _, query = target.partition("?")
        path, query = path.rpartition("/apis/3.0")[2], unquote_plus(query)
        rules = [rule for rule in self.rules if rule.meets(path, query)]
        if not rules:
            return body
        answer = json.loads(body)
        for rule in rules:
            answer = rule.changed(answer)
        made = json.dumps(answer).encode()
        for rule in rules:
            made = rule.spelled(made)
        return made


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


def _handler(proxy: OddAnswers) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        up: http.client.HTTPConnection | None = None

        def _pass(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            sent = self.rfile.read(length) if length else None
            self.up = self.up or http.client.HTTPConnection(proxy.upstream, timeout=30)
            self.up.request(self.command, self.path, sent, dict(self.headers.items()))
            answer = self.up.getresponse()
            body = answer.read()
            if self.command == "GET" and answer.status == 200:
                with contextlib.suppress(ValueError):
                    body = proxy.change(self.path, body)
            self.send_response(answer.status)
            for name in _KEPT:
                if answer.headers[name]:
                    self.send_header(name, answer.headers[name])
            if answer.status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PATCH = do_DELETE = _pass  # noqa: N815 - the names that the server asks for

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler
