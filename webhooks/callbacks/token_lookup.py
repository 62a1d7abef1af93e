"""Which account a callback is for: found by its path token, mostly without asking the database."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from escalation.rules import StatusRules
from models.account import accounts
from models.account.accounts import Account, Cipher
from models.database.sessions import Database
from psa.connectwise.signatures import Pin
from worker.account_values import pin_of, status_rules

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}")


class Unsure(Exception):
    """Nobody has this token, as far as a list says that is too old to refuse anybody for good."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the receiver must know of an account, kept for a few seconds."""

    account_id: int
    name: str
    pin: Pin
    rules: StatusRules
    api_member: str | None
    read_at: float


class TokenLookup:
    """Finds accounts by their tokens. Keeps every token's hash, and what it has read of an account for a while.

    So a token that nobody has costs a hash and nothing else, and those who try tokens can neither load the
    database nor push out what is kept for those who have one.
    """

    def __init__(
        self,
        database: Database,
        cipher: Cipher,
        *,
        keep_s: float = 5.0,
        list_s: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Keep an account for `keep_s` seconds; for an unknown token, list them at most each `list_s` seconds."""
        self._database, self._cipher, self._clock = database, cipher, clock
        self._keep_s, self._list_s = keep_s, list_s
        self._ids: dict[bytes, int] = {}
        self._listed_at = float("-inf")
        self._known: dict[int, Known] = {}
        self._renewing: set[int] = set()
        self._lock, self._listing = threading.Lock(), threading.Lock()

    def find(self, token: str, *, stranger: bool = False) -> Known | None:
        """Return the account, or None for a token that nobody has.

        Raises `Unsure` for a `stranger`'s token that is not on a list read moments ago, and `SQLAlchemyError` if
        the database does not answer.
        """
        if not _TOKEN.fullmatch(token):
            return None
        now, hashes = self._clock(), self._cipher.token_hashes(token)
        account_id = self._id_of(hashes)
        if account_id is None:
            if stranger and now - self._listed_at < self._list_s:
                raise Unsure
            self._list(now)
            account_id = self._id_of(hashes)
        return None if account_id is None else self._account(account_id, hashes)

    def forget(self, account_id: int) -> None:
        """Read the account again before it is next used."""
        with self._lock:
            self._known.pop(account_id, None)

    def _id_of(self, hashes: list[bytes]) -> int | None:
        return next((self._ids[each] for each in hashes if each in self._ids), None)

    def _list(self, since: float) -> None:
        """Read all tokens' hashes, unless somebody did so after the moment `since`."""
        with self._listing:
            if self._listed_at >= since:
                return
            begun = self._clock()
            with self._database.system(reading=True) as system:
                rows = system.execute(select(Account.path_token_hash, Account.id)).all()
            self._ids = {bytes(row.path_token_hash): row.id for row in rows}
            self._listed_at = begun

    def _account(self, account_id: int, hashes: list[bytes]) -> Known | None:
        now = self._clock()
        with self._lock:
            known = self._known.get(account_id)
            age = now - known.read_at if known else float("inf")
            # While one reads it again, the others go on with what there is.
            if age < self._keep_s or (account_id in self._renewing and age < 2 * self._keep_s):
                return known
            self._renewing.add(account_id)
        try:
            known = self._read(account_id, hashes, now)
        finally:
            with self._lock:
                self._renewing.discard(account_id)
        with self._lock:
            if known is None:
                self._known.pop(account_id, None)
                self._ids = {each: number for each, number in self._ids.items() if number != account_id}
            else:
                self._known[account_id] = known
        return known

    def _read(self, account_id: int, hashes: list[bytes], now: float) -> Known | None:
        with self._database.account(account_id, reading=True) as session:
            account = session.scalar(select(Account).where(Account.id == account_id))
            if account is None or account.path_token_hash not in hashes:
                return None
            rows = accounts.statuses(session, account_id)
        return Known(
            account_id=account_id,
            name=account.name,
            pin=pin_of(account),
            rules=status_rules(rows),
            api_member=account.api_member,
            read_at=now,
        )
