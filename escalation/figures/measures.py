"""The figures an owner can trust: waits, first actions, minutes recovered, hours saved, and when to stop.

Each figure names the episodes behind it and what was left out and why. The rules for showing:

| finished observations | shown |
|---|---|
| below 6 | the count alone (`collecting`); readings of a stopwatch also their plain average (`readings`) |
| 6 to 19 | average, median and a wide interval (`early`) |
| from 20, on each side of a saving | `measured`, or `no_measurable_saving` if its interval holds zero |
| below 10 of one technician or problem domain | the count alone |

The in-product figure alone is never called a saving. A negative saving is shown. `MEASURES_VERSION` is stored with
what was sent, so that it can be said by which rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal
from zoneinfo import ZoneInfo

from escalation.figures import estimates
from escalation.figures.estimates import Interval, Sample
from escalation.figures.observations import (
    Basis,
    Clock,
    Excluded,
    Observation,
    Spans,
    all_known,
    spans,
    within,
)
from escalation.figures.rounding import number, stored

MEASURES_VERSION = 5

EARLY_FROM, MEASURED_FROM, BREAKDOWN_FROM = 6, 20, 10
WINDOW = timedelta(days=30)
WEEK = timedelta(days=7)
TREND_WEEKS = 4
COVERAGE_FLOOR = 0.8
"""Share of the escalations in history whose moment must be known, for a backcast to be a baseline."""
PILOT_WEEKS, PILOT_HOURS = 8, 1.0

Unit = Literal["min", "h", "money"]


class Status(StrEnum):
    """How much a figure can be relied on."""

    COLLECTING = "collecting"
    READINGS = "readings"
    EARLY = "early"
    MEASURED = "measured"
    UNCLEAR = "no_measurable_saving"
    NO_BASELINE = "no_baseline"


class MixedBaselines(ValueError):
    """Stopwatch readings and replayed history stand in one figure."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: the mean with its interval, the median, and what it rests on."""

    n: int
    """Finished observations, in the product for a saving."""
    mean: float | None
    median: float | None
    ci95: Interval | None
    """Of the mean."""
    status: Status
    unit: Unit = "min"
    unfinished: int = 0
    """Observations still running when last watched: they count as longer than that (Kaplan-Meier)."""
    baseline_n: int | None = None
    """For a saving: finished observations of the old way of working."""
    episodes: tuple[str, ...] = ()
    baseline_episodes: tuple[str, ...] = ()
    excluded: tuple[Excluded, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return `n`, `mean`, `median`, `ci95` and `status`, numbers with two decimals."""
        ci95 = [stored(end) for end in self.ci95] if self.ci95 else None
        return {
            "n": self.n, "mean": _short(self.mean), "median": _short(self.median), "ci95": ci95,
            "status": self.status.value,
        }  # fmt: skip

    def listing(self) -> dict[str, Any]:
        """Return the figure with its episodes and exclusions."""
        return {
            **self.to_json(), "unit": self.unit, "unfinished": self.unfinished, "baseline_n": self.baseline_n,
            "episodes": list(self.episodes), "baseline_episodes": list(self.baseline_episodes),
            "excluded": [{"episode": left.episode, "reason": left.reason} for left in self.excluded],
        }  # fmt: skip


def _short(value: float | None) -> float | None:
    return None if value is None else stored(value)


def recent(observations: Iterable[Observation], *, as_of: datetime) -> list[Observation]:
    """Return what the rolling 30 days hold, as it was known at their end: what all other figures start from."""
    return within(all_known(observations, as_of), as_of - WINDOW, as_of)


def measure(
    observations: Iterable[Observation],
    clock: Clock,
    basis: Basis,
    *,
    as_of: datetime,
    shown_from: int = EARLY_FROM,
    technician: str | None = None,
) -> Figure:
    """Return average and median of one clock; only the count below `shown_from` finished observations."""
    found = spans(observations, clock, basis, as_of=as_of, technician=technician)
    sample = Sample.of(found.readings)
    size = sample.finished
    if size < shown_from:
        return _counted(found, sample, Status.COLLECTING)
    status = Status.MEASURED if size >= MEASURED_FROM else Status.EARLY
    return Figure(
        size, estimates.mean(sample), estimates.median(sample), estimates.interval(sample), status,
        unfinished=sample.unfinished, episodes=found.episodes, excluded=found.excluded,
    )  # fmt: skip


def _counted(found: Spans, sample: Sample, status: Status) -> Figure:
    return Figure(
        sample.finished, None, None, None, status,
        unfinished=sample.unfinished, episodes=found.episodes, excluded=found.excluded,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Baseline:
    """The old way of working, from one source. Raises `MixedBaselines` if an observation is from another."""

    source: Literal["stopwatch", "backcast"]
    observations: tuple[Observation, ...]
    candidates: int | None = None
    """For a backcast: how many escalations history shows, dated or not."""

    def __post_init__(self) -> None:
        for observation in self.observations:
            if observation.source != self.source:
                what = f"{observation.episode} is from {observation.source}, the baseline from {self.source}"
                raise MixedBaselines(f"{what}: keep one baseline for each source")

    @property
    def coverage(self) -> float | None:
        """Return the share of the candidates that can be used; None for a stopwatch."""
        if self.source == "stopwatch" or self.candidates is None:
            return None
        used = sum(not observation.exclusions for observation in self.observations)
        return used / self.candidates if self.candidates else 0.0

    @property
    def usable(self) -> bool:
        """Tell whether it may be compared with: a backcast only from `COVERAGE_FLOOR` on."""
        return self.source == "stopwatch" or (self.coverage or 0.0) >= COVERAGE_FLOOR

    @property
    def clock(self) -> Clock:
        """Return the clock this source measures best: a stopwatch starts when the ticket is opened."""
        return Clock.ORIENTATION if self.source == "stopwatch" else Clock.TOTAL


def baseline_figure(baseline: Baseline, clock: Clock, basis: Basis, *, as_of: datetime) -> Figure:
    """Return the old way's figure. Below 6 stopwatch readings it is their plain average, without an interval."""
    figure = measure(baseline.observations, clock, basis, as_of=as_of)
    if not baseline.usable:
        found = spans(baseline.observations, clock, basis, as_of=as_of)
        return _counted(found, Sample.of(found.readings), Status.NO_BASELINE)
    if baseline.source == "stopwatch" and 0 < figure.n < EARLY_FROM:
        found = spans(baseline.observations, clock, basis, as_of=as_of)
        sample = Sample.of(found.readings)
        return Figure(
            figure.n, estimates.mean(sample), estimates.median(sample), None, Status.READINGS,
            unfinished=sample.unfinished, episodes=found.episodes, excluded=found.excluded,
        )  # fmt: skip
    return figure


def saving(
    observations: Iterable[Observation], baseline: Baseline, clock: Clock, basis: Basis, *, as_of: datetime
) -> Figure:
    """Return the minutes recovered per escalation: baseline minus in-product, on the same clock. May be negative.

    Claims never acted on run on to the slowest finished observation of either side, so they lower the saving.
    """
    now = spans(observations, clock, basis, as_of=as_of)
    then = spans(baseline.observations, clock, basis, as_of=as_of)
    new, old = Sample.of(now.readings), Sample.of(then.readings)
    average = middle = ci95 = None
    status = Status.COLLECTING if baseline.usable else Status.NO_BASELINE
    least = min(new.finished, old.finished)
    if baseline.usable and least >= EARLY_FROM:
        horizon = max(new.longest, old.longest)
        average = estimates.mean(old) - estimates.mean(new, horizon)
        before, after = estimates.median(old), estimates.median(new)
        middle = before - after if before is not None and after is not None else None
        ci95 = estimates.difference_interval(old, new, horizon=horizon)
        status = Status.EARLY
        if least >= MEASURED_FROM:
            status = Status.UNCLEAR if ci95[0] <= 0 <= ci95[1] else Status.MEASURED
    return Figure(
        new.finished, average, middle, ci95, status, unfinished=new.unfinished, baseline_n=old.finished,
        episodes=now.episodes, baseline_episodes=then.episodes, excluded=(*now.excluded, *then.excluded),
    )  # fmt: skip


def month_begun(moment: datetime, time_zone: str) -> datetime:
    """Return the first of the month in which a moment lies in that time zone."""
    return moment.astimezone(ZoneInfo(time_zone)).replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)


def hours_saved(observations: Iterable[Observation], recovered: Figure, *, as_of: datetime, time_zone: str) -> Figure:
    """Return the hours saved since the first of this month in that time zone, from the minutes recovered each.

    They are counted for the escalations acted on in the month, of all that were `known` (a month may be longer than
    the rolling 30 days); no others save anything.
    """
    month = month_begun(as_of, time_zone)
    acted = [o for o in observations if o.acted_at and month <= o.acted_at <= as_of and not o.exclusions]
    return _scaled(recovered, len(acted), 1 / 60, "h", tuple(o.episode for o in acted))


def worth(saved: Figure, hourly_rate: float) -> Figure:
    """Return the worth of hours saved at the account's own rate, in its own currency."""
    ci95 = (saved.ci95[0] * hourly_rate, saved.ci95[1] * hourly_rate) if saved.ci95 else None
    average = None if saved.mean is None else saved.mean * hourly_rate
    return Figure(saved.n, average, None, ci95, saved.status, "money", episodes=saved.episodes)


def _scaled(figure: Figure, count: int, factor: float, unit: Unit, episodes: tuple[str, ...]) -> Figure:
    by = count * factor
    ci95 = (figure.ci95[0] * by, figure.ci95[1] * by) if figure.ci95 else None
    average = None if figure.mean is None else figure.mean * by
    return Figure(count, average, None, ci95, figure.status, unit, baseline_n=figure.baseline_n, episodes=episodes)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many episodes came how far."""

    escalated: int
    claimed: int
    """Taken at least once, also if it was given back."""
    acted: int
    never_acted: int
    """Taken at least once, and over without a first action."""
    in_hand: int
    """Taken, not acted on yet, and still live."""
    returned: int
    """Claims that were given back or ran out."""
    withdrawn: int
    left_out: int
    """Of the escalated, those that no figure counts."""
    repeated: int = 0
    """In which a senior did or asked again what the brief holds: what speaks against the brief."""


def counts(observations: Sequence[Observation]) -> Counts:
    """Count the episodes; nothing is left out here."""
    pending = [o for o in observations if o.censored]
    return Counts(
        escalated=len(observations),
        claimed=sum(o.claimed_at is not None or bool(o.returned_at) for o in observations),
        acted=sum(o.acted_at is not None for o in observations),
        never_acted=sum(o.ended_at is not None and not o.lost for o in pending)
        + sum(o.withdrawn and bool(o.returned_at) and o.claimed_at is None for o in observations),
        in_hand=sum(o.ended_at is None for o in pending),
        returned=sum(len(o.returned_at) for o in observations),
        withdrawn=sum(o.withdrawn for o in observations),
        left_out=sum(bool(o.exclusions) for o in observations),
        repeated=sum(o.repeated_at is not None for o in observations),
    )


@dataclass(frozen=True, slots=True)
class TrendWeek:
    """Seven days up to `until`: the two figures that are only ever shown together."""

    since: datetime
    until: datetime
    orientation: Figure
    total: Figure


def trend(observations: Sequence[Observation], basis: Basis, *, as_of: datetime) -> list[TrendWeek]:
    """Return the last four weeks, the oldest first. What was still running is watched until `as_of`."""
    weeks = []
    for back in range(TREND_WEEKS, 0, -1):
        since, until = as_of - back * WEEK, as_of - (back - 1) * WEEK
        of_week = within(observations, since, until)
        orientation, total = (measure(of_week, c, basis, as_of=as_of) for c in (Clock.ORIENTATION, Clock.TOTAL))
        weeks.append(TrendWeek(since, until, orientation, total))
    return weeks


def breakdown(
    observations: Iterable[Observation], by: Literal["technician", "domain"], clock: Clock, basis: Basis, *, as_of: datetime
) -> dict[str, Figure]:
    """Return one clock by technician or by problem domain, with figures from 10 each; by name."""
    groups: dict[str, list[Observation]] = {}
    for observation in observations:
        people = {observation.technician, *(claim.by for claim in observation.ended_claims)}
        for name in people if by == "technician" else {observation.domain}:
            if name:
                groups.setdefault(name, []).append(observation)
    return {
        name: measure(
            groups[name], clock, basis, as_of=as_of, shown_from=BREAKDOWN_FROM,
            technician=name if by == "technician" else None,
        )
        for name in sorted(groups)
    }  # fmt: skip


def pilot_week(weeks: float) -> int:
    """Return the running week of the pilot, so many weeks after connecting: from the first to the eighth."""
    return min(PILOT_WEEKS, int(stored(weeks)) + 1)


@dataclass(frozen=True, slots=True)
class KillSwitch:
    """Whether the pilot has shown enough to go on."""

    due: bool
    """Whether eight weeks have passed since connecting."""
    stop: bool
    """Whether it is due and no more than 1.0 hour a week was shown."""
    hours_per_week: float | None
    """Point estimate; None if there is none."""
    weeks: float
    """Since connecting, at most eight."""
    recovered: Figure
    why: str


def kill_switch(
    observations: Sequence[Observation], baseline: Baseline, basis: Basis, *, connected_at: datetime, as_of: datetime
) -> KillSwitch:
    """Return what the first eight weeks since connecting saved in a week, by one baseline.

    Computed for the pilot alone, so the verdict does not change afterwards.
    """
    end = connected_at + PILOT_WEEKS * WEEK
    due, until = as_of >= end, min(as_of, end)
    pilot = within(all_known(observations, until), connected_at, until)
    recovered = saving(pilot, baseline, baseline.clock, basis, as_of=until)
    weeks = max((until - connected_at) / WEEK, 0.0)
    if recovered.mean is None or not weeks:
        need = f"{recovered.n} in the product and {recovered.baseline_n} before it, of {EARLY_FROM} each"
        return KillSwitch(due, due, None, weeks, recovered, f"no saving can be shown: {need}")
    acted = sum(o.acted_at is not None and not o.exclusions for o in pilot)
    hours = recovered.mean * acted / 60 / weeks
    why = f"{acted} escalations acted on in {number(weeks)} weeks, {number(recovered.mean)} min recovered each"
    return KillSwitch(due, due and hours <= PILOT_HOURS, hours, weeks, recovered, why)
