"""The one place where things are wired: settings in, collaborators out. Once for each process."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol

import structlog

from escalation.evidence import Roster
from escalation.figures.hours import Calendar
from escalation.figures.observations import clock_ahead
from escalation.reading.weights import Learned
from escalation.rules import StatusRules
from models.account import accounts, calendars
from models.account.accounts import Cipher
from models.database.sessions import Database
from psa.connectwise.signatures import Pin, Verifier
from psa.port import Keys, Psa
from worker.account_values import keys_of, pin_of, status_rules
from worker.gather import Reader
from worker.intervals import MAIL_OF_LEASE, POST_MARGIN
from worker.mail.transport import Mailer, mailer_for
from worker.model_reading.model import Model
from worker.model_reading.providers import model_for
from worker.process.announcing import Announcer
from worker.process.bell import Bell, make
from worker.process.fair_queue import FairQueue
from worker.process.links import Passes
from worker.settings import Settings, calculate_on_one_processor

log = structlog.get_logger()


RING_AGAIN_S = 10.0


class UnknownAccount(LookupError):
    """No account of that name or number. The message lists the ones there are."""


class Rings(Protocol):
    """Whatever can ring a worker for a row."""

    def ring(self, task: str, **ids: Any) -> bool: ...


PsaMaker = Callable[[Keys, str | None, Callable[[str], None]], Psa]
"""Makes a client from keys, the API member's login name, and what is to be told of a moved codebase."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One account as the use cases see it: plain values."""

    account_id: int
    name: str
    company: str
    time_zone: str
    rules: StatusRules
    roster: Roster
    pin: Pin
    marker_key: bytes = field(repr=False)
    frozen: str | None
    suspended: bool
    api_member: str | None
    calendar: Calendar
    claim_expiry_minutes: int
    """Business minutes."""
    token_epoch: int
    ask_junior: bool
    tells_junior: bool
    """Whether who escalated is told what moved it."""
    posts_resolution: bool
    """Whether the drafted note is posted, internally, as a ticket closes."""
    reader: str
    """`local` or `model`."""
    model_cap: float | None
    members: Mapping[int, str]
    """Login names by the PSA's member ids."""
    restored_at: datetime | None = None
    """When a backup was restored last: what was escalated before may have a brief that no row knows of."""
    encoder: bool = False
    """Whether the local reader reads whole tickets too."""
    clock_ahead: timedelta = timedelta(0)
    """How far the PSA's clock is ahead of ours, as last measured: what the PSA would call a moment of ours."""

    @property
    def known(self) -> Learned | None:
        """What the local reader has learned, if it is more than the weights of words."""
        return local_reader(self.encoder)

    def login(self, member_id: int | None) -> str:
        """Return a member's login name; the number of one who is unknown here."""
        return self.members.get(member_id or 0, str(member_id))

    def name_of(self, member_id: int | None) -> str:
        """Return a member's name for people to read."""
        return self.roster.person(self.login(member_id)).name

    def member_id(self, login: str) -> int | None:
        """Return the PSA's id of a login name."""
        return next((number for number, name in self.members.items() if name.lower() == login.strip().lower()), None)


_reader_lock = threading.Lock()


def local_reader(encoder: bool) -> Learned | None:
    """Return what the local reader has learned, read from its file at first use; None for the weights of words alone."""
    if not encoder:
        return None
    with _reader_lock:  # threads that begin together would each read the file
        return _whole_reader()


@lru_cache(maxsize=1)
def _whole_reader() -> Learned | None:
    """Return what reads tickets whole; None where this process cannot have it: a brief by words alone is better than none."""
    calculate_on_one_processor()
    try:
        from escalation.reading.encoder import learned_with_encoder  # numpy is loaded by whoever reads

        return learned_with_encoder()
    except Exception:
        log.exception("encoder_not_loaded")
        return None


class Services:
    """The collaborators of the use cases, shared by all threads of a process."""

    def __init__(
        self,
        settings: Settings,
        *,
        database: Database,
        bell: Rings,
        mailer: Mailer,
        psa_maker: PsaMaker,
        clock: Callable[[], datetime] | None = None,
        model: Model | None = None,
    ) -> None:
        """`clock`: another one than the database's, for tests. `model`: None where this installation asks none."""
        self.settings = settings
        self.database = database
        self.bell = bell
        self.mailer = mailer
        self.model = model
        self.clock = clock or database.now
        self.holder = f"{socket.gethostname()}:{os.getpid()}"
        self.cipher = Cipher(settings.secret_keys)
        self.passes = Passes(settings.secret_keys)
        # Six calls beside the task's own: a thread for each, so that one account's slow calls hold up nobody else's.
        self.reader = Reader(threads=settings.pool_threads * 6)
        self.turns = FairQueue(settings.threads, each=max(2, -(-settings.in_flight // 3)), wait=self._until_calls)
        self.verifier = Verifier()
        self._psa_maker = psa_maker
        self._clients: dict[int, tuple[Keys, str | None, Psa]] = {}
        self._rung: dict[tuple[Any, ...], float] = {}
        self._lock = threading.Lock()

    def not_rung_lately(self, task: str, ids: Mapping[str, int], *, within_s: float = RING_AGAIN_S) -> bool:
        """Tell whether a sweep may ring for a row; each sweep ringing for a whole backlog would only lengthen it."""
        now, key = time.monotonic(), (task, *sorted(ids.items()))
        with self._lock:
            if len(self._rung) > 20_000:
                self._rung = {k: at for k, at in self._rung.items() if now - at < RING_AGAIN_S}
            if now - self._rung.get(key, float("-inf")) < within_s:
                return False
            self._rung[key] = now
            return True

    def desk(self, account_id: int) -> Desk:
        """Read an account with its rules and people. Raises `UnknownAccount`."""
        with self.database.account(account_id, reading=True) as session:
            account = accounts.get(session, account_id)
            if account is None:
                raise UnknownAccount(f"account {account_id} does not exist (any more)")
            return Desk(
                account_id=account_id,
                name=account.name,
                company=account.company,
                time_zone=account.time_zone,
                rules=status_rules(accounts.statuses(session, account_id)),
                roster=accounts.roster(session, account_id, us=account.api_member),
                pin=pin_of(account),
                marker_key=accounts.marker_key(account, self.cipher),
                frozen=account.frozen_reason,
                suspended=account.suspended_at is not None,
                api_member=account.api_member,
                calendar=max(
                    calendars.versions(session, account_id, time_zone=account.time_zone).values(),
                    key=lambda calendar: calendar.version,
                ),
                claim_expiry_minutes=account.claim_expiry_minutes,
                token_epoch=account.token_epoch,
                ask_junior=account.ask_junior,
                tells_junior=account.settings.get("tell_junior", True),
                posts_resolution=account.settings.get("post_resolution", False),
                reader=account.reader,
                model_cap=account.model_cap,
                members={row.id: row.identifier for row in accounts.roster_rows(session, account_id)},
                restored_at=accounts.restored_at(account.settings),
                encoder=self.settings.encoder,
                clock_ahead=clock_ahead(account.clock_skew_s),
            )

    def has_reader(self, desk: Desk) -> bool:
        """Tell whether a model reads for this account: it wants one, and the installation has one."""
        return self.model is not None and desk.reader == "model"

    def psa(self, account_id: int) -> Psa:
        """Return the account's PSA client, kept with its warm connections until the keys change."""
        with self.database.account(account_id, reading=True) as session:
            account = accounts.get(session, account_id)
            if account is None:
                raise UnknownAccount(f"account {account_id} does not exist (any more)")
            statuses = accounts.statuses(session, account_id)
            keys = replace(
                keys_of(account, self.cipher),
                escalation_statuses=frozenset(row.status_id for row in statuses if row.kind == "escalate"),
                former_logins=frozenset(
                    old for old, now in accounts.renamed_of(account.settings).items()
                    if now.lower() == (account.api_member or "").lower()
                ),
            )
        with self._lock:
            known = self._clients.get(account_id)
            # The codebase moves under a living client, which notices by itself.
            if known and _same_but_codebase(known[0], keys) and known[1] == account.api_member:
                return known[2]
            client = self._psa_maker(keys, account.api_member, lambda moved: self._moved(account_id, moved))
            self._clients[account_id] = (keys, account.api_member, client)
            return client

    def psa_with(self, keys: Keys) -> Psa:
        """Return a client for keys that belong to no account yet, to try them."""
        return self._psa_maker(keys, None, lambda _: None)

    def _until_calls(self, lane: Hashable, calls: int) -> float:
        """Return the seconds until an account's PSA may be asked so many times; 0 for who has not asked yet."""
        with self._lock:
            known = self._clients.get(lane) if isinstance(lane, int) else None
        return known[2].wait_for(calls) if known else 0.0

    def _moved(self, account_id: int, codebase: str) -> None:
        with self.database.account(account_id) as session:
            accounts.set_account(session, account_id, codebase=codebase)

    def close(self) -> None:
        self.reader.close()
        self.database.dispose()


def _same_but_codebase(one: Keys, other: Keys) -> bool:
    return replace(one, codebase=None) == replace(other, codebase=None)


def psa_maker(settings: Settings) -> PsaMaker:
    """Return what makes ConnectWise clients for this installation, all under one rate limit."""
    from psa.connectwise.client import ConnectWise  # 2 s to import: only where a client is needed
    from psa.connectwise.transport import Timeouts
    from psa.outbound.circuit_breaker import CircuitBreaker
    from psa.outbound.throttle import Limits, throttle_from_url

    limits = Limits(rate=settings.calls_per_second, burst=settings.burst, in_flight=settings.in_flight)
    throttle = CircuitBreaker(throttle_from_url(settings.redis_client_url, limits))
    waits = settings.intervals
    timeouts = Timeouts(
        connect=waits.connect_timeout,
        read=waits.read_timeout,
        write=waits.post_timeout,
        total=max(waits.read_timeout, waits.post_timeout) * POST_MARGIN,
        patience=waits.patience,
    )

    def make_client(keys: Keys, api_member: str | None, on_codebase: Callable[[str], None]) -> Psa:
        return ConnectWise(
            keys,
            throttle=throttle,
            api_member=api_member,
            timeouts=timeouts,
            on_codebase=on_codebase,
            pool_maxsize=max(32, settings.threads * 2),
        )

    return make_client


def from_settings(settings: Settings) -> Services:
    """Wire everything for this installation."""
    database = Database(settings.database_url, pool_size=settings.threads + 4)
    database.on_moved = Announcer(settings.redis_client_url).moved
    return Services(
        settings,
        database=database,
        bell=Bell(make(settings)),
        mailer=mailer_for(
            settings.smtp_url, default=settings.var / "mail", within=settings.intervals.lease * MAIL_OF_LEASE
        ),
        psa_maker=psa_maker(settings),
        model=model_for(settings),
    )


_services: Services | None = None
_services_lock = threading.RLock()  # a signal may come while they are made


def services() -> Services:
    """Return this process's collaborators, made on first use."""
    global _services
    with _services_lock:
        if _services is None:
            _services = from_settings(Settings.read())
        return _services
