"""Refusals are counted for each address, within bounds."""

from __future__ import annotations

from webhooks.callbacks.refused_callers import Strangers


def test_a_few_refusals_make_no_stranger_and_a_minute_forgives() -> None:
    now = [0.0]
    strangers = Strangers(free=3, clock=lambda: now[0])
    assert [strangers.refused("a") for _ in range(2)] == [1, 2]
    assert not strangers.is_one("a")
    strangers.refused("a")
    assert strangers.is_one("a")
    assert not strangers.is_one("b"), "somebody else"
    now[0] = 60.0
    assert not strangers.is_one("a")
    assert strangers.refused("a") == 1


def test_it_remembers_a_bounded_number_and_forgets_the_longest_silent() -> None:
    strangers = Strangers(free=1, most=100)
    for number in range(100):
        strangers.refused(str(number))
    strangers.refused("0")
    for number in range(100, 199):
        strangers.refused(str(number))
    assert len(strangers) == 100
    assert strangers.is_one("0"), "heard of lately"
    assert not strangers.is_one("1")


def test_ten_thousand_refusals_are_some_thirty_lines() -> None:
    strangers = Strangers()
    lines = sum(strangers.worth_a_line(strangers.refused("a")) for _ in range(10_000))
    assert 20 <= lines < 35
