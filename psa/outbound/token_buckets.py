"""How many calls one account's PSA has left: token buckets, of this process or shared through Redis.

After a 429 the account gets half the rate and a quarter of the burst. The rate grows back within a minute, but for a
while slowly near where the 429 came; the burst within a quarter of an hour. `throttle.lua` says the same for Redis.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import redis

Priority = Literal["post", "gather", "claim", "reconcile", "rest"]

RESERVE: dict[Priority, tuple[float, float]] = {
    "post": (0.0, 0.0),
    "gather": (0.05, 0.1),
    "claim": (0.1, 0.1),
    "reconcile": (0.3, 0.3),
    "rest": (0.4, 0.5),
}
"""Share of the burst, and of the places in flight, that a priority must leave for higher ones."""

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
        tokens, places = RESERVE[priority]
        return math.floor(self.burst * tokens), math.floor(self.in_flight * places)


class Bucket(Protocol):
    """The calls each account has left, and its calls in flight."""

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
