"""Say a scorecard's figures in words and draw their trend. Nothing is computed here but places in a drawing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from escalation.brief.sanitize import printable
from escalation.figures.domains import domain_name
from escalation.figures.measures import pilot_week
from escalation.figures.rounding import number, percent, units
from escalation.figures.sums import counted
from webhooks.pages.analytics.scorecards import FigureJson, figures
from webhooks.pages.desk import People

CLOCKS = {
    "queue_wait": ("Until somebody claimed it", "from the status change to the claim"),
    "brief_latency": ("Until the brief was in the ticket", "from the status change to the note in the ticket"),
    "orientation": ("After claiming", "from the claim to the first action"),
    "total": ("In all", "from the status change to the first action"),
}
SOURCES = {"stopwatch": "stopwatch", "backcast": "replayed history"}
STATES = {
    "collecting": "collecting", "readings": "readings, no interval", "early": "early", "measured": "measured",
    "no_measurable_saving": "no measurable saving yet", "no_baseline": "no baseline",
}  # fmt: skip
WIDTH, HEIGHT, LEFT, TOP, FOOT = 560, 220, 44, 12, 34


def unit(figure: FigureJson, currency: str | None) -> str:
    """Return what a figure's numbers are counted in."""
    return (currency or "") if figure["unit"] == "money" else str(figure["unit"])


def told(figure: FigureJson, value: float) -> str:
    """Return one of a figure's numbers as it is read: money in whole units, as in the e-mail and the command."""
    return units(value) if figure["unit"] == "money" else number(value)


@dataclass(frozen=True, slots=True)
class Dot:
    """One week of one series, in the drawing's own units."""

    x: float
    y: float
    low: float
    high: float
    told: str


@dataclass(frozen=True, slots=True)
class Series:
    """One clock over the weeks that have a figure."""

    name: str
    kind: str
    dots: tuple[Dot, ...]

    @property
    def line(self) -> str:
        return " ".join(f"{dot.x:.1f},{dot.y:.1f}" for dot in self.dots)


@dataclass(frozen=True, slots=True)
class Chart:
    """The four weeks as a drawing."""

    series: tuple[Series, ...]
    weeks: tuple[tuple[float, str, str], ...]
    """Where, which, and on how many it rests."""
    rungs: tuple[tuple[float, str], ...]


def page(card: Mapping[str, Any], *, names: People, opened: str) -> dict[str, Any]:
    """Return everything the template draws."""
    zone = ZoneInfo(card["time_zone"])
    found = figures(card)
    saved = list(card["hours_saved"])
    return {
        "card": card, "clocks": CLOCKS, "sources": SOURCES, "states": STATES, "unit": unit, "told": told,
        "counted": counted(card["counts"]), "number": number, "percent": percent, "pilot_week": pilot_week,
        "domain": domain_name, "chart": chart(card["trend"], zone), "technician": lambda login: printable(names.named(login)),
        "last_month": card["last_month"] and f"{datetime.fromisoformat(card['last_month']['since']).astimezone(zone):%B}",
        "as_of": card["as_of"], "moment": moment(card["as_of"], zone), "saved": saved,
        "behind": found.get(opened), "opened": opened if opened in found else "",
        "windowed": tuple(moment(card["window"][end], zone, short=True) for end in ("since", "until")),
        "weeks": [moment(week["since"], zone, short=True) for week in card["trend"]],
    }  # fmt: skip


def saved_line(card: Mapping[str, Any]) -> str:
    """Return what the queue's small card says: hours saved this month by each source, or why there are none yet.

    In a month's first week it says the last one's.
    """
    last = card["last_month"]
    when = "last month" if last else "this month"
    measured = {name: f for name, f in (last or card)["hours_saved"].items() if f["mean"] is not None}
    sure = {name: f for name, f in measured.items() if f["status"] == "measured"}
    if sure:
        return f"{_both(sure)} saved {when}"
    if any(f["status"] == "no_measurable_saving" for f in measured.values()):
        return "no measurable saving yet"
    if measured:
        return f"{_both(measured)} saved {when}, early"
    return "hours saved: collecting"


def _both(figures_by_source: Mapping[str, FigureJson]) -> str:
    if len(figures_by_source) == 1:
        return f"{number(next(iter(figures_by_source.values()))['mean'])} h"
    return " or ".join(f"{number(figure['mean'])} h ({SOURCES[name]})" for name, figure in figures_by_source.items())


def moment(iso: str, zone: ZoneInfo, *, short: bool = False) -> str:
    """Return `29 Nov` or `29 Nov 2026, 17:05` as the account's wall shows it."""
    local = datetime.fromisoformat(iso).astimezone(zone)
    day = f"{local.day} {local:%b}"
    return day if short else f"{day} {local.year}, {local:%H:%M}"


def chart(trend: list[dict[str, Any]], zone: ZoneInfo) -> Chart | None:
    """Return the drawing of the weeks; None while no week has a figure. An interval that leaves the drawing is cut."""
    means = [week[name]["mean"] for week in trend for name in ("orientation", "total") if week[name]["mean"] is not None]
    if not means:
        return None
    top = _rounded(max(*means, 1.0) * 1.5)  # by the averages: one wide interval would flatten everything else
    across = (WIDTH - LEFT - 20) / len(trend)

    def at(value: float) -> float:
        return TOP + (HEIGHT - TOP - FOOT) * (1 - min(max(value, 0), top) / top)

    def dots(name: str, shift: float) -> tuple[Dot, ...]:
        made = []
        for place, week in enumerate(trend):
            figure = week[name]
            if figure["mean"] is not None:
                low, high = figure["ci95"] or (figure["mean"], figure["mean"])
                x = LEFT + across * (place + 0.5) + shift
                made.append(Dot(x, at(figure["mean"]), at(low), at(high), f"{number(figure['mean'])} min"))
        return tuple(made)

    series = tuple(Series(CLOCKS[name][0], name, dots(name, shift)) for name, shift in (("total", 9), ("orientation", -9)))
    weeks = tuple(
        (LEFT + across * (place + 0.5), f"from {moment(week['since'], zone, short=True)}", f"n {week['total']['n']}")
        for place, week in enumerate(trend)
    )
    return Chart(series, weeks, tuple((at(top * part / 4), f"{top * part / 4:g}") for part in range(5)))


def _rounded(value: float) -> float:
    """Return the next number up that divides well by four."""
    for size in (4, 8, 12, 20, 40, 60, 80, 120, 200, 400, 800, 1200, 2000, 4000):
        if value <= size:
            return float(size)
    return value
