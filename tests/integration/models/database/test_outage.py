"""A database that stands still must not hold a callback for longer than four seconds."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from models.database import sessions
from models.database.sessions import AlreadyWriting, Database, StillWriting, busy
from models.work import jobs
from tests.databases import PostgresServer
from tests.integration.models.places import NOW, later


@pytest.fixture
def backend(postgres_database: Database) -> int:
    with postgres_database.engine.connect() as connection:
        return int(connection.scalar(text("SELECT pg_backend_pid()")))


def test_gives_a_frozen_connection_up_and_goes_on_with_another(
    postgres_database: Database, backend: int
) -> None:
    os.kill(backend, signal.SIGSTOP)
    try:
        started = time.monotonic()
        postgres_database.ping()
        assert 0.5 < time.monotonic() - started < 2
    finally:
        os.kill(backend, signal.SIGCONT)


def test_gives_a_statement_up_whose_backend_freezes(postgres_url: str) -> None:
    database = Database(postgres_url, statement_timeout_s=0.3)
    with database.engine.connect() as connection:
        pid = int(connection.scalar(text("SELECT pg_backend_pid()")))
        os.kill(pid, signal.SIGSTOP)
        try:
            started = time.monotonic()
            with pytest.raises(OperationalError, match="no answer from the database"):
                connection.execute(text("SELECT 1"))
            assert time.monotonic() - started < 1.5
        finally:
            os.kill(pid, signal.SIGCONT)
    database.ping()
    database.dispose()


def test_the_server_itself_stops_a_slow_statement(postgres_url: str) -> None:
    database = Database(postgres_url, statement_timeout_s=0.2)
    with pytest.raises(DBAPIError, match="statement timeout"), database.system() as system:
        system.execute(text("SELECT pg_sleep(5)"))
    database.dispose()


def test_goes_on_after_its_connections_were_cut(
    postgres_database: Database, postgres_server: PostgresServer, backend: int
) -> None:
    postgres_server.run(f"SELECT pg_terminate_backend({backend})")
    postgres_database.ping()
    with postgres_database.system() as system:
        now = system.scalar(text("SELECT pg_backend_pid()"))
        there = system.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid"), {"pid": backend})
    assert now != backend
    assert there == 0, "it was cut, and not only left aside"


def test_a_server_that_takes_no_more_writes_is_left_for_the_one_that_does(postgres_database: Database) -> None:
    """After a failover the old primary lives on as a standby and answers whoever is connected to it."""
    for _ in range(3):
        with postgres_database.engine.connect() as connection:
            demoted = connection.scalar(text("SELECT pg_backend_pid()"))
            connection.execute(text("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"))
            connection.commit()
        with postgres_database.account(1) as session:
            assert session.scalar(text("SHOW transaction_read_only")) == "off"
            assert session.scalar(text("SELECT pg_backend_pid()")) != demoted


def test_while_no_server_takes_writes_the_database_is_away(postgres_url: str, postgres_server: PostgresServer) -> None:
    """As after a failover that has found no primary yet, or on a disk that is full: refused as an outage is, not half served."""
    database = Database(postgres_url)
    database.ping()
    name = database.url.database
    postgres_server.run(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    try:
        with database.engine.connect() as connection:
            connection.execute(text("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"))
            connection.commit()
        with pytest.raises(OperationalError):
            database.ping()
    finally:
        postgres_server.run(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
    database.ping()
    database.dispose()


def test_refuses_at_once_where_nobody_listens(tmp_path: Path) -> None:
    database = Database("postgresql://rf@127.0.0.1:1/rf")
    started = time.monotonic()
    with pytest.raises(OperationalError):
        database.ping()
    assert time.monotonic() - started < 1


def test_a_transaction_inside_another_of_its_thread_is_a_defect_and_another_thread_finds_it_busy(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "WRITER_TIMEOUT_S", 0.05)

    def second() -> BaseException:
        try:
            with sqlite_database.system():
                raise AssertionError("two at once")
        except (AlreadyWriting, StillWriting) as error:
            return error

    with ThreadPoolExecutor(1) as another:
        with sqlite_database.system():
            mine, theirs = second(), another.submit(second).result()
        assert isinstance(mine, AlreadyWriting)
        assert not busy(mine)
        assert isinstance(theirs, StillWriting)
        assert busy(theirs)
        with pytest.raises(AssertionError, match="two at once"):
            second()  # now it is free


def test_a_forked_child_leaves_its_parents_connections_alone(database: Database) -> None:
    database.ping()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            database.dispose(after_fork=True)
            database.ping()
            code = 0
        finally:
            os._exit(code)  # never back into pytest
    assert os.waitpid(child, 0)[1] == 0
    with database.system(reading=True) as system:
        assert system.scalar(text("SELECT 1")) == 1


def test_waits_for_a_writer_on_sqlite_and_reads_beside_it(sqlite_database: Database) -> None:
    with sqlite_database.system() as writer:
        writer.execute(text("INSERT INTO heartbeat (name, at) VALUES ('w', '2026-03-02 09:00:00')"))
        with sqlite_database.system(reading=True) as reader:
            assert reader.scalar(text("SELECT count(*) FROM heartbeat")) == 0


def test_a_transaction_that_reads_first_may_write_later_on_sqlite(sqlite_url: str) -> None:
    """Two processes, as far as SQLite can tell: the second waits for the first instead of spoiling its snapshot."""
    first, second = Database(sqlite_url), Database(sqlite_url)

    def write() -> None:
        with second.system() as session:
            jobs.beat(session, "second", NOW)

    other = threading.Thread(target=write)
    with first.system() as session:
        assert jobs.stale_hearts(session, before=NOW) == []
        other.start()
        other.join(0.2)
        jobs.beat(session, "first", NOW)
    other.join()
    with first.system(reading=True) as session:
        assert [heart.name for heart in jobs.stale_hearts(session, before=later(1))] == ["first", "second"]
    first.dispose()
    second.dispose()
