"""What follows from a claim, when the PSA fails, when a process dies, and when claims follow one another."""

from __future__ import annotations

from models.handoff import claims, deliveries, handoffs
from psa.port import Unavailable
from tests.integration.worker.conftest import Shop
from worker.response import settle


def claimed_by_link(shop: Shop, member_id: int) -> int:
    (handoff, *_) = shop.handoffs()
    with shop.database.account(shop.account_id) as session:
        assert claims.claim(
            session, shop.account_id, handoff.id, member_id=member_id, kind="link", now=shop.clock(),
            actor=shop.services.desk(shop.account_id).login(member_id),
        )  # fmt: skip
    return handoff.id


def given_back(shop: Shop, member_id: int) -> None:
    (handoff, *_) = shop.handoffs()
    with shop.database.account(shop.account_id) as session:
        assert claims.release_claim(
            session, shop.account_id, handoff.id, member_id=member_id, now=shop.clock(), why="given back"
        )


def settled(shop: Shop) -> None:
    (handoff, *_) = shop.handoffs()
    settle.settle(shop.services, account_id=shop.account_id, handoff_id=handoff.id)


def test_a_psa_that_will_not_set_the_owner_is_left_alone_more_and_more(shop: Shop) -> None:
    shop.publish(shop.escalated())
    claimed_by_link(shop, 2)
    shop.psa.before["assign_owner"] = lambda: _raise(Unavailable("PATCH: 503"))
    for _ in range(3600 // 5):
        settled(shop)
        shop.clock.advance(5)
    assert shop.psa.calls.count("assign_owner") < 25
    shop.psa.before.clear()
    shop.clock.advance(3600)
    settled(shop)
    assert shop.handoffs()[0].owner_outcome == "owner in the PSA: msvensson"


def test_the_second_claimant_becomes_owner_after_the_first_gave_it_back(shop: Shop) -> None:
    shop.publish(shop.escalated())
    shop.clock.advance(30)
    claimed_by_link(shop, 2)
    settled(shop)
    assert shop.psa.tickets[48213].owner == "msvensson"
    shop.clock.advance(20)
    given_back(shop, 2)
    settled(shop)
    shop.clock.advance(10)
    shop.psa.change(48213, summary="VPN drops after 8 hours, site B")
    shop.triage()
    shop.observe()
    assert shop.handoffs()[0].response_state == "open"  # the owner we had set is no claim of theirs
    claimed_by_link(shop, 3)
    settled(shop)
    assert shop.psa.tickets[48213].owner == "tobrien"
    assert shop.handoffs()[0].owner_outcome == "owner in the PSA: tobrien"


def test_a_repeat_after_a_crash_keeps_the_offer_it_made(shop: Shop) -> None:
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    claimed_by_link(shop, 3)
    given_back(shop, 3)
    settled(shop)
    with shop.database.account(shop.account_id) as session:
        shop.clock.advance(90)
        handoffs.get(session, shop.account_id, handoff_id).settle_due_at = shop.clock()  # type: ignore[union-attr]
    settled(shop)
    with shop.database.account(shop.account_id) as session:
        rows = deliveries.of_handoff(session, shop.account_id, handoff_id)
    assert [row.status for row in rows if row.kind == "offered 1" and row.recipient_user_id == 2] == ["queued"]


def test_a_frozen_account_gets_its_owner_once_it_is_free(shop: Shop) -> None:
    from models.account import accounts

    shop.publish(shop.escalated())
    with shop.database.account(shop.account_id) as session:
        accounts.freeze(session, shop.account_id, reason="a visible note", now=shop.clock())
    claimed_by_link(shop, 2)
    settled(shop)
    assert shop.psa.tickets[48213].owner is None
    with shop.database.account(shop.account_id) as session:
        accounts.unfreeze(session, shop.account_id)
    shop.clock.advance(600)
    settled(shop)
    assert shop.psa.tickets[48213].owner == "msvensson"


def _raise(error: Exception) -> None:
    raise error


def test_a_taken_message_that_was_not_sent_yet_is_owed_at_the_next_claim(shop: Shop) -> None:
    shop.psa_members_with_mail()
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    shop.tell(handoff_id)
    claimed_by_link(shop, 2)
    settled(shop)  # rows made, nothing sent
    given_back(shop, 2)
    settled(shop)
    claimed_by_link(shop, 2)
    queued = settle.settle(shop.services, account_id=shop.account_id, handoff_id=handoff_id)
    with shop.database.account(shop.account_id) as session:
        taken = [d for d in deliveries.of_handoff(session, shop.account_id, handoff_id) if d.kind == "taken"]
    assert [(d.recipient_user_id, d.status) for d in taken] == [(3, "queued")]
    assert [d.id for d in taken] == queued
