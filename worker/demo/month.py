"""A made-up month for the demo: an account of its own, so that nobody takes its figures for measured ones.

Two seniors of a small MSP, eight escalations a week each, connected a month ago. Its times are drawn from log-normal
distributions with a fixed seed; what the figures should find is known. It is stored a few at a time: on SQLite nobody else
writes meanwhile, and the product goes on beside it.
"""

from __future__ import annotations

import math
import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlalchemy.orm import Session

from escalation.figures.hours import Calendar, add_business_minutes
from models.account import accounts, calendars
from models.database.sessions import Database
from models.figures import baselines
from models.figures.baselines import Reading
from models.handoff import briefs, claims, handoffs
from models.tables import Handoff
from worker.response.observe import RAN_OUT
from worker.wiring import Services

NAME = "made-up-month"
SEED = 2
"""Of sixty looked at, their median found 5.6 min; this one finds 5.8."""
BEFORE_MIN, AFTER_MIN = 11.0, 5.0
"""Typical minutes until the first diagnostic action: without the brief, and with it."""
SPREAD = 0.5
RUN_OUT = 0.05
"""Share of escalations whose first claim runs out unused, which the figures hold against the product."""
ESCALATIONS, READINGS = 64, 24
AT_A_TIME, PAUSE_S = 16, 0.11
"""Whoever waits for SQLite looks each tenth of a second."""
CONNECTED_DAYS, DAYS = 30, 19
"""Since when, and on how many working days there were escalations."""
DAY_MIN, EARLIEST_MIN, LATEST_MIN = 540, 20, 440
"""A working day, and between which minutes of it somebody escalates: few do when they are about to leave."""
SENIORS = ("msvensson", "tobrien")
DOMAINS = ("network", "email", "printing", "identity", "storage_backup", "endpoint")
CLIENTS = ("Harbour Dental", "Kestrel Legal", "Brightwater Schools", "Ostler & Sons", "Mill Lane Surgery")
SUMMARIES = (
    "VPN drops after eight hours", "Shared mailbox missing after migration", "Labels print blank on the second tray",
    "Locked out each morning at nine", "Nightly backup fails at 41 percent", "Docking station loses both screens",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Month:
    """What was made up."""

    account_id: int
    escalations: int
    readings: int
    saving_min: float
    """The true difference of the means where a claim is acted on, which the interval should hold."""


def make(services: Services, *, like: int) -> Month:
    """Store a month of handoffs and stopwatch readings in an account with the people of account `like`."""
    now = services.clock()
    account_id = _account(services, like, connected_at=now - timedelta(days=CONNECTED_DAYS))
    fill(services.database, account_id, now=now)
    spread = math.exp(SPREAD**2 / 2)  # from a log-normal's median to its mean
    return Month(account_id, ESCALATIONS, READINGS, (BEFORE_MIN - AFTER_MIN) * spread)


def fill(database: Database, account_id: int, *, now: datetime) -> None:
    """Store a month of handoffs, and stopwatch readings from before it, in an account that has those people."""
    dice = random.Random(SEED)  # noqa: S311 - times for a demo
    team = _team(database, account_id)
    for first in range(0, ESCALATIONS, AT_A_TIME):
        with database.account(account_id) as session:
            for number in range(first, first + AT_A_TIME):
                _handoff(session, team, 50_000 + number, dice, now)
            _leave_alone(session, account_id)
        time.sleep(PAUSE_S)
    readings = [_reading(team, number, dice, now) for number in range(READINGS)]
    with database.account(account_id) as session:
        baselines.add_readings(session, account_id, readings, now=now - timedelta(days=CONNECTED_DAYS))


@dataclass(frozen=True, slots=True)
class _Team:
    account_id: int
    hours: Calendar
    expiry_min: int
    numbers: dict[str, int]
    """By login name."""


def _team(database: Database, account_id: int) -> _Team:
    with database.account(account_id, reading=True) as session:
        account = accounts.get(session, account_id)
        assert account is not None
        hours = calendars.current(session, account_id, time_zone=account.time_zone)
        numbers = {row.identifier: row.id for row in accounts.roster_rows(session, account_id)}
        return _Team(account_id, hours, account.claim_expiry_minutes, numbers)


def _account(services: Services, like: int, *, connected_at: datetime) -> int:
    with services.database.account(like, reading=True) as session:
        pattern = accounts.get(session, like)
        assert pattern is not None
        people = [
            accounts.MemberRow(r.id, r.identifier, r.name, r.email, r.active, r.is_api)
            for r in accounts.roster_rows(session, like)
        ]
        site, company, zone = pattern.site, pattern.company, pattern.time_zone
        engineers, owner = list(pattern.engineers), pattern.owner
    with services.database.system() as system:
        account_id = accounts.add_account(
            system, services.cipher, name=NAME, site=site, company=company, public_key="-", private_key="-",
            client_id="-", now=connected_at, allow_private=True, time_zone=zone, engineers=engineers, owner=owner,
            hourly_rate=95.0, currency="GBP", connected_at=connected_at,
        )  # fmt: skip
    with services.database.account(account_id) as session:
        accounts.import_members(session, account_id, people, engineers=engineers, owner=owner)
    return account_id


def _minutes(dice: random.Random, typical: float) -> float:
    return dice.lognormvariate(math.log(typical), SPREAD)


def _in_the_day(dice: random.Random, hours: Calendar, *, since: datetime, days: int) -> datetime:
    """Return a moment within working hours on one of so many working days."""
    first = since.astimezone(ZoneInfo(hours.time_zone)).replace(hour=0, minute=0)
    at = dice.randrange(days) * DAY_MIN + dice.uniform(EARLIEST_MIN, LATEST_MIN)
    return add_business_minutes(first, at, hours).astimezone(UTC)


def _handoff(session: Session, team: _Team, ticket_id: int, dice: random.Random, now: datetime) -> None:
    """Play one escalation through the rows as it would have been: posted, mostly claimed and acted on."""
    account_id, hours = team.account_id, team.hours
    topic = dice.randrange(len(DOMAINS))
    escalated = _in_the_day(dice, hours, since=now - timedelta(days=29), days=DAYS)
    opened = handoffs.open_handoff(
        session, account_id=account_id, ticket_id=ticket_id, episode=1, escalated_at=escalated,
        now=escalated + timedelta(seconds=1), rule_version=1, summary=SUMMARIES[topic], company=dice.choice(CLIENTS),
        priority="Priority 3 - Normal Response", escalated_by="jlind", calendar_version=hours.version,
    )  # fmt: skip
    assert opened is not None
    _post(session, opened, escalated + timedelta(seconds=2), DOMAINS[topic])
    claimed = add_business_minutes(escalated, _minutes(dice, 9), hours)
    acted = add_business_minutes(claimed, _minutes(dice, AFTER_MIN), hours)
    who = dice.choice(SENIORS)
    if dice.random() < RUN_OUT:  # the first claim runs out, and the other one takes it
        _claim(session, opened, team.numbers[who], who, claimed)
        ran_out = add_business_minutes(claimed, team.expiry_min, hours)
        claims.release_claim(session, account_id, opened.id, member_id=team.numbers[who], now=ran_out, why=RAN_OUT)
        who = next(other for other in SENIORS if other != who)
        claimed = add_business_minutes(ran_out, _minutes(dice, 9), hours)
        acted = add_business_minutes(claimed, _minutes(dice, AFTER_MIN), hours)
    if acted > now:
        return
    _claim(session, opened, team.numbers[who], who, claimed)
    action = {"kind": "note", "source": f"note {ticket_id}", "trusted": True, "version": 1}
    claims.mark_acted(
        session, account_id, opened.id, now=acted, happened_at=acted, why="note by the claimant", action=action, actor=who
    )


def _claim(session: Session, handoff: Handoff, member_id: int, who: str, at: datetime) -> None:
    claims.claim(
        session, handoff.account_id, handoff.id, member_id=member_id, now=at,
        kind="owner", source=f"ticket {handoff.ticket_id}, owner", actor=who, why="claimed by owner",
    )  # fmt: skip


def _post(session: Session, handoff: Handoff, at: datetime, domain: str) -> None:
    fence = briefs.lease(session, handoff.account_id, handoff.id, now=at, lease_s=60, holder="made up")
    assert fence is not None
    briefs.store_draft(
        session, handoff.account_id, handoff.id, fence=fence, draft="made up", draft_hash="-", marker="RF-MADEUP00",
        escalation_package={}, schema_version=1, domain=domain,
    )  # fmt: skip
    briefs.mark_attempt(session, handoff.account_id, handoff.id, fence=fence, now=at)
    briefs.mark_posted(
        session, handoff.account_id, handoff.id, fence=fence, note_id=1, note_hash="-", now=at
    )


def _reading(team: _Team, number: int, dice: random.Random, now: datetime) -> Reading:
    """Return one ticket opened in the old way, before the month began."""
    opened = _in_the_day(dice, team.hours, since=now - timedelta(days=44), days=8)
    acted = add_business_minutes(opened, _minutes(dice, BEFORE_MIN), team.hours)
    return Reading(str(49_000 + number), dice.choice(SENIORS), opened, acted)


def _leave_alone(session: Session, account_id: int) -> None:
    """Let no worker do what would follow: there is no ticket behind any of it."""
    nothing_due = {
        "settle_due_at": None, "observe_due_at": None, "notes_due_at": None, "read_due_at": None, "refresh_due_at": None,
        "next_attempt_at": None, "notify_state": "skipped",
    }  # fmt: skip
    session.execute(update(Handoff).where(Handoff.account_id == account_id).values(nothing_due))
