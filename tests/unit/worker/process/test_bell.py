"""A bell that cannot be rung holds nobody up for long."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from worker.process.bell import Bell, make
from worker.settings import Settings


class DeadBroker:
    def __init__(self) -> None:
        self.tried = 0
        self.conf = SimpleNamespace(broker_transport_options={})

    def send_task(self, name: str, kwargs: dict[str, Any]) -> None:
        self.tried += 1
        raise ConnectionError("no broker")


def test_a_dead_broker_is_tried_now_and_then_and_never_raises() -> None:
    broker, now = DeadBroker(), [0.0]
    bell = Bell(broker, clock=lambda: now[0])  # type: ignore[arg-type]
    assert [bell.ring("triage", account_id=1, inbox_id=n) for n in range(100)] == [False] * 100
    assert broker.tried == 1
    now[0] = Bell.REST_S
    assert not bell.ring("triage", account_id=1, inbox_id=1)
    assert broker.tried == 2


def test_ringing_without_a_broker_is_over_long_before_connectwise_gives_up(tmp_path: Path) -> None:
    bell = Bell(make(Settings.read({"RESOLUTIONFLOW_VAR": str(tmp_path)})))
    begun = time.monotonic()
    assert not bell.ring("triage", account_id=1, inbox_id=1)
    assert time.monotonic() - begun < 1.5


def test_ringing_a_frozen_broker_is_too(tmp_path: Path) -> None:
    """It takes the connection, as a stopped process does, and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        url = f"redis://127.0.0.1:{frozen.getsockname()[1]}/0"
        settings = {"REDIS_URL": url, "SECRET_KEYS": "k" * 40, "RESOLUTIONFLOW_VAR": str(tmp_path)}
        bell = Bell(make(Settings.read(settings)))
        begun = time.monotonic()
        assert not bell.ring("triage", account_id=1, inbox_id=1)
        assert time.monotonic() - begun < 3.0
