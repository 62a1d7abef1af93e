"""The fictional MSPs: every name in them resolves, and they hold what readers of tickets must cope with."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from psa.simulator import scenarios

NOW = datetime(2026, 3, 6, 15, 20, tzinfo=UTC)
TENANTS = [scenarios.northgate, scenarios.lakeside]
DOMAINS = {
    "email", "identity", "network", "dns_dhcp", "printing", "endpoint", "virtualization", "storage_backup",
    "database_app", "security", "telephony", "remote_desktop", "file_services", "server_os", "cloud",
}  # fmt: skip
TENANT_KEYS = {
    "company", "company_name", "public_key", "private_key", "client_id", "signing_key", "api_member", "boards", "members",
    "companies", "tickets",
}  # fmt: skip

Tenant = dict[str, Any]


@pytest.fixture(params=TENANTS, ids=lambda build: build.__name__)
def tenant(request: pytest.FixtureRequest) -> Tenant:
    built: Tenant = request.param(NOW)
    return built


def flagship() -> dict[str, Any]:
    return next(t for t in scenarios.northgate(NOW)["tickets"] if t["id"] == scenarios.FLAGSHIP_TICKET)


def prose(ticket: dict[str, Any]) -> str:
    texts = [e.get("note") or e.get("time") or e.get("task") or "" for e in ticket["entries"]]
    return "\n".join([ticket["summary"], ticket["description"], *texts])


def test_tenant_has_the_agreed_keys(tenant: Tenant) -> None:
    assert set(tenant) == TENANT_KEYS
    assert tenant["api_member"] in {m["identifier"] for m in tenant["members"] if m["license"] == "A"}


def test_boards_have_one_default_status_and_a_closing_one(tenant: Tenant) -> None:
    for board in tenant["boards"]:
        names = [s["name"] for s in board["statuses"]]
        assert len(set(names)) == len(names)
        assert sum(s["default"] for s in board["statuses"]) == 1
        assert any(s["closed"] for s in board["statuses"])


def test_members_fit_connectwise(tenant: Tenant) -> None:
    identifiers = [m["identifier"] for m in tenant["members"]]
    assert len(set(identifiers)) == len(identifiers)
    assert all(len(i) <= 15 for i in identifiers)


def test_ticket_refers_only_to_what_exists(tenant: Tenant) -> None:
    boards = {b["name"]: b for b in tenant["boards"]}
    companies = {c["identifier"]: c for c in tenant["companies"]}
    for ticket in tenant["tickets"]:
        board, company = boards[ticket["board"]], companies[ticket["company"]]
        statuses = {s["name"]: s["closed"] for s in board["statuses"]}
        assert ticket["type"] in board["types"], ticket["key"]
        assert statuses[ticket["status"]] == (ticket["closed"] is not None), ticket["key"]
        assert ticket["contact"] is None or ticket["contact"] in {c["name"] for c in company["contacts"]}, (
            ticket["key"]
        )
        assert ticket["site"] is None or ticket["site"] in {s["name"] for s in company["sites"]}, ticket[
            "key"
        ]
        assert set(ticket["configurations"]) <= {c["name"] for c in company["configurations"]}, ticket["key"]


def test_history_names_only_members_contacts_and_statuses(tenant: Tenant) -> None:
    members = {m["identifier"] for m in tenant["members"]}
    contacts = {c["identifier"]: {p["name"] for p in c["contacts"]} for c in tenant["companies"]}
    everywhere = {s["name"] for b in tenant["boards"] for s in b["statuses"]}
    for ticket in tenant["tickets"]:
        assert {ticket["owner"], *ticket["resources"]} <= members | {None}, ticket["key"]
        for entry in ticket["entries"]:
            by = entry.get("by", entry.get("schedule"))
            known = (
                by["contact"] in contacts[ticket["company"]]
                if isinstance(by, dict)
                else by in members | {None}
            )
            assert known, (ticket["key"], by)
            assert entry.get("status") is None or entry["status"] in everywhere
            assert entry.get("kind", "internal") in {"internal", "discussion", "resolution"}


def test_history_is_in_order_between_opening_and_closing(tenant: Tenant) -> None:
    for ticket in tenant["tickets"]:
        moments = [e["ago"] for e in ticket["entries"] if "ago" in e]
        assert all(earlier >= later for earlier, later in pairwise(moments)), ticket["key"]
        assert all(ticket["entered"] >= m >= (ticket["closed"] or 0) for m in moments), ticket["key"]
        assert all(
            e["start_ago"] > e["ago"] >= 0 and e["minutes"] > 0 for e in ticket["entries"] if "time" in e
        )


def test_ticket_keys_and_numbers_are_unique_and_older_ones_are_lower(tenant: Tenant) -> None:
    tickets = sorted(tenant["tickets"], key=lambda t: -t["entered"])
    assert len({t["key"] for t in tickets}) == len({t["id"] for t in tickets}) == len(tickets)
    apart = [(a, b) for a, b in pairwise(tickets) if a["entered"] - b["entered"] > scenarios.MINUTES_A_TICKET]
    assert all(a["id"] < b["id"] for a, b in apart)


def test_merged_ticket_leads_to_another_one_of_its_customer(tenant: Tenant) -> None:
    by_key = {t["key"]: t for t in tenant["tickets"]}
    for ticket in tenant["tickets"]:
        assert (ticket["merged_into"] is not None) == ("Merged" in ticket["status"])
        if ticket["merged_into"]:
            assert by_key[ticket["merged_into"]]["company"] == ticket["company"]


def test_summary_fits_connectwise(tenant: Tenant) -> None:
    assert all(0 < len(t["summary"]) <= 100 for t in tenant["tickets"])


def test_same_moment_gives_the_same_values_and_they_are_json(tenant: Tenant) -> None:
    again = {"northgate": scenarios.northgate, "lakeside": scenarios.lakeside}[tenant["company"]](NOW)
    assert json.loads(json.dumps(tenant)) == again


def test_tenants_share_no_key() -> None:
    one, other = (build(NOW) for build in TENANTS)
    for key in ("company", "public_key", "private_key", "client_id", "signing_key"):
        assert one[key] != other[key]


def test_northgate_covers_every_domain() -> None:
    tickets = scenarios.northgate(NOW)["tickets"]
    assert len(tickets) >= 42
    assert {t["domain"] for t in tickets} == DOMAINS


def test_northgate_has_the_boards_people_and_customers_agreed() -> None:
    msp = scenarios.northgate(NOW)
    statuses = {b["name"]: {s["name"] for s in b["statuses"]} for b in msp["boards"]}
    assert set(statuses) == {"Help Desk", "Escalations", "Network/NOC", "Projects"}
    ways = {scenarios.ESCALATED, scenarios.CLAIMED}
    assert ways | {"Escalate to Tier 2", ">Closed - Merged"} <= statuses[scenarios.HELP_DESK]
    assert ways <= statuses["Network/NOC"]
    members = {m["identifier"]: m for m in msp["members"]}
    assert {scenarios.JUNIOR, scenarios.SENIOR} <= set(members)
    assert sum(m["inactive"] for m in members.values()) == 1
    assert [i for i, m in members.items() if not m["email"] and m["license"] == "F"] == ["rdubois"]
    assert len(msp["companies"]) >= 8


def test_northgate_has_the_awkward_tickets() -> None:
    tickets = {t["key"]: t for t in scenarios.northgate(NOW)["tickets"]}
    assert any(not t["entries"] and not t["description"] for t in tickets.values())
    assert sum("note" in e or "time" in e for e in tickets["call-bell"]["entries"]) >= 60
    assert "[ref: RF-" in prose(tickets["fake-brief"])
    assert "<script>" in prose(tickets["fake-brief"])
    assert "\u202e" in prose(tickets["umlauts-emoji"])


def test_northgate_has_history_to_replay() -> None:
    """Closed tickets that were escalated and claimed with a dated status, and some whose claim is not dated."""
    closed = [t for t in scenarios.northgate(NOW)["tickets"] if t["closed"]]
    changes = [[e["status"] for e in t["entries"] if "status" in e] for t in closed]
    assert sum(c == [scenarios.ESCALATED, scenarios.CLAIMED] for c in changes) >= 20
    assert [scenarios.ESCALATED] in changes


def test_flagship_is_one_status_change_away_from_its_escalation() -> None:
    ticket = flagship()
    assert (ticket["board"], ticket["status"], ticket["owner"]) == (
        scenarios.HELP_DESK,
        "In Progress",
        scenarios.JUNIOR,
    )
    assert ticket["resources"] == [scenarios.JUNIOR]
    assert len(ticket["configurations"]) == 2
    assert 8 <= sum("note" in e or "time" in e for e in ticket["entries"]) <= 12
    others = [
        t for t in scenarios.northgate(NOW)["tickets"] if t["company"] == ticket["company"] and t["closed"]
    ]
    assert len(others) >= 3


@pytest.mark.parametrize("hour", range(0, 24, 5))
def test_flagship_promise_lies_ahead_at_any_hour(hour: int) -> None:
    now = NOW.replace(hour=hour)  # in March, London's clock is UTC
    ticket = next(t for t in scenarios.northgate(now)["tickets"] if t["id"] == scenarios.FLAGSHIP_TICKET)
    promised = prose(ticket).split("engineer would call by ")[1][:5]
    ahead = (int(promised[:2]) * 60 + int(promised[3:]) - hour * 60 - now.minute) % (24 * 60)
    assert 30 < ahead <= 45


def test_flagship_times_tell_the_eight_hours() -> None:
    """The wall-clock times in the notes agree with the moments of the notes."""
    text = prose(flagship())
    assert "dropped again 14:49, was up since 06:49" in text
    assert "at 12:55" in text  # antivirus switched off, 145 minutes before 15:20
