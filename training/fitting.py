"""Turn examples into weights: linear models, regularised, over features that stand in at least three tickets."""

# ruff: noqa: E501 - a table of names is easier to read in long rows

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from escalation.reading.weights import SCALE, Model
from training.examples import Example, Examples

TICKETS = 3
"""In so many tickets a feature has to stand."""
KINDS = {"step": 0.3, "outcome": 0.8, "joint": 0.7, "row": 0.5, "domain": 2.0}
"""What is learned, each with the inverse of how strongly large weights are held down."""


@dataclass(frozen=True, slots=True)
class Taught:
    """A ticket's examples with the weight of where they come from."""

    examples: Examples
    weight: float = 1.0


def fit(taught: Sequence[Taught], forbidden: frozenset[str] = frozenset()) -> dict[str, Model]:
    """Return the models that the examples teach. No feature with a word of `forbidden` is used."""
    return {kind: _fit(kind, taught, strength, forbidden) for kind, strength in KINDS.items()}


def _fit(kind: str, taught: Sequence[Taught], strength: float, forbidden: frozenset[str]) -> Model:
    tickets: dict[str, set[int]] = defaultdict(set)
    rows: list[tuple[Example, float]] = []
    for number, one in enumerate(taught):
        for example in getattr(one.examples, kind):
            rows.append((example, one.weight * example.weight))
            for name in example.features:
                if len(tickets[name]) < TICKETS:
                    tickets[name].add(number)
    known = sorted(name for name, where in tickets.items() if len(where) >= TICKETS and not _named(name, forbidden))
    column = {name: place for place, name in enumerate(known)}
    matrix = _matrix([example for example, _ in rows], column)
    answers = np.array([example.answer for example, _ in rows])
    weights = np.array([weight for _, weight in rows])
    model = LogisticRegression(C=strength, max_iter=200, tol=1e-3).fit(matrix, answers, sample_weight=weights)
    return _kept(model, known)


def _named(name: str, forbidden: frozenset[str]) -> bool:
    return bool(forbidden) and any(word in forbidden for word in name.partition(":")[2].split())


def _matrix(examples: Sequence[Example], column: dict[str, int]) -> Any:
    indices: list[int] = []
    values: list[float] = []
    ends = [0]
    for example in examples:
        for name, value in example.features.items():
            if (place := column.get(name)) is not None:
                indices.append(place)
                values.append(value)
        ends.append(len(indices))
    return csr_matrix((values, indices, ends), shape=(len(examples), len(column)))


def _kept(model: Any, known: list[str]) -> Model:
    """Return the model in whole thousandths, without the features that say next to nothing."""
    table = np.rint(model.coef_ * SCALE).astype(int)
    weights = {name: tuple(int(x) / SCALE for x in table[:, place]) for place, name in enumerate(known) if np.abs(table[:, place]).max() >= 20}
    return Model(tuple(str(c) for c in model.classes_), tuple(round(float(b), 4) for b in model.intercept_), weights)
