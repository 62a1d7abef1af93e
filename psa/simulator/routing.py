"""Which answer belongs to which path, and what every answer gets to see of its request."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from psa.simulator import lists
from psa.simulator.answers import Answer, Record, bad_request, inner, invalid, no_route, not_allowed
from psa.simulator.wire import Request
from psa.simulator.world import World


@dataclass(slots=True)
class Call:
    """One authenticated request: the world it is about, who sends it, the numbers in its path."""

    world: World
    request: Request
    member: str
    path: str
    numbers: tuple[int, ...] = ()
    visible: bool = False
    page_url: str = ""

    def record(self) -> Record:
        """Return the body as a JSON object; refuse anything else."""
        value = self._json()
        if not isinstance(value, dict):
            raise bad_request("The request body must be a JSON object.")
        return value

    def _json(self) -> Any:
        try:
            return json.loads(self.request.body or b"null")
        except ValueError:
            raise bad_request("The request body is not valid JSON.", "InvalidJson") from None

    def patch(self, resource: str, fields: frozenset[str]) -> Record:
        """Return the changes a PATCH asks for (ConnectWise developer guide, patch).

        Bare paths and paths with a leading slash are taken, and case matters. A nested path such as `status/id` is
        answered with 200 and changes nothing.
        """
        value = self._json()
        if not isinstance(value, list):
            raise bad_request("The request body must be an array of patch operations.", "InvalidPatch")
        changes: Record = {}
        for step in value:
            if not isinstance(step, dict) or step.get("op") not in ("add", "replace", "remove"):
                raise bad_request("The op must be add, replace or remove.", "InvalidPatch")
            path = str(step.get("path") or "").removeprefix("/")
            if "/" in path:
                continue
            if path not in fields:
                raise invalid(
                    resource, inner("InvalidField", f"The path {path} is not a field.", resource, path)
                )
            changes[path] = None if step["op"] == "remove" else step.get("value")
        return changes

    def page(self, rows: Iterable[Record], known: frozenset[str], **options: Any) -> Answer:
        """Return a page of a list."""
        return lists.page(
            rows, self.request.query, known=known, url=self.page_url, headers=self.request.headers, **options
        )

    def one(self, row: Record) -> Answer:
        """Return one record, with only the fields that were asked for."""
        wanted = self.request.query.get("fields", "").strip()
        return Answer(200, lists.only(row, wanted) if wanted else row)

    def created(self, row: Record) -> Answer:
        """Return a new record with its address."""
        return Answer(201, self.one(row).body, {"Location": f"{self.page_url}/{row['id']}"})

    def count(self, rows: Iterable[Record], known: frozenset[str]) -> Answer:
        """Return how many records the conditions let through."""
        return Answer(200, {"count": len(lists.filtered(rows, self.request.query, known))})


Answering = Callable[[Call], Answer]
GONE: Final = Answer(204, empty=True)


class Routes:
    """All routes. A route is words and `{}` for numbers, for example `service/tickets/{}/notes`."""

    def __init__(self) -> None:
        self._fixed: dict[str, dict[str, Answering]] = {}
        self._patterns: list[tuple[re.Pattern[str], dict[str, Answering]]] = []

    def add(self, method: str, path: str, answer: Answering) -> None:
        """Add a route."""
        if path not in self._fixed:
            self._fixed[path] = {}
            pattern = re.compile("/".join(r"(\d+)" if part == "{}" else re.escape(part) for part in path.split("/")),
                                 re.IGNORECASE)  # fmt: skip
            self._patterns.append((pattern, self._fixed[path]))
        self._fixed[path][method] = answer

    def find(self, method: str, path: str) -> tuple[Answering, tuple[int, ...]]:
        """Return the answer to a path with the numbers in it; refuse with 404 or 405."""
        key = "/".join("{}" if part.isdigit() else part for part in path.split("/"))
        methods = self._fixed.get(key)
        numbers: tuple[int, ...] = tuple(int(part) for part in path.split("/") if part.isdigit())
        if methods is None:
            for pattern, candidates in self._patterns:
                if match := pattern.fullmatch(path):
                    methods, numbers = candidates, tuple(map(int, match.groups()))
                    break
        if methods is None:
            raise no_route()
        if method not in methods:
            raise not_allowed()
        return methods[method], numbers
