"""The one place where things are wired: settings in, collaborators out. Once for each process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

import structlog

from escalation.evidence import Roster
from escalation.rules import StatusRules
from models import accounts
from models.accounts import Account, Sealer
from models.base import Database
from psa.callbacks import Verifier
from psa.port import Keys, Psa
from worker.app import Bell, make
from worker.gather import Reader
from worker.mail import Mailer
from worker.settings import Settings

log = structlog.get_logger()


class Rings(Protocol):
    """Whatever can ring a worker for a row."""

    def ring(self, task: str, **ids: Any) -> bool: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """One account as the use cases see it: plain values, no secrets."""

    account_id: int
    name: str
    company: str
    time_zone: str
    rules: StatusRules
    roster: Roster
    marker_key: bytes = field(repr=False)
    frozen: str | None
    api_member: str | None


class Services:
    """The collaborators of the use cases. Everything is made on first use and shared by all threads."""

    def __init__(
        self,
        settings: Settings,
        *,
        database: Database,
        bell: Rings,
        mailer: Mailer,
        psa_maker: Callable[[Keys, str | None, int], Psa],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        holder: str = "worker",
    ) -> None:
        self.settings = settings
        self.database = database
        self.bell = bell
        self.mailer = mailer
        self.clock = clock
        self.holder = holder
        self.sealer = Sealer(settings.secret_keys)
        self.reader = Reader(threads=max(32, settings.threads * 2))
        self.verifier = Verifier()
        self._psa_maker = psa_maker
        self._clients: dict[int, tuple[Keys, str | None, Psa]] = {}
        self._lock = threading.Lock()

    def desk(self, account_id: int) -> Desk:
        """Read an account with its rules and people. Raises `accounts.UnknownAccount`."""
        with self.database.account(account_id) as session:
            account = accounts.get(session, account_id)
            rows = accounts.statuses(session, account_id)
            members = accounts.roster_rows(session, account_id)
            marker_key = accounts.marker_key(account, self.sealer)
        return Desk(
            account_id=account_id,
            name=account.name,
            company=account.company,
            time_zone=account.time_zone,
            rules=StatusRules(
                escalate=frozenset((r.board_id, r.status_id) for r in rows if r.kind == "escalate"),
                claim=frozenset((r.board_id, r.status_id) for r in rows if r.kind == "claim"),
            ),
            roster=Roster(
                roles={m.identifier.lower(): m.role for m in members},  # type: ignore[misc]
                names={m.identifier.lower(): m.name for m in members},
                us=account.api_member,
            ),
            marker_key=marker_key,
            frozen=account.frozen_reason,
            api_member=account.api_member,
        )

    def psa(self, account_id: int) -> Psa:
        """Return the account's PSA client, kept with its warm connections until the keys change."""
        with self.database.account(account_id) as session:
            account = accounts.get(session, account_id)
            keys = keys_of(account, self.sealer)
        with self._lock:
            known = self._clients.get(account_id)
            if known and known[0] == keys and known[1] == account.api_member:
                return known[2]
            client = self._psa_maker(keys, account.api_member, account_id)
            self._clients[account_id] = (keys, account.api_member, client)
            return client

    def close(self) -> None:
        self.reader.close()
        self.database.dispose()


def keys_of(account: Account, sealer: Sealer) -> Keys:
    """Return an account's keys, opened."""
    opened = accounts.credentials(account, sealer)
    return Keys(
        site=account.site,
        company=account.company,
        public_key=opened.public_key,
        private_key=opened.private_key,
        client_id=opened.client_id,
        allow_private=account.allow_private,
        codebase=account.codebase,
    )


_services: Services | None = None
_services_lock = threading.Lock()


def services() -> Services:
    """Return this process's collaborators, made on first use."""
    global _services
    with _services_lock:
        if _services is None:
            _services = from_settings(Settings.read())
        return _services
