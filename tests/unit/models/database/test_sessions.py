"""Addresses and times."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from models.database.sessions import UnknownDatabase, normalise_url
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
