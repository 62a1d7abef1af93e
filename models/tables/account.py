"""What belongs to one MSP itself: its connection, what its statuses mean, its people, its working hours."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, Numeric, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.columns import Id, Row, encrypted, index_of_waiting, row_number


class Account(Row):
    """One MSP with its ConnectWise connection."""

    __tablename__ = "account"
    __table_args__ = (
        index_of_waiting("account", "next_poll_at"),
        index_of_waiting("account", "next_weekly_at"),
        Index("uq_account_page_key", "page_key", unique=True),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = row_number()
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
    public_key: Mapped[bytes] = encrypted()
    private_key: Mapped[bytes] = encrypted()
    client_id: Mapped[bytes] = encrypted()
    path_token: Mapped[bytes] = encrypted()
    marker_key: Mapped[bytes] = encrypted()
    path_token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    callback_key_id: Mapped[str | None]
    """Pinned by the first verified callback."""
    page_key: Mapped[str | None]
    """Names the account in the addresses of its pages inside the PSA. Tells who is meant, and opens nothing."""
    api_member: Mapped[str | None]
    created_at: Mapped[datetime]
    connected_at: Mapped[datetime | None]
    poll_cursor: Mapped[datetime | None]
    polled_at: Mapped[datetime | None]
    next_poll_at: Mapped[datetime | None]
    frozen_reason: Mapped[str | None]
    frozen_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    """Set: nothing is read, told or written until it is resumed."""
    dry_run_to: Mapped[str | None]
    """Login name of the one person who is mailed the briefs of boards that are not live; None: all boards are."""
    live_boards: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """Boards whose briefs are posted although there is a dry run."""
    ca_bundle: Mapped[str | None] = mapped_column(Text)
    """Certificates, PEM, that are trusted for this account's site beside the public ones."""
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
    reader: Mapped[str] = mapped_column(default="local", server_default=text("'local'"))
    """`local`, or `model`: then a model reads each ticket after its brief is there, where this installation has one."""
    model_cap: Mapped[float | None] = mapped_column(Numeric(14, 4, asdecimal=False))
    """The most a month's calls of a model may cost, in the price's currency, or in tokens where no price is known."""


class AccountStatus(Row):
    """What a status of a board means in this account: `escalate`, `claim`, `closed` or `default`."""

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
    """A person in the account's PSA; `id` is the PSA's. Roles: technician, engineer, admin, owner.

    `email` can be written to; `email_note` says what was cleaned in the PSA's, or without `email` why it was refused.
    """

    __tablename__ = "member"

    account_id: Mapped[int] = mapped_column(
        Id, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    identifier: Mapped[str]
    name: Mapped[str]
    email: Mapped[str | None]
    email_note: Mapped[str | None]
    role: Mapped[str] = mapped_column(default="technician")
    active: Mapped[bool] = mapped_column(default=True)
    is_api: Mapped[bool] = mapped_column(default=False)


class Calendar(Row):
    """One version of an account's working hours. A handoff is counted by the one it was opened under."""

    __tablename__ = "calendar"

    account_id: Mapped[int] = mapped_column(
        Id, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
