"""A worker that stands still in the middle of a posting, while another goes on: the second note is not left behind."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.handoff import handoffs
from tests.integration.worker.conftest import Shop
from worker.handoff import refresh
from worker.process import crash


def test_a_worker_that_stood_still_before_its_post_does_not_post(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    handoff_id = shop.escalated()

    def sleep_beyond_the_lease(name: str) -> None:
        if name == "publish.attempted" and not shop.psa.posted:
            monkeypatch.setattr(crash, "point", lambda _: None)
            shop.clock.advance(shop.services.settings.intervals.lease + 1)
            assert shop.publish(handoff_id)

    monkeypatch.setattr(crash, "point", sleep_beyond_the_lease)
    assert not shop.publish(handoff_id)
    assert len(shop.psa.posted[48213]) == 1


def test_a_note_posted_by_an_overtaken_worker_is_found_and_removed(shop: Shop) -> None:
    handoff_id = shop.escalated()

    def overtaken() -> None:
        shop.psa.before.clear()
        shop.clock.advance(shop.services.settings.intervals.lease + 1)
        assert shop.publish(handoff_id)
        shop.clock.advance(3600)
        refresh.refresh(shop.services, account_id=shop.account_id, handoff_id=handoff_id)

    shop.psa.before["post_internal_note"] = overtaken
    assert not shop.publish(handoff_id)
    assert len(shop.psa.posted[48213]) == 2, "what cannot be promised"
    refresh.refresh(shop.services, account_id=shop.account_id, handoff_id=handoff_id)
    (note,) = shop.psa.posted[48213]
    (handoff,) = shop.handoffs()
    assert handoff.escalation_package_external_id == note.id
    assert handoff.extra_notes_removed == 1


def test_a_post_has_a_whole_lease_however_long_the_reading_took(shop: Shop) -> None:
    handoff_id = shop.escalated()
    lease = timedelta(seconds=shop.services.settings.intervals.lease)
    shop.psa.before["related"] = lambda: shop.clock.advance(lease.total_seconds() - 2)
    until = []

    def look() -> None:
        with shop.database.account(shop.account_id, reading=True) as session:
            handoff = handoffs.get(session, shop.account_id, handoff_id)
            assert handoff is not None
            until.append(handoff.lease_until)

    shop.psa.before["post_internal_note"] = look
    assert shop.publish(handoff_id)
    assert until == [shop.clock() + lease]
