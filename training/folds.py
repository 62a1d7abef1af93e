"""Measure on folds what weights say of tickets they were not fitted to, and choose scales and bounds there."""



from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from escalation.reading.weights import Model, Scale
from training.examples import Example, Examples
from training.tickets import Labelled

FOLDS = 5
BOUNDS = {"step": 0.3, "goes on": 0.35, "joint": 0.4, "row": 0.33, "left": 0.6}
"""Chosen on folds (`python -m benchmarks.threads --folds`); `docs/reading.md` says how."""


Seen = list[tuple[float, bool]]
"""Scores, each with whether it turned out right."""


def fold_of(name: str) -> int:
    """Return which fold a ticket belongs to, by the hash of its name alone."""
    return int(hashlib.sha256(f"fold:{name}".encode()).hexdigest(), 16) % FOLDS


def calibrated(
    tickets: Sequence[Labelled], examples: Mapping[str, Examples], by_fold: Mapping[int, Mapping[str, Model]]
) -> tuple[dict[str, Scale], dict[str, float]]:
    """Return how often scores turned out right on tickets their weights were not fitted to, and the bounds."""
    step: Seen = []
    outcome: Seen = []
    for ticket in tickets:
        if ticket.source in ("own", "terse", "forum"):
            continue
        models, taught = by_fold[fold_of(ticket.id)], examples[ticket.id]
        begins = models["step"].classes.index("begins")
        step += [(models["step"].shares(e.features)[begins], e.answer == "begins") for e in taught.step]
        outcome += [_best(models["outcome"], e) for e in taught.outcome]
    return {"step": scale(step), "outcome": scale(outcome)}, dict(BOUNDS)


def _best(model: Model, example: Example) -> tuple[float, bool]:
    shares = model.shares(example.features)
    best = max(range(len(shares)), key=shares.__getitem__)
    return shares[best], model.classes[best] == example.answer


def scale(seen: Seen) -> Scale:
    """Return how often scores turned out right, rising with them."""
    from sklearn.isotonic import IsotonicRegression  # a second to load: not for who only asks for a fold

    scores, right = np.array([s for s, _ in seen]), np.array([float(r) for _, r in seen])
    rising = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(scores, right)
    points = np.linspace(0.0, 1.0, 41)
    return Scale(tuple(round(float(p), 3) for p in points), tuple(round(float(p), 4) for p in rising.predict(points)))
