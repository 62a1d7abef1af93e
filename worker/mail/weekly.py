"""The owner's weekly e-mail: the scorecard's figures in words and bars. Plain values in, a message out.

    render_weekly(WeeklyMail(…))    the scorecard's JSON as it was frozen in the report's row → `Rendered`

Everything it says is in `figures`: rendering a stored report again says the same. Times after a claim and in all
stand side by side, two sources of the old way are never mixed, and what is not shown says why.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo

from escalation.figures.domains import domain_name
from escalation.figures.rounding import number, percent
from escalation.figures.sums import counted
from worker.mail.templates import Rendered, plain, render_folder, web_address
from worker.mail.weekly_figures import (
    FigureJson,
    Pair,
    count,
    duration,
    interval,
    local_date,
    local_moment,
    longest_of,
    minutes,
    pair_of,
    short,
    span_of_days,
)
from worker.mail.weekly_savings import Notice, comparison, pilot_of

__all__ = ["Ticket", "WeeklyMail", "render_weekly"]

_SHORT = {"stopwatch": "the stopwatch", "backcast": "the history"}
GROUPS = 15
"""How many technicians or domains an e-mail shows."""
REASONS, EPISODES = 8, 4
"""How many reasons for leaving out, and how many of the episodes of each."""
_CLOCK_AGREES_S, _CLOCK_WRONG_S = 1.0, 60.0


@dataclass(frozen=True, slots=True)
class Ticket:
    """Where one of the worst waits opens in the PSA, and what it is about."""

    url: str
    summary: str


@dataclass(frozen=True, slots=True)
class WeeklyMail:
    """What one reader is told of one account's escalations."""

    account: str
    """The MSP's name, as `resolutionflow metrics NAME` takes it."""
    recipient_name: str
    recipient_role: Literal["owner", "admin"]
    figures: Mapping[str, Any]
    """`Scorecard.to_json(listing=True)`; lists of episodes within figures may be missing."""
    names: Mapping[str, str]
    """People's names by login name."""
    tickets: Mapping[str, Ticket]
    """By ticket number, as text."""
    within_reach: str = ""
    """The line about handoffs that a technician could have mended; may be empty."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One clock: the figure in large, and the lines beneath it."""

    title: str
    explained: str
    figure: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    number: str
    url: str
    summary: str
    waited: str
    taken: str


def render_weekly(mail: WeeklyMail) -> Rendered:
    """Return subject, text and HTML. Raises `ValueError` if a ticket's address is none."""
    return render_folder("weekly", weekly_context(mail))


def weekly_context(mail: WeeklyMail) -> dict[str, object]:
    """Return the values of the `weekly` templates."""
    card = mail.figures
    zone = ZoneInfo(card["time_zone"])
    account = plain(mail.account, limit=60)
    by_technician = [(plain(mail.names.get(k, k), limit=60), v) for k, v in card["by_technician"].items()]
    by_domain = [(domain_name(plain(k, limit=40)), v) for k, v in card["by_domain"].items()]
    notice, pilot = pilot_of(card)
    return {
        "account": account,
        "recipient": plain(mail.recipient_name, limit=60),
        "role": mail.recipient_role,
        "day": local_date(card["as_of"], zone),
        "short": _short(card, notice),
        "sentence": plain(card["sentence"], limit=600),
        "notice": notice,
        "period": f"{local_date(card['window']['since'], zone)} to {local_date(card['window']['until'], zone, year=True)}",
        "as_of": f"{local_moment(card['as_of'], zone)} ({card['time_zone']})",
        "preheader": _preheader(card),
        "tiles": (_tile(card, "orientation"), _tile(card, "total")),
        "also": _also(card),
        "comparisons": tuple(comparison(card, source, zone) for source in card["baselines"]),
        "trend": _trend(card, zone),
        "technicians": _groups(by_technician),
        "domains": _groups(by_domain),
        "waits": tuple(_wait(wait, mail) for wait in card["worst_waits"]),
        "counts": counted(card["counts"]),
        "assessed": _assessed(card),
        "within_reach": plain(mail.within_reach, limit=500),
        "left_out": _left_out(card),
        "pilot": pilot,
        "clocks": _skew(card, zone),
        "rules": _rules(card),
        "command": account if re.fullmatch(r"[\w.-]+", account) else f'"{account}"',
    }


def _short(card: Mapping[str, Any], notice: Notice | None) -> str:
    """Return the headline in the few words a subject has."""
    if notice is not None:
        return "the pilot's eight weeks are over"
    by_status: dict[str, list[str]] = {}
    for source, old in card["baselines"].items():
        figure = old["saving"]["business"]
        if figure["mean"] is not None:
            side = "recovered" if figure["mean"] >= 0 else "longer"
            by_status.setdefault(figure["status"], []).append(f"{minutes(abs(figure['mean']))} {side} by {_SHORT[source]}")
    sure, unclear = by_status.get("measured", []), by_status.get("no_measurable_saving", [])
    if sure:
        return ", ".join(sure) + (", the other source shows nothing yet" if unclear else "")
    if by_status:
        return "no measurable saving yet" if unclear else "early figures"
    return "collecting" if card["sentence"].startswith("Collecting") else "no saving can be shown yet"


def _preheader(card: Mapping[str, Any]) -> str:
    found = card["counts"]
    return f"{count(found['escalated'], 'escalation')} in 30 days, {found['claimed']} claimed, {found['acted']} acted on."


_TILES = {
    "orientation": ("After claiming", "from the claim to the first action"),
    "total": ("In all", "from the escalation to the first action"),
}


def _tile(card: Mapping[str, Any], clock: str) -> Tile:
    title, explained = _TILES[clock]
    working, calendar = card["clocks"][clock]["business"], card["clocks"][clock]["calendar"]
    if working["mean"] is None:
        return Tile(title, explained, "–", (f"collecting: {working['n']} of 6",))
    lines = [f"median {_or_none(working['median'])}", interval(working, "min"), _rests_on(working, clock)]
    if working["status"] == "early":
        lines.append(f"early: {working['n']} of 20")
    if calendar["mean"] is not None:
        lines.append(f"all hours {minutes(calendar['mean'])}")
    return Tile(title, explained, minutes(working["mean"]), tuple(line for line in lines if line))


def _rests_on(figure: FigureJson, clock: str) -> str:
    running, what = figure.get("unfinished") or 0, {"orientation": "claim", "total": "escalation"}[clock]
    return f"{figure['n']} acted on" + (f", {count(running, what)} not acted on, counted as longer" if running else "")


def _or_none(value: float | None) -> str:
    return "not reached" if value is None else short(value)


def _also(card: Mapping[str, Any]) -> str:
    """Return the two clocks on the way to a claim, in one line."""
    told = []
    for clock, words in (("queue_wait", "until somebody claimed it"), ("brief_latency", "until the brief was in the ticket")):
        figure = card["clocks"][clock]["business"]
        if figure["mean"] is not None:
            told.append(f"{short(figure['mean'])} {words} (median {_or_none(figure['median'])})")
    return f"On the way there, on average: {'; '.join(told)}. {card.get('arithmetic', '')}".strip() if told else ""


def _trend(card: Mapping[str, Any], zone: ZoneInfo) -> tuple[Pair, ...]:
    """Return the weeks; none of them where nothing was acted on in any."""
    weeks = card["trend"]
    longest = longest_of(weeks)
    pairs = tuple(pair_of(span_of_days(week["since"], week["until"], zone), week, longest) for week in weeks)
    return pairs if any(pair.size for pair in pairs) else ()


@dataclass(frozen=True, slots=True)
class Groups:
    """Technicians or domains: those with figures, and in one line those with too few."""

    pairs: tuple[Pair, ...]
    few: str
    left_out: int


def _groups(groups: Sequence[tuple[str, Mapping[str, FigureJson]]]) -> Groups:
    longest = longest_of(figures for _, figures in groups)
    pairs = [pair_of(name, figures, longest) for name, figures in groups]
    shown = [pair for pair in pairs if pair.bars]
    few = [f"{pair.name} {pair.size}" for pair in pairs if not pair.bars]
    rest = f", and {len(few) - GROUPS} more" if len(few) > GROUPS else ""
    return Groups(tuple(shown[:GROUPS]), ", ".join(few[:GROUPS]) + rest, max(0, len(shown) - GROUPS))


def _wait(wait: Mapping[str, Any], mail: WeeklyMail) -> Wait:
    key = str(wait["ticket_id"])
    ticket = mail.tickets.get(key)
    who = plain(mail.names.get(wait["technician"] or "", wait["technician"] or ""), limit=40)
    taken = "nobody has claimed it yet" if wait["waiting"] else f"then claimed by {who}" if who else "then claimed"
    return Wait(
        number=f"#{int(wait['ticket_id'])}",
        url=web_address(ticket.url, named="ticket_url") if ticket else "",
        summary=plain(ticket.summary, limit=90) if ticket else "",
        waited=f"{duration(wait['business'])} of working time (all hours: {duration(wait['calendar'])})",
        taken=taken,
    )


def _assessed(card: Mapping[str, Any]) -> str:
    """Return how the assessments fared, in one line; empty for a report from before they were counted, or without a brief."""
    rates = card.get("assessments")
    if not rates or not rates["abstention"]["of"]:
        return ""
    known, none = rates["acceptance"], rates["abstention"]
    if none["n"] == none["of"]:
        return f"Assessments: none in {count(none['of'], 'brief')}."
    told = [f"{known['n']} of {known['of']} named what solved the ticket", f"{rates['correction']['n']} did not"]
    if known["share"] is None:
        told = [f"collecting, what solved the ticket is known of {known['of']} of 6"]
    else:
        low, high = known["ci95"]
        told[0] += f" ({percent(known['share'])}, between {percent(low)} and {percent(high)})"
    return f"Assessments: {'; '.join(told)}. {none['n']} of {none['of']} briefs showed none."


def _left_out(card: Mapping[str, Any]) -> tuple[str, ...]:
    """Return each reason with how many it leaves out and which."""
    by_reason: dict[str, list[str]] = {}
    for left in card["exclusions"]:
        reason = re.sub(r"\bends -?\d+ s before it starts", "ends before it starts", left["reason"])
        by_reason.setdefault(plain(reason, limit=160), []).append(plain(left["episode"], limit=20))
    ordered = sorted(by_reason.items(), key=lambda item: -len(item[1]))
    lines = [f"{len(which)}: {reason} ({_some(which)})" for reason, which in ordered[:REASONS]]
    if len(ordered) > REASONS:
        rest = sum(len(which) for _, which in ordered[REASONS:])
        lines.append(f"{rest}: {len(ordered) - REASONS} other reasons")
    if typed := card["untrusted"]:
        which = _some([plain(episode, limit=20) for episode in typed])
        lines.append(f"{len(typed)} counted, though the time of the first action was typed by hand ({which})")
    return tuple(lines)


def _some(episodes: list[str]) -> str:
    rest = f" and {len(episodes) - EPISODES} more" if len(episodes) > EPISODES else ""
    named = (f"#{episode.removesuffix('/1').replace('/', ' episode ')}" for episode in episodes[:EPISODES])
    return ", ".join(named) + rest


def _skew(card: Mapping[str, Any], zone: ZoneInfo) -> str:
    seconds, measured_at = card["clock_skew"]["seconds"], card["clock_skew"]["measured_at"]
    base = "Moments are by ConnectWise's clock where it keeps them, else by ours"
    if seconds is None or measured_at is None:
        return f"{base}. The two have not been compared yet."
    when = f"when compared on {local_date(measured_at, zone)}"
    if abs(seconds) < _CLOCK_AGREES_S:
        return f"{base}. The two agreed within a second {when}."
    side = "ahead of" if seconds > 0 else "behind"
    told = f"{base}. ConnectWise's was {number(abs(seconds))} s {side} ours {when}"
    if abs(seconds) < _CLOCK_WRONG_S:
        return f"{told}: too little to move a figure in minutes."
    return f"{told}: claims by link and the brief's own time may be off by that much. Set the clock of this server right."


def _rules(card: Mapping[str, Any]) -> str:
    versions = card["calendar_versions"]
    hours_by = f", working hours by version {' and '.join(map(str, versions))} of the calendar" if versions else ""
    return f"Measured by version {card['measures_version']} of the rules{hours_by}."
