"""More tools at once than there are places: who finds none is told in words that a model reads, and asking costs no place."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from models.database.sessions import Database
from models.sessions import recorded
from tests.integration.webhooks.office import MARIA, Office, open_office
from webhooks.authorization import DOOR
from webhooks.bulkhead import Busy
from webhooks.mcp import calling, hosted, room
from webhooks.mcp.reach import Refused, WithinTheWeb
from webhooks.mcp.room import Full, Room

WAITS_S = 3.0


def rpc(office: Office, method: str, **params: Any) -> Any:
    body = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}
    headers = office.token(MARIA) | {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
    return office.browser().post("/mcp", json=body, headers=headers)


def begun(office: Office) -> bool:
    with office.database.account(office.account_id, reading=True) as session:
        return recorded.count_of(session, office.account_id, 48213) > 0


def test_who_finds_no_place_is_told_in_words_and_may_still_ask(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name, value in ((calling, "WAIT_S", WAITS_S), (room, "AT_ONCE", 1), (room, "QUEUED", 0)):
        monkeypatch.setattr(module, name, value)
    office = open_office(sqlite_database, tmp_path)
    answers: list[Any] = []
    first = threading.Thread(
        target=lambda: answers.append(rpc(office, "tools/call", name="open_ticket", arguments={"ticket": 48213}))
    )
    first.start()
    until = time.monotonic() + 30
    while not begun(office) and time.monotonic() < until:
        time.sleep(0.01)
    refused = rpc(office, "tools/call", name="find_similar", arguments={"words": "printer"})
    listed = rpc(office, "tools/list")
    first.join()
    assert (refused.status_code, refused.json["id"], refused.json["result"]["isError"]) == (200, 7, True)
    assert "Call this tool again in five seconds" in refused.json["result"]["content"][0]["text"]
    assert len(listed.json["result"]["tools"]) == 10
    assert answers[0].json["result"]["content"][0]["text"].startswith("Session 1 on ticket 48213.")
    again = rpc(office, "tools/call", name="find_similar", arguments={"words": "printer"})
    assert not again.json["result"]["isError"], "the place is free again"
    deep = office.browser().post("/mcp", data=b"[" * 100_000, headers=office.token(MARIA) | {"Content-Type": "application/json"})
    assert deep.status_code < 500, "what nests too deep is no request"
    office.app.extensions["resolutionflow"].dispose()


def test_a_call_with_half_a_character_is_told_in_words_and_a_slash_behind_the_address_changes_nothing(
    sqlite_database: Database, tmp_path: Path
) -> None:
    office = open_office(sqlite_database, tmp_path)
    halves = rpc(office, "tools/call", name="find_similar", arguments={"words": "printer \ud83d offline"})
    assert (halves.status_code, halves.json["id"], halves.json["result"]["isError"]) == (200, 7, True)
    assert "without it" in halves.json["result"]["content"][0]["text"]
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    slash = office.browser().post("/mcp/", json=ping, headers=office.token(MARIA) | {"Accept": "*/*"})
    assert slash.status_code == 200
    office.app.extensions["resolutionflow"].dispose()


def test_a_tool_that_overruns_keeps_its_place_until_it_is_done(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name, value in ((room, "AT_ONCE", 1), (room, "QUEUED", 0), (hosted, "WITHIN_S", 0.5)):
        monkeypatch.setattr(module, name, value)
    at_work, done = threading.Event(), threading.Event()

    def slow(*_: Any) -> Any:
        at_work.set()
        done.wait(30)
        raise Refused(409, "done at last")

    monkeypatch.setattr(WithinTheWeb, "__call__", slow)
    office = open_office(sqlite_database, tmp_path)

    def asked() -> str:
        told = rpc(office, "tools/call", name="find_similar", arguments={"words": "printer"}).json["result"]
        assert told["isError"]
        return str(told["content"][0]["text"])

    assert asked().startswith("No answer within a minute")
    assert at_work.is_set()
    assert "nothing was done" in asked(), "the first one is still at work"
    done.set()
    until = time.monotonic() + 30
    while "nothing was done" in (last := asked()) and time.monotonic() < until:
        time.sleep(0.05)
    assert "done at last" in last
    office.app.extensions["resolutionflow"].dispose()


def test_while_the_database_is_away_a_tool_is_told_in_words(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = open_office(sqlite_database, tmp_path)

    def away() -> None:
        raise Busy("another transaction kept the database for too long")

    with monkeypatch.context() as patched:
        patched.setattr(office.app.extensions[DOOR], "viewer", away)
        told = rpc(office, "tools/call", name="find_similar", arguments={"words": "printer"})
        listed = rpc(office, "tools/list")
    assert (told.status_code, told.json["id"], told.json["result"]["isError"]) == (200, 7, True)
    assert "Call this tool again" in told.json["result"]["content"][0]["text"]
    assert (listed.status_code, listed.headers["Retry-After"]) == (503, "5"), "no tool's call: a client repeats it itself"
    assert not rpc(office, "tools/call", name="find_similar", arguments={"words": "printer"}).json["result"]["isError"]
    office.app.extensions["resolutionflow"].dispose()


def test_a_place_that_becomes_free_goes_to_who_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("AT_ONCE", 1), ("QUEUED", 1), ("QUEUED_S", 5.0)):
        monkeypatch.setattr(room, name, value)

    async def called() -> None:
        here = Room()
        entered, leave = asyncio.Event(), asyncio.Event()

        async def second() -> None:
            async with here.place():
                entered.set()
                await leave.wait()

        async with here.place():
            waiting = asyncio.create_task(second())
            await asyncio.sleep(0)
            with pytest.raises(Full):  # the queue is full
                await here.place().__aenter__()
            assert not entered.is_set()
        await asyncio.wait_for(entered.wait(), 5)
        monkeypatch.setattr(room, "QUEUED_S", 0.01)
        with pytest.raises(Full):  # waited in vain
            await here.place().__aenter__()
        leave.set()
        await waiting
        async with here.place():
            pass

    asyncio.run(called())
