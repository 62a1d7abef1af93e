"""What follows from a claim for the others and in the PSA: also when it fails, a process dies, claims follow one another."""

from __future__ import annotations

import pytest

from models.account import accounts
from models.handoff import claims, deliveries, handoffs
from psa.port import NotFound, PsaError, Unavailable
from tests.integration.worker.conftest import Shop
from tests.integration.worker.response.followed import brief_now, handed_off, newest, seen_after
from worker.process import crash
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


@pytest.mark.storm
def test_a_psa_that_will_not_set_the_owner_is_left_alone_more_and_more(shop: Shop) -> None:
    shop.publish(shop.escalated())
    claimed_by_link(shop, 2)
    shop.psa.before["assign_owner"] = lambda: _raise(Unavailable("PATCH: 503"))
    for _ in range(3600 // 15):
        settled(shop)
        shop.clock.advance(15)
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


def test_a_taken_message_that_was_not_sent_yet_gives_way_to_that_of_the_next_claim(shop: Shop) -> None:
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
        taken = [d for d in deliveries.of_handoff(session, shop.account_id, handoff_id) if d.kind.startswith("taken")]
    assert [(d.recipient_user_id, d.status) for d in taken] == [(3, "suppressed"), (3, "queued")]
    assert [d.id for d in taken if d.status == "queued"] == queued


class TestTheOthers:
    def test_who_was_told_learns_once_of_each_claim_who_took_it(self, shop: Shop) -> None:
        shop.psa_members_with_mail()
        handoff_id = handed_off(shop)
        assert len(shop.mailer.sent) == 2
        names = {"msvensson": "Maja Svensson", "tobrien": "Tess O'Brien"}
        takers = ["msvensson", "tobrien", "tobrien"]
        for taker in takers:
            shop.mailer.sent.clear()
            shop.psa.change(48213, owner=taker, updated_by=taker)
            seen_after(shop)
            seen_after(shop)  # a repeat tells nobody twice
            (mail,) = shop.mailer.sent
            assert mail["To"].startswith(next(name for login, name in names.items() if login != taker))
            assert f"Claimed by {names[taker]}" in mail["Subject"]
            assert mail["In-Reply-To"]
            shop.clock.advance(10)
            shop.psa.change(48213, owner=None, updated_by=taker)
            seen_after(shop)
            shop.clock.advance(10)
        with shop.database.account(shop.account_id) as session:
            kinds = {d.kind for d in deliveries.of_handoff(session, shop.account_id, handoff_id)}
        assert kinds == {"handoff", "taken", "offered 1", "taken 1", "offered 2", "taken 2", "offered 3"}

    def test_who_had_it_is_told_who_took_it_over(self, shop: Shop) -> None:
        shop.psa_members_with_mail()
        handed_off(shop)
        shop.psa.change(48213, owner="msvensson", updated_by="msvensson")
        seen_after(shop)
        shop.clock.advance(10)
        shop.mailer.sent.clear()
        shop.psa.change(48213, owner="tobrien", updated_by="tobrien")
        seen_after(shop)
        assert [(m["To"].split(" <")[0], "Claimed by Tess O'Brien" in m["Subject"]) for m in shop.mailer.sent] == [
            ("Maja Svensson", True)
        ]

    def test_a_message_under_way_while_it_is_claimed_is_followed_by_who_took_it(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(crash, "point", lambda _: None)  # two processes on one thread are no trail to follow
        shop.psa_members_with_mail()
        handoff_id = shop.escalated()
        shop.publish(handoff_id)

        class Crossed:
            """Claims while the second engineer's message is being sent."""

            def __init__(self, inner: object) -> None:
                self.inner, self.count = inner, 0

            def send(self, message: object) -> None:
                self.inner.send(message)  # type: ignore[attr-defined]
                self.count += 1
                if self.count == 2:
                    shop.clock.advance(30)
                    shop.psa.change(48213, owner="msvensson", updated_by="msvensson")
                    seen_after(shop)

        kept, shop.services.mailer = shop.services.mailer, Crossed(shop.services.mailer)
        shop.tell(handoff_id)
        shop.services.mailer = kept
        shop.bell.rung.append(("settle", {"account_id": shop.account_id, "handoff_id": handoff_id}))
        shop.settle()
        taken = [m["To"] for m in shop.mailer.sent if "Claimed by" in m["Subject"]]
        assert taken == ["Tess O'Brien <tess@northgate.example>"]


class TestTheOwnerInThePsa:
    def claim_by_link(self, shop: Shop, member_id: int = 2) -> None:
        with shop.database.account(shop.account_id) as session:
            assert claims.claim(
                session, shop.account_id, newest(shop).id, member_id=member_id, kind="link", now=shop.clock(),
                actor=shop.services.desk(shop.account_id).login(member_id),
            )  # fmt: skip
        shop.bell.rung.append(("settle", {"account_id": shop.account_id, "handoff_id": newest(shop).id}))
        shop.settle()

    def test_is_set_when_the_claim_came_from_elsewhere(self, shop: Shop) -> None:
        handed_off(shop)
        self.claim_by_link(shop)
        assert shop.psa.tickets[48213].owner == "msvensson"
        assert newest(shop).owner_outcome == "owner in the PSA: msvensson"

    def test_is_left_alone_and_said_where_another_engineer_took_it_there(self, shop: Shop) -> None:
        handed_off(shop)
        shop.psa.change(48213, owner="tobrien", updated_by="tobrien")
        self.claim_by_link(shop)
        assert shop.psa.tickets[48213].owner == "tobrien"
        assert (newest(shop).owner_outcome or "").startswith("the PSA says otherwise: tobrien")
        assert "ConnectWise shows Tess O'Brien as the owner" in brief_now(shop)

    @pytest.mark.parametrize("error", [Unavailable("GET ticket: 503"), NotFound("GET ticket: 404", status=404)])
    def test_waits_for_a_psa_that_does_not_answer_or_does_not_show_the_ticket(self, shop: Shop, error: PsaError) -> None:
        handed_off(shop)
        shop.psa.before["ticket"] = lambda: _raise(error)
        self.claim_by_link(shop)
        assert newest(shop).owner_outcome is None
        shop.psa.before.clear()
        shop.clock.advance(400)
        shop.sweep()
        assert shop.psa.tickets[48213].owner == "msvensson"

    def test_our_own_write_is_nobodys_deed(self, shop: Shop) -> None:
        handed_off(shop)
        self.claim_by_link(shop)
        assert seen_after(shop, 30).response_state == "claimed"
