"""The old way of working, measured or replayed, and the reports to the owner."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from models.tables.columns import Message, Row, index_of_waiting, owning_account, row_number


class Stopwatch(Row):
    """One measurement of the old way of working: ticket opened, first diagnostic action."""

    __tablename__ = "stopwatch"
    __table_args__ = (
        UniqueConstraint("account_id", "reference", "technician", "opened_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = row_number()
    account_id: Mapped[int] = owning_account()
    reference: Mapped[str]
    """The ticket's number, or what the person with the stopwatch wrote."""
    technician: Mapped[str]
    opened_at: Mapped[datetime]
    acted_at: Mapped[datetime]
    domain: Mapped[str | None]
    recorded_at: Mapped[datetime]


class Backcast(Row):
    """One replay of an account's history, with the pattern it learned and what it found."""

    __tablename__ = "backcast"
    __table_args__ = (Index("ix_backcast_account_id_ran_at", "account_id", "ran_at"), {"sqlite_autoincrement": True})

    id: Mapped[int] = row_number()
    account_id: Mapped[int] = owning_account()
    since: Mapped[datetime]
    until: Mapped[datetime]
    ran_at: Mapped[datetime]
    version: Mapped[int]
    candidates: Mapped[int]
    pattern: Mapped[dict[str, Any]]
    observations: Mapped[list[Any]]
    summary: Mapped[dict[str, Any]]


class Report(Message):
    """One report or sign-in link to one person for one period."""

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("account_id", "kind", "period", "recipient_user_id"),
        index_of_waiting("report", "next_attempt_at"),
        {"sqlite_autoincrement": True},
    )

    kind: Mapped[str]
    period: Mapped[str]
    """For a weekly one the ISO week, such as `2026-W47`; for a sign-in link the minute in which it was asked for."""
    figures: Mapped[dict[str, Any]]
    """What it says, as it was computed; a repeat says the same."""
    measures_version: Mapped[int]
    used_at: Mapped[datetime | None]
    """When its link was used, which is good once."""
