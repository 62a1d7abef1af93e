"""Every road to an episode ends in the right number of handoffs."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from models.account import accounts
from models.handoff import deliveries, handoffs
from models.handoff.handoffs import Handoff
from models.work import inbox, jobs
from psa.port import Throttled, Unauthorized, Unavailable
from tests.fakes import ESCALATED, NEW
from tests.integration.worker.conftest import Shop
from worker.account.onboarding import CannotConnect, account_named, connect
from worker.handoff import notify, preview, triage
from worker.upkeep import callback_check, poller, retention, sweeper


def _states(found: list[Handoff]) -> list[tuple[int, str]]:
    return [(h.episode, h.response_state) for h in found]


def _raise(error: Exception) -> None:
    raise error


def test_a_ticket_that_is_not_escalated_opens_nothing_and_costs_one_call(shop: Shop) -> None:
    shop.psa.add(status=NEW)
    assert shop.triage() == []
    assert shop.psa.calls == ["ticket"]


def test_the_same_escalation_seen_often_is_one_handoff(shop: Shop) -> None:
    shop.escalated()
    assert [shop.triage() for _ in range(5)] == [[]] * 5
    assert _states(shop.handoffs()) == [(1, "open")]


def test_twenty_callbacks_at_once_are_one_handoff(shop: Shop) -> None:
    shop.psa.add(status=ESCALATED)
    rows = [shop.ring_in() for _ in range(20)]

    def work(row: int) -> list[int]:
        return triage.triage(shop.services, account_id=shop.account_id, inbox_id=row)

    with ThreadPoolExecutor(8) as pool:
        opened = [handoff for found in pool.map(work, rows) for handoff in found]
    for row in rows:  # those that met another worker were given back
        opened += work(row)
    assert len(opened) == 1
    assert _states(shop.handoffs()) == [(1, "open")]


def test_who_and_when_come_from_the_psa(shop: Shop) -> None:
    shop.escalated()
    at = shop.clock()
    (handoff,) = shop.handoffs()
    assert (handoff.escalated_by, handoff.escalated_at) == ("jlind", at)


def test_a_short_absence_is_the_same_episode_and_a_long_one_is_not(shop: Shop) -> None:
    shop.escalated()
    shop.clock.advance(20)
    shop.psa.change(48213, status_id=NEW)
    shop.triage()
    shop.clock.advance(40)
    shop.psa.change(48213, status_id=ESCALATED)
    assert shop.triage() == []
    assert _states(shop.handoffs()) == [(1, "open")]
    shop.clock.advance(20)
    shop.psa.change(48213, status_id=NEW)
    shop.triage()
    shop.clock.advance(61)
    shop.psa.change(48213, status_id=ESCALATED)
    assert len(shop.triage()) == 1
    assert _states(shop.handoffs()) == [(2, "open"), (1, "withdrawn")]


def test_leaving_is_withdrawn_by_the_sweeper_after_the_grace_and_no_sooner(shop: Shop) -> None:
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    notify.notify(shop.services, account_id=shop.account_id, handoff_id=handoff_id)
    shop.clock.advance(5)
    shop.psa.change(48213, status_id=NEW)
    shop.triage()
    shop.observe()
    shop.clock.advance(60)
    shop.sweep()
    assert _states(shop.handoffs()) == [(1, "open")]
    shop.clock.advance(6)
    shop.sweep()
    assert _states(shop.handoffs()) == [(1, "withdrawn")]
    with shop.database.account(shop.account_id) as session:
        rows = deliveries.of_handoff(session, shop.account_id, handoff_id)
    assert {r.status for r in rows} == {"suppressed"}
    assert {r.reason for r in rows} == {"left the escalation status and stayed away", "no e-mail address"}


def test_closing_merging_and_deleting_end_it(shop: Shop) -> None:
    for number, change in ((1, {"closed": True}), (2, {"merged_into": 48100}), (3, None)):
        shop.psa.add(number, status=ESCALATED)
        assert len(shop.triage(number)) == 1
        if change is None:
            del shop.psa.tickets[number]
        else:
            shop.psa.change(number, **change)
        assert shop.triage(number, action="deleted" if change is None else "updated") == []
        assert _states(shop.handoffs(number)) == [(1, "withdrawn")]
    assert [h.end_reason for n in (1, 2, 3) for h in shop.handoffs(n)] == ["closed", "merged", "deleted"]


def test_an_escalation_whose_psa_is_down_is_kept_and_done_when_it_is_back(shop: Shop) -> None:
    shop.psa.add(status=ESCALATED)
    shop.psa.before["ticket"] = lambda: _raise(Unavailable("GET ticket: 503"))
    row = shop.ring_in()
    for _ in range(30):
        triage.triage(shop.services, account_id=shop.account_id, inbox_id=row)
        shop.clock.advance(600)
    shop.psa.before.clear()
    assert len(triage.triage(shop.services, account_id=shop.account_id, inbox_id=row)) == 1


def test_a_bell_before_its_time_asks_nothing_of_a_psa_that_wants_quiet(shop: Shop) -> None:
    shop.psa.add(status=ESCALATED)
    shop.psa.before["ticket"] = lambda: _raise(Throttled("GET ticket: 429", retry_after=120.0))
    row = shop.ring_in()
    for _ in range(5):
        assert triage.triage(shop.services, account_id=shop.account_id, inbox_id=row) == []
        shop.clock.advance(20)
    assert shop.psa.calls.count("ticket") == 1
    shop.psa.before.clear()
    shop.clock.advance(60)
    assert len(triage.triage(shop.services, account_id=shop.account_id, inbox_id=row)) == 1
    with shop.database.account(shop.account_id) as session:
        stored = inbox.get(session, shop.account_id, row)
    assert stored is not None
    assert stored.attempts == 2


def test_whoever_is_overtaken_does_not_give_back_what_another_has(shop: Shop) -> None:
    shop.psa.add(status=ESCALATED)
    row = shop.ring_in()

    def overtake() -> None:
        shop.clock.advance(600)
        with shop.database.account(shop.account_id) as session:
            assert inbox.take(session, shop.account_id, row, now=shop.clock(), lease_s=60)
        raise Unavailable("GET ticket: 503")

    shop.psa.before["ticket"] = overtake
    assert triage.triage(shop.services, account_id=shop.account_id, inbox_id=row) == []
    with shop.database.account(shop.account_id) as session:
        stored = inbox.get(session, shop.account_id, row)
    assert stored is not None
    assert stored.lease_until == shop.clock() + timedelta(seconds=60)


def test_refused_keys_wait_too_and_the_operator_hears_of_it_by_the_polls(shop: Shop) -> None:
    shop.psa.add(status=ESCALATED)
    for call in ("ticket", "tickets_updated_since"):
        shop.psa.before[call] = lambda: _raise(Unauthorized("GET: 401", status=401))
    row = shop.ring_in()
    for _ in range(4):
        shop.clock.advance(90)
        poller.poll(shop.services, account_id=shop.account_id)
        triage.triage(shop.services, account_id=shop.account_id, inbox_id=row)
    with shop.database.account(shop.account_id) as session:
        assert [a.kind for a in jobs.open_alerts(session, shop.account_id)] == ["psa refuses us"]
        stored = inbox.get(session, shop.account_id, row)
    assert stored is not None
    assert stored.state == "new"


def test_a_row_that_ends_the_process_each_time_is_parked_at_last(shop: Shop) -> None:
    shop.psa.add(status=ESCALATED)
    row = shop.ring_in()
    attempts = shop.services.settings.intervals.attempts
    for _ in range(attempts):
        with shop.database.account(shop.account_id) as session:
            assert inbox.take(session, shop.account_id, row, now=shop.clock(), lease_s=60)
        shop.clock.advance(61)  # the process died; the lease runs out
    assert triage.triage(shop.services, account_id=shop.account_id, inbox_id=row) == []
    with shop.database.account(shop.account_id) as session:
        stored = inbox.get(session, shop.account_id, row)
        assert stored is not None
        assert stored.state == "parked"
        assert inbox.reset(session, shop.account_id, since=None, now=shop.clock()) == 1
    assert len(triage.triage(shop.services, account_id=shop.account_id, inbox_id=row)) == 1


def _poll(shop: Shop) -> list[int]:
    shop.clock.advance(shop.services.settings.intervals.poll + 1)
    rows = poller.poll(shop.services, account_id=shop.account_id)
    opened = []
    for row in rows:
        opened += triage.triage(shop.services, account_id=shop.account_id, inbox_id=row)
    return opened


def test_the_poller_finds_what_no_callback_told(shop: Shop) -> None:
    shop.psa.add(status=NEW)
    assert _poll(shop) == []
    shop.psa.change(48213, status_id=ESCALATED)
    assert len(_poll(shop)) == 1
    assert _poll(shop) == []
    shop.psa.change(48213, closed=True)
    _poll(shop)
    assert _states(shop.handoffs()) == [(1, "withdrawn")]


def test_the_poller_finds_a_ticket_that_vanished(shop: Shop) -> None:
    shop.escalated()
    del shop.psa.tickets[48213]
    _poll(shop)
    (handoff,) = shop.handoffs()
    assert (handoff.response_state, handoff.missing_since) == ("open", shop.clock()), "nobody is known to have deleted it"


def test_two_pollers_ask_once(shop: Shop) -> None:
    shop.clock.advance(shop.services.settings.intervals.poll + 1)
    for _ in range(2):
        poller.poll(shop.services, account_id=shop.account_id)
    assert shop.psa.calls.count("tickets_updated_since") == 1


def test_the_sweeper_rings_for_what_nobody_rang_for(shop: Shop) -> None:
    shop.psa.add(status=ESCALATED)
    row = shop.ring_in()
    sweeper.sweep(shop.services)
    assert shop.bell.take("triage") == [], "the bell has a few seconds"
    shop.clock.advance(6)
    sweeper.sweep(shop.services)
    (ids,) = shop.bell.take("triage")
    assert ids == {"account_id": shop.account_id, "inbox_id": row}
    (handoff_id,) = triage.triage(shop.services, **ids)
    shop.clock.advance(6)
    sweeper.sweep(shop.services)
    assert shop.bell.take("publish") == [{"account_id": shop.account_id, "handoff_id": handoff_id}]


def test_the_engineers_are_told_even_while_the_note_cannot_be_posted(shop: Shop) -> None:
    handoff_id = shop.escalated()
    shop.psa.before["post_internal_note"] = lambda: _raise(Unavailable("POST notes: no connection"))
    shop.publish(handoff_id)
    shop.clock.advance(shop.services.settings.intervals.mail_before_note + 1)
    sweeper.sweep(shop.services)
    assert shop.bell.take("notify") == [{"account_id": shop.account_id, "handoff_id": handoff_id}]
    assert shop.tell(handoff_id) == 1


def test_what_was_escalated_before_connecting_is_left_alone(shop: Shop) -> None:
    shop.psa.add(48200, status=ESCALATED)
    with shop.database.account(shop.account_id) as session:
        accounts.set_account(session, shop.account_id, connected_at=None)
    done = connect(shop.services, account_named(shop.services, "northgate"))
    assert done.already_escalated == [48200]
    assert shop.triage(48200) == []
    shop.psa.change(48200, status_id=NEW)
    shop.triage(48200)
    shop.clock.advance(5)
    shop.psa.change(48200, status_id=ESCALATED)
    assert len(shop.triage(48200)) == 1
    with shop.database.account(shop.account_id) as session:
        assert handoffs.open_for_ticket(session, shop.account_id, 48200) is not None


def test_a_status_that_follows_a_handoff_by_hand_makes_it_an_escalation(shop: Shop) -> None:
    shop.psa.add(status=NEW)
    assert preview.hand_off(shop.services, account_id=shop.account_id, ticket_id=48213) == 0
    by_hand = shop.handoffs()[0]
    assert (by_hand.origin, by_hand.escalated_by) == ("hand", None)
    assert by_hand.calendar_version == shop.services.desk(shop.account_id).calendar.version
    shop.clock.advance(600)
    shop.psa.change(48213, status_id=ESCALATED)
    assert shop.triage() == []
    (handoff,) = shop.handoffs()
    assert (handoff.origin, handoff.escalated_at) == ("status", shop.clock())
    assert len(shop.psa.posted[48213]) == 1


def test_a_status_added_later_does_not_hand_off_what_stands_there_already(shop: Shop) -> None:
    shop.psa.add(48200, status=NEW)
    with shop.database.account(shop.account_id) as session:
        accounts.set_account(session, shop.account_id, escalate_status_names=["Escalated", "New"])
    done = connect(shop.services, account_named(shop.services, "northgate"))
    assert done.already_escalated == [48200]
    assert shop.triage(48200) == []


def test_callback_entries_that_are_gone_or_off_are_brought_back_and_told_of(shop: Shop) -> None:
    assert callback_check.check_callbacks(shop.services, account_id=shop.account_id) == 0
    gone, off, *rest = shop.psa.registered
    shop.psa.registered = [dataclasses.replace(off, inactive=True), *rest]
    assert callback_check.check_callbacks(shop.services, account_id=shop.account_id) == 2
    assert {(c.type, c.inactive) for c in shop.psa.registered} == {(c.type, False) for c in (gone, off, *rest)}
    with shop.database.account(shop.account_id) as session:
        assert "callback was inactive" in [a.kind for a in jobs.open_alerts(session, shop.account_id)]


def test_an_address_that_connectwise_cannot_call_is_refused_before_anything_is_registered(shop: Shop) -> None:
    shop.services.settings = dataclasses.replace(shop.services.settings, public_url="http://127.0.0.1:8000")
    with pytest.raises(CannotConnect, match="PUBLIC_URL is http"):
        connect(shop.services, account_named(shop.services, "northgate"))


def test_the_day_that_checks_callbacks_also_clears_what_is_kept_no_longer(shop: Shop) -> None:
    shop.psa.add(status=NEW)
    shop.triage()
    shop.clock.advance(15 * 86_400)
    poller.poll(shop.services, account_id=shop.account_id)
    (ids,) = shop.bell.take("clear_old")
    assert retention.clear_old(shop.services, **ids) == {"inbox": 1}
