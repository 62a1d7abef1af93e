"""What is to be done and what was seen: callbacks, tickets watched, recurring jobs, trials of the way, alerts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.columns import Id, Leased, Row, index_of_waiting, row_number

EVERYONE = 0
"""The account id of jobs and alerts that concern the whole installation."""


class Inbox(Leased):
    """A callback as it came in. States: new, done, ignored, parked."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("account_id", "dedupe_key"),
        Index("ix_inbox_account_id_received_at", "account_id", "received_at"),
        Index("ix_inbox_account_id_record_id", "account_id", "record_id"),
        index_of_waiting("inbox", "next_attempt_at"),
        {"sqlite_autoincrement": True},
    )

    event_id: Mapped[str]
    """Travels into the tasks and logs."""
    dedupe_key: Mapped[str]
    message_id: Mapped[str | None]
    type: Mapped[str]
    action: Mapped[str]
    record_id: Mapped[int | None] = mapped_column(Id)
    member_identifier: Mapped[str | None]
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[str | None]
    verified: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="new")
    lease_until: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(Text)
    urgent: Mapped[bool] = mapped_column(default=True, server_default=true())
    """False where it can only tell more of an escalation that is known: read after those that are not."""


class Watch(Row):
    """What the PSA was last seen to say about a ticket, and the number of its newest episode."""

    __tablename__ = "watch"
    __table_args__ = (index_of_waiting("watch", "left_at"),)

    account_id: Mapped[int] = mapped_column(
        Id, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    )
    ticket_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    board_id: Mapped[int | None] = mapped_column(Id)
    status_id: Mapped[int | None] = mapped_column(Id)
    in_escalation: Mapped[bool] = mapped_column(default=False)
    left_at: Mapped[datetime | None]
    last_updated: Mapped[datetime | None]
    episode: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    """Counts the writes, for compare-and-set."""
    gone: Mapped[str | None]
    """`merged`, `closed`, `deleted` or `missing`."""
    missing_since: Mapped[datetime | None]
    """When the PSA first did not show the ticket (404 or 403), by its clock, though nobody deleted it as far as is known."""
    absent_since: Mapped[datetime | None]
    """When it first said that there is no such ticket (404), since it last said anything else of it."""


class Canary(Leased):
    """One trial of the way from callback to worker, without a ticket of a customer's; each moment it passed a part."""

    __tablename__ = "canary"
    __table_args__ = (
        Index("ix_canary_account_id_id", "account_id", "id"),
        Index(
            "ix_canary_sent_at", "sent_at", sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")
        ),
        index_of_waiting("canary", "next_attempt_at"),
        {"sqlite_autoincrement": True},
    )

    nonce: Mapped[str]
    sent_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    """When its sender had the receiver's answer, or gave up."""
    stored_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    """When a worker took it up."""
    ended_at: Mapped[datetime | None]
    """When all of it had gone well."""
    failure: Mapped[str | None] = mapped_column(Text)
    ticket_id: Mapped[int | None] = mapped_column(Id)


class Wish(Leased):
    """A member's wish that a ticket be escalated; open until the episode that it leads to, or until it cannot be done."""

    __tablename__ = "wish"
    __table_args__ = (
        Index("ix_wish_account_id_ticket_id", "account_id", "ticket_id"),
        Index(
            "uq_wish_open", "account_id", "ticket_id", unique=True, sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        index_of_waiting("wish", "next_attempt_at"),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    ticket_id: Mapped[int] = mapped_column(Id)
    member_id: Mapped[int] = mapped_column(Id)
    member: Mapped[str]
    """Login name of whoever wishes it."""
    asked_at: Mapped[datetime]
    status_id: Mapped[int | None] = mapped_column(Id)
    """The escalation status that is set; stored before it is tried."""
    attempted_at: Mapped[datetime | None]
    """When it was tried last, by our clock."""
    written_at: Mapped[datetime | None]
    """When the PSA was seen to have it."""
    ended_at: Mapped[datetime | None]
    handoff_id: Mapped[int | None] = mapped_column(Id)
    """The episode it led to; without one it came to nothing."""
    outcome: Mapped[str | None] = mapped_column(Text)


_VISIBLE_NOTE = text("job = 'take a visible note away' AND state = 'running'")
"""As `visible_notes.OWED` asks for them."""


class Job(Row):
    """A recurring piece of work for one period: whoever inserts the row does it."""

    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("account_id", "job", "period"),
        Index("ix_job_visible_note", "lease_until", sqlite_where=_VISIBLE_NOTE, postgresql_where=_VISIBLE_NOTE),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = row_number()
    account_id: Mapped[int] = mapped_column(Id)
    job: Mapped[str]
    period: Mapped[str]
    state: Mapped[str]
    """`running` or `done`."""
    attempts: Mapped[int] = mapped_column(default=1)
    claimed_at: Mapped[datetime]
    lease_until: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(Text)


class Heartbeat(Row):
    """When a process was last known to be alive."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class Alert(Row):
    """Something an operator has to look at; open until it is cleared."""

    __tablename__ = "alert"
    __table_args__ = (
        Index(
            "uq_alert_open",
            "account_id",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("cleared_at IS NULL"),
            postgresql_where=text("cleared_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = row_number()
    account_id: Mapped[int] = mapped_column(Id)
    kind: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[datetime]
    repeated: Mapped[int] = mapped_column(default=0)
    cleared_at: Mapped[datetime | None]
