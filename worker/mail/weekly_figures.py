"""Say figures as the owner reads them: minutes, intervals, hours, money, dates, and bars that need no picture.

Figures come as the plain values of a scorecard's JSON. Nothing is computed here but the length of a bar.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from escalation.figures.rounding import number, units, whole

FigureJson = Mapping[str, Any]
"""`n`, `mean`, `median`, `ci95`, `status`, and of a listing `unfinished`, `baseline_n`."""

SHOWN = ("early", "measured", "readings")
"""States of a clock's own figure in which its average is shown."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bar:
    """A length in percent and the figure beside it, which says the same in words."""

    label: str
    told: str
    percent: int


@dataclass(frozen=True, slots=True)
class Pair:
    """The two clocks that are only ever shown together, of one week, technician or domain."""

    name: str
    note: str
    """What the figures rest on, or why there are none."""
    size: int
    """Finished observations, of the clock that has fewer."""
    bars: tuple[Bar, ...]
    """After the claim, and in all; empty where there are too few."""


def minutes(value: float) -> str:
    return f"{number(value)} min"


def short(value: float) -> str:
    """Return minutes, or seconds where it is less than one."""
    return minutes(value) if value >= 1 else f"{whole(value * 60)} s"


def hours(value: float) -> str:
    return f"{number(value)} h"


def money(value: float, currency: str) -> str:
    """Return whole units with the currency's letters in front: `GBP 1,234`."""
    sign = "\N{MINUS SIGN}" if whole(value) < 0 else ""
    return f"{sign}{currency} {units(abs(value))}".strip()


def interval(figure: FigureJson, unit: str) -> str:
    """Return `95% interval 6.1 to 10.2 min`, or nothing without one."""
    if not figure["ci95"]:
        return ""
    low, high = figure["ci95"]
    return f"95% interval {number(low)} to {number(high)} {unit}"


def count(size: int, singular: str, plural: str = "") -> str:
    """Return `1 escalation`, `2 escalations`."""
    return f"{size:,} {singular if size == 1 else plural or singular + 's'}"


def local_date(at: str | datetime, zone: ZoneInfo, *, year: bool = False) -> str:
    """Return `3 November`, in the account's time zone."""
    local = _moment(at).astimezone(zone)
    return f"{local.day} {_MONTHS[local.month - 1]}" + (f" {local.year}" if year else "")


def local_moment(at: str | datetime, zone: ZoneInfo) -> str:
    """Return `Mon 3 Nov 2026, 07:00`, in the account's time zone."""
    local = _moment(at).astimezone(zone)
    month = _MONTHS[local.month - 1][:3]
    return f"{_DAYS[local.weekday()]} {local.day} {month} {local.year}, {local.hour:02}:{local.minute:02}"


def span_of_days(since: str, until: str, zone: ZoneInfo) -> str:
    """Return `27 Oct – 3 Nov`."""
    ends = [_moment(at).astimezone(zone) for at in (since, until)]
    return " – ".join(f"{end.day} {_MONTHS[end.month - 1][:3]}" for end in ends)


def _moment(at: str | datetime) -> datetime:
    return at if isinstance(at, datetime) else datetime.fromisoformat(at)


def duration(length: float) -> str:
    """Return minutes as `45 min`, `3 h 5 min` or `52 h`: working time knows no days."""
    in_all = whole(length)
    if in_all < 60:
        return f"{in_all} min"
    return f"{in_all // 60} h" + (f" {in_all % 60} min" if in_all < 600 and in_all % 60 else "")


def pair_of(name: str, figures: Mapping[str, FigureJson], longest: float) -> Pair:
    """Return the two bars of one week, technician or domain, on a scale that ends at `longest` minutes."""
    after_claim, in_all = figures["orientation"], figures["total"]
    size = min(after_claim["n"], in_all["n"])
    if not _shown(after_claim) or not _shown(in_all):
        return Pair(name, f"{size} acted on", size, ())
    early = ", early" if "early" in (after_claim["status"], in_all["status"]) else ""
    bars = _bar("after claim", after_claim["mean"], longest), _bar("in all", in_all["mean"], longest)
    return Pair(name, f"{size} acted on{early}", size, bars)


def longest_of(groups: Iterable[Mapping[str, FigureJson]]) -> float:
    """Return the longest average among groups, for a common scale; 0 where none is shown."""
    return max((f["mean"] for g in groups for f in (g["orientation"], g["total"]) if _shown(f)), default=0.0)


def _shown(figure: FigureJson) -> bool:
    return figure["mean"] is not None and figure["status"] in SHOWN


def _bar(label: str, value: float, longest: float) -> Bar:
    share = value / longest if longest > 0 else 0.0
    return Bar(label, minutes(value), max(1, min(100, round(share * 100))))
