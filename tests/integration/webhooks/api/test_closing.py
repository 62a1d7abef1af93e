"""Resolution notes and runbooks through the API: who may what, what is kept of it, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from escalation.evidence import Evidence, Note, Person, Ticket
from models.account import accounts
from models.database.sessions import Database
from models.handoff import endings, handoffs
from models.handoff import resolution_notes as notes
from models.tables import Handoff
from tests.integration.webhooks.office import JONAS, MARIA, TOM, Office, open_office

TEXT = "**What fixed it:**\n\n- set both lifetimes to 28800 [n1]"
BOOK: dict[str, Any] = {
    "title": "VPN drops every 8 hours", "applies": "the tunnel drops on the hour", "steps": [
        {"do": "compare the phase 2 lifetimes on both ends", "check": "they are equal"}, {"do": "set both to 28800"},
    ], "did_not_work": ["rebooting the firewall"], "rollback": ["set them back to what they were"],
}  # fmt: skip


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[Office]:
    office = open_office(database, tmp_path)
    now = datetime.now(UTC)
    ticket = Ticket(48213, "VPN drops", 1, "Help Desk", 9, "Escalated", entered_at=now - timedelta(hours=1))
    maria = Person("Maria Svensson", "engineer", "msvensson")
    fix = "The cause was a lifetime that differed. Set both lifetimes to 28800, it is stable since."
    evidence = Evidence(ticket, now, (Note(1, fix, maria, now, "internal"),))
    with database.account(office.account_id) as session:
        handoffs.add_snapshot(session, office.account_id, office.handoff_id, evidence, kind="refresh")
    yield office
    office.app.extensions["resolutionflow"].dispose()


def path(office: Office, rest: str = "") -> str:
    return f"/handoffs/{office.handoff_id}/resolution-note{rest}"


def test_a_draft_names_its_records_and_a_junior_may_have_it_posted_once(office: Office) -> None:
    draft = office.api("GET", path(office), JONAS).json
    assert draft["state"] == "draft"
    assert "Set both lifetimes to 28800" in draft["drafts"]["internal"]
    assert "Maria" not in draft["drafts"]["resolution"]
    assert draft["note"]["fix"][0]["source"] == "n1"
    assert draft["note"]["missing"] == ["what was tried", "the time it took"]
    told = {"form": "internal", "text": f"{TEXT}\npassword: Winter2026!x [ref: RF-ABCD1234]"}
    answer = office.api("POST", path(office), JONAS, json=told)
    assert (answer.status_code, answer.json["state"], answer.json["asked_by"]["login"]) == (202, "waiting", "jlind")
    assert "Winter2026" not in answer.json["text"], "secrets are taken out"
    assert "RF-ABCD1234" not in answer.json["text"], "nothing may read as a mark of ours"
    again = office.api("POST", path(office), TOM, json={"form": "resolution", "text": "something else altogether"})
    assert (again.status_code, again.json["text"], again.json["form"]) == (202, answer.json["text"], "internal")
    assert office.api("GET", path(office), MARIA).json == again.json
    assert again.headers["Location"].endswith("/resolution-note")


def nothing_stored(office: Office) -> bool:
    with office.database.account(office.account_id, reading=True) as session:
        return notes.of_handoff(session, office.account_id, office.handoff_id) is None


@pytest.mark.parametrize("body", [
    {}, {"form": "internal"}, {"form": "discussion", "text": TEXT}, {"form": "internal", "text": "short" + " \u200b" * 20},
    {"form": "internal", "text": "x" * 8001}, {"form": "internal", "text": "a\0" * 20},
])  # fmt: skip
def test_what_does_not_fit_is_422_and_stores_nothing(office: Office, body: dict[str, str]) -> None:
    assert office.api("POST", path(office), json=body).status_code == 422
    assert nothing_stored(office)


def test_in_dry_run_nothing_is_asked_for(office: Office) -> None:
    with office.database.account(office.account_id) as session:
        session.get(Handoff, office.handoff_id).dry_run = True  # type: ignore[union-attr]
    answer = office.api("POST", path(office), json={"form": "internal", "text": TEXT})
    assert (answer.status_code, answer.content_type) == (409, "application/problem+json")
    assert nothing_stored(office)


def test_reading_again_is_a_refresh_that_is_due(office: Office) -> None:
    assert office.row().refresh_due_at is None
    assert office.api("POST", path(office, "/draft"), JONAS).status_code == 202
    assert office.row().refresh_due_at is not None


def test_another_handoff_does_not_exist(office: Office) -> None:
    for method, rest in (("GET", ""), ("POST", "/draft")):
        assert office.api(method, f"/handoffs/999999/resolution-note{rest}").status_code == 404
    assert office.api("GET", "/handoffs/999999/runbook").status_code == 404
    assert office.api("GET", "/handoffs/999999/vendor-form").status_code == 404


def test_a_runbook_is_saved_in_versions_and_approved_by_a_senior(office: Office) -> None:
    first = office.api("POST", "/runbooks", JONAS, json=BOOK)
    assert (first.status_code, first.json["version"], first.json["approved_version"]) == (200, 1, None)
    assert office.api("POST", "/runbooks", JONAS, json=BOOK).json["version"] == 1, "the same wording is no new version"
    number = first.json["id"]
    second = office.api("POST", "/runbooks", TOM, json={**BOOK, "applies": "the tunnel drops"}).json
    assert (second["id"], second["version"], second["made_by"]) == (number, 2, "tobrien")
    assert office.api("POST", f"/runbooks/{number}/approve", JONAS, json={"version": 1}).status_code == 403
    assert office.api("POST", f"/runbooks/{number}/approve", json={"version": 9}).status_code == 404
    approved = office.api("POST", f"/runbooks/{number}/approve", json={"version": 1}).json
    assert (approved["approved_version"], approved["approved_by"]) == (1, "msvensson")
    (listed,) = office.api("GET", "/runbooks", JONAS).json["runbooks"]
    assert (listed["version"], listed["newest"], listed["offered"], listed["stale"]) == (1, 2, 0, None)
    shown = office.api("GET", f"/runbooks/{number}", JONAS, query_string={"version": 1}).json
    assert shown["runbook"]["steps"][0]["check"] == "they are equal"
    assert "## What did not work\n\n- rebooting the firewall" in shown["markdown"]
    assert "approved by msvensson" in shown["markdown"]
    assert office.api("GET", f"/runbooks/{number}", query_string={"version": 7}).status_code == 404


@pytest.mark.parametrize(
    "change", [{"title": ""}, {"title": "  "}, {"steps": []}, {"steps": [{"check": "x"}]}, {"applies": "a\0b"}]
)
def test_what_is_no_runbook_is_422(office: Office, change: dict[str, Any]) -> None:
    assert office.api("POST", "/runbooks", json={**BOOK, **change}).status_code == 422
    assert office.api("GET", "/runbooks").json == {"runbooks": []}


def test_save_this_as_a_runbook_is_asked_where_it_came_before(office: Office) -> None:
    ask = f"/handoffs/{office.handoff_id}/runbook"
    assert office.api("GET", ask, JONAS).json["wanted"] is False
    with office.database.account(office.account_id) as session:
        endings.store(
            session, office.account_id, office.handoff_id, at=datetime.now(UTC), domain="network", fix="x", reach="l1",
            reach_word="cable", alike=[{"ticket_id": 4001, "closed_at": "2026-02-03T09:00:00+00:00"}],
        )  # fmt: skip
    said = office.api("GET", ask, JONAS).json
    assert said["runbook"]["title"] == "VPN drops", "the ticket's summary"
    assert (said["wanted"], said["came_before"], said["kept_as"]) == (True, [4001], None)
    assert said["runbook"]["tickets"] == [48213, 4001]
    assert office.api("POST", "/runbooks", JONAS, json=said["runbook"]).status_code == 200


def test_the_schema_and_the_vendor_form_are_served(office: Office) -> None:
    assert office.api("GET", "/package-schema").json["schema"]["properties"]["schema_version"] == {"const": 1}
    assert office.api("GET", f"/handoffs/{office.handoff_id}/vendor-form").json == {"id": office.handoff_id, "text": None}


def test_who_is_not_active_any_more_may_nothing(office: Office) -> None:
    with office.database.account(office.account_id) as session:
        next(r for r in accounts.roster_rows(session, office.account_id) if r.id == JONAS).active = False
    assert office.api("POST", path(office), JONAS, json={"form": "internal", "text": TEXT}).status_code == 403
    assert office.api("POST", "/runbooks", JONAS, json=BOOK).status_code == 403
    assert nothing_stored(office)
    assert office.api("GET", "/runbooks").json == {"runbooks": []}
