"""Dry run: briefs are built and mailed to one person, nothing is posted, until a board is switched on; no figure counts them."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from models.account import accounts
from models.figures import observed
from models.handoff import claims, deliveries
from models.tables import Handoff
from tests.fakes import ESCALATED
from tests.integration.worker.conftest import Shop
from worker.handoff import publish as publishing


def set_account(shop: Shop, **columns: Any) -> None:
    with shop.database.account(shop.account_id) as session:
        accounts.set_account(session, shop.account_id, **columns)


def escalate(shop: Shop, ticket: int = 48213) -> int:
    shop.psa.add(ticket)
    shop.triage(ticket)
    shop.clock.advance(60)
    shop.psa.change(ticket, status_id=ESCALATED, status="Escalated")
    (handoff_id,) = shop.triage(ticket)
    return handoff_id


def test_a_brief_in_dry_run_is_mailed_whole_to_one_person_and_never_posted(shop: Shop) -> None:
    shop.psa_members_with_mail()
    set_account(shop, dry_run_to="tobrien")
    handoff_id = escalate(shop)
    assert shop.publish(handoff_id)
    assert shop.tell(handoff_id) == 1
    (one,) = shop.handoffs()
    assert (one.brief_state, one.dry_run) == ("withheld", True)
    assert "post_internal_note" not in shop.psa.calls
    (mail,) = shop.mailer.sent
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "O'Brien" in str(mail["To"])
    assert "DRY RUN" in text
    assert "the note as it would be" in text
    assert "**State left behind:**" in text
    assert "/claim/" not in text
    for _ in range(5):  # whatever rings afterwards
        shop.clock.advance(90)
        shop.sweep()
        assert not shop.publish(handoff_id)
    assert "post_internal_note" not in shop.psa.calls


def test_a_board_that_is_switched_on_posts_and_tells_everybody_and_the_earlier_one_stays_withheld(shop: Shop) -> None:
    shop.psa_members_with_mail()
    set_account(shop, dry_run_to="tobrien")
    first = escalate(shop, 48213)
    shop.publish(first)
    set_account(shop, live_boards=["help desk"])
    second = escalate(shop, 48214)
    assert shop.publish(second)
    assert shop.tell(second) >= 2
    assert shop.handoffs(48214)[0].brief_state == "posted"
    assert shop.handoffs(48213)[0].brief_state == "withheld"
    assert shop.psa.calls.count("post_internal_note") == 1


def test_the_guard_holds_where_the_post_is_claimed_even_if_the_dry_run_began_a_moment_ago(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    handoff_id = escalate(shop)
    looked: list[bool] = []
    real = publishing.withheld

    def early(hold: Any) -> bool:  # a process that looked before it began
        looked.append(True)
        return real(hold) if len(looked) > 1 else False

    monkeypatch.setattr(publishing, "withheld", early)
    set_account(shop, dry_run_to="tobrien")
    assert shop.publish(handoff_id)
    (one,) = shop.handoffs()
    assert (one.brief_state, one.dry_run) == ("withheld", True)
    assert "post_internal_note" not in shop.psa.calls


def test_a_board_that_nobody_knows_by_name_is_in_dry_run(shop: Shop) -> None:
    set_account(shop, dry_run_to="tobrien", live_boards=["Other"])
    handoff_id = escalate(shop)
    shop.publish(handoff_id)
    assert shop.handoffs()[0].brief_state == "withheld"


def test_a_claim_in_dry_run_writes_no_owner_and_figures_leave_the_episode_out(shop: Shop) -> None:
    shop.psa_members_with_mail()
    set_account(shop, dry_run_to="tobrien")
    handoff_id = escalate(shop)
    shop.publish(handoff_id)
    shop.tell(handoff_id)
    now = shop.clock()
    with shop.database.account(shop.account_id) as session:
        tom = next(m for m in accounts.roster_rows(session, shop.account_id) if m.identifier == "tobrien")
        assert claims.claim(
            session, shop.account_id, handoff_id, member_id=tom.id, actor="tobrien", kind="link", now=now
        )
    shop.bell.ring("settle", account_id=shop.account_id, handoff_id=handoff_id)
    shop.settle()
    assert "assign_owner" not in shop.psa.calls
    since, until = now - timedelta(days=1), now + timedelta(days=1)
    with shop.database.account(shop.account_id, reading=True) as session:
        assert observed.observations(session, shop.account_id, since=since, until=until) == []
        assert {row.recipient_user_id for row in deliveries.of_handoff(session, shop.account_id, handoff_id)} == {tom.id}
    with shop.database.account(shop.account_id) as session:
        session.get(Handoff, handoff_id).dry_run = False  # type: ignore[union-attr]
    with shop.database.account(shop.account_id, reading=True) as session:
        assert len(observed.observations(session, shop.account_id, since=since, until=until)) == 1


def test_without_a_dry_run_nothing_is_withheld(shop: Shop) -> None:
    handoff_id = escalate(shop)
    assert shop.publish(handoff_id)
    assert dataclasses.is_dataclass(shop.connected)
    assert shop.handoffs()[0].brief_state == "posted"
