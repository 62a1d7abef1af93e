"""An assistant closes a ticket: the note drafted, asked about, posted once; a runbook saved; and the next session of a day.

Kinds of what stands in the way: no handoff, no reading yet, nothing that fixed it, a confirmation of another text or form or
of none, a note that was asked for already, dry run. Kinds of sessions to go on in: one with room, a full one by rows and by
size, one whose episode has ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from escalation.evidence import AiSession, Evidence, Note, Person, SessionStep, Ticket
from escalation.resolution.text import as_posted
from escalation.sessions import steps as limits
from models.database.sessions import Database
from models.handoff import endings, handoffs
from models.handoff import resolution_notes as notes
from tests.integration.webhooks.office import JONAS, MARIA, Office, open_office
from webhooks.mcp import calling
from webhooks.mcp.reach import Call, WithinTheWeb
from webhooks.mcp.tools import server

TICKET, NEVER_ESCALATED = 48213, 48999
TEXT = "**What fixed it:**\n\n- set both lifetimes to 28800 [a1]"
STEP = {"do": "set both lifetimes to 28800", "check": "phase 2 stays up for a day"}


@pytest.fixture
def office(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(calling, "WAIT_S", 0.0)  # no worker runs here
    office = open_office(database, tmp_path)
    yield office
    office.app.extensions["resolutionflow"].dispose()


def told(office: Office, tool: str, who: int = MARIA, **arguments: Any) -> str:
    """Return what a tool answers a member's assistant."""
    within, token = WithinTheWeb(office.app), office.token(who)["Authorization"]

    def reach(call: Call, _: str) -> Any:
        return within(call, token)

    async def ask() -> str:
        async with Client(server(reach)) as client:
            answer = await client.call_tool(tool, arguments)
            text = "\n".join(part.text for part in answer.content if part.type == "text")
            return f"ERROR {text}" if answer.is_error else text

    return asyncio.run(ask())


def opened(office: Office, ticket: int = TICKET, who: int = MARIA) -> int:
    return int(told(office, "open_ticket", who, ticket=ticket).split()[1])


def read(office: Office, *, fixed: bool = True) -> None:
    now = datetime.now(UTC)
    ticket = Ticket(TICKET, "VPN drops", 1, "Help Desk", 9, "Escalated", entered_at=now - timedelta(hours=1))
    maria = Person("Maria Svensson", "engineer", "msvensson")
    step = SessionStep(1, "step", "done", "set both lifetimes to 28800", "worked", maria, now)
    problem = Note(1, "The tunnel drops on the hour.", Person("Ellen", "customer"), now, "discussion", True)
    evidence = Evidence(ticket, now, (problem,))
    if fixed:
        evidence = replace(evidence, sessions=(AiSession(1, maria, "Claude", now, (step,)),))
    with office.database.account(office.account_id) as session:
        handoffs.add_snapshot(session, office.account_id, office.handoff_id, evidence, kind="refresh")


def row(office: Office) -> notes.ResolutionNote | None:
    with office.database.account(office.account_id, reading=True) as session:
        return notes.of_handoff(session, office.account_id, office.handoff_id)


def test_a_note_is_posted_only_with_the_confirmation_of_exactly_that_text(office: Office) -> None:
    read(office)
    it = opened(office, who=JONAS)
    draft = told(office, "draft_resolution_note", JONAS, session=it)
    assert "- set both lifetimes to 28800 [a1]" in draft
    assert "Nobody recorded the cause" in draft
    text = f"{TEXT}\npassword: Winter2026!x"
    first = told(office, "post_resolution_note", JONAS, session=it, text=text)
    assert first.startswith("Nothing was posted.")
    assert "Winter2026" not in first, "the text as it would be posted"
    shown, code = first.partition("\n\n")[2], first.partition("confirmation ")[2].split()[0]
    for changed in ({"text": f"{text} More."}, {"form": "resolution"}, {"confirmation": "yes"}, {"confirmation": ""}):
        answer = told(office, "post_resolution_note", JONAS, **({"session": it, "text": text, "confirmation": code} | changed))
        assert "Nothing was posted." in answer, changed
        assert ("CUSTOMERS CAN SEE" in answer) == ("form" in changed)
    assert row(office) is None
    done = told(office, "post_resolution_note", JONAS, session=it, text=shown, confirmation=code)
    assert done.startswith(f"Being posted: the internal note of ticket {TICKET}, asked for by Jonas Lind.")
    stored = row(office)
    assert stored is not None
    assert (stored.text, stored.form, stored.member) == (shown, "internal", "jlind")
    for tool, more in (("draft_resolution_note", {}), ("post_resolution_note", {"text": "something else altogether"})):
        assert told(office, tool, session=opened(office), **more).startswith("Being posted: the internal note"), "one each"


@pytest.mark.parametrize("text", [TEXT, "  a\u202eb\r\n", "token: ghp_0123456789abcdefghijABCDEFGHIJ456789", "RN-ABCD1234", ""])
def test_a_text_as_it_is_posted_stays_so(text: str) -> None:
    assert as_posted(as_posted(text)) == as_posted(text)


def test_what_stands_in_the_way_is_said(office: Office) -> None:
    it, nowhere = opened(office), opened(office, NEVER_ESCALATED)
    for tool, more in (("draft_resolution_note", {}), ("post_resolution_note", {"text": TEXT}), ("save_runbook", {})):
        assert f"ERROR Error executing tool {tool}: ticket {NEVER_ESCALATED} was never escalated" in told(
            office, tool, session=nowhere, **more
        )
    assert "has not been read yet" in told(office, "draft_resolution_note", session=it)
    assert "has not been read yet" in told(office, "save_runbook", session=it)
    read(office, fixed=False)
    assert "does not say what fixed it" in told(office, "save_runbook", session=it)
    office.set_handoff(office.handoff_id, dry_run=True)
    code = told(office, "post_resolution_note", session=it, text=TEXT).partition("confirmation ")[2].split()[0]
    assert "dry run: nothing is posted" in told(office, "post_resolution_note", session=it, text=TEXT, confirmation=code)


def test_a_runbook_is_saved_from_how_it_ended_then_in_the_technician_s_words(office: Office) -> None:
    read(office)
    alike = [{"ticket_id": 4001, "closed_at": "2026-02-03T09:00:00+00:00"}]
    with office.database.account(office.account_id) as session:
        endings.store(
            session, office.account_id, office.handoff_id, at=datetime.now(UTC), domain="network", fix="x", reach="l1",
            reach_word="cable", alike=alike,
        )  # fmt: skip
    ask, it = f"/handoffs/{office.handoff_id}/runbook", opened(office, who=JONAS)
    assert office.api("GET", ask).json["wanted"] is True
    first = told(office, "save_runbook", JONAS, session=it, title="VPN drops")
    answer = office.api("GET", ask).json
    assert (answer["wanted"], f"runbook {answer['kept_as']}, version 1" in first) == (False, True), "nobody is asked again"
    assert "version 1. An engineer has to approve it. Of its steps 1 do not say" in first
    assert "1. set both lifetimes to 28800" in first
    second = told(office, "save_runbook", JONAS, session=it, title="VPN drops", steps=[STEP])
    assert "version 2. An engineer has to approve it.\n" in second
    assert "Check: phase 2 stays up for a day" in second
    read(office, fixed=False)
    third = told(office, "save_runbook", session=it, title="A new one", applies="always", steps=[STEP])
    assert f"From ticket {TICKET}." in third
    assert told(office, "save_runbook", session=it, title="x" * 121).startswith("ERROR")


def test_a_session_that_is_over_is_followed_by_another_one(office: Office) -> None:
    for why, ticket in (("it is full", 48301), ("it is full", 48302), ("the episode it was about has ended", TICKET)):
        first = opened(office, ticket)
        told(office, "record_step", session=first, text="compared both ends")
        assert opened(office, ticket) == first
        with pytest.MonkeyPatch.context() as now:
            if ticket == TICKET:
                office.set_handoff(office.handoff_id, response_state="resolved", ended_at=datetime.now(UTC))
            else:
                now.setattr(limits, *{48301: ("MOST_STEPS", 1), 48302: ("MOST_BYTES", limits.LARGEST)}[ticket])
            second = opened(office, ticket)
            assert second != first
            assert opened(office, ticket) == second, "and that one is gone on in"
            assert [office.api("GET", f"/sessions/{it}").json["over"] for it in (first, second)] == [why, None]
            assert "Recorded as step 1" in told(office, "record_step", session=second, text="x")


def test_what_came_of_a_step_counts_as_said_last_and_one_s_own_session_is_told_however_old(office: Office) -> None:
    it = opened(office)
    told(office, "record_step", session=it, text="reboot the printer", still_to_do=True)
    now = "Recorded"
    for outcome, said in (("failed", now), ("failed", "Was recorded before,"), ("worked", now), ("failed", now)):
        answer = told(office, "record_step", session=it, text="rebooted the printer", outcome=outcome, of_step=1)
        assert answer.startswith(f"{said} as step 1 of session {it}; 0 still to do"), outcome
        assert f"rebooted the printer: {outcome}" in told(office, "whats_been_tried", session=it)
    told(office, "record_step", session=it, text="replace the fuser", still_to_do=True)
    others = [office.api("POST", "/sessions", json={"ticket": TICKET}).json["id"] for _ in range(11)]
    assert "replace the fuser" in told(office, "next_open_step", session=others[-1]), "what holds nothing leaves nothing out"
    for other in others:
        office.api("POST", f"/sessions/{other}/steps", json={"steps": [{"text": "looked at it"}]})
    for tool in ("next_open_step", "whats_been_tried"):
        mine, another = (told(office, tool, session=one) for one in (it, others[-1]))
        assert "replace the fuser" in mine, tool
        assert "Older sessions that are not told here: 1;" in mine, tool
        assert "Older sessions that are not told here: 2;" in another, tool
