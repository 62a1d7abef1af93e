"""One episode and everything that hangs on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Numeric, Text, UniqueConstraint, column, false, select, table, text
from sqlalchemy.orm import Mapped, column_property, mapped_column

from models.tables.columns import (
    Id,
    Message,
    Row,
    UtcDateTime,
    index_of_waiting,
    of_handoff,
    owning_account,
    row_number,
)

_watch = table("watch", column("account_id"), column("ticket_id"), column("missing_since", UtcDateTime()))


class Handoff(Row):
    """One episode of one ticket, from the status change to its resolution."""

    __tablename__ = "handoff"
    __table_args__ = (
        UniqueConstraint("account_id", "id"),
        UniqueConstraint("account_id", "ticket_id", "episode"),
        Index("ix_handoff_account_id_escalated_at", "account_id", "escalated_at"),
        Index("ix_handoff_account_id_response_state", "account_id", "response_state"),
        Index("ix_handoff_notify_state_seen_at", "notify_state", "seen_at"),
        index_of_waiting("handoff", "next_attempt_at"),
        index_of_waiting("handoff", "refresh_due_at"),
        index_of_waiting("handoff", "settle_due_at"),
        index_of_waiting("handoff", "observe_due_at"),
        index_of_waiting("handoff", "notes_due_at"),
        index_of_waiting("handoff", "read_due_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = row_number()
    account_id: Mapped[int] = owning_account()
    ticket_id: Mapped[int] = mapped_column(Id)
    episode: Mapped[int]
    board: Mapped[str | None]
    status: Mapped[str | None]
    summary: Mapped[str | None] = mapped_column(Text)
    company: Mapped[str | None]
    priority: Mapped[str | None]
    escalated_at: Mapped[datetime]
    """By the PSA's clock."""
    escalated_by: Mapped[str | None]
    seen_at: Mapped[datetime]
    """By ours."""
    event_id: Mapped[str | None]
    rule_version: Mapped[int]

    brief_state: Mapped[str]
    fence: Mapped[int] = mapped_column(default=0)
    """Grows with every lease; a write that carries an older one is refused. 0: never taken."""
    lease_until: Mapped[datetime | None]
    lease_holder: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    post_attempted_at: Mapped[datetime | None]
    """When a POST may last have been under way."""
    park_reason: Mapped[str | None] = mapped_column(Text)
    marker: Mapped[str | None]
    draft: Mapped[str | None] = mapped_column("escalation_package_markdown", Text)
    draft_hash: Mapped[str | None]
    escalation_package: Mapped[dict[str, Any] | None]
    schema_version: Mapped[int | None]
    assessed_by: Mapped[str | None]
    """Who made the assessment that the brief shows: `local`, or a model's name; None where it shows none."""
    evidence_fingerprint: Mapped[str | None]
    escalation_package_external_id: Mapped[int | None] = mapped_column(Id)
    """The note's id in the PSA."""
    note_hash: Mapped[str | None]
    """Of the note's text as we last wrote it."""
    posted_at: Mapped[datetime | None]
    edited_at: Mapped[datetime | None]
    refresh_due_at: Mapped[datetime | None]
    extra_notes_removed: Mapped[int] = mapped_column(default=0)
    extra_note_ids: Mapped[list[Any] | None]
    """Of the notes counted there, so that none is counted twice by whoever goes on after a crash."""

    response_state: Mapped[str]
    claimed_by: Mapped[int | None] = mapped_column(Id)
    """A member's id in the PSA."""
    claimed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    notify_state: Mapped[str] = mapped_column(default="pending")
    """`pending` until the deliveries exist, then `created`; `skipped` if it ended before."""
    notified_at: Mapped[datetime | None]
    """When the deliveries were made; while it is `pending`, when there was last nobody to make them for."""

    origin: Mapped[str] = mapped_column(default="status", server_default=text("'status'"))
    """`status`, or `hand` where somebody asked for the brief: no moment of escalation stands in the PSA then."""
    missing_since: Mapped[datetime | None] = column_property(
        select(_watch.c.missing_since)
        .where(_watch.c.account_id == account_id, _watch.c.ticket_id == ticket_id)
        .correlate_except(_watch)
        .scalar_subquery()
    )
    """Since when its ticket cannot be read, by what is stored of the ticket; None while it can."""
    dry_run: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether its board was in dry run when it was opened: nothing is posted, one person is told, no figure counts it."""
    domain: Mapped[str | None]
    calendar_version: Mapped[int | None]
    """Which of the account's calendars its minutes are counted by."""
    claim_kind: Mapped[str | None]
    """By what it was claimed: owner, status, schedule, time_entry, note, link or api."""
    claim_source: Mapped[str | None]
    """The record in the PSA behind the claim, such as `time entry 77`."""
    claim_observed_at: Mapped[datetime | None]
    """By our clock."""
    claim_version: Mapped[int | None]
    """Of the rules that read the claim."""
    claim_expires_at: Mapped[datetime | None]
    owner_outcome: Mapped[str | None] = mapped_column(Text)
    """What became of the ticket's owner in the PSA after the claim."""
    settle_due_at: Mapped[datetime | None]
    """When what follows from a claim or its return is to be done."""
    observe_due_at: Mapped[datetime | None]
    """When the ticket is to be read again for a claim or the first action."""
    notes_due_at: Mapped[datetime | None]
    """When to look for a note that nobody told of."""
    newest_note: Mapped[int | None] = mapped_column(Id)
    """The newest one such a look has found."""
    read_due_at: Mapped[datetime | None]
    """When a model is to read the ticket's evidence."""
    acted_at: Mapped[datetime | None]
    """By the PSA's clock."""
    first_action: Mapped[dict[str, Any] | None]
    """Which deed was chosen, why, and by which version of the rule."""
    read_back: Mapped[dict[str, Any] | None]
    """The claimant's answer to the brief: what they start with."""
    repeats: Mapped[list[Any] | None]
    """What a senior did or asked again although the brief holds it; each with the note that shows it."""
    repeated_at: Mapped[datetime | None]
    """When the first of them was found, by our clock."""


class ModelCall(Row):
    """One question to a model about one handoff. Written before it is asked; then it may have been, and may have cost."""

    __tablename__ = "model_call"
    __table_args__ = (
        of_handoff(),
        Index("ix_model_call_account_id_handoff_id", "account_id", "handoff_id"),
        Index("ix_model_call_account_id_asked_at", "account_id", "asked_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = row_number()
    account_id: Mapped[int] = owning_account()
    handoff_id: Mapped[int] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(default="reading", server_default=text("'reading'"))
    """`reading`: what was tried; `assessment`: what is likely wrong."""
    request_key: Mapped[str]
    """Of what was asked: the same as long as no text of the ticket changes."""
    provider: Mapped[str]
    model: Mapped[str]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    outcome: Mapped[str]
    """`asked` until it is known; see `models/handoff/readings.py`."""
    detail: Mapped[str | None] = mapped_column(Text)
    tokens_in: Mapped[int]
    """While it is `asked`, and where nobody said: the most it can have been."""
    tokens_out: Mapped[int]
    cost: Mapped[float | None] = mapped_column(Numeric(14, 6, asdecimal=False))
    """In the price's currency; None where no price is known."""
    ms: Mapped[int | None]
    dropped: Mapped[dict[str, Any] | None]
    """How much of the answer did not stand in the ticket, by reason."""
    reading: Mapped[dict[str, Any] | None]
    """What was left after the check."""


class Sighting(Row):
    """One save of a ticket with a live handoff, as far as we saw it."""

    __tablename__ = "sighting"
    __table_args__ = (
        of_handoff(),
        UniqueConstraint("account_id", "handoff_id", "stamp"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = row_number()
    account_id: Mapped[int] = owning_account()
    handoff_id: Mapped[int] = mapped_column(Id)
    stamp: Mapped[str]
    """Everything below but `seen_at`, so that a save seen twice is one row."""
    at: Mapped[datetime]
    """By the PSA's clock."""
    member: Mapped[str | None]
    board_id: Mapped[int] = mapped_column(Id)
    status_id: Mapped[int] = mapped_column(Id)
    owner: Mapped[str | None]
    seen_at: Mapped[datetime]


class Snapshot(Row):
    """The evidence at a moment: `handoff` is the first, which never changes, `refresh` a later one."""

    __tablename__ = "snapshot"
    __table_args__ = (
        of_handoff(),
        Index(
            "uq_snapshot_handoff",
            "account_id",
            "handoff_id",
            unique=True,
            sqlite_where=text("kind = 'handoff'"),
            postgresql_where=text("kind = 'handoff'"),
        ),
        Index("ix_snapshot_account_id_handoff_id", "account_id", "handoff_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = row_number()
    account_id: Mapped[int] = owning_account()
    handoff_id: Mapped[int] = mapped_column(Id)
    kind: Mapped[str]
    evidence: Mapped[dict[str, Any]]
    complete: Mapped[bool]
    taken_at: Mapped[datetime]


class Transition(Row):
    """One move of one of a handoff's two machines (`brief`, `response`), or an edit of its note (`note`)."""

    __tablename__ = "transition"
    __table_args__ = (
        of_handoff(),
        Index("ix_transition_account_id_handoff_id", "account_id", "handoff_id"),
        Index("ix_transition_account_id_recorded_at", "account_id", "recorded_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = row_number()
    account_id: Mapped[int] = owning_account()
    handoff_id: Mapped[int] = mapped_column(Id)
    machine: Mapped[str]
    from_state: Mapped[str | None]
    """None for the first state."""
    to_state: Mapped[str]
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    why: Mapped[str]
    actor: Mapped[str]


class Opened(Row):
    """That a member opened a handoff on a page, claimed or dismissed it; without one it is new to them."""

    __tablename__ = "opened"
    __table_args__ = (of_handoff(),)

    account_id: Mapped[int] = mapped_column(Id, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    handoff_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    member_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    """In the PSA."""
    at: Mapped[datetime]


class Delivery(Message):
    """One message to one recipient over one channel."""

    __tablename__ = "delivery"
    __table_args__ = (
        of_handoff(),
        UniqueConstraint("account_id", "handoff_id", "channel", "kind", "recipient_user_id"),
        index_of_waiting("delivery", "next_attempt_at"),
        {"sqlite_autoincrement": True},
    )

    handoff_id: Mapped[int] = mapped_column(Id)
    channel: Mapped[str]
    kind: Mapped[str]
    doubts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
