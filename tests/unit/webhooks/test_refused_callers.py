"""Refusals are counted for each address, within bounds."""

from __future__ import annotations

from webhooks.refused_callers import RefusedCallers


def test_a_few_refusals_make_no_stranger_and_a_minute_forgives() -> None:
    now = [0.0]
    refused_callers = RefusedCallers(free=3, clock=lambda: now[0])
    assert [refused_callers.refused("a") for _ in range(2)] == [1, 2]
    assert not refused_callers.is_one("a")
    refused_callers.refused("a")
    assert refused_callers.is_one("a")
    assert not refused_callers.is_one("b"), "somebody else"
    now[0] = 60.0
    assert not refused_callers.is_one("a")
    assert refused_callers.refused("a") == 1


def test_it_remembers_a_bounded_number_and_forgets_the_longest_silent() -> None:
    refused_callers = RefusedCallers(free=1, most=100)
    for number in range(100):
        refused_callers.refused(str(number))
    refused_callers.refused("0")
    for number in range(100, 199):
        refused_callers.refused(str(number))
    assert len(refused_callers) == 100
    assert refused_callers.is_one("0"), "heard of lately"
    assert not refused_callers.is_one("1")


def test_ten_thousand_refusals_are_some_thirty_lines() -> None:
    refused_callers = RefusedCallers()
    lines = sum(refused_callers.worth_a_line(refused_callers.refused("a")) for _ in range(10_000))
    assert 20 <= lines < 35
