"""The old way of working beside the product, on the same clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from escalation.figures.measures import Figure
from escalation.figures.observations import Clock

ByBasis = dict[str, Figure]
"""`business` first, `calendar` beside it."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The old way of working by one source, and what is recovered against it on the same clock."""

    source: Literal["stopwatch", "backcast"]
    clock: Clock
    """A stopwatch starts when the ticket is opened, replayed history at the escalation."""
    figure: ByBasis
    """The old way's own figure."""
    coverage: float | None
    """For replayed history: the share of its escalations that could be used."""
    usable: bool
    saving: ByBasis
    """Minutes recovered per escalation."""
    arithmetic: str
    """Why the one average minus the other is not that; empty where it is."""
