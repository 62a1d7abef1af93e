"""How often the stated 95% interval of a saving holds the truth, where the truth is known.

    python -m benchmarks.coverage [--repeats 1000] [--sizes 20 50 200] [--cases even …] [--claims none some …] [--times]

Times to the first action are drawn log-normal, under the old way and in the product, with a known difference of
their means; with `--claims some` or `many`, watching a claim stops at a random moment, before the deed or not: it
counts as never acted on. Each repeat computes the saving with the product's own code. Shown are, for each case:

- *covered*: how often the interval holds the true saving, with its Monte-Carlo error (one standard error). 95% is stated.
- *too high*: how often the whole interval lies above the truth, so that a sceptic would be told too much.
- *bias* and *width*: mean error of the estimate and mean width of the interval, in minutes.

Cases: `even` as skewed before as after, `long tails` heavier, `wild before` a far more skewed old way, `wild after` the
opposite, `no saving` two equal ways (there, *too high* is how often a saving is claimed that does not exist). With
`--times` it is the interval of the product's own average, which never falls below zero. Without
options: `even`, claims `none` and `some`, in about three minutes; all cases take half an hour.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

from escalation.figures.estimates import Reading, Sample, difference_interval, interval, mean


@dataclass(frozen=True, slots=True)
class Way:
    """A way of working: times to act, log-normal."""

    median: float
    """Minutes."""
    sigma: float

    @property
    def mean(self) -> float:
        return self.median * math.exp(self.sigma**2 / 2)

    def minutes(self, chance: random.Random) -> float:
        return chance.lognormvariate(math.log(self.median), self.sigma)


CASES = {
    "even": (Way(14, 0.8), Way(8, 0.8)),
    "long tails": (Way(14, 1.1), Way(8, 1.1)),
    "wild before": (Way(14, 1.0), Way(8, 0.5)),
    "wild after": (Way(14, 0.5), Way(8, 1.0)),
    "no saving": (Way(10, 0.8), Way(10, 0.8)),
}
WATCHED = {"none": math.inf, "some": 60.0, "many": 25.0}
"""Mean minutes until a claim is no longer watched; exponential. About 16% and 31% of claims in the case `even`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the repeats of one case came to."""

    covered: float
    error: float
    too_high: float
    bias: float
    width: float
    unfinished: float
    """Share of the product's claims."""


def simulate(before: Way, after: Way, size: int, watched: float, repeats: int, chance: random.Random) -> Outcome:
    """Return how the interval fared over so many repeats of `size` episodes on each side."""
    truth = before.mean - after.mean
    held = above = unfinished = 0
    bias = width = 0.0
    for _ in range(repeats):
        old = Sample.of(Reading(before.minutes(chance)) for _ in range(size))
        new = Sample.of(_claim(after, watched, chance) for _ in range(size))
        horizon = max(old.longest, new.longest)
        low, high = difference_interval(old, new, horizon=horizon)
        held += low <= truth <= high
        above += truth < low
        bias += mean(old) - mean(new, horizon) - truth
        width += high - low
        unfinished += new.unfinished
    return _outcome(held, above, bias, width, unfinished, repeats, size)


def simulate_times(way: Way, size: int, watched: float, repeats: int, chance: random.Random) -> Outcome:
    """Return how the interval of one average fared over so many repeats of `size` episodes."""
    held = above = unfinished = 0
    bias = width = 0.0
    for _ in range(repeats):
        sample = Sample.of(_claim(way, watched, chance) for _ in range(size))
        low, high = interval(sample)
        held += low <= way.mean <= high
        above += way.mean < low
        bias += mean(sample) - way.mean
        width += high - low
        unfinished += sample.unfinished
    return _outcome(held, above, bias, width, unfinished, repeats, size)


def _outcome(held: int, above: int, bias: float, width: float, unfinished: int, repeats: int, size: int) -> Outcome:
    covered = held / repeats
    return Outcome(
        covered,
        math.sqrt(max(covered * (1 - covered), 1 / repeats / 4) / repeats),
        above / repeats,
        bias / repeats,
        width / repeats,
        unfinished / repeats / size,
    )


def _claim(way: Way, watched: float, chance: random.Random) -> Reading:
    minutes = way.minutes(chance)
    until = math.inf if math.isinf(watched) else chance.expovariate(1 / watched)
    return Reading(min(minutes, until), unfinished=until < minutes)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeats", type=int, default=1000)
    parser.add_argument("--sizes", type=int, nargs="+", default=[20, 50, 200])
    parser.add_argument("--cases", nargs="+", choices=list(CASES), default=["even"])
    parser.add_argument("--claims", nargs="+", choices=list(WATCHED), default=["none", "some"])
    parser.add_argument("--times", action="store_true", help="the average of the product instead of a saving")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    began = time.perf_counter()
    what = "time to the first action" if asked.times else "saving"
    print(f"95% intervals of a {what}, {asked.repeats} repeats each\n")
    print(f"| case | {what}, min | claims unfinished | n | covered | too high | bias, min | width, min |")
    print("|---|---|---|---|---|---|---|---|")
    for name in asked.cases:
        before, after = CASES[name]
        for watched in (WATCHED[claims] for claims in asked.claims):
            for size in asked.sizes:
                chance = random.Random(f"{asked.seed} {name} {watched} {size}")
                if asked.times:
                    truth, got = after.mean, simulate_times(after, size, watched, asked.repeats, chance)
                else:
                    truth, got = before.mean - after.mean, simulate(before, after, size, watched, asked.repeats, chance)
                print(
                    f"| {name} | {truth:.1f} | {got.unfinished:.0%} | {size} "
                    f"| {got.covered:.1%} ± {got.error:.1%} | {got.too_high:.1%} | {got.bias:+.2f} | {got.width:.1f} |",
                    flush=True,
                )
    print(f"\n{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
