"""What the figures are computed from: one observation for each episode, and the spans of time in it.

An observation holds times only, by the PSA's clock where it has one. Seen as of an earlier moment it is what was
known then, so that last month's figure can be computed again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, NamedTuple

from escalation.figures.estimates import Reading
from escalation.figures.hours import Calendar, business_minutes, calendar_minutes

Source = Literal["product", "stopwatch", "backcast"]

CLOCK_SLACK = timedelta(seconds=60)
"""How far two clocks may be apart: a span that is negative by no more counts as nothing, else it is left out."""


SKEW_UNCERTAINTY = timedelta(seconds=1)
"""How exactly the PSA's clock can be compared with ours: its answers bear whole seconds, and take a moment."""


def clock_ahead(skew_s: float | None) -> timedelta:
    """Return how far the PSA's clock is ahead of ours; nothing where that is not known, or no more than its uncertainty."""
    skew = timedelta(seconds=skew_s or 0.0)
    return skew if abs(skew) > SKEW_UNCERTAINTY else timedelta(0)


class Clock(StrEnum):
    """A span of an episode: from one of its moments to another."""

    WAIT = "queue_wait"
    BRIEF = "brief_latency"
    ORIENTATION = "orientation"
    TOTAL = "total"


class Basis(StrEnum):
    """How minutes are counted: the account's working hours come first, all hours stand beside them."""

    BUSINESS = "business"
    CALENDAR = "calendar"


class EndedClaim(NamedTuple):
    """A claim that was given back or ran out: nobody acted on it."""

    made: datetime
    ended: datetime
    by: str | None = None
    """Login name of whoever had it."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One episode, or one reading of a stopwatch, with the moments E, N, C, A and R as far as they came."""

    episode: str
    """What a person can look up: ticket and episode, `48377/2`, or the number of a stopwatch reading."""
    calendar: Calendar
    source: Source = "product"
    escalated_at: datetime | None = None
    """E; None for a stopwatch reading, which starts when the ticket is opened."""
    noted_at: datetime | None = None
    claimed_at: datetime | None = None
    """C of the claim that stands; for a stopwatch reading, when the ticket was opened."""
    acted_at: datetime | None = None
    resolved_at: datetime | None = None
    ended_at: datetime | None = None
    """When it stopped being watched: resolved, closed, merged or withdrawn; None while it is live."""
    withdrawn: bool = False
    """Whether it ended without anybody having taken it."""
    lost: bool = False
    """Whether it could not be followed to an end, since its ticket could no longer be read."""
    returned_at: tuple[datetime, ...] = ()
    """When a claim was given back or ran out, each time."""
    ended_claims: tuple[EndedClaim, ...] = ()
    technician: str | None = None
    """Login name of the claimant."""
    domain: str | None = None
    repeated_at: datetime | None = None
    """When it was found that a senior did or asked again what the brief holds; by our clock."""
    corrected: str | None = None
    """Which moment bears our clock and was moved to the PSA's, by how much; None if every one is the PSA's own."""
    trusted: bool = True
    """False where the first action's time rests on something typed by hand."""
    exclusions: tuple[str, ...] = ()
    """Why it is left out of every figure, each reason in words; empty if it is not."""

    @property
    def censored(self) -> bool:
        """Tell whether somebody took it and, as far as it was watched, never acted."""
        return self.claimed_at is not None and self.acted_at is None


@dataclass(frozen=True, slots=True, order=True)
class Excluded:
    """An episode that a figure leaves out, and why."""

    episode: str
    reason: str


@dataclass(frozen=True, slots=True)
class Spans:
    """The readings of one clock with the episodes behind them, and what was left out."""

    readings: tuple[Reading, ...] = ()
    episodes: tuple[str, ...] = ()
    excluded: tuple[Excluded, ...] = field(default_factory=tuple)


def known(observation: Observation, as_of: datetime) -> Observation | None:
    """Return the observation as it was known at a moment; None if it had not begun."""
    begun = observation.escalated_at or observation.claimed_at
    if begun is None or begun > as_of:
        return None

    def then(at: datetime | None) -> datetime | None:
        return at if at is not None and at <= as_of else None

    return replace(
        observation,
        noted_at=then(observation.noted_at),
        claimed_at=then(observation.claimed_at),
        acted_at=then(observation.acted_at),
        resolved_at=then(observation.resolved_at),
        ended_at=then(observation.ended_at),
        repeated_at=then(observation.repeated_at),
        withdrawn=observation.withdrawn and then(observation.ended_at) is not None,
        returned_at=tuple(at for at in observation.returned_at if at <= as_of),
        ended_claims=tuple(claim for claim in observation.ended_claims if claim.ended <= as_of),
        technician=observation.technician if then(observation.claimed_at) else None,
    )


def all_known(observations: Iterable[Observation], as_of: datetime) -> list[Observation]:
    """Return what was known of all of them at a moment, by episode."""
    then = (known(observation, as_of) for observation in observations)
    return sorted((o for o in then if o is not None), key=lambda o: (o.source, o.episode))


def within(observations: Iterable[Observation], since: datetime, until: datetime) -> list[Observation]:
    """Return those escalated (or opened) after `since` and not after `until`."""
    begun = ((o.escalated_at or o.claimed_at, o) for o in observations)
    return [o for at, o in begun if at is not None and since < at <= until]


def spans(
    observations: Iterable[Observation], clock: Clock, basis: Basis, *, as_of: datetime, technician: str | None = None
) -> Spans:
    """Return the readings of one clock of observations as they were `known` at `as_of`.

    What has not finished counts as unfinished since its end, or since `as_of` while it is live; so does each claim
    that ended without a first action, on the clock that starts with a claim. What is excluded
    as a whole, lacks the start of the span, or was withdrawn before its end is left out with the reason.
    With a `technician` only their own claims are read: what another let run out before is none of theirs.
    """
    readings, episodes, excluded = [], [], []
    for observation in observations:
        if clock is Clock.ORIENTATION and not observation.exclusions:
            for number, claim in enumerate(observation.ended_claims, 1):
                if technician in (None, claim.by):
                    lasted = max(0.0, _minutes(observation, claim.made, claim.ended, basis))
                    readings.append(Reading(lasted, unfinished=True))
                    episodes.append(f"{observation.episode} (claim {number})")
            if observation.ended_claims and observation.claimed_at is None:
                continue  # all there is to read of it
        if technician not in (None, observation.technician):
            continue
        found = _span(observation, clock, basis, as_of)
        if isinstance(found, Reading):
            readings.append(found)
            episodes.append(observation.episode)
        else:
            excluded.append(Excluded(observation.episode, found))
    return Spans(tuple(readings), tuple(episodes), tuple(excluded))


_MISSING_START = {
    Clock.WAIT: "the moment of escalation is not known",
    Clock.BRIEF: "the moment of escalation is not known",
    Clock.ORIENTATION: "not claimed",
    Clock.TOTAL: "the moment of escalation is not known",
}


def _span(observation: Observation, clock: Clock, basis: Basis, as_of: datetime) -> Reading | str:
    if observation.exclusions:
        return "; ".join(observation.exclusions)
    start = observation.claimed_at if clock is Clock.ORIENTATION else observation.escalated_at
    if start is None:
        return _MISSING_START[clock]
    end = {Clock.WAIT: observation.claimed_at, Clock.BRIEF: observation.noted_at}.get(clock, observation.acted_at)
    if end is None and observation.withdrawn and observation.ended_claims and clock is Clock.WAIT:
        return "its claims ended, and then it was withdrawn"
    if end is None and observation.withdrawn and not (observation.ended_claims and clock is Clock.TOTAL):
        return "withdrawn before anyone claimed it" if clock is not Clock.BRIEF else "withdrawn before the brief was posted"
    stop = end or observation.ended_at or as_of
    if start - stop > CLOCK_SLACK:
        seconds = round((start - stop).total_seconds())
        return f"ends {seconds} s before it starts: the clocks or the typed times disagree"
    return Reading(max(0.0, _minutes(observation, start, stop, basis)), unfinished=end is None)


def _minutes(observation: Observation, start: datetime, stop: datetime, basis: Basis) -> float:
    if basis is Basis.BUSINESS:
        return business_minutes(start, stop, observation.calendar)
    return calendar_minutes(start, stop)
