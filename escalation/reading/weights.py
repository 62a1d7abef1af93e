"""What the reader has learned: weights by the name of a feature, how sure a score is, and from where on something is taken.

`learned.json` beside this module is written by `python -m training.reader` and by nothing else. It holds words and pairs of words
that stand in at least three tickets, shapes, and numbers; no text can be put together from it.
"""

# ruff: noqa: E501 - a table of names is easier to read in long rows

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest
from importlib import resources
from math import exp
from typing import Any

SCALE = 1000
"""Weights are kept in thousandths."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How often scores turned out right, from low to high: between two points it goes straight."""

    scores: tuple[float, ...]
    shares: tuple[float, ...]

    def __call__(self, score: float) -> float:
        """Return the share of right ones among those with that score."""
        if not self.scores:
            return score
        place = bisect_right(self.scores, score)
        if place == 0:
            return self.shares[0]
        if place == len(self.scores):
            return self.shares[-1]
        low, high = self.scores[place - 1], self.scores[place]
        part = (score - low) / (high - low) if high > low else 1.0
        return self.shares[place - 1] + part * (self.shares[place] - self.shares[place - 1])


@dataclass(frozen=True, slots=True)
class Model:
    """A linear model: for each class a sum of weights, made into shares that sum up to 1."""

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    weights: Mapping[str, Sequence[float]]

    def shares(self, features: Mapping[str, float]) -> list[float]:
        """Return the probability of each class."""
        rows = [(row, value) for name, value in features.items() if (row := self.weights.get(name))]
        sums = [start + sum([row[place] * value for row, value in rows]) for place, start in enumerate(self.bias)]
        if len(sums) == 1:
            yes = 1 / (1 + exp(-max(-500.0, sums[0])))
            return [1 - yes, yes]
        top = max(sums)
        raised = [exp(total - top) for total in sums]
        whole = sum(raised)
        return [part / whole for part in raised]

    def spoke(self, features: Mapping[str, float], place: int, most: int = 4) -> list[tuple[str, float]]:
        """Return the features that spoke most for one class, with what each added."""
        added = [(-row[place] * value, name) for name, value in features.items() if (row := self.weights.get(name)) and row[place] > 0]
        return [(name, -less) for less, name in nsmallest(most, added)]


@dataclass(frozen=True, slots=True)
class Learned:
    """All that was learned, with the hash of the file it stands in."""

    version: str
    models: Mapping[str, Model]
    scales: Mapping[str, Scale]
    bounds: Mapping[str, float]
    """From which score on something is taken: `step`, `goes on`, `joint`, `row`."""
    classes: Mapping[str, Sequence[str]]
    """The classes of each word, from few to many."""


def parsed(body: bytes) -> Learned:
    """Return what a file of weights says. Raises `KeyError` or `ValueError` for anything but such a file."""
    said: dict[str, Any] = json.loads(body)
    if said["format"] != 2:
        raise ValueError(f"weights of format {said['format']!r}: this program reads format 2; train again")
    models = {
        name: Model(tuple(m["classes"]), tuple(m["bias"]), {k: tuple([w / SCALE for w in row]) for k, row in m["weights"].items()})
        for name, m in said["models"].items()
    }
    scales = {name: Scale(tuple(s[0]), tuple(s[1])) for name, s in said["scales"].items()}
    return Learned(hashlib.sha256(body).hexdigest(), models, scales, said["bounds"], {word: kinds.split() for word, kinds in said["classes"].items()})


@lru_cache(maxsize=1)
def learned() -> Learned:
    """Return what the product's own reader has learned."""
    return parsed(resources.files("escalation.reading").joinpath("learned.json").read_bytes())
