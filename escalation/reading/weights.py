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
from itertools import repeat
from math import exp
from typing import Any, Protocol

from escalation.reading.features import Look, Vector
from escalation.text.passages import Passage

SCALE = 1000
"""Weights are kept in thousandths."""
_BITS = 40
_MASK, _HALF = (1 << _BITS) - 1, 1 << (_BITS - 1)
_ZEROS = repeat(0)
_TOLD = 4
"""So many features are told to have spoken for a step."""


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
    weights: Mapping[str, Mapping[str, int]]
    """By what the name of a feature begins with and by the rest of it: those of all classes, in thousandths, in one number, so that
    those of many features are added up at once."""

    def shares(self, features: Vector) -> list[float]:
        """Return the probability of each class."""
        sums = list(self.bias)
        last = len(sums) - 1
        for kind, names, value in features:
            if (table := self.weights.get(kind)) is None or not (whole := sum(map(table.get, names, _ZEROS))):
                continue
            value /= SCALE
            for place in range(last):
                weight = ((whole + _HALF) & _MASK) - _HALF
                sums[place] += weight * value
                whole = (whole - weight) >> _BITS
            sums[last] += whole * value
        if not last:
            yes = 1 / (1 + exp(-max(-500.0, sums[0])))
            return [1 - yes, yes]
        top = max(sums)
        raised = [exp(total - top) for total in sums]
        whole_share = sum(raised)
        return [part / whole_share for part in raised]

    def spoke(self, features: Vector, place: int) -> list[tuple[str, float]]:
        """Return the few features that spoke most for one class, with what each added."""
        added = []
        for kind, names, value in features:
            table = self.weights.get(kind, {})
            for_it = [(-weight, name) for name in names if (row := table.get(name)) and (weight := _one(row, place)) > 0]
            added += [(round(less * value / SCALE, 9), kind + name) for less, name in nsmallest(_TOLD, for_it)]
        return [(name, -less) for less, name in nsmallest(_TOLD, added)]


def model_of(classes: Sequence[str], bias: Sequence[float], weights: Mapping[str, Mapping[str, Sequence[int]]]) -> Model:
    """Return a model, given the weights of each class in thousandths."""
    packed = {start: {name: sum(weight << (_BITS * place) for place, weight in enumerate(row)) for name, row in table.items()} for start, table in weights.items()}
    return Model(tuple(classes), tuple(bias), packed)


def rows_of(model: Model) -> dict[str, dict[str, list[int]]]:
    """Return the weights of each class in thousandths, as `model_of` takes them."""
    places = range(len(model.bias))
    return {start: {name: [_one(row, place) for place in places] for name, row in table.items()} for start, table in model.weights.items()}


def _one(row: int, place: int) -> int:
    """Return the weight of one class out of the packed ones."""
    if place:
        row = (row + _BELOW[place]) >> (_BITS * place)
    return ((row + _HALF) & _MASK) - _HALF


_BELOW = [sum(_HALF << (_BITS * below) for below in range(place)) for place in range(20)]
"""What keeps the negative weights of the classes before one from borrowing of it."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an encoder says of a stretch: logarithms of shares, in the order of the classes of the words' weights."""

    step: tuple[float, ...]
    outcome: tuple[float, ...]

    @staticmethod
    def joined(shares: Sequence[float], told: Sequence[float], part: float) -> list[float]:
        """Return shares that lie between the words' weights' and the encoder's: its `part` of the way in logarithms."""
        raised = [max(own, 1e-9) ** (1 - part) * exp(part * said) for own, said in zip(shares, told, strict=True)]
        whole = sum(raised)
        return [one / whole for one in raised]


class WholeReader(Protocol):
    """What reads a ticket whole, beside the weights of words (`encoder.py`)."""

    def read(
        self, title: str, passages: Sequence[Passage], looks: Sequence[Look], begins: Sequence[float]
    ) -> Mapping[int, Told]:
        """Return what it says of those stretches, by place, where it is worth asking."""


@dataclass(frozen=True, slots=True)
class Learned:
    """All that was learned, with the hash of the file it stands in."""

    version: str
    models: Mapping[str, Model]
    scales: Mapping[str, Scale]
    bounds: Mapping[str, float]
    """From which score on something is taken: `step`, `goes on`, `joint`, `row`, `left`."""
    classes: Mapping[str, Sequence[str]]
    """The classes of each word, from few to many."""
    encoder: WholeReader | None = None


def parsed(body: bytes) -> Learned:
    """Return what a file of weights says. Raises `KeyError` or `ValueError` for anything but such a file."""
    said: dict[str, Any] = json.loads(body)
    if said["format"] != 3:
        raise ValueError(f"weights of format {said['format']!r}: this program reads format 3; train again")
    models = {name: model_of(m["classes"], m["bias"], m["weights"]) for name, m in said["models"].items()}
    scales = {name: Scale(tuple(s[0]), tuple(s[1])) for name, s in said["scales"].items()}
    return Learned(hashlib.sha256(body).hexdigest(), models, scales, said["bounds"], {word: kinds.split() for word, kinds in said["classes"].items()})


@lru_cache(maxsize=1)
def learned() -> Learned:
    """Return what the product's own reader has learned."""
    return parsed(resources.files("escalation.reading").joinpath("learned.json").read_bytes())
