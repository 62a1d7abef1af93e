"""Figures that stand side by side: their sums hold in the numbers that are shown, or a sentence says why not."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from escalation.figures.observations import EndedClaim, Observation
from escalation.figures.rounding import number, rounded
from escalation.figures.scorecard import Scorecard
from tests.unit.escalation.figures.test_scorecard import NOW, backcast, card, many, seen, stopwatch


def given_back(number: int, *, after: float = 60, orient: float | None = 5) -> Observation:
    """Return an escalation whose first claim came to nothing after so many minutes, and the second one did not."""
    one = seen(number, wait=10 + after + 4, orient=orient, days_ago=20)
    assert one.escalated_at is not None
    first = one.escalated_at + timedelta(minutes=10)
    ended = first + timedelta(minutes=after)
    return replace(one, returned_at=(ended,), ended_claims=(EndedClaim(first, ended),))


def month(seed: int) -> Scorecard:
    """Return a month of odd times in which some claims came to nothing."""
    chance = random.Random(seed)
    acted = [seen(n, wait=chance.lognormvariate(2, 1), orient=chance.lognormvariate(1.6, 0.7), days_ago=chance.uniform(1, 29))
             for n in range(chance.randrange(8, 40))]  # fmt: skip
    returned = [given_back(200 + n, after=chance.uniform(2, 90)) for n in range(chance.choice((0, 0, 1, 4)))]
    idle = [seen(300 + n, orient=None, days_ago=3) for n in range(chance.choice((0, 0, 2)))]
    return card([*acted, *returned, *idle], stopwatch(24, chance.uniform(8, 40)), backcast(24, chance.uniform(30, 90)))


SUM = re.compile(r"([−\d.,]+) − ([−\d.,]+) = ([−\d.,]+), with now at ([−\d.,]+) instead of ([−\d.,]+)")


def value(told: str) -> Decimal:
    return Decimal(told.replace("−", "-").replace(",", ""))


@pytest.mark.parametrize("seed", range(30))
def test_what_is_recovered_can_be_computed_again_from_what_is_shown(seed: int) -> None:
    found = month(seed)
    for old in found.baselines.values():
        for basis in ("business", "calendar"):
            then, here, each = (f[basis].mean for f in (old.figure, found.clocks[old.clock], old.saving))
            assert then is not None
            assert here is not None
            assert each is not None
            if rounded(then) - rounded(here) == rounded(each):
                continue
            sums = SUM.findall(old.arithmetic)
            assert (number(then), number(each), number(here)) in [(a, c, now) for a, _, c, _, now in sums]
        for a, b, c, counted, _ in SUM.findall(old.arithmetic):
            assert (value(a) - value(b), b) == (value(c), counted)
    waits = [found.clocks[name]["business"].mean or 0 for name in ("queue_wait", "orientation", "total")]
    apart = rounded(waits[0]) + rounded(waits[1]) - rounded(waits[2])
    assert bool(found.arithmetic) == (abs(apart) > Decimal("0.1"))


def test_claims_that_came_to_nothing_are_named_as_what_they_are() -> None:
    found = card([*many(20), given_back(90), given_back(91)], stopwatch(20, 14))
    assert found.baselines["stopwatch"].arithmetic == (
        "Recovered each is 16.0 − 6.9 = 9.1, with now at 6.9 instead of 6.1: the 2 claims given back or run out unused "
        "count here as long as the slowest of either side."
    )
    assert found.arithmetic == (
        "Waiting and the time after claiming come to 21.9, not 21.7: 2 claims given back or run out unused count on their "
        "own after claiming, and as waiting until the claim that stands."
    )
    one = card([*many(20), given_back(90)], stopwatch(20, 14))
    assert "the 1 claim given back or run out unused counts here" in one.baselines["stopwatch"].arithmetic


def test_what_goes_on_is_named_too() -> None:
    idle = replace(seen(90, orient=None), ended_at=NOW - timedelta(hours=2))
    assert "the 1 without a first action so far counts here" in card([*many(20), idle], stopwatch(20, 14)).baselines[
        "stopwatch"
    ].arithmetic
    both = card([*many(20), given_back(91), idle], stopwatch(20, 14)).baselines["stopwatch"].arithmetic
    assert "the 1 claim given back or run out unused and the 1 without a first action so far count here" in both
    assert "some are not claimed or not acted on so far" in card([*many(20), seen(90, wait=90, orient=None)]).arithmetic
    assert "they rest on 21, 20 and 21 escalations" in card([*many(20), seen(90, wait=90, orient=-9)]).arithmetic


def test_where_the_sums_hold_nothing_is_said() -> None:
    found = card(many(20), stopwatch(20, 14))
    assert (found.arithmetic, found.baselines["stopwatch"].arithmetic) == ("", "")
    assert card(many(3), stopwatch(20, 14)).baselines["stopwatch"].arithmetic == ""


def test_rounding_alone_is_called_rounding() -> None:
    half = [replace(o, acted_at=o.acted_at and o.acted_at + timedelta(seconds=3.6)) for o in many(20)]  # 6.06
    found = card(half, stopwatch(20, 14.04))  # 16.04
    assert found.baselines["stopwatch"].arithmetic == (
        "Recovered each is 16.0 − 6.0 = 10.0, with now at 6.0 instead of 6.1: each number is rounded by itself."
    )
