"""Clients for the address of the broker: a server's own, or the name that Redis Sentinel knows its primary by.

`sentinel://[USER:PASSWORD@]HOST:PORT,HOST:PORT,…/NAME[/DATABASE]`: the sentinels in any order, then the primary's name. User
and password are the server's; the sentinels are asked without. Each new connection asks who is primary now.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

if TYPE_CHECKING:
    import redis
    import redis.asyncio

OPTIONS = frozenset({"ssl_ca_certs", "ssl_cert_reqs", "ssl_certfile", "ssl_check_hostname", "ssl_keyfile"})
"""What an address may say behind its `?`."""
SENTINEL_PORT = 26379
_SENTINEL = re.compile(r"sentinel://(?:(?P<who>[^@]*)@)?(?P<hosts>[^/@]+)/(?P<name>[\w.-]+)(?:/(?P<database>\d+))?/?")
_HOST = re.compile(r"(?P<host>\[[0-9a-fA-F:]+\]|[\w.-]+)(?::(?P<port>\d{1,5}))?")


class BadAddress(ValueError):
    """An address that names no sentinels; the message says how one is written."""


@dataclass(frozen=True, slots=True)
class Sentinels:
    """Where the sentinels are, and what they call the server."""

    hosts: tuple[tuple[str, int], ...]
    name: str
    options: dict[str, Any]
    """Database, user and password of the server itself."""

    @classmethod
    def read(cls, url: str) -> Sentinels | None:
        """Return what a `sentinel:` address says, None for any other. Raises `BadAddress`."""
        if not url.startswith("sentinel:"):
            return None
        found = _SENTINEL.fullmatch(url)
        hosts = [_HOST.fullmatch(part.strip()) for part in found["hosts"].split(",")] if found else []
        if not found or not all(hosts):
            raise BadAddress("a Sentinel address is written sentinel://:PASSWORD@HOST:26379,HOST:26379,HOST:26379/NAME")
        user, _, password = (found["who"] or "").partition(":")
        given = {"username": unquote(user) or None, "password": unquote(password) or None, "db": int(found["database"] or 0)}
        return cls(
            tuple((h["host"].strip("[]"), int(h["port"] or SENTINEL_PORT)) for h in hosts if h), found["name"],
            {key: value for key, value in given.items() if value is not None},
        )  # fmt: skip


def wrong_in(url: str) -> list[str]:
    """Return what one of the two libraries that connect could not use in an address, for whoever set it."""
    try:
        if Sentinels.read(url) is not None or not url.lower().startswith("redis"):
            return []
    except BadAddress as error:
        return [f"REDIS_URL: {error}"]
    address, _, query = url.partition("?")
    if "@" in query:
        return []  # part of a password, which is not shown: whoever reads the address says that it is none
    names = {name for name, _ in parse_qsl(query, keep_blank_values=True)}
    wrong = [f"REDIS_URL takes no option {name}; it takes {', '.join(sorted(OPTIONS))}" for name in sorted(names - OPTIONS)]
    if names & OPTIONS and not url.lower().startswith("rediss:"):
        wrong.append("REDIS_URL: options of TLS go with rediss://, not with redis://")
    checked = dict(parse_qsl(query)).get("ssl_cert_reqs", "required").lower().removeprefix("cert_")
    if checked not in ("none", "optional", "required"):
        wrong.append("REDIS_URL: ssl_cert_reqs is none, optional or required")
    if not re.fullmatch(r"\d*/?", address.partition("://")[2].rpartition("@")[2].partition("/")[2]):
        wrong.append("REDIS_URL ends in the number of a database, e.g. redis://host.example:6379/0")
    return wrong


def _verified(url: str) -> str:
    """Return a `rediss:` address that says how far the server's certificate is checked, in the words both libraries know.

    Celery's library checks nothing unless it is told to, and Celery's own `CERT_NONE` is unknown to the other one.
    """
    if not url.lower().startswith("rediss:"):
        return url
    parts = urlsplit(url)
    options = {"ssl_cert_reqs": "required", **dict(parse_qsl(parts.query))}
    options["ssl_cert_reqs"] = options["ssl_cert_reqs"].lower().removeprefix("cert_")
    return parts._replace(query=urlencode(options, safe="/")).geturl()


def client(url: str, **options: Any) -> redis.Redis:
    """Return a client for an address. `options` are those of a connection. Raises `BadAddress`."""
    import redis
    from redis.sentinel import Sentinel

    if (there := Sentinels.read(url)) is None:
        return redis.Redis.from_url(_verified(url), **options)
    finder = Sentinel(there.hosts, sentinel_kwargs=_asked_once(options))  # type: ignore[no-untyped-call]
    return cast("redis.Redis", finder.master_for(there.name, **there.options, **options))  # type: ignore[no-untyped-call]


def async_client(url: str, **options: Any) -> redis.asyncio.Redis:
    """Return the same for a loop."""
    import redis.asyncio
    from redis.asyncio.retry import Retry
    from redis.asyncio.sentinel import Sentinel
    from redis.backoff import NoBackoff

    if (there := Sentinels.read(url)) is None:
        return redis.asyncio.Redis.from_url(_verified(url), **options)
    asked = _asked_once(options) | {"retry": Retry(NoBackoff(), 0)}
    finder = Sentinel(there.hosts, sentinel_kwargs=asked)  # type: ignore[no-untyped-call]
    return cast("redis.asyncio.Redis", finder.master_for(there.name, **there.options, **options))


def _asked_once(options: dict[str, Any]) -> dict[str, Any]:
    """Return how a sentinel is asked: one that is gone must not hold up asking the next, as the library's own tries would."""
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    within = options.get("socket_connect_timeout", 1.0)
    waits = {"socket_connect_timeout": within, "socket_timeout": options.get("socket_timeout", within)}
    return {**waits, "retry": Retry(NoBackoff(), 0)}


def for_celery(url: str) -> tuple[str, dict[str, Any]]:
    """Return an address as Celery's broker library writes it, and the transport options that go with it."""
    if (there := Sentinels.read(url)) is None:
        return _verified(url), {}
    who = url.removeprefix("sentinel://").rpartition("@")[0]
    shown = [f"[{host}]" if ":" in host else host for host, _ in there.hosts]
    places = [f"{host}:{port}" for host, (_, port) in zip(shown, there.hosts, strict=True)]
    first, *others = [f"sentinel://{place}/{there.options['db']}" for place in places]
    if who:
        first = first.replace("sentinel://", f"sentinel://{who}@", 1)
    return ";".join([first, *others]), {"master_name": there.name, "sentinel_kwargs": _asked_once({})}
