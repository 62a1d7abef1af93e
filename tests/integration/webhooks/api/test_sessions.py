"""Sessions through the API: whose they are, each request once, corrections, limits that say what to do, no secret stored."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from escalation.sessions import steps as limits
from escalation.sessions.steps import NewStep
from models.database.sessions import Database
from models.sessions import recorded
from models.tables import AiSession
from tests.databases import until_one_waits
from tests.integration.models.places import recorded_rows
from tests.integration.webhooks.office import JONAS, MARIA, TOM, Office, open_office
from tests.trail import followed

TICKET = 48213


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[Office]:
    office = open_office(database, tmp_path)
    yield office
    office.app.extensions["resolutionflow"].dispose()


@pytest.fixture(autouse=True)
def _followed(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test in which a change goes without a crash point behind it."""
    with followed(office.app.extensions["resolutionflow"].engine, monkeypatch) as trail:
        yield
    assert not trail.gaps, "\n".join(trail.gaps)


def post(office: Office, path: str, body: dict[str, Any], who: int = JONAS, key: str | None = None) -> Any:
    headers = office.token(who) | ({"Idempotency-Key": key} if key else {})
    return office.api("POST", f"/sessions{path}", headers=headers, json=body)


def opened(office: Office, who: int = JONAS, **more: Any) -> int:
    answer = post(office, "", {"ticket": TICKET, "client": "Claude Desktop", **more}, who)
    assert answer.status_code == 201, answer.text
    return int(answer.json["id"])


def step(text: str = "restarted the spooler", **more: Any) -> dict[str, Any]:
    return {"steps": [{"text": text, "outcome": "no_change", **more}]}


def test_what_is_recorded_is_read_as_it_was_said(office: Office) -> None:
    it = opened(office)
    answer = post(office, f"/{it}/steps", step(output="Error 1068\nThe dependency failed", changed="spooler is manual"))
    assert (answer.status_code, answer.json["added"], answer.json["new"]) == (201, [1], True)
    body = office.api("GET", f"/sessions/{it}", TOM).json
    assert (body["ticket_id"], body["client"], body["member"]["login"]) == (TICKET, "Claude Desktop", "jlind")
    (held,) = body["steps"]
    assert (held["text"], held["outcome"], held["state"]) == ("restarted the spooler", "no_change", "done")
    assert (held["output"], held["changed"]) == ("Error 1068\nThe dependency failed", "spooler is manual")
    assert office.api("GET", f"/sessions?ticket={TICKET}").json["sessions"][0]["id"] == it


def test_the_same_request_again_adds_nothing(office: Office) -> None:
    first = post(office, "", {"ticket": TICKET}, key="s1")
    again = post(office, "", {"ticket": TICKET}, key="s1")
    assert (again.json["id"], again.json["new"], first.json["new"]) == (first.json["id"], False, True)
    assert post(office, "", {"ticket": TICKET + 1}, key="s1").status_code == 409
    it = first.json["id"]
    for _ in range(3):
        answer = post(office, f"/{it}/steps", step(), key="k")
        assert (answer.status_code, answer.json["added"], len(answer.json["steps"])) == (201, [1], 1)
    assert post(office, f"/{it}/steps", step("something else"), key="k").status_code == 409
    changed = [post(office, f"/{it}/steps/1/corrections", {"outcome": "worked"}, key="c").json for _ in range(2)]
    assert [one["added"] for one in changed] == [[2], [2]]
    assert post(office, "", {"ticket": TICKET}, MARIA, key="s1").json["id"] != it, "a key is its member's"
    for minutes, read_again in ((0.5, False), (2, True)):
        with office.database.account(office.account_id) as session:
            at = office.database.now() - timedelta(minutes=minutes)
            values = {"read_at": at, "next_attempt_at": None, "ticket": {"schema_version": 1}}
            session.execute(update(AiSession).where(AiSession.account_id == office.account_id, AiSession.id == it).values(values))
        opened_again = post(office, "", {"ticket": TICKET}, key="s1").json
        assert (opened_again["ticket_read_at"] is None, opened_again["ticket"]) == (read_again, {"schema_version": 1}), minutes


def test_the_same_request_twice_at_once_adds_once(office: Office) -> None:
    it = opened(office)
    answers: list[Any] = []
    other = threading.Thread(target=lambda: answers.append(post(office, f"/{it}/steps", step(), key="k")))
    with office.database.account(office.account_id) as session:
        recorded.add(
            session, office.account_id, it, [NewStep("restarted the spooler", outcome="no_change")], member_id=JONAS,
            member="jlind", key="k", now=datetime.now(UTC),
        )  # fmt: skip
        other.start()
        until_one_waits(office.database)
    other.join(10)
    (answer,) = answers
    assert (answer.status_code, answer.json.get("added"), answer.json.get("new")) == (201, [1], False)


OTHERWISE = {"text": "looked", "kind": "finding", "state": "pending", "outcome": "worked", "output": "Error 5", "changed": "all"}


@pytest.mark.parametrize("name", OTHERWISE)
def test_a_key_that_was_used_is_no_pass_for_steps_that_differ_in_anything(office: Office, name: str) -> None:
    it = opened(office)
    one = {"text": "restarted the spooler", "outcome": "unknown"}
    assert post(office, f"/{it}/steps", {"steps": [one]}, key="k").status_code == 201
    assert post(office, f"/{it}/steps", {"steps": [{**one, name: OTHERWISE[name]}]}, key="k").status_code == 409
    assert post(office, f"/{it}/steps/1/corrections", {"changed": "nothing"}, key="c").status_code == 201
    assert post(office, f"/{it}/steps/1/corrections", {name: OTHERWISE[name]}, key="c").status_code == 409
    assert post(office, f"/{it}/steps/1/corrections", {name: OTHERWISE[name]}, key="d").status_code == 201
    again = post(office, f"/{it}/steps/1/corrections", {"changed": "nothing"}, key="c")
    assert (again.status_code, again.json["added"]) == (201, [2]), "what stands since makes no other request of it"


def test_a_correction_keeps_what_it_does_not_name(office: Office) -> None:
    it = opened(office)
    post(office, f"/{it}/steps", {"steps": [{"text": "ping the gateway", "state": "pending"}]})
    answer = post(office, f"/{it}/steps/1/corrections", {"state": "done", "outcome": "failed", "output": "timed out"})
    (held,) = answer.json["steps"]
    assert (held["text"], held["state"], held["outcome"], held["corrected"]) == ("ping the gateway", "done", "failed", 1)
    with office.database.account(office.account_id, reading=True) as session:
        assert [row.state for row in recorded_rows(session, office.account_id, it)] == ["pending", "done"]
    for change, stands, rows in (
        ({"outcome": "failed"}, ("done", "failed"), 2), ({"outcome": "worked"}, ("done", "worked"), 3),
        ({"outcome": "failed"}, ("done", "failed"), 4), ({"state": "pending"}, ("pending", "unknown"), 5),
        ({"outcome": "worked"}, ("done", "worked"), 6),
    ):  # fmt: skip
        answer = post(office, f"/{it}/steps/1/corrections", change)
        (held,) = answer.json["steps"]
        assert (held["state"], held["outcome"], held["corrected"] + 1) == (*stands, rows), change
        assert answer.json["new"] is (rows > 2), "what stands so already adds nothing"
    assert post(office, f"/{it}/steps/1/corrections", {"state": "pending", "outcome": "worked"}).status_code == 422


def test_only_its_member_records_and_a_senior_may_say_what_came_of_it(office: Office) -> None:
    it = opened(office)
    post(office, f"/{it}/steps", {"steps": [{"text": "ping the gateway", "state": "pending"}]})
    answer = post(office, f"/{it}/steps", step(), MARIA)
    assert answer.status_code == 403
    assert answer.json["detail"] == f"session {it} is jlind's: open one of your own on ticket {TICKET}"
    taken = post(office, f"/{it}/steps/1/corrections", {"state": "done", "outcome": "worked"}, MARIA)
    assert (taken.status_code, taken.json["steps"][0]["recorded_by"]) == (201, "msvensson")
    theirs = opened(office, MARIA)
    post(office, f"/{theirs}/steps", step(), MARIA)
    assert post(office, f"/{theirs}/steps/1/corrections", {"outcome": "worked"}, JONAS).status_code == 403


def test_no_secret_is_stored(office: Office) -> None:
    it = opened(office)
    secret = "Winter2024!x"
    post(office, f"/{it}/steps", step(f"set the password to {secret}", output=f"password: {secret}"))
    with office.database.account(office.account_id, reading=True) as session:
        (row,) = recorded_rows(session, office.account_id, it)
    assert secret not in f"{row.text} {row.output} {row.changed}"
    assert "[redacted: password]" in row.text


def test_limits_say_what_they_are(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    it = opened(office)
    assert post(office, f"/{it}/steps", step("x" * (limits.LONGEST_TEXT + 1))).status_code == 422
    assert post(office, f"/{it}/steps", step(output="x" * (limits.LONGEST_OUTPUT + 1))).status_code == 422
    for nothing in (" ", "\u200b", "\u202e \u00ad"):
        assert post(office, f"/{it}/steps", {"steps": [{"text": nothing}]}).status_code == 422, ascii(nothing)
        assert post(office, f"/{it}/steps/1/corrections", {"text": nothing}).status_code == 422, ascii(nothing)
    assert post(office, f"/{it}/steps", {"steps": [{"text": "a", "state": "pending", "outcome": "worked"}]}).status_code == 422
    assert post(office, f"/{it}/steps/1/corrections", {}).status_code == 422
    assert post(office, f"/{it}/steps/1/corrections", {"outcome": "worked"}).status_code == 404
    many = {"steps": [{"text": f"step {number}"} for number in range(50)]}
    assert [post(office, f"/{it}/steps", many).status_code for _ in range(3)] == [201, 201, 429]
    assert "of at most 120: wait a minute" in post(office, f"/{it}/steps", many).json["detail"]
    monkeypatch.setattr(limits, "MOST_A_MINUTE", 10_000)
    monkeypatch.setattr(limits, "MOST_STEPS", 120)
    full = post(office, f"/{it}/steps", many)
    assert (full.status_code, full.json["detail"]) == (
        409, f"session {it} has 100 rows of at most 120: open another one on the ticket",
    )  # fmt: skip
    monkeypatch.setattr(limits, "MOST_STEPS", 1000)
    monkeypatch.setattr(limits, "MOST_BYTES", 1000)
    assert "of at most 1000 bytes" in post(office, f"/{it}/steps", many).json["detail"]
    monkeypatch.setattr(limits, "MOST_SESSIONS", 1)
    assert "has 1 sessions, the most there may be" in post(office, "", {"ticket": TICKET}).json["detail"]


def test_of_a_long_session_the_newest_are_told_and_all_where_they_are_asked_for(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_A_MINUTE", 10_000)
    it = opened(office)
    post(office, f"/{it}/steps", {"steps": [{"text": "ping the gateway", "state": "pending"}]})
    for _ in range(2):
        last = post(office, f"/{it}/steps", {"steps": [{"text": f"step {number}"} for number in range(50)]})
    (listed,) = office.api("GET", f"/sessions?ticket={TICKET}").json["sessions"]
    for told in (last.json, listed):
        assert [one["number"] for one in told["steps"]] == [1, *range(52, 102)]
        assert (told["pending"], told["older"]) == (1, 50)
    assert len(last.json["added"]) == 50
    whole = office.api("GET", f"/sessions/{it}").json
    assert (len(whole["steps"]), whole["older"], whole["pending"]) == (101, 0, 1)
    few = office.api("GET", f"/sessions/{it}?newest=2").json
    assert ([one["number"] for one in few["steps"]], few["older"]) == ([1, 100, 101], 98)
    assert office.api("GET", f"/sessions/{it}?newest=0").status_code == 422


def test_a_live_handoff_is_brought_up_to_date(office: Office) -> None:
    it = opened(office)
    assert office.row().refresh_due_at is None
    post(office, f"/{it}/steps", step())
    assert office.row().refresh_due_at is not None


TALK = """You said:
Printer prints nothing. password for the mailbox is Winter2024!x
ChatGPT said:
1. Restart the print spooler <script>alert(1)</script>
2. Set the password Winter2024!x in the panel
3. Print a test page from the web page
"""


def test_a_talk_becomes_steps_and_goes_on(office: Office) -> None:
    it = opened(office)
    first = post(office, f"/{it}/transcript", {"text": TALK})
    assert first.status_code == 201, first.text
    assert [(one["number"], one["state"]) for one in first.json["steps"]] == [(1, "pending"), (2, "pending"), (3, "pending")]
    assert "Winter2024!x" not in first.text
    again = post(office, f"/{it}/transcript", {"text": TALK})
    assert (len(again.json["steps"]), again.json["added"]) == (3, []), "nothing is new"
    on = post(office, f"/{it}/transcript", {"text": TALK + "You said:\n1 did not help, no change\n"})
    assert [(one["state"], one["outcome"]) for one in on.json["steps"]] == [
        ("done", "no_change"), ("pending", "unknown"), ("pending", "unknown"),
    ]  # fmt: skip
    wrong = post(office, f"/{it}/transcript", {"text": '{"a": 1}'})
    assert (wrong.status_code, "no export that is known" in wrong.json["detail"]) == (422, True)
    assert post(office, f"/{it}/transcript", {"text": TALK}, MARIA).status_code == 403
