"""Say times and spans as a person at the account's desk would."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Clock:
    """The account's clock at one moment. Raises `ZoneInfoNotFoundError` for an unknown zone."""

    def __init__(self, time_zone: str, as_of: datetime) -> None:
        self._zone = ZoneInfo(time_zone)
        self._today = as_of.astimezone(self._zone).date()

    def moment(self, at: datetime | None) -> str:
        """Return `11:07`, or `12 Mar 10:05` on another day, with the year in another year."""
        if at is None:
            return "time not recorded"
        local = at.astimezone(self._zone)
        time = f"{local.hour:02}:{local.minute:02}"
        if local.date() == self._today:
            return time
        year = f" {local.year}" if local.year != self._today.year else ""
        return f"{local.day} {_MONTHS[local.month - 1]}{year} {time}"


def span(length: timedelta) -> str:
    """Return `45 min`, `2 h 10 min` or `3 days 4 h`; nothing negative."""
    minutes = max(0, int(length.total_seconds()) // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} day{'s' if days > 1 else ''}" + (f" {hours} h" if hours else "")
    if hours:
        return f"{hours} h" + (f" {rest} min" if rest else "")
    return f"{rest} min"
