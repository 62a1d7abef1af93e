"""The announcer's one thread outlives whatever one word meets."""

from __future__ import annotations

import queue

import pytest
import redis

from psa.outbound import redis_address
from worker.process.announcing import Announcer


@pytest.mark.parametrize("error", [redis.ConnectionError("gone"), UnicodeError("odd"), RuntimeError("no thread")])
def test_a_word_that_fails_is_not_the_last(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    said: queue.Queue[int] = queue.Queue()

    class Failing:
        def publish(self, _: str, account_id: int) -> None:
            said.put(account_id)
            raise error

    monkeypatch.setattr(redis_address, "client", lambda *_, **__: Failing())
    announcer = Announcer("redis://127.0.0.1:9")
    for account_id in (1, 2):
        announcer.moved(account_id)
        assert said.get(timeout=5) == account_id
