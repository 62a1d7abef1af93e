"""Working hours in versions: a change adds one, nothing that was counted by another changes."""

from __future__ import annotations

from datetime import date

from escalation.figures.hours import Calendar
from models.account import calendars
from models.database.sessions import Database
from tests.integration.models.places import NOW, account, later

LONDON, PARIS = "Europe/London", "Europe/Paris"
LATE = Calendar.office(LONDON, "12:00", "20:00")


def test_office_hours_are_the_first_version_and_are_stored_once(database: Database) -> None:
    mine = account(database)
    for _ in range(2):
        with database.account(mine) as session:
            found = calendars.current(session, mine, time_zone=LONDON)
            assert found == Calendar.office(LONDON, version=1)
    with database.account(mine, reading=True) as session:
        assert calendars.versions(session, mine, time_zone=PARIS) == {1: Calendar.office(LONDON, version=1)}


def test_before_any_is_stored_the_first_version_is_known_all_the_same(database: Database) -> None:
    mine = account(database)
    with database.account(mine, reading=True) as session:
        assert calendars.versions(session, mine, time_zone=PARIS) == {1: Calendar.office(PARIS, version=1)}


def test_a_change_adds_a_version_and_leaves_the_others(database: Database) -> None:
    mine, other = account(database), account(database, "other")
    with database.account(mine) as session:
        changed = calendars.change(session, mine, LATE, time_zone=LONDON, now=later(60))
        assert changed is not None
        assert changed.version == 2
        assert calendars.change(session, mine, LATE, time_zone=LONDON, now=later(90)) is None
        holiday = Calendar(LONDON, LATE.weekly, frozenset({date(2026, 12, 25)}))
        assert calendars.change(session, mine, holiday, time_zone=LONDON, now=later(120)) is not None
        assert calendars.current(session, mine, time_zone=LONDON).holidays == {date(2026, 12, 25)}
        stored = calendars.versions(session, mine, time_zone=LONDON)
    assert [(n, c.version, len(c.holidays)) for n, c in sorted(stored.items())] == [(1, 1, 0), (2, 2, 0), (3, 3, 1)]
    assert (stored[1].weekly, stored[2].weekly) == (Calendar.office(LONDON).weekly, LATE.weekly)
    with database.account(other, reading=True) as session:
        assert list(calendars.versions(session, other, time_zone=LONDON)) == [1]


def test_office_hours_follow_the_time_zone_and_own_hours_stay(database: Database) -> None:
    mine = account(database)
    with database.account(mine) as session:
        moved = calendars.follow_time_zone(session, mine, before=LONDON, after=PARIS, now=NOW)
        assert moved == Calendar.office(PARIS, version=2)
        calendars.change(session, mine, LATE, time_zone=PARIS, now=later(1))
        assert calendars.follow_time_zone(session, mine, before=PARIS, after=LONDON, now=later(2)) is None
        assert calendars.current(session, mine, time_zone=LONDON).version == 3
