"""The command about an account's figures: `metrics`."""

from __future__ import annotations

import argparse
import json
import textwrap
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from worker.cli.help import Help
from worker.cli.installation import Subparsers, say, wired_for

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from escalation.figures.observations import Clock, Observation
    from models.account.accounts import Account

EXAMPLE = """\
examples:
  resolutionflow metrics northgate                          the page, as of now
  resolutionflow metrics northgate --as-of 2026-11-01       as it was shown when that day began
  resolutionflow metrics northgate --list orientation       each episode behind one figure, and what was left out
  resolutionflow metrics northgate --json                   for a spreadsheet or a program

FIGURE is queue_wait, brief_latency, orientation or total; or stopwatch or backcast for the old way of working.
A time without a zone is in the account's own.
"""

LISTED = ("queue_wait", "brief_latency", "orientation", "total", "stopwatch", "backcast")


def add_to(every: Subparsers) -> None:
    """Add `metrics`."""
    metrics = every.add_parser(
        "metrics",
        help="waits, first actions, minutes recovered, hours saved",
        description="Prints an account's figures for the 30 days up to now, in working minutes, as page and e-mail have them. "
        "Nothing is changed.",
        epilog=EXAMPLE,
        formatter_class=Help,
    )
    metrics.add_argument("name", metavar="NAME", help="the account")
    metrics.add_argument("--json", action="store_true", help="as JSON: docs/figures.md names each field")
    metrics.add_argument("--as-of", metavar="T", help="as it was known then, e.g. 2026-11-01T09:00Z")
    metrics.add_argument("--list", metavar="FIGURE", choices=LISTED, help="the episodes behind one figure")
    metrics.set_defaults(run=_metrics)


def _metrics(options: argparse.Namespace) -> int:
    from models.figures.scoring import reckoning
    from worker.figures import table

    services, account = wired_for(options.name)
    as_of = moment_as_of(options.as_of, ZoneInfo(account.time_zone), services.clock())
    with services.database.account(account.id, reading=True) as session:
        if options.list:
            return _list(session, account, options.list, as_of, as_json=options.json)
        compute = reckoning(session, account.id, as_of=as_of)
    card = compute()
    if options.json:
        say(json.dumps({"account": account.name, **card.to_json()}, ensure_ascii=False, indent=1))
        return 0
    for line in table.lines(card, account=account.name):
        say(line)
    return 0


def moment_as_of(text: str | None, zone: ZoneInfo, now: datetime) -> datetime:
    """Return what `--as-of` means, by default now; a time without a zone is in that one. Raises `CannotConnect`."""
    from worker.account.onboarding import CannotConnect

    if text is None:
        return now
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CannotConnect(f"--as-of: {text!r} is no time; write 2026-11-01, 2026-11-01T09:00 or 2026-11-01T09:00Z") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    if moment.year < 2000:
        raise CannotConnect(f"--as-of: {text} is long before anything was known; figures begin with the first escalation")
    if moment > now:
        raise CannotConnect(f"--as-of: {text} is still to come; figures are known up to now, {now:%Y-%m-%dT%H:%MZ}")
    return moment


def _list(session: Session, account: Account, figure: str, as_of: datetime, *, as_json: bool) -> int:
    """Print every episode behind a figure with its moments and minutes, then what was left out and why."""
    from escalation.figures.observations import Basis, Clock, clock_ahead, spans

    ahead = clock_ahead(account.clock_skew_s)
    observations, clock = _behind(session, account.id, figure, as_of, ahead)
    working, any_time = (spans(observations, clock, basis, as_of=as_of + ahead) for basis in Basis)
    by_episode = {o.episode: o for o in observations}
    rows = [
        _episode(by_episode[episode.partition(" (")[0]], business.minutes, calendar.minutes, business.unfinished)
        for episode, business, calendar in zip(working.episodes, working.readings, any_time.readings, strict=True)
    ]
    left = [{"episode": one.episode, "reason": one.reason} for one in working.excluded]
    if as_json:
        body = {"account": account.name, "figure": figure, "clock": clock.value, "as_of": as_of.isoformat()}
        say(json.dumps({**body, "episodes": rows, "excluded": left}, ensure_ascii=False, indent=1))
        return 0
    zone = ZoneInfo(account.time_zone)
    say(f"{account.name}: {figure} as of {as_of.astimezone(zone):%Y-%m-%d %H:%M} ({account.time_zone}), in minutes")
    if clock is Clock.ORIENTATION:
        say("from the claim (old way: the ticket was opened) to the first action")
    say(f"\n{'episode':<16}{'working':>9}{'all':>10}  {'from':<17}{'technician':<16}remarks")
    for row in rows:
        say(_line(row, clock, zone))
    say(f"\n{len(rows)} counted, {len(left)} left out" + (":" if left else ""))
    for one in left:
        say(textwrap.fill(f"{one['episode']:<16}{one['reason']}", 80, subsequent_indent=" " * 16))
    return 0


def _behind(
    session: Session, account_id: int, figure: str, as_of: datetime, ahead: timedelta
) -> tuple[list[Observation], Clock]:
    """Return the observations of a figure, and its clock."""
    from escalation.figures.measures import WINDOW, recent
    from escalation.figures.observations import Clock
    from models.figures.baselines import baselines
    from models.figures.observed import observations

    if figure in ("stopwatch", "backcast"):
        found = {baseline.source: baseline for baseline in baselines(session, account_id, as_of)}
        clock = Clock.ORIENTATION if figure == "stopwatch" else Clock.TOTAL
        return list(found[figure].observations) if figure in found else [], clock
    found_by = as_of + max(ahead, timedelta(0))
    return recent(observations(session, account_id, since=as_of - WINDOW, until=as_of), as_of=found_by), Clock(figure)


def _episode(seen: Observation, business: float, calendar: float, unfinished: bool) -> dict[str, Any]:
    moments = {
        "escalated_at": seen.escalated_at, "noted_at": seen.noted_at, "claimed_at": seen.claimed_at,
        "acted_at": seen.acted_at, "ended_at": seen.ended_at,
    }  # fmt: skip
    return {
        "episode": seen.episode,
        "business": round(business, 2),
        "calendar": round(calendar, 2),
        "unfinished": unfinished,
        **{name: at and at.isoformat() for name, at in moments.items()},
        "technician": seen.technician,
        "domain": seen.domain,
        "trusted": seen.trusted,
        "corrected": seen.corrected,
        "calendar_version": seen.calendar.version,
    }


def _line(row: dict[str, Any], clock: Clock, zone: ZoneInfo) -> str:
    start = row["claimed_at"] if clock.value == "orientation" else row["escalated_at"]
    at = datetime.fromisoformat(start).astimezone(zone).strftime("%Y-%m-%d %H:%M")
    remarks = [
        *(["unfinished"] if row["unfinished"] else []),
        *([] if row["trusted"] else ["typed time"]),
        *(["clock corrected"] if row["corrected"] and clock.value == "brief_latency" else []),
    ]  # fmt: skip
    who = (row["technician"] or "nobody")[:15]
    minutes = f"{row['business']:>9.1f}{row['calendar']:>10.1f}"
    return f"{row['episode']:<16}{minutes}  {at:<17}{who:<16}{', '.join(remarks)}".rstrip()
