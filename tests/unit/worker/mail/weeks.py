"""Weeks an owner may read about: scorecards of invented escalations, each the same every time."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from escalation.figures.assessed import Brief
from escalation.figures.hours import Calendar
from escalation.figures.measures import Baseline
from escalation.figures.observations import Observation
from escalation.figures.scorecard import Scorecard, scorecard
from worker.mail.weekly import Ticket, WeeklyMail

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
"""A Monday."""
OFFICE = Calendar.office("Europe/London")
TEAM = ("msvensson", "tobrien", "kwong")
NAMES = {"msvensson": "Maria Svensson", "tobrien": "Tess O'Brien", "kwong": "Kai Wong"}
DOMAINS = ("network", "email", "dns_dhcp", "storage_backup")


def acted(size: int, *, orient: float = 6, wait: float = 25, seed: int = 1, team: tuple[str, ...] = TEAM) -> list[Observation]:
    """Return so many escalations of the last 30 days that were taken and acted on, within office hours."""
    chance = random.Random(seed)
    found = []
    for number in range(size):
        day = NOW - timedelta(days=28 * (size - number) / size)
        day -= timedelta(days=max(0, day.weekday() - 4))
        escalated = day.replace(hour=9) + timedelta(minutes=chance.uniform(0, 240))
        claimed = escalated + timedelta(minutes=wait * chance.lognormvariate(0, 0.7))
        found.append(
            Observation(
                f"{48000 + number}/1", OFFICE, "product", escalated, escalated + timedelta(seconds=20), claimed,
                claimed + timedelta(minutes=orient * chance.lognormvariate(0, 0.5)),
                technician=team[number % len(team)], domain=DOMAINS[number // 2 % len(DOMAINS)],
            )
        )  # fmt: skip
    return found


def stopwatch(size: int, average: float, seed: int = 2) -> Baseline:
    """Return readings of the old way, taken half a year ago."""
    chance = random.Random(seed)
    opened = [NOW - timedelta(days=180 + n) for n in range(size)]
    return Baseline("stopwatch", tuple(
        Observation(
            f"reading {n}", Calendar.always(), "stopwatch", claimed_at=at,
            acted_at=at + timedelta(minutes=average * chance.lognormvariate(0, 0.4)),
        )
        for n, at in enumerate(opened)
    ))  # fmt: skip


def history(size: int, average: float, *, candidates: int, seed: int = 3) -> Baseline:
    """Return a replayed history, from escalation to first action."""
    chance = random.Random(seed)
    found = []
    for n in range(size):
        at = NOW - timedelta(days=60 + n)
        length = average * chance.lognormvariate(0, 0.5)
        found.append(
            Observation(
                f"{30000 + n}/1", Calendar.always(), "backcast", at, None, at + timedelta(minutes=length * 0.6),
                at + timedelta(minutes=length), technician="msvensson",
            )
        )  # fmt: skip
    return Baseline("backcast", tuple(found), candidates)


def card(observations: list[Observation], *baselines: Baseline, **given: Any) -> Scorecard:
    account: dict[str, Any] = {
        "as_of": NOW, "time_zone": "Europe/London", "hourly_rate": 85.0, "currency": "GBP",
        "connected_at": NOW - timedelta(weeks=5, days=2), "clock_skew_s": -2.5,
        "skew_measured_at": NOW - timedelta(hours=9),
    }  # fmt: skip
    return scorecard(observations, baselines, **account | given)


def briefs(**counts: int) -> list[Brief]:
    """Return so many briefs of each kind; `none` showed no assessment."""
    kinds = [kind for kind, count in counts.items() for _ in range(count)]
    return [Brief(f"{n}/1", kind != "none", "open" if kind == "none" else kind) for n, kind in enumerate(kinds)]  # type: ignore[arg-type]


def odd(observations: list[Observation]) -> list[Observation]:
    """Return them with what no real month lacks: waits, claims without a deed, returns, withdrawals, exclusions."""
    one = observations[-1]
    escalated = NOW - timedelta(days=4)
    claimed = escalated + timedelta(hours=1)

    def another(number: int, **changes: Any) -> Observation:
        blank: dict[str, Any] = {"claimed_at": None, "acted_at": None, "technician": None}
        blank |= {"escalated_at": escalated, "noted_at": escalated + timedelta(seconds=20)}
        return replace(one, episode=f"{49000 + number}/2", **blank | changes)

    return [
        *observations,
        another(1, claimed_at=claimed, technician="kwong", ended_at=claimed + timedelta(hours=30)),
        another(2, claimed_at=claimed, technician="kwong"),
        another(3),
        another(4, withdrawn=True, ended_at=escalated + timedelta(minutes=9)),
        another(5, returned_at=(claimed,), claimed_at=claimed + timedelta(hours=3), technician="tobrien",
                acted_at=claimed + timedelta(hours=3, minutes=7), trusted=False),
        another(6, exclusions=("the moment of escalation is not known: opened by hand",)),
        another(7, claimed_at=claimed, technician="kwong", acted_at=claimed - timedelta(minutes=9)),
    ]  # fmt: skip


LONG = tuple(f"technician.{n:02}" for n in range(12))
LONG_NAMES = {login: f"Bartholomew-Alexandros {chr(65 + n)}. Featherstonehaugh" for n, login in enumerate(LONG)}

WEEKS: dict[str, Callable[[], Scorecard]] = {
    "collecting": lambda: card(acted(4), connected_at=NOW - timedelta(days=5), clock_skew_s=None, skew_measured_at=None),
    "nothing at all": lambda: card([], connected_at=NOW - timedelta(hours=9), hourly_rate=None, currency=None),
    "early": lambda: card(acted(11), stopwatch(12, 15), assessed=briefs(right=2, open=3, none=6)),
    "measured": lambda: card(
        odd(acted(64)), stopwatch(24, 15), history(80, 70, candidates=88), assessed=briefs(right=20, wrong=5, none=39)
    ),
    "negative": lambda: card(acted(40, orient=25), stopwatch(24, 15)),
    "no measurable saving": lambda: card(acted(40, orient=14), stopwatch(24, 15)),
    "kill switch": lambda: card(
        odd(acted(24, orient=14)), stopwatch(24, 15), connected_at=NOW - timedelta(weeks=8, days=1)
    ),
    "pilot passed": lambda: card(
        acted(60), stopwatch(24, 15), history(80, 70, candidates=88), connected_at=NOW - timedelta(weeks=8, days=1)
    ),
    "pilot disputed": lambda: card(
        acted(40, orient=14), stopwatch(24, 15), history(80, 90, candidates=88),
        connected_at=NOW - timedelta(weeks=8, days=1),
    ),
    "sources disagree": lambda: card(
        acted(40, orient=14), stopwatch(24, 15), history(80, 90, candidates=88), connected_at=NOW - timedelta(weeks=4)
    ),
    "twelve technicians": lambda: card(
        odd(acted(150, team=LONG)), stopwatch(24, 15), history(80, 70, candidates=88), currency="JPY", hourly_rate=12000
    ),
    "no baseline": lambda: card(odd(acted(30))),
    "poor history": lambda: card(acted(30), history(30, 70, candidates=70)),
    "few readings": lambda: card(acted(30), stopwatch(4, 15)),
}


def mail(scorecard: Scorecard, **changes: Any) -> WeeklyMail:
    """Return the mail about a scorecard."""
    tickets = {
        str(wait.ticket_id): Ticket(f"https://na.example.net/ticket?service_recid={wait.ticket_id}", "VPN drops after 8 hours")
        for wait in scorecard.worst_waits
    }
    whole: dict[str, Any] = {
        "account": "Harbor IT", "recipient_name": "Pat Hall", "recipient_role": "owner",
        "figures": scorecard.to_json(listing=True), "names": NAMES | LONG_NAMES, "tickets": tickets,
    }  # fmt: skip
    return WeeklyMail(**whole | changes)
