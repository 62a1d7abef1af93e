"""What an account has solved, and the index over its words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.columns import Id, Row, of_handoff, owning_account, row_number


class Memory(Row):
    """How many tickets an account remembers. Whoever adds some locks this row, so they come one after another."""

    __tablename__ = "memory"

    account_id: Mapped[int] = mapped_column(
        Id, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    tickets: Mapped[int] = mapped_column(default=0)


class ResolvedTicket(Row):
    """A ticket that was closed, with what was wrong and what helped; its texts are redacted like all we store."""

    __tablename__ = "resolved_ticket"
    __table_args__ = (
        UniqueConstraint("account_id", "id"),
        UniqueConstraint("account_id", "ticket_id"),
        UniqueConstraint("account_id", "number"),
        Index("ix_resolved_ticket_account_id_company_id_closed_at", "account_id", "company_id", "closed_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = row_number()
    account_id: Mapped[int] = owning_account()
    number: Mapped[int]
    """Counts the account's own, from 0: what the index holds."""
    ticket_id: Mapped[int] = mapped_column(Id)
    summary: Mapped[str] = mapped_column(Text)
    problem: Mapped[str] = mapped_column(Text)
    tried: Mapped[list[Any]]
    """Pairs of what was done and its outcome, in order."""
    fix: Mapped[str | None] = mapped_column(Text)
    """What solved it; None where nobody wrote it down."""
    fix_source: Mapped[str | None]
    environment: Mapped[list[Any]]
    domain: Mapped[str | None]
    company_id: Mapped[int | None] = mapped_column(Id)
    company: Mapped[str | None]
    resolver: Mapped[str | None]
    closed_at: Mapped[datetime]
    terms: Mapped[str] = mapped_column(Text)
    """Four lines, for summary, problem, solution and symptoms, of which early rows lack the last: `Terms` of `memory/rank.py`."""
    stored_at: Mapped[datetime]


class MemoryTerm(Row):
    """Which of an account's resolved tickets hold a term, for up to 4,096 of them in the order of their numbers."""

    __tablename__ = "memory_term"

    account_id: Mapped[int] = mapped_column(
        Id, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    term: Mapped[str] = mapped_column(primary_key=True)
    block: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tickets: Mapped[int]
    """How many of the block's."""
    numbers: Mapped[bytes] = mapped_column(LargeBinary)
    """Places within the block: two bytes each, or a bit for each of the block (`models/memory/postings.py`)."""


class AssessmentOutcome(Row):
    """What the assessment in a handoff's posted brief turned out to be when its ticket closed."""

    __tablename__ = "assessment_outcome"
    __table_args__ = (of_handoff(),)

    account_id: Mapped[int] = mapped_column(Id, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    handoff_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    domain: Mapped[str]
    confidence: Mapped[float | None]
    """As it was stated."""
    made_by: Mapped[str] = mapped_column(default="local", server_default=text("'local'"))
    """`local`, or `model`: each has a record of its own."""
    outcome: Mapped[str]
    """`right`, `wrong` or `cannot tell`."""
    withheld: Mapped[bool]
    """Whether nobody was shown it."""
    at: Mapped[datetime]


class AssessmentVerdict(Row):
    """What a member says of a handoff's assessment; their last word counts."""

    __tablename__ = "assessment_verdict"
    __table_args__ = (of_handoff(),)

    account_id: Mapped[int] = mapped_column(Id, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    handoff_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    member_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    """In the PSA."""
    domain: Mapped[str]
    made_by: Mapped[str] = mapped_column(default="local", server_default=text("'local'"))
    verdict: Mapped[str]
    """`helpful` or `wrong`."""
    at: Mapped[datetime]
