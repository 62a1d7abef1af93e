"""A database that somebody else keeps too long: tasks are put off without a trace, and done the next time."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import exc, text
from structlog.testing import capture_logs

from models.database import sessions
from models.database.sessions import Database, StillWriting
from models.work import jobs
from tests.integration.worker.conftest import Shop
from worker import tasks


@pytest.fixture
def hasty(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """Give a shop on SQLite that waits for other processes no longer than a moment, with a callback that is due."""
    monkeypatch.setattr(sessions, "BUSY_TIMEOUT_S", 0.05)
    database = Database(sqlite_url)
    shop = Shop(database, tmp_path)
    monkeypatch.setattr(tasks, "services", lambda: shop.services)
    monkeypatch.setattr(tasks, "_worth_it", lambda _: True)
    shop.ring_in()
    shop.clock.advance(60)
    yield shop
    database.dispose()


def test_a_sweep_that_finds_the_database_busy_says_so_in_a_line_and_the_next_one_rings(hasty: Shop, sqlite_url: str) -> None:
    another = Database(sqlite_url)
    with capture_logs() as logs, another.system() as writer:
        jobs.beat(writer, "elsewhere", hasty.clock())
        tasks.sweep_due_rows()
    told = [line for line in logs if "task" in line]
    assert [(line["event"], line["log_level"], line["task"]) for line in told] == [("database_busy", "warning", "sweep_due_rows")]
    assert not told[0]["exc_info"]
    assert not hasty.bell.rung
    hasty.clock.advance(60)
    tasks.sweep_due_rows()
    assert [task for task, _ in hasty.bell.rung if task == "triage"] == ["triage"]
    another.dispose()


def test_others_write_while_a_sweep_looks(hasty: Shop, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    another = Database(sqlite_url)
    wrote = []

    def write_meanwhile(*args: object, **kwargs: object) -> list[tuple[int, int]]:
        with another.system() as writer:
            jobs.beat(writer, "elsewhere", hasty.clock())
        wrote.append(1)
        return []

    monkeypatch.setattr("models.work.canaries.due", write_meanwhile)
    tasks.sweep_due_rows()
    assert wrote
    with another.system(reading=True) as reader:
        assert reader.scalar(text("SELECT count(*) FROM heartbeat WHERE name IN ('sweep', 'elsewhere')")) == 2
    another.dispose()


def test_a_defect_keeps_its_trace(hasty: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise KeyError("row")

    monkeypatch.setattr("worker.upkeep.sweeper.sweep", broken)
    with capture_logs() as logs:
        tasks.sweep_due_rows()
    assert [(line["event"], line["log_level"], line["exc_info"]) for line in logs] == [("task_failed", "error", True)]


@pytest.mark.parametrize(
    ("error", "event", "trace"),
    [
        (KeyError("row"), "task_failed", True), (StillWriting("another"), "database_busy", False),
        (exc.TimeoutError("none left"), "database_busy", True),
    ],
    ids=["defect", "busy", "no connection left"],
)  # fmt: skip
def test_a_task_that_takes_turns_says_so_too(
    hasty: Shop, monkeypatch: pytest.MonkeyPatch, error: Exception, event: str, trace: bool
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("worker.handoff.publish.publish", broken)
    with capture_logs() as logs:
        tasks.publish_brief(account_id=hasty.account_id, handoff_id=7)
    assert [(line["event"], line["task"], line["handoff_id"], line["exc_info"]) for line in logs] == [
        (event, "publish_brief", 7, trace)
    ]


def test_no_task_is_left_to_celery() -> None:
    """Each begins in a turn or at once: either says in our log what it raises."""
    every = [task.run for task in vars(tasks).values() if inspect.isfunction(getattr(task, "run", None))]
    assert len(every) > 20
    assert {run.__code__.co_name for run in every} == {"take_turn", "begin"}
