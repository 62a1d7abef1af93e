"""A ticket that is told of as escalated and answers 404: no escalation is lost by it, whichever way it was told of."""

from __future__ import annotations

import pytest

from models.work import inbox
from psa.port import NotFound
from tests.fakes import ESCALATED
from tests.integration.worker.conftest import Shop
from worker.handoff import triage
from worker.upkeep import poller, sweeper


def _tell(shop: Shop, how: str) -> None:
    if how == "callback":
        shop.told(at=shop.clock(), member="jlind", status=ESCALATED)
        return
    shop.clock.advance(shop.services.settings.intervals.poll + 1)
    for row in poller.poll(shop.services, account_id=shop.account_id):
        triage.triage(shop.services, account_id=shop.account_id, inbox_id=row)


@pytest.mark.parametrize("how", ["callback", "poll"])
@pytest.mark.parametrize("readable_after_s", [20, 3600, None])
def test_it_is_handed_off_once_it_can_be_read(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, how: str, readable_after_s: int | None
) -> None:
    read = shop.psa.ticket

    def refused(ticket_id: int) -> object:
        raise NotFound(f"GET ticket {ticket_id}: 404", status=404)

    shop.psa.add(status=ESCALATED)
    monkeypatch.setattr(shop.psa, "ticket", refused)
    _tell(shop, how)
    assert shop.handoffs() == []
    shop.clock.advance(readable_after_s or 86_500)
    if readable_after_s:
        monkeypatch.setattr(shop.psa, "ticket", read)
    else:
        with shop.database.system() as system:
            assert inbox.due(system, now=shop.clock(), limit=9), "it still waits, and is told of"
    sweeper.sweep(shop.services)
    shop.clock.advance(6)
    sweeper.sweep(shop.services)
    for ids in shop.bell.take("triage"):
        triage.triage(shop.services, **ids)
    assert len(shop.handoffs()) == (1 if readable_after_s else 0)
    with shop.database.system() as system:
        assert not inbox.due(system, now=shop.clock(), limit=9)
