"""What waited while ConnectWise was away comes soon after it is back, with the waits that are usual."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from models.work import inbox
from psa.outbound.circuit_breaker import CircuitBreaker
from psa.outbound.throttle import NoThrottle
from psa.port import Unavailable
from tests.integration.worker.conftest import Shop
from worker.handoff import publish, triage
from worker.upkeep import sweeper

GOAL_S = 60.0
OUTAGE_S = 900.0
"""Long enough for every wait to have grown as long as it gets."""


def away() -> None:
    raise Unavailable("503", status=503)


def silence(shop: Shop) -> Callable[[], None]:
    """Return a call without an answer, set aside as calls to a silent ConnectWise are."""
    gate = CircuitBreaker(NoThrottle(), clock=lambda: shop.clock().timestamp())

    def call() -> None:
        with gate.slot("na/northgate", "gather", 1):
            raise Unavailable("no answer")

    return call


@pytest.mark.storm
@pytest.mark.parametrize("silent", [False, True], ids=["503", "silence"])
@pytest.mark.parametrize("waits", ["callback", "brief"])
def test_what_waited_through_a_long_outage_is_a_note_within_a_minute(shop: Shop, waits: str, silent: bool) -> None:
    fails = silence(shop) if silent else away
    shop.services.not_rung_lately = lambda *_, **__: True  # type: ignore[method-assign]  # which goes by the machine's clock
    due_at: Callable[[], datetime | None]
    if waits == "brief":
        handoff_id = shop.escalated()
        shop.psa.before["post_internal_note"] = fails
        ids = {"account_id": shop.account_id, "handoff_id": handoff_id}
        due_at = lambda: shop.handoffs()[0].next_attempt_at  # noqa: E731
        do: Callable[..., object] = publish.publish
    else:
        shop.psa.add(status=11)
        shop.psa.before["ticket"] = fails
        ids = {"account_id": shop.account_id, "inbox_id": (row := shop.ring_in())}
        due_at = lambda: _row(shop, row).next_attempt_at  # noqa: E731
        do = triage.triage
    over = shop.clock().timestamp() + OUTAGE_S
    do(shop.services, **ids)
    while shop.clock().timestamp() < over:  # each try at its moment
        at = due_at()
        assert at is not None
        shop.clock.now = at
        do(shop.services, **ids)
    shop.psa.before.clear()  # just after a try that failed
    step_s = shop.services.settings.intervals.sweep
    for _ in range(int(GOAL_S / step_s)):
        shop.clock.advance(step_s)
        sweeper.sweep(shop.services)
        for task, doing in (("triage", triage.triage), ("look_again", triage.triage), ("publish", publish.publish)):
            for found in shop.bell.take(task):
                doing(shop.services, **found)
    (handoff,) = shop.handoffs()
    assert handoff.brief_state == "posted"
    assert len(shop.psa.posted[48213]) == 1


def _row(shop: Shop, number: int) -> inbox.Inbox:
    with shop.database.account(shop.account_id, reading=True) as session:
        row = session.get(inbox.Inbox, number)
    assert row is not None
    return row
