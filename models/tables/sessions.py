"""What members record outside the PSA while they work on a ticket with an assistant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.columns import Id, Leased, Row, index_of_waiting, owning_account, row_number


class AiSession(Leased):
    """One member's work on one ticket with an assistant."""

    __tablename__ = "ai_session"
    __table_args__ = (
        UniqueConstraint("account_id", "id"),
        UniqueConstraint("account_id", "member_id", "idempotency_key"),
        Index("ix_ai_session_account_id_ticket_id", "account_id", "ticket_id"),
        index_of_waiting("ai_session", "next_attempt_at"),
        {"sqlite_autoincrement": True},
    )

    ticket_id: Mapped[int] = mapped_column(Id)
    member_id: Mapped[int] = mapped_column(Id)
    member: Mapped[str]
    """Login name of whoever works."""
    client: Mapped[str]
    """The assistant's name, as it was given."""
    idempotency_key: Mapped[str | None]
    """Of the request that made it: the same one again makes none."""
    started_at: Mapped[datetime]
    last_at: Mapped[datetime]
    """When something was recorded last, by our clock."""
    rows: Mapped[int] = mapped_column(default=0)
    """How many, corrections included; the last one's number. Whoever adds one takes it by compare-and-set."""
    bytes: Mapped[int] = mapped_column(default=0)
    read_at: Mapped[datetime | None]
    """When its ticket was read last, or was found not to be readable; None while it is to be read."""
    ticket: Mapped[dict[str, Any] | None]
    """The ticket as a package, as it was read last; None until it was."""
    unread: Mapped[str | None] = mapped_column(Text)
    """Why the ticket could not be read, last."""


class AiSessionStep(Row):
    """A recorded step, or the correction of one; never changed."""

    __tablename__ = "ai_session_step"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "session_id"], ["ai_session.account_id", "ai_session.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("account_id", "session_id", "number"),
        UniqueConstraint("account_id", "session_id", "idempotency_key", "place"),
        Index("ix_ai_session_step_account_id_member_id_at", "account_id", "member_id", "at"),
        Index("ix_ai_session_step_account_id_at", "account_id", "at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = row_number()
    account_id: Mapped[int] = owning_account()
    session_id: Mapped[int] = mapped_column(Id)
    number: Mapped[int]
    """Within its session, from 1."""
    corrects: Mapped[int | None]
    """The number of the row that this one corrects."""
    member_id: Mapped[int] = mapped_column(Id)
    member: Mapped[str]
    """Login name of whoever recorded it: the session's own, or a senior who took over."""
    kind: Mapped[str]
    state: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str]
    output: Mapped[str] = mapped_column(Text)
    changed: Mapped[str] = mapped_column(Text)
    idempotency_key: Mapped[str | None]
    place: Mapped[int] = mapped_column(default=0)
    """Among the rows of one request, from 0."""
    at: Mapped[datetime]
    """By our clock."""
