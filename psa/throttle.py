"""How fast one account's PSA may be asked, by all workers together.

ConnectWise throttles from about 1,000 requests a minute on and dislikes parallel calls (developer guide), so
each account has a token bucket and a number of places for calls in flight. Both live in Redis; while Redis
is away, each process keeps to the same limits on its own. Higher priorities may use what lower ones must
leave untouched.

Of all calls of one process that wait for the same account only the first in line asks, so that a thousand
waiting ones cost no more than one.
"""

from __future__ import annotations

import bisect
import contextlib
import itertools
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
_CAREFUL_S = 120.0
"""For so long after a 429 the rate grows slowly near where it came."""


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

    def wait_for(self, account: str, calls: int) -> float:
        """Return the seconds until so many calls may begin; 0: now, as far as is known here. Takes nothing."""


class _Bucket(Protocol):
    def take(self, account: str, priority: Priority, lease: str) -> float:
        """Take a token and a place; return 0, or the seconds after which to ask again."""

    def wait_for(self, account: str, calls: int) -> float: ...

    def give(self, account: str, lease: str) -> None: ...

    def limited(self, account: str, seconds: float) -> None: ...


@dataclass(slots=True)
class _Level:
    tokens: float
    at: float
    rate: float
    frozen: float = 0.0
    room: float = 0.0
    """What the bucket may hold: the burst, less after a 429."""
    ceiling: float = 0.0
    """The rate at which a 429 came last."""
    flight: set[str] = field(default_factory=set)

    def refill(self, top: Limits, now: float) -> None:
        """Let time pass. The rate grows back within a minute, but for a while slowly near where the 429 came."""
        past = max(0.0, now - max(self.at, self.frozen))
        quick = past
        if now - self.frozen <= _CAREFUL_S:
            quick = max(0.0, min(past, (self.ceiling * 0.9 - self.rate) / (top.rate / 60)))
        self.rate = min(top.rate, self.rate + quick * top.rate / 60 + (past - quick) * top.rate / 1800)
        self.room = min(top.burst, self.room + past * top.burst / 900)
        self.tokens = min(self.room, self.tokens + past * self.rate)
        self.at = now


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
            level = _Level(tokens=top.burst, at=now, rate=top.rate, frozen=float("-inf"), room=top.burst, ceiling=top.rate)
            self._levels[account] = level
        level.refill(top, now)
        return level

    def take(self, account: str, priority: Priority, lease: str) -> float:
        """Take a token and a place; return 0, or the seconds after which to ask again."""
        tokens, places = self._limits.reserve(priority)
        with self._lock:
            now = self._clock()
            level = self._level(account, now)
            if now < level.frozen:
                return level.frozen - now
            least = min(tokens * level.room / self._limits.burst + 1, level.room)
            if level.tokens < least:
                return (least - level.tokens) / level.rate
            if len(level.flight) >= self._limits.in_flight - places:
                return 0.02
            level.tokens -= 1
            level.flight.add(lease)
            return 0.0

    def wait_for(self, account: str, calls: int) -> float:
        """Return the seconds until the bucket holds tokens for so many calls."""
        with self._lock:
            now = self._clock()
            level = self._level(account, now)
            return max(0.0, level.frozen - now, (min(calls, level.room) - level.tokens) / level.rate)

    def give(self, account: str, lease: str) -> None:
        """Free the place."""
        with self._lock:
            if level := self._levels.get(account):
                level.flight.discard(lease)

    def limited(self, account: str, seconds: float) -> None:
        """Pause, then go on at half the rate and in smaller bursts; several 429s of one moment count once."""
        with self._lock:
            now = self._clock()
            level = self._level(account, now)
            if now >= level.frozen:
                level.ceiling = max(level.rate, self._limits.rate / 8)
                level.rate = max(level.rate / 2, self._limits.rate / 16)
                level.room = max(level.room / 4, 1.0)
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

    def wait_for(self, account: str, calls: int) -> float:
        """Return the seconds until the bucket holds tokens for so many calls."""
        _, wait = self._run("look", account, reserve=(calls - 1, 0))
        return max(0.0, float(wait))

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


@dataclass(slots=True)
class _Line:
    """The calls of this process that wait for one account, the most important first."""

    moved: threading.Condition = field(default_factory=threading.Condition)
    waiting: list[tuple[int, int]] = field(default_factory=list)
    wait: float = 0.0
    """What the first in line was told last, in seconds."""
    short_until: float = 0.0
    """Until when it is worth asking whether there are tokens."""


def _first(line: _Line, mine: tuple[int, int], within_s: float) -> bool:
    """Wait until one is the first in line; return whether it came to that."""
    with line.moved:
        return line.moved.wait_for(lambda: line.waiting[0] == mine, timeout=max(0.0, within_s))


_RANK: dict[Priority, int] = {name: rank for rank, name in enumerate(_RESERVE)}
_SHORT_S = 10.0
"""An account that had no token left is looked at before work is begun, for so long."""


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
        self._lines: dict[str, _Line] = {}
        self._lock = threading.Lock()
        self._number = itertools.count()

    @contextlib.contextmanager
    def slot(self, account: str, priority: Priority, patience: float) -> Iterator[Slot]:
        """Wait up to `patience` seconds for a place, held until the block ends.

        Raises `psa.port.Throttled`.
        """
        lease = uuid.uuid4().hex
        bucket = self._wait(account, priority, patience, lease)
        try:
            yield _Held(self, account)
        finally:
            self._try(lambda: bucket.give(account, lease))

    def wait_for(self, account: str, calls: int) -> float:
        """Return the seconds until so many calls may begin, 0 where none had to wait lately. Takes nothing."""
        line = self._line(account)
        if self._clock() >= line.short_until:
            return 0.0
        if (shared := self._usable()) is not None:
            try:
                return shared.wait_for(account, calls)
            except redis.RedisError:
                self._shared_again_at = self._clock() + self._rest
        return self._local.wait_for(account, calls)

    def _line(self, account: str) -> _Line:
        with self._lock:
            return self._lines.setdefault(account, _Line())

    def _wait(self, account: str, priority: Priority, patience: float, lease: str) -> _Bucket:
        """Wait in line, then for a token and a place; return the bucket they came from. Raises `Throttled`."""
        line, until = self._line(account), self._clock() + patience
        mine = (_RANK[priority], next(self._number))
        with line.moved:
            bisect.insort(line.waiting, mine)
        try:
            while True:
                if not _first(line, mine, until - self._clock()):
                    raise self._refusal(account, priority, patience, max(1.0, line.wait * len(line.waiting)))
                wait, bucket = self._take(account, priority, lease)
                if wait <= 0:
                    return bucket
                now = self._clock()
                line.wait, line.short_until = wait, now + max(wait, _SHORT_S)
                if now + wait > until:
                    raise self._refusal(account, priority, patience, wait)
                self._sleep(wait)
        finally:
            with line.moved:
                line.waiting.remove(mine)
                line.moved.notify_all()

    def _refusal(self, account: str, priority: Priority, patience: float, wait: float) -> Throttled:
        return Throttled(
            f"our own limit for {account}: no place for a {priority} call in {patience:g} s", retry_after=wait
        )

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

    def wait_for(self, account: str, calls: int) -> float:  # noqa: ARG002
        """Return 0."""
        return 0.0

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
