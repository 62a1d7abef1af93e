"""Estimate from few, skewed and partly unfinished times, and say how far off that may be.

Times to act are skewed to the right and some claims are never acted on, so:

- A time that did not end is *censored*: known to be longer than it was watched (Kaplan and Meier, 1958).
- The mean is the area under the Kaplan-Meier curve up to a horizon; without censored times it is the plain mean.
- The interval is a studentised bootstrap. At each end it takes the farther of the equal-tailed and the symmetric
  form, since either alone is too short for small skewed samples. `python -m benchmarks.coverage` measures how often
  it holds the truth.
- No time is shorter than nothing, so the lower end of one mean is found on the logarithmic scale. The upper end is
  not: there it would leave the world for a handful of skewed readings.

Everything is a function of its arguments, in any order: the same readings give the same figures for ever.
"""

from __future__ import annotations

import math
import random
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from operator import mul

RESAMPLES = 999
_FEWER = ((400, 399), (50, 599))
"""How often readings are drawn anew, and how often above so many of them: more cost more to draw and need it no
oftener. Each number plus one, times 2.5%, is a whole number, so an end of an interval is one of the drawn values."""

_SEED = 8_675_309
_FLATTEST = 0.05
"""A resample of nearly equal values would look certain: its error is never taken for less than this share."""

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True, order=True)
class Reading:
    """One time in minutes; `unfinished` if it was still running when it was last watched."""

    minutes: float
    unfinished: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """Readings in order of time, finished before unfinished, as Kaplan and Meier have it."""

    readings: tuple[Reading, ...]

    @classmethod
    def of(cls, readings: Iterable[Reading]) -> Sample:
        """Return the sample, whatever order the readings come in."""
        return cls(tuple(sorted(readings)))

    @property
    def finished(self) -> int:
        return sum(not reading.unfinished for reading in self.readings)

    @property
    def unfinished(self) -> int:
        return len(self.readings) - self.finished

    @property
    def longest(self) -> float:
        """Return the longest finished time in minutes; 0 without any."""
        return max((r.minutes for r in self.readings if not r.unfinished), default=0.0)


def survival(sample: Sample) -> list[tuple[float, float]]:
    """Return the Kaplan-Meier curve: at each finished time, the share that takes longer."""
    curve: list[tuple[float, float]] = []
    share, at_risk = 1.0, len(sample.readings)
    for reading in sample.readings:
        if not reading.unfinished:
            share *= (at_risk - 1) / at_risk
            if curve and curve[-1][0] == reading.minutes:
                curve.pop()
            curve.append((reading.minutes, share))
        at_risk -= 1
    return curve


def median(sample: Sample) -> float | None:
    """Return the time by which half have finished; None if fewer than half ever did.

    Where the curve is at one half for a while, the middle of that while: so it is the plain median without
    unfinished times.
    """
    curve = survival(sample)
    for place, (minutes, share) in enumerate(curve):
        if share <= 0.5 + 1e-9:
            flat = share >= 0.5 - 1e-9 and place + 1 < len(curve)
            return (minutes + curve[place + 1][0]) / 2 if flat else minutes
    return None


def mean(sample: Sample, horizon: float | None = None) -> float:
    """Return the mean in minutes, where what is unfinished runs on to the horizon (default: the longest finished)."""
    return _moments(sample, _horizon(sample, horizon))[0]


def interval(sample: Sample) -> Interval:
    """Return a 95% interval for the mean, never below zero. Raises `TooFew` below two finished readings."""
    return difference_interval(sample, None)


def difference_interval(more: Sample, less: Sample | None, *, horizon: float | None = None) -> Interval:
    """Return a 95% interval for the mean of one sample minus that of another, resampled apart.

    `horizon` is that of `less`; what is unfinished in `more` runs on to its own longest finished time.
    """
    for sample in (more, less):
        if sample is not None and sample.finished < 2:
            raise TooFew(f"{sample.finished} finished readings: an interval takes at least two")
    return _interval(more, less, horizon)


class TooFew(ValueError):
    """Not enough finished readings for an interval."""


@lru_cache(maxsize=1024)
def _interval(more: Sample, less: Sample | None, horizon: float | None) -> Interval:
    size = len(more.readings) + (len(less.readings) if less else 0)
    times = next((number for above, number in _FEWER if size > above), RESAMPLES)
    estimate, variance, drawn = _resampled(more, _horizon(more, None), times, _SEED)
    if less is not None:
        other, other_variance, other_drawn = _resampled(less, _horizon(less, horizon), times, _SEED + 1)
        estimate, variance = estimate - other, variance + other_variance
        drawn = [(a - b, v + w) for (a, v), (b, w) in zip(drawn, other_drawn, strict=True)]
    error = math.sqrt(variance)
    if error == 0:
        return estimate, estimate
    pivots = sorted((m - estimate) / max(math.sqrt(v), _FLATTEST * error) for m, v in drawn)
    symmetric = _quantile(sorted(map(abs, pivots)), 0.95)
    above = max(symmetric, _quantile(pivots, 0.975))
    below = max(symmetric, -_quantile(pivots, 0.025))
    lower = estimate - above * error if less is not None else _lower_end(estimate, error, drawn)
    return lower, estimate + below * error


def _lower_end(estimate: float, error: float, drawn: list[tuple[float, float]]) -> float:
    """Return the lower end for a mean of times, found as for any mean but on the logarithmic scale."""
    relative, here = error / estimate, math.log(estimate)
    pivots = sorted(
        (math.log(m) - here) / max(math.sqrt(v) / m, _FLATTEST * relative) if m > 0 else -math.inf for m, v in drawn
    )
    above = max(_quantile(sorted(map(abs, pivots)), 0.95), _quantile(pivots, 0.975))
    return estimate * math.exp(-above * relative)


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, max(0, round(share * (len(ordered) + 1)) - 1))]


def _horizon(sample: Sample, horizon: float | None) -> float:
    return sample.longest if horizon is None else max(horizon, sample.longest)


def _moments(sample: Sample, horizon: float) -> tuple[float, float]:
    if not sample.readings:
        return math.nan, math.nan
    if not sample.unfinished:
        return _plain([reading.minutes for reading in sample.readings])
    return _censored(
        [reading.minutes for reading in sample.readings],
        [not reading.unfinished for reading in sample.readings],
        [1] * len(sample.readings),
        horizon,
    )


@lru_cache(maxsize=24)
def _resampled(
    sample: Sample, horizon: float, resamples: int, seed: int
) -> tuple[float, float, list[tuple[float, float]]]:
    """Return mean and its variance, and both for each of the resamples."""
    estimate, variance = _moments(sample, horizon)
    times = [reading.minutes for reading in sample.readings]
    # The draws are turned by what the readings come to, so that an odd draw is not odd in the same way everywhere.
    turn = round(sum(times) * 6000) % len(times)
    draws = (counts[turn:] + counts[:turn] for counts in _draws(len(times), resamples, seed))
    if not sample.unfinished:
        squares = [minutes * minutes for minutes in times]
        return estimate, variance, [_weighted(times, squares, counts) for counts in draws]
    seen = [not reading.unfinished for reading in sample.readings]
    return estimate, variance, [_censored(times, seen, counts, horizon) for counts in draws]


@lru_cache(maxsize=16)
def _draws(size: int, resamples: int, seed: int) -> list[array[int]]:
    """Return how often each of so many readings is in each resample; the figures of one account share the sizes."""
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    rows = []
    for _ in range(resamples):
        counts = [0] * size
        for number in memoryview(chance.randbytes(4 * size)).cast("I"):
            counts[number * size >> 32] += 1
        rows.append(array("H", counts))
    return rows


def _weighted(times: list[float], squares: list[float], counts: Sequence[int]) -> tuple[float, float]:
    """Return mean and its variance of readings that are there so many times each."""
    size = len(times)
    average = sum(map(mul, times, counts)) / size
    spread = sum(map(mul, squares, counts)) - size * average * average
    return average, max(0.0, spread) / (size - 1) / size


def _plain(times: list[float]) -> tuple[float, float]:
    size = len(times)
    average = sum(times) / size
    if size < 2:
        return average, 0.0
    squares = sum(map(mul, times, times)) - size * average * average
    return average, max(0.0, squares) / (size - 1) / size


def _censored(times: list[float], seen: list[bool], counts: Sequence[int], horizon: float) -> tuple[float, float]:
    """Return the area under the curve up to the horizon and its variance by Greenwood's formula.

    Between two unfinished times the curve is that of a plain sample in which all who go on have the mean time of
    those at the next stretch; so its area is a mean, and Greenwood's sum over it the variance of that mean.
    The variance is scaled by d / (d - 1) for d finished times, so that it is the plain one if all are finished.
    """
    stretches: list[tuple[int, int, float, float, float]] = []
    at_risk, share, here, total, squares = sum(counts), 1.0, 0, 0.0, 0.0
    for minutes, done, count in compress(zip(times, seen, counts, strict=True), counts):
        if done:
            here += count
            weight = count * minutes
            total += weight
            squares += weight * minutes
            continue
        if here:
            stretches.append((at_risk, here, total, squares, share))
            share *= (at_risk - here) / at_risk
            at_risk -= here
            here, total, squares = 0, 0.0, 0.0
        at_risk -= count
    if here:
        stretches.append((at_risk, here, total, squares, share))
    area, variance, finished = horizon, 0.0, 0
    for size, ended, total, squares, alive in reversed(stretches):
        on = size - ended
        average = (total + on * area) / size
        spread = (squares + on * area * area) / size - average * average
        variance += alive * alive * max(0.0, spread) / size
        area, finished = average, finished + ended
    return area, variance * (finished / (finished - 1) if finished > 1 else 1.0)
