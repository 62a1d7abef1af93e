"""Ringing costs the caller nothing, whatever the bell does."""

from __future__ import annotations

import threading
import time
from typing import Any, cast

from webhooks.ringing import Ringer
from worker.process.bell import Bell


class SlowBell:
    def __init__(self) -> None:
        self.rung: list[dict[str, Any]] = []
        self.may = threading.Event()

    def warm(self) -> None:
        self.may.wait(5)

    def ring(self, task: str, **ids: Any) -> bool:
        self.rung.append({"task": task, **ids})
        return True


def test_rings_are_taken_over_at_once_and_in_order() -> None:
    bell = SlowBell()
    ringer = Ringer(cast(Bell, bell), most=3)
    begun = time.monotonic()
    assert [ringer.ring("triage", inbox_id=number) for number in range(5)] == [True, True, True, False, False]
    assert time.monotonic() - begun < 0.5
    bell.may.set()
    end = time.monotonic() + 2
    while len(bell.rung) < 3 and time.monotonic() < end:
        time.sleep(0.01)
    assert [each["inbox_id"] for each in bell.rung] == [0, 1, 2]


def test_one_account_that_rings_without_end_leaves_the_others_their_place() -> None:
    now = [0.0]
    ringer = Ringer(cast(Bell, SlowBell()), burst=5, rate=2.0, clock=lambda: now[0])

    def rings(account: int, times: int, task: str = "triage") -> int:
        return sum(ringer.ring(task, account_id=account, inbox_id=number) for number in range(times))

    assert rings(1, 100) == 5
    assert rings(2, 3) == 3
    assert rings(1, 3, "settle") == 3, "a claim is no callback"
    now[0] = 1.0
    assert rings(1, 100) == 2
    now[0] = 100.0
    assert rings(1, 100) == 5
