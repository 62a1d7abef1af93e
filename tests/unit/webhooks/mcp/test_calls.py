"""What a client sends along reaches the API as it was meant: the token that was given, and no argument that is nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from tests.unit.escalation.tickets import evidence_of, package_of
from tests.unit.psa.servers import RawServer, answer
from webhooks.mcp.reach import Call, OverHttp, Refused
from webhooks.mcp.tools import server
from webhooks.mcp.wording import session_text

WANTED = {"session": 1, "ticket": 48213, "text": "Rebooted it", "words": "printer", "reason": "stuck"}


def test_each_optional_argument_may_be_sent_as_nothing() -> None:
    reached: list[str] = []

    def reach(call: Call, _: str) -> Any:
        reached.append(call.path)
        raise Refused(409, "far enough")

    async def all_tools() -> None:
        async with Client(server(reach)) as client:
            for tool in (await client.list_tools()).tools:
                names = tool.input_schema["properties"]
                required = tool.input_schema.get("required", [])
                given = {name: WANTED.get(name) if name in required else None for name in names}
                before = len(reached)
                told = await client.call_tool(tool.name, given)
                assert "validation" not in str(told), (tool.name, told)
                assert len(reached) > before or "Input" not in str(told), tool.name

    asyncio.run(all_tools())
    assert len(reached) >= 8


def test_a_ticket_that_was_read_before_is_told_with_how_its_next_reading_stands() -> None:
    package = package_of(evidence_of("Rebooted it.")).to_json()
    read = "2026-03-06T15:55:00+00:00"
    for at, unread, end in (
        (read, None, None), (None, None, "It is being read again: call whats_been_tried in a few seconds."),
        (None, "503", "It could not be read again: 503."), (read, "403", "It could not be read again: 403."),
    ):  # fmt: skip
        seen = {"id": 1, "ticket_id": 4711, "ticket": package, "ticket_read_at": at, "ticket_unread": unread}
        text = session_text(seen, {"sessions": []})
        assert "What the ticket says" in text, end
        assert text.endswith(end) if end else "again" not in text.splitlines()[-1], end


@pytest.mark.parametrize("entry", ["machine 127.0.0.1", "default"])
def test_a_netrc_of_the_desktop_does_not_take_the_place_of_the_token(
    entry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text(f"{entry} login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with RawServer(lambda _method, _path: answer(200, {})) as there:
        OverHttp(f"http://{there.netloc}", "given")(Call("GET", "/me"), "")
        _, _, head, _ = there.requests[0]
    assert b"authorization: bearer given" in head.lower()
