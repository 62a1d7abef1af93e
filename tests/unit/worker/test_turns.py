"""Shares of the worker's threads: nobody gets them all, everything in line is worked off, nothing runs twice."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from worker.turns import Turns

THREADS = 8


@pytest.fixture
def hold() -> threading.Event:
    return threading.Event()


def wait_for(ready: object, within_s: float = 2) -> None:
    end = time.monotonic() + within_s
    while not ready():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.005)


def test_one_lane_gets_half_and_another_starts_at_once(hold: threading.Event) -> None:
    turns, begun, others = Turns(THREADS), [], []

    def stuck(number: int) -> None:
        begun.append(number)
        hold.wait(5)

    with ThreadPoolExecutor(THREADS) as pool:
        for number in range(20):
            pool.submit(turns.take, "slow", number, lambda n=number: stuck(n))
        wait_for(lambda: turns.waiting() == {"slow": 16})
        assert len(begun) == THREADS // 2
        done = pool.submit(turns.take, "quick", 1, lambda: others.append(1))
        assert done.result(timeout=1)
        assert others == [1]
        hold.set()
    assert sorted(begun) == list(range(20)), "each once, the line worked off by those who were done"
    assert turns.waiting() == {}


def test_many_slow_lanes_still_leave_a_thread(hold: threading.Event) -> None:
    turns = Turns(THREADS)
    with ThreadPoolExecutor(32) as pool:
        for lane in range(3):
            for number in range(THREADS):
                pool.submit(turns.take, lane, number, lambda: hold.wait(5))
        wait_for(lambda: sum(turns.waiting().values()) > 2 * THREADS)  # so fewer than all threads are held
        hold.set()


def test_the_same_work_stands_in_line_once(hold: threading.Event) -> None:
    turns, ran = Turns(2), []
    with ThreadPoolExecutor(4) as pool:
        pool.submit(turns.take, "a", 0, lambda: hold.wait(5))
        wait_for(lambda: bool(turns._lanes))
        for _ in range(3):
            assert not turns.take("a", 1, lambda: ran.append(1))
        assert turns.waiting() == {"a": 1}
        hold.set()
    assert ran == [1]


def test_a_failure_in_line_stops_nobody_and_ones_own_is_raised(hold: threading.Event) -> None:
    turns, ran = Turns(2), []

    def fail() -> None:
        hold.wait(5)
        raise ValueError("mine")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(turns.take, "a", 0, fail)
        wait_for(lambda: bool(turns._lanes))
        turns.take("a", 1, lambda: 1 / 0)  # type: ignore[arg-type, return-value]
        turns.take("a", 2, lambda: ran.append(2))
        hold.set()
        with pytest.raises(ValueError, match="mine"):
            first.result(timeout=2)
    assert ran == [2]
    assert turns.take("a", 3, lambda: ran.append(3)), "no thread is lost"


def test_a_line_has_an_end_and_a_thread_does_not_stay_for_ever(hold: threading.Event) -> None:
    now = [0.0]
    turns, ran = Turns(2, longest_line=2, clock=lambda: now[0]), []
    with ThreadPoolExecutor(2) as pool:
        pool.submit(turns.take, "a", 0, lambda: hold.wait(5))
        wait_for(lambda: bool(turns._lanes))
        for number in (1, 2, 3):
            turns.take("a", number, lambda n=number: ran.append(n))
        assert turns.waiting() == {"a": 2}
        now[0] = 60.0
        hold.set()
    assert ran == [], "left to the sweeper"
    assert turns.waiting() == {}
