"""What happened while no worker was there is found at once when one starts."""

from __future__ import annotations

from datetime import timedelta

from models.account import accounts
from tests.fakes import ESCALATED
from tests.integration.worker.conftest import Shop
from worker.upkeep import poller, sweeper
from worker.upkeep.warm_up import poll_soon


def test_an_escalation_of_the_downtime_is_found_by_the_first_sweep(shop: Shop) -> None:
    poller.poll(shop.services, account_id=shop.account_id)
    shop.clock.advance(20)
    shop.psa.add(status=ESCALATED)  # its callback found nobody
    shop.clock.advance(3)
    assert poll_soon(shop.services) == 1
    shop.bell.rung.clear()
    sweeper.sweep(shop.services)
    (ids,) = shop.bell.take("poll")
    assert len(poller.poll(shop.services, **ids)) == 1
    sweeper.sweep(shop.services)
    assert shop.bell.take("poll") == [], "the periodic one comes after its interval"


def test_many_accounts_are_spread_and_none_comes_later_than_it_would_have(shop: Shop) -> None:
    now = shop.clock()
    with shop.database.system() as system:
        ids = [
            accounts.add_account(
                system, shop.services.cipher, name=f"msp-{n}", site="na.myconnectwise.net", company=f"msp{n}",
                public_key="p", private_key="q", client_id="c", now=now,
            )
            for n in range(20)
        ]  # fmt: skip
    for number, account_id in enumerate(ids):
        with shop.database.account(account_id) as session:
            accounts.set_account(session, account_id, next_poll_at=now + timedelta(seconds=1 if number == 19 else 80))
    poll_soon(shop.services)
    with shop.database.system(reading=True) as system:
        due = {a.id: a.next_poll_at for a in accounts.list_accounts(system)}
    waits = sorted((due[i] - now).total_seconds() for i in ids if due[i] is not None)
    assert waits[-1] <= 4.0
    assert sum(wait < 1 for wait in waits) <= 6
    assert (due[ids[19]] or now) <= now + timedelta(seconds=1)
