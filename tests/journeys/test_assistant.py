"""Assistants work on a ticket through the SDK's own client: the junior's opens it, records and escalates, the brief has it all;

the senior's goes on, and once it is solved drafts and posts the note and saves the runbook, which the next brief offers.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import httpx2
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from tests.journeys.journey import Journey, is_internal

SUMMARY = "Label printer LBL-77 in the pharmacy tears its labels"


class Tools(Protocol):
    """A client of any make."""

    async def call_tool(self, name: str, arguments: dict[str, Any]) -> Any: ...


Talk = Callable[[Tools], Awaitable[None]]


def token(journey: Journey, login: str) -> str:
    services, account_id = journey.stack.services, journey.stack.account_id
    epoch = services.desk(account_id).token_epoch
    return services.passes.api_token(account_id=account_id, member_id=journey.member(login), epoch=epoch)


def over_http(journey: Journey, login: str, talk: Talk, *, mode: str = "auto") -> None:
    async def run() -> None:
        headers = {"Authorization": f"Bearer {token(journey, login)}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=30) as http,
            Client(streamable_http_client(f"{journey.stack.web_url}/mcp", http_client=http), mode=mode) as client,
        ):
            await talk(client)

    asyncio.run(run())


def over_stdio(journey: Journey, login: str, talk: Talk) -> None:
    environment = {**os.environ, "RESOLUTIONFLOW_TOKEN": token(journey, login)}
    command = [sys.executable, "-m", "worker", "mcp", "--url", journey.stack.web_url]

    async def run() -> None:
        async with Client(StdioServerParameters(command=command[0], args=command[1:], env=environment)) as client:
            await talk(client)

    asyncio.run(run())


async def call(client: Tools, tool: str, **arguments: object) -> str:
    """Call a tool as a model does: what says to call again, as on a machine with too much to do, is called again."""
    for _ in range(10):
        answer = await client.call_tool(tool, arguments)
        text = "\n".join(part.text for part in answer.content if part.type == "text")
        if not (answer.is_error and re.search("call this tool again|try again", text, re.IGNORECASE)):
            break
        await asyncio.sleep(2)
    return f"ERROR {text}" if answer.is_error else text


def the_case(ticket: int) -> Talk:
    async def talk(client: Tools) -> None:
        opened = await call(client, "open_ticket", ticket=ticket, assistant="Claude Desktop")
        assert SUMMARY in opened
        assert "Changed the toner" in opened, "what was tried before"
        found = re.match(r"Session (\d+) on ticket", opened)
        assert found
        session = int(found[1])
        assert f"Session {session} " in await call(client, "open_ticket", ticket=ticket), "the same day, the same session"
        first = {"session": session, "text": "cleaned the drum", "outcome": "no_change"}
        assert "Recorded as step 1" in await call(client, "record_step", **first)
        assert "Was recorded before, as step 1" in await call(client, "record_step", **first)
        await call(client, "record_step", session=session, text="reset the tray", outcome="worked", state_changed="tray 2 is off")
        planned = await call(client, "record_step", session=session, text="print from the web page", still_to_do=True)
        assert "step 3" in planned
        assert "1 still to do" in planned
        await call(client, "record_finding", session=session, text="firmware is 2.41", output="FW 2.41 SN 77")
        assert "step 3: print from the web page" in await call(client, "next_open_step", session=session)
        told = await call(client, "whats_been_tried", session=session)
        assert "- 1. cleaned the drum: no change" in told
        wrong = await call(client, "record_step", session=session + 9999, text="x")
        assert wrong.startswith("ERROR")
        assert "this account has no such session" in wrong
        done = await call(client, "escalate", session=session, reason="the fuser needs an engineer")
        assert f"Ticket {ticket} is escalated: handoff" in done

    return talk


@pytest.mark.parametrize("way", ["http", pytest.param("stdio", marks=pytest.mark.storm)])
def test_an_assistant_works_on_a_ticket_and_hands_it_over(journey: Journey, way: str) -> None:
    ticket = journey.ticket(SUMMARY)
    {"http": over_http, "stdio": over_stdio}[way](journey, "jlind", the_case(ticket))
    journey.wait_posted(ticket)
    (handoff,) = journey.handoffs(ticket)
    assert (handoff.episode, handoff.escalated_by) == (1, "jlind"), "one path, one episode, in the member's name"
    (note,) = journey.briefs(ticket)
    for said in ("cleaned the drum: no change [a1]", "tray 2 is off", "print from the web page [a3]", "firmware is 2.41",
                 "the fuser needs an engineer", "step 1 of session"):  # fmt: skip
        assert said in note["text"], said
    if way == "http":
        it_is_solved_and_comes_back(journey, ticket, over_http)


async def nothing_more(client: Tools, session: int) -> None:
    """Leave what is pending."""


def it_is_solved_and_comes_back(
    journey: Journey, ticket: int, over: Callable[[Journey, str, Talk], None], *, summary: str = SUMMARY,
    first: Callable[[Tools, int], Awaitable[None]] = nothing_more,
) -> None:  # fmt: skip
    """Go on as the senior who takes the ticket; what is posted is internal, and what worked is found by the next one."""
    assert journey.claim_by_link(ticket, "tobrien") == 200
    over(journey, "tobrien", the_fix(ticket, first))
    journey.wait(lambda: journey.handoffs(ticket)[0].acted_at is not None, "no first action was seen")
    journey.simulator.close(ticket, member="tobrien")
    journey.wait(lambda: journey.handoffs(ticket)[0].response_state == "resolved", "its end was not seen")
    saved: list[int] = []
    over(journey, "tobrien", the_end(ticket, saved, summary))
    (note,) = (one for one in journey.simulator.notes(ticket) if "[ref: RN-" in one["text"])
    assert is_internal(note)
    for said in ("**Cause:** the cause was a worn cutter blade [a", "- replaced the cutter blade of LBL-77 [a",
                 "- cleaned the drum: no change [a1]", "Tom", "seen by nobody else"):  # fmt: skip
        assert said in note["text"], said
    approve = f"{journey.stack.web_url}/api/v1/runbooks/{saved[0]}/approve"
    answer = httpx2.post(approve, json={"version": 1}, headers={"Authorization": f"Bearer {token(journey, 'tobrien')}"})
    assert answer.status_code == 200
    again = journey.ticket(summary)
    journey.escalate(again)
    journey.wait_posted(again)
    offered = journey.briefs(again)[0]["text"]
    assert f"**Runbook:** {summary}" in offered, offered


def the_fix(ticket: int, first: Callable[[Tools, int], Awaitable[None]]) -> Talk:
    async def talk(client: Tools) -> None:
        session = int((await call(client, "open_ticket", ticket=ticket)).split()[1])
        await first(client, session)
        await call(client, "record_step", session=session, text="replaced the cutter blade of LBL-77", outcome="worked")
        await call(client, "record_finding", session=session, text="the cause was a worn cutter blade")

    return talk


def the_end(ticket: int, saved: list[int], summary: str) -> Talk:
    async def talk(client: Tools) -> None:
        session = int((await call(client, "open_ticket", ticket=ticket)).split()[1])
        draft = await call(client, "draft_resolution_note", session=session)
        text = draft.partition("\n\n")[2] + "\n\nseen by nobody else"
        asked = await call(client, "post_resolution_note", session=session, text=text)
        assert asked.startswith("Nothing was posted.")
        code = asked.partition("confirmation ")[2].split()[0]
        done = await call(client, "post_resolution_note", session=session, text=text, confirmation=code)
        assert done.startswith("Posted: the internal note"), done
        assert done == await call(client, "post_resolution_note", session=session, text=text, confirmation=code), "once"
        kept = await call(client, "save_runbook", session=session)
        found = re.match(r"Saved as runbook (\d+), version 1\. An engineer has to approve it", kept)
        assert found, kept
        saved.append(int(found[1]))
        similar = await call(client, "find_similar", words="LBL-77 tears labels in the pharmacy")
        assert f"ticket {ticket}: {summary}. What helped: replaced the cutter blade of LBL-77" in similar

    return talk


def test_a_claimants_recorded_step_is_their_first_action(journey: Journey) -> None:
    ticket = journey.ticket()
    journey.escalate(ticket)
    journey.wait_posted(ticket)
    assert journey.claim_by_link(ticket, "tobrien") == 200

    async def talk(client: Tools) -> None:
        opened = await call(client, "open_ticket", ticket=ticket)
        session = int(opened.split()[1])
        await call(client, "record_step", session=session, text="swapped the fuser", outcome="worked")

    over_http(journey, "tobrien", talk)
    journey.wait(lambda: journey.handoffs(ticket)[0].acted_at is not None, "no first action was seen")
    action = journey.handoffs(ticket)[0].first_action
    assert action is not None
    assert (action["kind"], action["source"].startswith("step 1 of session")) == ("step", True)
    journey.wait(lambda: "swapped the fuser" in journey.briefs(ticket)[0]["text"], "the step is not in the brief")


def test_nobody_enters_without_a_token_of_their_own(journey: Journey) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    headers = {"Accept": "application/json, text/event-stream"}
    for said in ({}, {"Authorization": "Bearer x"}, {"Cookie": "resolutionflow=x"}):
        answer = httpx2.post(f"{journey.stack.web_url}/mcp", json=body, headers=headers | said)
        assert answer.status_code == 401, said
