"""Fit the weights of features to rows: a logistic regression in plain Python, so that the same rows give the same bytes."""

from __future__ import annotations

import random
from array import array
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, sqrt

KINDS = 3
"""In so many kinds a feature has to stand."""


@dataclass(frozen=True, slots=True)
class Row:
    """One suspect: the kind it is from, its features, whether it is a secret."""

    kind: str
    features: tuple[str, ...]
    secret: bool
    weight: float


def fit(data: list[Row], hold: float = 2e-5, rounds: int = 8) -> tuple[float, dict[str, float]]:
    """Return bias and weights of a logistic regression: steps by AdaGrad in a fixed order, large weights held down."""
    where: dict[str, set[str]] = defaultdict(set)
    for row in data:
        for name in row.features:
            if len(where[name]) < KINDS:
                where[name].add(row.kind)
    names = sorted(name for name, found in where.items() if len(found) >= KINDS)
    number = {name: place for place, name in enumerate(names)}
    table = [
        (array("i", sorted({number[n] for n in r.features if n in number})), r.secret, r.weight) for r in data
    ]
    weights, steps = [0.0] * len(names), [1e-2] * len(names)
    bias, bias_step = -2.0, 1.0
    draw = random.Random(7)
    for _ in range(rounds):
        draw.shuffle(table)
        for places, secret, weight in table:
            score = bias
            for p in places:
                score += weights[p]
            share = 1 / (1 + exp(-max(-30.0, min(30.0, score))))
            slope = (share - secret) * weight
            if -1e-4 < slope < 1e-4:
                continue
            bias_step += slope * slope
            bias -= 0.3 * slope / sqrt(bias_step)
            for p in places:
                g = slope + hold * 50 * weights[p]
                steps[p] += g * g
                weights[p] -= 0.3 * g / sqrt(steps[p])
    return bias, {n: w for n, w in zip(names, weights, strict=True) if abs(w) >= 0.02}


def written(bias: float, weights: dict[str, float], known: frozenset[str]) -> str:
    """Return the file's text: the bias, a weight a line in hundredths, the ordinary words."""
    lines = [f"bias {round(bias * 100)}"]
    lines += [
        f"{name}\t{round(value * 100)}" for name, value in sorted(weights.items()) if round(value * 100)
    ]
    return "\n".join([*lines, "# ordinary words", *_folded(sorted(known))]) + "\n"


def _folded(words: list[str]) -> Iterator[str]:
    line = ""
    for word in words:
        if len(line) + len(word) > 118:
            yield line.strip()
            line = ""
        line += " " + word
    yield line.strip()
