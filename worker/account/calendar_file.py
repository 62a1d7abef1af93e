"""Read an account's working hours from a file that a person wrote, and say what is wrong with it and where."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

from escalation.figures.hours import BadCalendar, Calendar

EXAMPLE = """\
{"time_zone": "Europe/London",
 "weekly": {"mon": [["08:00", "12:30"], ["13:00", "17:00"]], "tue": [["08:00", "17:00"]], "fri": [["22:00", "06:00"]]},
 "holidays": ["2026-12-25", "2026-12-28"]}"""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PARTS = {"time_zone", "weekly", "holidays", "version"}


class UnreadableCalendar(ValueError):
    """A calendar file cannot be used; the message names the file, the place in it, and what to write."""


def read(path: Path, *, time_zone: str) -> Calendar:
    """Return the working hours in a file; `time_zone` is used where it names none. Raises `UnreadableCalendar`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableCalendar(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    try:
        body = json.loads(text)
    except ValueError as error:
        raise UnreadableCalendar(f"{path}: no JSON: {error}. An example:\n{EXAMPLE}") from error
    try:
        return _checked(body, time_zone)
    except BadCalendar as error:
        raise UnreadableCalendar(f"{path}: {error}") from error


def _checked(body: object, time_zone: str) -> Calendar:
    if not isinstance(body, dict):
        raise BadCalendar(f"is a {type(body).__name__}; write an object, for example:\n{EXAMPLE}")
    unknown = sorted(body.keys() - _PARTS)
    if unknown:
        raise BadCalendar(f"{unknown[0]!r} is unknown; there are time_zone, weekly and holidays")
    weekly, holidays = body.get("weekly"), body.get("holidays", [])
    if not isinstance(weekly, dict):
        raise BadCalendar('weekly: is missing or no object; write {"mon": [["08:00", "17:00"]], …}')
    for day, shifts in weekly.items():
        if not isinstance(shifts, list) or not all(isinstance(shift, list) for shift in shifts):
            raise BadCalendar(f'weekly: {day}: {shifts!r} is no list of shifts; write [["08:00", "17:00"]]')
    if not isinstance(holidays, list):
        raise BadCalendar('holidays: is no list; write ["2026-12-25"]')
    calendar = Calendar.from_json({"weekly": weekly, "holidays": holidays, "time_zone": body.get("time_zone", time_zone)})
    if not any(calendar.weekly):
        raise BadCalendar("weekly: no day has working hours, so nothing could ever be counted")
    for day, shifts in zip(_DAYS, calendar.weekly, strict=True):
        for earlier, later in pairwise(shifts):
            if later.start < earlier.end:
                raise BadCalendar(f"weekly: {day}: two shifts overlap; write each working hour once")
    return calendar


def read_words(text: str, *, time_zone: str) -> Calendar:
    """Return working hours from a line such as `Mon-Fri 08:00-17:00, Sat 09:00-12:00`. Raises `BadCalendar`."""
    weekly: dict[str, list[list[str]]] = {}
    for part in filter(None, (p.strip() for p in re.split(r"[;,]", text))):
        found = re.fullmatch(r"([A-Za-z]{3})[a-z]*(?:\s*[-–]\s*([A-Za-z]{3})[a-z]*)?\s+([\d:]+)\s*[-–]\s*([\d:]+)", part)
        days = [day.lower() for day in found.groups()[:2] if day] if found else []
        if not found or not set(days) <= set(_DAYS):
            raise BadCalendar(f"{part!r} is no working time; write e.g. Mon-Fri 08:00-17:00, Sat 09:00-12:00")
        begin, end = (_clock_of(text).zfill(5) for text in (found[3], found[4]))
        if end <= begin and (begin, end) != (found[3], found[4]):
            # Whoever writes 9-5 hardly works until five in the morning; whoever does writes 22:00-06:00.
            raise BadCalendar(f"{part!r} can be read in two ways; write hours as 09:00-17:00, or 22:00-06:00 for a night")
        first, last = _DAYS.index(days[0]), _DAYS.index(days[-1])
        if last < first:
            raise BadCalendar(f"{part!r}: the week begins on Monday; write two parts, e.g. Sat-Sun 09:00-12:00, Mon 09:00-12:00")
        for day in _DAYS[first : last + 1]:
            weekly.setdefault(day, []).append([_clock_of(found[3]), _clock_of(found[4])])
    return _checked({"weekly": weekly}, time_zone)


def _clock_of(text: str) -> str:
    return f"{text}:00" if text.isdecimal() else text


def in_words(calendar: Calendar) -> str:
    """Return the working hours on one line, for whoever has just set them."""
    days = calendar.to_json()["weekly"]
    hours = {day: ", ".join(f"{start}-{end}" for start, end in shifts) for day, shifts in days.items()}
    groups: list[list[str]] = []
    for day in _DAYS:
        if groups and hours.get(groups[-1][-1]) == hours.get(day):
            groups[-1].append(day)
        else:
            groups.append([day])
    parts = [
        f"{group[0].title()}{f'-{group[-1].title()}' if len(group) > 1 else ''} {hours[group[0]]}"
        for group in groups
        if group[0] in hours
    ]
    closed = len(calendar.holidays)
    return f"{'; '.join(parts)}; {closed} {'holiday' if closed == 1 else 'holidays'}; {calendar.time_zone}"
