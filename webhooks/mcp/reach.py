"""Call the HTTP API for a tool: over the network for a desktop's client, within the web's own process for `/mcp`.

Either way it is the same API with its checks, limits and refusals; there is no second way in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

import requests
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

WITHIN_S = 20.0
LARGEST_ANSWER = 8 * 1024 * 1024


class Refused(Exception):
    """What the API says instead, in words that say what to do."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


@dataclass(frozen=True, slots=True)
class Call:
    """One request to the API."""

    method: str
    path: str
    """Behind `/api/v1`."""
    body: Mapping[str, Any] | None = None
    key: str | None = None
    """Its idempotency key."""
    query: Mapping[str, str | int] | None = None

    def headers(self, authorization: str) -> dict[str, str]:
        return {"Authorization": authorization, "Accept": "application/json"} | (
            {"Idempotency-Key": self.key} if self.key else {}
        )


class Reach(Protocol):
    """Calls the API."""

    def __call__(self, call: Call, authorization: str) -> Any:
        """Return what the API answers. Raises `Refused`."""


class OverHttp:
    """Calls an installation at its address with one member's token."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._authorization = url.rstrip("/"), f"Bearer {token}"
        self._session = requests.Session()
        self._session.auth = lambda request: request  # else a `.netrc` of this desktop takes the place of the token

    def __call__(self, call: Call, authorization: str) -> Any:  # noqa: ARG002 - whoever starts the program is who calls
        url = f"{self._url}/api/v1{call.path}"
        try:
            answer = self._session.request(
                call.method, url, json=call.body, params=call.query, headers=call.headers(self._authorization), timeout=WITHIN_S,
                allow_redirects=False,
            )  # fmt: skip
        except requests.RequestException as error:
            why = f"{self._url} does not answer ({type(error).__name__}): check the address, then try again"
            raise Refused(0, why) from error
        return _read(answer.status_code, answer.content)


class WithinTheWeb:
    """Calls the application itself, as a request that comes from nowhere else."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __call__(self, call: Call, authorization: str) -> Any:
        query = urlencode(call.query or {})
        builder = EnvironBuilder(
            path=f"/api/v1{call.path}", method=call.method, json=call.body, query_string=query,
            headers=list(call.headers(authorization).items()),
        )  # fmt: skip
        try:
            chunks, status, _ = run_wsgi_app(self._app.wsgi_app, builder.get_environ(), buffered=True)
            return _read(int(status.partition(" ")[0]), b"".join(chunks))
        finally:
            builder.close()


def _read(status: int, content: bytes) -> Any:
    try:
        body = json.loads(content) if len(content) <= LARGEST_ANSWER else None
    except ValueError:
        body = None
    if body is None:
        raise Refused(status, f"the answer ({status}) is not the API's: is the address that of ResolutionFlow?")
    if status >= 400:
        raise Refused(status, _words(status, body))
    return body


def _words(status: int, body: Any) -> str:
    detail = body.get("detail") or body.get("title") or "refused" if isinstance(body, dict) else "refused"
    errors = body.get("errors") if isinstance(body, dict) else None
    wrong = "; ".join(_wrong(errors)) if errors else ""
    more = {401: "ask for a new token", 429: "go on after that"}.get(status, "")
    return ": ".join(part for part in (str(detail), wrong, more) if part)


def _wrong(errors: Any, under: str = "") -> list[str]:
    """Return what is wrong with which field, one line each."""
    if isinstance(errors, dict):
        return [line for name, below in errors.items() for line in _wrong(below, under if name == "json" else f"{under}{name} ")]
    return [f"{under}{line}".strip() for line in (errors if isinstance(errors, list) else [errors])]
