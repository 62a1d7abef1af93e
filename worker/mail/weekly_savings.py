"""Say what is recovered against the old way, by one source at a time, and how the pilot stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from escalation.figures.measures import pilot_week
from escalation.figures.rounding import number, percent
from worker.mail.templates import plain
from worker.mail.weekly_figures import FigureJson, count, hours, interval, local_date, minutes, money

SOURCES = {"stopwatch": "the stopwatch readings", "backcast": "the replayed history"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """The old way by one source, and what was recovered against it."""

    title: str
    explained: str
    rows: tuple[tuple[str, str, str], ...]
    """Label, in working time, in all hours."""
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """The verdict on the pilot."""

    title: str
    lines: tuple[str, ...]


_CLOCKS = {
    "orientation": "Both from the moment somebody has the ticket to the first action: opened then, claimed now.",
    "total": "Both from the escalation to the first action.",
}


def comparison(card: Mapping[str, Any], source: str, zone: ZoneInfo) -> Comparison:
    """Return one source's comparison, in the words of the e-mail."""
    old = card["baselines"][source]
    saved = old["saving"]
    now = card["clocks"][old["clock"]]

    def row(label: str, told: Callable[[str], str]) -> tuple[str, str, str]:
        return label, told("business"), told("calendar")

    rows = [row("Old way", lambda basis: _average(old["figure"][basis], source))]
    if old["usable"]:
        rows.append(row("Now", lambda basis: _average(now[basis], "now")))
        rows.append(row("Recovered each", lambda basis: _recovered(saved[basis])))
    lines = (old.get("arithmetic", ""), _standing(old), _last_month(card, source, zone), _hours_and_worth(card, source, zone))
    return Comparison(f"Against {SOURCES[source]}", _CLOCKS[old["clock"]], tuple(rows), tuple(line for line in lines if line))


def _average(figure: FigureJson, source: str) -> str:
    what = {"stopwatch": "reading", "backcast": "escalation", "now": "acted on"}[source]
    of = f"{figure['n']} acted on" if source == "now" else count(figure["n"], what)
    return of if figure["mean"] is None else f"{minutes(figure['mean'])} ({of})"


def _recovered(figure: FigureJson) -> str:
    if figure["mean"] is None:
        return "not yet"
    return f"{minutes(figure['mean'])} ({interval(figure, 'min')})"


def _standing(old: Mapping[str, Any]) -> str:
    """Return how far this comparison can be relied on."""
    figure = old["saving"]["business"]
    now, before = figure["n"], figure.get("baseline_n") or 0
    if not old["usable"]:
        share = old["coverage"] or 0.0
        return f"Not compared with: the history dates {percent(share)} of its escalations, and 80% are needed."
    dated = f" The history dates {percent(old['coverage'])} of its escalations." if old["coverage"] is not None else ""
    if figure["status"] == "early":
        return f"Early, from {now} escalations and {before} of the old way; from 20 of each it is relied on.{dated}"
    if figure["status"] == "no_measurable_saving":
        return f"No measurable saving yet: the interval holds zero.{dated}"
    if figure["status"] == "measured":
        verdict = "An escalation takes longer than it did." if figure["mean"] < 0 else ""
        return f"{verdict}{dated}".strip()
    readings = old["figure"]["business"]["status"] == "readings"
    plainly = "These few readings show their plain average, without an interval. " if readings else ""
    return f"{plainly}Collecting: {now} escalations and {before} of the old way, of 6 each.{dated}"


def _hours_and_worth(card: Mapping[str, Any], source: str, zone: ZoneInfo) -> str:
    saved = card["hours_saved"].get(source)
    if saved is None or saved["mean"] is None:
        return ""
    since = f"since 1 {local_date(card['as_of'], zone).split(' ', 1)[1]}"
    if saved["status"] == "no_measurable_saving":
        return f"So no hours {since} and no worth are stated."
    if saved["n"] == 0:
        early = "Early: " if saved["status"] == "early" else ""
        return f"{early}No escalation was acted on {since}, so no hours are counted yet."
    return _told(card, saved, card["worth"].get(source), since)


def _last_month(card: Mapping[str, Any], source: str, zone: ZoneInfo) -> str:
    """Return what the last full month came to, where the running one is a few days old; stored reports may lack it."""
    last = card.get("last_month") or {}
    saved = last.get("hours_saved", {}).get(source)
    if saved is None or saved["status"] == "no_measurable_saving":
        return ""
    return _told(card, saved, last["worth"].get(source), f"in {local_date(last['since'], zone).split(' ', 1)[1]}")


def _told(card: Mapping[str, Any], saved: FigureJson, worth: FigureJson | None, when: str) -> str:
    early = "Early: " if saved["status"] == "early" else ""
    lost = saved["mean"] < 0
    words = f"{early}{hours(abs(saved['mean']))} {'lost' if lost else 'saved'} {when}"
    told = f"{words}, over {count(saved['n'], 'escalation')} acted on ({interval(saved, 'h')} saved)."
    if worth is None or worth["mean"] is None or not worth["ci95"]:
        return told
    currency = plain(card["currency"] or "", limit=8)
    low, high = (money(end, currency) for end in worth["ci95"])
    rate = f"{currency} {card['hourly_rate']:,.2f}".strip().removesuffix(".00")
    return f"{told} At {rate} an hour that is {money(worth['mean'], currency)} ({low} to {high})."


def pilot_of(card: Mapping[str, Any]) -> tuple[Notice | None, str]:
    """Return the verdict where one is due and bad, and else how the pilot stands in one line."""
    pilots: Mapping[str, Mapping[str, Any]] = card["kill_switch"]
    if not pilots:
        return None, ""
    told = " and ".join(
        f"{number(pilot['hours_per_week'])} h a week by {SOURCES[source]} ({plain(pilot['why'], limit=160)})"
        for source, pilot in pilots.items() if pilot["hours_per_week"] is not None
    ) or "no saving can be shown"  # fmt: skip
    one = next(iter(pilots.values()))
    if not any(pilot["stop"] for pilot in pilots.values()):
        if one["due"]:
            return None, f"The pilot's eight weeks showed {told}; the mark was more than 1.0 h a week."
        week = pilot_week(one["weeks"])
        return None, f"Week {week} of the pilot's 8: {told} so far. After week 8 it has to be more than 1.0 h a week."
    lines = [f"By {SOURCES[source]}: {_verdict(pilot)}." for source, pilot in pilots.items()]
    if all(pilot["stop"] for pilot in pilots.values()):
        lines.append("The mark was more than 1.0 hour a week, and it was not reached. By that rule, stop here; or find "
                     "out first what the figures below say about why.")  # fmt: skip
    else:
        lines.append("The mark was more than 1.0 hour a week. One source reached it and the other did not: both are "
                     "quoted, and which one to believe is yours to decide.")  # fmt: skip
    return Notice("The eight weeks of the pilot are over", tuple(lines)), ""


def _verdict(pilot: Mapping[str, Any]) -> str:
    shown, why = pilot["hours_per_week"], plain(pilot["why"], limit=160)
    return why if shown is None else f"{number(shown)} h a week ({why})"
