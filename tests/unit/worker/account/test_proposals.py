"""What is proposed for an account, from names and use. Wordings are made of parts; half of them were kept unseen.

Kinds of names: an escalation (words for it, tiers, a need for a senior), a claim (assigned, accepted, taken, a tier at
work), waiting, closing, plain work; with ornaments in front and behind. Kinds of people: by title, by security role, by
team, by what they did.
"""

from __future__ import annotations

import itertools
import random
import re
import zoneinfo
from collections import Counter

import pytest

from psa.port import Board, Member, Status, Team
from worker.account.proposals import Usage, Use, escalates, propose_people, propose_statuses, proposed
from worker.account.time_zones import _offset, iana

ESCALATED = (
    "Escalated", "Escalate to Tier 2", "Escalation", "ESCALATE L2", "Tier 2", "Tier II", "Level 3", "2nd Line", "Third line",
    "Needs Engineer", "Need senior", "To Engineers", "Pass to senior", "L2 queue", "Tier3 Required",
)  # fmt: skip
TAKEN = (
    "Assigned to Engineer", "Engineer Assigned", "Accepted", "Tier 2 - In Progress", "Claimed by senior", "L2 Working",
    "Escalation accepted", "Picked up", "Tier 3 assigned",
)  # fmt: skip
PLAIN = (
    "In Progress", "Waiting on Customer", "On Hold", "Scheduled", "Waiting on Vendor", "Customer Replied", "Work complete",
    "De-escalated", "Escalation resolved", "Parts ordered",
)  # fmt: skip
UNSEEN_ESCALATED = ("Escalated to Level 2", "Second Level", "T2", "Waiting for engineer", "Escalate", "3rd level support")
UNSEEN_TAKEN = ("Assigned", "Owned by engineer", "Level 2 in progress", "Engineer working")
UNSEEN_PLAIN = ("Pending client", "Ready to close", "Triage", "Remote session booked", "Escalation closed")
ORNAMENTS = ("{}", "{}*", ">{}", "{} (internal)", "2. {}", "- {} -")


def _status(n: int, name: str, **more: bool) -> Status:
    return Status(id=n, name=name, closed=more.get("closed", False), inactive=False, default=more.get("default", False))


@pytest.mark.parametrize("ornament", ORNAMENTS)
@pytest.mark.parametrize(
    ("names", "yes"), [(ESCALATED, True), (TAKEN, False), (PLAIN, False), (UNSEEN_ESCALATED, True), (UNSEEN_TAKEN, False),
                       (UNSEEN_PLAIN, False)],
    ids=["escalated", "taken", "plain", "unseen escalated", "unseen taken", "unseen plain"],
)  # fmt: skip
def test_an_escalation_status_is_known_by_its_name(names: tuple[str, ...], yes: bool, ornament: str) -> None:
    wrong = [name for name in names if escalates(ornament.format(name)) is not yes]
    assert not wrong


def _board(number: int, *names: str) -> Board:
    between = [_status(n, name) for n, name in enumerate(names, 1)]
    statuses = (_status(0, "New", default=True), *between, _status(90, "Closed", closed=True))
    return Board(number, f"Board {number}", statuses)


def test_boards_and_statuses_are_proposed_over_many_shops() -> None:
    chance = random.Random(7)
    for _ in range(200):
        up, taken = chance.choice(ESCALATED), chance.choice(TAKEN)
        plain = chance.sample(PLAIN, 4)
        board, other = _board(1, *plain[:2], up, taken), _board(2, *plain)
        found = propose_statuses([board, other], Usage())
        assert proposed(found.escalate) == [up]
        assert proposed(found.boards) == ["Board 1"]
        assert taken in proposed(found.claim)


def test_of_two_names_the_one_that_is_used_is_proposed_and_the_other_offered() -> None:
    board = _board(1, "In Progress", "Escalate to Tier 2", "Escalated", "Working on it")
    use = Use(into=40, handed_over=38, by=Counter(jo=40), taken_by=Counter(sam=38), next=Counter({"Working on it": 30}))
    found = propose_statuses([board], Usage({("Board 1", "Escalated"): use}, read=100))
    assert proposed(found.escalate) == ["Escalated"]
    assert "Escalate to Tier 2" in [choice.name for choice in found.escalate]
    assert proposed(found.claim) == ["Working on it"]
    assert found.escalate[0].because == "set 40 times in 100 tickets, 38 of them taken over by somebody else"


def test_a_status_called_nothing_like_it_is_offered_where_others_take_over_from_it() -> None:
    board = _board(1, "In Progress", "Blue bucket")
    use = Use(into=20, handed_over=19, by=Counter(jo=20), taken_by=Counter(sam=19))
    found = propose_statuses([board], Usage({("Board 1", "Blue bucket"): use}, read=80))
    assert [(c.name, c.proposed) for c in found.escalate] == [("Blue bucket", False)]


def _member(number: int, title: str = "Technician", role: str = "Service Desk", **more: object) -> Member:
    return Member(number, f"m{number}", f"Member {number}", None, True, title=title, security_role=role, **more)  # type: ignore[arg-type]


SENIOR = ("Senior Engineer", "Sr Technician", "Systems Engineer", "Level 2 Technician", "Tier 3 Support", "Network Architect")
JUNIOR = ("Junior Engineer", "Service Desk Technician", "Level 1 Support", "Dispatcher", "Sales", "Trainee", "Account Manager")


@pytest.mark.parametrize(("title", "senior"), [*zip(SENIOR, itertools.repeat(True)), *zip(JUNIOR, itertools.repeat(False))])
def test_engineers_are_known_by_their_title(title: str, senior: bool) -> None:
    found = propose_people([_member(1, title)], [], Usage(), ["Escalated"])
    assert bool(proposed(found.engineers)) is senior


def test_engineers_are_known_by_team_and_by_what_they_did_and_programs_and_leavers_never() -> None:
    members = [
        _member(1), _member(2), _member(3), _member(4, "Senior Engineer", is_api=True),
        Member(5, "m5", "Left", None, False, title="Senior Engineer"), _member(6, "Managing Director", "Admin"),
    ]  # fmt: skip
    use = Use(into=30, by=Counter(m1=28, m3=2), taken_by=Counter(m3=25, m1=1))
    usage = Usage({("Help Desk", "Escalated"): use}, read=90)
    found = propose_people(members, [Team("Tier 2", 1, (2,))], usage, ["Escalated"])
    assert proposed(found.engineers) == ["m3", "m2"]
    assert (proposed(found.admins), found.owner) == (["m6"], "m6")


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("US Pacific", "America/Los_Angeles"), ("US Eastern", "America/New_York"), ("US Central", "America/Chicago"),
        ("GMT-5/Eastern Time: US & Canada", "America/New_York"), ("GMT-6/Central Time: US & Canada", "America/Chicago"),
        ("GMT-7/Mountain Time: US & Canada", "America/Denver"), ("GMT-7/Arizona", "America/Phoenix"),
        ("GMT/UTC", "UTC"), ("UTC", "UTC"), ("GMT", "UTC"),
        ("GMT/Greenwich Mean Time: Dublin, Edinburgh, Lisbon, London", "Europe/London"),
        ("GMT+10/Canberra, Melbourne, Sydney", "Australia/Sydney"), ("GMT+8/Perth", "Australia/Perth"),
        ("AUS Eastern", "Australia/Sydney"),
        ("GMT+12/Auckland, Wellington", "Pacific/Auckland"), ("GMT+2/Harare, Pretoria", "Africa/Johannesburg"),
        ("GMT+1/Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"), ("Europe/Paris", "Europe/Paris"),
        ("GMT-9/Alaska", "America/Anchorage"),
        ("GMT-4/Atlantic Time: Canada", "America/Halifax"), ("GMT-10/Hawaii", "Pacific/Honolulu"),
        ("(GMT+08:00) Singapore", "Asia/Singapore"), ("GMT-8", None), ("", None), (None, None), ("Head office", None),
        ("GMT+5:30/Chennai, Kolkata, Mumbai, New Delhi", "Asia/Kolkata"),
    ],
)  # fmt: skip
def test_a_time_zone_is_read_by_its_places_and_never_by_an_offset_alone(name: str | None, zone: str | None) -> None:
    assert iana(name) == zone


WINDOWS = {
    "US Mountain Standard Time": "America/Phoenix",
    "Mountain Standard Time (Mexico)": "America/Mazatlan",
    "Central Standard Time": "America/Chicago",
    "Central America Standard Time": "America/Guatemala",
    "Canada Central Standard Time": "America/Regina",
    "Eastern Standard Time": "America/New_York",
    "Eastern Standard Time (Mexico)": "America/Cancun",
    "SA Pacific Standard Time": "America/Bogota",
    "Pacific SA Standard Time": "America/Santiago",
    "SA Eastern Standard Time": "America/Cayenne",
    "GMT Standard Time": "Europe/London",
    "W. Europe Standard Time": "Europe/Berlin",
    "Romance Standard Time": "Europe/Paris",
    "GTB Standard Time": "Europe/Bucharest",
    "AUS Central Standard Time": "Australia/Darwin",
    "E. Australia Standard Time": "Australia/Brisbane",
    "Tokyo Standard Time": "Asia/Tokyo",
    "AUS Eastern Daylight Time": "Australia/Sydney",
    "Central Pacific Standard Time": "Pacific/Guadalcanal",
    "Pacific Standard Time": "America/Los_Angeles",
}


@pytest.mark.parametrize("name", WINDOWS)
def test_windows_own_names_are_read_as_windows_means_them(name: str) -> None:
    assert iana(name) == WINDOWS[name]


def test_a_name_whose_places_stand_elsewhere_than_its_offset_says_is_not_guessed() -> None:
    """Each city of each area, with its own offset and with three that are not its own."""
    cities = re.compile(r"(?:America|Asia|Europe|Africa)/[A-Z][a-z]+")
    for zone in sorted(filter(cities.fullmatch, zoneinfo.available_timezones())):
        city, own = zone.partition("/")[2], _offset(zone)
        for minutes in (own, own + 60, own - 120, own + 300):
            sign, rest = "-" if minutes < 0 else "+", abs(minutes)
            found = iana(f"(UTC{sign}{rest // 60:02}:{rest % 60:02}) {city}")
            assert found is None or _offset(found) == minutes, (zone, minutes, found)
    for words in ("GMT+2/Eastern Europe", "GMT+3/Eastern Africa", "Eastern Europe", "GMT+11/Central Pacific"):
        assert iana(words) not in ("America/New_York", "America/Los_Angeles")
