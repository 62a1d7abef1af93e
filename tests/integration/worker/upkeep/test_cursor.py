"""The poller's cursor goes on: past a mass update that is larger than one poll, and after the PSA's clock was set back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from escalation import rules
from models.work import jobs, ticket_watch
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


@pytest.mark.parametrize("asked", ["worth_triage", "seen"])
def test_others_write_while_it_is_found_what_is_worth_a_triage(shop: Shop, monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    """After an outage that is asked of thousands of tickets: on SQLite, which has one writer, callbacks would wait for it."""
    shop.psa.add(48213, status=ESCALATED)
    place = rules if asked == "worth_triage" else ticket_watch
    answer, wrote = getattr(place, asked), []

    def somebody_writes(*args: Any, **named: Any) -> Any:
        with shop.database.system() as system:
            jobs.beat(system, "elsewhere", shop.clock())
        wrote.append(1)
        return answer(*args, **named)

    with monkeypatch.context() as patch:
        patch.setattr(place, asked, somebody_writes)
        shop.clock.advance(shop.services.settings.intervals.poll + 1)
        rows = poller.poll(shop.services, account_id=shop.account_id)
    assert wrote
    assert len(rows) == 1


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
