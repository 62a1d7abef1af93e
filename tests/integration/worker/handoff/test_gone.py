"""A ticket that is told of as escalated and answers 404: nothing is lost or decided by it, whichever way it was told of."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models.figures.observed import LOST, observations
from models.handoff import claims
from models.tables import Inbox
from models.work import inbox, ticket_watch
from psa.port import Ambiguous, Forbidden, NotFound, Unavailable
from tests.fakes import ESCALATED, NEW
from tests.integration.worker.conftest import Shop
from worker.handoff import triage
from worker.response import observe, withdraw
from worker.upkeep import poller

DAY = 86_400


def _tell(shop: Shop, how: str) -> None:
    if how == "callback":
        shop.told(at=shop.clock(), member="jlind", status=ESCALATED)
        return
    shop.clock.advance(shop.services.settings.intervals.poll + 1)
    for row in poller.poll(shop.services, account_id=shop.account_id):
        triage.triage(shop.services, account_id=shop.account_id, inbox_id=row)


def _sweep(shop: Shop) -> None:
    """Do what the sweeper rings for, which keeps what it has rung for by a clock of its own."""
    with shop.database.system() as system:
        due = list(inbox.due(system, now=shop.clock(), limit=99))
    for account_id, row in due:
        triage.triage(shop.services, account_id=account_id, inbox_id=row)


def _refuse(shop: Shop, monkeypatch: pytest.MonkeyPatch, error: type[Exception] = NotFound) -> None:
    def refused(ticket_id: int) -> object:
        shop.psa.calls.append("ticket")
        raise error(f"GET ticket {ticket_id}: no")

    monkeypatch.setattr(shop.psa, "ticket", refused)


def _waits(shop: Shop) -> bool:
    with shop.database.account(shop.account_id, reading=True) as session:
        watch = ticket_watch.seen(session, shop.account_id, 48213)
    with shop.database.system() as system:
        return watch is not None and watch.gone is None and bool(inbox.due(system, now=shop.clock() + timedelta(days=2), limit=9))


@pytest.mark.parametrize("how", ["callback", "poll"])
@pytest.mark.parametrize("silent_s", [0, 2 * DAY])
@pytest.mark.parametrize("readable_after_s", [20, 3600, None])
def test_it_is_handed_off_once_it_can_be_read(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, how: str, silent_s: int, readable_after_s: int | None
) -> None:
    """A day after the first 404 it is believed, however long ago the callback came: everything may have been down since."""
    read = shop.psa.ticket
    shop.psa.add(status=ESCALATED)
    _refuse(shop, monkeypatch, Unavailable if silent_s else NotFound)
    _tell(shop, how)
    if silent_s:
        shop.clock.advance(silent_s)
        _refuse(shop, monkeypatch)
        _sweep(shop)
    assert (shop.handoffs(), _waits(shop)) == ([], True)
    if readable_after_s:
        shop.clock.advance(readable_after_s)
        monkeypatch.setattr(shop.psa, "ticket", read)
        _sweep(shop)
        assert len(shop.handoffs()) == 1
        return
    shop.clock.advance(DAY + 1)
    _sweep(shop)
    assert (shop.handoffs(), _waits(shop)) == ([], False)


@pytest.mark.parametrize("seen_by", ["a callback", "a look at it", "the poll"])
@pytest.mark.parametrize("taken", [False, True])
def test_what_is_live_goes_on_when_it_can_be_read_again_and_nobody_withdrew_it_where_it_cannot(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, seen_by: str, *, taken: bool
) -> None:
    """It is a project's ticket that we may not read, or our role lost its board: nobody deleted it."""
    read, handoff_id = shop.psa.ticket, shop.escalated()
    if taken:
        shop.psa.change(48213, owner="msvensson", updated_by="msvensson")
        shop.triage()
        shop.observe()
    state = "claimed" if taken else "open"
    _refuse(shop, monkeypatch)
    if seen_by == "a callback":
        shop.triage()
    elif seen_by == "the poll":
        monkeypatch.setattr(shop.psa, "tickets_in_statuses", lambda _: [])
        monkeypatch.setattr(shop.psa, "tickets_updated_since", lambda *_, **__: [])
        shop.clock.advance(300)
        for row in poller.poll(shop.services, account_id=shop.account_id):
            triage.triage(shop.services, account_id=shop.account_id, inbox_id=row)
    else:
        shop.clock.advance(600)
        observe.observe(shop.services, account_id=shop.account_id, handoff_id=handoff_id)
        shop.clock.advance(6)
        _sweep(shop)
    (live,) = shop.handoffs()
    assert (live.response_state, live.missing_since is None) == (state, False)
    shop.clock.advance(7200)
    monkeypatch.setattr(shop.psa, "ticket", read)
    _sweep(shop)
    (live,) = shop.handoffs()
    assert (live.response_state, live.missing_since) == (state, None)
    shop.clock.advance(60)
    lost_at = shop.clock()
    _refuse(shop, monkeypatch)
    shop.triage()
    shop.clock.advance(DAY + 1)
    _sweep(shop)
    (lost,) = shop.handoffs()
    assert (lost.response_state, lost.end_reason) == ("withdrawn", "its ticket can no longer be read")
    assert lost.ended_at == lost_at
    with shop.database.account(shop.account_id, reading=True) as session:
        (seen,) = observations(session, shop.account_id, since=lost_at - timedelta(days=1), until=shop.clock())
    assert (seen.withdrawn, seen.resolved_at, seen.exclusions) == (False, None, (LOST,))


def test_a_refusal_is_told_and_ends_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our role lost a board, or everything for a weekend: 403 where others answer 404."""
    read = shop.psa.ticket
    shop.escalated()
    _refuse(shop, monkeypatch, Forbidden)
    since = shop.clock()
    shop.triage()
    for _ in range(5):
        shop.clock.advance(DAY)
        _sweep(shop)
        (live,) = shop.handoffs()
        assert (live.response_state, live.missing_since) == ("open", since)
    monkeypatch.setattr(shop.psa, "ticket", read)
    shop.clock.advance(600)
    _sweep(shop)
    (live,) = shop.handoffs()
    assert (live.response_state, live.missing_since, live.episode) == ("open", None, 1)


def test_only_404s_make_a_day_of_404s(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our role lost everything for a long weekend, and while it is given back one answer is a 404."""
    shop.escalated()
    since = shop.clock()
    for error in (NotFound, Forbidden):
        _refuse(shop, monkeypatch, error)
        shop.triage()
        shop.clock.advance(3 * DAY // 4)
    for _ in range(3):
        _sweep(shop)
        shop.clock.advance(DAY)
    _refuse(shop, monkeypatch)
    first_404 = shop.clock()
    _sweep(shop)
    (live,) = shop.handoffs()
    assert (live.response_state, live.missing_since) == ("open", since)
    shop.clock.advance(DAY + 1)
    _sweep(shop)
    (lost,) = shop.handoffs()
    assert (lost.response_state, lost.ended_at) == ("withdrawn", first_404)


def test_a_withdrawal_forgets_not_that_the_ticket_cannot_be_read(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    handoff_id = shop.escalated()
    shop.psa.change(48213, status_id=NEW, updated_by="jlind")
    shop.triage()
    _refuse(shop, monkeypatch)
    since = shop.clock()
    shop.triage()
    shop.clock.advance(120)
    assert withdraw.withdraw_if_away(shop.services, shop.services.desk(shop.account_id), handoff_id)
    with shop.database.account(shop.account_id, reading=True) as session:
        watch = ticket_watch.seen(session, shop.account_id, 48213)
    assert watch is not None
    assert (watch.missing_since, watch.absent_since) == (since, since)


def test_what_is_claimed_while_it_cannot_be_read_ends_no_sooner_than_it_was_claimed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    handoff_id = shop.escalated()
    _refuse(shop, monkeypatch)
    shop.triage()
    shop.clock.advance(3600)
    claimed_at = shop.clock()
    with shop.database.account(shop.account_id) as session:
        assert claims.claim(session, shop.account_id, handoff_id, member_id=2, kind="link", now=claimed_at, actor="msvensson")
    shop.clock.advance(DAY)
    _sweep(shop)
    (lost,) = shop.handoffs()
    assert (lost.response_state, lost.claimed_at, lost.ended_at) == ("withdrawn", claimed_at, claimed_at)


def test_a_callback_that_says_so_is_a_deletion(shop: Shop) -> None:
    shop.escalated()
    del shop.psa.tickets[48213]
    shop.triage()
    assert shop.handoffs()[0].response_state == "open"
    shop.triage(action="deleted")
    assert (shop.handoffs()[0].response_state, shop.handoffs()[0].end_reason) == ("withdrawn", "deleted")


def test_who_is_told_meanwhile_is_told_that_it_cannot_be_read(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.psa_members_with_mail()
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    _refuse(shop, monkeypatch)
    shop.triage()
    assert shop.tell(handoff_id)
    body = shop.mailer.sent[0].get_body(("plain",))
    assert body is not None
    assert "the ticket can no longer be read in ConnectWise" in " ".join(body.get_content().split())


RARER = ((NotFound,), (Forbidden,), (NotFound, NotFound, Forbidden))
MISSED = [(NotFound, Forbidden), *(pytest.param(one, marks=pytest.mark.storm) for one in RARER)]


@pytest.mark.parametrize("answers", MISSED)
def test_it_is_looked_for_now_and_then_by_one_row_however_often_polls_and_looks_miss_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, answers: tuple[type[Exception], ...]
) -> None:
    """Each try had counted as something new, of which the next poll asked for a look of its own."""
    handoff_id, each = shop.escalated(), itertools.cycle(answers)

    def refused(ticket_id: int) -> object:
        shop.psa.calls.append("ticket")
        raise next(each)(f"GET ticket {ticket_id}: no")

    monkeypatch.setattr(shop.psa, "ticket", refused)
    monkeypatch.setattr(shop.psa, "tickets_in_statuses", lambda _: [])
    monkeypatch.setattr(shop.psa, "tickets_updated_since", lambda *_, **__: [])
    before = shop.psa.calls.count("ticket")
    for _ in range(40):
        for _ in range(9):
            shop.clock.advance(10)
            _sweep(shop)
        for row in poller.poll(shop.services, account_id=shop.account_id):
            triage.triage(shop.services, account_id=shop.account_id, inbox_id=row)
        observe.observe(shop.services, account_id=shop.account_id, handoff_id=handoff_id)
    with shop.database.account(shop.account_id, reading=True) as session:
        waiting = session.scalar(select(func.count(Inbox.id)).where(Inbox.state == "new"))
    assert waiting in (1, 2)
    assert 0 < shop.psa.calls.count("ticket") - before < 100


def test_a_callback_that_nobody_could_check_keeps_no_poll_from_asking(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be forged, and waits for as long as its key cannot be fetched."""
    shop.escalated()
    with shop.database.account(shop.account_id) as session:
        assert inbox.store(
            session, account_id=shop.account_id, event_id="e", dedupe_key="k", type="ticket", action="updated", record_id=48213,
            member_identifier=None, raw=b"{}", verified=False, now=shop.clock(),
        )  # fmt: skip
    monkeypatch.setattr(shop.psa, "tickets_in_statuses", lambda _: [])
    monkeypatch.setattr(shop.psa, "tickets_updated_since", lambda *_, **__: [])
    shop.clock.advance(300)
    assert len(poller.poll(shop.services, account_id=shop.account_id)) == 1


def test_a_post_in_doubt_is_looked_for_less_often_while_its_ticket_cannot_be_read(shop: Shop) -> None:
    def unanswered() -> None:
        raise Ambiguous("POST note: no answer")

    handoff_id = shop.escalated()
    shop.psa.after["post_internal_note"] = unanswered
    shop.publish(handoff_id)
    gone = shop.psa.tickets.pop(48213)
    for _ in range(360):
        shop.clock.advance(10)
        shop.publish(handoff_id)
    assert 8 < shop.psa.calls.count("own_notes") < 30, "an hour: each five minutes in the end"
    shop.psa.tickets[48213] = gone
    shop.clock.advance(301)
    shop.publish(handoff_id)
    assert (shop.handoffs()[0].brief_state, len(shop.psa.posted[48213])) == ("posted", 1)
