"""Estimate from few, skewed and partly unfinished times, and say how far off that may be.

Times to act are skewed to the right and some claims are never acted on, so:

- A time that did not end is *censored*: known to be longer than it was watched (Kaplan and Meier, 1958).
- The mean is the area under the Kaplan-Meier curve up to a horizon; without censored times it is the plain mean.
- The interval is a studentised bootstrap. At each end it takes the farther of the equal-tailed and the symmetric
  form, since either alone is too short for small skewed samples. `python -m benchmarks.coverage` measures how often
  it holds the truth.

Everything is a function of its arguments, in any order: the same readings give the same figures for ever.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import mul

RESAMPLES = 999
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
    """Return a 95% interval for the mean. Raises `TooFew` below two finished readings."""
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
    chance = random.Random(_SEED)  # noqa: S311 - repeatable on purpose
    estimate, variance, drawn = _resampled(more, _horizon(more, None), chance)
    if less is not None:
        other, other_variance, other_drawn = _resampled(less, _horizon(less, horizon), chance)
        estimate, variance = estimate - other, variance + other_variance
        drawn = [(a - b, v + w) for (a, v), (b, w) in zip(drawn, other_drawn, strict=True)]
    error = math.sqrt(variance)
    if error == 0:
        return estimate, estimate
    pivots = sorted((m - estimate) / max(math.sqrt(v), _FLATTEST * error) for m, v in drawn)
    symmetric = _quantile(sorted(map(abs, pivots)), 0.95)
    above = max(symmetric, _quantile(pivots, 0.975))
    below = max(symmetric, -_quantile(pivots, 0.025))
    return estimate - above * error, estimate + below * error


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


def _resampled(
    sample: Sample, horizon: float, chance: random.Random
) -> tuple[float, float, list[tuple[float, float]]]:
    """Return mean and its variance, and both for each of the resamples."""
    estimate, variance = _moments(sample, horizon)
    times, size = [reading.minutes for reading in sample.readings], len(sample.readings)
    if not sample.unfinished:
        return estimate, variance, [_plain(chance.choices(times, k=size)) for _ in range(RESAMPLES)]
    seen, places = [not reading.unfinished for reading in sample.readings], range(size)
    drawn = []
    for _ in range(RESAMPLES):
        counts = [0] * size
        for place in chance.choices(places, k=size):
            counts[place] += 1
        drawn.append(_censored(times, seen, counts, horizon))
    return estimate, variance, drawn


def _plain(times: list[float]) -> tuple[float, float]:
    size = len(times)
    average = sum(times) / size
    if size < 2:
        return average, 0.0
    squares = sum(map(mul, times, times)) - size * average * average
    return average, max(0.0, squares) / (size - 1) / size


def _censored(times: list[float], seen: list[bool], counts: list[int], horizon: float) -> tuple[float, float]:
    """Return the area under the curve up to the horizon and its variance by Greenwood's formula.

    The variance is scaled by d / (d - 1) for d finished times, so that it is the plain one if all are finished.
    """
    at_risk, share, before, area, finished = sum(counts), 1.0, 0.0, 0.0, 0
    drops: list[tuple[float, float]] = []
    for minutes, done, count in zip(times, seen, counts, strict=True):
        if done and count:
            area += share * (minutes - before)
            before, left, finished = minutes, at_risk - count, finished + count
            if left:
                drops.append((area, count / (at_risk * left)))
            share *= left / at_risk
        at_risk -= count
    area += share * (horizon - before)
    variance = sum([(area - reached) ** 2 * weight for reached, weight in drops])
    return area, variance * (finished / (finished - 1) if finished > 1 else 1.0)
