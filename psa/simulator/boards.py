"""The service desk's set-up: boards with their statuses, types and teams, priorities, sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from psa.simulator.answers import Answer, Record, not_found
from psa.simulator.routing import Call, Routes

SETUP_FIELDS: Final = frozenset(
    {
        "_info",
        "lastUpdated",
        "updatedBy",
        "id", "name", "board", "inactive", "inactiveFlag", "defaultFlag", "closedStatus", "sortOrder", "projectFlag",
        "location", "department", "displayOnBoard", "level", "color", "boardId", "teamLeader", "category",
        "escalationStatus", "identifier", "locationId", "businessUnitId", "members", "screenId",
    }
)  # fmt: skip


def add_routes(routes: Routes) -> None:
    """Add the routes of boards, priorities and sources."""
    for table in ("boards", "priorities", "sources"):
        _add_list(routes, f"service/{table}", _table(table))
    for table in ("statuses", "types", "subtypes", "items", "teams"):
        _add_list(routes, f"service/boards/{{}}/{table}", _of_board(table))


def _add_list(routes: Routes, path: str, rows: Callable[[Call], Iterable[Record]]) -> None:
    """Add list, count and record; the record's number is the last of the path."""
    routes.add("GET", path, lambda call: call.page(rows(call), SETUP_FIELDS))
    routes.add("GET", f"{path}/count", lambda call: call.count(rows(call), SETUP_FIELDS))
    routes.add("GET", f"{path}/{{}}", lambda call: _one_of(call, rows(call)))


def _table(name: str) -> Callable[[Call], Iterable[Record]]:
    return lambda call: call.world.tables[name].values()


def _of_board(table: str) -> Callable[[Call], list[Record]]:
    def rows(call: Call) -> list[Record]:
        board = call.world.get("boards", call.numbers[0])["id"]
        return [
            row for row in call.world.tables[table].values()
            if row.get("boardId", row.get("board", {}).get("id")) == board
        ]  # fmt: skip

    return rows


def _one_of(call: Call, rows: Iterable[Record]) -> Answer:
    for row in rows:
        if row["id"] == call.numbers[-1]:
            return call.one(row)
    raise not_found("Record", call.numbers[-1])
