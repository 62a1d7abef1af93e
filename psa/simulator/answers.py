"""What the simulated ConnectWise answers: an `Answer`, or one of its refusals in ConnectWise's own shapes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. `body` of None is an empty body; anything else is sent as JSON unless it is bytes."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    empty: bool = False

    def encoded(self) -> bytes:
        """Return the body's bytes."""
        if self.empty:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, separators=(",", ":"), ensure_ascii=False).encode()


class Refused(Exception):
    """A request is answered with an error."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.answer = Answer(status, body, headers or {})


def inner(code: str, message: str, resource: str, name: str) -> Record:
    """Return one entry of the `errors` array."""
    return {"code": code, "message": message, "resource": resource, "field": name}


def invalid(resource: str, *errors: Record) -> Refused:
    """Return the 400 of a record that does not hold (shape captured from a live tenant by public connectors)."""
    return Refused(
        400, {"code": "InvalidObject", "message": f"{resource} object is invalid", "errors": list(errors)}
    )


def missing_field(resource: str, name: str) -> Refused:
    """Return the 400 for a required field."""
    return invalid(resource, inner("MissingRequiredField", f"The {name} field is required.", resource, name))


def not_found(what: str, number: object) -> Refused:
    """Return the 404 of a record that does not exist."""
    return Refused(404, {"code": "NotFound", "message": f"{what} {number} not found", "errors": None})


def no_route() -> Refused:
    """Return the 404 of a route that does not exist."""
    return Refused(404, {"code": "ConnectWiseApi", "message": "The endpoint does not exist.", "errors": None})


def not_allowed() -> Refused:
    """Return the 405 of a method the route does not take."""
    return Refused(
        405, {"code": "ConnectWiseApi", "message": "The HTTP method is not allowed here.", "errors": None}
    )


def forbidden() -> Refused:
    """Return the 403 of a security role that lacks the right."""
    message = "You do not have security permission to perform this action."
    return Refused(403, {"code": "Security", "message": message, "errors": None})


def unauthorized(message: str = "Unauthorized") -> Refused:
    """Return the 401 of wrong keys or a missing clientId."""
    return Refused(401, {"code": "Unauthorized", "message": message, "errors": None})


def bad_request(message: str, code: str = "InvalidObject") -> Refused:
    """Return a 400 without an errors array."""
    return Refused(400, {"code": code, "message": message, "errors": None})


def throttled(retry_after: str | None, seconds: int = 30) -> Refused:
    """Return the 429, whose body has another shape than every other error (ConnectWise developer guide)."""
    body = {
        "error": "ConnectWiseAPI",
        "message": f"Too many requests. Please try again in {seconds} seconds.",
    }
    return Refused(429, body, {"Retry-After": retry_after} if retry_after is not None else {})
