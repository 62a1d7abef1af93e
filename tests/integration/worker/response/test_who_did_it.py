"""Persons, programs and strangers through the real use cases, on both databases: who has it, and what goes on."""

from __future__ import annotations

import itertools

import pytest

from escalation.evidence import Note, Person
from escalation.response.sightings import RESPONSE_VERSION
from models.account import accounts
from models.handoff import handoffs
from models.handoff.handoffs import Handoff
from models.memory import resolved
from tests.fakes import ASSIGNED, ESCALATED, NEW
from tests.integration.worker.conftest import Shop
from worker.handoff import refresh

PROGRAMS = ("resolutionflow-rules", "zadmin", None)
WORKING, ELSEWHERE = 15, {"board_id": 7, "board": "Projects", "status_id": 70, "status": "Unsorted"}


def handed_off(shop: Shop) -> Handoff:
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    shop.tell(handoff_id)
    shop.clock.advance(60)
    return shop.handoffs()[0]


def seen_after(shop: Shop, seconds: float = 1) -> Handoff:
    shop.clock.advance(seconds)
    shop.triage()
    shop.observe()
    return shop.handoffs()[0]


def later(shop: Shop, seconds: float) -> Handoff:
    """Let time go by, with the readings that are due."""
    shop.clock.advance(seconds)
    shop.services._rung.clear()  # the sweeper's own pause is by another clock
    shop.sweep()
    return shop.handoffs()[0]


@pytest.mark.parametrize(
    ("program", "change"),
    list(zip(
        itertools.cycle(PROGRAMS),
        [{"owner": "msvensson"}, {"status_id": WORKING}, {"status_id": NEW}, {"status_id": ASSIGNED}, ELSEWHERE],
        strict=False,
    )),
)  # every program with every change: tests/unit/escalation/response/test_who_took_it.py and test_whose_decision.py
def test_what_a_program_sets_takes_nothing_and_withdraws_nothing(
    shop: Shop, program: str | None, change: dict[str, object]
) -> None:
    handed_off(shop)
    shop.psa.change(48213, **change, updated_by=program)
    assert seen_after(shop).response_state == "open"
    assert later(shop, 600).response_state == "open"
    shop.psa.time(48213, "Cleared the stale SA on the firewall, tunnel is up", by="msvensson")
    handoff = seen_after(shop)
    assert (handoff.response_state, handoff.claimed_by) == ("acted", 2)
    assert [h.episode for h in shop.handoffs()] == [1]


def test_an_engineer_whom_a_program_assigned_claims_by_moving_the_ticket(shop: Shop) -> None:
    handed_off(shop)
    shop.psa.change(48213, owner="msvensson", updated_by="zadmin")
    assert seen_after(shop).response_state == "open"
    shop.psa.change(48213, status_id=WORKING, updated_by="msvensson")
    handoff = seen_after(shop, 30)
    assert (handoff.response_state, handoff.claimed_by, handoff.claim_kind) == ("claimed", 2, "status")


def test_moved_to_another_board_it_goes_on_and_record_and_brief_say_where_it_is(shop: Shop) -> None:
    handed_off(shop)
    shop.psa.change(48213, **ELSEWHERE, updated_by="jlind")
    assert seen_after(shop).response_state == "open"
    handoff = later(shop, 600)
    assert (handoff.response_state, handoff.board, handoff.status) == ("open", "Projects", "Unsorted")
    refresh.refresh(shop.services, account_id=shop.account_id, handoff_id=handoff.id)
    assert "Now: Projects, Unsorted" in shop.psa.posted[48213][0].text
    shop.psa.change(48213, status_id=71, status="Sorted", updated_by="jlind")
    seen_after(shop)
    assert later(shop, 120).response_state == "withdrawn", "that was decided"


@pytest.mark.parametrize("closer", ["msvensson", "jlind", "zadmin"])
def test_who_wrote_the_resolution_had_it_acted_and_resolved_it(shop: Shop, closer: str) -> None:
    handed_off(shop)
    note = Note(9901, "Renewed the certificate, clients connect.", Person("Maja", "engineer", "msvensson"), shop.clock(),
                "resolution")  # fmt: skip
    shop.psa.children[48213].append(note)
    shop.clock.advance(30)
    shop.psa.change(48213, closed=True, updated_by=closer)
    handoff = seen_after(shop)
    assert (handoff.response_state, handoff.claimed_by, handoff.claimed_at) == ("resolved", 2, note.created_at)
    assert (handoff.acted_at, handoff.claim_version) == (note.created_at, RESPONSE_VERSION)


def test_a_close_without_a_word_is_nobodys_work(shop: Shop) -> None:
    handed_off(shop)
    shop.psa.change(48213, closed=True, updated_by="msvensson")
    assert seen_after(shop).response_state == "withdrawn"


def test_an_engineer_who_did_something_before_it_left_the_status_had_it(shop: Shop) -> None:
    handed_off(shop)
    shop.psa.note(48213, "Rebuilt the tunnel, it is up.", by="msvensson")
    shop.psa.change(48213, status_id=WORKING, updated_by="jlind")
    assert seen_after(shop).response_state == "open"
    handoff = later(shop, 66)
    assert (handoff.response_state, handoff.claimed_by, handoff.claim_kind) == ("acted", 2, "deed")


def test_taken_while_nobody_looked_is_taken_by_the_owner_when_it_is_found(shop: Shop) -> None:
    shop.psa.add(status=ESCALATED, owner="msvensson", updated_by="msvensson")
    saved = shop.psa.tickets[48213].last_updated
    shop.clock.advance(1800)
    shop.triage()
    handoff = later(shop, 400)
    assert (handoff.response_state, handoff.claimed_by, handoff.claimed_at) == ("claimed", 2, saved)
    assert handoff.claim_source == "ticket 48213, owner when it was found"


def test_a_junior_who_says_it_is_taken_leaves_it_open_no_longer_than_a_claim_may_wait(shop: Shop) -> None:
    shop.clock.advance(-7 * 3600)  # in the morning
    handed_off(shop)
    shop.psa.change(48213, status_id=ASSIGNED, updated_by="jlind")
    assert seen_after(shop).response_state == "open"
    assert later(shop, 1800).response_state == "open"
    handoff = later(shop, 2400)
    assert (handoff.response_state, handoff.end_reason) == ("withdrawn", "moved to a claim status, and nobody claimed it")


def test_an_engineer_who_is_the_owner_has_it_when_a_junior_says_so(shop: Shop) -> None:
    shop.psa.add(status=ESCALATED, owner="msvensson")
    shop.triage()
    shop.clock.advance(60)
    shop.psa.change(48213, status_id=ASSIGNED, updated_by="jlind")
    handoff = seen_after(shop)
    assert (handoff.response_state, handoff.claimed_by, handoff.claim_kind) == ("claimed", 2, "status")


def test_a_connector_that_is_named_speaks_for_the_customer_and_others_for_nobody(shop: Shop) -> None:
    with shop.database.account(shop.account_id) as session:
        accounts.set_account(session, shop.account_id, settings={"connectors": ["MailConn"]})
    shop.psa.add(status=ESCALATED)
    for author in ("mailconn", "rmm-agent"):
        shop.psa.note(48213, f"Rebooted the router, no change. Sent by {author}.", by=author)
    (handoff_id,) = shop.triage()
    shop.publish(handoff_id)
    with shop.database.account(shop.account_id) as session:
        evidence = handoffs.latest_snapshot(session, shop.account_id, handoff_id)
    assert evidence is not None
    assert [n.author.role for n in evidence.notes] == ["customer", "unknown"]
    package = shop.handoffs()[0].escalation_package
    assert package is not None
    assert {step["actor"] for step in package["steps_attempted"]} <= {"customer", "unknown"}


RARER = [pytest.param(*one, marks=pytest.mark.storm) for one in ((0.01, False), (6, False), (90, True))]


@pytest.mark.parametrize(("days", "held"), [(13, False), (15, True), *RARER])
@pytest.mark.parametrize("closer", ["msvensson", "jlind", "zadmin"])
def test_what_a_ticket_was_closed_with_is_no_fix_once_it_is_escalated_again_soon(
    shop: Shop, closer: str, days: float, *, held: bool
) -> None:
    handed_off(shop)
    fix = "Renewed the certificate on the gateway, clients connect."
    shop.psa.children[48213].append(Note(9901, fix, Person("Maja", "engineer", "msvensson"), shop.clock(), "resolution"))
    shop.clock.advance(30)
    shop.psa.change(48213, closed=True, updated_by=closer)
    assert seen_after(shop).response_state == "resolved"
    assert known_fix(shop) == fix
    shop.clock.advance(days * 86400)
    shop.psa.change(48213, closed=False, status_id=ESCALATED, updated_by="jlind")
    assert (seen_after(shop).episode, shop.handoffs()[0].response_state) == (2, "open")
    assert known_fix(shop) == (fix if held else None)
    shop.psa.children[48213].append(
        Note(9902, "Replaced the gateway, tunnel stays up.", Person("Maja", "engineer", "msvensson"), shop.clock(), "resolution")
    )
    shop.clock.advance(30)
    shop.psa.change(48213, closed=True, updated_by=closer)
    assert seen_after(shop).response_state == "resolved"
    assert "Replaced the gateway" in str(known_fix(shop))


def known_fix(shop: Shop) -> str | None:
    with shop.database.account(shop.account_id, reading=True) as session:
        lesson = resolved.of_ticket(session, shop.account_id, 48213)
    return lesson.fix if lesson else None
