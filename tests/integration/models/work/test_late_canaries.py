"""Which canary is late: each account's first since its last good one, found in time that grows with the rows alone."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from models.account import accounts
from models.database.sessions import Database
from models.work import canaries
from models.work.canaries import Canary
from tests.integration.models.places import NOW, account, later

PERIOD_S = 300.0


def history(database: Database, ways: str, *, name: str = "northwind", **columns: Any) -> int:
    """Store a connected account with a canary each period: `+` ended well, `-` failed, `?` was never answered."""
    one = account(database, name)
    with database.account(one) as session:
        accounts.set_account(session, one, **{"connected_at": NOW, **columns})
        rows = [
            {
                "account_id": one, "nonce": f"{one}/{number}", "sent_at": later(number * PERIOD_S), "attempts": 0,
                "answered_at": None if way == "?" else later(number * PERIOD_S), "failure": None if way == "+" else "502",
                "ended_at": later(number * PERIOD_S) if way == "+" else None,
            }
            for number, way in enumerate(ways)
        ]  # fmt: skip
        if rows:
            session.execute(insert(Canary), rows)
    return one


@pytest.mark.parametrize(
    ("ways", "first"),
    [
        ("", None), ("+", None), ("-+", None), ("---+", None), ("-", 0), ("+-", 1), ("-+--", 2), ("+?-", 2), ("+??", None),
        ("-?-", 0),
    ],
)
def test_the_first_that_failed_since_the_last_good_one_is_late(database: Database, ways: str, first: int | None) -> None:
    history(database, "+", name="contoso")
    other = history(database, "-", name="fabrikam")
    one = history(database, ways)
    at = later(len(ways) * PERIOD_S + 61)
    with database.system(reading=True) as system:
        found = {late.account_id: late.sent_at for late in canaries.late(system, now=at, within_s=60)}
    assert found == {other: NOW} | ({} if first is None else {one: later(first * PERIOD_S)})


@pytest.mark.parametrize("columns", [{"suspended_at": NOW}, {"connected_at": None}])
def test_an_account_that_is_sent_none_has_none_that_is_late(database: Database, columns: dict[str, Any]) -> None:
    one = history(database, "+--", **columns)
    with database.system(reading=True) as system:
        assert canaries.in_turn(system) == []
        assert canaries.late(system, now=later(3600), within_s=60) == []
    with database.account(one) as session:
        accounts.set_account(session, one, suspended_at=None, connected_at=NOW)
    with database.system(reading=True) as system:
        assert canaries.in_turn(system) == [one]
        assert [late.account_id for late in canaries.late(system, now=later(3600), within_s=60)] == [one]


def test_where_none_are_sent_none_is_late(database: Database) -> None:
    history(database, "--")
    with database.system(reading=True) as system:
        assert canaries.late(system, now=later(3600), within_s=None) == []


def test_twice_as_many_failures_take_about_twice_as_long(sqlite_database: Database) -> None:
    """Counted in steps of SQLite's own machine, so that a busy processor changes nothing."""
    few = steps(sqlite_database, history(sqlite_database, "+" + "-" * 250))
    both = steps(sqlite_database, history(sqlite_database, "+" + "-" * 750, name="contoso"))
    assert both < few * 6, "four times the rows"


def steps(database: Database, _: int) -> int:
    taken = 0

    def step() -> int:
        nonlocal taken
        taken += 1
        return 0

    with database.system(reading=True) as system:
        connection = system.connection().connection.driver_connection
        connection.set_progress_handler(step, 100)
        assert canaries.late(system, now=later(1e6), within_s=60)
        connection.set_progress_handler(None, 0)
    return taken
