"""One clock for all machines: heard with each answer, carried on by a counter, and its steps noticed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from models.database.clock import CommonClock

T = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def seconds(n: float) -> timedelta:
    return timedelta(seconds=n)


def test_between_two_answers_the_counter_goes_on() -> None:
    counter = [100.0]
    clock = CommonClock(lambda: counter[0])
    assert clock.now() is None
    clock.hear(T, asked=99.999, answered=100.0)
    counter[0] = 107.5
    assert clock.now() == T + seconds(7.5)


def test_a_slow_answer_does_not_replace_a_quick_one_that_is_fresh() -> None:
    counter = [100.0]
    clock = CommonClock(lambda: counter[0])
    clock.hear(T, asked=99.999, answered=100.0)
    clock.hear(T + seconds(0.4), asked=100.0, answered=101.0)  # took a second, so it is off by up to that
    counter[0] = 101.0
    assert clock.now() == T + seconds(1)
    clock.hear(T + seconds(40.2), asked=140.0, answered=140.5)
    counter[0] = 140.5
    assert clock.now() == T + seconds(40.2)


def test_set_forward_it_is_followed_and_the_leap_is_told_once() -> None:
    counter = [110.0]
    clock = CommonClock(lambda: counter[0])
    clock.hear(T, asked=100.0, answered=100.0)
    clock.hear(T + seconds(3610), asked=110.0, answered=110.0)
    assert clock.now() == T + seconds(3610)
    assert clock.leapt() == 3600
    assert clock.leapt() == 0


def test_set_back_it_is_followed_and_is_no_leap() -> None:
    counter = [110.0]
    clock = CommonClock(lambda: counter[0])
    clock.hear(T, asked=100.0, answered=100.0)
    clock.hear(T - seconds(3590), asked=109.0, answered=110.0)
    assert clock.now() == T - seconds(3590)
    assert clock.leapt() == 0


def test_drift_and_slow_answers_are_no_leap() -> None:
    clock = CommonClock(lambda: 0.0)
    clock.hear(T, asked=100.0, answered=100.0)
    clock.hear(T + seconds(10.9), asked=110.0, answered=110.0)
    clock.hear(T + seconds(25), asked=120.0, answered=124.0)
    assert clock.leapt() == 0
