"""Handing a ticket off through the API: any active member, one wish at a time, and where to look."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from models.account import accounts
from models.account.accounts import StatusRow
from models.account.people import MemberRow
from models.database.sessions import Database
from models.handoff import claims, handoffs
from models.work import ticket_watch, wishes
from models.work.wishes import Wish
from tests.integration.webhooks.office import JONAS, MARIA, MEMBERS, ROBOT, SENIORS, TOM, Office, open_office

TICKET = 48300
PATH = f"/tickets/{TICKET}/handoff"


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[Office]:
    office = open_office(database, tmp_path)
    with database.account(office.account_id) as session:
        rows = [StatusRow(1, 11, "Help Desk", "Escalated", "escalate"), StatusRow(2, 20, "Projects", "Done", "closed")]
        accounts.replace_statuses(session, office.account_id, rows)
    yield office
    office.app.extensions["resolutionflow"].dispose()


def wish_of(session: Session, office: Office) -> Wish:
    found = wishes.of_ticket(session, office.account_id, TICKET)
    assert found is not None
    return found


def seen_on(office: Office, board_id: int) -> None:
    with office.database.account(office.account_id) as session:
        ticket_watch.record(
            session, office.account_id, TICKET, expected_version=0, board_id=board_id, status_id=20, in_escalation=False,
            left_at=None, last_updated=None, episode=0, missing_since=None, absent_since=None,
        )  # fmt: skip


def count(office: Office) -> int:
    with office.database.account(office.account_id, reading=True) as session:
        return session.query(wishes.Wish).filter_by(account_id=office.account_id).count()


def test_a_junior_asks_and_is_told_where_to_look(office: Office) -> None:
    answer = office.api("POST", PATH, JONAS)
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/api/v1{PATH}"
    body = answer.json
    assert (body["state"], body["ticket_id"], body["handoff_id"], body["dry_run"]) == ("waiting", TICKET, None, False)
    assert body["asked_by"] == {"id": JONAS, "login": "jlind", "name": "Jonas Lind"}
    assert office.api("GET", PATH, MARIA).json == body
    again = office.api("POST", PATH, TOM)
    assert (again.status_code, again.json) == (202, body), "one wish, whoever asks second"
    assert count(office) == 1


def test_it_says_what_became_of_it(office: Office) -> None:
    now = datetime.now(UTC)
    assert office.api("POST", PATH, JONAS).status_code == 202

    def state() -> tuple[str, str | None, int | None]:
        body = office.api("GET", PATH, JONAS).json
        return body["state"], body["outcome"], body["handoff_id"]

    with office.database.account(office.account_id) as session:
        wishes.written(session, wish_of(session, office), now=now)
    assert state() == ("written", None, None)
    made = office.escalate(TICKET)
    with office.database.account(office.account_id) as session:
        wishes.fulfil(session, office.account_id, TICKET, handoff_id=made, now=now)
    assert state() == ("escalated", None, made)
    with office.database.account(office.account_id) as session:
        handoffs.withdraw(session, office.account_id, made, now=now, why="dismissed")
    other = office.api("POST", PATH, JONAS)
    assert other.status_code == 202, "once that has ended, it may be handed off again"
    with office.database.account(office.account_id) as session:
        wishes.give_up(session, wish_of(session, office), now=now, reason="ticket 48300 is closed")
    assert state() == ("failed", "ticket 48300 is closed", None)


@pytest.mark.parametrize("claimed", [False, True])
def test_one_that_is_escalated_already_is_named(office: Office, claimed: bool) -> None:
    if claimed:
        with office.database.account(office.account_id) as session:
            assert claims.claim(
                session, office.account_id, office.handoff_id, member_id=MARIA, now=datetime.now(UTC), kind="api"
            )
    answer = office.api("POST", "/tickets/48213/handoff", JONAS)
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    assert answer.json["handoff_id"] == office.handoff_id
    assert count(office) == 0


def test_without_an_escalation_status_it_says_so(office: Office) -> None:
    seen_on(office, 2)
    answer = office.api("POST", PATH, JONAS)
    assert answer.status_code == 409
    assert "Projects" in answer.json["detail"]
    assert "handoff_id" not in answer.json
    with office.database.account(office.account_id) as session:
        accounts.replace_statuses(session, office.account_id, [])
    answer = office.api("POST", "/tickets/5/handoff", JONAS)
    assert (answer.status_code, "no escalation status" in answer.json["detail"]) == (409, True)
    assert count(office) == 0


def test_who_is_no_active_person_of_the_account_asks_and_sees_nothing(office: Office) -> None:
    members = [m if m.id != TOM else MemberRow(m.id, m.identifier, m.name, m.email, active=False) for m in MEMBERS]
    office.people(members, *SENIORS)
    for member in (ROBOT, TOM, 9999):
        for method in ("POST", "GET"):
            assert office.api(method, PATH, member).status_code == 403
    assert office.api("POST", PATH, headers={}).status_code == 401
    assert count(office) == 0


@pytest.mark.parametrize("number", ["0", str(2**63), "9" * 40])
def test_what_is_no_tickets_number_is_not_there(office: Office, number: str) -> None:
    for method in ("POST", "GET"):
        assert office.api(method, f"/tickets/{number}/handoff", JONAS).status_code == 404
    assert office.api("GET", PATH, JONAS).status_code == 404, "nobody asked"


def test_many_at_once_are_one_wish(office: Office) -> None:
    answers: list[int] = []

    def ask() -> None:
        answers.append(office.api("POST", PATH, JONAS).json["id"])

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 6
    assert len(set(answers)) == 1
    assert count(office) == 1


def test_in_dry_run_it_is_allowed_and_says_so(office: Office) -> None:
    office.set(dry_run_to="tobrien", live_boards=["Projects"])
    assert office.api("POST", PATH, JONAS).json["dry_run"] is True
    office.set(live_boards=["Help Desk"])
    seen_on(office, 1)
    assert office.api("GET", PATH, JONAS).json["dry_run"] is False
