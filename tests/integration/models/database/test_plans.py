"""What the sweeper asks every few seconds, and the receiver for each callback, goes by an index."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from models.account import accounts
from models.database.sessions import Database
from models.figures import reports
from models.handoff import briefs, claims, deliveries, handoffs
from models.tables import Job
from models.work import canaries, clock_change, inbox, visible_notes
from tests.integration.models.places import NOW

QUESTIONS: dict[str, Callable[[Session], Any]] = {
    "inbox": lambda s: inbox.due(s, now=NOW, limit=9),
    "briefs": lambda s: briefs.due_briefs(s, now=NOW, limit=9),
    "refreshes": lambda s: briefs.due_refreshes(s, now=NOW, limit=9),
    "settlements": lambda s: claims.due_settlements(s, now=NOW, limit=9),
    "observations": lambda s: claims.due_observations(s, now=NOW, limit=9),
    "reports": lambda s: reports.due(s, now=NOW, limit=9),
    "notifications": lambda s: handoffs.due_notifications(s, before=NOW, now=NOW, limit=9),
    "deliveries": lambda s: deliveries.due(s, now=NOW, limit=9),
    "canaries": lambda s: canaries.due(s, now=NOW, limit=9),
    "late canaries": lambda s: canaries.late(s, now=NOW, within_s=60),
    "the last canary": lambda s: canaries.newest(s, 1),
    "polls": lambda s: accounts.due_polls(s, now=NOW, limit=9),
    "watched": lambda s: inbox.is_watched(s, 1, 2),
    "visible notes": lambda s: visible_notes.due(s, now=NOW, limit=9),
    "visible notes after the clock was set": lambda s: clock_change._accounts(
        s, Job.lease_until, clock_change._owed(clock_change.Longest(NOW, 600, 600, 60))
    ),
    "ticket": lambda s: handoffs.by_ticket(s, 1, 2),
}


@pytest.fixture
def plan(sqlite_database: Database) -> Iterator[list[str]]:
    """Give the list that fills with the plan of each query that runs."""
    steps: list[str] = []

    @event.listens_for(sqlite_database.engine, "before_cursor_execute")
    def explain(connection: Connection, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            found = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps.extend(row[3] for row in found.fetchall())

    return steps  # type: ignore[return-value]


@pytest.mark.parametrize("question", QUESTIONS)
def test_goes_by_an_index(sqlite_database: Database, plan: list[str], question: str) -> None:
    with sqlite_database.system() as session:
        QUESTIONS[question](session)
    assert plan
    scans = [
        step for step in plan if step.startswith("SCAN") and "subquery" not in step and "anon_1" not in step
    ]
    assert scans == [], plan
    assert any("USING" in step and "INDEX" in step for step in plan), plan
