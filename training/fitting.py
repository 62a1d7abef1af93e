"""Turn examples into weights: linear models over features that stand in at least three tickets.

Steps are learned with half of the features left out, others each time (`_without_some`): what many features say
together counts for more than what a few say alone. The others are regularised regressions.
"""

# ruff: noqa: E501 - a table of names is easier to read in long rows

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from escalation.reading.weights import SCALE, Model, model_of
from training.examples import Example, Examples

Name = tuple[str, str]
"""What a feature's name begins with, and the rest of it."""
TICKETS = 3
"""In so many tickets a feature has to stand at least."""
HELD = {"outcome": 1.2, "left": 2.5, "joint": 0.7, "row": 0.5, "domain": 2.0}
"""What is learned with large weights held down, each with the inverse of how strongly."""


@dataclass(frozen=True, slots=True)
class Way:
    """How something is learned with features left out: how often all examples are gone through, how far a step goes, how many are in one."""

    rounds: int
    pace: float
    batch: int
    tickets: int
    """In so many tickets a feature has to stand."""


LEFT_OUT = {"step": Way(5, 0.006, 128, 6)}
DROPPED = 0.5
"""The part of an example's features that is left out each time."""
SEEDS = (7, 11)
"""Of the two draws of what is left out whose weights are averaged."""


@dataclass(frozen=True, slots=True)
class Taught:
    """A ticket's examples with the weight of where they come from."""

    examples: Examples
    weight: float = 1.0


def fit(taught: Sequence[Taught], forbidden: frozenset[str] = frozenset()) -> dict[str, Model]:
    """Return the models that the examples teach, none of what they have no example of. No feature with a word of `forbidden` is used."""
    return {kind: _fit(kind, taught, forbidden) for kind in (*LEFT_OUT, *HELD) if any(getattr(one.examples, kind) for one in taught)}


def _fit(kind: str, taught: Sequence[Taught], forbidden: frozenset[str]) -> Model:
    enough = LEFT_OUT[kind].tickets if kind in LEFT_OUT else TICKETS
    seen: dict[Name, int] = {}
    last: dict[Name, int] = {}
    rows: list[tuple[Example, float]] = []
    for number, one in enumerate(taught):
        for example in getattr(one.examples, kind):
            rows.append((example, one.weight * example.weight))
            for start, names, _ in example.features:
                for name in names:
                    if last.get((start, name)) != number:
                        last[start, name] = number
                        seen[start, name] = seen.get((start, name), 0) + 1
    known = sorted(name for name, tickets in seen.items() if tickets >= enough and not _named("".join(name), forbidden))
    column = {name: place for place, name in enumerate(known)}
    matrix = _matrix([example for example, _ in rows], column)
    answers = np.array([example.answer for example, _ in rows])
    weights = np.array([weight for _, weight in rows])
    if kind in HELD:
        model = LogisticRegression(C=HELD[kind], max_iter=200, tol=1e-3).fit(matrix, answers, sample_weight=weights)
        return _kept(model.classes_, model.intercept_, model.coef_, known)
    classes, *first = _without_some(matrix, answers, weights, LEFT_OUT[kind], SEEDS[0])
    _, *second = _without_some(matrix, answers, weights, LEFT_OUT[kind], SEEDS[1])
    biases, coefficients = ((one + other) / 2 for one, other in zip(first, second, strict=True))
    return _kept(classes, biases, coefficients, known)


def _without_some(matrix: Any, answers: Any, weights: Any, way: Way, seed: int) -> tuple[Any, Any, Any]:
    """Return classes, biases and weights of a softmax regression taught with features left out at random, by Adam with falling steps."""
    draw = np.random.default_rng(seed)
    classes, places = np.unique(answers, return_inverse=True)
    batch = min(way.batch, len(answers))
    wanted, counted = np.eye(len(classes), dtype=np.float32)[places], weights.astype(np.float32)[:, None] / batch
    matrix, size = matrix.astype(np.float32), len(answers) // batch * batch
    table = np.zeros((matrix.shape[1] + 1, len(classes)), np.float32)  # the last row holds the biases
    mean, spread = np.zeros_like(table), np.zeros_like(table)
    last = way.rounds * size // batch
    for step in range(last):
        place = step * batch % size
        if not place:
            order = draw.permutation(len(answers))
        at = np.sort(order[place : place + batch])
        some = matrix[at]
        some.data *= (draw.random(len(some.data), dtype=np.float32) > DROPPED) / np.float32(1 - DROPPED)
        sums = some @ table[:-1] + table[-1]
        shares = np.exp(sums - sums.max(1, keepdims=True))
        wrong = (shares / shares.sum(1, keepdims=True) - wanted[at]) * counted[at]
        slope = np.vstack([some.T @ wrong, wrong.sum(0)])
        mean += np.float32(0.1) * (slope - mean)
        spread += np.float32(0.001) * (slope * slope - spread)
        pace = way.pace * max(0.02, 1 - step / last) * np.sqrt(1 - 0.999 ** (step + 1)) / (1 - 0.9 ** (step + 1))
        table -= np.float32(pace) * mean / (np.sqrt(spread) + np.float32(1e-8))
    return classes, table[-1], table[:-1].T


def _named(name: str, forbidden: frozenset[str]) -> bool:
    return bool(forbidden) and any(word in forbidden for word in name.partition(":")[2].split())


def _matrix(examples: Sequence[Example], column: dict[Name, int]) -> Any:
    """Return a row an example, its columns in order, so that what is left out does not depend on how sets are ordered."""
    indices: list[int] = []
    values: list[float] = []
    ends = [0]
    for example in examples:
        for start, names, value in example.features:
            places = [place for name in names if (place := column.get((start, name))) is not None]
            indices += places
            values += [value] * len(places)
        ends.append(len(indices))
    matrix = csr_matrix((values, indices, ends), shape=(len(examples), len(column)))
    matrix.sum_duplicates()
    return matrix


def _kept(classes: Any, biases: Any, coefficients: Any, known: list[Name]) -> Model:
    """Return the model in whole thousandths, without the features that say next to nothing."""
    table = np.rint(coefficients * SCALE).astype(int)
    weights: dict[str, dict[str, tuple[int, ...]]] = {}
    for place, (start, name) in enumerate(known):
        if np.abs(table[:, place]).max() >= 20:
            weights.setdefault(start, {})[name] = tuple(int(x) for x in table[:, place])
    return model_of([str(c) for c in classes], [round(float(b), 4) for b in biases], weights)
