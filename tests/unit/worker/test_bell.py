"""A bell that cannot be rung holds nobody up for long."""

from __future__ import annotations

from typing import Any

from worker.app import Bell


class DeadBroker:
    def __init__(self) -> None:
        self.tried = 0

    def send_task(self, name: str, kwargs: dict[str, Any], expires: float) -> None:
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
