"""Working time by the account's own calendar, also when the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.figures.hours import (
    BadCalendar,
    Calendar,
    NoWorkingHours,
    Shift,
    add_business_minutes,
    business_minutes,
    calendar_minutes,
)

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Calendar.office("Europe/Berlin")
NIGHTS = Calendar("America/New_York", ((Shift(22 * 60, 30 * 60),),) * 7)
ALWAYS = Calendar.always("Europe/Berlin")
PATCHED = Calendar.from_json(
    {
        "time_zone": "Australia/Lord_Howe",
        "weekly": {"mon": [["00:30", "12:00"], ["13:00", "02:00"]], "tue": [["01:00", "09:30"]], "sun": [["01:45", "02:10"]]},
        "holidays": ["2026-06-08"],
        "version": 4,
    }
)
CALENDARS = st.sampled_from([OFFICE, NIGHTS, ALWAYS, PATCHED])
MOMENTS = st.integers(0, 365 * 86_400).map(lambda second: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second))


def berlin(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


def york(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo("America/New_York"))


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        (berlin(3, 12, 9), berlin(3, 12, 9, 45), 45),
        (berlin(3, 12, 7), berlin(3, 12, 8, 30), 30),
        (berlin(3, 12, 16, 50), berlin(3, 13, 8, 5), 15),
        (berlin(3, 13, 16), berlin(3, 16, 9), 120),  # over a weekend
        (berlin(3, 14, 9), berlin(3, 15, 20), 0),
        (berlin(3, 12, 18), berlin(3, 12, 19), 0),
        (berlin(3, 27, 16), berlin(3, 30, 9), 120),  # the clocks go forward on the Sunday between
        (berlin(3, 12, 9, 45), berlin(3, 12, 9), -45),
    ],
)
def test_office_hours(start: datetime, end: datetime, minutes: float) -> None:
    assert business_minutes(start, end, OFFICE) == minutes


def test_a_holiday_is_not_worked() -> None:
    closed = Calendar(OFFICE.time_zone, OFFICE.weekly, frozenset({date(2026, 4, 3), date(2026, 4, 6)}))
    assert business_minutes(berlin(4, 2, 16), berlin(4, 7, 9), closed) == 120
    assert business_minutes(berlin(4, 2, 16), berlin(4, 7, 9), OFFICE) == 120 + 2 * 540


def test_a_shift_over_midnight_belongs_to_the_day_it_starts_on() -> None:
    assert business_minutes(york(5, 4, 21), york(5, 5, 7), NIGHTS) == 8 * 60
    closed = Calendar(NIGHTS.time_zone, NIGHTS.weekly, frozenset({date(2026, 5, 5)}))
    assert business_minutes(york(5, 5, 0), york(5, 5, 12), closed) == 6 * 60  # began on the 4th
    assert business_minutes(york(5, 5, 12), york(5, 6, 12), closed) == 0


def test_a_night_is_an_hour_shorter_in_spring_and_longer_in_autumn() -> None:
    assert business_minutes(york(3, 7, 20), york(3, 8, 8), NIGHTS) == 7 * 60
    assert business_minutes(york(10, 31, 20), york(11, 1, 8), NIGHTS) == 9 * 60
    assert business_minutes(berlin(3, 29, 0), berlin(3, 30, 0), ALWAYS) == 23 * 60
    assert business_minutes(berlin(10, 25, 0), berlin(10, 26, 0), ALWAYS) == 25 * 60


def test_a_shift_that_starts_in_the_hour_that_is_skipped_starts_at_the_jump() -> None:
    calendar = Calendar("America/New_York", ((),) * 6 + ((Shift(150, 360),),))  # Sunday, 2:30 to 6:00
    assert business_minutes(york(3, 8, 0), york(3, 8, 12), calendar) == 3 * 60
    inside = Calendar("America/New_York", ((),) * 6 + ((Shift(130, 170),),))  # the whole shift is skipped
    assert business_minutes(york(3, 8, 0), york(3, 8, 12), inside) == 0


def test_both_passes_of_the_repeated_hour_are_told_apart() -> None:
    first, second = york(11, 1, 1, 30), york(11, 1, 1, 30).replace(fold=1)
    assert business_minutes(first.astimezone(UTC), second.astimezone(UTC), NIGHTS) == 60


def test_overlapping_shifts_count_once() -> None:
    calendar = Calendar("UTC", ((Shift(480, 1020), Shift(600, 1080), Shift(1200, 1800)),) * 7)
    start = datetime(2026, 5, 4, tzinfo=UTC)
    assert business_minutes(start + timedelta(days=1), start + timedelta(days=2), calendar) == (1080 - 360) + 240 + 360 - 120


def test_time_is_added_over_the_weekend() -> None:
    assert add_business_minutes(berlin(3, 13, 16, 30), 60, OFFICE) == berlin(3, 16, 8, 30)
    assert add_business_minutes(berlin(3, 14, 3), 0, OFFICE) == berlin(3, 14, 3)
    assert add_business_minutes(berlin(3, 12, 8), 540, OFFICE) == berlin(3, 12, 17)
    with pytest.raises(ValueError, match="only time to come"):
        add_business_minutes(berlin(3, 12, 8), -1, OFFICE)


def test_a_calendar_that_never_opens_is_said_to() -> None:
    with pytest.raises(NoWorkingHours, match="holidays"):
        add_business_minutes(berlin(3, 12, 8), 1, Calendar("UTC", ((),) * 7))


@settings(max_examples=150, deadline=None)
@given(calendar=CALENDARS, moments=st.tuples(MOMENTS, MOMENTS, MOMENTS))
def test_spans_add_up_and_never_shrink(calendar: Calendar, moments: tuple[datetime, datetime, datetime]) -> None:
    a, b, c = sorted(moments)
    assert business_minutes(a, c, calendar) == pytest.approx(
        business_minutes(a, b, calendar) + business_minutes(b, c, calendar)
    )
    assert 0 <= business_minutes(a, b, calendar) <= min(business_minutes(a, c, calendar), calendar_minutes(a, b)) + 1e-9


@settings(max_examples=150, deadline=None)
@given(calendar=CALENDARS, start=MOMENTS, minutes=st.integers(0, 20_000))
def test_adding_and_counting_undo_each_other(calendar: Calendar, start: datetime, minutes: int) -> None:
    end = add_business_minutes(start, minutes, calendar)
    assert end >= start
    assert business_minutes(start, end, calendar) == pytest.approx(minutes)
    if minutes:
        assert business_minutes(start, end - timedelta(seconds=1), calendar) < minutes


@settings(max_examples=40, deadline=None)
@given(start=MOMENTS, hours=st.integers(0, 120))
def test_a_minute_by_minute_count_agrees(start: datetime, hours: int) -> None:
    start = start.replace(second=0)
    zone, count = ZoneInfo("America/New_York"), 0
    for minute in range(hours * 60):
        local = (start + timedelta(minutes=minute)).astimezone(zone)
        count += local.hour >= 22 or local.hour < 6
    assert business_minutes(start, start + timedelta(hours=hours), NIGHTS) == count


def test_a_calendar_comes_back_as_it_was_stored() -> None:
    assert Calendar.from_json(PATCHED.to_json()) == PATCHED
    assert Calendar.from_json(ALWAYS.to_json()) == ALWAYS
    assert Calendar.from_json({"time_zone": "UTC"}) == Calendar("UTC", ((),) * 7)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"time_zone": "Mars/Base"}, "IANA"),
        ({"weekly": {"monday": []}}, "'monday' is no day"),
        ({"weekly": {"mon": [["8", "17:00"]]}}, "mon"),
        ({"weekly": {"mon": ["08:00"]}}, "no shift"),
        ({"weekly": {"mon": [["08:00", "25:00"]]}}, "no shift"),
        ({"holidays": ["25.12.2026"]}, "2026-12-25"),
    ],
)
def test_what_is_wrong_with_a_calendar_is_said(body: dict[str, object], said: str) -> None:
    with pytest.raises(BadCalendar, match=said):
        Calendar.from_json(body)
