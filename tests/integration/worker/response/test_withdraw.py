"""What nobody took is withdrawn once, and never what came back in time, whoever hears of it first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.database.sessions import Database
from models.handoff import claims, handoffs
from models.work import ticket_watch
from tests.databases import until_one_waits
from tests.fakes import ASSIGNED, ESCALATED, NEW
from tests.integration.worker.conftest import Shop
from tests.integration.worker.response.followed import handed_off
from worker.handoff import preview, triage
from worker.response import observe, withdraw


def left(shop: Shop) -> int:
    """Let a handed-off ticket leave the escalation status, and everybody know of it."""
    handoff_id = handed_off(shop)
    shop.psa.change(48213, status_id=NEW)
    shop.triage()
    shop.observe()
    return handoff_id


def states(shop: Shop) -> list[tuple[int, str]]:
    return [(handoff.episode, handoff.response_state) for handoff in shop.handoffs()]


def do_what_was_rung_for(shop: Shop) -> None:
    for ids in shop.bell.take("triage"):
        triage.triage(shop.services, **ids)
    shop.observe()


def test_what_another_worker_sees_come_back_at_that_moment_stays(
    postgres_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Shop(postgres_database, tmp_path)
    handoff_id = left(shop)
    desk = shop.services.desk(shop.account_id)
    left_at = shop.clock()
    shop.clock.advance(66)
    decide = withdraw._away

    def then_it_comes_back(*args: object) -> object:
        found = decide(*args)  # type: ignore[arg-type]
        monkeypatch.undo()
        shop.psa.change(48213, status_id=ESCALATED, last_updated=left_at + timedelta(seconds=30))
        shop.triage()
        return found

    monkeypatch.setattr(withdraw, "_away", then_it_comes_back)
    assert not withdraw.withdraw_if_away(shop.services, desk, handoff_id)
    assert states(shop) == [(1, "open")]
    with shop.database.account(shop.account_id) as session:
        watch = ticket_watch.seen(session, shop.account_id, 48213)
    assert watch is not None
    assert watch.in_escalation


@contextmanager
def decided_while_it_waits(
    shop: Shop, deed: Callable[[], bool], *, in_escalation: bool
) -> Iterator[tuple[Session, list[bool | Exception]]]:
    """Decide on the ticket in a transaction, and hold that open until another thread's deed waits for it.

    Gives its session, and what comes of the deed once the transaction is over.
    """
    came: list[bool | Exception] = []

    def do() -> None:
        try:
            came.append(deed())
        except Exception as error:  # a deadlock is what must not come
            came.append(error)

    other = threading.Thread(target=do)
    with shop.database.account(shop.account_id) as session:
        watch = ticket_watch.seen(session, shop.account_id, 48213)
        assert watch is not None
        ticket_watch.record(
            session, shop.account_id, 48213, expected_version=watch.version, board_id=1, status_id=NEW,
            in_escalation=in_escalation, left_at=None, last_updated=watch.last_updated, episode=1,
            missing_since=None, absent_since=None,
        )  # fmt: skip
        other.start()
        until_one_waits(shop.database)
        yield session, came
    other.join(10)


def test_a_claim_waits_for_whoever_decides_on_the_ticket_and_not_both_for_each_other(
    postgres_database: Database, tmp_path: Path
) -> None:
    shop = Shop(postgres_database, tmp_path)
    handoff_id, account_id = handed_off(shop), shop.account_id

    def claim() -> bool:
        with postgres_database.account(account_id) as session:
            return claims.claim(session, account_id, handoff_id, member_id=2, now=shop.clock())

    with decided_while_it_waits(shop, claim, in_escalation=False) as (session, won):
        withdraw.withdraw(session, account_id, handoff_id, "stayed away", at=shop.clock(), now=shop.clock())
    assert won == [False]
    assert states(shop) == [(1, "withdrawn")]


def test_what_is_handed_on_waits_for_whoever_decides_on_the_ticket_and_not_both_for_each_other(
    postgres_database: Database, tmp_path: Path
) -> None:
    shop = Shop(postgres_database, tmp_path)
    handoff_id, account_id = handed_off(shop), shop.account_id
    shop.psa.change(48213, owner="msvensson", updated_by="msvensson")
    shop.triage()
    shop.observe()
    shop.clock.advance(60)
    shop.psa.change(48213, owner="tobrien", updated_by="msvensson")
    desk, (handoff,) = shop.services.desk(account_id), shop.handoffs()
    with decided_while_it_waits(
        shop, lambda: observe.look(shop.services, desk, handoff)[0], in_escalation=True
    ) as (session, moved):
        handoffs.stands_in(session, account_id, handoff_id, board="Help Desk", status="New")
    assert moved == [True]
    assert shop.handoffs()[0].claimed_by == 3


def test_a_ticket_that_is_back_though_its_callback_is_still_unread_stays_the_same_episode(shop: Shop) -> None:
    left(shop)
    shop.clock.advance(30)
    shop.psa.change(48213, status_id=ESCALATED)
    shop.clock.advance(36)
    shop.sweep()
    assert states(shop) == [(1, "open")]
    do_what_was_rung_for(shop)
    assert states(shop) == [(1, "open")]
    assert shop.triage() == []
    shop.clock.advance(3600)
    shop.sweep()
    assert states(shop) == [(1, "open")]


CLOSED: dict[str, Any] = {"status": "Closed", "closed": True}


@pytest.mark.parametrize("then", ["left", "away", "closed"])
def test_a_claim_that_crosses_a_triage_is_offered_again_when_it_is_given_back(shop: Shop, then: str) -> None:
    handoff_id = left(shop) if then == "away" else handed_off(shop)
    shop.clock.advance(90)
    member: dict[str, Any] = {"member_id": 2, "now": shop.clock()}

    def claimed_meanwhile() -> None:
        shop.psa.before.clear()
        with shop.database.account(shop.account_id) as session:
            assert claims.claim(session, shop.account_id, handoff_id, **member, kind="link", actor="msvensson")

    shop.psa.change(48213, status_id=NEW, **(CLOSED if then == "closed" else {}))
    shop.psa.before["ticket"] = claimed_meanwhile  # after triage has read what was last seen, before it reads the ticket
    shop.triage()
    do_what_was_rung_for(shop)
    if then == "closed":
        assert states(shop) == [(1, "resolved")]
        return
    assert states(shop) == [(1, "claimed")]
    with shop.database.account(shop.account_id) as session:
        assert claims.release_claim(session, shop.account_id, handoff_id, **member, why="given back")
    shop.clock.advance(400)
    shop.sweep()
    do_what_was_rung_for(shop)
    assert states(shop) == [(1, "open")]


def test_a_ticket_that_was_changed_while_away_is_still_withdrawn(shop: Shop) -> None:
    left(shop)
    shop.clock.advance(30)
    shop.psa.change(48213, summary="Another one")
    shop.clock.advance(36)
    shop.sweep()
    do_what_was_rung_for(shop)
    assert states(shop) == [(1, "withdrawn")]


def test_what_is_said_to_be_taken_is_withdrawn_also_where_the_ticket_was_saved_again(shop: Shop) -> None:
    handed_off(shop)
    shop.psa.change(48213, status_id=ASSIGNED)
    shop.triage()
    shop.observe()
    shop.clock.advance(30)
    shop.psa.change(48213, status_id=ASSIGNED)
    shop.clock.advance(3 * 3600)
    shop.sweep()
    do_what_was_rung_for(shop)
    assert states(shop) == [(1, "withdrawn")]


def test_what_a_psa_put_back_from_a_backup_shows_is_asked_of_triage_once(shop: Shop) -> None:
    left(shop)
    shop.psa.change(48213, status_id=ESCALATED, last_updated=shop.clock() - timedelta(days=1))
    shop.clock.advance(66)
    for _ in range(3):
        shop.sweep()
        rung = shop.bell.take("triage")
        for ids in rung:
            triage.triage(shop.services, **ids)
    assert rung == []
    assert states(shop) == [(1, "open")]


def test_a_handoff_by_hand_is_not_made_beside_what_another_worker_saw_meanwhile(
    postgres_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Shop(postgres_database, tmp_path)
    shop.psa.add(status=ESCALATED, closed=True)
    shop.triage()
    seen = ticket_watch.seen

    def then_another_sees_it(*args: object) -> object:
        found = seen(*args)  # type: ignore[arg-type]
        monkeypatch.undo()
        shop.clock.advance(5)
        shop.psa.change(48213, status_id=NEW, closed=True)
        shop.triage()
        return found

    monkeypatch.setattr(ticket_watch, "seen", then_another_sees_it)
    assert preview.hand_off(shop.services, account_id=shop.account_id, ticket_id=48213) == 1
    assert shop.handoffs() == []
