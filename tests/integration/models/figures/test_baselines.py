"""Stopwatch readings and backcast runs on both databases."""

from datetime import timedelta

from escalation.figures.hours import Calendar
from escalation.figures.measures import Status, baseline_figure
from escalation.figures.observations import Basis, Clock, Observation
from models import tables
from models.database.sessions import Database
from models.figures import baselines
from models.figures.baselines import Reading
from tests.integration.models.places import NOW, account, later

MINUTE = timedelta(minutes=1)


def _reading(number: int, minutes: int = 7) -> Reading:
    opened = NOW - timedelta(days=3) + number * timedelta(hours=1)
    return Reading(str(48000 + number), "jlind", opened, opened + minutes * MINUTE, "network")


def test_stores_each_reading_once_however_often_it_comes(database: Database) -> None:
    one, other = account(database), account(database, "contoso")
    with database.account(one) as session:
        assert baselines.add_readings(session, one, [_reading(1), _reading(2), _reading(1)], now=NOW) == 2
    with database.account(one) as session:
        assert baselines.add_readings(session, one, [_reading(2), _reading(3)], now=NOW) == 1
    with database.account(other) as session:
        assert baselines.readings(session, other) == []
    with database.account(one) as session:
        rows = baselines.readings(session, one)
        assert [row.reference for row in rows] == ["48001", "48002", "48003"]
        assert baselines.remove_reading(session, one, rows[0].id)
        assert not baselines.remove_reading(session, one, rows[0].id)
        assert len(baselines.readings(session, one)) == 2


def test_a_reading_is_no_part_of_a_figure_before_it_was_recorded(database: Database) -> None:
    one = account(database)
    with database.account(one) as session:
        baselines.add_readings(session, one, [_reading(1)], now=NOW)
        baselines.add_readings(session, one, [_reading(2)], now=later(3600))
    with database.account(one) as session:
        assert [len(b.observations) for b in baselines.baselines(session, one, NOW)] == [1]
        assert [len(b.observations) for b in baselines.baselines(session, one, later(3600))] == [2]
        assert baselines.baselines(session, one, NOW - MINUTE) == []


def test_stopwatch_and_backcast_are_two_baselines_never_one(database: Database) -> None:
    one, always = account(database), Calendar.always()
    kept = Observation(
        "48201/1", always, "backcast", escalated_at=NOW - 90 * MINUTE, claimed_at=NOW - 60 * MINUTE,
        acted_at=NOW - 45 * MINUTE, ended_at=NOW, technician="msvensson", domain="email", trusted=False,
    )  # fmt: skip
    left = Observation("48202", always, "backcast", exclusions=("the moment of escalation is not known",))
    with database.account(one) as session:
        baselines.add_readings(session, one, [_reading(n) for n in range(3)], now=NOW)
        number = baselines.store_backcast(
            session, one, since=NOW - timedelta(days=90), until=NOW, ran_at=NOW, version=1, candidates=2,
            pattern={"templates": []}, observations=[kept, left], summary={"found": 2},
        )  # fmt: skip
    with database.account(one) as session:
        found = {b.source: b for b in baselines.baselines(session, one, NOW, calendar=always)}
        run = baselines.latest_backcast(session, one, as_of=NOW)
        assert run is not None
        assert (run.id, run.summary) == (number, {"found": 2})
        assert baselines.latest_backcast(session, one, as_of=NOW - MINUTE) is None
    stopwatch, backcast = found["stopwatch"], found["backcast"]
    assert list(backcast.observations) == [kept, left]
    assert (backcast.coverage, backcast.usable) == (0.5, False)
    figure = baseline_figure(stopwatch, Clock.ORIENTATION, Basis.CALENDAR, as_of=NOW)
    assert (figure.n, figure.mean, figure.status) == (3, 7.0, Status.READINGS)


def test_counts_by_the_hours_the_account_had_at_that_moment(database: Database) -> None:
    one = account(database)
    with database.account(one) as session:
        body = Calendar.always("Europe/London").to_json()
        session.add(tables.Calendar(account_id=one, version=2, body=body, created_at=NOW))
    with database.account(one) as session:
        assert baselines.calendar_at(session, one, NOW - MINUTE) == Calendar.office("UTC")
        assert baselines.calendar_at(session, one, NOW) == Calendar.always("Europe/London", version=2)
