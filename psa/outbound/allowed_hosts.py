"""Outgoing HTTP that can only reach the hosts it was made for, at the very addresses that were checked.

A host name is resolved once for each connection, every answer is judged, and the socket goes to a judged
address: a name that changes its mind between check and connect gains nothing. TLS still verifies the host
name.
"""

from __future__ import annotations

import ipaddress
import itertools
import queue
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
)
from urllib3.util import Retry

from psa.outbound.certificates import trusting
from psa.outbound.deadlines import TimedAnswer, within

KEY_FETCH_BYTES = 64 * 1024
_CLOUD = (".myconnectwise.net", ".connectwisedev.com")
_PLAIN_URL = re.compile(r"[\x21-\x7e]+")
_METADATA = frozenset(map(ipaddress.ip_address, (
    "169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192",
    "fd00:ec2::254", "fd20:ce::254", "fd00:c1::a9fe:a9fe", "fd00:42::42",
)))  # fmt: skip
"""Where clouds tell machines of theirs who they are; most stand in ranges that are private besides."""
_WITH_IPV4 = tuple(map(ipaddress.IPv6Network, ("::/96", "64:ff9b::/96", "64:ff9b:1::/48")))
"""IPv6 with an IPv4 address at its end: compatible, and NAT64, well-known and local (RFC 6052, RFC 8215)."""
_LEAST_S = 0.2
"""For an address whose turn comes late."""
_STILL_COMING = "the answer was still coming in when its deadline passed"
_REFUSED = "link-local, metadata, multicast or unspecified"

Resolver = Callable[..., list[tuple[Any, ...]]]


class ForbiddenAddress(ValueError):
    """A URL or the address behind it is not one this session may talk to. Nothing was sent."""


class TooSlow(OSError):
    """The whole answer did not arrive within its deadline."""


class TooLarge(ValueError):
    """The answer is larger than the cap."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where one account's PSA lives: the host people use and the host the API answers on.

    Cloud hosts answer API calls under the same name with `api-` in front (ConnectWise developer guide).
    """

    scheme: str
    ui: str
    """Host, with port if it has one; for links and for `/login/companyinfo`."""
    api: str

    @classmethod
    def parse(cls, site: str, *, allow_private: bool = False) -> Site:
        """Read a site as typed by a person.

        Raises `ForbiddenAddress` for what only `allow_private` may use.
        """
        text = site.strip().rstrip("/")
        scheme, _, netloc = text.rpartition("://")
        scheme, netloc = scheme.lower() or "https", netloc.lower()
        where = f"site {site!r}"
        if (
            scheme not in ("https", "http")
            or not netloc
            or not re.fullmatch(r"[\w.:\[\]-]+", netloc, re.ASCII)
        ):
            raise ForbiddenAddress(f"{where}: give the host people log in to, e.g. na.myconnectwise.net")
        if not allow_private:
            if scheme != "https":
                raise ForbiddenAddress(f"{where}: use https; plain http needs --allow-private (on-premises or simulator)")
            _check_name(netloc, where)
        ui = netloc.removeprefix("api-") if netloc.endswith(_CLOUD) else netloc
        return cls(scheme=scheme, ui=ui, api=f"api-{ui}" if ui.endswith(_CLOUD) else ui)

    @property
    def hosts(self) -> frozenset[str]:
        """Return the hosts (with ports) a session for this site may reach."""
        return frozenset((self.ui, self.api))

    @property
    def ui_origin(self) -> str:
        """Return scheme and host of the user interface."""
        return f"{self.scheme}://{self.ui}"

    @property
    def api_origin(self) -> str:
        """Return scheme and host of the API."""
        return f"{self.scheme}://{self.api}"


def _check_name(netloc: str, where: str) -> None:
    """Raise unless it is a plain registered name: no port, no userinfo, no address in any notation."""
    last = netloc.rsplit(".", 1)[-1]
    if ":" in netloc or "@" in netloc or "[" in netloc:
        raise ForbiddenAddress(
            f"{where}: ports, user names and IPv6 literals need --allow-private or are never allowed"
        )
    if "." not in netloc or not last or not re.fullmatch(r"[a-z][a-z0-9-]*", last):
        raise ForbiddenAddress(
            f"{where}: a full host name is needed, not an address; --allow-private lifts this on-premises"
        )


def check_url(url: str, hosts: Collection[str], *, allow_private: bool) -> None:
    """Raise `ForbiddenAddress` unless the URL names exactly one of the hosts, in plain form."""
    shown = f"URL {url[:120]!r}"
    if not _PLAIN_URL.fullmatch(url) or "\\" in url:
        raise ForbiddenAddress(f"{shown}: contains characters that parsers disagree about; not followed")
    parts = urlsplit(url)
    if parts.scheme != "https" and not (allow_private and parts.scheme == "http"):
        raise ForbiddenAddress(
            f"{shown}: only https is allowed; http needs --allow-private (on-premises or simulator)"
        )
    if "@" in parts.netloc:
        raise ForbiddenAddress(f"{shown}: user names in URLs are not allowed")
    if parts.netloc.lower() not in hosts:
        raise ForbiddenAddress(
            f"{shown}: host is not one of {', '.join(sorted(hosts))}; check the account's site"
        )
    if not allow_private:
        _check_name(parts.netloc.lower(), shown)


def check_address(address: str, *, host: str, allow_private: bool) -> None:
    """Raise `ForbiddenAddress` for an address we must not connect to.

    `allow_private` admits private and loopback addresses, never link-local, metadata, multicast or
    unspecified ones.
    """
    ip = ipaddress.ip_address(address.split("%", 1)[0])
    where = f"{host} resolves to {address}"
    inside = _inside(ip)
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    plain = mapped or ip
    if any(each in _METADATA or each.is_link_local or each.is_multicast or each.is_unspecified for each in (plain, *inside)):
        raise ForbiddenAddress(
            f"{where}: {_REFUSED} addresses are never used; check the DNS of the account's site"
        )
    if allow_private:
        return
    # Site-local ones were private before fc00::/7 was.
    site_local = isinstance(ip, ipaddress.IPv6Address) and ip.is_site_local
    if inside or site_local or not plain.is_global or plain.is_reserved:
        raise ForbiddenAddress(
            f"{where}: not a public address; for an on-prem PSA set allow_private on the account"
        )


def _inside(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """Return the IPv4 addresses that an IPv6 one carries, at which a gateway may let it end."""
    if isinstance(ip, ipaddress.IPv4Address):
        return []
    last = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if any(ip in net for net in _WITH_IPV4) else None
    return [each for each in (ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ()), last) if each is not None]


@dataclass(frozen=True, slots=True)
class _Guard:
    hosts: frozenset[str]
    allow_private: bool
    resolver: Resolver

    def connect(self, conn: HTTPConnection) -> socket.socket:
        """Open a socket to the first checked address that answers. One forbidden answer forbids them all."""
        host, port, timeout = conn.host, conn.port or conn.default_port, conn.timeout
        literal = f"[{host}]" if ":" in host else host
        if conn.host != conn._dns_host or not {literal, f"{literal}:{port}"} & self.hosts:
            raise ForbiddenAddress(f"{host}:{port}: not a host of this session; check the account's site")
        try:
            found = self.resolver(host, port, socket.AF_UNSPEC, socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            reason = error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))
            raise NameResolutionError(host, conn, reason) from error
        for *_, sockaddr in found:
            check_address(str(sockaddr[0]), host=host, allow_private=self.allow_private)
        last: OSError = OSError(f"{host} has no address")
        families: dict[int, list[tuple[Any, ...]]] = {}
        for one in found:
            families.setdefault(one[0], []).append(one)
        found = [one for turn in itertools.zip_longest(*families.values()) for one in turn if one]
        limit = timeout if isinstance(timeout, int | float) else None
        until = time.monotonic() + (limit or 0)
        for number, (family, kind, proto, _, sockaddr) in enumerate(found):
            # One that swallows packets, as all of IPv6 does on many networks, must leave the others their time.
            share = None if limit is None else max((until - time.monotonic()) / (len(found) - number), _LEAST_S)
            try:
                sock = _opened(family, kind, proto, sockaddr, conn.socket_options or (), share)
            except OSError as error:
                last = error
            else:
                sock.settimeout(limit)  # its share was for the way there: TLS and the request have all their patience
                return sock
        if isinstance(last, TimeoutError):
            raise ConnectTimeoutError(
                conn, f"{host}:{port} did not accept a connection in {timeout} s"
            ) from last
        raise NewConnectionError(conn, f"{host}:{port}: {last}") from last


def _opened(
    family: int, kind: int, proto: int, sockaddr: Any, options: Iterable[tuple[Any, ...]], timeout: float | None
) -> socket.socket:
    """Connect to one address. Raises `OSError`, also where this machine does not speak its family."""
    sock = socket.socket(family, kind, proto)
    try:
        for option in options:
            sock.setsockopt(*option)
        sock.settimeout(timeout)
        sock.connect(sockaddr)
    except BaseException:
        sock.close()
        raise
    return sock


def _pool_classes(guard: _Guard) -> dict[str, type[HTTPConnectionPool]]:
    class CheckedHTTP(HTTPConnection):
        response_class = TimedAnswer

        def _new_conn(self) -> socket.socket:
            return guard.connect(self)

    class CheckedHTTPS(HTTPSConnection):
        response_class = TimedAnswer

        def _new_conn(self) -> socket.socket:
            return guard.connect(self)

    class HTTPPool(HTTPConnectionPool):
        ConnectionCls = CheckedHTTP

    class HTTPSPool(HTTPSConnectionPool):
        ConnectionCls = CheckedHTTPS

    return {"http": HTTPPool, "https": HTTPSPool}


class _GuardedAdapter(HTTPAdapter):
    def __init__(self, guard: _Guard, pool_maxsize: int, trust: ssl.SSLContext | None = None) -> None:
        self._guard, self._trust = guard, trust
        # No retries of any kind: what may be repeated is decided by the caller, who knows reads from writes.
        super().__init__(
            pool_connections=4, pool_maxsize=pool_maxsize, max_retries=Retry(0, read=False, redirect=0)
        )

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any
    ) -> None:
        if self._trust is not None:
            pool_kwargs["ssl_context"] = self._trust
        super().init_poolmanager(connections, maxsize, block, **pool_kwargs)
        self.poolmanager.pool_classes_by_scheme = _pool_classes(self._guard)

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,  # noqa: ARG002 - never used: a proxy would connect for us
    ) -> requests.Response:
        check_url(request.url or "", self._guard.hosts, allow_private=self._guard.allow_private)
        return super().send(request, stream=stream, timeout=timeout, verify=verify, cert=cert, proxies={})


class _Session(requests.Session):
    """A session that follows nothing: a redirect is returned as the answer it is."""

    def __init__(self, guard: _Guard) -> None:
        super().__init__()
        self._guard = guard

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        # As it was given: preparing would tidy up what two parsers may read differently.
        check_url(str(request.url), self._guard.hosts, allow_private=self._guard.allow_private)
        return super().prepare_request(request)

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002
        return None


def guarded_session(
    hosts: Collection[str],
    *,
    allow_private: bool = False,
    pool_maxsize: int = 16,
    resolver: Resolver = socket.getaddrinfo,
    ca_file: str | None = None,
    ca_bundle: str | None = None,
) -> requests.Session:
    """Return a session that reaches these exact hosts and no others (`host:port` with `allow_private`).

    Keeps connections alive, follows no redirect, sends no cookie, ignores proxies and `.netrc`. Requests
    raise `ForbiddenAddress` before anything leaves the machine. Pass a time-out with every request. `ca_bundle` are
    certificates (PEM) that are trusted beside the public ones, `ca_file` names those to trust instead.
    """
    guard = _Guard(frozenset(h.lower() for h in hosts), allow_private, resolver)
    session = _Session(guard)
    session.trust_env = False
    session.verify = ca_file or True
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.adapters.clear()
    for prefix in ("https://", "http://"):
        session.mount(prefix, _GuardedAdapter(guard, pool_maxsize, trusting(ca_bundle) if ca_bundle else None))
    return session


def read_capped(response: requests.Response, *, limit: int, until: float) -> bytes:
    """Read a streamed answer, up to `limit` bytes. Raises `TooLarge`, `TooSlow` past `until` (monotonic).

    The connection goes back to its pool only when the answer was read to its end.
    """
    raw, parts, size = response.raw, [], 0
    try:
        while True:
            if time.monotonic() > until:
                raise TooSlow(_STILL_COMING)
            part = raw.read1(65536, decode_content=True)
            if not part:
                break
            size += len(part)
            if size > limit:
                raise TooLarge(f"the answer is larger than {limit} bytes")
            parts.append(part)
        parts.append(raw.read(decode_content=True))  # notices a truncated answer and frees the connection
    except BaseException as error:
        response.close()
        if isinstance(error, ReadTimeoutError) and time.monotonic() >= until:
            raise TooSlow(_STILL_COMING) from error
        raise
    response.close()
    return b"".join(parts)


def fetch(
    session: requests.Session,
    url: str,
    *,
    deadline: float = 2.0,
    limit: int = KEY_FETCH_BYTES,
    headers: Mapping[str, str] | None = None,
) -> tuple[int, bytes]:
    """GET a small document within `deadline` seconds in all, name look-up included. Returns status and body.

    Raises `ForbiddenAddress`, `TooLarge`, `TooSlow`, or what `requests` raises. The look-up cannot be
    interrupted, so it runs beside the caller, who stops waiting for it at the deadline.
    """
    result: queue.SimpleQueue[tuple[int, bytes] | Exception] = queue.SimpleQueue()
    until = time.monotonic() + deadline

    def run() -> None:
        try:
            with within(until):
                answer = session.get(url, headers=headers, stream=True, timeout=(deadline, deadline))
                result.put((answer.status_code, read_capped(answer, limit=limit, until=until)))
        except HTTPError as error:  # of a body that is cut, no chunks, or not compressed as it says; `requests` reads none here
            result.put(requests.ConnectionError(error))
        except (requests.RequestException, OSError, ValueError) as error:
            result.put(error)

    threading.Thread(target=run, name="psa-fetch", daemon=True).start()
    try:
        got = result.get(timeout=deadline)
    except queue.Empty:
        raise TooSlow(f"GET {url[:120]}: no complete answer in {deadline:g} s") from None
    if isinstance(got, Exception):
        raise got
    return got
