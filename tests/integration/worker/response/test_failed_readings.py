"""A reading of a ticket that failed, in part or whole, or whose process died: it is made again soon, however old the handoff."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models.account import accounts
from models.handoff import claims
from psa.port import Forbidden, PsaError, Throttled, Unauthorized, Unavailable
from tests.integration.worker.conftest import Shop
from tests.integration.worker.response.followed import handed_off, newest
from worker.process import crash
from worker.response import observe
from worker.response.observe import SLOWEST_S

DAY_S = 86_400.0


def read(shop: Shop) -> None:
    """Read the ticket if that is due, as the sweeper rings for it."""
    observe.observe(shop.services, account_id=shop.account_id, handoff_id=newest(shop).id)
    shop.settle()


def due_in(shop: Shop) -> float:
    due_at = newest(shop).observe_due_at
    assert due_at is not None
    return (due_at - shop.clock()).total_seconds()


def aged(shop: Shop, age_s: float, *, claimed: bool) -> None:
    """Let a handoff stand for a while, read whenever that is due."""
    handed_off(shop)
    if claimed:
        shop.psa.change(48213, owner="msvensson", updated_by="msvensson")
        with shop.database.account(shop.account_id) as session:
            accounts.set_account(session, shop.account_id, claim_expiry_minutes=30 * 24 * 60)
    shop.clock.advance(age_s)
    read(shop)
    shop.clock.advance(due_in(shop))
    assert newest(shop).response_state == ("claimed" if claimed else "open")


def failing(error: PsaError) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


FAULTS = {
    "no answer": ("ticket", Unavailable("GET: 503", status=503)),
    "throttled": ("ticket", Throttled("GET: 429", retry_after=20.0)),
    "one 401": ("ticket", Unauthorized("GET: 401", status=401)),
    "one 403": ("ticket", Forbidden("GET: 403", status=403)),
    "a part without an answer": ("time_entries", Unavailable("GET: 503", status=503)),
    "a part throttled": ("notes", Throttled("GET: 429")),
}


@pytest.mark.parametrize(
    ("claimed", "age_s", "fault"),
    [*((False, DAY_S, fault) for fault in FAULTS), (False, 300.0, "no answer"), (True, DAY_S, "no answer"),
     (True, DAY_S, "a part throttled"), (True, 300.0, "no answer")],
)  # fmt: skip
def test_one_that_fails_is_made_again_in_a_tenth_of_the_pause(shop: Shop, claimed: bool, age_s: float, fault: str) -> None:
    aged(shop, age_s, claimed=claimed)
    where, error = FAULTS[fault]
    shop.psa.before[where] = failing(error)
    read(shop)
    waits = shop.services.settings.intervals
    assert due_in(shop) <= max(waits.lease, SLOWEST_S * 0.1)
    shop.psa.before.clear()
    shop.clock.advance(due_in(shop))
    shop.psa.time(48213, "Cleared the stale SA on the firewall, tunnel is up", by="msvensson")
    read(shop)
    assert newest(shop).response_state == "acted"


@pytest.mark.parametrize("point", ["observe.taken", "observe.read"])
def test_one_whose_process_dies_is_made_again_too(shop: Shop, monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    aged(shop, DAY_S, claimed=False)
    shop.psa.note(48213, "I'll take this one", by="tobrien")

    def die(name: str) -> None:
        if name == point:
            raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(crash, "point", die)
        with pytest.raises(SystemExit):
            read(shop)
    assert newest(shop).response_state == "open"
    shop.clock.advance(SLOWEST_S * 0.1)
    read(shop)
    assert newest(shop).response_state == "claimed"


def test_while_it_lasts_an_old_one_is_read_ten_times_as_often_at_most(shop: Shop) -> None:
    aged(shop, DAY_S, claimed=False)
    shop.psa.before["ticket"] = failing(Unavailable("GET: 503", status=503))
    shop.psa.calls.clear()
    for _ in range(60):
        shop.clock.advance(60)
        read(shop)
    assert 8 <= shop.psa.calls.count("ticket") <= 11


def test_a_good_one_sets_the_next_to_its_time_and_takes_nobody_theirs(shop: Shop) -> None:
    aged(shop, DAY_S, claimed=False)
    read(shop)
    assert due_in(shop) == SLOWEST_S
    shop.clock.advance(due_in(shop))

    def somebody_asks() -> None:
        shop.psa.before.clear()
        with shop.database.account(shop.account_id) as session:
            assert claims.ask_observation(session, shop.account_id, newest(shop).id, due_at=shop.clock())

    shop.psa.before["ticket"] = somebody_asks
    read(shop)
    assert due_in(shop) == 0
