"""Whether somebody is signed in to an account's ConnectWise as the member that a hosted page was told of.

A hosted page gets `memberid`, `memberHash` and `memberContext` from ConnectWise's own page by postMessage (Hosted API
script 1.0). What comes by that way is only said: ConnectWise itself is asked, on the account's own host, with the
company from our row. It takes either the four cookies or a Basic header (developer guide; public code), so both are tried.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import msgspec
import requests
from urllib3.exceptions import HTTPError

from psa.connectwise.transport import plainly
from psa.outbound.allowed_hosts import ForbiddenAddress, Site, fetch, guarded_session

ALWAYS = "v4_6_release/"
"""The codebase under which every version answers (developer guide)."""
LONGEST = {"memberid": 100, "memberHash": 1024, "memberContext": 200}
"""Characters. None is documented; a hash is some 40, a context such as `web`."""
_PLAIN = re.compile(r"[!-~]+")
_PARTS = frozenset(';,"\\:')
"""What would end a cookie or the name in a Basic header and begin something else."""


class NotProven(PermissionError):
    """ConnectWise does not know this member by this hash. The message says what to do."""


class CannotAsk(RuntimeError):
    """ConnectWise gave no answer now; nothing is known. Try again."""


class _Silent(CannotAsk):
    """Nothing came back at all; whoever asks next would wait as long."""


@dataclass(frozen=True, slots=True)
class Place:
    """Whose ConnectWise is asked; all of it from our own rows."""

    account_id: int
    site: str
    company: str
    allow_private: bool
    codebase: str | None
    client_id: str = field(repr=False)
    ca_bundle: str | None = field(default=None, repr=False)
    """As in `psa.port.Keys`."""


@dataclass(frozen=True, slots=True)
class SaidToBe:
    """Who somebody says they are. Raises `NotProven` for what could not be sent on as it is."""

    member: str
    member_hash: str = field(repr=False)
    context: str = field(repr=False)

    def __post_init__(self) -> None:
        given = {"memberid": self.member, "memberHash": self.member_hash, "memberContext": self.context}
        for name, value in given.items():
            if not isinstance(value, str) or not _PLAIN.fullmatch(value) or set(value) & _PARTS:
                raise NotProven(f"{name} is missing or holds characters that ConnectWise's never do")
            if len(value) > LONGEST[name]:
                raise NotProven(f"{name} is longer than {LONGEST[name]} characters")


@dataclass(slots=True)
class _Known:
    until: float
    identifier: str | None
    """None: refused."""


class MemberProof:
    """Asks ConnectWise, and remembers its answer for a while. Safe to use from several threads; belongs to one process."""

    def __init__(
        self,
        *,
        session_for: Callable[[Site, bool, str | None], requests.Session] | None = None,
        deadline_s: float = 4.0,
        good_s: float = 300.0,
        bad_s: float = 60.0,
        silent_s: float = 5.0,
        at_once: int = 4,
        each: int = 2,
        refusals: int = 60,
        window_s: float = 60.0,
        most: int = 20_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Remember a proof for `good_s` and a refusal for `bad_s` seconds, `most` of both.

        Ask for at most `at_once` at a time, `each` of one account, for `deadline_s` seconds, so that a ConnectWise that hangs
        holds no more threads than that and leaves the others' places free; it is left alone for `silent_s` then. After
        `refusals` within `window_s` seconds an account's ConnectWise is not asked again in them.
        """
        self._session_for = session_for or _session_for
        self._deadline_s, self._good_s, self._bad_s, self._clock = deadline_s, good_s, bad_s, clock
        self._refusals, self._window_s, self._most = refusals, window_s, most
        self._known: dict[bytes, _Known] = {}
        self._refused: dict[int, tuple[float, int]] = {}
        self._sessions: dict[tuple[str, bool, str | None], requests.Session] = {}
        self._lock, self._places = threading.Lock(), threading.BoundedSemaphore(at_once)
        self._share: defaultdict[int, threading.BoundedSemaphore] = defaultdict(lambda: threading.BoundedSemaphore(each))
        self._silent_s = silent_s
        self._silent: dict[tuple[int, str, str | None], float] = {}
        """Until when an account's ConnectWise is left alone, by its site and the authority it is asked with."""

    def prove(self, place: Place, said: SaidToBe) -> str:
        """Return the member's login name as ConnectWise has it. Raises `NotProven`, and `CannotAsk` where it gave no answer."""
        key = _key(place, said)
        with self._lock:
            known = self._known.get(key)
            if known and known.until > self._clock():
                return _answer(known.identifier)
            if self._count(place.account_id) >= self._refusals:
                raise CannotAsk("too many sign-ins of this account were refused in the last minute")
            if self._silent.get((place.account_id, place.site, place.ca_bundle), 0.0) > self._clock():
                raise CannotAsk("ConnectWise did not answer a moment ago")
            share = self._share[place.account_id]
        with _place(share), _place(self._places):
            try:
                identifier = self._ask(place, said)
            except _Silent:
                with self._lock:
                    self._silent[place.account_id, place.site, place.ca_bundle] = self._clock() + self._silent_s
                raise
        with self._lock:
            self._remember(key, place.account_id, identifier)
        return _answer(identifier)

    def _remember(self, key: bytes, account_id: int, identifier: str | None) -> None:
        now = self._clock()
        if len(self._known) >= self._most:
            self._known = {each: known for each, known in self._known.items() if known.until > now}
        if len(self._known) >= self._most:
            self._known.clear()
        self._known[key] = _Known(now + (self._bad_s if identifier is None else self._good_s), identifier)
        if identifier is None:
            count = self._count(account_id)
            since = self._refused[account_id][0] if count else now
            self._refused[account_id] = (since, count + 1)

    def _count(self, account_id: int) -> int:
        since, count = self._refused.get(account_id, (0.0, 0))
        return count if count and self._clock() - since < self._window_s else 0

    def _ask(self, place: Place, said: SaidToBe) -> str | None:
        """Return the login name that ConnectWise answers with, None if it refuses. Raises `CannotAsk`."""
        try:
            site = Site.parse(place.site, allow_private=place.allow_private)
        except ForbiddenAddress as error:
            raise CannotAsk(str(error)) from error
        end = self._clock() + self._deadline_s
        status = 0
        for codebase in dict.fromkeys((f"{(place.codebase or ALWAYS).strip('/')}/", ALWAYS)):
            for proof in _proofs(place, said):
                status, body = self._get(site, place, codebase, proof, end)
                if status == 200:
                    return _identifier(body, said)
                if status != 401:
                    break
            if status != 404:  # which a codebase that moved gives, and nothing that is in order
                break
        if status in (401, 403):
            return None
        raise CannotAsk(f"GET /system/myMembers/info: status {status}")

    def _get(self, site: Site, place: Place, codebase: str, proof: dict[str, str], end: float) -> tuple[int, bytes]:
        left = end - self._clock()
        if left <= 0:
            raise _Silent("GET /system/myMembers/info: no answer in time")
        url = f"{site.api_origin}/{codebase}apis/3.0/system/myMembers/info"
        headers = {"clientId": place.client_id, "Accept": "application/vnd.connectwise.com+json", **proof}
        try:
            return fetch(self._session(site, place), url, deadline=left, headers=headers)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise _Silent(f"GET /system/myMembers/info: {plainly(error)}") from error

    def _session(self, site: Site, place: Place) -> requests.Session:
        key = (site.api_origin, place.allow_private, place.ca_bundle)
        with self._lock:
            if key not in self._sessions:
                if len(self._sessions) > 1000:
                    self._sessions.clear()
                self._sessions[key] = self._session_for(site, place.allow_private, place.ca_bundle)
            return self._sessions[key]


@contextlib.contextmanager
def _place(places: threading.BoundedSemaphore) -> Iterator[None]:
    if not places.acquire(timeout=0.5):
        raise CannotAsk("too many sign-ins wait for ConnectWise")
    try:
        yield
    finally:
        places.release()


def _session_for(site: Site, allow_private: bool, ca_bundle: str | None) -> requests.Session:
    return guarded_session(site.hosts, allow_private=allow_private, pool_maxsize=4, ca_bundle=ca_bundle)


def _proofs(place: Place, said: SaidToBe) -> list[dict[str, str]]:
    cookies = {
        "companyName": place.company, "memberId": said.member, "memberHash": said.member_hash, "memberContext": said.context,
    }  # fmt: skip
    basic = base64.b64encode(f"{place.company}+{said.member}:{said.member_hash}".encode()).decode()
    return [{"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}, {"Authorization": f"Basic {basic}"}]


def _identifier(body: bytes, said: SaidToBe) -> str | None:
    """Return the login name of the answer if it is the one that was said, and active."""
    try:
        row = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise CannotAsk("GET /system/myMembers/info: the answer is broken") from error
    found = row.get("identifier") if isinstance(row, dict) else None
    if not isinstance(found, str):
        raise CannotAsk("GET /system/myMembers/info: the answer names no member")
    return None if found.casefold() != said.member.casefold() or row.get("inactiveFlag") is True else found


def _answer(identifier: str | None) -> str:
    if identifier is None:
        raise NotProven("ConnectWise does not take this sign-in (any more): open the ticket again")
    return identifier


def _key(place: Place, said: SaidToBe) -> bytes:
    """Return what an answer is remembered by: of everything it rests on, and nothing that could be read back."""
    asked = (place.account_id, place.site, place.company, place.ca_bundle)
    parts = (*asked, said.member.casefold(), said.member_hash, said.context)
    return hashlib.sha256("\n".join(map(str, parts)).encode()).digest()
