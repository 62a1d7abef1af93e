"""A caller's socket belongs to the web or to the streams, and never to both, however late the streams come to it."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from webhooks.streams import hand_over, server
from webhooks.streams.server import Server


class Streams(Server):
    """Takes callers, and answers what it is told to."""

    def __init__(self) -> None:
        super().__init__(SimpleNamespace(), SimpleNamespace(), redis_url="")  # type: ignore[arg-type]

    async def viewer(self, headers: Any) -> Any:
        raise server.Refused(401, headers["authorization"])


def served(path: Path, *, late_s: float) -> tuple[bool, bytes]:
    """Hand a caller over to streams that come to it late; return whether they took it, and what the caller was sent."""

    async def run() -> tuple[bool, bytes]:
        loop, streams, listening = asyncio.get_running_loop(), Streams(), server._listen(path)
        caller, ours = socket.socketpair()
        with listening, caller, ours:
            handing = loop.run_in_executor(None, hand_over.hand_over, ours, {"authorization": "me"}, str(path))
            if late_s:
                await asyncio.sleep(late_s)
            loop.add_reader(listening, streams._accept, listening)
            taken = await handing
            await asyncio.sleep(0.3)
            loop.remove_reader(listening)
            caller.setblocking(False)
            try:
                return taken, caller.recv(4096)
            except BlockingIOError:
                return taken, b""

    return asyncio.run(run())


@pytest.mark.parametrize("late_s", [0.0, 0.4])
def test_whom_the_web_has_given_up_to_hand_over_is_sent_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late_s: float
) -> None:
    monkeypatch.setattr(hand_over, "PATIENCE_S", 0.2 if late_s else 5.0)
    taken, sent = served(tmp_path / "streams.sock", late_s=late_s)
    assert taken is not bool(late_s)
    assert sent.startswith(b"HTTP/1.1 401") if taken else sent == b""


def test_what_was_taken_at_the_last_moment_is_the_streams(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The answer comes between the end of the web's patience and its last look."""
    listening = server._listen(tmp_path / "streams.sock")
    real, caller = socket.socket.recv, socket.socketpair()

    def recv(way: socket.socket, size: int) -> bytes:
        monkeypatch.setattr(socket.socket, "recv", real)
        listening.setblocking(True)
        web, _ = listening.accept()
        assert Streams._told(web)
        raise TimeoutError

    monkeypatch.setattr(socket.socket, "recv", recv)
    assert hand_over.hand_over(caller[0], {}, str(tmp_path / "streams.sock"))
    for each in (*caller, listening):
        each.close()
