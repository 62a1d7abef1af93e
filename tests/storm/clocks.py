"""Storms in which clocks are set while escalations are on their way: see `wrong_clock` and `Rig.set_clock`."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from tests.storm.outside import spoil_posts
from tests.storm.proxy import Fault
from tests.storm.rig import Rig, every
from tests.storm.storms import Force, rain, some, storm
from worker.figures.weekly import week_of

HOUR = 3600.0


def summer_monday(now: datetime) -> datetime:
    """Return seven o'clock in London on the next Monday after summer time begins there that is more than an hour away."""
    march = (datetime(year, 3, 31, 6, tzinfo=UTC) for year in (now.year, now.year + 1))
    mondays = (last - timedelta(days=(last.weekday() + 1) % 7 - 1) for last in march)  # the day after its last Sunday
    return next(monday for monday in mondays if monday - now > timedelta(seconds=HOUR))


@storm("clock: set forward an hour")
def _forward(rig: Rig, force: Force) -> None:
    rig.set_clock(0)
    rain(rig, some(force))
    rig.set_clock(HOUR)
    rain(rig, some(force, 1.5))


@storm("clock: set back an hour")
def _back(rig: Rig, force: Force) -> None:
    rig.set_clock(HOUR)
    rain(rig, some(force))
    rig.set_clock(0)
    rain(rig, some(force, 1.5))


@storm("clock: to and fro")
def _to_and_fro(rig: Rig, force: Force) -> None:
    end = every(0.7, lambda: rig.set_clock(rig.chance.choice((-HOUR, -90.0, 0.0, 90.0, HOUR))))
    try:
        rain(rig, force)
    finally:
        end()
        rig.set_clock(0)


@storm("clock: back an hour, no callbacks, no mail")
def _back_while_waiting(rig: Rig, force: Force) -> None:
    """All that is left is what is due: polls, briefs found by them, messages that wait."""
    rig.smtp.fault = Fault(down=True)
    for msp in rig.msps:
        msp.simulator.callbacks(drop_ratio=1.0)
    rig.set_clock(HOUR)
    rain(rig, some(force, 2))
    rig.set_clock(0)
    rain(rig, some(force, 2))


@storm("clock: of the machines, the database's is right", only="postgresql")
def _machines(rig: Rig, force: Force) -> None:
    end = every(0.7, lambda: rig.set_clock(rig.chance.choice((-HOUR, 0.0, HOUR)), database=False))
    try:
        rain(rig, force)
    finally:
        end()
        rig.set_clock(0)


@storm("clock: one worker an hour ahead, one behind", only="postgresql")
def _skewed(rig: Rig, force: Force) -> None:
    rig.set_clock(HOUR, of="clock-ahead", database=False)
    rig.set_clock(-HOUR, of="clock-behind", database=False)
    rig.add_worker("worker ahead", clock="clock-ahead")
    rig.add_worker("worker behind", clock="clock-behind")
    spoil_posts(rig)  # so that they take over from one another
    try:
        rain(rig, force)
    finally:
        rig.remove("worker ahead")
        rig.remove("worker behind")


@storm("clock: Monday seven o'clock three times over")
def _monday(rig: Rig, force: Force) -> None:
    """The Monday after summer time began in London; its weekly report is due at 06:00 UTC."""
    now = datetime.now(UTC)
    monday = summer_monday(now)
    ahead = (monday - now).total_seconds()
    rig.set_clock(ahead - 12)  # the week before is reported at once; the Monday comes while it rains
    begun = time.monotonic()
    rain(rig, some(force))
    time.sleep(max(0.0, begun + 24 - time.monotonic()))
    for _ in range(2):
        rig.set_clock(ahead - HOUR)
        rain(rig, some(force))
        rig.set_clock(ahead)
        time.sleep(2)
    rig.set_clock(0)
    rig.weeks.add(week_of(monday, "Europe/London"))
