"""The one thread that looks up who asked for a link outlives whatever one look-up meets."""

from __future__ import annotations

import queue
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from models.database.access import SystemRoleMissing
from webhooks.sign_in.link import Links


@pytest.mark.parametrize("error", [SystemRoleMissing("resolutionflow"), OperationalError("", None, Exception()), KeyError("x")])
def test_a_look_up_that_fails_is_not_the_last(error: Exception) -> None:
    asked: queue.Queue[bool] = queue.Queue()

    class Failing:
        def system(self, **_: Any) -> None:
            asked.put(True)
            raise error

    links = Links(Failing(), None, None, lambda: datetime.now(UTC), message_domain="northgate.example")  # type: ignore[arg-type]
    for _ in range(2):
        links.wish("maja@northgate.example")
        assert asked.get(timeout=5)
