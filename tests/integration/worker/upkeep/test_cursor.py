"""The poller's cursor goes on: past a mass update that is larger than one poll, and after the PSA's clock was set back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.fakes import ESCALATED, NEW, T0
from tests.integration.worker.conftest import Shop
from worker.account.onboarding import account_named
from worker.handoff import triage
from worker.upkeep import poller


def _poll(shop: Shop) -> None:
    shop.clock.advance(shop.services.settings.intervals.poll + 1)
    for row in poller.poll(shop.services, account_id=shop.account_id):
        triage.triage(shop.services, account_id=shop.account_id, inbox_id=row)


@pytest.mark.parametrize("a_second", [1, 7, 1000], ids=["spread", "dense", "in one second"])
def test_a_mass_update_larger_than_a_poll_is_passed(shop: Shop, monkeypatch: pytest.MonkeyPatch, a_second: int) -> None:
    monkeypatch.setattr(poller, "MOST", 10)
    for i in range(60):
        shop.psa.add(70_000 + i, status=NEW, last_updated=T0 + timedelta(seconds=i // a_second))
    newest = T0 + timedelta(seconds=59 // a_second)
    for _ in range(12):
        _poll(shop)
    cursor = account_named(shop.services, "northgate").poll_cursor
    assert cursor is not None
    assert cursor >= newest
    shop.psa.add(48213, status=ESCALATED)
    _poll(shop)
    assert len(shop.handoffs()) == 1


@pytest.mark.parametrize("ahead", [timedelta(minutes=10), timedelta(hours=1), timedelta(hours=23)])
def test_a_clock_that_is_set_back_hides_nothing(shop: Shop, ahead: timedelta) -> None:
    """Daylight saving that a server stamps by, a restored machine, a clock put right: what follows seems older."""
    for ticket in (48213, 48214):
        shop.psa.add(ticket, status=ESCALATED, last_updated=shop.clock() + ahead)
    _poll(shop)
    shop.psa.change(48213, status_id=NEW, status="New")
    _poll(shop)
    shop.psa.change(48213, status_id=ESCALATED, status="Escalated")
    _poll(shop)
    assert sorted(handoff.episode for handoff in shop.handoffs()) == [1, 2]
    cursor = account_named(shop.services, "northgate").poll_cursor
    assert cursor is not None
    assert cursor <= shop.clock() + timedelta(seconds=shop.services.settings.intervals.poll_overlap)
