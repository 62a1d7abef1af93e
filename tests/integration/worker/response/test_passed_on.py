"""Whoever took an escalation escalates it further, to the next tier or again: a new episode that they do not have themselves.

The space: how it was taken (owner, claim status, time entry, the link) x whether something was done on it x how it is passed on
(another escalation status, or back into the same one after work elsewhere) x whether a callback tells of it or the poller finds
it. Whoever passes it on stays the ticket's owner.
"""

from __future__ import annotations

import itertools

import pytest

from models.handoff import claims
from models.tables import AccountStatus
from tests.fakes import ASSIGNED, ESCALATED
from tests.integration.worker.conftest import Shop
from tests.integration.worker.response.followed import handed_off, newest, seen_after
from worker.response import observe

TIER_3, WORKING, MAJA = 13, 15, "msvensson"
WAYS = [
    pytest.param(way, acted, into, told, marks=() if told != acted else pytest.mark.storm)
    for way in ("owner", "status", "time entry", "link")
    for acted, into, told in itertools.product((False, True), (TIER_3, ESCALATED), (True, False))
]
"""Half of them here, with each pair of values; all with the storms."""


def taken(shop: Shop, way: str) -> None:
    if way == "owner":
        shop.psa.change(48213, owner=MAJA, updated_by=MAJA)
    elif way == "status":
        shop.psa.change(48213, status_id=ASSIGNED, owner=MAJA, updated_by=MAJA)
    elif way == "time entry":
        shop.psa.time(48213, "", by=MAJA)
    else:
        with shop.database.account(shop.account_id) as session:
            assert claims.claim(
                session, shop.account_id, newest(shop).id, member_id=2, kind="link", now=shop.clock(), actor=MAJA, why="link"
            )
        shop.bell.ring("settle", account_id=shop.account_id, handoff_id=newest(shop).id)
        shop.settle()
    assert seen_after(shop).response_state == "claimed"


@pytest.mark.parametrize(("way", "acted", "into", "told"), WAYS)
def test_what_its_claimant_escalates_further_is_open_to_the_others(
    shop: Shop, way: str, into: int, *, acted: bool, told: bool
) -> None:
    with shop.database.account(shop.account_id) as session:
        session.add(AccountStatus(
            account_id=shop.account_id, board_id=1, status_id=TIER_3, kind="escalate", board="Help Desk", status="Tier 3",
        ))  # fmt: skip
    handed_off(shop)
    taken(shop, way)
    if acted:
        shop.psa.note(48213, "Rekeyed the tunnel on both ends, it drops again.", by=MAJA)
        assert seen_after(shop, 60).response_state == "acted"
    shop.clock.advance(600)
    if into == ESCALATED:
        shop.psa.change(48213, status_id=WORKING, updated_by=MAJA)
        seen_after(shop, 60)
    shop.psa.change(48213, status_id=into, updated_by=MAJA)
    if told:
        shop.told(at=shop.clock(), member=MAJA, status=into, owner=shop.psa.tickets[48213].owner)
    for pause in (1, 400, 400):
        seen_after(shop, pause)
    assert [(h.episode, h.response_state, h.escalated_by) for h in shop.handoffs()] == [
        (2, "open", MAJA), (1, "resolved", "jlind"),
    ]  # fmt: skip
    shop.psa.change(48213, owner="tobrien", updated_by="tobrien")
    assert (seen_after(shop).response_state, newest(shop).claim_kind) == ("claimed", "owner")


@pytest.mark.parametrize("who", ["jlind", "tobrien", "zadmin", None])
def test_another_status_by_somebody_else_leaves_it_with_who_has_it(shop: Shop, who: str | None) -> None:
    with shop.database.account(shop.account_id) as session:
        session.add(AccountStatus(
            account_id=shop.account_id, board_id=1, status_id=TIER_3, kind="escalate", board="Help Desk", status="Urgent",
        ))  # fmt: skip
    handed_off(shop)
    taken(shop, "owner")
    shop.psa.change(48213, status_id=TIER_3, updated_by=who)
    seen_after(shop, 60)
    assert [(h.episode, h.response_state) for h in shop.handoffs()] == [(1, "claimed")]


def test_who_had_an_episode_that_was_over_takes_the_next_one_too(shop: Shop) -> None:
    """Nobody saw the new escalation itself: by the time the ticket was read, they had made themselves its owner."""
    handed_off(shop)
    taken(shop, "owner")
    shop.psa.change(48213, closed=True, updated_by=MAJA)
    assert seen_after(shop, 60).response_state == "resolved"
    shop.clock.advance(3600)
    shop.psa.change(48213, closed=False, status_id=ESCALATED, owner=MAJA, updated_by=MAJA)
    seen_after(shop, 60)
    again = seen_after(shop, 400)
    assert (again.episode, again.escalated_by, again.response_state) == (2, None, "claimed")


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("looked_first", [True, False])
@pytest.mark.parametrize("later", [False, pytest.param(True, marks=pytest.mark.storm)])
def test_escalated_and_working_is_a_claim_and_no_new_episode(shop: Shop, *, told: bool, looked_first: bool, later: bool) -> None:
    """A desk calls both "Escalated" and "Escalated, working" escalated: who takes it sets owner and the other status at once.

    Set `later`, by somebody who has it already, the other status says so only where it is named as a claim status too.
    """
    with shop.database.account(shop.account_id) as session:
        for kind in ("escalate", "claim") if later else ("escalate",):
            session.add(AccountStatus(
                account_id=shop.account_id, board_id=1, status_id=TIER_3, kind=kind, board="Help Desk", status="Working",
            ))  # fmt: skip
    handed_off(shop)
    if later:
        taken(shop, "owner")
        shop.clock.advance(300)
    shop.psa.change(48213, status_id=TIER_3, owner=MAJA, updated_by=MAJA)
    if looked_first:
        observe.observe(shop.services, account_id=shop.account_id, handoff_id=newest(shop).id)
    if told:
        shop.told(at=shop.clock(), member=MAJA, status=TIER_3, owner=MAJA)
    seen_after(shop, 60)
    assert [(h.episode, h.response_state, h.claimed_by) for h in shop.handoffs()] == [(1, "claimed", 2)]
