"""The clock was set: nothing waits for an hour, no lease of a living worker ends, no account sees another's rows moved."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from models.database.clock import CommonClock
from models.handoff import briefs, handoffs
from models.tables import Account, Delivery, Handoff, Inbox
from models.work import visible_notes
from tests.fakes import ESCALATED
from tests.integration.worker.conftest import Shop
from worker.handoff import notify, publish
from worker.upkeep import sweeper
from worker.wiring import Services

HOUR = timedelta(hours=1)


def _opened(shop: Shop, ticket: int = 48213) -> int:
    shop.psa.add(ticket, ESCALATED)
    shop.psa.note(ticket, "Rebooted, no change.")
    (handoff,) = shop.triage(ticket)
    return handoff


def _swept(shop: Shop) -> set[str]:
    shop.bell.rung.clear()
    shop.services._rung.clear()
    sweeper.sweep(shop.services)
    return {name for name, _ in shop.bell.rung}


def test_set_back_by_an_hour_everything_due_is_due_now(shop: Shop) -> None:
    handoff = _opened(shop)
    shop.ring_in()
    sweeper.sweep(shop.services)
    shop.clock.now -= HOUR
    assert {"triage", "publish", "poll", "observe"} - _swept(shop) == {"observe"}
    with shop.database.account(shop.account_id) as session:
        found = handoffs.get(session, shop.account_id, handoff)
        assert found is not None
        assert found.observe_due_at is not None
        assert found.observe_due_at <= shop.clock() + timedelta(seconds=shop.services.settings.intervals.lease)


def test_set_back_by_an_hour_a_note_that_customers_can_see_does_not_wait_for_it(shop: Shop) -> None:
    sweeper.sweep(shop.services)
    with shop.database.account(shop.account_id) as session:
        visible_notes.owe(session, shop.account_id, 48213, 7, now=shop.clock(), lease_s=60)
    shop.clock.now -= HOUR
    assert "take_away" in _swept(shop)


def test_set_back_while_a_brief_is_being_posted_its_lease_begins_anew(shop: Shop) -> None:
    handoff = _opened(shop)
    lease_s = shop.services.settings.intervals.lease
    with shop.database.account(shop.account_id) as session:
        fence = briefs.lease(session, shop.account_id, handoff, now=shop.clock(), lease_s=lease_s, holder="one")
        assert fence
        briefs.mark_attempt(session, shop.account_id, handoff, fence=fence, now=shop.clock())
    sweeper.sweep(shop.services)
    shop.clock.now -= HOUR
    assert "publish" not in _swept(shop)
    assert not publish.publish(shop.services, account_id=shop.account_id, handoff_id=handoff)
    shop.clock.advance(lease_s + 1)
    assert "publish" in _swept(shop)
    # Its holder died. The attempt lies ahead of the clock, so it counts from now, and no longer than it must.
    assert not publish.publish(shop.services, account_id=shop.account_id, handoff_id=handoff)
    for _ in range(10):
        shop.clock.advance(20)
        if publish.publish(shop.services, account_id=shop.account_id, handoff_id=handoff):
            break
    assert len(shop.psa.posted[48213]) == 1
    assert shop.handoffs()[0].brief_state == "posted"


def test_set_back_after_the_note_was_posted_the_engineers_are_told(shop: Shop) -> None:
    handoff = _opened(shop)
    assert publish.publish(shop.services, account_id=shop.account_id, handoff_id=handoff)
    shop.clock.now -= HOUR
    assert "notify" in _swept(shop)


def test_set_back_a_message_that_waits_is_sent(shop: Shop) -> None:
    handoff = _opened(shop)
    publish.publish(shop.services, account_id=shop.account_id, handoff_id=handoff)
    (message,) = notify.notify(shop.services, account_id=shop.account_id, handoff_id=handoff)
    sweeper.sweep(shop.services)
    with shop.database.account(shop.account_id) as session:
        far = shop.clock() + timedelta(seconds=100)
        session.execute(update(Delivery).where(Delivery.id == message).values(next_attempt_at=far, attempts=3))
    shop.clock.now -= HOUR
    assert "deliver" in _swept(shop)
    assert notify.deliver(shop.services, account_id=shop.account_id, delivery_id=message)


def test_a_weekly_report_planned_by_a_clock_that_was_weeks_ahead_is_planned_again(shop: Shop) -> None:
    with shop.database.account(shop.account_id) as session:
        far = shop.clock() + timedelta(days=30)
        session.execute(update(Account).where(Account.id == shop.account_id).values(next_weekly_at=far))
    assert "plan_week" in _swept(shop)


def test_what_is_due_in_its_time_stays_so(shop: Shop) -> None:
    handoff = _opened(shop)
    publish.publish(shop.services, account_id=shop.account_id, handoff_id=handoff)
    before = _dues(shop)
    sweeper.sweep(shop.services)
    assert _dues(shop) == before


def test_set_forward_a_lease_that_is_held_holds_on(shop: Shop) -> None:
    handoff = _opened(shop)
    lease_s = shop.services.settings.intervals.lease
    with shop.database.account(shop.account_id) as session:
        assert briefs.lease(session, shop.account_id, handoff, now=shop.clock(), lease_s=lease_s, holder="one")
    shop.clock.advance(3600)
    _leapt(shop.services, 3600)
    assert "publish" not in _swept(shop)
    shop.clock.advance(lease_s + 1)
    assert "publish" in _swept(shop)


def _leapt(services: Services, seconds: float) -> None:
    clock = services.database.clock = CommonClock(lambda: 0.0)
    clock.hear(services.clock() - timedelta(seconds=seconds), asked=0.0, answered=0.0)
    clock.hear(services.clock(), asked=0.0, answered=0.0)


def _dues(shop: Shop) -> list[object]:
    with shop.database.account(shop.account_id, reading=True) as session:
        columns = (
            Handoff.next_attempt_at, Handoff.refresh_due_at, Handoff.observe_due_at, Handoff.lease_until,
            Inbox.next_attempt_at, Account.next_poll_at, Account.next_weekly_at,
        )  # fmt: skip
        return [session.scalars(column.class_.__table__.select().with_only_columns(column)).all() for column in columns]
