"""The TypeScript SDK's client reads the server as the Python SDK's does, and drives the whole case over both transports."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.journeys.journey import Journey
from tests.journeys.test_assistant import SUMMARY, Talk, call, it_is_solved_and_comes_back, the_case, token

CLIENT = Path("var/other-client/client.mjs")
LARGEST = 16 * 1024 * 1024
"""Bytes of one line."""


@dataclass
class OtherClient:
    """The client in a process of its own, with the one method that the journeys use."""

    process: asyncio.subprocess.Process

    async def ask(self, ask: str, given: dict[str, Any] | None = None) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"ask": ask, "given": given}).encode() + b"\n")
        return await self.told()

    async def told(self) -> Any:
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), 40)
        assert line, "the client ended"
        return json.loads(line)

    async def call_tool(self, name: str, arguments: dict[str, Any]) -> Any:
        answer = await self.ask("callTool", {"name": name, "arguments": arguments})
        assert "error" not in answer, answer
        parts = [SimpleNamespace(type=part["type"], text=part.get("text", "")) for part in answer["content"]]
        return SimpleNamespace(content=parts, is_error=answer.get("isError", False))


def over(journey: Journey, login: str, talk: Talk, *, way: str) -> None:
    """Let a member's client talk; it has read the list of tools first, as clients do."""
    web, words = journey.stack.web_url, ["http", f"{journey.stack.web_url}/mcp"]
    if way == "stdio":
        words = ["stdio", sys.executable, "-m", "worker", "mcp", "--url", web]

    async def run() -> None:
        environment = {**os.environ, "RESOLUTIONFLOW_TOKEN": token(journey, login)}
        process = await asyncio.create_subprocess_exec(
            "node", str(CLIENT), *words, env=environment, limit=LARGEST,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        client = OtherClient(process)
        try:
            assert await client.told() == {"ready": True}
            assert "tools" in await client.ask("listTools")
            await talk(client)
            assert (await client.ask("server"))["troubles"] == []
        finally:
            assert process.stdin is not None
            process.stdin.close()
            await asyncio.wait_for(process.wait(), 10)

    asyncio.run(run())


def over_http(journey: Journey, login: str, talk: Talk) -> None:
    over(journey, login, talk, way="http")


def over_stdio(journey: Journey, login: str, talk: Talk) -> None:
    over(journey, login, talk, way="stdio")


WAYS = {"http": over_http, "stdio": over_stdio}


@pytest.mark.parametrize("way", WAYS)
def test_the_whole_case(journey: Journey, way: str) -> None:
    summary = f"{SUMMARY} ({way})"
    ticket = journey.ticket(summary)
    WAYS[way](journey, "jlind", the_case(ticket))
    journey.wait_posted(ticket)
    (handoff,) = journey.handoffs(ticket)
    assert (handoff.episode, handoff.escalated_by) == (1, "jlind")
    it_is_solved_and_comes_back(journey, ticket, WAYS[way], summary=summary, first=takes_over)


async def takes_over(client: Any, session: int) -> None:
    """Do as a senior what the junior's session holds as pending: it is theirs then."""
    waits = await call(client, "next_open_step", session=session)
    assert "(Jonas Lind with Claude Desktop), step 3: print from the web page" in waits, waits
    theirs = int(waits.partition("- session ")[2].split()[0])
    done = await call(client, "record_step", session=theirs, of_step=3, text="printed from the web page", outcome="failed")
    assert f"Recorded as step 3 of session {theirs}; 0 still to do" in done
    assert "Nothing is still to be done" in await call(client, "next_open_step", session=session)


@pytest.mark.parametrize("way", WAYS)
def test_what_the_server_says_of_itself(journey: Journey, way: str) -> None:
    async def talk(client: Any) -> None:
        tools = {tool["name"]: tool for tool in (await client.ask("listTools"))["tools"]}
        assert len(tools) == 10
        for tool in tools.values():
            assert tool["description"], tool["name"]
            assert "context" not in tool["inputSchema"]["properties"], "what the server fills in is nothing to ask a model for"
        (prompt,) = (await client.ask("listPrompts"))["prompts"]
        told = await client.ask("getPrompt", {"name": prompt["name"], "arguments": {"ticket": "7"}})
        assert "Open ticket 7" in told["messages"][0]["content"]["text"]
        assert await client.ask("ping") == {}
        server = await client.ask("server")
        assert server["version"]["name"] == "resolutionflow"
        assert "Begin with open_ticket" in server["instructions"]
        bad = {"session": 0, "text": "x", "outcome": "fixed"}
        wrong = await client.ask("callTool", {"name": "record_step", "arguments": bad})
        assert "outcome" in json.dumps(wrong), wrong
        unknown = await client.ask("callTool", {"name": "delete_ticket", "arguments": {}})
        assert "delete_ticket" in json.dumps(unknown), unknown

    WAYS[way](journey, "jlind", talk)
