"""Addresses and times."""

import sqlite3
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from models.database import schema
from models.database.sessions import Database, UnknownDatabase, normalise_url
from models.tables.columns import NaiveDatetime, UtcDateTime


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://a:b@h/d", "postgresql+psycopg://a:***@h/d"),
        ("postgresql://h/d?sslmode=require", "postgresql+psycopg://h/d?sslmode=require"),
        ("postgresql+psycopg://h/d", "postgresql+psycopg://h/d"),
        ("postgresql+psycopg2://h/d", "postgresql+psycopg://h/d"),
        ("sqlite:///var/x.db", "sqlite:///var/x.db"),
    ],
)
def test_uses_our_driver(given: str, used: str) -> None:
    assert str(normalise_url(given)) == used


@pytest.mark.parametrize("url", ["mysql://h/d", "sqlite://", "sqlite:///:memory:"])
def test_refuses_what_it_does_not_speak(url: str) -> None:
    with pytest.raises(UnknownDatabase, match="DATABASE_URL"):
        normalise_url(url)


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
def test_stores_times_in_utc(dialect: sqlite.dialect) -> None:
    noon = datetime(2026, 3, 2, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    stored = UtcDateTime().process_bind_param(noon, dialect)
    assert stored is not None
    assert stored.hour == 10
    assert UtcDateTime().process_result_value(stored, dialect) == datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    assert UtcDateTime().process_bind_param(None, dialect) is None
    assert UtcDateTime().process_result_value(None, dialect) is None


def test_refuses_a_time_without_zone() -> None:
    with pytest.raises(NaiveDatetime, match="time zone"):
        UtcDateTime().process_bind_param(datetime(2026, 3, 2, 12, 0), sqlite.dialect())  # noqa: DTZ001 - meant


@pytest.mark.parametrize("option", ["schema=public", "ssl=true", "pgbouncer=true", "connection_limit=5", "pool_timeout=3"])
def test_an_option_of_another_driver_is_named(option: str) -> None:
    with pytest.raises(UnknownDatabase, match=f'"{option.partition("=")[0]}".*libpq'):
        normalise_url(f"postgresql://rf:geheim@db/rf?{option}")


@pytest.mark.parametrize("password", ["ge@heim", "@", "a@b/c#d", "x@y:z"])
def test_a_password_that_makes_another_host_is_not_told(password: str) -> None:
    with pytest.raises(UnknownDatabase, match="%40") as told:
        normalise_url(f"postgresql://rf:{password}@db:5432/rf")
    assert not any(part in str(told.value) for part in ("heim", "b/c", "y:z"))


@pytest.mark.parametrize("url", ["postgresql://rf:geheim@db:54x2/rf", "postgresql:", "postgresql"])
def test_what_is_no_address_is_said_without_its_password(url: str) -> None:
    with pytest.raises(UnknownDatabase, match="no address") as told:
        normalise_url(url)
    assert "geheim" not in str(told.value)


def test_a_damaged_file_is_said_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from worker.cli.failures import in_one_line

    file = tmp_path / "resolutionflow.db"
    file.write_bytes(b"no database at all " * 100)
    with in_one_line() as failed:
        Database(f"sqlite:///{file}").ping()
    assert failed.code == 1
    assert capsys.readouterr().err == (
        "resolutionflow: database: file is not a database. Put a backup back (docs/install.md), and keep the file: it may hold "
        "what the backup lacks\n"
    )


@pytest.mark.parametrize("system", ["unix", "unix-dotfile", "unix-none"])
def test_a_disk_without_shared_memory_is_refused(system: str, tmp_path: Path) -> None:
    """As SQLite finds a network share to be; it would go on in silence with a journal that stops writers."""
    connection = sqlite3.connect(f"file:{tmp_path / 'x.db'}?vfs={system}", uri=True)
    with nullcontext() if system == "unix" else pytest.raises(UnknownDatabase, match="network share"):
        schema._require_wal(connection)
    connection.close()


def test_a_wrong_value_in_an_address_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    from worker.cli.failures import in_one_line

    with in_one_line() as failed, Database("postgresql://u:hush@127.0.0.1:1/d?connect_timeout=soon").system() as session:
        session.connection()
    said = capsys.readouterr().err
    assert (failed.code, said.count("\n"), "connect_timeout" in said, "hush" in said) == (1, 1, True, False)
