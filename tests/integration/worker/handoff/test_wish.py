"""A wish that a ticket be escalated: one status change, one episode, in the name of whoever asked; or a reason why not.

The kinds: whatever fails before, at or behind the write, with triage by a poll before or after the next try; whoever else
sets the status meanwhile; saves of ours that nobody asked for; and tickets of which no escalation can be made.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from models.account import accounts
from models.account.accounts import StatusRow
from models.handoff import handoffs
from models.work import jobs, refusals, wishes
from models.work.alert_kinds import Kind
from models.work.wishes import LASTS, Wish
from psa.port import Ambiguous, Forbidden, NotFound, PsaError, Refused, Throttled, Unavailable
from tests.fakes import ASSIGNED, ESCALATED, NEW
from tests.integration.worker.conftest import Shop
from worker.handoff import triage, wish
from worker.upkeep import poller

TICKET, JONAS = 48213, 1


def asked(shop: Shop, ticket_id: int = TICKET, login: str = "jlind") -> int:
    with shop.database.account(shop.account_id) as session:
        made = wishes.ask(session, shop.account_id, ticket_id, member_id=JONAS, member=login, now=shop.clock())
    assert made is not None
    return made


def granted(shop: Shop, wish_id: int) -> list[int]:
    """Carry it out, and triage what follows; return the handoffs to publish."""
    rows = wish.grant(shop.services, account_id=shop.account_id, wish_id=wish_id)
    return [it for row in rows for it in triage.triage(shop.services, account_id=shop.account_id, inbox_id=row)]


def polled(shop: Shop) -> None:
    shop.clock.advance(120)
    for row in poller.poll(shop.services, account_id=shop.account_id):
        triage.triage(shop.services, account_id=shop.account_id, inbox_id=row)
    shop.bell.rung.clear()


def stored(shop: Shop, wish_id: int) -> Wish:
    with shop.database.account(shop.account_id, reading=True) as session:
        found = wishes.get(session, shop.account_id, wish_id)
        assert found is not None
        return found


def failing(error: PsaError) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def set_account(shop: Shop, **columns: Any) -> None:
    with shop.database.account(shop.account_id) as session:
        accounts.set_account(session, shop.account_id, **columns)


def test_the_status_is_set_and_the_episode_is_whose_wish_it_was(shop: Shop) -> None:
    shop.psa.add(status=NEW)
    it = asked(shop)
    shop.clock.advance(2)
    (handoff_id,) = granted(shop, it)
    assert (shop.psa.tickets[TICKET].status_id, shop.psa.tickets[TICKET].updated_by) == (ESCALATED, "resolutionflow")
    (handoff,) = shop.handoffs()
    assert (handoff.id, handoff.escalated_by, handoff.origin) == (handoff_id, "jlind", "status")
    with shop.database.account(shop.account_id, reading=True) as session:
        assert {move.actor for move in handoffs.transitions(session, shop.account_id, handoff_id)} == {"jlind"}
    one = stored(shop, it)
    assert (one.handoff_id, one.next_attempt_at, one.outcome) == (handoff_id, None, None)
    assert shop.publish(handoff_id)
    (posted,) = shop.handoffs()
    assert posted.summary == shop.psa.tickets[TICKET].summary
    polled(shop)
    assert granted(shop, it) == []
    assert len(shop.handoffs()) == 1
    assert shop.psa.calls.count("escalate") == 1


@pytest.mark.parametrize("login", ["msvensson", "JLind"])
def test_a_senior_who_asks_has_escalated_and_claimed_nothing(shop: Shop, login: str) -> None:
    shop.psa.add(status=NEW)
    granted(shop, asked(shop, login=login))
    shop.observe()
    assert [(h.escalated_by, h.response_state) for h in shop.handoffs()] == [(login, "open")]


def test_asked_twice_within_its_wait_is_one_wish_and_after_an_hour_another(shop: Shop) -> None:
    first = asked(shop)
    with shop.database.account(shop.account_id) as session:
        shop.clock.advance(LASTS.total_seconds() - 1)
        again = wishes.ask(session, shop.account_id, TICKET, member_id=2, member="msvensson", now=shop.clock())
    assert again is None
    shop.clock.advance(1)
    assert asked(shop) != first
    assert stored(shop, first).outcome == wishes.TOO_LATE


def test_the_sweeper_rings_for_it(shop: Shop) -> None:
    it = asked(shop)
    shop.clock.advance(10)
    shop.sweep()
    assert shop.bell.take("grant") == [{"account_id": shop.account_id, "wish_id": it}]


FAULTS = {
    "no answer to the reading": ("before", "ticket", Unavailable("GET: 503")),
    "throttled": ("before", "escalate", Throttled("PATCH: 429", retry_after=3.0)),
    "nothing written": ("before", "escalate", Unavailable("PATCH: no connection")),
    "not written, nobody knows": ("before", "escalate", Ambiguous("PATCH: 503")),
    "written, nobody knows": ("after", "escalate", Ambiguous("PATCH: time-out")),
    "role mended later": ("before", "escalate", Forbidden("PATCH: 403", status=403)),
}


@pytest.mark.parametrize(("what", "seen_first"), itertools.product(FAULTS, (False, True)))
def test_after_any_fault_there_is_one_change_and_one_episode_of_whoever_asked(
    shop: Shop, what: str, seen_first: bool
) -> None:
    side, call, error = FAULTS[what]
    shop.psa.add(status=NEW)
    it = asked(shop)
    getattr(shop.psa, side)[call] = failing(error)
    assert granted(shop, it) == []
    getattr(shop.psa, side).clear()
    assert stored(shop, it).ended_at is None
    if seen_first:
        polled(shop)
    shop.clock.advance(60)
    granted(shop, it)
    polled(shop)
    assert [(h.escalated_by, h.episode) for h in shop.handoffs()] == [("jlind", 1)]
    assert stored(shop, it).handoff_id == shop.handoffs()[0].id
    changes = shop.psa.calls.count("escalate")
    assert changes == (1 if side == "after" or call == "ticket" else 2), "tried again only where nothing was written"


def test_a_process_that_dies_behind_the_write_leaves_it_to_whoever_comes_next(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Died(BaseException):
        pass

    followed = wish.crash.point

    def die(name: str) -> None:
        if name == "wish.written":
            raise Died
        followed(name)

    shop.psa.add(status=NEW)
    it = asked(shop)
    with monkeypatch.context() as patch:
        patch.setattr(wish.crash, "point", die)
        with pytest.raises(Died):
            granted(shop, it)
    shop.clock.advance(600)
    (handoff_id,) = granted(shop, it)
    assert stored(shop, it).handoff_id == handoff_id
    assert shop.handoffs()[0].escalated_by == "jlind"
    assert shop.psa.calls.count("escalate") == 1


@pytest.mark.parametrize("triaged", [True, False])
def test_somebody_who_sets_the_status_meanwhile_has_escalated(shop: Shop, triaged: bool) -> None:
    shop.psa.add(status=NEW)
    it = asked(shop, login="msvensson")
    shop.psa.change(TICKET, status_id=ESCALATED, status="Escalated", updated_by="jlind")
    if triaged:
        shop.triage()
    granted(shop, it)
    assert [h.escalated_by for h in shop.handoffs()] == ["jlind"]
    assert stored(shop, it).handoff_id == shop.handoffs()[0].id
    assert "escalate" not in shop.psa.calls


def test_a_wish_that_ends_while_its_ticket_is_read_is_not_written(shop: Shop) -> None:
    shop.psa.add(status=NEW)
    it = asked(shop)

    def end() -> None:
        with shop.database.account(shop.account_id) as session:
            assert wishes.fulfil(session, shop.account_id, TICKET, handoff_id=5, now=shop.clock())

    shop.psa.before["ticket"] = end
    with capture_logs() as logs:
        assert granted(shop, it) == []
    assert "wish_written" not in [log["event"] for log in logs]
    assert "escalate" not in shop.psa.calls
    assert (stored(shop, it).handoff_id, stored(shop, it).written_at) == (5, None)


def test_a_save_by_somebody_else_behind_the_write_takes_nobody_their_wish(shop: Shop) -> None:
    shop.psa.add(status=NEW)
    it = asked(shop)
    rows = wish.grant(shop.services, account_id=shop.account_id, wish_id=it)
    shop.clock.advance(1)
    shop.psa.change(TICKET, summary="VPN drops, urgent", updated_by="tobrien")
    for row in rows:
        triage.triage(shop.services, account_id=shop.account_id, inbox_id=row)
    assert [h.escalated_by for h in shop.handoffs()] == ["jlind"]


def test_our_own_save_that_nobody_wished_is_nobodys(shop: Shop) -> None:
    shop.psa.add(status=ESCALATED, updated_by="resolutionflow")
    shop.triage()
    assert [h.escalated_by for h in shop.handoffs()] == ["resolutionflow"]


def _never_tried(shop: Shop, it: int) -> None:
    """It waits, and nothing was written for it."""


def _asked_later(shop: Shop, it: int) -> None:
    with shop.database.account(shop.account_id) as session:
        row = wishes.get(session, shop.account_id, it)
        assert row is not None
        wishes.attempt(session, row, status_id=ESCALATED, now=shop.clock())


def _for_another_status(shop: Shop, it: int) -> None:
    with shop.database.account(shop.account_id) as session:
        row = wishes.get(session, shop.account_id, it)
        assert row is not None
        row.asked_at -= timedelta(minutes=5)
        wishes.attempt(session, row, status_id=99, now=shop.clock())


@pytest.mark.parametrize("standing", [_never_tried, _asked_later, _for_another_status])
def test_our_own_save_from_before_or_beside_a_wish_is_nobodys_either(
    shop: Shop, standing: Callable[[Shop, int], None]
) -> None:
    shop.psa.add(status=ESCALATED, updated_by="resolutionflow")
    shop.clock.advance(60)
    standing(shop, asked(shop))
    shop.triage()
    assert [h.escalated_by for h in shop.handoffs()] == ["resolutionflow"]


def _closed(shop: Shop) -> None:
    shop.psa.add(status=NEW, closed=True)


def _merged(shop: Shop) -> None:
    shop.psa.add(status=NEW, merged_into=5)


def _gone(shop: Shop) -> None:
    """There is no such ticket."""


def _other_board(shop: Shop) -> None:
    shop.psa.add(status=NEW)
    shop.psa.change(TICKET, board_id=2, board="Projects")


def _suspended(shop: Shop) -> None:
    shop.psa.add(status=NEW)
    set_account(shop, suspended_at=shop.clock())


def _left(shop: Shop) -> None:
    shop.psa.add(status=NEW)
    with shop.database.account(shop.account_id) as session:
        next(m for m in accounts.roster_rows(session, shop.account_id) if m.id == JONAS).active = False


def _refused(shop: Shop) -> None:
    shop.psa.add(status=NEW)
    shop.psa.before["escalate"] = failing(Refused("PATCH: 400 the status is inactive", status=400))


def _stands_there(shop: Shop) -> None:
    """Its senior is at work, and it still stands in the escalation status."""
    shop.psa.add(status=ESCALATED)
    (handoff_id,) = shop.triage()
    with shop.database.account(shop.account_id) as session:
        handoffs.withdraw(session, shop.account_id, handoff_id, now=shop.clock(), why="dismissed")


IMPOSSIBLE = {
    "closed": _closed, "merged": _merged, "no ticket": _gone, "no escalation status": _other_board, "suspended": _suspended,
    "no active member": _left, "the status is inactive": _refused, "already": _stands_there,
}  # fmt: skip


@pytest.mark.parametrize("why", IMPOSSIBLE)
def test_what_cannot_be_done_ends_with_the_reason_and_without_a_change(shop: Shop, why: str) -> None:
    IMPOSSIBLE[why](shop)
    before = (shop.psa.tickets.get(TICKET), len(shop.handoffs()))
    it = asked(shop)
    assert granted(shop, it) == []
    one = stored(shop, it)
    assert one.ended_at is not None
    assert one.next_attempt_at is None
    assert why in (one.outcome or "")
    assert (shop.psa.tickets.get(TICKET), len(shop.handoffs())) == before
    assert asked(shop) != it, "another wish may be tried"


@pytest.mark.storm
def test_what_does_not_go_for_an_hour_is_given_up_and_tried_ever_less(shop: Shop) -> None:
    shop.psa.add(status=NEW)
    it = asked(shop)
    shop.psa.before["escalate"] = failing(Unavailable("PATCH: 503"))
    while stored(shop, it).ended_at is None:
        granted(shop, it)
        shop.clock.advance(5)
        assert shop.clock() < stored(shop, it).asked_at + LASTS * 2
    assert wishes.TOO_LATE in (stored(shop, it).outcome or "")
    assert shop.psa.calls.count("escalate") < 80


def test_one_that_waited_for_us_for_an_hour_is_carried_out_no_more(shop: Shop) -> None:
    """Everything was down, say: by now somebody has found another way, and nobody expects the status to change."""
    shop.psa.add(status=NEW)
    it = asked(shop)
    shop.clock.advance(LASTS.total_seconds())
    assert granted(shop, it) == []
    assert (stored(shop, it).outcome, stored(shop, it).next_attempt_at) == (wishes.TOO_LATE, None)
    assert shop.psa.calls == []
    assert asked(shop) != it


@pytest.mark.parametrize("then", [None, NotFound("GET: 404", status=404), Unavailable("GET: 503")])
def test_whoever_is_overtaken_neither_sets_the_status_nor_writes_to_the_wish(shop: Shop, then: PsaError | None) -> None:
    shop.psa.add(status=NEW)
    it = asked(shop)

    def overtake() -> None:
        shop.psa.before.clear()
        shop.clock.advance(600)
        with shop.database.account(shop.account_id) as session:
            assert wishes.take(session, shop.account_id, it, now=shop.clock(), lease_s=60)
        if then is not None:
            raise then

    shop.psa.before["ticket"] = overtake
    assert granted(shop, it) == []
    one = stored(shop, it)
    assert (one.ended_at, one.written_at, one.outcome) == (None, None, None)
    assert one.next_attempt_at == shop.clock() + timedelta(seconds=60)
    assert "escalate" not in shop.psa.calls


def test_a_frozen_account_is_not_written_to(shop: Shop) -> None:
    shop.psa.add(status=NEW)
    with shop.database.account(shop.account_id) as session:
        accounts.freeze(session, shop.account_id, reason="a note was visible", now=shop.clock())
    it = asked(shop)
    assert granted(shop, it) == []
    assert "frozen" in (stored(shop, it).outcome or "")
    assert "escalate" not in shop.psa.calls
    with shop.database.account(shop.account_id) as session:
        accounts.unfreeze(session, shop.account_id)
    shop.clock.advance(600)
    assert len(granted(shop, it)) == 1


def test_in_dry_run_the_status_is_set_and_the_brief_withheld(shop: Shop) -> None:
    set_account(shop, dry_run_to="tobrien")
    shop.psa.add(status=NEW)
    (handoff_id,) = granted(shop, asked(shop))
    shop.publish(handoff_id)
    assert [(h.brief_state, h.escalated_by) for h in shop.handoffs()] == [("withheld", "jlind")]


@pytest.mark.parametrize(
    ("names", "expected"),
    [(["Escalated", "Needs senior"], 11), (["needs SENIOR", "escalated"], 14), (["Renamed"], 11), ([], 11)],
)
def test_of_several_statuses_the_first_by_the_accounts_rules_is_set(names: list[str], expected: int) -> None:
    rows = [
        StatusRow(2, 7, "Projects", "Escalated", "escalate"), StatusRow(1, 14, "Help Desk", "Needs senior", "escalate"),
        StatusRow(1, 11, "Help Desk", "Escalated", "escalate"), StatusRow(1, ASSIGNED, "Help Desk", "Assigned", "claim"),
    ]  # fmt: skip
    assert accounts.first_escalation(1, names, rows) == expected
    assert accounts.first_escalation(2, names, rows) == 7
    assert accounts.first_escalation(3, names, rows) is None


def test_one_refusal_of_an_old_wish_is_no_alert_and_a_quarter_of_an_hour_of_them_is(shop: Shop) -> None:
    shop.psa.add(status=NEW)
    it = asked(shop)

    def told_of(error: PsaError) -> list[str]:
        shop.psa.before["escalate"] = failing(error)
        shop.clock.advance(301)
        granted(shop, it)
        with shop.database.account(shop.account_id, reading=True) as session:
            return [alert.subject for alert in jobs.open_alerts(session, shop.account_id) if alert.kind == Kind.REFUSED]

    assert [told_of(Unavailable("PATCH: 503")) for _ in range(5)] == [[]] * 5
    refused = Forbidden("PATCH: 403", status=403)
    assert [told_of(refused) for _ in range(4)] == [[], [], [], [refusals.Write.STATUS]]
