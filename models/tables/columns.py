"""The column types shared by all tables, and the parent class of their rows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class NaiveDatetime(ValueError):
    """A datetime without a time zone was about to be stored; nobody could tell later what it meant."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC and given back in UTC. Raises `NaiveDatetime` for any other."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveDatetime(f"{value.isoformat()} has no time zone: give an aware datetime")
        in_utc = value.astimezone(UTC)
        # SQLite keeps text without an offset; all in UTC, so the text sorts as the times do.
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Id = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite numbers rows by itself only for a column declared INTEGER PRIMARY KEY."""

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(DeclarativeBase):
    """A row of one of our tables."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a class attribute
        datetime: UtcDateTime(),
        dict[str, Any]: Json,
        list[Any]: Json,
        list[str]: Json,
    }


def row_number() -> Mapped[int]:
    return mapped_column(Id, primary_key=True)


def owning_account() -> Mapped[int]:
    return mapped_column(Id, ForeignKey("account.id", ondelete="CASCADE"))


class Leased(Row):
    """A row that waits for its moment and is taken by one for a while: see `models.work.lease`."""

    __abstract__ = True

    id: Mapped[int] = row_number()
    account_id: Mapped[int] = owning_account()
    attempts: Mapped[int] = mapped_column(default=0)
    """How often it was taken, which is the fence of whoever has it."""
    next_attempt_at: Mapped[datetime | None]
    """When it is due, or until when somebody has it; NULL: nothing to do."""


class Message(Leased):
    """A message to one person. States: queued, sending, sent, failed, suppressed."""

    __abstract__ = True

    recipient_user_id: Mapped[int] = mapped_column(Id)
    address: Mapped[str | None]
    status: Mapped[str]
    reason: Mapped[str | None] = mapped_column(Text)
    doubts: Mapped[int] = mapped_column(default=0)
    """How often nobody knows whether it arrived."""
    lease_until: Mapped[datetime | None]
    message_id: Mapped[str]
    """The same for every attempt, so that the recipient's server can tell a repeat after a lost answer."""
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


def of_handoff() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["account_id", "handoff_id"], ["handoff.account_id", "handoff.id"], ondelete="CASCADE"
    )


def index_of_waiting(table: str, column: str) -> Index:
    """Return the index over what is due: only rows whose time is set."""
    there = text(f"{column} IS NOT NULL")
    return Index(f"ix_{table}_{column}", column, sqlite_where=there, postgresql_where=there)


def encrypted() -> Mapped[bytes]:
    # Read only when asked for: the system role may list accounts, never their secrets.
    return mapped_column(LargeBinary, deferred=True, deferred_group="secrets")
