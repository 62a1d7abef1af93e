"""The written MSPs load whole, and hold what a reader of tickets must be able to deal with."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from psa.simulator import scenarios
from psa.simulator.answers import Record
from psa.simulator.loading import load
from psa.simulator.msp.flagship import flagship
from psa.simulator.server import COMPANIES
from psa.simulator.world import WORDINGS, World

NOW = datetime(2026, 11, 20, 16, 40, tzinfo=UTC)
DOMAINS = {
    "email", "identity", "network", "dns_dhcp", "printing", "endpoint", "virtualization", "storage_backup",
    "database_app", "security", "telephony", "remote_desktop", "file_services", "server_os", "cloud",
}  # fmt: skip


def world_of(name: str, wording: int = 0) -> World:
    world = World()
    load(world, COMPANIES[name](NOW), NOW, wording=wording)
    return world


@pytest.fixture(scope="module")
def northgate() -> World:
    return world_of("northgate")


def texts(world: World, ticket_id: int) -> str:
    rows = [*world.children("notes", ticket_id), *world.children("time", ticket_id)]
    return "\n".join(str(row.get("text") or row.get("notes") or "") for row in rows)


@pytest.mark.parametrize("name", list(COMPANIES))
def test_everything_written_finds_its_place(name: str) -> None:
    world, plain = world_of(name), COMPANIES[name](NOW)
    assert len(world.tables["tickets"]) == len(plain["tickets"])
    for written in plain["tickets"]:
        ticket = world.tables["tickets"][written["id"]]
        assert ("contact" in ticket) == bool(written["contact"]), written["key"]
        assert ("site" in ticket) == bool(written["site"]), written["key"]
        assert len(world.attached[ticket["id"]]) == len(written["configurations"]), written["key"]
        kinds = Counter(
            key
            for entry in written["entries"]
            for key in ("note", "time", "task", "document")
            if key in entry
        )
        described = int(bool(written["description"]))
        assert len(world.children("notes", ticket["id"])) == kinds["note"] + described, written["key"]
        assert len(world.children("time", ticket["id"])) == kinds["time"], written["key"]


def test_nothing_happens_later_than_now_or_before_the_ticket(northgate: World) -> None:
    now = NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
    for ticket in northgate.tables["tickets"].values():
        begun = ticket["_info"]["dateEntered"]
        assert begun <= ticket["_info"]["lastUpdated"] <= now, ticket["id"]
        for note in northgate.children("notes", ticket["id"]):
            assert begun <= note["dateCreated"] <= now, (ticket["id"], note["text"])


def test_what_was_typed_before_the_clocks_changed_has_the_time_of_then() -> None:
    now = datetime(2026, 10, 26, 10, 0, tzinfo=UTC)  # summer time ended in Bristol the day before
    typed = "\n".join(entry["note"] for entry in flagship(now)["entries"] if "note" in entry)
    assert "07:48:07" in typed, "the first drop, 2 days 3 h 12 min ago, was at 06:48 UTC and 07:48 in Bristol"
    assert "time=09:29:41" in typed, "the last one"


def test_numbers_rise_with_time(northgate: World) -> None:
    by_number = [northgate.tables["tickets"][n] for n in sorted(northgate.tables["tickets"])]
    entered = [ticket["_info"]["dateEntered"] for ticket in by_number]
    assert entered == sorted(entered)


def test_the_msp_is_complete(northgate: World) -> None:
    plain = scenarios.northgate(NOW)
    assert len(plain["tickets"]) >= 40
    assert {ticket["domain"] for ticket in plain["tickets"]} >= DOMAINS
    assert len(northgate.tables["companies"]) >= 8
    members = northgate.tables["members"].values()
    assert any(member["inactiveFlag"] for member in members)
    assert any("officeEmail" not in member and member["licenseClass"] == "F" for member in members)
    assert northgate.member("resolutionflow")["licenseClass"] == "A"
    assert any(
        "password" in row.get("notes", "").lower() for row in northgate.tables["configurations"].values()
    )


def test_tickets_of_every_difficulty_are_there(northgate: World) -> None:
    tickets = northgate.tables["tickets"]
    counts = {
        number: len(northgate.children("notes", number)) + len(northgate.children("time", number))
        for number in tickets
    }
    assert max(counts.values()) >= 60
    assert min(counts.values()) == 0
    assert any("mergedParentTicket" in ticket and ticket["closedFlag"] for ticket in tickets.values())
    every = "\n".join(texts(northgate, number) for number in tickets)
    for pattern in (
        r"ignore (all )?(previous|the above)",
        r"<script|<img",
        r"\]\(http",
        r"BitLocker",
        r"(?i)bonjour",
        r"(?i)guten tag",
    ):
        assert re.search(pattern, every, re.IGNORECASE), pattern


def test_the_flagship_tells_a_whole_story(northgate: World) -> None:
    number = scenarios.FLAGSHIP_TICKET
    ticket: Record = northgate.tables["tickets"][number]
    assert ticket["owner"]["identifier"] == scenarios.JUNIOR
    assert ticket["status"]["name"] not in (scenarios.ESCALATED, scenarios.CLAIMED)
    assert 8 <= len(northgate.children("notes", number)) + len(northgate.children("time", number)) <= 13
    said = texts(northgate, number)
    for wanted in ("no SA proposal chosen", "password", "engineer would call by", "antivirus", "no change"):
        assert wanted in said
    assert len(northgate.attached[number]) == 2
    others = [row for row in northgate.tables["tickets"].values() if row["company"] == ticket["company"]]
    assert len(others) >= 4


def test_the_three_wordings_of_the_audit_trail_have_nothing_in_common() -> None:
    lines: list[str] = []
    for wording in range(len(WORDINGS)):
        rows: list[dict[str, Any]] = world_of("northgate", wording).trail["Ticket", scenarios.FLAGSHIP_TICKET]
        lines += [str(row["text"]) for row in rows if row["auditSubType"] == "Status"][:1]
    assert len(set(lines)) == 3
    assert all("In Progress" in line for line in lines)
