"""An account's figures as text, at most 80 columns wide: working minutes first, all minutes beside them."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from escalation.figures.assessed import Rate
from escalation.figures.compared import ByBasis, Compared
from escalation.figures.domains import domain_name
from escalation.figures.measures import (
    BREAKDOWN_FROM,
    COVERAGE_FLOOR,
    EARLY_FROM,
    PILOT_HOURS,
    PILOT_WEEKS,
    Figure,
    Status,
    pilot_week,
)
from escalation.figures.rounding import number, percent, units
from escalation.figures.scorecard import Scorecard

WIDTH = 80

CLOCKS = {
    "queue_wait": "queue wait",
    "brief_latency": "brief latency",
    "orientation": "orientation",
    "total": "total",
}

_HEAD = f"{'':<15}{'n':>7}{'average':>9} {'95% interval':>17}{'median':>8}  {'all hours: avg':>14}{'med':>7}"


def lines(card: Scorecard, *, account: str) -> Iterator[str]:
    """Give the page line by line."""
    zone = ZoneInfo(card.time_zone)
    yield _cut(f"{account}, the 30 days up to {_when(card.as_of, zone)} ({card.time_zone})", WIDTH)
    yield from ("", *textwrap.wrap(card.sentence, WIDTH), "")
    yield _HEAD
    for name, label in CLOCKS.items():
        yield _row(label, card.clocks[name])
    yield from textwrap.wrap(
        "Minutes of working time. queue wait: escalated to claimed; orientation: claimed to first action; total: "
        "escalated to first action. +n: came to nothing or goes on, counted as longer than so far.", WIDTH,
    )  # fmt: skip
    yield from textwrap.wrap(card.arithmetic, WIDTH)
    yield from _compared(card)
    yield from _trend(card, zone)
    yield from _by("technician", card.by_technician)
    yield from _by("kind of problem", {domain_name(name): both for name, both in card.by_domain.items()})
    yield from _counted(card, zone)
    yield from _pilot(card)


def _row(label: str, both: ByBasis) -> str:
    work, any_time = both["business"], both["calendar"]
    size = f"{work.n} +{work.unfinished}" if work.unfinished else str(work.n)
    row = f"{label:<15}{size:>7}"
    if work.mean is None:
        return f"{row}  {_why_not(work)}"
    interval = "none" if work.ci95 is None else f"{number(work.ci95[0])} to {number(work.ci95[1])}"
    mark = "" if work.status is Status.MEASURED else f"{'':<18}{_why_not(work)}"
    row += f"{_num(work.mean):>9} {interval:>17}{_num(work.median):>8}  {_num(any_time.mean):>14}{_num(any_time.median):>7}"
    return f"{row}\n{mark}" if mark else row


def _why_not(figure: Figure) -> str:
    least = figure.n if figure.baseline_n is None else min(figure.n, figure.baseline_n)
    return {
        Status.COLLECTING: f"collecting: {least} of {EARLY_FROM}",
        Status.EARLY: f"early: {least} of 20, a wide interval",
        Status.UNCLEAR: "no measurable saving yet: the interval holds zero",
        Status.NO_BASELINE: f"no baseline: below {percent(COVERAGE_FLOOR)} of its escalations could be used",
        Status.READINGS: f"{figure.n} readings, no interval",
        Status.MEASURED: "",
    }[figure.status]


def _compared(card: Scorecard) -> Iterator[str]:
    if not card.baselines:
        yield from ("", "Old way of working: nothing measured yet; see `baseline add` and `shadow`.")
    for source, old in card.baselines.items():
        yield from ("", _title(old), _HEAD, _row("old way", old.figure), _row("now", card.clocks[old.clock.value]))
        yield _row("recovered each", old.saving)
        yield from textwrap.wrap(old.arithmetic, WIDTH)
        saved = card.hours_saved[source]
        if saved.mean is not None:
            yield from _saved("this month", saved, card.worth.get(source), card.currency)
        if card.last_month and source in card.last_month.hours_saved:
            month, last = f"in {card.last_month.since:%B}, the last full month", card.last_month
            yield from _saved(month, last.hours_saved[source], last.worth.get(source), card.currency)


def _saved(when: str, saved: Figure, worth: Figure | None, currency: str | None) -> Iterator[str]:
    if not saved.n:
        yield f"hours saved {when}: none acted on yet"
        return
    line = f"hours saved {when}, on {saved.n} acted on: {_amount(saved, 'h')}"
    yield from textwrap.wrap(line + (f"; worth {_amount(worth, currency or '', units)}" if worth else ""), WIDTH)


def _title(old: Compared) -> str:
    clock = CLOCKS[old.clock.value]
    if old.coverage is None:
        return f"Against the stopwatch, by {clock}"
    return f"Against replayed history, by {clock}; it could use {percent(old.coverage)} of its escalations"


def _trend(card: Scorecard, zone: ZoneInfo) -> Iterator[str]:
    yield from ("", f"{'Week up to':<17}{'orientation':>20}{'total':>20}   average (n)")
    for week in card.trend:
        until = week.until.astimezone(zone).strftime("%Y-%m-%d")
        yield f"{until:<17}{_brief(week.orientation):>20}{_brief(week.total):>20}"


def _by(what: str, groups: dict[str, dict[str, Figure]]) -> Iterator[str]:
    if not groups:
        return
    yield from ("", f"{f'By {what}':<25}{'orientation':>12}{'total':>18}   average (n), from {BREAKDOWN_FROM}")
    for name, figures in groups.items():
        yield f"{_cut(name, 24):<25}{_brief(figures['orientation']):>12}{_brief(figures['total']):>18}"


def _counted(card: Scorecard, zone: ZoneInfo) -> Iterator[str]:
    of = card.counts
    parts = (
        f"{of.escalated} escalated", f"{of.claimed} claimed", f"{of.acted} acted on", f"{of.in_hand} in hand",
        f"{of.never_acted} never acted on", f"{of.returned} claims returned", f"{of.withdrawn} withdrawn",
        f"{of.repeated} in which a senior repeated what the brief holds",
    )  # fmt: skip
    yield from ("", *textwrap.wrap(f"Counted: {', '.join(parts)}.", WIDTH))
    yield from textwrap.wrap(_assessed(card), WIDTH)
    if card.worst_waits:
        yield from ("", f"{'Longest waits':<17}{'working min':>12}{'all min':>10}  escalated")
    for wait in card.worst_waits:
        who = "nobody has it yet" if wait.waiting else wait.technician or "unknown"
        minutes = f"{_num(wait.business):>12}{_num(wait.calendar):>10}"
        yield _cut(f"{wait.episode:<17}{minutes}  {_when(wait.escalated_at, zone)}, {who}", WIDTH)
    yield from ("", f"Left out of a figure: {len(card.exclusions)}. Each with its reason: --list FIGURE")
    if card.untrusted:
        yield from textwrap.wrap(
            f"Counted, though the time of the first action was typed by hand: {len(card.untrusted)}", WIDTH
        )
    yield from textwrap.wrap(_clocks_apart(card, zone), WIDTH)


def _assessed(card: Scorecard) -> str:
    rates = card.assessments
    told = "; ".join((
        _rate("accepted", rates.acceptance), _rate("corrected", rates.correction),
        _rate("no assessment in", rates.abstention, what=" briefs"),
    ))  # fmt: skip
    return f"Assessments: {told}."


def _rate(words: str, rate: Rate, *, what: str = "") -> str:
    count = f"{words} {rate.n} of {rate.of}{what}"
    if rate.share is None or rate.ci95 is None:
        return f"{count}, collecting"
    early = ", early" if rate.status is Status.EARLY else ""
    return f"{count}, {percent(rate.share)} ({percent(rate.ci95[0])} to {percent(rate.ci95[1])}{early})"


def _clocks_apart(card: Scorecard, zone: ZoneInfo) -> str:
    if card.clock_skew_s is None or card.skew_measured_at is None:
        return "ConnectWise's clock and ours: not compared yet."
    side = "ahead of" if card.clock_skew_s >= 0 else "behind"
    apart = f"ConnectWise's clock is {number(abs(card.clock_skew_s))} s {side} ours"
    return (
        f"{apart}, measured {_when(card.skew_measured_at, zone)}. Spans are between ConnectWise's own times; a moment "
        "that bears ours is moved by it."
    )


def _pilot(card: Scorecard) -> Iterator[str]:
    for source, pilot in card.kill_switch.items():
        saved = "nothing" if pilot.hours_per_week is None else f"{number(pilot.hours_per_week)} h"
        if pilot.stop:
            verdict = (
                f"Time to decide whether to go on: {PILOT_WEEKS} weeks had to show more than {PILOT_HOURS} h saved a "
                f"week, and by {source} they show {saved}"
            )
        elif pilot.due:
            verdict = f"The first {PILOT_WEEKS} weeks show {saved} saved a week by {source}, more than {PILOT_HOURS} h"
        else:
            week = f"Week {pilot_week(pilot.weeks)} of {PILOT_WEEKS} since connecting"
            verdict = f"{week}: {saved} saved a week so far, by {source}"
        yield from ("", *textwrap.wrap(f"{verdict} ({pilot.why}).", WIDTH))


def _brief(figure: Figure) -> str:
    return f"{'…' if figure.mean is None else _num(figure.mean)} ({figure.n})"


def _amount(figure: Figure, unit: str, said: Callable[[float], str] = number) -> str:
    interval = f" ({said(figure.ci95[0])} to {said(figure.ci95[1])})" if figure.ci95 else ""
    return f"{said(figure.mean or 0.0)} {unit}".rstrip() + interval


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _num(value: float | None) -> str:
    return "-" if value is None else number(value)


def _when(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
