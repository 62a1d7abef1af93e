"""In the web's process: pass whoever wants a stream on to the process of the streams, socket and all.

So one port serves everything, a stream takes none of the web's threads, and nothing that it is sent passes through the web.
gunicorn's worker reads the request as any other; then the kernel gives the socket to the other process (SCM_RIGHTS), over a
socket file of this machine, and the web forgets it. Where they share no machine, a proxy sends the address there by itself.
"""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response
from gunicorn.workers.gthread import ThreadWorker

from webhooks.callers import Caller
from webhooks.problems import problem

PATH = "/escalations/stream"
REQUEST_NAMES = frozenset({"authorization", "cookie", "last-event-id"})
LARGEST_HEAD = 16 * 1024
PATIENCE_S = 1.0
WHERE = "resolutionflow.streams"
"""Names the socket file among the application's extensions."""


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's worker of threads, but for the streams and for callers who do not go on."""

    def load_wsgi(self) -> None:
        """Load the application, and compile its pages now: the first caller would wait for that."""
        super().load_wsgi()
        if pages := getattr(self.wsgi, "jinja_env", None):
            for name in pages.list_templates(["html"]):
                pages.get_template(name)

    def handle(self, conn: Any) -> Any:
        """Serve what a connection asks next, or put it back where it waits without a thread."""
        if type(conn.sock) is socket.socket:  # not what TLS made of it
            conn.sock = Caller.of(conn.sock)
        if isinstance(conn.sock, Caller):
            conn.sock.begin()
        return super().handle(conn)

    def handle_request(self, req: Any, conn: Any) -> bool:
        """Answer a request; return whether the connection may carry another."""
        where = getattr(self.wsgi, "extensions", {}).get(WHERE)
        if where and req.method == "GET" and req.path.endswith(PATH) and not getattr(conn, "is_http2", False):
            names = {name.lower(): value for name, value in req.headers if name.lower() in REQUEST_NAMES}
            if hand_over(conn.sock, names, str(where)):
                # gunicorn closes what stands here, with a farewell to the caller that is no longer ours to say.
                ours, conn.sock = conn.sock, socket.socket(socket.AF_UNIX)
                ours.close()
                return False
            req.force_close()  # streams of an older release may still take the copy they were given
        return bool(super().handle_request(req, conn))


def hand_over(caller: socket.socket, headers: Mapping[str, str], where: str) -> bool:
    """Give a caller's socket to the process of the streams. False if it is not there: the socket is still ours."""
    text = json.dumps(dict(headers)).encode() + b"\n"
    if len(text) > LARGEST_HEAD:
        return False
    with socket.socket(socket.AF_UNIX) as way:
        way.settimeout(PATIENCE_S)
        try:
            way.connect(where)
            socket.send_fds(way, [text], [caller.fileno()])
            with contextlib.suppress(TimeoutError):
                return way.recv(1) == b"+"
            # From here on it cannot be told that it has the caller; whether it was until here is read once more.
            way.shutdown(socket.SHUT_RDWR)
            return way.recv(1) == b"+"
        except OSError:
            return False


def blueprint() -> Blueprint:
    """Return what is answered where nobody could be handed over: try again, or ask for the list meanwhile."""
    routes = Blueprint("streams", __name__)

    @routes.get(PATH)
    def away() -> Response:
        return problem(503, "no streams now; ask for the list meanwhile and try again", retry_after=5)

    return routes
