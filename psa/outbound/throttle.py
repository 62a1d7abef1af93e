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
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import redis

from psa.outbound import redis_address
from psa.outbound.token_buckets import RESERVE, Bucket, Limits, LocalBuckets, Priority, RedisBuckets
from psa.port import Throttled

__all__ = [
    "BucketThrottle", "Limits", "LocalBuckets", "NoThrottle", "Priority", "RedisBuckets", "Slot", "Throttle",
    "throttle_from_url",
]  # fmt: skip

_FREEZE_UNASKED = 5.0
"""Seconds to pause after a 429 that does not say how long."""
_LONGEST_FREEZE = 300.0


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


_RANK: dict[Priority, int] = {name: rank for rank, name in enumerate(RESERVE)}
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

    def _wait(self, account: str, priority: Priority, patience: float, lease: str) -> Bucket:
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

    def _take(self, account: str, priority: Priority, lease: str) -> tuple[float, Bucket]:
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
        client = redis_address.client(
            redis_url, socket_timeout=timeout, socket_connect_timeout=timeout, retry=None, max_connections=64
        )
        shared = RedisBuckets(client, limits)
    return BucketThrottle(shared, LocalBuckets(limits))
