"""One request to ConnectWise: permitted, throttled, sent once, read whole, and its failure named.

Only a read whose pooled connection turned out to be dead is repeated, once. A write is sent at most once.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec
import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
)

from psa.connectwise.answers import check_permitted, error_of
from psa.outbound.allowed_hosts import ForbiddenAddress, TooLarge, TooSlow, read_capped
from psa.outbound.deadlines import within
from psa.outbound.throttle import Priority, Throttle
from psa.port import Ambiguous, PsaError, Throttled, Unavailable

_API = "/apis/3.0"
_LARGEST_ANSWER = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. ConnectWise documents none of its own; its clients wait 20 to 30 (public code)."""

    connect: float = 5.0
    read: float = 20.0
    """Silence on the socket before a read is given up."""
    write: float = 20.0
    """The same for a write; stay well inside the posting lease."""
    total: float = 45.0
    """For a whole answer, head and body, however steadily it drips in."""
    patience: float = 10.0
    """Waiting for a place under our own limit."""


class Transport:
    """Sends requests for one account. Safe to use from several threads."""

    def __init__(
        self,
        session: requests.Session,
        *,
        throttle: Throttle,
        account: str,
        timeouts: Timeouts,
        statuses: frozenset[int] = frozenset(),
    ) -> None:
        """`statuses`: those that a ticket may be set to."""
        self.session, self._statuses = session, statuses
        self._throttle, self._account, self._timeouts = throttle, account, timeouts

    def wait_for(self, calls: int) -> float:
        """Return the seconds until so many requests may begin; 0: now, as far as is known here."""
        return self._throttle.wait_for(self._account, calls)

    def send(
        self,
        method: str,
        url: str,
        *,
        body: Any = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        priority: Priority = "gather",
    ) -> requests.Response:
        """Send one request and return its 2xx answer, read whole. Raises the errors of `psa.port`."""
        path = urlsplit(url).path
        api_path = path.split(_API, 1)[-1] if _API in path else path
        check_permitted(method, api_path, body, self._statuses)
        try:
            return self._send(method, url, api_path, body, params, headers, priority)
        except _Stale:
            return self._send(method, url, api_path, body, params, headers, priority, again=False)

    def _send(
        self,
        method: str,
        url: str,
        path: str,
        body: Any,
        params: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
        priority: Priority,
        again: bool = True,
    ) -> requests.Response:
        encoded = None if body is None else msgspec.json.encode(body)
        silence = self._timeouts.read if method == "GET" else self._timeouts.write
        with self._throttle.slot(self._account, priority, self._timeouts.patience) as slot:
            until = time.monotonic() + self._timeouts.total
            try:
                with within(until):
                    answer = self.session.request(
                        method,
                        url,
                        params=dict(params or {}),
                        data=encoded,
                        headers=dict(headers or {}),
                        stream=True,
                        timeout=(self._timeouts.connect, silence),
                        allow_redirects=False,
                    )
                # requests keeps a body read by hand nowhere else.
                answer._content = _body(answer, until)
                answer._content_consumed = True  # type: ignore[attr-defined]
            except (requests.RequestException, HTTPError, OSError, ValueError) as error:
                if again and method == "GET" and _was_reset(error):
                    raise _Stale from error
                raise _failure(method, path, error) from error
            verdict = error_of(
                method, path, answer.status_code, answer.headers, answer.content, now=datetime.now(UTC)
            )
            if isinstance(verdict, Throttled):
                slot.limited(verdict.retry_after)
        if verdict is not None:
            raise verdict
        return answer


def _body(answer: requests.Response, until: float) -> bytes:
    """Read a body; of a refusal none where it cannot be: the status says enough, and with Retry-After when to come again.

    Gateways cut their own pages, and call them compressed when they are not.
    """
    try:
        return read_capped(answer, limit=_LARGEST_ANSWER, until=until)
    except (requests.RequestException, HTTPError, OSError, ValueError):
        if answer.status_code < 400:
            raise
        return b""


class _Stale(Exception):
    """The connection was reset under a read."""


def _was_reset(error: Exception) -> bool:
    cause = error.args[0] if isinstance(error, requests.ConnectionError) and error.args else error
    return isinstance(cause, ProtocolError) and any(isinstance(a, ConnectionError) for a in cause.args)


def _never_left(error: Exception) -> bool:
    """Tell whether no byte of the request can have reached the PSA: no name, connection or trusted TLS."""
    if isinstance(
        error, ForbiddenAddress | requests.exceptions.InvalidURL | requests.exceptions.ConnectTimeout
    ):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    if isinstance(reason, NewConnectionError | NameResolutionError | ConnectTimeoutError):
        return True
    inner = reason.args[0] if isinstance(reason, HTTPError) and reason.args else None
    return isinstance(inner, ssl.SSLCertVerificationError)


def _failure(method: str, path: str, error: Exception) -> PsaError:
    """Name a failure without an answer. A write is ambiguous unless it surely never left."""
    what = f"{method} {path}: no usable answer ({plainly(error)})"
    if method == "GET" or _never_left(error):
        return Unavailable(what)
    return Ambiguous(f"{what}; unknown whether it was carried out")


def plainly(error: Exception) -> str:
    """Say why there was no answer in an operator's words, not a library's, and without the URL: its query may hold a name."""
    if isinstance(error, ForbiddenAddress | TooLarge | TooSlow):
        return str(error).split("?", 1)[0][:200]
    chain = list(_causes(error))
    for kind, words in _PLAIN:
        if any(isinstance(cause, kind) for cause in chain):
            return words
    certificate = next((cause for cause in chain if isinstance(cause, ssl.SSLError)), None)
    if certificate is not None and certificate.reason in _NO_TLS:
        return "TLS failed: none is spoken there; if it is plain http, write http:// before the host"
    if certificate is not None:
        why = getattr(certificate, "verify_message", "") or certificate.reason or "no common ground"
        unknown = getattr(certificate, "verify_code", 0) in _UNKNOWN_ISSUER
        return f"TLS failed: {why}{_NAME_IT if unknown else ''}"
    return "the connection failed" if isinstance(error, requests.ConnectionError | OSError) else "the answer is broken"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it wraps, as the libraries below nest them: in arguments, reasons and contexts."""
    seen: set[int] = set()
    queue: list[object] = [error]
    while queue:
        cause = queue.pop(0)
        if isinstance(cause, BaseException) and id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            queue += [*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__]


_PLAIN: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((NameResolutionError, socket.gaierror), "the host's name cannot be found"),
    ((ConnectionRefusedError,), "the connection was refused"),
    ((ConnectTimeoutError, ReadTimeoutError, TimeoutError), "no answer in time"),
    ((ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected), "the connection was cut"),
    ((http.client.IncompleteRead,), "the answer was cut short"),
)
_UNKNOWN_ISSUER = (18, 19, 20, 21)
_NAME_IT = "; where ConnectWise, or a proxy that inspects TLS, has a certificate authority of its own, name it: --ca-bundle FILE"
_NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE")
"""What OpenSSL calls an answer that is no TLS, in its versions."""
