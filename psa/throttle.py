"""How fast one account's PSA may be asked, by all workers together.

ConnectWise throttles from about 1,000 requests a minute on and dislikes parallel calls (developer guide), so
each account has a token bucket and a number of places for calls in flight. Both live in Redis; while Redis
is away, each process keeps to the same limits on its own. Higher priorities may use what lower ones must
leave untouched.
"""

from __future__ import annotations

import contextlib
import math
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import redis

from psa.port import Throttled

Priority = Literal["post", "gather", "claim", "reconcile", "rest"]

_RESERVE: dict[Priority, tuple[float, float]] = {
    "post": (0.0, 0.0),
    "gather": (0.05, 0.1),
    "claim": (0.1, 0.1),
    "reconcile": (0.3, 0.3),
    "rest": (0.4, 0.5),
}
"""Share of the burst, and of the places in flight, that a priority must leave for higher ones."""

_FREEZE_UNASKED = 5.0
"""Seconds to pause after a 429 that does not say how long."""
_LONGEST_FREEZE = 300.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What one account's PSA is asked at most."""

    rate: float = 5.0
    """Calls a second, lasting."""
    burst: int = 30
    in_flight: int = 10
    lease: float = 60.0
    """Seconds after which a call in flight is taken for lost; longer than any call may take."""

    def reserve(self, priority: Priority) -> tuple[int, int]:
        """Return the tokens and the places that this priority leaves alone."""
        tokens, places = _RESERVE[priority]
        return math.floor(self.burst * tokens), math.floor(self.in_flight * places)


class Slot(Protocol):
    """Permission for one call."""

    def limited(self, retry_after: float | None) -> None:
        """Report that the PSA answered 429: everybody pauses, and goes on at half the rate."""


class Throttle(Protocol):
    """Gives permission for calls, one at a time."""

    def slot(
        self, account: str, priority: Priority, patience: float
    ) -> contextlib.AbstractContextManager[Slot]:
        """Wait up to `patience` seconds for a place, held until the block ends.

        Raises `psa.port.Throttled`.
        """


class _Bucket(Protocol):
    def take(self, account: str, priority: Priority, lease: str) -> float:
        """Take a token and a place; return 0, or the seconds after which to ask again."""

    def give(self, account: str, lease: str) -> None: ...

    def limited(self, account: str, seconds: float) -> None: ...


@dataclass(slots=True)
class _Level:
    tokens: float
    at: float
    rate: float
    frozen: float = 0.0
    flight: set[str] = field(default_factory=set)


class LocalBuckets:
    """Buckets of this process alone: for a single worker, and while Redis is away."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits, self._clock = limits, clock
        self._levels: dict[str, _Level] = {}
        self._lock = threading.Lock()

    def _level(self, account: str, now: float) -> _Level:
        top = self._limits
        level = self._levels.get(account)
        if level is None:
            level = self._levels[account] = _Level(tokens=top.burst, at=now, rate=top.rate)
        past = max(0.0, now - max(level.at, level.frozen))
        level.rate = min(top.rate, level.rate + past * top.rate / 60)
        level.tokens = min(top.burst, level.tokens + past * level.rate)
        level.at = now
        return level

    def take(self, account: str, priority: Priority, lease: str) -> float:
        """Take a token and a place; return 0, or the seconds after which to ask again."""
        tokens, places = self._limits.reserve(priority)
        with self._lock:
            now = self._clock()
            level = self._level(account, now)
            if now < level.frozen:
                return level.frozen - now
            if level.tokens - 1 < tokens:
                return (tokens + 1 - level.tokens) / level.rate
            if len(level.flight) >= self._limits.in_flight - places:
                return 0.02
            level.tokens -= 1
            level.flight.add(lease)
            return 0.0

    def give(self, account: str, lease: str) -> None:
        """Free the place."""
        with self._lock:
            if level := self._levels.get(account):
                level.flight.discard(lease)

    def limited(self, account: str, seconds: float) -> None:
        """Pause for some seconds, then go on at half the rate; several 429s of one moment count once."""
        with self._lock:
            now = self._clock()
            level = self._level(account, now)
            if now >= level.frozen:
                level.rate = max(level.rate / 2, self._limits.rate / 16)
            level.tokens = 0.0
            level.frozen = max(level.frozen, now + seconds)


class RedisBuckets:
    """Buckets shared by every worker: one script, Redis's clock, leases that outlive no killed worker."""

    def __init__(self, client: redis.Redis, limits: Limits, prefix: str = "rf:throttle") -> None:
        self._limits, self._prefix = limits, prefix
        source = Path(__file__).with_name("throttle.lua").read_text(encoding="utf-8")
        self._script = client.register_script(source)

    def _run(
        self, verb: str, account: str, lease: str = "", reserve: tuple[int, int] = (0, 0), freeze: float = 0
    ) -> Any:
        top = self._limits
        # Braces keep both keys in one slot of a Redis cluster.
        keys = [f"{self._prefix}:{{{account}}}:bucket", f"{self._prefix}:{{{account}}}:flight"]
        return self._script(
            keys=keys, args=[verb, lease, top.rate, top.burst, top.in_flight, *reserve, top.lease, freeze]
        )

    def take(self, account: str, priority: Priority, lease: str) -> float:
        """Take a token and a place; return 0, or the seconds after which to ask again."""
        granted, wait = self._run("take", account, lease, self._limits.reserve(priority))
        return 0.0 if int(granted) else max(float(wait), 0.001)

    def give(self, account: str, lease: str) -> None:
        """Free the place."""
        self._run("give", account, lease)

    def limited(self, account: str, seconds: float) -> None:
        """Pause for some seconds, then go on at half the rate."""
        self._run("limited", account, freeze=seconds)


class _Held:
    def __init__(self, throttle: BucketThrottle, account: str) -> None:
        self._throttle, self._account = throttle, account

    def limited(self, retry_after: float | None) -> None:
        seconds = _FREEZE_UNASKED if retry_after is None else min(max(retry_after, 0.0), _LONGEST_FREEZE)
        self._throttle.freeze(self._account, seconds)


class BucketThrottle:
    """A `Throttle` over shared buckets, with local ones to fall back on.

    After a failure Redis is left alone for `rest` seconds, so that a dead one costs one short time-out now
    and then.
    """

    def __init__(
        self,
        shared: RedisBuckets | None,
        local: LocalBuckets,
        *,
        rest: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._shared, self._local, self._rest = shared, local, rest
        self._clock, self._sleep = clock, sleep
        self._shared_again_at = 0.0

    @contextlib.contextmanager
    def slot(self, account: str, priority: Priority, patience: float) -> Iterator[Slot]:
        """Wait up to `patience` seconds for a place, held until the block ends.

        Raises `psa.port.Throttled`.
        """
        lease = uuid.uuid4().hex
        until = self._clock() + patience
        while True:
            wait, bucket = self._take(account, priority, lease)
            if wait <= 0:
                break
            if self._clock() + wait > until:
                raise Throttled(
                    f"our own limit for {account}: no place for a {priority} call in {patience:g} s",
                    retry_after=wait,
                )
            self._sleep(wait)
        try:
            yield _Held(self, account)
        finally:
            self._try(lambda: bucket.give(account, lease))

    def freeze(self, account: str, seconds: float) -> None:
        """Pause an account's calls everywhere, and here even if Redis goes away meanwhile."""
        self._local.limited(account, seconds)
        if (shared := self._usable()) is not None:
            self._try(lambda: shared.limited(account, seconds))

    def _usable(self) -> RedisBuckets | None:
        return self._shared if self._clock() >= self._shared_again_at else None

    def _take(self, account: str, priority: Priority, lease: str) -> tuple[float, _Bucket]:
        if (shared := self._usable()) is not None:
            try:
                return shared.take(account, priority, lease), shared
            except redis.RedisError:
                self._shared_again_at = self._clock() + self._rest
        return self._local.take(account, priority, lease), self._local

    def _try(self, action: Callable[[], None]) -> None:
        try:
            action()
        except redis.RedisError:
            self._shared_again_at = self._clock() + self._rest


class NoThrottle:
    """No limit at all, for a handful of set-up calls and for tests of something else."""

    @contextlib.contextmanager
    def slot(self, account: str, priority: Priority, patience: float) -> Iterator[Slot]:  # noqa: ARG002
        """Give a place at once."""
        yield self

    def limited(self, retry_after: float | None) -> None:
        """Take note of nothing."""


def throttle_from_url(
    redis_url: str | None, limits: Limits | None = None, *, timeout: float = 0.25
) -> BucketThrottle:
    """Return the throttle all workers share through this Redis; without a URL, one for this process alone."""
    limits = limits or Limits()
    shared = None
    if redis_url:
        client = redis.Redis.from_url(
            redis_url, socket_timeout=timeout, socket_connect_timeout=timeout, retry=None, max_connections=64
        )
        shared = RedisBuckets(client, limits)
    return BucketThrottle(shared, LocalBuckets(limits))
