"""The door to the database: sessions that belong to one account, and the narrow one that belongs to none.

`Database` speaks SQLite (embedded default) and PostgreSQL (production). Each session is one transaction; no
slow call belongs inside one.

On PostgreSQL, row-level security keeps the accounts apart: each transaction names its account, and without
one no row is visible. The application should connect as a role that owns nothing (see `models.database.access`). Where
it connects as the owner or a superuser, as small installations with a single role do, everything works too,
but a superuser is not held back by row-level security; that is logged once as a warning.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import structlog
from psycopg import conninfo
from psycopg.abc import PQGen
from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from models.database.access import SystemRoleMissing, system_role_of
from models.database.clock import CommonClock, counted, machine
from models.tables.columns import Row

log = structlog.get_logger()

CONNECT_TIMEOUT_S = 2
POOL_TIMEOUT_S = 1.0
PING_TIMEOUT_S = 0.9
"""Together below 4 s: ConnectWise gives a callback five seconds, and a refusal within them is repeated."""

WRITER_TIMEOUT_S = 1.4
BUSY_TIMEOUT_S = 2.5
"""SQLite: what a writer waits for those of its own process, and then for those of others. Together below 4 s too."""

T = TypeVar("T")

MOVED = "moved"
"""In a session's `info`: the accounts in which it moves a handoff."""

UTF8 = {"client_encoding": "utf8"}
"""Asked for with each connection: a server's or a role's own default may have no letters but Latin ones."""
_SET = text(
    "SELECT set_config(:name, :value, true), set_config('statement_timeout', :limit, true), set_config('TimeZone', 'UTC', true)"
)


class UnknownDatabase(ValueError):
    """The address names a database that this program does not speak."""


def normalise_url(url: str) -> URL:
    """Return the address with the driver this program uses. Raises `UnknownDatabase`.

    `postgres://` and `postgresql://` become `postgresql+psycopg://`; `sqlite:///file` stays. No message tells a password.
    """
    try:
        parsed = make_url(url)
    except (ValueError, exc.ArgumentError):
        raise UnknownDatabase(
            "DATABASE_URL is no address: give e.g. postgresql://USER:PASSWORD@HOST:5432/DATABASE, an @ in a password written %40"
        ) from None
    kind = parsed.drivername.split("+")[0].lower()
    if kind in ("postgres", "postgresql"):
        if "@" in f"{parsed.host}{parsed.database}":
            raise UnknownDatabase("DATABASE_URL: an @ in its password is written %40")
        try:
            conninfo.make_conninfo("", **dict.fromkeys(parsed.query, "x"))
        except psycopg.ProgrammingError as error:
            reason = str(error).strip()
            raise UnknownDatabase(f"DATABASE_URL: {reason}; the options are those of libpq, e.g. sslmode=require") from None
        return parsed.set(drivername="postgresql+psycopg")
    if kind == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise UnknownDatabase("DATABASE_URL: SQLite needs a file, e.g. sqlite:///var/resolutionflow.db")
        return parsed.set(drivername="sqlite")
    raise UnknownDatabase(f"DATABASE_URL begins with {kind}: use sqlite:///FILE or postgresql://…")


class StillWriting(exc.TimeoutError):
    """SQLite takes one writer at a time, and another transaction of this process does not end."""


class AlreadyWriting(RuntimeError):
    """A thread opened a transaction inside its own, a defect: on SQLite it would wait for itself."""


def busy(error: BaseException) -> bool:
    """Tell whether the database works and somebody else was in the way: another writer, or all connections in use."""
    if isinstance(error, exc.TimeoutError):
        return True
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class Database:
    """All connections of one process. Dispose of it in a child after a fork."""

    def __init__(self, url: str, *, pool_size: int = 10, statement_timeout_s: float = 4) -> None:
        """Open nothing yet. A statement is given up after `statement_timeout_s` seconds, on either side."""
        self.url = normalise_url(url)
        self.clock = CommonClock()
        self.engine = (
            _sqlite(self.url) if self.is_sqlite else _postgres(self.url, pool_size, statement_timeout_s, self.clock)
        )
        self._limit_ms = str(int(statement_timeout_s * 1000))
        self._reading = self.engine.execution_options(reading=True)
        self._writing = threading.Lock()
        self._writer: int | None = None
        """The thread that has `_writing`."""
        self._system_role: str | None = None
        self._role_known = False
        self.on_moved: Callable[[int], None] | None = None
        """Told of each account in which a committed transaction moved a handoff (`models.handoff.moves`)."""

    @property
    def is_sqlite(self) -> bool:
        return self.url.drivername == "sqlite"

    @contextmanager
    def account(self, account_id: int, *, reading: bool = False) -> Iterator[Session]:
        """Give a session that sees this account alone: one transaction, rolled back on any error.

        With `reading` it promises to write nothing; on SQLite it then does not queue behind writers.
        """
        with self._transaction(reading) as session:
            self._set(session, "resolutionflow.account", str(account_id))
            yield session

    @contextmanager
    def system(self, *, reading: bool = False) -> Iterator[Session]:
        """Give the session for what is across accounts: token look-up, due rows, the list of accounts.

        On PostgreSQL it may read few columns and no secret. Raises `SystemRoleMissing`, saying what to run.
        """
        with self._transaction(reading) as session:
            if not self.is_sqlite:
                self._set(session, "role", self._role(session) or "none")
            yield session

    def now(self) -> datetime:
        """Return the time that all workers of this database share; this machine's until PostgreSQL has answered once."""
        if self.is_sqlite:
            counter = counted()
            self.clock.hear(machine(), asked=counter, answered=counter)
        elif self.clock.now() is None:
            with suppress(exc.SQLAlchemyError):
                self.ping()
        return self.clock.now() or machine()

    def ping(self) -> None:
        """Ask the database for a sign of life. Raises SQLAlchemy's `DBAPIError` if there is none."""
        with self._reading.connect() as connection:
            connection.execute(text("SELECT 1"))

    def dispose(self, *, after_fork: bool = False) -> None:
        """Close all connections; they are opened again on use.

        After a fork the child must call this with `after_fork`: it forgets its parent's connections without closing
        them, since the parent still uses them.
        """
        self.engine.dispose(close=not after_fork)
        if after_fork:
            self._writing, self._writer = threading.Lock(), None

    @contextmanager
    def _transaction(self, reading: bool) -> Iterator[Session]:
        engine = self._reading if reading else self.engine
        with ExitStack() as stack:
            if self.is_sqlite and not reading:
                stack.enter_context(self._alone())
            session = stack.enter_context(Session(engine, expire_on_commit=False))
            stack.enter_context(session.begin())
            yield session
        if self.on_moved is not None:
            for account_id in session.info.get(MOVED, ()):
                self.on_moved(account_id)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let this process's writers into SQLite one by one, in about the order they came.

        SQLite itself lets whoever asks at the right moment go first. At 150 callbacks a second in 16 threads one
        in a hundred took 20 ms that way and takes 4 ms this way; at 600, 105 ms and 6 ms.
        """
        if self._writer == threading.get_ident():
            raise AlreadyWriting("a transaction was opened inside another of the same thread")
        if not self._writing.acquire(timeout=WRITER_TIMEOUT_S):
            raise StillWriting(
                f"another transaction of this process did not end within {WRITER_TIMEOUT_S:g} s"
            )
        self._writer = threading.get_ident()
        try:
            yield
        finally:
            self._writer = None
            self._writing.release()

    def _set(self, session: Session, name: str, value: str) -> None:
        """Set on PostgreSQL, until the transaction ends, a parameter and how long a statement may take.

        Nothing is set for longer: behind a pooler the next transaction has another of the server's connections, and a pooler
        refuses parameters at the start.
        """
        if not self.is_sqlite:
            session.execute(_SET, {"name": name, "value": value, "limit": self._limit_ms})

    def _role(self, session: Session) -> str | None:
        """Return the system role to change into, or None where a superuser needs none."""
        if not self._role_known:
            user, powerful, exists = system_role_of(session.connection())
            if powerful:
                log.warning("database_role_unrestricted", role=user, why="superuser or owner of the tables")
            if not exists and powerful != "superuser":
                raise SystemRoleMissing(user)
            self._system_role = f"{user}_system" if exists else None
            self._role_known = True
        return self._system_role


def insert_or_ignore(session: Session, table: type[Row]) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT that does nothing where a unique key exists already."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def _sqlite(url: URL) -> Engine:
    Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S}, pool_size=20, max_overflow=-1)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        # The driver must not begin transactions on its own: see `begin`.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        # NORMAL keeps what a killed process had committed, but not what a power cut interrupts: a callback that
        # was acknowledged would be gone, and ConnectWise does not send it again.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and writes later is refused outright when another wrote in between.
        # So those that may write take the lock at once, and wait for it up to the busy time-out.
        reading = connection.get_execution_options().get("reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


class _Bounded(psycopg.Connection[Any]):
    """A connection that waits no longer than `limit_s` for an answer.

    The server's statement time-out does not help while the server itself stands still.
    """

    limit_s = 5.0

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        started = time.monotonic()
        try:
            return super().wait(gen, interval, self.limit_s if timeout is None else timeout)
        except psycopg.Error as error:
            if time.monotonic() - started < self.limit_s or self.closed:
                raise
            # An answer may still be under way: whoever used this connection next would read it as theirs.
            self.close()
            message = f"no answer from the database within {self.limit_s:g} s"
            raise psycopg.OperationalError(message) from error


_SIGN_OF_LIFE = "SELECT clock_timestamp(), current_setting('transaction_read_only'), pg_backend_pid()"


def _postgres(url: URL, pool_size: int, statement_timeout_s: float, clock: CommonClock) -> Engine:
    limit_s = statement_timeout_s + 0.25

    engine = create_engine(
        url, pool_size=pool_size, max_overflow=pool_size, pool_timeout=POOL_TIMEOUT_S, pool_use_lifo=True
    )

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, args: list[Any], params: dict[str, Any]) -> DBAPIConnection:
        params.setdefault("connect_timeout", CONNECT_TIMEOUT_S)
        params.setdefault("application_name", "resolutionflow")
        params.update(UTF8)
        # Of several hosts the one that takes writes; none of them is as bad as no database, and it is told so.
        params.setdefault("target_session_attrs", "read-write")
        connection = _Bounded.connect(*args, **params)
        connection.limit_s = limit_s
        # Compare-and-set counts on it; a server's own default may be stricter, and then refuses whoever comes second.
        connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        return connection  # type: ignore[return-value] # psycopg's class fits SQLAlchemy's protocol

    @event.listens_for(engine, "checkout")
    def still_there(connection: _Bounded, _: ConnectionPoolEntry, __: PoolProxiedConnection) -> None:
        # SQLAlchemy's own check would wait for as long as a statement may take.
        connection.limit_s = PING_TIMEOUT_S
        try:
            connection.autocommit = True
            asked = counted()
            answer = connection.execute(_SIGN_OF_LIFE).fetchone()
            clock.hear(answer[0] if answer else machine(), asked=asked, answered=counted())
            connection.autocommit = False
        except psycopg.Error as error:
            raise exc.InvalidatePoolError(str(error)) from error
        if answer and answer[2] != connection.info.backend_pid:
            # Whom we are connected to is not who answers: a pooler, behind which what is prepared is there now and then.
            connection.prepare_threshold = None
        if answer and answer[1] == "on":
            # A server that was demoted lives on and answers; its successor is found by connecting anew.
            raise exc.InvalidatePoolError("the server takes no more writes")
        connection.limit_s = limit_s

    return engine
