"""Drawing readings anew: summed by stretches it is the textbook's curve, and it is the same every time."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from escalation.figures import estimates
from escalation.figures.estimates import Reading, Sample, interval

readings = st.lists(st.tuples(st.integers(1, 60), st.booleans(), st.integers(0, 3)), min_size=2, max_size=30)


def textbook(sample: Sample, horizon: float) -> tuple[float, float]:
    """Return area and Greenwood's variance, one finished time after the other."""
    curve = [(0.0, 1.0), *estimates.survival(sample)]
    ends = [*(minutes for minutes, _ in curve[1:]), horizon]
    areas = [share * (end - begin) for (begin, share), end in zip(curve, ends, strict=True)]
    total, finished = 0.0, sample.finished
    for place, (minutes, _) in enumerate(curve[1:], start=1):
        at_risk = sum(r.minutes >= minutes for r in sample.readings)
        ended = sum(r.minutes == minutes and not r.unfinished for r in sample.readings)
        if at_risk > ended:
            total += sum(areas[place:]) ** 2 * ended / (at_risk * (at_risk - ended))
    return sum(areas), total * (finished / (finished - 1) if finished > 1 else 1.0)


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
