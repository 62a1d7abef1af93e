"""From what ConnectWise calls a time zone to its IANA name.

No list of ConnectWise's names is published. Seen are `US Pacific` and `GMT-5/Eastern Time: US & Canada` (captured
payloads), so a name is read by the places and regions in it; a bare offset says nothing of summer time and gives none.
"""

from __future__ import annotations

import re
import zoneinfo
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
    (r"eastern|\best\b|\bedt\b", "America/New_York"),
    (r"central (?:time|america)|(?:us|u\.s\.|canada).*central|central.*(?:us|canada)|\bcst\b", "America/Chicago"),
)  # fmt: skip
"""What stands first counts: `Pacific/Auckland` is a city's, `New Zealand` comes before `Pacific`."""
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
    for pattern, zone in _REGIONS:
        if re.search(pattern, lower):
            return zone
    words = re.sub(r"^\(?(?:gmt|utc)[^a-z]*", "", lower)
    for place in re.split(r"[,:/&()]| and ", words):
        if found := _cities().get(place.strip().replace(" ", "_")):
            return found
    return None


@cache
def _cities() -> dict[str, str]:
    found: dict[str, str] = {}
    for zone in sorted(zoneinfo.available_timezones()):
        area, _, city = zone.partition("/")
        if city and area in ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"):
            found.setdefault(city.rsplit("/", 1)[-1].lower(), zone)
    return {city: zone for city, zone in found.items() if city not in AMBIGUOUS}
