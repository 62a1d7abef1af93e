"""A list of handoffs goes by index however far down it is read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, event

from models.database.sessions import Database
from models.handoff import listing
from models.handoff.listing import Place
from tests.integration.models.places import NOW, account, handoff


def test_rows_of_one_second_are_told_apart_by_their_number(database: Database) -> None:
    one = account(database)
    ids = [handoff(database, one, ticket_id=ticket) for ticket in range(1, 6)]
    seen: list[int] = []
    after: Place | None = None
    with database.account(one, reading=True) as session:
        while rows := listing.newest(session, one, after=after, limit=2):
            seen += [row.id for row in rows]
            after = Place(rows[-1].escalated_at, rows[-1].id)
    assert seen == sorted(ids, reverse=True)


def test_a_page_far_down_is_found_by_index_and_not_sorted(sqlite_database: Database) -> None:
    steps: list[str] = []

    @event.listens_for(sqlite_database.engine, "before_cursor_execute")
    def explain(connection: Connection, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            found = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps.extend(row[3] for row in found.fetchall())

    with sqlite_database.account(1, reading=True) as session:
        listing.newest(session, 1, since=NOW - timedelta(days=30), after=Place(NOW, 7))
    of_handoffs = [step for step in steps if "handoff" in step]
    assert of_handoffs
    assert all("USING INDEX ix_handoff_account_id_escalated_at" in step for step in of_handoffs), steps
    assert all(step.startswith(("SEARCH", "CORRELATED")) for step in steps), steps
