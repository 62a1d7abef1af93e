"""A task that is rung with one account's number and another's row does nothing: each task that names a row, in each state.

On SQLite, where nothing but our own filters stands between accounts.
"""

from __future__ import annotations

import contextlib
import inspect
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from models.account import accounts
from models.database.sessions import Database
from tests.fakes import FakeBell, FakeClock, FakeMailer, FakePsa
from tests.integration.models.database.test_account_filter import KEYS, STATES, Filled, _content, filled
from tests.integration.models.places import SECRET, later
from worker import tasks
from worker.settings import Settings
from worker.wiring import Services

__all__ = ["filled"]


def _tasks() -> Iterator[Any]:
    """Find them. Those of an account as a whole (`poll`, `plan_week`) and of everybody name no row."""
    for name, task in vars(tasks).items():
        if inspect.isfunction(run := getattr(task, "run", None)):
            rows = [each for each in inspect.signature(run).parameters if each != "account_id"]
            if rows:
                yield pytest.param(inspect.unwrap(run), rows[0], id=name)


@pytest.fixture
def wired(filled: Filled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """Give the tasks' collaborators, on a copy of the rows."""
    file, closing = tmp_path / "two.db", contextlib.closing
    with closing(sqlite3.connect(filled[0].url.database or "")) as there, closing(sqlite3.connect(file)) as here:
        there.backup(here)
    database, clock = Database(f"sqlite:///{file}"), FakeClock(later(7200))
    psa = FakePsa(clock)
    settings = Settings.read({"SECRET_KEYS": SECRET, "RESOLUTIONFLOW_VAR": str(tmp_path)})
    made = Services(settings, database=database, bell=FakeBell(), mailer=FakeMailer(), psa_maker=lambda *_: psa, clock=clock)
    monkeypatch.setattr(tasks, "services", lambda: made)
    yield made
    made.close()


def _done(services: Services, account_id: int, other: int, task: Callable[..., None], ids: dict[str, int]) -> bool:
    """Tell whether a task did anything: rows, calls, mails, bells, or a failure of its own."""

    def seen() -> list[Any]:
        bell, mailer, psa = services.bell, services.mailer, services.psa(account_id)
        with services.database.account(other, reading=True) as session:
            return [_content(session), bell.rung[:], len(mailer.sent), psa.calls[:]]  # type: ignore[attr-defined]

    before = seen()
    try:
        task(account_id=account_id, **ids)
    except Exception:
        return True
    return seen() != before


@pytest.mark.parametrize(("task", "row"), list(_tasks()))
def test_a_task_of_one_account_leaves_anothers_row_alone(
    filled: Filled, wired: Services, task: Callable[..., None], row: str
) -> None:
    _, mine, found = filled
    with wired.database.system(reading=True) as system:
        other = next(account.id for account in accounts.list_accounts(system) if account.id != mine)
    for state in STATES:
        assert not _done(wired, mine, other, task, {row: found[state][KEYS[row]]}), f"something was done while {state}"
    owned = [_done(wired, other, other, task, {row: found[state][KEYS[row]]}) for state in STATES]
    assert any(owned), "not even with an account's own row is anything done, so nothing was tried"


def test_the_tasks_are_found() -> None:
    assert len(list(_tasks())) > 14
