"""Observations and scorecards from rows: nothing that happens later changes what was shown."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from escalation.figures.hours import Calendar
from escalation.figures.observations import Observation
from models.account import accounts, calendars
from models.account.people import MemberRow, import_members
from models.database.sessions import Database
from models.figures import baselines
from models.figures.observed import BY_HAND, observations
from models.figures.scoring import scorecard_of
from models.handoff import briefs, claims, handoffs
from tests.integration.models.places import NOW, account, later

ENGINEERS = {7: "tobrien", 8: "kwong"}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def mine(database: Database) -> int:
    """Store a connected account with two engineers."""
    account_id = account(database)
    with database.account(account_id) as session:
        people = [MemberRow(number, login, login.title(), None) for number, login in ENGINEERS.items()]
        import_members(session, account_id, people, engineers=ENGINEERS)
        accounts.set_account(session, account_id, connected_at=NOW - timedelta(days=1), hourly_rate=80, currency="GBP")
    return account_id


class Episode:
    """One handoff, driven by minutes since its escalation; each move is recorded half a minute after it happened."""

    def __init__(self, database: Database, account_id: int, number: int, at: datetime) -> None:
        self.database, self.account_id, self.id, self.at = database, account_id, number, at

    def noted(self, minute: float) -> Episode:
        with self.database.account(self.account_id) as session:
            fence = briefs.lease(
                session, self.account_id, self.id, now=self._at(minute), lease_s=60, holder="a worker"
            )
            assert fence is not None
            assert briefs.mark_posted(
                session, self.account_id, self.id, fence=fence, note_id=900, note_hash="x", now=self._at(minute)
            )
        return self

    def claimed(self, minute: float, by: int = 7) -> Episode:
        with self.database.account(self.account_id) as session:
            assert claims.claim(
                session, self.account_id, self.id, member_id=by, now=self._at(minute) + MINUTE / 2,
                happened_at=self._at(minute), actor=ENGINEERS[by].upper(),
            )  # fmt: skip
        return self

    def returned(self, minute: float, by: int = 7) -> Episode:
        with self.database.account(self.account_id) as session:
            assert claims.release_claim(
                session, self.account_id, self.id, member_id=by, now=self._at(minute), why="given back"
            )
        return self

    def acted(self, minute: float, *, seen_after: float = 0.5, trusted: bool = True) -> Episode:
        with self.database.account(self.account_id) as session:
            assert claims.mark_acted(
                session, self.account_id, self.id, now=self._at(minute + seen_after), happened_at=self._at(minute),
                why="a note", action={"kind": "note", "trusted": trusted},
            )  # fmt: skip
        return self

    def ended(self, minute: float) -> Episode:
        with self.database.account(self.account_id) as session:
            assert handoffs.end(session, self.account_id, self.id, now=self._at(minute), why="closed")
        return self

    def _at(self, minute: float) -> datetime:
        return self.at + minute * MINUTE


def opened(database: Database, account_id: int, number: int, at: datetime = NOW, **given: Any) -> Episode:
    with database.account(account_id) as session:
        handoff = handoffs.open_handoff(
            session, account_id=account_id, ticket_id=48000 + number, episode=1, escalated_at=at,
            now=at + MINUTE / 2, rule_version=1, **given,
        )  # fmt: skip
        assert handoff is not None
    return Episode(database, account_id, handoff.id, at)


def seen(database: Database, account_id: int, as_of: datetime) -> dict[str, Observation]:
    with database.account(account_id, reading=True) as session:
        found = observations(session, account_id, since=NOW - timedelta(days=40), until=as_of)
    return {o.episode: o for o in found}


def test_each_moment_comes_from_its_move(database: Database, mine: int) -> None:
    opened(database, mine, 1).noted(0.4).claimed(9).acted(15).ended(90)
    found = seen(database, mine, later(86400))["48001/1"]
    assert (found.escalated_at, found.noted_at, found.claimed_at) == (NOW, later(24), later(9 * 60))
    assert (found.acted_at, found.resolved_at, found.ended_at) == (later(15 * 60), later(90 * 60), later(90 * 60))
    assert (found.technician, found.withdrawn, found.trusted, found.exclusions) == ("tobrien", False, True, ())
    assert found.calendar == Calendar.office("UTC", version=1)


def test_what_came_to_nothing_is_told_apart(database: Database, mine: int) -> None:
    opened(database, mine, 1)
    opened(database, mine, 2).ended(30)
    opened(database, mine, 3).claimed(5).ended(30)
    opened(database, mine, 4, origin="hand").claimed(5).acted(6)
    opened(database, mine, 5).claimed(5).acted(6, trusted=False)
    found = seen(database, mine, later(86400))
    assert [o.withdrawn for o in found.values()] == [False, True, False, False, False]
    assert (found["48003/1"].censored, found["48003/1"].ended_at) == (True, later(30 * 60))
    assert found["48004/1"].exclusions == (BY_HAND,)
    assert [o.trusted for o in found.values()] == [True, True, True, True, False]


def test_the_claim_that_stood_then_is_found_after_it_was_given_back(database: Database, mine: int) -> None:
    opened(database, mine, 1).claimed(5).returned(30).claimed(40, by=8).acted(50)
    moments = {minute: seen(database, mine, later(minute * 60))["48001/1"] for minute in (3, 20, 35, 45, 60)}
    assert [o.technician for o in moments.values()] == [None, "tobrien", None, "kwong", "kwong"]
    assert [o.claimed_at for o in moments.values()] == [None, later(300), None, later(2400), later(2400)]
    assert [len(o.returned_at) for o in moments.values()] == [0, 0, 1, 1, 1]
    assert [o.acted_at is None for o in moments.values()] == [True, True, True, True, False]


def test_a_deed_seen_late_was_not_known_before(database: Database, mine: int) -> None:
    opened(database, mine, 1).claimed(5).acted(10, seen_after=60)
    assert seen(database, mine, later(3600))["48001/1"].acted_at is None
    assert seen(database, mine, later(2 * 3600))["48001/1"].acted_at == later(600)


def test_a_handoff_opened_late_was_not_known_before(database: Database, mine: int) -> None:
    opened(database, mine, 1)
    assert seen(database, mine, later(29)) == {}
    assert list(seen(database, mine, later(31))) == ["48001/1"]


def test_each_account_sees_its_own(database: Database, mine: int) -> None:
    other = account(database, "other")
    opened(database, mine, 1)
    opened(database, other, 2)
    assert list(seen(database, other, later(3600))) == ["48002/1"]


def _history(database: Database, account_id: int) -> None:
    for number in range(24):
        episode = opened(
            database, account_id, number, NOW + number * 20 * MINUTE, calendar_version=1
        ).noted(0.4).claimed(8 + number % 5, by=7 + number % 2)  # fmt: skip
        if number % 6:
            episode.acted(20 + number % 3)
    with database.account(account_id) as session:
        begun = NOW - timedelta(days=20)
        old = [
            baselines.Reading(str(n), "tobrien", begun + n * MINUTE, begun + (n + 15 + n % 4) * MINUTE)
            for n in range(20)
        ]
        baselines.add_readings(session, account_id, old, now=NOW)


def _card(database: Database, account_id: int, as_of: datetime) -> dict[str, Any]:
    with database.account(account_id, reading=True) as session:
        return scorecard_of(session, account_id, as_of=as_of).to_json(listing=True)


def test_last_months_figures_come_out_the_same_today(database: Database, mine: int) -> None:
    with database.account(mine) as session:
        calendars.current(session, mine, time_zone="UTC")
    _history(database, mine)
    then = NOW + timedelta(hours=9)
    shown = _card(database, mine, then)

    with database.account(mine) as session:
        everything = {h.ticket_id - 48000: h for n in range(24) for h in handoffs.by_ticket(session, mine, 48000 + n)}
    for number, row in everything.items():
        late = Episode(database, mine, row.id, NOW + timedelta(hours=10))
        if row.response_state == "claimed":
            late.returned(1, by=7 + number % 2).claimed(2, by=8 - number % 2).acted(3)
        late.ended(60)
    for number in range(30, 40):
        opened(database, mine, number, NOW + timedelta(hours=11)).claimed(1).acted(2)
    with database.account(mine) as session:
        night = Calendar.office("UTC", "00:00", "06:00")
        calendars.change(session, mine, night, time_zone="UTC", now=NOW + timedelta(hours=10))
        late_reading = baselines.Reading("late", "kwong", NOW, NOW + MINUTE)
        baselines.add_readings(session, mine, [late_reading], now=NOW + timedelta(hours=10))

    assert _card(database, mine, then) == shown
    now = _card(database, mine, NOW + timedelta(hours=12))
    assert now["counts"] != shown["counts"]
    assert now["clocks"] != shown["clocks"]


def test_a_scorecard_brings_all_of_it_together(database: Database, mine: int) -> None:
    _history(database, mine)
    with database.account(mine, reading=True) as session:
        card = scorecard_of(session, mine, as_of=NOW + timedelta(hours=9))
    assert (card.counts.escalated, card.counts.acted, card.counts.in_hand) == (24, 20, 4)
    assert card.clocks["orientation"]["calendar"].n == 20
    assert list(card.by_technician) == ["kwong", "tobrien"]
    assert card.baselines["stopwatch"].figure["calendar"].mean == pytest.approx(16.5)
    assert (card.currency, card.hourly_rate) == ("GBP", 80)
    assert not card.kill_switch["stopwatch"].due


def test_the_pilots_verdict_is_the_same_ever_after(database: Database, mine: int) -> None:
    with database.account(mine) as session:
        accounts.set_account(session, mine, connected_at=NOW - timedelta(weeks=7, days=6))
    _history(database, mine)
    after = [NOW + timedelta(days=1), NOW + timedelta(weeks=30)]
    with database.account(mine, reading=True) as session:
        first, later_on = (scorecard_of(session, mine, as_of=moment).kill_switch["stopwatch"] for moment in after)
    assert first.due
    assert (first.hours_per_week, first.recovered) == (later_on.hours_per_week, later_on.recovered)


def test_in_a_months_first_week_the_last_one_is_as_it_stood_when_it_ended(database: Database, mine: int) -> None:
    _history(database, mine)
    ended = (NOW + timedelta(days=32)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    opened(database, mine, 60, ended - timedelta(hours=2)).claimed(1).acted(5, seen_after=180)  # not known before the month's end
    then = _card(database, mine, ended - timedelta(seconds=1))
    for day in (0, 6):
        card = _card(database, mine, ended + timedelta(days=day, hours=7))
        assert card["last_month"]["hours_saved"] == then["hours_saved"]
        assert card["last_month"]["worth"] == then["worth"]
    assert _card(database, mine, ended + timedelta(days=7))["last_month"] is None
    assert then["last_month"] is None


def test_the_rows_are_found_by_an_index(sqlite_database: Database) -> None:
    mine = account(sqlite_database)
    opened(sqlite_database, mine, 1)
    steps: list[str] = []

    @event.listens_for(sqlite_database.engine, "before_cursor_execute")
    def explain(connection: Connection, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            plan = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps.extend(row[3] for row in plan.fetchall())

    with sqlite_database.account(mine, reading=True) as session:
        scorecard_of(session, mine, as_of=later(3600))
    assert any("ix_handoff_account_id_escalated_at (account_id=? AND escalated_at>?" in step for step in steps), steps
    assert any("ix_transition_account_id_handoff_id (account_id=? AND handoff_id>?" in step for step in steps), steps
    assert [step for step in steps if step.startswith("SCAN")] == []


def test_no_package_draft_or_evidence_is_read(sqlite_database: Database) -> None:
    mine = account(sqlite_database)
    opened(sqlite_database, mine, 1)
    asked: list[str] = []

    @event.listens_for(sqlite_database.engine, "before_cursor_execute")
    def listen(_connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    with sqlite_database.account(mine, reading=True) as session:
        scorecard_of(session, mine, as_of=later(3600))
    assert any("FROM handoff" in statement for statement in asked)
    assert not [statement for statement in asked if "package" in statement or "snapshot" in statement]
