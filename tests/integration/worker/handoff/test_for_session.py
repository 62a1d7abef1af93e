"""The ticket of a session is read once, by whoever takes it; what fails in passing is tried again, what cannot be is said.

And what is recorded goes into the brief, whether before it is posted or after; a claimant's step is their first action.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from escalation.sessions.steps import NewStep
from models.account import accounts
from models.handoff import briefs, claims, endings, handoffs
from models.handoff import resolution_notes as notes
from models.sessions import recorded
from models.tables import AiSession
from psa.port import Forbidden, PsaError, Unavailable
from tests.fakes import ASSIGNED, NEW
from tests.integration.worker.conftest import Shop
from worker.handoff import for_session, refresh
from worker.response import observe
from worker.response.recorded import MOST

TICKET, JONAS, MARIA = 48213, 1, 2


def begun(shop: Shop, ticket_id: int = TICKET, *, member_id: int = JONAS, login: str = "jlind") -> int:
    with shop.database.account(shop.account_id) as session:
        made = recorded.open_one(
            session, shop.account_id, ticket_id, member_id=member_id, member=login, client="Claude", key=None, now=shop.clock()
        )
    assert made is not None
    return made


def record(shop: Shop, it: int, *steps: NewStep, member_id: int = JONAS, login: str = "jlind") -> None:
    with shop.database.account(shop.account_id) as session:
        recorded.add(
            session, shop.account_id, it, steps, member_id=member_id, member=login, key=None, now=shop.clock()
        )


def read(shop: Shop, it: int) -> bool:
    return for_session.read_for_session(shop.services, account_id=shop.account_id, session_id=it)


def looked(shop: Shop, handoff_id: int) -> None:
    with shop.database.account(shop.account_id) as session:
        claims.ask_observation(session, shop.account_id, handoff_id, due_at=shop.clock())
    shop.clock.advance(1)
    observe.observe(shop.services, account_id=shop.account_id, handoff_id=handoff_id)


@pytest.mark.parametrize("escalated", [False, True])
def test_a_ticket_of_another_board_is_read_only_if_it_was_escalated(shop: Shop, escalated: bool) -> None:
    if escalated:
        shop.escalated()
    else:
        shop.psa.add()
    shop.psa.tickets[TICKET] = replace(shop.psa.tickets[TICKET], board_id=99, board="Payroll")
    it = begun(shop)
    assert read(shop, it) is escalated
    with shop.database.account(shop.account_id) as session:
        row = recorded.get(session, shop.account_id, it)
    assert row is not None
    assert (row.ticket is not None) is escalated
    assert row.next_attempt_at is None
    if not escalated:
        assert row.unread == f"ticket {TICKET} is on a board without an escalation status: it is not read here"


@pytest.mark.parametrize("then", [None, Unavailable("GET: 503")])
def test_whoever_is_overtaken_stores_nothing_over_what_another_reads(shop: Shop, then: PsaError | None) -> None:
    shop.psa.add()
    it = begun(shop)

    def overtake() -> None:
        shop.psa.before.clear()
        shop.clock.advance(600)
        with shop.database.account(shop.account_id) as session:
            assert recorded.take(session, shop.account_id, it, now=shop.clock(), lease_s=60)
        if then is not None:
            raise then

    shop.psa.before["ticket"] = overtake
    read(shop, it)
    with shop.database.account(shop.account_id) as session:
        row = recorded.get(session, shop.account_id, it)
    assert row is not None
    assert (row.read_at, row.unread, row.next_attempt_at) == (None, None, shop.clock() + timedelta(seconds=60))


def test_of_too_many_steps_what_is_still_to_do_and_was_found_is_kept(shop: Shop) -> None:
    handoff_id = shop.escalated()
    older, newer = begun(shop), begun(shop)
    found = NewStep("port 7 has no link", kind="finding")
    deeds = [NewStep(f"checked port {n} of SW-{n % 9:02}", outcome="no_change") for n in range(MOST + 8)]
    record(shop, older, NewStep("swap the uplink", state="pending"))
    record(shop, newer, found, *deeds)
    shop.publish(handoff_id)
    package = shop.handoffs()[0].escalation_package
    assert package is not None
    assert [one["text"] for one in (*package["still_to_do"], *package["findings"])] == ["swap the uplink", "port 7 has no link"]
    numbers = [one["source"] for one in package["steps_attempted"] if one["source"].startswith("a")]
    assert len(numbers) == MOST - 2
    assert [(one["source"], one["reason"]) for one in package["unread"]] == [("sessions", "10 older steps are left out")]


def stored(shop: Shop, it: int) -> AiSession:
    with shop.database.account(shop.account_id, reading=True) as session:
        found = recorded.get(session, shop.account_id, it)
        assert found is not None
        return found


def failing(error: PsaError) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def test_no_ticket_of_a_suspended_account_is_read(shop: Shop) -> None:
    it = begun(shop)
    with shop.database.account(shop.account_id) as session:
        accounts.set_account(session, shop.account_id, suspended_at=shop.clock())
    shop.psa.calls.clear()
    assert not for_session.read_for_session(shop.services, account_id=shop.account_id, session_id=it)
    assert shop.psa.calls == []
    with shop.database.account(shop.account_id, reading=True) as session:
        row = recorded.get(session, shop.account_id, it)
        assert row is not None
        assert "suspended" in (row.unread or "")


def test_a_ticket_that_is_not_escalated_is_read_once_and_again_where_its_session_is_opened_later(shop: Shop) -> None:
    shop.psa.add(status=NEW)
    it = begun(shop)
    assert read(shop, it)
    one = stored(shop, it)
    assert one.ticket is not None
    assert (one.ticket["ticket_id"], one.next_attempt_at, one.unread) == (TICKET, None, None)
    calls = list(shop.psa.calls)
    assert not read(shop, it), "nothing is due any more"
    assert shop.psa.calls == calls
    assert shop.handoffs() == []
    away, forbidden = (61, Unavailable("503"), "503"), (61, Forbidden("no right to tickets"), "no right to tickets")
    for after, error, says in ((30, None, None), (31, None, ""), *[away] * 13, (61, None, ""), forbidden):
        shop.clock.advance(after)
        shop.psa.before = {"ticket": failing(error)} if error else {}
        with shop.database.account(shop.account_id) as session:
            asked = recorded.read_again(session, shop.account_id, it, now=shop.clock())
            assert not recorded.read_again(session, shop.account_id, it, now=shop.clock()), "it is under way"
        assert (asked, read(shop, it)) == (says is not None, says == ""), after
        assert (stored(shop, it).ticket is not None, stored(shop, it).unread or "") == (True, says or ""), "what it said stays"


@pytest.mark.parametrize(
    ("error", "says"), [(None, "ConnectWise has no ticket 48999"), (Forbidden("no right to tickets"), "no right to tickets")]
)
def test_what_cannot_be_read_says_why(shop: Shop, error: PsaError | None, says: str) -> None:
    shop.psa.add(status=NEW)
    if error is not None:
        shop.psa.before["ticket"] = failing(error)
    it = begun(shop, 48999 if error is None else TICKET)
    assert not read(shop, it)
    one = stored(shop, it)
    assert (one.ticket, one.next_attempt_at, says in (one.unread or "")) == (None, None, True)


def test_what_fails_in_passing_is_tried_again(shop: Shop) -> None:
    shop.psa.add(status=NEW)
    shop.psa.before["ticket"] = failing(Unavailable("503"))
    it = begun(shop)
    assert not read(shop, it)
    at = stored(shop, it).next_attempt_at
    assert at is not None
    assert at > shop.clock()
    shop.psa.before.clear()
    shop.clock.advance(600)
    assert read(shop, it)


def test_what_is_recorded_stands_in_the_brief_before_and_after(shop: Shop) -> None:
    it = begun(shop)
    record(shop, it, NewStep("cleaned the drum of the printer", outcome="no_change"), NewStep("swap the fuser", state="pending"))
    handoff_id = shop.escalated()
    assert shop.publish(handoff_id)
    (note,) = shop.psa.own_notes(TICKET)
    assert "cleaned the drum of the printer: no change [a1]" in note.text
    assert "swap the fuser [a2]" in note.text
    record(shop, it, NewStep("measured the heat", outcome="failed"))
    with shop.database.account(shop.account_id) as session:
        briefs.ask_refresh(session, shop.account_id, handoff_id, due_at=shop.clock())
    shop.clock.advance(1)
    refresh.refresh(shop.services, account_id=shop.account_id, handoff_id=handoff_id)
    (note,) = shop.psa.own_notes(TICKET)
    assert "measured the heat: failed [a3]" in note.text


def test_a_claimants_step_is_their_first_action_and_nobody_elses_is(shop: Shop) -> None:
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    shop.clock.advance(60)
    with shop.database.account(shop.account_id) as session:
        claims.claim(session, shop.account_id, handoff_id, member_id=MARIA, now=shop.clock(), kind="link", source="link")
    shop.clock.advance(60)
    record(shop, begun(shop), NewStep("rebooted the printer"))
    looked(shop, handoff_id)
    assert shop.handoffs()[0].acted_at is None, "the junior's"
    hers = begun(shop, member_id=MARIA, login="msvensson")
    record(shop, hers, NewStep("swap the fuser", state="pending"), member_id=MARIA, login="msvensson")
    looked(shop, handoff_id)
    assert shop.handoffs()[0].acted_at is None, "only planned"
    shop.clock.advance(60)
    record(shop, hers, NewStep("swapped the fuser", outcome="worked"), member_id=MARIA, login="msvensson")
    looked(shop, handoff_id)
    action = shop.handoffs()[0].first_action
    assert action is not None
    assert (action["kind"], action["source"]) == ("step", f"step 2 of session {hers}")


def test_as_it_closes_what_mended_it_is_a_recorded_step_where_no_note_tells(shop: Shop) -> None:
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    shop.clock.advance(300)
    shop.psa.change(TICKET, owner="msvensson", status_id=ASSIGNED, status="Assigned to Engineer", updated_by="msvensson")
    shop.triage()
    shop.observe()
    deed = NewStep("replaced the power supply of the firewall FW-7", outcome="worked", output="PSU OK")
    record(shop, begun(shop, member_id=MARIA, login="msvensson"), deed, member_id=MARIA, login="msvensson")
    shop.clock.advance(60)
    shop.psa.change(TICKET, closed=True, closed_at=shop.clock(), updated_by="msvensson")
    shop.triage()
    with shop.database.account(shop.account_id, reading=True) as session:
        kept = endings.get(session, shop.account_id, handoff_id)
        draft = notes.draft_of(session, shop.account_id, handoffs.get(session, shop.account_id, handoff_id))  # type: ignore[arg-type]
    assert kept is not None
    assert draft is not None
    assert (kept.fix, kept.fix_source) == ("replaced the power supply of the firewall FW-7", "step 1 of session 1")
    assert [(line.text, line.source) for line in draft.fix] == [("replaced the power supply of the firewall FW-7", "a1")]
