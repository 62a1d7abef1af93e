"""What the API's routes have in common: refusals as the OpenAPI document tells them, who may call, bodies read once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from apiflask import HTTPTokenAuth, Schema
from flask import request

from psa.outbound import strict_json
from webhooks.api.schemas import LARGEST_ID, Problem
from webhooks.authorization import Viewer, viewer
from webhooks.claims.claiming import NoSuchHandoff
from webhooks.problems import problem

Answers = dict[int | str, dict[str, str | dict[str, dict[str, Any]]]]
"""Statuses and what they mean, for the OpenAPI document."""


def says(status: int, description: str, shape: type[Schema] = Problem) -> Answers:
    """Return one answer for the document."""
    kind = "application/problem+json" if shape is Problem else "application/json"
    return {status: {"description": description, "content": {kind: {"schema": shape}}}}

REFUSALS = (
    says(401, "No token, or one that is forged, expired or taken back.")
    | says(403, "The member behind the token is not active any more, or no engineer, admin or owner where it takes one.")
    | says(503, "The database does not answer now; try again.")
)

GONE = says(404, "This account has no such handoff.")

UNREAD = says(400, "The body is not plain JSON in UTF-8: broken, nested too deep, or a key twice in one object.")

WRONG = says(422, "A parameter or field does not fit; `errors` says which.")


class Auth(HTTPTokenAuth):
    """Describes in the OpenAPI document how callers say who they are; `viewer()` finds out, and raises what is refused."""

    def authenticate(self, auth: object, stored_password: object) -> Viewer:  # noqa: ARG002
        return viewer()


def plain(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let only JSON through that nobody could read differently, and that apiflask's own reader gets to its end of."""

    @wraps(view)
    def checked(*args: Any, **named: Any) -> Any:
        raw = request.get_data()
        if raw and request.is_json:
            try:
                strict_json.read(raw.decode())
            except UnicodeDecodeError:
                return problem(400, "body: not UTF-8")
            except strict_json.Ambiguous as error:
                return problem(400, f"body: {error}")
        return view(*args, **named)

    return checked


def known(handoff_id: int) -> int:
    """Return a number that a handoff may have. Raises `NoSuchHandoff`."""
    if handoff_id > LARGEST_ID:
        raise NoSuchHandoff(f"handoff {handoff_id}")
    return handoff_id
