"""Bring the database to the newest version, and tell whether it is there."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from models.database import access
from models.database.sessions import UTF8, UnknownDatabase, normalise_url

LOCK = 7_276_837_014
"""Any number, as long as nothing else in the database locks the same one."""
OLDEST = 160_000
"""PostgreSQL that can grant a role without its being inherited, as the server counts its versions."""
WAIT_S = 60
TABLE_S = 2
BUSY = (DeadlockDetected, LockNotAvailable)


class SchemaOutOfDate(RuntimeError):
    """The database's version is not this program's."""


def migrate(url: str, app_role: str | None = None) -> list[str]:
    """Bring the database to the newest version and return the versions that were applied, oldest first.

    On PostgreSQL the role in the address owns the tables; `app_role` is the (existing) role that the
    application connects as, which gets what it needs and no more. None: both are one role. Several migrations
    at once wait for each other. Each version is a transaction of its own, on SQLite too, so that what one needs alone
    is not kept while others work; a new database is made in one. Each is done again for a minute if workers at their work
    hold what it needs. Raises `models.database.access.SystemRoleMissing`.
    """
    done: list[str] = []
    end = time.monotonic() + WAIT_S
    while True:
        try:
            applied, more = _step(url, app_role)
        except OperationalError as error:
            if not isinstance(error.orig, BUSY) or time.monotonic() > end:
                raise
            time.sleep(random.uniform(0.2, 1.0))  # noqa: S311 - no secret
            continue
        done += applied
        if not more:
            return done
        end = time.monotonic() + WAIT_S


def _step(url: str, app_role: str | None) -> tuple[list[str], bool]:
    """Apply the next version, all of them to a new database; return which, and whether to come again.

    Once there is none, rights alone are given.

    Rights take each table for themselves. They come with the last version that makes tables, and again at the end, but never
    behind one that changes rows (`ROWS_ALONE`), whose work would be lost to whoever waits for such a row and holds the table.
    """
    with _alone(normalise_url(url)) as connection:
        todo = _pending(connection)
        new = MigrationContext.configure(connection).get_current_revision() is None
        if new and connection.dialect.name == "postgresql":
            _require_fit(connection)
        applied, left = (todo, []) if new else (todo[:1], todo[1:])
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, applied[-1] if applied else "head")
        last_of_tables = new or (not _rows_alone(applied) and _rows_alone(left))
        if connection.dialect.name == "postgresql" and (not applied or last_of_tables):
            access.grant(connection, app_role)
    return applied, bool(applied) and not new


def _rows_alone(revisions: list[str]) -> bool:
    scripts = ScriptDirectory.from_config(_config())
    return all(getattr(scripts.get_revision(r).module, "ROWS_ALONE", False) for r in revisions)


def pending(url: str) -> list[str]:
    """Return the versions to be applied, oldest first. Raises `SchemaOutOfDate` if the database is newer."""
    with _engine(normalise_url(url)).connect() as connection:
        return _pending(connection)


def require_newest(url: str) -> None:
    """Raise `SchemaOutOfDate` unless the database has this program's version."""
    todo = pending(url)
    if todo:
        raise SchemaOutOfDate(
            f"the database lacks version {', '.join(todo)}: run `resolutionflow migrate` first"
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def _pending(connection: Connection) -> list[str]:
    scripts = ScriptDirectory.from_config(_config())
    have = MigrationContext.configure(connection).get_current_revision()
    revisions = [script.revision for script in scripts.walk_revisions()]
    if have is not None and have not in revisions:
        raise SchemaOutOfDate(
            f"the database has version {have}, which this program does not know: install a newer one"
        )
    newer = revisions[: revisions.index(have)] if have else revisions
    return newer[::-1]


def _engine(url: URL) -> Engine:
    """Return one without a pool. It prepares nothing, which behind a pooler would be left to somebody else.

    Whoever waited for another migration sees what it did, whatever isolation is the server's own default.
    """
    if url.drivername != "sqlite":
        once = UTF8 | {"prepare_threshold": None}
        return create_engine(url, poolclass=NullPool, connect_args=once, isolation_level="READ COMMITTED")
    Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": WAIT_S})

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        _require_wal(connection)

    return engine


def _require_wal(connection: sqlite3.Connection) -> None:
    """Raise `UnknownDatabase` where SQLite cannot write ahead: it says nothing, and readers would stop every writer."""
    if connection.execute("PRAGMA journal_mode = WAL").fetchone() != ("wal",):
        raise UnknownDatabase(
            "DATABASE_URL: SQLite cannot keep its write-ahead log there, as on a network share: take a disk of this machine, or "
            "PostgreSQL"
        )


def _require_fit(connection: Connection) -> None:
    """Raise `UnknownDatabase` for a server or a database in which this cannot work."""
    version, encoding = connection.execute(
        text("SELECT current_setting('server_version_num')::int, current_setting('server_encoding')")
    ).one()
    if version < OLDEST:
        raise UnknownDatabase(f"this is PostgreSQL {version // 10_000}; {OLDEST // 10_000} or later is needed")
    if encoding != "UTF8":
        raise UnknownDatabase(
            f"the database's encoding is {encoding}, which lacks letters that tickets have; make it anew with "
            "createdb --encoding UTF8 --template template0"
        )


@contextmanager
def _alone(url: URL) -> Iterator[Connection]:
    """Give a transaction that no other migration shares."""
    engine = _engine(url)
    if url.drivername == "sqlite":

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            # The writers' lock of the file is the lock; foreign keys stay off, since tables may be rebuilt.
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.begin() as connection:
        if url.drivername != "sqlite":
            connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT_S}s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            # Whoever waits for a table holds up everybody behind: rather not for long, and again.
            connection.execute(text(f"SET LOCAL lock_timeout = '{TABLE_S}s'"))
        yield connection
