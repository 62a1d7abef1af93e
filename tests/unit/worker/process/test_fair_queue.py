"""Shares of the worker's threads: nobody gets them all, everything in line is worked off, nothing runs twice."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from worker.process.fair_queue import SLOW_S, TICK_S, FairQueue

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
    turns, begun, others = FairQueue(THREADS), [], []

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
        wait_for(lambda: len(begun) == 20)
    assert sorted(begun) == list(range(20)), "each once"
    assert turns.waiting() == {}


def test_an_account_works_on_few_things_at_once(hold: threading.Event) -> None:
    turns, begun = FairQueue(THREADS, each=2), []
    with ThreadPoolExecutor(THREADS) as pool:
        for number in range(5):
            pool.submit(turns.take, 1, number, lambda n=number: (begun.append(n), hold.wait(5)))
        wait_for(lambda: turns.waiting() == {1: 3})
        assert len(begun) == 2
        hold.set()
        wait_for(lambda: len(begun) == 5)


def test_what_is_finished_makes_room_for_each_line_in_turn() -> None:
    turns, order, hold = FairQueue(2), [], threading.Event()
    with ThreadPoolExecutor(2) as pool:
        pool.submit(turns.take, 0, 0, lambda: hold.wait(5))
        pool.submit(turns.take, 9, 0, lambda: hold.wait(5))
        wait_for(lambda: len(turns._lanes) == 2)
        for number in range(4):
            for lane in (1, 2):
                assert not turns.take(lane, number, lambda name=lane: order.append(name))
        hold.set()
        wait_for(lambda: len(order) == 8)
    assert order[:3].count(1) in (1, 2), "not one account's whole line first"


def test_no_thread_is_held_while_the_psa_has_no_call_left() -> None:
    left, ran = [0.3], []
    turns = FairQueue(THREADS, wait=lambda lane, calls: left[0] if lane == 1 and calls else 0.0)
    for number in range(3):
        assert not turns.take(1, number, lambda n=number: ran.append(n), calls=7)
    assert turns.take(2, 0, lambda: ran.append("other"), calls=7)
    assert ran == ["other"]
    left[0] = 0.0
    wait_for(lambda: len(ran) == 4)
    assert ran[1:] == [0, 1, 2]


def test_what_ends_something_begun_goes_first() -> None:
    left, ran = [0.2], []
    turns = FairQueue(THREADS, wait=lambda *_: left[0])
    turns.take(1, "a", lambda: ran.append("begin"), calls=7)
    turns.take(1, "b", lambda: ran.append("end"), calls=4, first=True)
    left[0] = 0.0
    wait_for(lambda: len(ran) == 2)
    assert ran == ["end", "begin"]


def test_more_hanging_accounts_than_threads_hold_up_nobody(hold: threading.Event) -> None:
    """Work that takes long gives its place to others, whose threads are others."""
    turns, ran, now = FairQueue(THREADS, clock=lambda: now[0]), [], [0.0]
    with ThreadPoolExecutor(THREADS * 5) as pool:
        for lane in range(THREADS * 2):
            for number in range(3):
                pool.submit(turns.take, lane, number, lambda: hold.wait(5))
        wait_for(lambda: sum(turns.waiting().values()) == THREADS * 2 * 3 - THREADS)
        assert not turns.take("well", 0, lambda: ran.append(0))
        for _ in range(3):  # the rest of the hanging ones take their turn too, each with one thread
            now[0] += SLOW_S
            time.sleep(TICK_S * 3)
        wait_for(lambda: ran == [0])
        assert turns.take("well", 1, lambda: ran.append(1))
        turns.close()
        hold.set()


def test_many_slow_lanes_still_leave_a_thread(hold: threading.Event) -> None:
    turns = FairQueue(THREADS)
    with ThreadPoolExecutor(32) as pool:
        for lane in range(3):
            for number in range(THREADS):
                pool.submit(turns.take, lane, number, lambda: hold.wait(5))
        wait_for(lambda: sum(turns.waiting().values()) > 2 * THREADS)  # so fewer than all threads are held
        hold.set()
        turns.close()


def test_the_same_work_stands_in_line_once(hold: threading.Event) -> None:
    turns, ran = FairQueue(2), []
    with ThreadPoolExecutor(4) as pool:
        pool.submit(turns.take, "a", 0, lambda: hold.wait(5))
        wait_for(lambda: bool(turns._lanes))
        for _ in range(3):
            assert not turns.take("a", 1, lambda: ran.append(1))
        assert turns.waiting() == {"a": 1}
        hold.set()
        wait_for(lambda: ran == [1])


def test_work_that_ends_badly_loses_no_thread() -> None:
    turns, ran = FairQueue(2), []
    with pytest.raises(ZeroDivisionError):
        turns.take("a", 1, lambda: 1 / 0)  # type: ignore[arg-type, return-value]
    assert turns.take("a", 2, lambda: ran.append(2))
    assert ran == [2]


def test_a_line_has_an_end_and_who_is_asked_to_stop_begins_nothing_more(hold: threading.Event) -> None:
    turns, ran = FairQueue(2, longest_line=2), []
    with ThreadPoolExecutor(2) as pool:
        pool.submit(turns.take, "a", 0, lambda: hold.wait(5))
        wait_for(lambda: bool(turns._lanes))
        for number in (1, 2, 3):
            turns.take("a", number, lambda n=number: ran.append(n))
        assert turns.waiting() == {"a": 2}
        turns.close()
        hold.set()
    assert ran == [], "left to the sweeper"


def test_what_is_known_waits_for_what_opens_but_for_each_fourth_turn(hold: threading.Event) -> None:
    turns, ran = FairQueue(2, each=1), []
    with ThreadPoolExecutor(2) as pool:
        pool.submit(turns.take, "a", "begun", lambda: hold.wait(5))
        wait_for(lambda: bool(turns._lanes))
        for number in range(6):
            assert not turns.take("a", f"again {number}", lambda n=number: ran.append(f"again {n}"), last=True)
        for number in range(6):
            assert not turns.take("a", number, lambda n=number: ran.append(n))
        assert turns.waiting() == {"a": 12}
        hold.set()
    wait_for(lambda: len(ran) == 12)
    assert [each for each in ran if isinstance(each, int)] == list(range(6))
    assert ran.index(5) <= 8, "escalations before the rest"
    assert "again 0" in ran[:4], "and the rest does not starve"
