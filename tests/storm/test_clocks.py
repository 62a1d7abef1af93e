"""The moments that storms set clocks to."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.storm.clocks import summer_monday


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        ((2026, 11, 30, 16), (2027, 3, 29)),
        ((2027, 3, 28, 23), (2027, 3, 29)),
        ((2027, 3, 29, 6), (2028, 3, 27)),
        ((2030, 1, 1, 0), (2030, 4, 1)),
        ((2031, 3, 31, 5, 30), (2032, 3, 29)),
    ],
)
def test_the_monday_after_summer_time_began_is_always_to_come(now: tuple[int, ...], monday: tuple[int, ...]) -> None:
    found = summer_monday(datetime(*now, tzinfo=UTC)).astimezone(ZoneInfo("Europe/London"))  # type: ignore[misc,arg-type]
    assert (found.weekday(), (found.year, found.month, found.day), found.hour) == (0, monday, 7)
