"""All tables, as typed rows. A migration must follow each change here; a test compares the two.

Every row belongs to an account. Ids are unique on their own (SQLite numbers rows only then), and
`UNIQUE (account_id, id)` is what other tables point to, so that no row can ever hang on another account's.

A column that says when something is due (`next_attempt_at`, `refresh_due_at`, `left_at`) is NULL when there
is nothing to do: so the index over it holds what is waiting and nothing else, on SQLite and PostgreSQL alike.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Numeric,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.columns import Id, Row

EVERYONE = 0
"""The account id of jobs and alerts that concern the whole installation."""


def _number() -> Mapped[int]:
    return mapped_column(Id, primary_key=True)


def _account() -> Mapped[int]:
    return mapped_column(Id, ForeignKey("account.id", ondelete="CASCADE"))


def _of_handoff() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["account_id", "handoff_id"], ["handoff.account_id", "handoff.id"], ondelete="CASCADE"
    )


def _waiting(table: str, column: str) -> Index:
    """Return the index over what is due: only rows whose time is set."""
    there = text(f"{column} IS NOT NULL")
    return Index(f"ix_{table}_{column}", column, sqlite_where=there, postgresql_where=there)


def _sealed() -> Mapped[bytes]:
    # Read only when asked for: the system role may list accounts, never their secrets.
    return mapped_column(LargeBinary, deferred=True, deferred_group="secrets")


class Account(Row):
    """One MSP with its ConnectWise connection."""

    __tablename__ = "account"
    __table_args__ = (
        _waiting("account", "next_poll_at"),
        _waiting("account", "next_weekly_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = _number()
    name: Mapped[str] = mapped_column(unique=True)
    site: Mapped[str]
    api_site: Mapped[str | None]
    company: Mapped[str]
    allow_private: Mapped[bool] = mapped_column(default=False)
    codebase: Mapped[str | None]
    time_zone: Mapped[str] = mapped_column(default="UTC")
    """An IANA name."""
    hourly_rate: Mapped[float | None] = mapped_column(Numeric(12, 2, asdecimal=False))
    currency: Mapped[str | None]
    board_names: Mapped[list[str]] = mapped_column(default=list)
    escalate_status_names: Mapped[list[str]] = mapped_column(default=list)
    claim_status_names: Mapped[list[str]] = mapped_column(default=list)
    engineers: Mapped[list[str]] = mapped_column(default=list)
    """As given: member ids or login names."""
    admins: Mapped[list[str]] = mapped_column(default=list)
    owner: Mapped[str | None]
    public_key: Mapped[bytes] = _sealed()
    private_key: Mapped[bytes] = _sealed()
    client_id: Mapped[bytes] = _sealed()
    path_token: Mapped[bytes] = _sealed()
    marker_key: Mapped[bytes] = _sealed()
    path_token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    callback_key_id: Mapped[str | None]
    """Pinned by the first verified callback."""
    api_member: Mapped[str | None]
    created_at: Mapped[datetime]
    connected_at: Mapped[datetime | None]
    poll_cursor: Mapped[datetime | None]
    polled_at: Mapped[datetime | None]
    next_poll_at: Mapped[datetime | None]
    frozen_reason: Mapped[str | None]
    frozen_at: Mapped[datetime | None]
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    claim_expiry_minutes: Mapped[int] = mapped_column(default=60, server_default=text("60"))
    """Business minutes after which a claim without a first action runs out."""
    token_epoch: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    """Raising it takes back every claim link and API token of the account."""
    clock_skew_s: Mapped[float | None]
    """How far the PSA's clock is ahead of ours, when last compared."""
    skew_measured_at: Mapped[datetime | None]
    next_weekly_at: Mapped[datetime | None]
    ask_junior: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the junior is asked, in a note of its own, for what matters most and is not recorded."""
    canary_ticket: Mapped[int | None] = mapped_column(Id)
    """A ticket of the account's own choosing on which a canary tries what it takes to read and write one."""
    canary_posts: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it also writes an internal note there and removes it again."""


class AccountStatus(Row):
    """What a status of a board means in this account: `escalate`, `claim` or `closed`."""

    __tablename__ = "account_status"

    account_id: Mapped[int] = mapped_column(
        Id, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    )
    board_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    status_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    board: Mapped[str]
    status: Mapped[str]


class Member(Row):
    """A person in the account's PSA; `id` is the PSA's. Roles: technician, engineer, admin, owner."""

    __tablename__ = "member"

    account_id: Mapped[int] = mapped_column(
        Id, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    identifier: Mapped[str]
    name: Mapped[str]
    email: Mapped[str | None]
    role: Mapped[str] = mapped_column(default="technician")
    active: Mapped[bool] = mapped_column(default=True)
    is_api: Mapped[bool] = mapped_column(default=False)


class Inbox(Row):
    """A callback as it came in. States: new, done, ignored, parked."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("account_id", "dedupe_key"),
        Index("ix_inbox_account_id_received_at", "account_id", "received_at"),
        _waiting("inbox", "next_attempt_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = _number()
    account_id: Mapped[int] = _account()
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
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(Text)


class Watch(Row):
    """What the PSA was last seen to say about a ticket, and the number of its newest episode."""

    __tablename__ = "watch"
    __table_args__ = (_waiting("watch", "left_at"),)

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
    """`merged`, `closed` or `deleted`."""


class Handoff(Row):
    """One episode of one ticket, from the status change to its resolution."""

    __tablename__ = "handoff"
    __table_args__ = (
        UniqueConstraint("account_id", "id"),
        UniqueConstraint("account_id", "ticket_id", "episode"),
        Index("ix_handoff_account_id_escalated_at", "account_id", "escalated_at"),
        Index("ix_handoff_account_id_response_state", "account_id", "response_state"),
        Index("ix_handoff_notify_state_seen_at", "notify_state", "seen_at"),
        _waiting("handoff", "next_attempt_at"),
        _waiting("handoff", "refresh_due_at"),
        _waiting("handoff", "settle_due_at"),
        _waiting("handoff", "observe_due_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = _number()
    account_id: Mapped[int] = _account()
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

    origin: Mapped[str] = mapped_column(default="status", server_default=text("'status'"))
    """`status`, or `hand` where somebody asked for the brief: no moment of escalation stands in the PSA then."""
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


class Sighting(Row):
    """One save of a ticket with a live handoff, as far as we saw it."""

    __tablename__ = "sighting"
    __table_args__ = (
        _of_handoff(),
        UniqueConstraint("account_id", "handoff_id", "stamp"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = _number()
    account_id: Mapped[int] = _account()
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


class Calendar(Row):
    """One version of an account's working hours. A handoff is counted by the one it was opened under."""

    __tablename__ = "calendar"

    account_id: Mapped[int] = mapped_column(
        Id, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class Stopwatch(Row):
    """One measurement of the old way of working: ticket opened, first diagnostic action."""

    __tablename__ = "stopwatch"
    __table_args__ = (
        UniqueConstraint("account_id", "reference", "technician", "opened_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = _number()
    account_id: Mapped[int] = _account()
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

    id: Mapped[int] = _number()
    account_id: Mapped[int] = _account()
    since: Mapped[datetime]
    until: Mapped[datetime]
    ran_at: Mapped[datetime]
    version: Mapped[int]
    candidates: Mapped[int]
    pattern: Mapped[dict[str, Any]]
    observations: Mapped[list[Any]]
    summary: Mapped[dict[str, Any]]


class Report(Row):
    """One report to one person for one period. States: queued, sending, sent, failed, suppressed."""

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("account_id", "kind", "period", "recipient_user_id"),
        _waiting("report", "next_attempt_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = _number()
    account_id: Mapped[int] = _account()
    kind: Mapped[str]
    period: Mapped[str]
    """For a weekly one the ISO week, such as `2026-W47`."""
    recipient_user_id: Mapped[int] = mapped_column(Id)
    address: Mapped[str | None]
    figures: Mapped[dict[str, Any]]
    """What it says, as it was computed; a repeat says the same."""
    measures_version: Mapped[int]
    status: Mapped[str]
    reason: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    doubts: Mapped[int] = mapped_column(default=0)
    """How often it was sent again without anybody knowing whether the time before arrived."""
    next_attempt_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    message_id: Mapped[str]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class Snapshot(Row):
    """The evidence at a moment: `handoff` is the first, which never changes, `refresh` a later one."""

    __tablename__ = "snapshot"
    __table_args__ = (
        _of_handoff(),
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

    id: Mapped[int] = _number()
    account_id: Mapped[int] = _account()
    handoff_id: Mapped[int] = mapped_column(Id)
    kind: Mapped[str]
    evidence: Mapped[dict[str, Any]]
    complete: Mapped[bool]
    taken_at: Mapped[datetime]


class Transition(Row):
    """One move of one of a handoff's two machines (`brief`, `response`)."""

    __tablename__ = "transition"
    __table_args__ = (
        _of_handoff(),
        Index("ix_transition_account_id_handoff_id", "account_id", "handoff_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = _number()
    account_id: Mapped[int] = _account()
    handoff_id: Mapped[int] = mapped_column(Id)
    machine: Mapped[str]
    from_state: Mapped[str | None]
    """None for the first state."""
    to_state: Mapped[str]
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    why: Mapped[str]
    actor: Mapped[str]


class Delivery(Row):
    """One message to one recipient over one channel. States: queued, sending, sent, failed, suppressed."""

    __tablename__ = "delivery"
    __table_args__ = (
        _of_handoff(),
        UniqueConstraint("account_id", "handoff_id", "channel", "kind", "recipient_user_id"),
        _waiting("delivery", "next_attempt_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = _number()
    account_id: Mapped[int] = _account()
    handoff_id: Mapped[int] = mapped_column(Id)
    channel: Mapped[str]
    kind: Mapped[str]
    recipient_user_id: Mapped[int] = mapped_column(Id)
    address: Mapped[str | None]
    status: Mapped[str]
    reason: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    message_id: Mapped[str]
    """The same for every attempt, so that the recipient's server can tell a repeat after a lost answer."""
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class Canary(Row):
    """One trial of the way from callback to worker, without a ticket of a customer's; each moment it passed a part."""

    __tablename__ = "canary"
    __table_args__ = (
        Index("ix_canary_account_id_id", "account_id", "id"),
        Index(
            "ix_canary_sent_at", "sent_at", sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")
        ),
        _waiting("canary", "next_attempt_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = _number()
    account_id: Mapped[int] = _account()
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
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    """When its ticket is to be tried."""


class Job(Row):
    """A recurring piece of work for one period: whoever inserts the row does it."""

    __tablename__ = "job"
    __table_args__ = (UniqueConstraint("account_id", "job", "period"), {"sqlite_autoincrement": True})

    id: Mapped[int] = _number()
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

    id: Mapped[int] = _number()
    account_id: Mapped[int] = mapped_column(Id)
    kind: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[datetime]
    repeated: Mapped[int] = mapped_column(default=0)
    cleared_at: Mapped[datetime | None]
