"""What the API's routes have in common: their frame, refusals as the OpenAPI document tells them, bodies read once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from apiflask import APIBlueprint, HTTPTokenAuth, Schema
from flask import request

from psa.outbound import strict_json
from webhooks.api.schemas import LARGEST_ID, Problem
from webhooks.authorization import Viewer, viewer
from webhooks.bulkhead import Bulkhead
from webhooks.claims.claiming import NoSuchHandoff
from webhooks.problems import problem

Answers = dict[int | str, dict[str, str | dict[str, dict[str, Any]]]]
"""Statuses and what they mean, for the OpenAPI document."""
View = Callable[..., Any]


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


@dataclass(frozen=True, slots=True)
class Routes:
    """A blueprint whose routes share one frame: a member calls, what is asked is checked, the document describes it."""

    blueprint: APIBlueprint
    auth: HTTPTokenAuth
    bulkhead: Bulkhead

    def add(
        self,
        method: str,
        path: str,
        shape: type[Schema],
        summary: str,
        *,
        query: type[Schema] | None = None,
        header: type[Schema] | None = None,
        body: type[Schema] | None = None,
        status: int = 200,
        gives: str | None = None,
        at: Callable[[dict[str, Any]], str] | None = None,
        refuses: Answers | None = None,
        tag: str | None = None,
        computes: bool = False,
    ) -> Callable[[View], View]:
        """Return a decorator that adds a route. Its view runs in the bulkhead, so without the request.

        It is given who calls, the path's numbers, and what its schemas read as `query`, `header` and `body`; `gives` says
        what an answer of `status` means, `at` makes its `Location`, `refuses` is what it refuses beside what all do. One that
        `computes` returns what does so outside of the bulkhead.
        """
        responses = REFUSALS | (UNREAD if body else {}) | (refuses or {}) | (WRONG if query or header or body else {})

        def added(view: View) -> View:
            @wraps(view)
            def called(**asked: Any) -> Any:
                who = viewer()
                do = self.bulkhead.compute if computes else self.bulkhead.do
                answer = do(lambda: view(who, **asked))
                return (answer, {"Location": at(answer)}) if at else answer

            made: View = self.blueprint.doc(summary=summary, tags=[tag] if tag else None, responses=responses)(called)
            made = self.blueprint.output(shape, status_code=status, description=gives)(made)
            for name, location, schema in (("body", "json", body), ("header", "headers", header), ("query", "query", query)):
                made = self.blueprint.input(schema, location=location, arg_name=name)(made) if schema else made
            made = self.blueprint.auth_required(self.auth)(plain(made) if body else made)
            return self.blueprint.route(path, methods=[method])(made)

        return added

    def refuse(self, status: int, *errors: type[Exception], detail: str = "{}", **more: Any) -> None:
        """Answer errors with a problem document; `{}` in its detail is what the error says."""
        for kind in errors:
            self.blueprint.register_error_handler(kind, lambda error: problem(status, detail.format(error), **more))


def plain(view: View) -> View:
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
