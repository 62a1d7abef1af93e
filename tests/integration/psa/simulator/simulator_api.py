"""A plain HTTP client and a callback receiver for the simulator's own tests; knows nothing of the product."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

from psa.simulator.remote import Remote


class Api:
    """The REST API of one company, as its API member."""

    def __init__(self, remote: Remote) -> None:
        keys = remote.credentials()
        self.remote = remote
        self.base = keys["base"] + "/apis/3.0"
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.auth = (f"{keys['company']}+{keys['public_key']}", keys["private_key"])
        self.session.headers["clientId"] = keys["client_id"]

    def call(self, method: str, path: str, **details: Any) -> requests.Response:
        details.setdefault("timeout", 5)
        return self.session.request(method, f"{self.base}/{path}", **details)

    def get(self, path: str, **query: Any) -> Any:
        answer = self.call("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any) -> Any:
        answer = self.call("POST", path, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def patch(self, path: str, **changes: Any) -> Any:
        body = [{"op": "replace", "path": name, "value": value} for name, value in changes.items()]
        answer = self.call("PATCH", path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, status: int, method: str, path: str, **details: Any) -> Any:
        answer = self.call(method, path, **details)
        assert answer.status_code == status, f"{answer.status_code} {answer.text}"
        return answer.json()

    def note(self, ticket: int, text: str = "noted", **flags: bool) -> Any:
        return self.post(
            f"service/tickets/{ticket}/notes", {"text": text, **(flags or {"internalAnalysisFlag": True})}
        )


class Receiver:
    """Takes callbacks and answers with the statuses in `answers`, then 204; `wait_s` comes before each answer."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.answers: list[int] = []
        self.wait_s = 0.0
        self.let_go = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/cb?recordId="
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self.let_go.set()
        self._server.shutdown()
        self._server.server_close()

    def message(self, index: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.got[index]["body"])
        return found


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append(
                {"path": self.path, "body": body, "headers": {k.lower(): v for k, v in self.headers.items()}}
            )
            receiver.let_go.wait(receiver.wait_s)
            self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler
