"""Nobody waits for a database that does not answer, and everybody gets in again when it does."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from models.database.sessions import Database
from webhooks.bulkhead import Away, Bulkhead, Busy


class FakeDatabase:
    """Answers, refuses or hangs, as it is told."""

    def __init__(self) -> None:
        self.refuses = False
        self.asked = 0
        self.hanging = threading.Event()
        self.hanging.set()

    def sign(self) -> None:
        self.asked += 1
        self.hanging.wait(5)
        if self.refuses:
            raise OperationalError("SELECT 1", {}, Exception("gone"))

    def work(self) -> str:
        self.hanging.wait(5)
        if self.refuses:
            raise OperationalError("INSERT", {}, Exception("gone"))
        return "stored"


def _raise(error: Exception) -> None:
    raise error


@pytest.fixture
def database() -> FakeDatabase:
    return FakeDatabase()


def test_it_returns_what_the_work_returns_and_raises_what_it_raises(database: FakeDatabase) -> None:
    bulkhead = Bulkhead(database.sign)
    assert bulkhead.do(database.work) == "stored"
    for error in (KeyError("k"), TimeoutError("its own"), IntegrityError("INSERT", {}, Exception("twice"))):
        with pytest.raises(type(error)):
            bulkhead.do(partial(_raise, error))
    assert bulkhead.do(database.work) == "stored"
    assert database.asked == 0, "none of these was the database's absence"


def test_one_refusal_turns_the_others_away_at_once_until_there_is_a_sign_of_life(database: FakeDatabase) -> None:
    now = [100.0]
    bulkhead = Bulkhead(database.sign, probe_s=0.2, clock=lambda: now[0])
    database.refuses = True
    for _ in range(5):
        with pytest.raises(Away):
            bulkhead.do(database.work)
    assert database.asked == 0
    now[0] += 0.2
    for _ in range(5):
        with pytest.raises(Away):
            bulkhead.do(database.work)
    assert database.asked == 1, "one at a time tries"
    database.refuses = False
    now[0] += 0.2
    assert [bulkhead.do(database.work) for _ in range(5)] == ["stored"] * 5
    assert database.asked == 2


def test_work_that_overruns_is_answered_in_time_and_goes_on(database: FakeDatabase) -> None:
    bulkhead = Bulkhead(database.sign, within_s=0.1, probe_s=0.05)
    done: list[str] = []
    database.hanging.clear()
    begun = time.monotonic()
    with pytest.raises(Away):
        bulkhead.do(lambda: done.append(database.work()))
    with pytest.raises(Away, match="moment ago"):
        bulkhead.do(database.work)
    assert time.monotonic() - begun < 0.5
    database.hanging.set()
    time.sleep(0.1)
    assert bulkhead.do(database.work) == "stored"
    assert done == ["stored"]


def test_a_crowd_before_a_database_that_hangs_is_answered_in_time_by_few_threads(database: FakeDatabase) -> None:
    """Sixteen threads answer, twelve may wait: two hundred callers get their answer within the bound all the same."""
    bulkhead = Bulkhead(database.sign, width=12, within_s=0.6, squeeze_s=0.05, probe_s=0.1)
    database.hanging.clear()
    arrived = time.monotonic()

    def call() -> float:
        with pytest.raises(Away):
            bulkhead.do(database.work)
        return time.monotonic() - arrived

    with ThreadPoolExecutor(16) as pool:
        waits = [each.result() for each in [pool.submit(call) for _ in range(200)]]
    assert sum(wait > 0.3 for wait in waits) <= 14
    assert max(waits) < 1.0
    database.hanging.set()
    time.sleep(0.15)
    assert bulkhead.do(database.work) == "stored"


def test_a_sign_of_life_that_does_not_come_holds_up_one_caller_and_no_more(database: FakeDatabase) -> None:
    bulkhead = Bulkhead(database.sign, width=3, within_s=0.3, probe_s=0.01)
    database.refuses = True
    with pytest.raises(Away):
        bulkhead.do(database.work)
    database.hanging.clear()
    time.sleep(0.02)
    with ThreadPoolExecutor(1) as pool:
        trying = pool.submit(bulkhead.do, database.work)
        while not database.asked:
            time.sleep(0.001)
        begun = time.monotonic()
        for _ in range(10):
            time.sleep(0.011)
            with pytest.raises(Away):
                bulkhead.do(database.work)
        assert time.monotonic() - begun < 0.25
        with pytest.raises(Away):
            trying.result()
    assert database.asked == 1
    database.refuses = False
    database.hanging.set()
    time.sleep(0.05)
    assert bulkhead.do(database.work) == "stored"


def test_a_crowd_before_a_database_that_is_only_busy_is_turned_away_one_by_one_and_the_door_stays_open() -> None:
    """Each piece of work takes 40 ms and three may work: whoever finds no place in time is told so, nobody else."""
    signs: list[int] = []
    bulkhead = Bulkhead(lambda: signs.append(1), width=3, within_s=20, squeeze_s=0.1, still_s=10)
    assert bulkhead.do(lambda: "stored") == "stored"  # else a machine with too much to do may get nothing done at first

    def call() -> str:
        try:
            return bulkhead.do(lambda: time.sleep(0.04) or "stored")
        except Busy:
            return "busy"

    with ThreadPoolExecutor(30) as pool:
        answers = [each.result() for each in [pool.submit(call) for _ in range(120)]]
    assert set(answers) == {"stored", "busy"}
    assert answers.count("stored") >= 20
    assert signs == []
    assert call() == "stored", "the next one gets in at once"


def test_another_writer_in_sqlite_is_busy_and_not_away(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    database.engine.pool.dispose()
    bulkhead = Bulkhead(database.ping)
    with database.system() as system:
        system.connection().exec_driver_sql("CREATE TABLE a (b)")
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    def write() -> str:
        with database.system() as system:
            system.connection().exec_driver_sql("INSERT INTO a VALUES (1)")
        return "stored"

    with pytest.raises(Busy):
        bulkhead.do(write)
    other.execute("COMMIT")
    assert bulkhead.do(write) == "stored", "nobody was shut out"
    other.close()
    database.dispose()


def test_what_computes_long_takes_no_place_from_others_and_shuts_no_door(database: FakeDatabase) -> None:
    bulkhead = Bulkhead(database.sign, width=2, within_s=0.2, squeeze_s=0.2)
    go_on = threading.Event()

    def read() -> Callable[[], str]:
        return lambda: "figures" if go_on.wait(5) else ""

    with ThreadPoolExecutor(8) as pool:
        figures = [pool.submit(bulkhead.compute, read) for _ in range(6)]
        wait(figures, timeout=5, return_when="FIRST_COMPLETED")
        time.sleep(0.3)  # longer than anything may take inside
        assert [bulkhead.do(database.work) for _ in range(4)] == ["stored"] * 4
        go_on.set()
    refused = [one.exception() for one in figures if one.exception()]
    assert [type(error) for error in refused] == [Busy] * 4
    assert [one.result() for one in figures if not one.exception()] == ["figures"] * 2
    assert bulkhead.compute(read) == "figures", "each place is given back"
