"""Accounts: one MSP each, with its encrypted credentials, its statuses and its people."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session, undefer_group

from models.account.encryption import CannotDecrypt, Cipher
from models.account.people import (
    MemberRow,
    connectors_of,
    import_members,
    recipients,
    renamed_of,
    roster,
    roster_rows,
)
from models.database.compare_and_set import changed
from models.tables import Account, AccountStatus, Alert, Job

__all__ = [
    "Account",
    "AccountStatus",
    "CannotDecrypt",
    "Cipher",
    "Credentials",
    "MemberRow",
    "PageAccount",
    "StatusRow",
    "account_by_name",
    "account_by_page_key",
    "add_account",
    "claim_poll",
    "client_id",
    "connectors_of",
    "credentials",
    "due_polls",
    "first_escalation",
    "freeze",
    "get",
    "import_members",
    "list_accounts",
    "mark_restored",
    "marker_key",
    "path_token",
    "pin_callback_key",
    "recipients",
    "remove_account",
    "renamed_of",
    "renew_path_token",
    "replace_statuses",
    "restored_at",
    "roster",
    "roster_rows",
    "rotate",
    "save_poll",
    "set_account",
    "set_credentials",
    "statuses",
    "unfreeze",
]  # fmt: skip

ENCRYPTED = ("public_key", "private_key", "client_id", "path_token", "marker_key")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What it takes to speak to an account's PSA. Secrets never show in its repr."""

    account_id: int
    site: str
    company: str
    public_key: str = field(repr=False)
    private_key: str = field(repr=False)
    client_id: str = field(repr=False)
    allow_private: bool
    codebase: str | None


@dataclass(frozen=True, slots=True)
class PageAccount:
    """Whose page it is that the PSA shows in a frame: what is needed before anybody has said who they are."""

    id: int
    name: str
    site: str
    company: str
    allow_private: bool
    page_key: str


@dataclass(frozen=True, slots=True)
class StatusRow:
    """What one status of one board means: `escalate`, `claim`, `closed`, or `default`: what a ticket gets by itself."""

    board_id: int
    status_id: int
    board: str
    status: str
    kind: str


def add_account(
    system: Session,
    cipher: Cipher,
    *,
    name: str,
    site: str,
    company: str,
    public_key: str,
    private_key: str,
    client_id: str,
    now: datetime,
    **columns: Any,
) -> int:
    """Store a new account with its own path token and marker key, and return its id.

    `columns` are any other columns of `Account`. Takes the system session. Raises SQLAlchemy's
    `IntegrityError` if the name is taken.
    """
    account_id = _next_id(system)
    token = secrets.token_urlsafe(32)
    plain = {
        "public_key": public_key,
        "private_key": private_key,
        "client_id": client_id,
        "path_token": token,
        "marker_key": secrets.token_urlsafe(32),
    }
    row = Account(id=account_id, name=name, site=site, company=company, created_at=now, **columns)
    row.path_token_hash = cipher.token_hashes(token)[0]
    row.page_key = secrets.token_urlsafe(16)
    for column, value in plain.items():
        setattr(row, column, cipher.encrypt(value, account_id=account_id, field=column))
    system.add(row)
    system.flush()
    return account_id


def _next_id(system: Session) -> int:
    """Return the id of the account to be inserted, which its secrets are bound to before the row exists."""
    if system.get_bind().dialect.name == "postgresql":
        return int(system.scalars(text("SELECT nextval(pg_get_serial_sequence('account', 'id'))")).one())
    # Writers are alone on SQLite, so nobody else can take this number; and it is never used again.
    last = system.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = 'account'"))
    return int(last or 0) + 1


def get(session: Session, account_id: int) -> Account | None:
    """Return the account with its encrypted secrets, in that account's own session."""
    query = select(Account).where(Account.id == account_id).options(undefer_group("secrets"))
    return session.scalar(query.execution_options(populate_existing=True))


def account_by_name(system: Session, name: str) -> Account | None:
    """Return the account without its secrets; `get` reads those, in the account's own session."""
    return system.scalar(select(Account).where(Account.name == name))


def account_by_page_key(system: Session, key: str) -> PageAccount | None:
    """Return the account that a page's address in the PSA names, by a key that nobody can guess by counting."""
    columns = (getattr(Account, name) for name in PageAccount.__dataclass_fields__)
    found = system.execute(select(*columns).where(Account.page_key == key)).one_or_none()
    return PageAccount(*found) if found else None


def mark_restored(session: Session, account_id: int, *, now: datetime) -> None:
    """Note that the rows are those of a backup: notes that were posted after it are looked for before any is posted."""
    settings = session.scalar(select(Account.settings).where(Account.id == account_id)) or {}
    values = {"settings": {**settings, "restored_at": now.isoformat()}}
    session.execute(update(Account).where(Account.id == account_id).values(**values))


def restored_at(settings: Mapping[str, Any]) -> datetime | None:
    """Return when a backup was restored last, from an account's settings; None if never."""
    text = settings.get("restored_at")
    return datetime.fromisoformat(text) if text else None


def list_accounts(system: Session) -> list[Account]:
    """Return all accounts, without their secrets, by name."""
    return list(system.scalars(select(Account).order_by(Account.name)))


def set_account(session: Session, account_id: int, **columns: Any) -> bool:
    """Change columns of an account that are no secrets. Raises `ValueError` for one that is."""
    forbidden = {"id", "path_token_hash", *ENCRYPTED} & columns.keys()
    if forbidden:
        raise ValueError(f"{', '.join(sorted(forbidden))} cannot be set this way: use set_credentials")
    return changed(session, update(Account).where(Account.id == account_id).values(**columns))


def set_credentials(session: Session, account_id: int, cipher: Cipher, **plain: str) -> bool:
    """Replace any of `public_key`, `private_key`, `client_id`."""
    unknown = plain.keys() - {"public_key", "private_key", "client_id"}
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))}: not a credential")
    encrypted = {k: cipher.encrypt(v, account_id=account_id, field=k) for k, v in plain.items()}
    return changed(session, update(Account).where(Account.id == account_id).values(**encrypted))


def remove_account(session: Session, account_id: int) -> bool:
    """Delete an account and everything that belongs to it."""
    for table in (Job, Alert):
        session.execute(delete(table).where(table.account_id == account_id))
    return changed(session, delete(Account).where(Account.id == account_id))


def renew_path_token(session: Session, account: Account, cipher: Cipher) -> str:
    """Give the account another callback address and forget the key that was pinned at the old one; return the token."""
    token = secrets.token_urlsafe(32)
    values = {
        "path_token": cipher.encrypt(token, account_id=account.id, field="path_token"),
        "path_token_hash": cipher.token_hashes(token)[0],
        "callback_key_id": None,
    }
    session.execute(update(Account).where(Account.id == account.id).values(**values))
    return token


def credentials(account: Account, cipher: Cipher, **new: str) -> Credentials:
    """Return an account's credentials, decrypted, or as they are `new`: those need not be opened. Raises `CannotDecrypt`."""
    return Credentials(
        account_id=account.id,
        site=account.site,
        company=account.company,
        public_key=new.get("public_key") or _decrypted(account, cipher, "public_key").decode(),
        private_key=new.get("private_key") or _decrypted(account, cipher, "private_key").decode(),
        client_id=new.get("client_id") or _decrypted(account, cipher, "client_id").decode(),
        allow_private=account.allow_private,
        codebase=account.codebase,
    )


def client_id(account: Account, cipher: Cipher) -> str:
    """Return the id by which the account's ConnectWise knows the integration. Raises `CannotDecrypt`."""
    return _decrypted(account, cipher, "client_id").decode()


def path_token(account: Account, cipher: Cipher) -> str:
    """Return the token of the account's callback address. Raises `CannotDecrypt`."""
    return _decrypted(account, cipher, "path_token").decode()


def marker_key(account: Account, cipher: Cipher) -> bytes:
    """Return the key of the account's note markers, the same for ever. Raises `CannotDecrypt`."""
    return _decrypted(account, cipher, "marker_key")


def rotate(session: Session, account_id: int, cipher: Cipher) -> bool:
    """Encrypt an account's secrets again with the first key. False if they were. Raises `CannotDecrypt`."""
    account = get(session, account_id)
    if account is None or all(cipher.is_newest(getattr(account, column)) for column in ENCRYPTED):
        return False
    account.path_token_hash = cipher.token_hashes(path_token(account, cipher))[0]
    for column in ENCRYPTED:
        plain = _decrypted(account, cipher, column)
        setattr(account, column, cipher.encrypt(plain, account_id=account_id, field=column))
    session.flush()
    return True


def _decrypted(account: Account, cipher: Cipher, column: str) -> bytes:
    return cipher.decrypt(getattr(account, column), account_id=account.id, field=column)


def replace_statuses(session: Session, account_id: int, rows: Iterable[StatusRow]) -> None:
    """Store what the statuses mean, in place of what was stored before."""
    session.execute(delete(AccountStatus).where(AccountStatus.account_id == account_id))
    values = [
        {
            "account_id": account_id,
            "board_id": row.board_id,
            "status_id": row.status_id,
            "board": row.board,
            "status": row.status,
            "kind": row.kind,
        }
        for row in rows
    ]
    if values:
        session.execute(insert(AccountStatus), values)


def statuses(session: Session, account_id: int) -> list[StatusRow]:
    """Return what the account's statuses mean."""
    rows = session.scalars(select(AccountStatus).where(AccountStatus.account_id == account_id))
    return [StatusRow(r.board_id, r.status_id, r.board, r.status, r.kind) for r in rows]


def first_escalation(board_id: int, names: Sequence[str], rows: Iterable[StatusRow]) -> int | None:
    """Return a board's escalation status, of several the one whose name (`escalate_status_names`) comes first."""
    order = [name.lower() for name in names]
    here = [row for row in rows if row.kind == "escalate" and row.board_id == board_id]

    def place(row: StatusRow) -> tuple[int, int]:
        name = row.status.lower()
        return order.index(name) if name in order else len(order), row.status_id

    return min(here, key=place).status_id if here else None


def pin_callback_key(session: Session, account_id: int, key_id: str) -> bool:
    """Pin the key that signs this account's callbacks. False if another is pinned already."""
    first = (Account.callback_key_id.is_(None)) | (Account.callback_key_id == key_id)
    return changed(
        session, update(Account).where(Account.id == account_id, first).values(callback_key_id=key_id)
    )


def freeze(session: Session, account_id: int, *, reason: str, now: datetime) -> bool:
    """Stop all writing to this account's PSA. False if it was stopped already; the first reason stays."""
    running = update(Account).where(Account.id == account_id, Account.frozen_at.is_(None))
    return changed(session, running.values(frozen_at=now, frozen_reason=reason))


def unfreeze(session: Session, account_id: int) -> bool:
    """Let an account's PSA be written to again."""
    frozen = update(Account).where(Account.id == account_id, Account.frozen_at.is_not(None))
    return changed(session, frozen.values(frozen_at=None, frozen_reason=None))


def due_polls(system: Session, *, now: datetime, limit: int) -> list[int]:
    """Return the accounts whose tickets should be polled now, the longest overdue first."""
    due = select(Account.id).where(Account.next_poll_at <= now).order_by(Account.next_poll_at).limit(limit)
    return list(system.scalars(due))


def nobody_polls(system: Session) -> list[int]:
    """Return the accounts that are not polled: disconnected, or not connected yet."""
    return list(system.scalars(select(Account.id).where(Account.next_poll_at.is_(None)).order_by(Account.id)))


def poll_by(session: Session, account_id: int, *, at: datetime) -> bool:
    """Have the account polled at a moment, at the latest. False if it is due by then already."""
    later = update(Account).where(Account.id == account_id, Account.next_poll_at > at)
    return changed(session, later.values(next_poll_at=at))


def claim_poll(session: Session, account_id: int, *, now: datetime, next_at: datetime) -> bool:
    """Take the account's poll that is due, and set when the next one is. False if somebody else took it."""
    due = update(Account).where(Account.id == account_id, Account.next_poll_at <= now)
    return changed(session, due.values(next_poll_at=next_at))


def save_poll(session: Session, account_id: int, *, cursor: datetime, now: datetime) -> bool:
    """Store how far the poll has read. A cursor never goes back."""
    ahead = (Account.poll_cursor.is_(None)) | (Account.poll_cursor <= cursor)
    return changed(
        session,
        update(Account).where(Account.id == account_id, ahead).values(poll_cursor=cursor, polled_at=now),
    )
