"""One refusal is no fact: a 401 or 403 is tried again, later and further apart, and what comes back whole is read again.

Made from parts: which call is refused (each that a brief needs), with what, and for how long; what has to hold is the same
for all: one brief in the end, with everything in it, one alert at most and none left open.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from structlog.testing import CapturingLogger

from models.handoff import briefs, claims, handoffs
from models.work import jobs
from models.work.alert_kinds import Kind
from psa.port import Ambiguous, Forbidden, NotFound, PsaError, Refused, Unauthorized, Unavailable
from tests.integration.worker.conftest import Shop
from worker.handoff import refresh
from worker.response import settle
from worker.upkeep import auditor, poller

ERRORS: dict[str, Callable[[], PsaError]] = {
    "401": lambda: Unauthorized("GET x: 401", status=401),
    "403": lambda: Forbidden("GET x: 403", status=403),
}
OF_READS: dict[str, Callable[[], PsaError]] = {
    "401": ERRORS["401"], "400": lambda: Refused("GET x: 400", status=400),
    "403": ERRORS["403"], "404": lambda: NotFound("GET x: 404", status=404),
}  # fmt: skip
"""What a gateway in front of ConnectWise says too, while a site is deployed, and a copy of its database that lags behind."""
READS = ["notes", "time_entries", "tasks", "configuration_ids", "documents", "schedule"]


def refuse(shop: Shop, call: str, error: Callable[[], PsaError], times: int) -> list[int]:
    """Refuse the next calls of a kind; return a list that grows with each refusal."""
    seen: list[int] = []

    def once() -> None:
        if len(seen) < times:
            seen.append(len(seen))
            raise error()

    shop.psa.before[call] = once
    return seen


def alerts(shop: Shop) -> list[str]:
    with shop.database.account(shop.account_id, reading=True) as session:
        return [a.kind for a in jobs.open_alerts(session, shop.account_id)]


def live(shop: Shop, handoff_id: int, *, minutes: float, step_s: float = 40) -> None:
    """Let time pass and do what is due meanwhile."""
    for _ in range(int(minutes * 60 / step_s)):
        shop.clock.advance(step_s)
        shop.publish(handoff_id)
        refresh.refresh(shop.services, account_id=shop.account_id, handoff_id=handoff_id)


@pytest.mark.parametrize("status", ERRORS)
@pytest.mark.parametrize("times", [pytest.param(1, marks=pytest.mark.storm), 3])
def test_a_post_that_is_refused_for_a_moment_is_posted_once_and_nobody_is_told(shop: Shop, status: str, times: int) -> None:
    handoff_id = shop.escalated()
    refuse(shop, "post_internal_note", ERRORS[status], times)
    live(shop, handoff_id, minutes=4, step_s=20)
    (handoff,) = shop.handoffs()
    assert handoff.brief_state == "posted"
    assert len(shop.psa.posted[48213]) == 1
    assert alerts(shop) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what ConnectWise refuses is no matter of the database
@pytest.mark.parametrize(
    ("call", "status", "times"),
    [(call, status, 1 + (n + m) % 2) for n, call in enumerate(READS) for m, status in enumerate(list(OF_READS)[n % 2 :: 2])],
)
def test_what_is_refused_for_a_moment_is_in_the_brief_soon_after(shop: Shop, call: str, status: str, times: int) -> None:
    refuse(shop, call, OF_READS[status], times)
    handoff_id = shop.escalated()
    assert shop.publish(handoff_id)  # in its usual time, with what could be read
    assert "Could not be read" in shop.psa.posted[48213][0].text
    live(shop, handoff_id, minutes=5)
    (note,) = shop.psa.posted[48213]
    assert "Could not be read" not in note.text
    assert "Rebooted the firewall" in note.text
    assert alerts(shop) == []


def test_what_stays_refused_is_parked_told_once_and_tried_further_apart(shop: Shop) -> None:
    handoff_id = shop.escalated()
    tried = refuse(shop, "post_internal_note", ERRORS["403"], 10**6)
    live(shop, handoff_id, minutes=14, step_s=30)
    assert shop.handoffs()[0].brief_state == "pending"
    assert alerts(shop) == []
    live(shop, handoff_id, minutes=60, step_s=120)
    assert shop.handoffs()[0].brief_state == "parked"
    assert alerts(shop) == [Kind.REFUSED]
    assert len(tried) < 16
    before = len(tried)
    live(shop, handoff_id, minutes=12 * 60, step_s=600)
    assert len(tried) - before < 6
    shop.psa.before.clear()
    live(shop, handoff_id, minutes=7 * 60, step_s=600)  # nobody replays anything
    assert shop.handoffs()[0].brief_state == "posted"
    assert len(shop.psa.posted[48213]) == 1
    assert alerts(shop) == []


@pytest.mark.parametrize("arrived", [True, False])
def test_a_post_in_doubt_whose_read_back_stays_refused_is_parked_told_and_one_note_in_the_end(shop: Shop, arrived: bool) -> None:
    handoff_id = shop.escalated()
    where = shop.psa.after if arrived else shop.psa.before

    def reset() -> None:
        where.clear()
        raise Ambiguous("POST notes: connection reset")

    where["post_internal_note"] = reset
    shop.publish(handoff_id)
    answers = [ERRORS["403"], lambda: Unavailable("GET notes: 503", status=503)]

    def in_turn() -> None:
        answers.reverse()
        raise answers[1]()

    shop.psa.before["own_notes"] = in_turn
    live(shop, handoff_id, minutes=40)
    assert shop.handoffs()[0].brief_state == "pending", "nothing is refused for so long"
    assert alerts(shop) == []
    tried = refuse(shop, "own_notes", ERRORS["403"], 10**6)
    live(shop, handoff_id, minutes=60)
    assert shop.handoffs()[0].brief_state == "parked"
    assert shop.handoffs()[0].post_attempted_at is not None
    assert alerts(shop) == [Kind.REFUSED]
    before = len(tried)
    live(shop, handoff_id, minutes=12 * 60, step_s=600)
    assert len(tried) - before < 8
    assert len(shop.psa.posted.get(48213, [])) == arrived
    shop.psa.before.clear()
    live(shop, handoff_id, minutes=14 * 60, step_s=600)
    assert shop.handoffs()[0].brief_state == "posted"
    assert len(shop.psa.posted[48213]) == 1
    assert alerts(shop) == []


def test_a_conflict_is_parked_at_once_and_posted_by_itself_when_it_is_over(shop: Shop) -> None:
    handoff_id = shop.escalated()
    refuse(shop, "post_internal_note", lambda: Refused("POST notes: 409", status=409), 1)
    shop.publish(handoff_id)
    assert shop.handoffs()[0].brief_state == "parked"
    assert alerts(shop) == ["brief parked"]
    live(shop, handoff_id, minutes=2)
    assert shop.handoffs()[0].brief_state == "posted"
    assert alerts(shop) == []


def test_a_ticket_that_is_not_there_is_tried_further_and_further_apart_until_its_handoff_ends(shop: Shop) -> None:
    handoff_id = shop.escalated()
    tried = refuse(shop, "post_internal_note", lambda: NotFound("POST notes: 404", status=404), 10**6)
    refuse(shop, "own_notes", lambda: NotFound("GET notes: 404", status=404), 10**6)
    live(shop, handoff_id, minutes=120, step_s=120)
    assert 1 < len(tried) <= 8
    del shop.psa.tickets[48213]
    shop.triage(action="deleted")
    before = len(tried)
    live(shop, handoff_id, minutes=2880, step_s=3600)
    assert len(tried) <= before + 1


@pytest.mark.storm
@pytest.mark.parametrize("first", [NotFound, Ambiguous])
def test_a_brief_of_a_ticket_that_is_not_there_is_asked_for_no_more_once_its_handoff_has_ended(
    shop: Shop, first: type[PsaError]
) -> None:
    handoff_id = shop.escalated()
    refuse(shop, "post_internal_note", lambda: first("POST notes: 404", status=404), 1)
    shop.publish(handoff_id)
    del shop.psa.tickets[48213]
    shop.triage(action="deleted")
    live(shop, handoff_id, minutes=10)
    shop.psa.calls.clear()
    live(shop, handoff_id, minutes=600, step_s=60)
    assert shop.handoffs()[0].response_state == "withdrawn"
    assert shop.handoffs()[0].brief_state == "parked"
    assert shop.psa.calls == []
    with shop.database.system(reading=True) as system:
        assert list(briefs.due_briefs(system, now=shop.clock(), limit=9)) == []


GONE: dict[str, tuple[str, list[str], list[str]]] = {
    "the ticket": ("own_notes", ["refresh_gone"], []),
    "our note since it was read": ("edit_note", ["refresh_gone"], []),
    "something else": ("edit_note", ["refresh_refused"], [Kind.NOT_REFRESHED]),
    "the notes alone": ("own_notes", ["refresh_refused"], [Kind.NOT_REFRESHED]),
    "something, and nobody knows what": ("edit_note", ["refresh_waits"], []),
}


@pytest.mark.parametrize("what", GONE)
def test_a_404_ends_the_refreshes_of_a_brief_only_where_it_is_gone_and_never_in_silence(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    call, events, told = GONE[what]
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    shop.psa.note(48213, "Replaced the cable, no change.")
    shop.clock.advance(60)

    def gone() -> None:
        if what == "the ticket":
            shop.psa.tickets.pop(48213, None)
        elif what == "our note since it was read":
            shop.psa.posted[48213].clear()
        elif "nobody knows" in what:
            refuse(shop, "ticket", lambda: Unavailable("GET ticket: 503"), 1)
        raise NotFound("notes: 404", status=404)

    shop.psa.before[call] = gone
    with shop.database.account(shop.account_id) as session:
        briefs.ask_refresh(session, shop.account_id, handoff_id, due_at=shop.clock())
    log = CapturingLogger()  # at any level, whatever another test has set up
    monkeypatch.setattr(refresh, "log", log)
    refresh.refresh(shop.services, account_id=shop.account_id, handoff_id=handoff_id)
    assert [line.args for line in log.calls] == [(event,) for event in events]
    assert alerts(shop) == told
    assert (shop.handoffs()[0].refresh_due_at is not None) == ("nobody knows" in what)


def waited(shop: Shop) -> int:
    """Let a brief wait through an outage that is longer than refusals are borne with."""
    handoff_id = shop.escalated()
    refuse(shop, "post_internal_note", lambda: Unavailable("POST notes: 503", status=503), 10**6)
    live(shop, handoff_id, minutes=100, step_s=200)
    assert shop.handoffs()[0].brief_state == "pending"
    return handoff_id


CONFLICT: Callable[[], PsaError] = lambda: Refused("POST notes: 409", status=409)  # noqa: E731


@pytest.mark.storm
@pytest.mark.parametrize(("status", "times"), [("401", 1), ("403", 3), ("409", 1)])
def test_a_brief_that_has_waited_for_long_is_refused_since_its_first_refusal(shop: Shop, status: str, times: int) -> None:
    handoff_id = waited(shop)
    refuse(shop, "post_internal_note", {**ERRORS, "409": CONFLICT}[status], times)
    live(shop, handoff_id, minutes=2, step_s=6)  # the wait that began before, and a few seconds for each refusal
    if status != "409":
        assert "parked" not in {move.to_state for move in moves(shop, handoff_id)}
    assert shop.handoffs()[0].brief_state == "posted"
    assert alerts(shop) == []


@pytest.mark.storm
def test_another_failure_between_refusals_begins_them_anew(shop: Shop) -> None:
    handoff_id = waited(shop)
    for _ in range(4):  # together longer than refusals are borne with, none of them for so long
        refuse(shop, "post_internal_note", ERRORS["403"], 10**6)
        live(shop, handoff_id, minutes=8, step_s=40)
        refuse(shop, "post_internal_note", lambda: Unavailable("POST notes: 503", status=503), 10**6)
        live(shop, handoff_id, minutes=12, step_s=40)
    assert "parked" not in {move.to_state for move in moves(shop, handoff_id)}
    refuse(shop, "post_internal_note", ERRORS["403"], 10**6)
    live(shop, handoff_id, minutes=40, step_s=40)
    assert shop.handoffs()[0].brief_state == "parked"
    assert alerts(shop) == [Kind.REFUSED]


@pytest.mark.parametrize("status", ERRORS)
@pytest.mark.parametrize("times", [pytest.param(1, marks=pytest.mark.storm), 3])
def test_an_edit_of_an_old_brief_that_is_refused_for_a_moment_is_made_soon(shop: Shop, status: str, times: int) -> None:
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    shop.clock.advance(5 * 3600)
    shop.psa.note(48213, "Swapped the patch cable, no change.")
    shop.psa.change(48213)
    shop.triage()
    refuse(shop, "edit_note", ERRORS[status], times)
    live(shop, handoff_id, minutes=1.5, step_s=6)
    assert "Swapped the patch cable" in shop.psa.posted[48213][0].text
    assert alerts(shop) == []


def moves(shop: Shop, handoff_id: int) -> list[handoffs.Transition]:
    with shop.database.account(shop.account_id, reading=True) as session:
        return handoffs.transitions(session, shop.account_id, handoff_id)


def test_a_dead_key_is_one_alert_however_much_waits_for_it(shop: Shop) -> None:
    ids = []
    for number in range(48213, 48216):
        shop.psa.add(number, status=11)
        ids += shop.triage(number)
    assert len(ids) == 3
    for call in ("post_internal_note", "tickets_updated_since", "own_notes", "ticket"):
        refuse(shop, call, ERRORS["401"], 10**6)
    for _ in range(15):
        shop.clock.advance(180)
        poller.poll(shop.services, account_id=shop.account_id)
        for handoff_id in ids:
            shop.publish(handoff_id)
        auditor.audit(shop.services)
    assert alerts(shop) == [Kind.REFUSED]
    with shop.database.system(reading=True) as system:
        told = {a.kind for a in jobs.open_alerts(system, jobs.EVERYONE)}
    assert told <= {"no sign of life"}  # of a sweeper, which this test does not run
    shop.psa.before.clear()
    for _ in range(30):
        shop.clock.advance(180)
        poller.poll(shop.services, account_id=shop.account_id)
        for handoff_id in ids:
            shop.publish(handoff_id)
    assert alerts(shop) == []
    assert {len(shop.psa.posted[number]) for number in range(48213, 48216)} == {1}


def test_what_waits_for_dead_keys_is_done_at_once_when_they_work_again(shop: Shop) -> None:
    edited = shop.escalated()
    shop.publish(edited)
    shop.psa.add(48300, status=11)
    (parked,) = shop.triage(48300)
    shop.psa.add(48301, status=11)
    (owned,) = shop.triage(48301)
    shop.publish(owned)
    with shop.database.account(shop.account_id) as session:
        claims.claim(session, shop.account_id, owned, member_id=2, now=shop.clock(), kind="link")
        briefs.ask_refresh(session, shop.account_id, edited, due_at=shop.clock())
    for call in ("post_internal_note", "tickets_updated_since", "own_notes", "ticket"):
        refuse(shop, call, ERRORS["401"], 10**6)

    def what_is_due() -> None:
        poller.poll(shop.services, account_id=shop.account_id)
        shop.publish(parked)
        refresh.refresh(shop.services, account_id=shop.account_id, handoff_id=edited)
        settle.settle(shop.services, account_id=shop.account_id, handoff_id=owned)

    shop.clock.advance(1000)  # so long it is waited for from now on
    what_is_due()
    assert alerts(shop) == [Kind.REFUSED]
    shop.psa.before.clear()
    shop.psa.note(48213, "Swapped the patch cable, no change.")
    shop.clock.advance(120)
    what_is_due()
    assert alerts(shop) == [], "so nobody looks any more"
    assert len(shop.psa.posted[48300]) == 1
    assert "Swapped the patch cable" in shop.psa.posted[48213][0].text
    assert shop.psa.tickets[48301].owner == "msvensson"


def test_one_refused_poll_is_no_alert(shop: Shop) -> None:
    refused = refuse(shop, "tickets_updated_since", ERRORS["401"], 1)
    shop.clock.advance(90)
    poller.poll(shop.services, account_id=shop.account_id)
    assert len(refused) == 1
    assert alerts(shop) == []


@pytest.mark.parametrize("status", ERRORS)
def test_an_edit_that_is_refused_for_a_moment_is_made_later_and_nobody_is_told(shop: Shop, status: str) -> None:
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    shop.psa.note(48213, "Swapped the patch cable, no change.")
    shop.psa.change(48213)
    shop.triage()
    refuse(shop, "edit_note", ERRORS[status], 1)
    live(shop, handoff_id, minutes=20, step_s=60)
    assert "Swapped the patch cable" in shop.psa.posted[48213][0].text
    assert alerts(shop) == []
