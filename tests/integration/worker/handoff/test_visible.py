"""No note of ours that a customer can see stays: against the simulated ConnectWise over HTTP, and in frozen accounts."""

from __future__ import annotations

import dataclasses
import time
from typing import Any

import pytest

from models.account import accounts
from models.handoff import briefs
from models.work import jobs, retention
from models.work.alert_kinds import Kind
from psa.port import Ambiguous, Forbidden, NotFound, PsaError, Unavailable, VisibleNote
from psa.simulator.remote import Remote
from tests.integration.simulated import client
from tests.integration.worker.conftest import Shop
from worker.handoff import refresh, visible
from worker.upkeep import sweeper

NOTES, NOTE = r"/service/tickets/\d+/notes$", r"/service/tickets/\d+/notes/\d+$"


def alerts(shop: Shop) -> set[str]:
    with shop.database.account(shop.account_id, reading=True) as session:
        return {alert.kind for alert in jobs.open_alerts(session, shop.account_id)}


def carry_on(shop: Shop, seconds: float = 400) -> None:
    """Let time pass, and whoever is there then do what is due."""
    shop.clock.advance(seconds)
    shop.services._rung.clear()
    sweeper.sweep(shop.services)
    for ids in shop.bell.take("take_away"):
        visible.take_away(shop.services, **ids)


def freeze(shop: Shop) -> None:
    with shop.database.account(shop.account_id) as session:
        accounts.freeze(session, shop.account_id, reason="another note was visible", now=shop.clock())


class OverHttp:
    """A shop whose notes go to the simulated ConnectWise, where each of them comes back visible."""

    def __init__(self, shop: Shop, remote: Remote) -> None:
        self.shop, self.remote = shop, remote
        real, self.ticket = client(remote), remote.add_ticket("VPN is slow at the branch", "jlind")
        for name in ("post_internal_note", "delete_note", "edit_note", "own_notes"):
            setattr(shop.psa, name, getattr(real, name))
        shop.psa.add(self.ticket, status=11)
        remote.fault(path=NOTES, method="POST", kind="visible")
        (self.handoff_id,) = shop.triage(self.ticket)

    def shown(self) -> list[str]:
        """Return what customers read of ours."""
        return [n["text"] for n in self.remote.notes(self.ticket) if n["detailDescriptionFlag"]]


@pytest.fixture
def over_http(shop: Shop, remote: Remote) -> OverHttp:
    return OverHttp(shop, remote)


@pytest.mark.parametrize(
    ("failure", "says"),
    [
        pytest.param({"kind": "throttle", "retry_after": 1}, "[ref: RF-", marks=pytest.mark.storm),
        ({"kind": "status", "status": 503}, visible.NEUTRAL),
        ({"kind": "reset"}, visible.NEUTRAL),
    ],
    ids=["429", "503", "cut"],
)  # fmt: skip
def test_a_visible_note_whose_removal_fails_in_passing_is_removed_later(
    over_http: OverHttp, failure: dict[str, Any], says: str
) -> None:
    shop, remote = over_http.shop, over_http.remote
    rule = remote.fault(path=NOTE, method="DELETE", **failure)
    shop.publish(over_http.handoff_id)
    assert shop.services.desk(shop.account_id).frozen
    (text,) = over_http.shown()
    assert says in text
    assert (Kind.NOTE_STAYS in alerts(shop)) == (says != visible.NEUTRAL)
    remote.clear_faults(rule)
    end = time.monotonic() + 5
    while over_http.shown() and time.monotonic() < end:
        carry_on(shop)
        time.sleep(0.2)
    assert over_http.shown() == []
    assert Kind.NOTE_VISIBLE in alerts(shop)
    assert Kind.NOTE_STAYS not in alerts(shop)
    remote.clear_requests()
    carry_on(shop)
    assert [it for it in remote.requests() if it["method"] == "DELETE"] == [], "what is gone is left alone"


def test_where_a_role_may_not_delete_a_visible_note_says_nothing_any_more(over_http: OverHttp) -> None:
    shop, remote = over_http.shop, over_http.remote
    remote.fault(path=NOTE, method="DELETE", kind="forbidden")
    shop.publish(over_http.handoff_id)
    assert over_http.shown() == [visible.NEUTRAL]
    assert Kind.NOTE_STAYS not in alerts(shop)
    carry_on(shop)
    assert over_http.shown() == [visible.NEUTRAL]


def test_one_that_may_be_neither_deleted_nor_edited_is_told_of_and_tried_until_it_may(over_http: OverHttp) -> None:
    shop, remote = over_http.shop, over_http.remote
    rules = [remote.fault(path=NOTE, method=method, kind="forbidden") for method in ("DELETE", "PATCH")]
    shop.publish(over_http.handoff_id)
    for _ in range(3):
        carry_on(shop)
        assert Kind.NOTE_STAYS in alerts(shop)
    assert len(over_http.shown()) == 1
    for rule in rules:
        remote.clear_faults(rule)
    carry_on(shop)
    assert over_http.shown() == []
    assert Kind.NOTE_STAYS not in alerts(shop)


def in_doubt(shop: Shop, *, internal: bool) -> int:
    """Let a brief be posted whose answer is lost, and the account be frozen over another note."""
    handoff_id = shop.escalated()
    shop.psa.after["post_internal_note"] = lambda: _raise(Ambiguous("POST notes: connection reset"))
    shop.publish(handoff_id)
    shop.psa.after.clear()
    shop.psa.posted[48213] = [dataclasses.replace(note, internal=internal) for note in shop.psa.posted[48213]]
    freeze(shop)
    return handoff_id


def _raise(error: PsaError) -> None:
    raise error


def published(shop: Shop, seconds: float = 120) -> None:
    shop.clock.advance(seconds)
    shop.services._rung.clear()
    sweeper.sweep(shop.services)
    for ids in shop.bell.take("publish"):
        shop.publish(ids["handoff_id"])


def test_in_a_frozen_account_a_note_whose_answer_was_lost_is_looked_for_and_removed_where_customers_see_it(shop: Shop) -> None:
    in_doubt(shop, internal=False)
    shop.psa.before["delete_note"] = lambda: _raise(Unavailable("DELETE: 503"))
    shop.psa.before["edit_note"] = lambda: _raise(Unavailable("PATCH: 503"))
    published(shop)
    assert len(shop.psa.posted[48213]) == 1
    shop.psa.before.clear()
    carry_on(shop)
    assert shop.psa.posted[48213] == []


def test_in_a_frozen_account_a_note_whose_answer_was_lost_is_known_again_where_none_sees_it(shop: Shop) -> None:
    in_doubt(shop, internal=True)
    published(shop)
    assert shop.handoffs()[0].brief_state == "posted"


def test_in_a_frozen_account_what_did_not_arrive_is_posted_once_it_goes_on_and_not_before(shop: Shop) -> None:
    in_doubt(shop, internal=True)
    shop.psa.posted[48213] = []
    for _ in range(3):
        published(shop)
    assert shop.psa.posted[48213] == []
    with shop.database.account(shop.account_id) as session:
        accounts.unfreeze(session, shop.account_id)
    published(shop)
    assert len(shop.psa.posted[48213]) == 1


def test_of_a_suspended_account_no_ticket_is_read(shop: Shop) -> None:
    in_doubt(shop, internal=True)
    with shop.database.account(shop.account_id) as session:
        accounts.set_account(session, shop.account_id, suspended_at=shop.clock())
    shop.psa.calls.clear()
    published(shop)
    assert shop.psa.calls == []


@pytest.mark.parametrize("mark", ["[ref: RF-U-ABCDEFGH]", r"\[ref: RF-U-ABCDEFGH\]", "&#91;ref: RF-U-ABCDEFGH&#93;"])
def test_any_note_of_ours_for_seniors_that_a_customer_sees_by_now_is_removed(shop: Shop, mark: str) -> None:
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    brief = shop.psa.posted[48213][0]
    beside = dataclasses.replace(brief, id=brief.id + 1, text=f"Something newer.\n\n{mark}", internal=False)
    shop.psa.posted[48213].append(beside)
    with shop.database.account(shop.account_id) as session:
        briefs.ask_refresh(session, shop.account_id, handoff_id, due_at=shop.clock())
    refresh.refresh(shop.services, account_id=shop.account_id, handoff_id=handoff_id)
    assert shop.psa.posted[48213] == [brief]
    assert shop.services.desk(shop.account_id).frozen


@pytest.mark.parametrize("there", [True, False])
def test_a_note_that_was_removed_by_hand_is_believed_gone_only_where_it_is_not_in_the_ticket(shop: Shop, there: bool) -> None:
    in_doubt(shop, internal=False)
    shop.psa.before["delete_note"] = lambda: _raise(Forbidden("DELETE: 403"))
    shop.psa.before["edit_note"] = lambda: _raise(NotFound("PATCH: 404"))
    published(shop)
    assert Kind.NOTE_STAYS in alerts(shop)
    shop.psa.posted[48213] = shop.psa.posted[48213] if there else []
    carry_on(shop)
    assert (Kind.NOTE_STAYS in alerts(shop)) == there


@pytest.mark.parametrize("known", [True, False])
def test_where_all_is_404_a_note_is_believed_gone_only_if_its_ticket_is_known_to_be_deleted(shop: Shop, known: bool) -> None:
    in_doubt(shop, internal=False)
    shop.psa.before["delete_note"] = shop.psa.before["edit_note"] = lambda: _raise(Forbidden("403", status=403))
    published(shop)
    assert Kind.NOTE_STAYS in alerts(shop)
    del shop.psa.tickets[48213]
    kept = shop.psa.posted.pop(48213)
    shop.psa.before = {"edit_note": lambda: _raise(NotFound("PATCH: 404", status=404))}
    if known:
        shop.triage(action="deleted")
    carry_on(shop)
    assert (Kind.NOTE_STAYS in alerts(shop)) != known
    if not known:  # the role sees it again
        shop.psa.add(48213)
        shop.psa.posted[48213] = kept
        carry_on(shop, 3600)
        assert shop.psa.posted[48213] == []
        assert Kind.NOTE_STAYS not in alerts(shop)


def test_a_note_that_was_removed_and_is_there_again_is_removed_again(shop: Shop) -> None:
    handoff_id = in_doubt(shop, internal=False)
    kept = shop.psa.posted[48213][:]
    published(shop)
    shop.psa.posted[48213] = kept
    (handoff,) = shop.handoffs()
    error = VisibleNote("it is there again", note_id=kept[0].id)
    visible.freeze(shop.services, shop.account_id, handoff.ticket_id, error, subject=f"handoff {handoff_id}")
    assert shop.psa.posted[48213] == []


def test_what_has_to_go_outlasts_days_in_which_everything_was_down(shop: Shop) -> None:
    in_doubt(shop, internal=False)
    shop.psa.before["delete_note"] = shop.psa.before["edit_note"] = lambda: _raise(Unavailable("503"))
    published(shop)
    shop.clock.advance(5 * 86_400)
    retention.clear(shop.database, shop.account_id, now=shop.clock(), keep=retention.Keep())
    shop.psa.before.clear()
    carry_on(shop)
    assert shop.psa.posted[48213] == []
