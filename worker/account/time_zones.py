"""From what ConnectWise calls a time zone to its IANA name.

No list of ConnectWise's names is published. Seen are `US Pacific` and `GMT-5/Eastern Time: US & Canada` (captured
payloads), so a name is read by the places and regions in it; a bare offset says nothing of summer time and gives none.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator
from datetime import datetime
from functools import cache

_REGIONS = (
    (r"alaska", "America/Anchorage"),
    (r"hawaii", "Pacific/Honolulu"),
    (r"arizona", "America/Phoenix"),
    (r"atlantic", "America/Halifax"),
    (r"newfoundland", "America/St_Johns"),
    (r"saskatchewan", "America/Regina"),
    (r"indiana", "America/Indiana/Indianapolis"),
    (r"dublin, edinburgh|\buk\b|united kingdom|britain|england|scotland|wales", "Europe/London"),
    (r"ireland", "Europe/Dublin"),
    (r"south africa|pretoria", "Africa/Johannesburg"),
    (r"new zealand", "Pacific/Auckland"),
    (r"canberra|new south wales|(?:aus|australia).*eastern|eastern.*australia|\baest\b", "Australia/Sydney"),
    (r"queensland", "Australia/Brisbane"),
    (r"tasmania", "Australia/Hobart"),
    (r"(?:aus|australia).*central|central.*australia|south australia", "Australia/Adelaide"),
    (r"(?:aus|australia).*western|western.*australia", "Australia/Perth"),
    (r"abu dhabi|gulf|emirates", "Asia/Dubai"),
    (r"india|chennai|mumbai|new delhi", "Asia/Kolkata"),
    (r"amsterdam, berlin|w(?:est|\.)? europe|germany", "Europe/Berlin"),
    (r"brussels, copenhagen|romance|france", "Europe/Paris"),
    (r"central europe(?!an)", "Europe/Budapest"),
    (r"central european", "Europe/Warsaw"),
    (r"netherlands", "Europe/Amsterdam"),
    (r"beijing|china", "Asia/Shanghai"),
    (r"japan|osaka", "Asia/Tokyo"),
    (r"pacific(?! ocean)", "America/Los_Angeles"),
    (r"mountain", "America/Denver"),
    (r"eastern(?! (?:europe|africa))|\best\b|\bedt\b", "America/New_York"),
    (r"central america", "America/Guatemala"),
    (r"central time|(?:us|u\.s\.|canada).*central|central.*(?:us|canada)|\bcst\b", "America/Chicago"),
)  # fmt: skip
"""What stands first counts: `Pacific/Auckland` is a city's, `New Zealand` comes before `Pacific`."""
_WINDOWS = {
    "pacific": "America/Los_Angeles", "pacific standard time (mexico)": "America/Tijuana", "us mountain": "America/Phoenix",
    "mountain": "America/Denver", "mountain standard time (mexico)": "America/Mazatlan", "central": "America/Chicago",
    "central america": "America/Guatemala", "central standard time (mexico)": "America/Mexico_City",
    "canada central": "America/Regina", "eastern": "America/New_York", "eastern standard time (mexico)": "America/Cancun",
    "us eastern": "America/Indiana/Indianapolis", "sa pacific": "America/Bogota", "sa western": "America/La_Paz",
    "pacific sa": "America/Santiago", "sa eastern": "America/Cayenne", "e. south america": "America/Sao_Paulo",
    "argentina": "America/Argentina/Buenos_Aires", "gmt": "Europe/London", "greenwich": "Atlantic/Reykjavik",
    "w. central africa": "Africa/Lagos", "e. europe": "Europe/Chisinau", "gtb": "Europe/Bucharest", "fle": "Europe/Kyiv",
    "turkey": "Europe/Istanbul", "israel": "Asia/Jerusalem", "egypt": "Africa/Cairo", "e. africa": "Africa/Nairobi",
    "arabian": "Asia/Dubai", "arab": "Asia/Riyadh", "sri lanka": "Asia/Colombo", "central asia": "Asia/Almaty",
    "se asia": "Asia/Bangkok", "singapore": "Asia/Singapore", "taipei": "Asia/Taipei", "korea": "Asia/Seoul",
    "tokyo": "Asia/Tokyo", "w. australia": "Australia/Perth", "aus central": "Australia/Darwin",
    "cen. australia": "Australia/Adelaide", "e. australia": "Australia/Brisbane", "aus eastern": "Australia/Sydney",
    "central pacific": "Pacific/Guadalcanal", "fiji": "Pacific/Fiji", "samoa": "Pacific/Apia",
}  # fmt: skip
"""Names of Windows, without `Standard Time` at their end, whose words mislead or say too little (Unicode CLDR)."""
_OFFSET = re.compile(r"^\(?(?:gmt|utc)\s?([+-])\s?(\d{1,2})(?::?(\d\d))?")
_UTC = re.compile(r"(?:gmt|utc|coordinated universal time|gmt/utc|greenwich mean time)(?:[ +-]*0{1,2}(?::00)?)?")
AMBIGUOUS = frozenset({"central", "pacific", "eastern", "mountain", "atlantic", "indiana", "general", "west", "east", "north",
                       "south", "samoa", "hongkong", "navajo", "factory", "universal", "greenwich"})  # fmt: skip


def iana(name: str | None) -> str | None:
    """Return the IANA name of a time zone as ConnectWise calls it; None where it cannot be told for certain."""
    text = " ".join((name or "").split())
    if "/" in text and text in zoneinfo.available_timezones():
        return text
    lower = text.lower()
    if not lower:
        return None
    if _UTC.fullmatch(lower):
        return "UTC"
    if windows := _WINDOWS.get(re.sub(r" (?:standard|daylight|summer) time$", "", lower) if " time" in lower else ""):
        return windows
    said = _OFFSET.match(lower)
    return next((zone for zone in _meant(lower) if said is None or _offset(zone) == _minutes(*said.groups())), None)


def _meant(lower: str) -> Iterator[str]:
    """Return the zones a name may mean by the regions and places in it, the likeliest first."""
    for pattern, zone in _REGIONS:
        if re.search(pattern, lower):
            yield zone
            break
    words = re.sub(r"^\(?(?:gmt|utc)[^a-z]*", "", lower)
    for place in re.split(r"[,:/&()]| and ", words):
        if found := _cities().get(place.strip().replace(" ", "_")):
            yield found


def _minutes(sign: str, hours: str, minutes: str | None) -> int:
    return (int(hours) * 60 + int(minutes or 0)) * (-1 if sign == "-" else 1)


@cache
def _offset(zone: str) -> int:
    """Return how many minutes a zone is ahead of UTC out of summer time, as lists of time zones name it."""
    halves = (datetime(2026, month, 15, tzinfo=zoneinfo.ZoneInfo(zone)).utcoffset() for month in (1, 7))
    return min(int(half.total_seconds()) // 60 for half in halves if half is not None)


@cache
def _cities() -> dict[str, str]:
    found: dict[str, str] = {}
    for zone in sorted(zoneinfo.available_timezones()):
        area, _, city = zone.partition("/")
        if city and area in ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"):
            found.setdefault(city.rsplit("/", 1)[-1].lower(), zone)
    return {city: zone for city, zone in found.items() if city not in AMBIGUOUS}
