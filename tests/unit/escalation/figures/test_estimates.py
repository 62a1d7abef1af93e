"""Estimates against independent ones: published examples, other algorithms for the same, all resamples there are."""

from __future__ import annotations

import itertools
import math
import random
import statistics

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from benchmarks import coverage
from escalation.figures import estimates
from escalation.figures.estimates import (
    Reading,
    Sample,
    TooFew,
    difference_interval,
    interval,
    mean,
    median,
    survival,
)

# Remission of leukaemia in weeks, Freireich and others 1963, as worked in textbooks of survival analysis.
TREATED = Sample.of(
    [Reading(t) for t in (6, 6, 6, 7, 10, 13, 16, 22, 23)]
    + [Reading(t, unfinished=True) for t in (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)]
)
UNTREATED = Sample.of(Reading(t) for t in (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23))


def whole(*minutes: float) -> Sample:
    return Sample.of(Reading(m) for m in minutes)

readings = st.lists(st.tuples(st.integers(1, 60), st.booleans(), st.integers(0, 3)), min_size=2, max_size=30)


def textbook(sample: Sample, horizon: float) -> tuple[float, float]:
    """Return area and Greenwood's variance, one finished time after the other."""
    curve = [(0.0, 1.0), *survival(sample)]
    ends = [*(minutes for minutes, _ in curve[1:]), horizon]
    areas = [share * (end - begin) for (begin, share), end in zip(curve, ends, strict=True)]
    total, finished = 0.0, sample.finished
    for place, (minutes, _) in enumerate(curve[1:], start=1):
        at_risk = sum(r.minutes >= minutes for r in sample.readings)
        ended = sum(r.minutes == minutes and not r.unfinished for r in sample.readings)
        if at_risk > ended:
            total += sum(areas[place:]) ** 2 * ended / (at_risk * (at_risk - ended))
    return sum(areas), total * (finished / (finished - 1) if finished > 1 else 1.0)


def redistributed(sample: Sample) -> list[tuple[float, float]]:
    """Return the curve by Efron's rule of 1967: who is lost from sight leaves his weight to all who are watched longer."""
    count = len(sample.readings)
    weights = [1 / count] * count
    curve: dict[float, float] = {}
    for place, reading in enumerate(sample.readings):
        if not reading.unfinished:
            curve[reading.minutes] = sum(weights[place + 1 :])
            continue
        for later in range(place + 1, count):
            weights[later] += weights[place] / (count - place - 1)
    return list(curve.items())


@given(readings)
def test_a_draw_is_the_curve_of_the_readings_drawn(drawn: list[tuple[int, bool, int]]) -> None:
    drawn = sorted(drawn)
    assume(any(count for _, _, count in drawn))
    whole = Sample.of(Reading(m, u) for m, u, count in drawn for _ in range(count))
    counts = [count for _, _, count in drawn]
    found = estimates._censored([float(m) for m, _, _ in drawn], [not u for _, u, _ in drawn], counts, 70.0)
    assert found == pytest.approx(textbook(whole, 70.0), abs=1e-9)


@pytest.mark.parametrize("size", [20, 60, 500])
def test_the_same_readings_give_the_same_interval_for_ever(size: int) -> None:
    sample = [Reading(float(i * 37 % 101), unfinished=i % 9 == 0) for i in range(size)]
    first = interval(Sample.of(sample))
    for cached in (estimates._interval, estimates._resampled, estimates._draws):
        cached.cache_clear()
    assert interval(Sample.of(reversed(sample))) == first
    assert first[0] < estimates.mean(Sample.of(sample)) < first[1]


def test_every_draw_takes_as_many_as_there_are() -> None:
    draws = estimates._draws(7, 50, 1)
    assert {sum(counts) for counts in draws} == {7}
    assert {len(counts) for counts in draws} == {7}
    average = sum(counts[0] for counts in estimates._draws(7, 5000, 1)) / 5000
    assert average == pytest.approx(1, abs=0.05)


def test_an_end_of_an_interval_is_one_of_the_drawn_values() -> None:
    for number in (estimates.RESAMPLES, *(number for _, number in estimates._FEWER)):
        assert (number + 1) % 40 == 0


def test_the_curve_is_that_of_the_published_example() -> None:
    curve = {minutes: round(share, 3) for minutes, share in survival(TREATED)}
    assert curve == {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert (median(TREATED), median(UNTREATED)) == (23, 8)
    assert mean(TREATED, 35) == pytest.approx(23.287, abs=0.002)
    assert mean(UNTREATED) == pytest.approx(182 / 21)


def test_greenwoods_variance_agrees_with_its_textbook_form() -> None:
    assert estimates._moments(TREATED, 35.0)[1] == pytest.approx(textbook(TREATED, 35.0)[1])


@given(readings)
def test_the_curve_is_that_of_another_algorithm(drawn: list[tuple[int, bool, int]]) -> None:
    """Ties, of finished with unfinished too, nothing finished, the last one unfinished: all come up."""
    sample = Sample.of(Reading(float(m), u) for m, u, count in drawn for _ in range(count + 1))
    assert survival(sample) == [(minutes, pytest.approx(share)) for minutes, share in redistributed(sample)]


@given(st.lists(st.floats(0.1, 500), min_size=2, max_size=30))
def test_without_unfinished_times_all_is_plain(minutes: list[float]) -> None:
    sample = whole(*minutes)
    assert mean(sample) == pytest.approx(statistics.fmean(minutes))
    assert median(sample) == pytest.approx(statistics.median(minutes))
    plain = estimates._moments(sample, 0)[1]
    assert plain == pytest.approx(statistics.variance(minutes) / len(minutes), abs=1e-6)
    seen, ones = [True] * len(minutes), [1] * len(minutes)
    area, variance = estimates._censored(sorted(minutes), seen, ones, max(minutes))
    assert area == pytest.approx(statistics.fmean(minutes))
    assert variance == pytest.approx(plain, rel=1e-6, abs=1e-6)


def test_the_interval_is_that_of_all_resamples_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimates, "RESAMPLES", 20_000)
    minutes = (2.0, 3.0, 7.0, 12.0, 30.0)
    centre, error = statistics.fmean(minutes), statistics.stdev(minutes) / math.sqrt(5)
    pivots = []
    for drawn in itertools.product(minutes, repeat=5):
        spread = statistics.stdev(drawn) / math.sqrt(5)
        pivots.append((statistics.fmean(drawn) - centre) / max(spread, 0.05 * error))
    pivots.sort()
    both = sorted(map(abs, pivots))[round(0.95 * 3125) - 1]
    below, above = -pivots[round(0.025 * 3125) - 1], pivots[round(0.975 * 3125) - 1]
    logs = sorted(
        math.log(statistics.fmean(drawn) / centre) / max(statistics.stdev(drawn) / math.sqrt(5) / statistics.fmean(drawn),
                                                         0.05 * error / centre)
        for drawn in itertools.product(minutes, repeat=5)
    )  # fmt: skip
    farther = max(sorted(map(abs, logs))[round(0.95 * 3125) - 1], logs[round(0.975 * 3125) - 1])
    estimates._interval.cache_clear()
    low, high = interval(whole(*minutes))
    assert low == pytest.approx(centre * math.exp(-farther * error / centre), rel=0.08)
    assert high == pytest.approx(centre + max(both, below) * error, rel=0.08)
    nothing = whole(0, 0, 0)  # takes away nothing and is sure of it: the plain interval of a saving
    low, high = difference_interval(whole(*minutes), nothing)
    estimates._interval.cache_clear()
    assert low == pytest.approx(centre - max(both, above) * error, rel=0.08)
    assert high == pytest.approx(centre + max(both, below) * error, rel=0.08)


times = st.one_of(st.just(0.0), st.floats(0, 1), st.floats(0, 5000))


@pytest.mark.storm
@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(times, st.booleans()), min_size=6, max_size=24))
@example([(0.0, False)] * 5 + [(900.0, False)])
@example([(0.0, False), (0.0, False), *[(5.0, True)] * 6])
@example([(1.0, False)] * 6 + [(10_000.0, False)])
@example([(5e-324, False), (5e-324, False), (5000.0, False)])
def test_a_time_is_never_said_to_be_shorter_than_nothing(drawn: list[tuple[float, bool]]) -> None:
    sample = Sample.of(Reading(m, u) for m, u in drawn)
    assume(sample.finished >= 2)
    low, high = interval(sample)
    assert 0 <= low <= mean(sample) <= high < math.inf


def test_a_saving_may_be_less_than_nothing() -> None:
    low, high = difference_interval(whole(3, 4, 5, 6, 7, 8), whole(2, 4, 5, 6, 7, 11))
    assert low < 0 < high


def test_many_readings_give_the_normal_interval() -> None:
    chance = random.Random(5)
    a = [chance.gauss(30, 5) for _ in range(400)]
    b = [chance.gauss(20, 5) for _ in range(400)]
    low, high = difference_interval(whole(*a), whole(*b))
    error = math.sqrt(statistics.variance(a) / 400 + statistics.variance(b) / 400)
    assert (high - low) / 2 == pytest.approx(1.96 * error, rel=0.1)
    assert (high + low) / 2 == pytest.approx(statistics.fmean(a) - statistics.fmean(b), abs=0.1)


@pytest.mark.storm
@pytest.mark.parametrize("watched", ["none", "some"])
def test_the_interval_holds_the_truth_about_as_often_as_it_says(watched: str) -> None:
    before, after = coverage.CASES["even"]
    got = coverage.simulate(before, after, 20, coverage.WATCHED[watched], 120, random.Random(4))
    assert got.covered > 0.9
    assert got.too_high < 0.03
    assert 3 * (before.mean - after.mean) < 2 * got.width < 8 * (before.mean - after.mean)  # not by being endless


def test_fewer_than_half_finished_have_no_median() -> None:
    sample = Sample.of([Reading(5), Reading(6), *(Reading(9, unfinished=True),) * 5])
    assert median(sample) is None


def test_an_interval_takes_two() -> None:
    with pytest.raises(TooFew, match="1 finished"):
        interval(whole(4))
    assert interval(whole(4, 4, 4)) == (4, 4)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 100), st.booleans()), min_size=6, max_size=12), st.randoms())
def test_the_order_of_the_readings_changes_nothing(drawn: list[tuple[float, bool]], chance: random.Random) -> None:
    readings = [Reading(m, u) for m, u in drawn] + [Reading(1), Reading(2)]
    shuffled = list(readings)
    chance.shuffle(shuffled)
    assert Sample.of(readings) == Sample.of(shuffled)
    low, high = interval(Sample.of(readings))
    estimates._interval.cache_clear()
    assert interval(Sample.of(shuffled)) == (low, high)
    assert low <= mean(Sample.of(readings)) <= high
