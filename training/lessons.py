"""What the encoder is taught with: windows of labelled tickets, with the answers for each of their stretches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from escalation.reading.features import looks
from escalation.reading.windows import Window, Windows
from training.classes import word_classes
from training.examples import answers
from training.tickets import Labelled

STEP, OUTCOME = ("begins", "goes on", "none"), ("failed", "no_change", "partial", "unknown", "worked")
WEIGHTS = {"forum": 0.35, "own": 0.6}
"""What a ticket's stretches weigh, by its source."""


@dataclass(frozen=True, slots=True)
class Round:
    """One time through all that holds a step, and a slice of what holds none."""

    rate: float
    outcomes: float
    """What an outcome weighs against a step."""
    empty: slice
    seed: int


@dataclass(frozen=True, slots=True)
class Lesson:
    """A window, and of each of its stretches what it is and what came of it; -1 where nobody said."""

    window: Window
    steps: tuple[int, ...]
    outcomes: tuple[int, ...]
    weight: float


def lessons(tickets: Sequence[Labelled], windows: Windows) -> Iterator[Lesson]:
    """Return what the tickets teach, window after window."""
    classes = word_classes()
    for ticket in tickets:
        records = ticket.records()
        passages = [record.passage for record in records]
        all_of = looks(passages, classes)
        said = {place: (STEP.index(answer), outcome_of(begun)) for place, answer, begun in answers(ticket, records, all_of)}
        for window in windows.of(ticket.record["ticket"]["summary"], passages, all_of):
            steps, outcomes = zip(*(said.get(place, (-1, -1)) for place in window.places), strict=True)
            yield Lesson(window, steps, outcomes, WEIGHTS[ticket.source])


def outcome_of(begun: Sequence[tuple[int, Any]]) -> int:
    """Return the number of what came of the first step that begins; -1 where nobody said."""
    return OUTCOME.index(begun[0][1].outcome) if begun and begun[0][1].outcome else -1
