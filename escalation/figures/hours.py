"""Count time as the account's calendar does: working hours, holidays, its own time zone.

A shift belongs to the day on which it starts, so a holiday drops the night shift that starts on it and keeps
the one that ends on it. Spans are counted between instants: a night shift is an hour shorter when the clocks
go forward and an hour longer when they go back, as it is for the people on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAY = 1440
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FARTHEST = 3660
"""Days without working hours after which nobody waits any longer."""


class BadCalendar(ValueError):
    """The calendar cannot be read: the message says which part and what it should be."""


class NoWorkingHours(ValueError):
    """The calendar has no working time within ten years of a moment."""


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """Working time in minutes after midnight of the day it starts on; `end` above 1440 is on the next day."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < _DAY or not self.start < self.end <= self.start + _DAY:
            raise BadCalendar(f"shift {self.start} to {self.end}: starts within a day and lasts up to 24 hours")


@dataclass(frozen=True, slots=True)
class Calendar:
    """When an account works. `version` is stored with every handoff that was counted by it.

    Raises `BadCalendar` for an unknown time zone or a week that does not have seven days.
    """

    time_zone: str
    weekly: tuple[tuple[Shift, ...], ...]
    """The shifts that start on Monday to Sunday."""
    holidays: frozenset[date] = field(default_factory=frozenset)
    version: int = 1

    def __post_init__(self) -> None:
        if len(self.weekly) != len(_DAYS):
            raise BadCalendar(f"{len(self.weekly)} days in the week: give seven, Monday first")
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise BadCalendar(f"time zone {self.time_zone!r}: give an IANA name such as Europe/London") from error

    def __hash__(self) -> int:
        # Every day of every span is looked up by the calendar: hashing all its shifts took half of the counting.
        return hash((self.time_zone, self.version, len(self.holidays)))

    @classmethod
    def office(cls, time_zone: str, start: str = "08:00", end: str = "17:00", *, version: int = 1) -> Calendar:
        """Return Monday to Friday from `start` to `end`, without holidays."""
        shift = (_shift([start, end], "weekdays"),)
        return cls(time_zone, (shift,) * 5 + ((), ()), version=version)

    @classmethod
    def always(cls, time_zone: str = "UTC", *, version: int = 1) -> Calendar:
        """Return a calendar that never closes."""
        return cls(time_zone, ((Shift(0, _DAY),),) * 7, version=version)

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Calendar:
        """Read `{"time_zone", "weekly": {"mon": [["08:00", "17:00"]], …}, "holidays": ["2026-12-25"], "version"}`.

        An end at or before its start is on the next day; days left out are closed. Raises `BadCalendar`.
        """
        weekly, holidays = body.get("weekly", {}), body.get("holidays", [])
        unknown = sorted(set(weekly) - set(_DAYS))
        if unknown:
            raise BadCalendar(f"weekly: {unknown[0]!r} is no day; use {', '.join(_DAYS)}")
        shifts = tuple(tuple(sorted(_shift(pair, day) for pair in weekly.get(day, ()))) for day in _DAYS)
        try:
            closed = frozenset(date.fromisoformat(day) for day in holidays)
        except (TypeError, ValueError) as error:
            raise BadCalendar(f"holidays: {error}; write 2026-12-25") from error
        return cls(str(body.get("time_zone", "UTC")), shifts, closed, int(body.get("version", 1)))

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return {
            "time_zone": self.time_zone,
            "weekly": {
                day: [[_clock(s.start), _clock(s.end)] for s in shifts]
                for day, shifts in zip(_DAYS, self.weekly, strict=True)
                if shifts
            },
            "holidays": sorted(day.isoformat() for day in self.holidays),
            "version": self.version,
        }


def business_minutes(start: datetime, end: datetime, calendar: Calendar) -> float:
    """Return the working minutes between two aware moments; negative if `end` is before `start`."""
    if end < start:
        return -business_minutes(end, start, calendar)
    first, last = start.astimezone(UTC), end.astimezone(UTC)
    seconds = 0.0
    for ordinal in range(_local_day(first, calendar), _local_day(last, calendar) + 1):
        for opens, closes in _open(calendar, ordinal):
            if opens < last and closes > first:
                seconds += (min(closes, last) - max(opens, first)).total_seconds()
    return seconds / 60


def calendar_minutes(start: datetime, end: datetime) -> float:
    """Return all minutes between two aware moments; negative if `end` is before `start`."""
    return (end - start).total_seconds() / 60


def add_business_minutes(start: datetime, minutes: float, calendar: Calendar) -> datetime:
    """Return the first moment, in UTC, by which so many working minutes have passed since `start`.

    Raises `ValueError` for negative minutes, `NoWorkingHours` if the calendar does not open within ten years.
    """
    if minutes < 0:
        raise ValueError(f"{minutes} working minutes: only time to come can be added")
    at, left = start.astimezone(UTC), timedelta(minutes=minutes)
    if not left:
        return at
    day = last_open = _local_day(at, calendar)
    while day - last_open < _FARTHEST:
        for opens, closes in _open(calendar, day):
            begin = max(opens, at)
            if begin >= closes:
                continue
            if closes - begin >= left:
                return begin + left
            left, last_open = left - (closes - begin), day
        day += 1
    raise NoWorkingHours("no working hours within ten years: check the hours and holidays of the account")


def _local_day(at: datetime, calendar: Calendar) -> int:
    return at.astimezone(ZoneInfo(calendar.time_zone)).toordinal()


@lru_cache(maxsize=1 << 15)
def _open(calendar: Calendar, ordinal: int) -> tuple[tuple[datetime, datetime], ...]:
    """Return when a local day is worked, as separate spans in UTC between its midnights, earliest first."""
    day, zone = date.fromordinal(ordinal), ZoneInfo(calendar.time_zone)
    shifts = [] if day in calendar.holidays else list(calendar.weekly[day.weekday()])
    spans = [(shift.start, min(shift.end, _DAY)) for shift in shifts]
    eve = day - timedelta(days=1)
    if eve not in calendar.holidays:
        spans += [(0, shift.end - _DAY) for shift in calendar.weekly[eve.weekday()] if shift.end > _DAY]
    merged: list[list[int]] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([begin, end])
    there = [(_instant(day, begin, zone), _instant(day, end, zone)) for begin, end in merged]
    return tuple((opens, closes) for opens, closes in there if opens < closes)


def _instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Return when a clock on the wall first shows that time, or jumps over it."""
    wall = datetime.combine(day, time(), None) + timedelta(minutes=minute)
    at = wall.replace(tzinfo=zone).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == wall:
        return at
    # The clocks went forward over this time: find the jump, to the second, between the two readings of it.
    before, after = sorted((at, wall.replace(tzinfo=zone, fold=1).astimezone(UTC)))
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


def _shift(pair: Any, day: str) -> Shift:
    try:
        start, end = (_minute(text) for text in pair)
    except (TypeError, ValueError) as error:
        raise BadCalendar(f'{day}: {pair!r} is no shift; write ["08:00", "17:00"]') from error
    return Shift(start, end if end > start else end + _DAY)


def _minute(text: str) -> int:
    hour, minute = (int(part) for part in str(text).split(":"))
    if not (0 <= hour <= 24 and 0 <= minute < 60 and hour * 60 + minute <= _DAY):
        raise ValueError(text)
    return hour * 60 + minute


def _clock(minute: int) -> str:
    if minute == _DAY:
        return "24:00"
    return f"{minute % _DAY // 60:02}:{minute % 60:02}"
