"""What it takes to send callbacks as ConnectWise does: a key server over real HTTP, and signed bodies."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.server
import itertools
import json
import threading
from typing import Any

KEYS = {"key-1": "northgate-signing-key", "key-2": "another-company-signing-key"}
ESCALATED, NEW = 11, 10


class KeyServer:
    """Answers with signing keys, like `callbackkey/index.rails`; a context manager."""

    def __init__(self) -> None:
        outer = self
        self.asked = 0
        self.broken = False

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked += 1
                found = next((key for name, key in KEYS.items() if f"id={name}" in self.path), None)
                body = json.dumps({"signing_key": found}).encode()
                self.send_response(503 if outer.broken or not found else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> KeyServer:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


_messages = itertools.count(1)


def body(
    site: str,
    *,
    ticket: int = 48213,
    status: int | None = ESCALATED,
    action: str = "updated",
    key_id: str = "key-1",
    company: str = "northgate",
    **fields: Any,
) -> bytes:
    """Return a callback's body; `fields` replace any of it."""
    number = next(_messages)
    entity = {
        "id": ticket, "summary": "VPN drops", "board": {"id": 1}, "status": {"id": status}, "closedFlag": False,
        "_info": {"lastUpdated": "2026-03-06T15:55:00Z", "updatedBy": "jlind"}, "padding": "x" * 3000,
    }  # fmt: skip
    key_url = f"{site}/v2026_4//system/callbackkey/index.rails?companyName={company}&id={key_id}"
    whole = {
        "MessageId": f"6dd82302-5e46-47c0-8c84-{number:012d}", "FromUrl": "na.myconnectwise.net",
        "CompanyId": company, "MemberId": "jlind", "Action": action, "Type": "ticket", "ID": ticket,
        "Entity": json.dumps(entity) if status is not None else None, "Metadata": {"key_url": key_url},
        "CallbackObjectRecId": 26604, **fields,
    }  # fmt: skip
    return json.dumps(whole).encode()


def another(site: str, **fields: Any) -> bytes:
    """Return the same about a ticket of its own: of many about one ticket most need no row."""
    return body(site, **{"ticket": 60_000 + next(_messages), **fields})


def signature(raw: bytes, key: str = KEYS["key-1"]) -> str:
    """Sign as ConnectWise does: HMAC-SHA256 over the raw body, keyed with the SHA-256 of the signing key."""
    digest = hmac.digest(hashlib.sha256(key.encode()).digest(), raw, "sha256")
    return base64.b64encode(digest).decode()


def signed(raw: bytes, key: str = KEYS["key-1"]) -> dict[str, str]:
    return {"x-content-signature": signature(raw, key), "Content-Type": "application/json"}
