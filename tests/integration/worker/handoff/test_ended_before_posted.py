"""A handoff that ends while its brief is on its way, before it was ever attempted: nothing rings or cries for it any more."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from models.handoff import briefs
from models.work.alert_kinds import Kind
from models.work.stalled import stalled
from psa.port import Ambiguous, Forbidden, NotFound, PsaError, Throttled, Unavailable
from tests.integration.worker.conftest import Shop
from worker.process import crash

FAULTS = (
    Unavailable("GET: 503"), Throttled("GET: 429", retry_after=9.0), Forbidden("GET: 403", status=403),
    NotFound("GET: 404", status=404),
)  # fmt: skip


def closed(shop: Shop) -> None:
    """Let the ticket be closed, and another worker see it."""
    shop.psa.before.clear()
    shop.psa.change(48213, closed=True)
    with ThreadPoolExecutor(1) as another:
        another.submit(shop.triage).result()


def still_due(shop: Shop) -> list[tuple[int, int]]:
    with shop.database.system(reading=True) as system:
        return briefs.due_briefs(system, now=shop.clock() + timedelta(days=1), limit=9)


def standing(shop: Shop) -> list[Kind]:
    with shop.database.system(reading=True) as system:
        return [it.kind for it in stalled(system, now=shop.clock(), silent_s={}) if it.kind is Kind.HANDOFF_STANDS]


def rung(shop: Shop, handoff_id: int) -> None:
    """Let the sweeper ring for what is due, an hour later."""
    shop.clock.advance(3600)
    for _ in still_due(shop):
        assert not shop.publish(handoff_id)


def then(shop: Shop, error: PsaError) -> Callable[[], None]:
    def end_and_fail() -> None:
        closed(shop)
        raise error

    return end_and_fail


@pytest.mark.parametrize("error", FAULTS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("at", ["ticket", "post_internal_note"])
def test_a_failure_under_way_brings_it_back_to_nobody(shop: Shop, at: str, error: PsaError) -> None:
    handoff_id = shop.escalated()
    shop.psa.before[at] = then(shop, error)
    shop.publish(handoff_id)
    rung(shop, handoff_id)
    (handoff,) = shop.handoffs()
    assert handoff.response_state == "withdrawn"
    assert (still_due(shop), standing(shop)) == ([], [])


@pytest.mark.parametrize("point", ["publish.leased", "publish.gathered", "publish.drafted"])
def test_a_process_that_dies_leaves_nothing_that_stands_for_ever(shop: Shop, monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    handoff_id = shop.escalated()

    def die(name: str) -> None:
        if name == point:
            raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(crash, "point", die)
        with pytest.raises(SystemExit):
            shop.publish(handoff_id)
    closed(shop)
    assert still_due(shop), "whoever holds it may still be at work"
    rung(shop, handoff_id)
    assert (still_due(shop), standing(shop)) == ([], [])
    assert shop.psa.posted.get(48213, []) == []


def test_whoever_holds_it_goes_on_and_posts(shop: Shop) -> None:
    handoff_id = shop.escalated()

    def ends() -> None:
        closed(shop)
        assert not shop.publish(handoff_id)

    shop.psa.before["ticket"] = ends
    assert shop.publish(handoff_id)
    rung(shop, handoff_id)
    assert shop.handoffs()[0].brief_state == "posted"


def test_what_was_attempted_is_still_settled(shop: Shop) -> None:
    handoff_id = shop.escalated()

    def lost() -> None:
        shop.psa.after.clear()
        closed(shop)
        raise Ambiguous("POST notes: time-out")

    shop.psa.after["post_internal_note"] = lost
    assert not shop.publish(handoff_id)
    shop.clock.advance(3600)
    assert still_due(shop)
    assert shop.publish(handoff_id)
    assert len(shop.psa.posted[48213]) == 1
    assert shop.handoffs()[0].brief_state == "posted"
