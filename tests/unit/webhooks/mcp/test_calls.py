"""What a client sends along reaches the API as it was meant: the token that was given, and no argument that is nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from tests.unit.psa.servers import RawServer, answer
from webhooks.mcp.reach import Call, OverHttp, Refused
from webhooks.mcp.tools import server

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
