"""Being asked for readiness often costs little."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import cast

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from models.database.sessions import Database
from webhooks.health import Readiness


class Counted:
    """Counts pings of a database; may refuse or hang."""

    def __init__(self, url: str) -> None:
        self.url = Database(url).url
        self.pings = 0
        self.before: Callable[[], object] = lambda: None

    def ping(self) -> None:
        self.pings += 1
        self.before()


def _refuse() -> None:
    raise OperationalError("SELECT 1", {}, Exception("gone"))


def test_a_look_is_good_for_a_moment(sqlite_url: str) -> None:
    now, database = [0.0], Counted(sqlite_url)
    readiness = Readiness(cast(Database, database), "unix:///nowhere.sock", clock=lambda: now[0])
    assert [readiness.look().ready for _ in range(50)] == [True] * 50
    assert database.pings == 1
    now[0] = 0.3
    database.before = _refuse
    found = readiness.look()
    assert (found.ready, found.database, found.broker) == (False, "unreachable", "away")
    now[0] = 0.6
    database.before = lambda: None
    assert readiness.look().ready


def test_who_asks_while_a_look_hangs_is_told_so(sqlite_url: str) -> None:
    hangs, database = threading.Event(), Counted(sqlite_url)
    readiness = Readiness(cast(Database, database), "unix:///nowhere.sock", patience_s=0.05)
    database.before = lambda: hangs.wait(5)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(readiness.look)
        while not database.pings:
            pass
        assert readiness.look().database == "does not answer"
        hangs.set()
        assert first.result().ready


def test_a_web_of_the_release_before_stays_ready_while_an_upgrade_goes_on(sqlite_url: str) -> None:
    with Database(sqlite_url).system() as system:
        system.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert Readiness(Database(sqlite_url), "unix:///nowhere.sock").look().ready


def test_a_web_of_the_new_release_is_not_ready_before_the_migration(sqlite_url: str) -> None:
    with Database(sqlite_url).system() as system:
        system.execute(text("UPDATE alembic_version SET version_num = '0003'"))
    assert "migrate" in Readiness(Database(sqlite_url), "unix:///nowhere.sock").look().database
