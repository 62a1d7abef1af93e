"""When the weekly e-mail is due: Monday at seven by the account's own clock, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.figures.weekly import next_monday, this_monday, week_of

ZONES = ("UTC", "Europe/London", "America/New_York", "Pacific/Auckland", "Pacific/Honolulu", "Asia/Kathmandu", "Pacific/Apia")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("now", "zone", "last", "following"),
    [
        # The clocks went forward on Sunday 29 March 2026, back on 25 October.
        (utc(2026, 3, 27, 12), "Europe/London", utc(2026, 3, 23, 7), utc(2026, 3, 30, 6)),
        (utc(2026, 10, 23, 12), "Europe/London", utc(2026, 10, 19, 6), utc(2026, 10, 26, 7)),
        # Monday comes first in Auckland, where summer time ends on 5 April, and nearly last in Honolulu, which has none.
        (utc(2026, 4, 1), "Pacific/Auckland", utc(2026, 3, 29, 18), utc(2026, 4, 5, 19)),
        (utc(2026, 4, 1), "Pacific/Honolulu", utc(2026, 3, 30, 17), utc(2026, 4, 6, 17)),
        # Exactly at seven it is due, and the next one a week later.
        (utc(2026, 11, 23, 7), "UTC", utc(2026, 11, 23, 7), utc(2026, 11, 30, 7)),
        (utc(2026, 11, 23, 6, 59), "UTC", utc(2026, 11, 16, 7), utc(2026, 11, 23, 7)),
    ],
)
def test_monday_at_seven(now: datetime, zone: str, last: datetime, following: datetime) -> None:
    assert this_monday(now, zone) == last
    assert next_monday(now, zone) == following


@given(st.timedeltas(timedelta(), timedelta(days=2200)), st.sampled_from(ZONES))
def test_every_moment_has_one_monday_behind_it_and_one_ahead(since: timedelta, zone: str) -> None:
    now = utc(2024, 1, 1) + since
    last, following = this_monday(now, zone), next_monday(now, zone)
    assert last <= now < following
    for at in (last, following):
        local = at.astimezone(ZoneInfo(zone))
        assert (local.weekday(), local.hour, local.minute) == (0, 7, 0)
    assert abs(following - last - timedelta(days=7)) <= timedelta(hours=1)
    assert week_of(last, zone) != week_of(following, zone)
    assert next_monday(following, zone) > following


@pytest.mark.parametrize(
    ("at", "zone", "week"),
    [
        (utc(2026, 3, 29, 18), "Pacific/Auckland", "2026-W14"),
        (utc(2026, 3, 29, 18), "UTC", "2026-W13"),
        (utc(2026, 12, 31, 12), "UTC", "2026-W53"),
        (utc(2027, 1, 3, 12), "UTC", "2026-W53"),
        (utc(2027, 1, 4, 12), "UTC", "2027-W01"),
    ],
)
def test_the_iso_week_is_that_of_the_accounts_own_day(at: datetime, zone: str, week: str) -> None:
    assert week_of(at, zone) == week
