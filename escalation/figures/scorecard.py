"""Everything one account is shown about its escalations, as of one moment: page, command, JSON and weekly mail.

The figures and the rules for showing them are those of `escalation.figures.measures`; here they are only brought together,
so that no two places can show different ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from escalation.figures.assessed import AssessmentRates, Brief, assessment_rates
from escalation.figures.compared import ByBasis, Compared
from escalation.figures.headline import sentence
from escalation.figures.measures import (
    MEASURES_VERSION,
    WINDOW,
    Baseline,
    Counts,
    Figure,
    KillSwitch,
    TrendWeek,
    baseline_figure,
    breakdown,
    counts,
    hours_saved,
    kill_switch,
    measure,
    month_begun,
    recent,
    saving,
    trend,
    worth,
)
from escalation.figures.observations import (
    Basis,
    Clock,
    Excluded,
    Observation,
    all_known,
    clock_ahead,
    spans,
)
from escalation.figures.rounding import stored
from escalation.figures.sums import on_the_way, recovered

WORST = 3

@dataclass(frozen=True, slots=True)
class WorstWait:
    """One of the longest waits for somebody to take an escalation."""

    episode: str
    ticket_id: int
    technician: str | None
    """Login name of who took it in the end; None if nobody has."""
    business: float
    """Minutes of working time."""
    calendar: float
    """Minutes of any time."""
    escalated_at: datetime
    waiting: bool
    """Whether nobody has taken it yet."""


@dataclass(frozen=True, slots=True)
class LastMonth:
    """The last full month, as it stood when it ended: beside a running one that is too young to say anything."""

    since: datetime
    hours_saved: dict[str, Figure]
    """By source; without those that had nothing to say."""
    worth: dict[str, Figure]


@dataclass(frozen=True, slots=True)
class Scorecard:
    """One account's figures as they were known at `as_of`."""

    as_of: datetime
    measures_version: int
    window: tuple[datetime, datetime]
    """The rolling 30 days: escalated after the first and not after the second."""
    time_zone: str
    connected_at: datetime | None
    hourly_rate: float | None
    currency: str | None
    clocks: dict[str, ByBasis]
    """By `queue_wait`, `brief_latency`, `orientation`, `total`."""
    arithmetic: str
    """Why the averages of the first and the third do not come to that of the last; empty where they do."""
    trend: list[TrendWeek]
    """Four weeks in business minutes, the oldest first."""
    by_technician: dict[str, dict[str, Figure]]
    """`orientation` and `total` in business minutes, by login name."""
    by_domain: dict[str, dict[str, Figure]]
    baselines: dict[str, Compared]
    """By `stopwatch`, `backcast`; a source that has nothing is not there. Never mixed."""
    hours_saved: dict[str, Figure]
    """This month in the account's time zone, by source."""
    worth: dict[str, Figure]
    """Of the hours saved, in `currency`, by source; empty without an hourly rate."""
    last_month: LastMonth | None
    """In the first week of a month; None in the others."""
    counts: Counts
    assessments: AssessmentRates
    """How those of the window fared."""
    kill_switch: dict[str, KillSwitch]
    """By source; empty before the account is connected. Without any source by an empty stopwatch."""
    worst_waits: list[WorstWait]
    exclusions: list[Excluded]
    """What is left out of a figure, and why; an escalation nobody has taken yet is none."""
    untrusted: list[str]
    """Episodes that count though the time of their first action rests on something typed by hand."""
    calendar_versions: list[int]
    """Versions of the business calendar by which these episodes are counted."""
    clock_skew_s: float | None
    """How far the PSA's clock is ahead of ours, in seconds."""
    skew_measured_at: datetime | None

    @property
    def sentence(self) -> str:
        """What an owner reads first."""
        return sentence(self.baselines, acted=self.clocks["total"]["business"].n)

    def to_json(self, *, listing: bool = False) -> dict[str, Any]:
        """Return plain values; with `listing`, each figure with its episodes and exclusions."""
        plain = _figures(listing)
        return {
            "as_of": self.as_of.isoformat(),
            "measures_version": self.measures_version,
            "calendar_versions": self.calendar_versions,
            "sentence": self.sentence,
            "window": {"since": self.window[0].isoformat(), "until": self.window[1].isoformat()},
            "time_zone": self.time_zone,
            "connected_at": self.connected_at and self.connected_at.isoformat(),
            "hourly_rate": self.hourly_rate,
            "currency": self.currency,
            "clocks": {name: plain(both) for name, both in self.clocks.items()},
            "arithmetic": self.arithmetic,
            "trend": [
                {
                    "since": week.since.isoformat(), "until": week.until.isoformat(),
                    **plain({"orientation": week.orientation, "total": week.total}),
                }
                for week in self.trend
            ],
            "by_technician": {name: plain(figures) for name, figures in self.by_technician.items()},
            "by_domain": {name: plain(figures) for name, figures in self.by_domain.items()},
            "baselines": {
                name: {
                    "clock": old.clock.value, "figure": plain(old.figure), "coverage": old.coverage,
                    "usable": old.usable, "saving": plain(old.saving), "arithmetic": old.arithmetic,
                }
                for name, old in self.baselines.items()
            },
            "hours_saved": plain(self.hours_saved),
            "worth": plain(self.worth),
            "last_month": self.last_month and {
                "since": self.last_month.since.isoformat(),
                "hours_saved": plain(self.last_month.hours_saved), "worth": plain(self.last_month.worth),
            },
            "counts": asdict(self.counts),
            "assessments": self.assessments.to_json(),
            "kill_switch": {
                name: {
                    "due": pilot.due, "stop": pilot.stop, "hours_per_week": pilot.hours_per_week and stored(pilot.hours_per_week),
                    "weeks": stored(pilot.weeks), "why": pilot.why, **plain({"recovered": pilot.recovered}),
                }
                for name, pilot in self.kill_switch.items()
            },
            "worst_waits": [
                {
                    "episode": wait.episode, "ticket_id": wait.ticket_id, "technician": wait.technician,
                    "business": stored(wait.business), "calendar": stored(wait.calendar),
                    "escalated_at": wait.escalated_at.isoformat(), "waiting": wait.waiting,
                }
                for wait in self.worst_waits
            ],
            "exclusions": [{"episode": left.episode, "reason": left.reason} for left in self.exclusions],
            "untrusted": self.untrusted,
            "clock_skew": {
                "seconds": self.clock_skew_s,
                "measured_at": self.skew_measured_at and self.skew_measured_at.isoformat(),
            },
        }  # fmt: skip


def _figures(listing: bool) -> Callable[[dict[str, Figure]], dict[str, Any]]:
    show = Figure.listing if listing else Figure.to_json
    return lambda figures: {name: show(figure) for name, figure in figures.items()}


def scorecard(
    observations: Iterable[Observation],
    baselines: Sequence[Baseline],
    *,
    as_of: datetime,
    time_zone: str,
    hourly_rate: float | None,
    currency: str | None,
    connected_at: datetime | None,
    pilot: Iterable[Observation] | None = None,
    pilot_baselines: Sequence[Baseline] | None = None,
    clock_skew_s: float | None = None,
    skew_measured_at: datetime | None = None,
    assessed: Sequence[Brief] = (),
    last_month: Sequence[Observation] = (),
) -> Scorecard:
    """Return everything the account is shown as of a moment.

    `observations` are those of the rolling 30 days and those acted on in the running month; others do no harm.
    `pilot` are those of the first eight weeks since connecting, as known at their end; by default they are among the
    others. `baselines` are those known at `as_of`, at most one of each source; `pilot_baselines` those known when the
    pilot ended, so that what is measured later does not change its verdict. `assessed` are the window's briefs.
    `last_month` are those of the last month and of the 30 days before it, as known at its end; given in a month's first week.
    """
    ahead = clock_ahead(clock_skew_s)
    # By the PSA's clock, as every moment of an episode: what is known by now, and since when what is unfinished waits.
    known_by, there = as_of + max(ahead, timedelta(0)), as_of + ahead
    known = all_known(observations, known_by)
    window = recent(known, as_of=known_by)
    clocks = {
        clock.value: {basis.value: measure(window, clock, basis, as_of=there) for basis in Basis} for clock in Clock
    }
    compared: dict[str, Compared] = {
        baseline.source: _compare(window, baseline, clocks, there) for baseline in baselines
    }
    month = {
        source: hours_saved(known, old.saving["business"], as_of=known_by, time_zone=time_zone)
        for source, old in compared.items()
    }
    return Scorecard(
        as_of=as_of,
        measures_version=MEASURES_VERSION,
        window=(as_of - WINDOW, as_of),
        time_zone=time_zone,
        connected_at=connected_at,
        hourly_rate=hourly_rate,
        currency=currency,
        clocks=clocks,
        arithmetic=on_the_way(clocks),
        trend=trend(window, Basis.BUSINESS, as_of=known_by),
        by_technician=_breakdowns(window, "technician", there),
        by_domain=_breakdowns(window, "domain", there),
        baselines=compared,
        hours_saved=month,
        worth=_worth(month, hourly_rate),
        last_month=_last_month(last_month, baselines, month_begun(as_of, time_zone), time_zone, hourly_rate),
        counts=counts(window),
        assessments=assessment_rates(assessed),
        kill_switch=_pilots(
            known if pilot is None else list(pilot),
            baselines if pilot_baselines is None else pilot_baselines,
            connected_at,
            known_by,
        ),
        worst_waits=_worst(window, there),
        exclusions=_left_out(window, clocks),
        untrusted=[o.episode for o in window if o.acted_at and not o.trusted and not o.exclusions],
        calendar_versions=sorted({o.calendar.version for o in window}),
        clock_skew_s=clock_skew_s,
        skew_measured_at=skew_measured_at,
    )


def _worth(saved: dict[str, Figure], hourly_rate: float | None) -> dict[str, Figure]:
    return {source: worth(hours, hourly_rate) for source, hours in saved.items()} if hourly_rate else {}


def _last_month(
    known: Sequence[Observation], baselines: Sequence[Baseline], end: datetime, time_zone: str, hourly_rate: float | None
) -> LastMonth | None:
    """Return what stood on the scorecard as the month ended, by what is known of the old way now."""
    last = end - timedelta(microseconds=1)
    each: dict[str, Figure] = {
        baseline.source: saving(recent(known, as_of=last), baseline, baseline.clock, Basis.BUSINESS, as_of=last)
        for baseline in baselines if known
    }  # fmt: skip
    month = {source: hours_saved(known, one, as_of=last, time_zone=time_zone) for source, one in each.items()}
    month = {source: hours for source, hours in month.items() if hours.n and hours.mean is not None}
    return LastMonth(month_begun(last, time_zone), month, _worth(month, hourly_rate)) if month else None


def _compare(
    window: Sequence[Observation], baseline: Baseline, clocks: dict[str, ByBasis], as_of: datetime
) -> Compared:
    clock = baseline.clock
    old = {basis.value: baseline_figure(baseline, clock, basis, as_of=as_of) for basis in Basis}
    each = {basis.value: saving(window, baseline, clock, basis, as_of=as_of) for basis in Basis}
    return Compared(
        source=baseline.source,
        clock=clock,
        figure=old,
        coverage=baseline.coverage,
        usable=baseline.usable,
        saving=each,
        arithmetic=recovered(old, clocks[clock.value], each),
    )


def _breakdowns(
    window: Sequence[Observation], by: Literal["technician", "domain"], as_of: datetime
) -> dict[str, dict[str, Figure]]:
    """Return the two clocks that are only ever shown together, in business minutes, by name."""
    both = {
        clock.value: breakdown(window, by, clock, Basis.BUSINESS, as_of=as_of)
        for clock in (Clock.ORIENTATION, Clock.TOTAL)
    }
    return {name: {clock: figures[name] for clock, figures in both.items()} for name in both["total"]}


def _pilots(
    known: Sequence[Observation], baselines: Sequence[Baseline], connected_at: datetime | None, as_of: datetime
) -> dict[str, KillSwitch]:
    """Return the verdict by each source; of several, not by one that may not be compared with."""
    if connected_at is None or connected_at > as_of:
        return {}
    usable = [baseline for baseline in baselines if baseline.usable]
    # A pilot in which nobody measured the old way has shown nothing, and its owner is told that too.
    baselines = usable or baselines or [Baseline("stopwatch", ())]
    return {
        baseline.source: kill_switch(known, baseline, Basis.BUSINESS, connected_at=connected_at, as_of=as_of)
        for baseline in baselines
    }


def _worst(window: Sequence[Observation], as_of: datetime) -> list[WorstWait]:
    by_episode = {o.episode: o for o in window}
    working, any_time = (spans(window, Clock.WAIT, basis, as_of=as_of) for basis in Basis)
    waits = []
    for episode, business, calendar in zip(working.episodes, working.readings, any_time.readings, strict=True):
        seen = by_episode[episode]
        ticket = int(episode.split("/")[0])
        at = seen.escalated_at or as_of
        waits.append(
            WorstWait(episode, ticket, seen.technician, business.minutes, calendar.minutes, at, business.unfinished)
        )
    return sorted(waits, key=lambda w: (-w.business, -w.calendar, w.episode))[:WORST]


def _left_out(window: Sequence[Observation], clocks: dict[str, ByBasis]) -> list[Excluded]:
    unclaimed = {o.episode for o in window if o.claimed_at is None}
    return sorted(
        {
            left
            for clock in Clock
            for left in clocks[clock.value]["business"].excluded
            if clock is not Clock.ORIENTATION or left.episode not in unclaimed
        }
    )
