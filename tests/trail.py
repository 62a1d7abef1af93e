"""Follow what a use case changes, and find the change that no crash point stands behind.

Listens to the real engine: each commit that changed a row, each note or owner written, each mail sent is a step. Between
two steps, and after the last, the code must pass a point of `worker.process.crash`, or no test can end the process right there.
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from worker.process import crash

ROOT = Path(__file__).resolve().parents[1]
OURS = (f"{ROOT}/worker/", f"{ROOT}/webhooks/")
_CHANGES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)")
NO_STATE = frozenset({"heartbeat", "alert", "sighting", "member", "snapshot", "account_status", "calendar"})
"""Signs of life, what operators are told, and what is read again: nothing goes on from these rows."""
BY_HAND = ("cli.", "demo.", "handoff.preview.", "history.shadow.")
"""Wings and modules of what a person does at a keyboard and sees fail."""
FREE = frozenset({"connect", "measure_skew", "_moved", "clear_old", "poll_soon"})
"""Functions of the same kind, and of what is simply measured, removed again or comes a little later by itself."""


class Trail:
    """Steps and points of each thread, in order."""

    def __init__(self) -> None:
        self._open: dict[int, str] = {}
        """By thread, the step that no point stands behind yet."""
        self.gaps: list[str] = []
        self.reached: set[str] = set()
        """Functions of ours that changed something."""
        self.passed: set[str] = set()

    def point(self, name: str) -> None:
        if name not in crash.POINTS:
            raise KeyError(f"{name} is not in worker.process.crash.POINTS")
        self.passed.add(name)
        if name.endswith(".rung"):
            self._expect_point(f"{name.partition('.')[0]} begins")
        self._open.pop(threading.get_ident(), None)

    def step(self, what: str) -> None:
        """Note a change that outlives the process, made by the function of ours that is running."""
        where = _whose(sys._getframe(1))
        if where is None or where.startswith(BY_HAND) or where.rpartition(".")[2] in FREE:
            return
        if crash.point != self.point:
            return  # the test ends the process itself
        self._expect_point(f"{where} {what}")
        self.reached.add(where)
        self._open[threading.get_ident()] = f"{where} {what}"

    def end(self) -> None:
        self.gaps += [f"no crash point between: {opened} | the end" for opened in self._open.values()]

    def _expect_point(self, before: str) -> None:
        opened = self._open.pop(threading.get_ident(), None)
        if opened is not None:
            self.gaps.append(f"no crash point between: {opened} | {before}")


def _whose(frame: FrameType | None) -> str | None:
    """Return the innermost function of worker or webhooks on the stack, as `wing.module.function`."""
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(OURS):
            place = Path(name).relative_to(ROOT).with_suffix("").parts[1:]
            return ".".join((*place, frame.f_code.co_name))
        frame = frame.f_back
    return None


@contextmanager
def followed(engine: Engine, patch: pytest.MonkeyPatch, *others: tuple[Any, tuple[str, ...]]) -> Iterator[Trail]:
    """Follow this engine and the named methods of `others` (objects that write elsewhere)."""
    trail = Trail()
    patch.setattr(crash, "point", trail.point)
    for thing, names in others:
        for name in names:
            patch.setattr(thing, name, _noted(trail, getattr(thing, name), name))

    def executed(connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
        found = _CHANGES.match(statement)
        # SQLite does not count what RETURNING has not handed out yet.
        changed = cursor.rowcount != 0 or "RETURNING" in statement
        if found and found[1] not in NO_STATE and changed:
            connection.info.setdefault("changed", set()).add(found[1])

    def committed(connection: Connection) -> None:
        tables = connection.info.pop("changed", None)
        if tables:
            trail.step(f"commits {', '.join(sorted(tables))}")

    def undone(connection: Connection) -> None:
        connection.info.pop("changed", None)

    listeners: tuple[tuple[str, Callable[..., None]], ...] = (
        ("after_cursor_execute", executed), ("commit", committed), ("rollback", undone),
    )  # fmt: skip
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield trail
        trail.end()
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)


def _noted(trail: Trail, call: Callable[..., Any], name: str) -> Callable[..., Any]:
    def noted(*args: Any, **named: Any) -> Any:
        result = call(*args, **named)
        trail.step(name)
        return result

    return noted
