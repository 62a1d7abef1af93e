"""Prove that a callback comes from the account's own PSA, with the key that it publishes for its callbacks.

The signature follows the ConnectWise developer guide and payloads captured in public code.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import msgspec
import requests
from urllib3.exceptions import HTTPError

from psa.connectwise.callbacks import CallbackBody
from psa.outbound.allowed_hosts import (
    KEY_FETCH_BYTES,
    ForbiddenAddress,
    Site,
    check_url,
    fetch,
    guarded_session,
)

_KEY_PATH = re.compile(r"/+[A-Za-z0-9._-]{1,40}/+system/callbackkey/index\.rails")


class Forged(ValueError):
    """The callback was not signed by the account's PSA, or speaks of another one. Says what did not match."""


class OtherKey(Forged):
    """All of it speaks of the account but the key's id, which is not the pinned one: forged, or ConnectWise changed keys."""


@dataclass(frozen=True, slots=True)
class Pin:
    """What an account's callbacks must come from."""

    site: str
    """As in `psa.port.Keys`: the UI host; the API host next to it is accepted too."""
    company: str
    key_id: str | None = None
    """The `id` of the account's signing key once seen; None accepts any and reports it."""
    allow_private: bool = False
    ca_bundle: str | None = field(default=None, repr=False)
    """As in `psa.port.Keys`."""


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
        session_for: Callable[[Site, bool, str | None], requests.Session] | None = None,
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
        session = self._session_for(site, pin.allow_private, pin.ca_bundle)
        status, body = fetch(session, url, deadline=self._deadline, limit=KEY_FETCH_BYTES)
        if status != 200:
            raise ValueError(f"status {status}")
        return hashlib.sha256(_signing_key(body).encode()).digest()


def _session_for(site: Site, allow_private: bool, ca_bundle: str | None) -> requests.Session:
    return guarded_session(site.hosts, allow_private=allow_private, pool_maxsize=1, ca_bundle=ca_bundle)


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
        raise OtherKey(f"key_url id {key_id!r} is not the account's key {pin.key_id!r}")
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
