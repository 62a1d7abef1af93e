"""A cause that lasts is told once, also where polls, other tickets and other recipients go well, and it hushes nothing else."""

from __future__ import annotations

import dataclasses

import pytest

from models.handoff import resolution_notes as notes
from models.work import inbox, jobs, wishes
from models.work.alert_kinds import Kind
from psa.port import PostedNote, PsaError
from tests.fakes import ESCALATED, NEW, FakePsa
from tests.integration.worker.conftest import Shop
from tests.integration.worker.upkeep.outages import (
    F403,
    GONE,
    MAJA,
    NO_RELAY,
    OPERATOR,
    R400,
    U401,
    Scene,
    claimed,
    mail_fails,
    members_back,
    nobody_publishes,
    poll_refused,
    resolution_refused,
)  # fmt: skip
from worker.handoff import triage

pytestmark = pytest.mark.storm  # hours go by: a minute of processor time


def test_a_note_that_its_role_forbids_is_told_once_however_many_wait_and_polls_go_well(shop: Shop) -> None:
    it = Scene(shop)
    resolution_refused(it)
    it.heal()
    it.posted()
    resolution_refused(it)
    assert it.told(Kind.REFUSED) == 1
    assert it.open(Kind.REFUSED) == ["resolution notes"]


def test_a_role_without_notes_is_told_once_for_all_briefs(shop: Shop) -> None:
    it = Scene(shop)
    it.refuse("post_internal_note", F403)
    for _ in range(3):
        it.posted()
    it.live(minutes=60)
    assert (it.told(Kind.REFUSED), it.told(Kind.PARKED)) == (1, 0)


def test_one_ticket_whose_notes_are_forbidden_is_told_once_while_others_get_theirs(shop: Shop) -> None:
    it = Scene(shop)
    it.refuse("post_internal_note", F403)
    it.posted()
    it.live(minutes=20)
    for _ in range(3):
        it.heal()
        it.posted()
        it.refuse("post_internal_note", F403)
        it.live(minutes=30)
    assert it.told(Kind.REFUSED) == 1


@pytest.mark.parametrize("error", [F403, U401, R400], ids=["403", "401", "400"])
def test_a_ticket_that_may_not_be_read_is_told_once_and_blinds_the_auditor_to_nothing(shop: Shop, error: PsaError) -> None:
    it = Scene(shop)
    shop.psa.add(status=ESCALATED)
    it.refuse("ticket", error)
    shop.ring_in()
    it.live(minutes=120)
    assert (it.told(Kind.CALLBACK_STANDS), it.told(Kind.REFUSED)) == (1, 0)
    it.heal()
    it.live(minutes=10)
    assert it.open(Kind.CALLBACK_STANDS) == []
    shop.psa.add(61_000, status=ESCALATED)
    shop.triage(61_000)
    shop.bell.rung.clear()
    shop.clock.advance(301)
    assert it.told(Kind.HANDOFF_STANDS) == 1


def test_polls_that_are_refused_are_told_once_and_not_as_polls_that_nobody_makes_too(shop: Shop) -> None:
    it = Scene(shop)
    poll_refused(R400)(it)
    assert (it.told(Kind.REFUSED), it.told(Kind.NOT_POLLED)) == (1, 0)
    nobody_publishes(it)
    assert it.told(Kind.HANDOFF_STANDS) == 1, "a poll that is refused says nothing of briefs"


def test_dead_keys_are_told_once_whatever_waits_for_them(shop: Shop) -> None:
    it = Scene(shop)
    shop.psa.add(status=ESCALATED)
    it.shop.psa.add(60_000, status=NEW)
    handoff_id = it.posted()
    for call in ("ticket", "tickets_updated_since", "own_notes", "post_internal_note", "edit_note", "escalate", "assign_owner"):
        it.refuse(call, U401)
    claimed(it)
    shop.ring_in()
    with shop.database.account(it.account_id) as session:
        wishes.ask(session, it.account_id, 60_000, member_id=1, member="jlind", now=shop.clock())
        notes.ask(session, it.account_id, handoff_id, form="internal", text="A fan.", member_id=MAJA, member="msvensson",
                  now=shop.clock())  # fmt: skip
    it.live(minutes=120)
    with shop.database.system(reading=True) as system:
        assert [(alert.kind, alert.subject) for alert in jobs.open_alerts(system)] == [(Kind.REFUSED, "Unauthorized")]
    it.heal()
    it.live(minutes=15)
    assert len([mail for mail in shop.mailer.sent if mail["To"] == OPERATOR]) == 1
    with shop.database.system(reading=True) as system:
        assert jobs.open_alerts(system) == []


def test_a_server_that_relays_for_some_only_is_told_once_while_the_others_get_theirs(shop: Shop) -> None:
    it = Scene(shop)
    shop.psa.members = lambda: [  # type: ignore[method-assign]
        dataclasses.replace(member, email=member.email or "tess@elsewhere.example") for member in FakePsa.members(shop.psa)
    ]
    members_back(it)
    sending = shop.mailer.send

    def send(message: object) -> None:
        if "tess@" in str(message["To"]):  # type: ignore[index]
            raise NO_RELAY
        sending(message)  # type: ignore[arg-type]

    shop.mailer.send = send  # type: ignore[method-assign,assignment]
    for _ in range(4):
        shop.tell(it.posted())
        it.live(minutes=10)
    assert it.told(Kind.CANNOT_SEND) == 1


def test_an_address_that_is_put_right_is_refused_no_more(shop: Shop) -> None:
    it = Scene(shop)
    mail_fails(GONE, 1)(it)
    assert it.open(Kind.MAIL_REFUSED) == ["maja@northgate.example"]
    shop.psa.members = lambda: [  # type: ignore[method-assign]
        dataclasses.replace(member, email="maja.s@northgate.example") if member.id == MAJA else member
        for member in FakePsa.members(shop.psa)
    ]
    members_back(it)
    assert it.open(Kind.MAIL_REFUSED) == []


def test_every_second_brief_is_told_of(shop: Shop) -> None:
    it = Scene(shop)
    it.posted()
    for number in (1, 2):
        (ticket, (first, *_)), = shop.psa.posted.items()
        shop.psa.posted[ticket].append(PostedNote(900 + number, first.text, first.created_by, internal=True))
        shop.psa.change(ticket)
        shop.triage(ticket)
        it.live(minutes=5)
        assert it.told(Kind.SECOND_BRIEF) == number


def test_forgeries_are_told_of_once_a_day(shop: Shop) -> None:
    it = Scene(shop)
    for day in (1, 2):
        for _ in range(3):
            with shop.database.account(it.account_id) as session:
                row = inbox.store(
                    session, account_id=it.account_id, dedupe_key=f"f{next(it.tickets)}", type="ticket", action="updated",
                    record_id=1, raw=b"", verified=False, now=shop.clock(),
                )  # fmt: skip
            assert row is not None
            triage.triage(it.services, account_id=it.account_id, inbox_id=row)
        assert it.told(Kind.FORGED) == day
        shop.clock.advance(86_400)
