"""Each function that changes a row or writes elsewhere passes a crash point after it, whether a test runs it or not.

The other half runs: `tests/trail.py` follows every integration test of the use cases and fails it where two changes come
without a point in between.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from worker.process import crash

ROOT = Path(__file__).resolve().parents[4]
USE_CASES = (
    "webhooks/callbacks/receiver.py", "webhooks/claims/claiming.py", "webhooks/claims/wishing.py",
    "webhooks/claims/noting.py", "webhooks/sessions/recording.py",
    *(f"worker/{name}.py" for name in (
        "figures/weekly", "handoff/hold", "handoff/notify", "handoff/our_notes", "handoff/publish", "handoff/refresh",
        "handoff/triage", "handoff/for_session", "handoff/wish", "handoff/resolution", "handoff/visible",
        "response/newer_notes",
        "response/observe", "response/settle", "response/withdraw", "upkeep/auditor", "upkeep/callback_check", "upkeep/canary",
        "upkeep/clock_change", "upkeep/poller", "upkeep/sweeper",
    )),
)  # fmt: skip
WRITES = frozenset({
    "post_internal_note", "post_resolution_note", "edit_note", "delete_note", "assign_owner", "escalate",
    "register_callback", "reactivate_callback", "delete_callback", "send",
})  # fmt: skip
ELSEWHERE = {
    "auditor.audit": "alerts and a sign of life, looked at anew each minute",
    "receiver._accept": "an alert",
    "receiver._tell_refused": "an alert",
    "auditor._tell": "both ends of sending pass a point",
    "claiming.judge": "a verdict: nothing follows from it, and the same again is the same row",
    "hold.lease": "its callers pass publish.leased or refresh.taken at once",
    "callback_check._tell_unchecked": "an alert",
    "newer_notes._take": "its caller passes notes.taken at once",
    "notify._take": "its caller passes deliver.taken at once, also when nothing is to be sent",
    "observe._take": "its caller passes observe.taken at once",
    "poller._renew_members": "an alert; people are stored before poll.members",
    "poller._store": "its caller passes poll.stored at once",
    "sweeper.sweep": "a sign of life",
    "our_notes.alert": "an alert",
    "our_notes.remove_extras": "passes refresh.removed after either way",
    "settle._alert": "an alert",
    "settle._remember": "a sighting, which the next reading makes again",
    "settle._set_owner": "passes settle.owner_set after the last of it",
    "triage._take": "its caller passes triage.taken at once",
    "visible._remove": "its callers pass take_away.tried at once, or have no database to go on with",
    "weekly._take": "its caller passes report.taken at once",
    "weekly._take_week": "its caller passes weekly.taken at once",
}
"""Functions whose point stands elsewhere, or that change nothing to go on from."""


def _functions(source: str) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            yield node


def changes(function: ast.FunctionDef) -> list[int]:
    """Return the lines at which a writing transaction ends or something is written elsewhere."""
    found = []
    for node in ast.walk(function):
        if isinstance(node, ast.With):
            calls = [item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call)]
            if any(_is_writing(call) for call in calls):
                found.append(node.end_lineno or node.lineno)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            found.append(node.lineno)
    return found


def _is_writing(call: ast.Call) -> bool:
    opens = re.search(r"database\.(account|system)$", ast.unparse(call.func))
    return bool(opens) and not any(word.arg == "reading" for word in call.keywords)


def points(function: ast.FunctionDef) -> list[int]:
    return [n.lineno for n in ast.walk(function) if isinstance(n, ast.Call) and ast.unparse(n.func) == "crash.point"]


def without_a_point(source: str, module: str) -> list[str]:
    """Return the changes of a module that no crash point follows before the next one, as `module.function:line`."""
    found = []
    for function in _functions(source):
        name, lines = f"{module}.{function.name}", sorted(changes(function))
        if name in ELSEWHERE:
            continue
        for number, line in enumerate(lines):
            before = lines[number + 1] if number + 1 < len(lines) else float("inf")
            if not any(line < point < before for point in points(function)):
                found.append(f"{name}:{line}")
    return found


@pytest.mark.parametrize("file", USE_CASES)
def test_a_point_follows_each_change(file: str) -> None:
    path = ROOT / file
    assert without_a_point(path.read_text(), path.stem) == []


def test_a_change_without_a_point_is_found() -> None:
    source = """
def park(services):
    with services.database.account(1) as session:
        change(session)
    crash.point("a.b")
    with services.database.account(1) as session:
        change(session)
"""
    assert without_a_point(source, "example") == ["example.park:7"]


def test_what_is_excused_still_changes_something() -> None:
    there = {
        f"{Path(file).stem}.{function.name}"
        for file in USE_CASES
        for function in _functions((ROOT / file).read_text())
        if changes(function)
    }
    assert set(ELSEWHERE) <= there


def test_each_task_that_changes_rows_has_a_point_before_its_first_change() -> None:
    begun = {name.partition(".")[0] for name in crash.POINTS if name.endswith(".rung")}
    assert begun == {name.partition(".")[0] for name in crash.POINTS} - {"callback", "claim", "session"}
