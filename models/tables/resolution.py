"""How an episode ended and what is kept of it: its note, what mended it, and the runbooks that came of such."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.columns import Id, Leased, Row, index_of_waiting, of_handoff, owning_account, row_number


class ResolutionNote(Leased):
    """A resolution note that somebody asked to be posted, and what became of it; at most one of an episode that did not fail."""

    __tablename__ = "resolution_note"
    __table_args__ = (
        of_handoff(),
        UniqueConstraint("account_id", "id"),
        Index(
            "uq_resolution_note_standing", "account_id", "handoff_id", unique=True, sqlite_where=text("failed_at IS NULL"),
            postgresql_where=text("failed_at IS NULL"),
        ),
        index_of_waiting("resolution_note", "next_attempt_at"),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    handoff_id: Mapped[int] = mapped_column(Id)
    form: Mapped[str]
    """`internal`, or `resolution`, which customers can see."""
    text: Mapped[str] = mapped_column(Text)
    """As a person left it, redacted; without the mark."""
    member_id: Mapped[int | None] = mapped_column(Id)
    """Who posts it; None where the account lets it be posted by itself."""
    member: Mapped[str]
    """Their login name, or `resolutionflow`."""
    asked_at: Mapped[datetime]
    attempted_at: Mapped[datetime | None]
    """When a POST may last have been under way."""
    note_id: Mapped[int | None] = mapped_column(Id)
    """In the PSA."""
    posted_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(Text)


class Resolution(Row):
    """What mended an episode, as its ticket said when it closed, and whether a technician could have done it."""

    __tablename__ = "resolution"
    __table_args__ = (of_handoff(), Index("ix_resolution_account_id_at", "account_id", "at"))

    account_id: Mapped[int] = mapped_column(Id, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    handoff_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    domain: Mapped[str]
    cause: Mapped[str | None] = mapped_column(Text)
    fix: Mapped[str | None] = mapped_column(Text)
    fix_source: Mapped[str | None]
    """Which record says so."""
    step: Mapped[str | None] = mapped_column(Text)
    """The step that found it, where one is told."""
    step_by: Mapped[str | None]
    reach: Mapped[str]
    """`l1`, `senior` or `unknown`."""
    reach_word: Mapped[str]
    """What told it."""
    alike: Mapped[list[Any]]
    """Earlier tickets here that the same thing mended, newest first."""
    runbook_id: Mapped[int | None] = mapped_column(Id)
    """Which runbook has it; None while none does."""


class Runbook(Row):
    """A way to mend something that comes again; what it says stands in its versions."""

    __tablename__ = "runbook"
    __table_args__ = (
        UniqueConstraint("account_id", "id"), UniqueConstraint("account_id", "title"), {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: Mapped[int] = row_number()
    account_id: Mapped[int] = owning_account()
    title: Mapped[str]
    made_at: Mapped[datetime]
    approved_version: Mapped[int | None]
    """The version that is offered; None: none yet."""


class RunbookVersion(Row):
    """One wording of a runbook, which never changes but for its approval."""

    __tablename__ = "runbook_version"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "runbook_id"], ["runbook.account_id", "runbook.id"], ondelete="CASCADE"),
    )

    account_id: Mapped[int] = mapped_column(Id, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    runbook_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[dict[str, Any]]
    terms: Mapped[str] = mapped_column(Text)
    """Three lines, as in `resolved_ticket`."""
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]


class RunbookUse(Row):
    """That a runbook was offered in an episode's brief, and whether it was what then mended it."""

    __tablename__ = "runbook_use"
    __table_args__ = (
        of_handoff(),
        ForeignKeyConstraint(["account_id", "runbook_id"], ["runbook.account_id", "runbook.id"], ondelete="CASCADE"),
        Index("ix_runbook_use_account_id_runbook_id", "account_id", "runbook_id"),
    )

    account_id: Mapped[int] = mapped_column(Id, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    handoff_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    runbook_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    version: Mapped[int]
    offered_at: Mapped[datetime]
    outcome: Mapped[str | None]
    """`worked`, `something else did` or `cannot tell`, once the ticket closed."""
    ended_at: Mapped[datetime | None]
