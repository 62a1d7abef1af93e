"""How the assessments of a month fared: accepted, corrected, or none made; shares with their interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from escalation.figures.measures import EARLY_FROM, MEASURED_FROM, Status

_Z = 1.959964
"""Standard deviations on either side that hold 95% of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Brief:
    """One brief that was posted, and what became of its assessment."""

    episode: str
    shown: bool
    """Whether it showed an assessment."""
    came: Literal["right", "wrong", "cannot tell", "open"]
    """By members' verdicts, else compared with what solved it; `open` while neither is there."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of episodes; only the counts while they are few."""

    n: int
    of: int
    share: float | None
    ci95: tuple[float, float] | None
    status: Status

    @classmethod
    def of_counts(cls, n: int, of: int) -> Rate:
        """Return the rate of `n` in `of`: nothing but the counts below six, `early` below twenty."""
        if of < EARLY_FROM:
            return cls(n, of, None, None, Status.COLLECTING)
        status = Status.MEASURED if of >= MEASURED_FROM else Status.EARLY
        return cls(n, of, n / of, wilson(n, of), status)

    def to_json(self) -> dict[str, Any]:
        return {
            "n": self.n, "of": self.of, "share": None if self.share is None else round(self.share, 3),
            "ci95": [round(end, 3) for end in self.ci95] if self.ci95 else None, "status": self.status.value,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class AssessmentRates:
    """Of the assessments that were shown and of which something is known, and of all briefs."""

    acceptance: Rate
    """Named what solved it, or was called helpful; of those shown whose ticket ended or that somebody judged."""
    correction: Rate
    """Something else solved it, or was called wrong; of the same. What is missing to one cannot be told."""
    abstention: Rate
    """Briefs that showed none; of all briefs."""

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name).to_json() for name in ("acceptance", "correction", "abstention")}


def assessment_rates(briefs: Sequence[Brief]) -> AssessmentRates:
    """Return the three rates of some briefs."""
    known = [brief.came for brief in briefs if brief.shown and brief.came != "open"]
    return AssessmentRates(
        Rate.of_counts(known.count("right"), len(known)),
        Rate.of_counts(known.count("wrong"), len(known)),
        Rate.of_counts(sum(not brief.shown for brief in briefs), len(briefs)),
    )


def wilson(n: int, of: int) -> tuple[float, float]:
    """Return the 95% interval of a share (Wilson's score interval, which holds at its ends too)."""
    share, square = n / of, _Z * _Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = _Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return max(0.0, middle - half), min(1.0, middle + half)
