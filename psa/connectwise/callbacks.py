"""Callbacks as ConnectWise delivers them: read strictly, and proved to come from the account's own PSA.

Everything in a callback is a hint: the record is read again before anything follows from it. Shapes and the
signature follow the ConnectWise developer guide and payloads captured in public code.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import requests
from urllib3.exceptions import HTTPError

from psa.outbound import strict_json
from psa.outbound.allowed_hosts import (
    KEY_FETCH_BYTES,
    ForbiddenAddress,
    Site,
    check_url,
    fetch,
    guarded_session,
)

LARGEST_BODY = 256 * 1024
"""Bytes."""
_KEY_PATH = re.compile(r"/+[A-Za-z0-9._-]{1,40}/+system/callbackkey/index\.rails")
_ACTIONS = ("added", "updated", "deleted")

__all__ = ["CallbackBody", "Checked", "Forged", "Hint", "Malformed", "Pin", "Verifier", "parse", "without_details"]


class Malformed(ValueError):
    """The body is not a callback. Says which field, and what was expected."""


class Forged(ValueError):
    """The callback was not signed by the account's PSA, or speaks of another one. Says what did not match."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What the record looked like to ConnectWise when it sent the callback. Never more than a hint."""

    board_id: int | None = None
    status_id: int | None = None
    last_updated: str | None = None
    updated_by: str | None = None
    owner: str | None = None
    """Login name of the ticket's owner."""
    closed: bool | None = None
    ticket_id: int | None = None
    """The ticket a time or schedule entry belongs to."""


@dataclass(frozen=True, slots=True)
class CallbackBody:
    """One callback, its fields of the right types."""

    type: str
    """Lower case: `ticket`, `time`, `schedule`, ..."""
    action: str
    """`added`, `updated` or `deleted`."""
    id: int
    company: str
    member_id: str | None
    """Login name of whoever made the change."""
    message_id: str | None
    key_url: str | None
    entry_id: int | None
    """Id of the callback entry that this came from."""
    dedupe_key: str
    """Equal for a repeat of the same delivery; without a message id, for the same change of a record."""
    hint: Hint | None
    """None when nothing about the record could be read, as for deleted ones."""

    @property
    def ticket_id(self) -> int | None:
        """Return the ticket this is about: the record itself, or what an entry belongs to."""
        if self.type == "ticket":
            return self.id
        return self.hint.ticket_id if self.hint else None


class _Metadata(msgspec.Struct):
    key_url: str | None = None


class _Wire(msgspec.Struct, rename="pascal"):
    action: str
    type: str
    id: int = msgspec.field(name="ID")
    company_id: str
    member_id: str | None = None
    message_id: str | None = None
    entity: str | None = None
    metadata: _Metadata | None = None
    callback_object_rec_id: int | None = None


class _Ref(msgspec.Struct):
    id: int | None = None


class _Person(msgspec.Struct):
    identifier: str | None = None


class _Entity(msgspec.Struct, rename="camel"):
    board: _Ref | None = None
    status: _Ref | None = None
    owner: _Person | None = None
    closed_flag: bool | None = None
    charge_to_id: int | None = None
    charge_to_type: str | None = None
    object_id: int | None = None
    ticket: _Ref | None = None
    info: dict[str, Any] = msgspec.field(name="_info", default_factory=dict)


def parse(raw: bytes) -> CallbackBody:
    """Read a callback's body. Raises `Malformed` that names the field and what was expected of it.

    1. At most 256 KiB, nested at most 20 deep, no key twice in one object.
    2. Types as documented; unknown fields are let pass.
    3. `Entity`, JSON inside a string, only gives hints: a broken one is left out.
    """
    if len(raw) > LARGEST_BODY:
        raise Malformed(f"body of {len(raw)} bytes: {LARGEST_BODY} are the most")
    try:
        wire = msgspec.convert(strict_json.read(raw.decode()), _Wire)
    except strict_json.Ambiguous as error:
        raise Malformed(f"callback body: {error}") from error
    except msgspec.ValidationError as error:
        raise Malformed(f"callback body: {error}") from error
    except (ValueError, RecursionError) as error:
        raise Malformed(f"callback body is not JSON: {error}"[:200]) from error
    action = wire.action.lower()
    if action not in _ACTIONS:
        raise Malformed(f"callback body: Action {wire.action[:20]!r}, expected one of {', '.join(_ACTIONS)}")
    if not 0 < wire.id < 2**63:
        raise Malformed(f"callback body: ID {str(wire.id)[:20]}, expected a positive record id")
    if not re.fullmatch(r"[A-Za-z_]{1,40}", wire.type):
        raise Malformed(f"callback body: Type {wire.type[:40]!r}, expected a word such as ticket")
    for name, value in (("MemberId", wire.member_id), ("MessageId", wire.message_id)):
        if value and (len(value) > 200 or not value.isprintable()):
            raise Malformed(
                f"callback body: {name} {value[:40]!r}, expected at most 200 printable characters"
            )
    hint = _hint(wire.entity)
    return CallbackBody(
        type=wire.type.lower(),
        action=action,
        id=wire.id,
        company=wire.company_id,
        member_id=wire.member_id,
        message_id=wire.message_id,
        key_url=wire.metadata.key_url if wire.metadata else None,
        entry_id=wire.callback_object_rec_id,
        dedupe_key=_dedupe_key(wire, hint, raw),
        hint=hint,
    )


def without_details(raw: bytes) -> bytes:
    """Return a callback's body with nothing of the record but what `parse` reads as hints.

    For storing one whose signature has been checked: the rest may hold a customer's words, secrets among them.
    """
    value = json.loads(raw)
    hint = _hint(value.get("Entity"))
    reduced = None
    if hint is not None:
        reduced = json.dumps(
            {
                "board": {"id": hint.board_id},
                "status": {"id": hint.status_id},
                "owner": {"identifier": hint.owner},
                "ticket": {"id": hint.ticket_id},
                "closedFlag": hint.closed,
                "_info": {"lastUpdated": hint.last_updated, "updatedBy": hint.updated_by},
            }
        )
    return json.dumps({**value, "Entity": reduced}).encode()


def _dedupe_key(wire: _Wire, hint: Hint | None, raw: bytes) -> str:
    stamp = hint.last_updated if hint else None
    # A stamp has whole seconds: two changes within one need their message ids to be told apart.
    own = wire.message_id or stamp or hashlib.sha256(raw).hexdigest()
    parts = (wire.type.lower(), wire.action.lower(), str(wire.id), own)
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:40]


def _hint(entity: str | None) -> Hint | None:
    if not entity:
        return None
    try:
        row = msgspec.convert(strict_json.read(entity), _Entity, strict=False)
    except (ValueError, RecursionError):
        return None
    charged = (row.charge_to_type or "").endswith("Ticket")
    ticket_id = (row.ticket.id if row.ticket else None) or (row.charge_to_id if charged else None)
    return Hint(
        board_id=row.board.id if row.board else None,
        status_id=row.status.id if row.status else None,
        last_updated=_text(row.info.get("lastUpdated")),
        updated_by=_text(row.info.get("updatedBy")),
        owner=_text(row.owner.identifier) if row.owner else None,
        closed=row.closed_flag,
        ticket_id=ticket_id or row.object_id,
    )


def _text(value: Any) -> str | None:
    return value[:100] if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Pin:
    """What an account's callbacks must come from."""

    site: str
    """As in `psa.port.Keys`: the UI host; the API host next to it is accepted too."""
    company: str
    key_id: str | None = None
    """The `id` of the account's signing key once seen; None accepts any and reports it."""
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of a check that found no forgery."""

    verified: bool
    key_id: str | None
    """The key's id, to be pinned on first use. Only trust it when `verified`."""
    reason: str = ""
    """Why it could not be verified now."""


@dataclass(slots=True)
class _Key:
    lock: threading.Lock = field(default_factory=threading.Lock)
    secret: bytes | None = None
    url: str = ""
    """Where it came from."""
    asked_at: float = float("-inf")
    """Last attempt to fetch it, successful or not."""
    failure: str = ""


class Verifier:
    """Checks signatures with keys fetched from the account's own PSA and kept.

    A key host that is slow or dead holds a request for `deadline` seconds once, then nobody for `rest`
    seconds. While a new key cannot be fetched, a signature that does not fit the old one is unverified, not
    forged.
    """

    def __init__(
        self,
        *,
        session_for: Callable[[Site, bool], requests.Session] | None = None,
        deadline: float = 2.0,
        rest: float = 10.0,
        refetch: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`refetch` is how long, in seconds, a key that did not fit is trusted before it is fetched again."""
        self._session_for = session_for or _session_for
        self._deadline, self._rest, self._refetch, self._clock = deadline, rest, refetch, clock
        self._keys: dict[tuple[str, str, str], _Key] = {}
        self._lock = threading.Lock()

    def verify(self, raw: bytes, signature: str, body: CallbackBody, pin: Pin) -> Checked:
        """Check that the account's PSA signed these raw bytes. Raises `Forged`.

        Returns unverified, with the reason, while the key cannot be fetched: store it, and check again before
        anything is done about it.
        """
        if body.company.lower() != pin.company.lower():
            raise Forged(f"CompanyId {body.company[:60]!r} is not the account's company {pin.company!r}")
        given = _signature(signature)
        try:
            site = Site.parse(pin.site, allow_private=pin.allow_private)
        except ForbiddenAddress as error:
            return Checked(verified=False, key_id=None, reason=str(error))
        key_id = _key_id(body.key_url, site, pin)
        url = body.key_url or ""
        place = urlsplit(url).netloc.lower()
        key = self._slot((place, pin.company.lower(), key_id))
        secret = self._secret(key, url, site, pin)
        if secret is not None and _fits(secret, raw, given):
            return Checked(verified=True, key_id=key_id)
        if secret is not None:
            secret = self._secret(key, url, site, pin, instead_of=secret)
            if secret is not None and _fits(secret, raw, given):
                return Checked(verified=True, key_id=key_id)
        if secret is not None and not key.failure:
            raise Forged("the signature does not fit the body and the account's key")
        return Checked(verified=False, key_id=key_id, reason=key.failure or "the key could not be fetched")

    def _slot(self, name: tuple[str, str, str]) -> _Key:
        with self._lock:
            if len(self._keys) > 10_000:  # key ids come from outside until one is pinned
                self._keys.clear()
            return self._keys.setdefault(name, _Key())

    def _secret(
        self, key: _Key, url: str, site: Site, pin: Pin, *, instead_of: bytes | None = None
    ) -> bytes | None:
        """Return the key, fetching it if it is missing or the one that did not fit; one fetch at a time."""
        if key.secret is not None and key.secret != instead_of:
            return key.secret
        # Whoever does not get the lock in time goes on as if the fetch had failed: it is stored unverified.
        if not key.lock.acquire(timeout=self._deadline):
            return key.secret
        try:
            if key.secret is not None and key.secret != instead_of:
                return key.secret
            pause = self._refetch if key.secret is not None else self._rest
            if self._clock() - key.asked_at < pause:
                return key.secret
            key.asked_at = self._clock()
            try:
                key.secret = self._fetch_known(key, url, site, pin)
                key.failure = ""
            except (requests.RequestException, HTTPError, OSError, ValueError) as error:
                key.failure = f"GET callback key at {site.ui}: {type(error).__name__}: {error}"[:300]
            key.asked_at = self._clock()
            return key.secret
        finally:
            key.lock.release()

    def _fetch_known(self, key: _Key, url: str, site: Site, pin: Pin) -> bytes:
        """Fetch a key; one that we have from another address, there too if this one does not give it.

        Or a forger who names a version that there never was would make every forgery look as if the key were away.
        """
        try:
            found = self._fetch(url, site, pin)
        except ValueError:
            if key.secret is None or key.url == url:
                raise
            return self._fetch(key.url, site, pin)
        key.url = url
        return found

    def _fetch(self, url: str, site: Site, pin: Pin) -> bytes:
        session = self._session_for(site, pin.allow_private)
        status, body = fetch(session, url, deadline=self._deadline, limit=KEY_FETCH_BYTES)
        if status != 200:
            raise ValueError(f"status {status}")
        return hashlib.sha256(_signing_key(body).encode()).digest()


def _session_for(site: Site, allow_private: bool) -> requests.Session:
    return guarded_session(site.hosts, allow_private=allow_private, pool_maxsize=1)


def _key_id(url: str | None, site: Site, pin: Pin) -> str:
    """Return the key's id if the URL is the account's own key, spelled plainly. Raises `Forged`."""
    if not url:
        raise Forged("no Metadata.key_url: nothing to check the signature with")
    try:
        check_url(url, site.hosts, allow_private=pin.allow_private)
    except ForbiddenAddress as error:
        raise Forged(f"key_url: {error}") from error
    parts = urlsplit(url)
    if parts.fragment or "#" in url:
        raise Forged("key_url has a fragment")
    if parts.scheme != site.scheme:
        raise Forged(f"key_url is {parts.scheme}, the account's site is {site.scheme}")
    if not _KEY_PATH.fullmatch(parts.path) or ".." in parts.path:
        raise Forged(f"key_url path {parts.path[:80]!r} is not the one of callback keys")
    try:
        query = parse_qs(parts.query, keep_blank_values=True, strict_parsing=True, max_num_fields=10)
    except ValueError as error:
        raise Forged(f"key_url query: {error}") from error
    if set(query) != {"companyName", "id"} or any(len(v) != 1 for v in query.values()):
        raise Forged("key_url query: expected companyName and id, each once, and nothing else")
    if query["companyName"][0].lower() != pin.company.lower():
        raise Forged(
            f"key_url is for company {query['companyName'][0][:60]!r}, the account is {pin.company!r}"
        )
    key_id = query["id"][0]
    if not re.fullmatch(r"[A-Za-z0-9-]{1,64}", key_id):
        raise Forged("key_url id is not a key id")
    if pin.key_id is not None and key_id.lower() != pin.key_id.lower():
        raise Forged(f"key_url id {key_id!r} is not the account's key {pin.key_id!r}")
    return key_id


def _signature(text: str) -> bytes:
    """Return the 32 bytes of an `x-content-signature` header. Raises `Forged`."""
    try:
        given = base64.b64decode(text.strip(), validate=True)
    except ValueError as error:
        raise Forged("x-content-signature is not base64") from error
    if len(given) != 32:
        raise Forged("x-content-signature is missing or not 32 bytes")
    return given


def _fits(secret: bytes, raw: bytes, given: bytes) -> bool:
    return hmac.compare_digest(hmac.digest(secret, raw, "sha256"), given)


def _signing_key(body: bytes) -> str:
    """Return the signing key from the key endpoint's answer, which is JSON whatever its content type says."""
    try:
        answer = msgspec.json.decode(body)
    except msgspec.DecodeError:
        answer = body.decode("utf-8", "strict").strip()
    if isinstance(answer, str) and answer.lstrip().startswith("{"):
        answer = msgspec.json.decode(answer)
    found = answer.get("signing_key") if isinstance(answer, dict) else answer
    if not isinstance(found, str) or not found.strip() or "<" in found or len(found) > 4096:
        raise ValueError("no signing_key in the answer")
    return found
