"""Each engineer gets one message, and no message can stop a handoff."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from models.account import accounts
from models.handoff import claims, deliveries
from models.handoff.deliveries import Delivery
from models.work import jobs
from tests.integration.worker.conftest import Shop
from worker.account.members import renew_members
from worker.account.onboarding import account_named
from worker.demo.mail_catcher import Faults, MailCatcher
from worker.handoff import notify
from worker.mail.smtp_answers import UNCONFIRMED, MailError
from worker.mail.transport import mailer_for
from worker.upkeep import sweeper


def _rows(shop: Shop, handoff_id: int) -> list[Delivery]:
    with shop.database.account(shop.account_id) as session:
        return deliveries.of_handoff(session, shop.account_id, handoff_id)


def _told(shop: Shop) -> tuple[int, list[int]]:
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    return handoff_id, notify.notify(shop.services, account_id=shop.account_id, handoff_id=handoff_id)


def _deliver(shop: Shop, delivery_id: int) -> bool:
    return notify.deliver(shop.services, account_id=shop.account_id, delivery_id=delivery_id)


def test_everybody_has_a_row_and_who_has_no_address_is_suppressed_with_the_reason(shop: Shop) -> None:
    handoff_id, queued = _told(shop)
    assert [_deliver(shop, i) for i in queued] == [True]
    by_member = {r.recipient_user_id: (r.status, r.reason) for r in _rows(shop, handoff_id)}
    assert by_member == {2: ("sent", None), 3: ("suppressed", "no e-mail address")}


def test_the_mail_says_what_matters_and_links_to_the_ticket(shop: Shop) -> None:
    _, queued = _told(shop)
    _deliver(shop, queued[0])
    (message,) = shop.mailer.sent
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "48213" in message["Subject"]
    assert "Harbour Dental" in message["Subject"]
    assert shop.psa.ticket_url(48213) in text
    assert "not recorded" in text.lower()


def test_telling_twice_tells_once(shop: Shop) -> None:
    handoff_id, queued = _told(shop)
    assert notify.notify(shop.services, account_id=shop.account_id, handoff_id=handoff_id) == []
    assert [_deliver(shop, i) for i in queued * 3] == [True, False, False]
    assert len(shop.mailer.sent) == 1


def test_a_server_that_is_down_is_tried_again_later(shop: Shop) -> None:
    handoff_id, (delivery_id,) = _told(shop)
    shop.mailer.fails = [MailError("no connection")] * 3
    for _ in range(3):
        assert not _deliver(shop, delivery_id)
        shop.clock.advance(600)
    sweeper.sweep(shop.services)
    assert shop.bell.take("deliver") == [{"account_id": shop.account_id, "delivery_id": delivery_id}]
    assert _deliver(shop, delivery_id)
    assert _rows(shop, handoff_id)[0].attempts == 4


@pytest.mark.parametrize(("permanent", "status"), [(True, "failed"), (False, "queued")])
def test_a_refused_recipient_fails_for_good(shop: Shop, permanent: bool, status: str) -> None:
    handoff_id, (delivery_id,) = _told(shop)
    shop.mailer.fails = [MailError("550 no such user", permanent=permanent)]
    assert not _deliver(shop, delivery_id)
    row = _rows(shop, handoff_id)[0]
    assert (row.status, row.reason) == (status, "550 no such user")


def test_a_send_in_doubt_is_repeated_with_the_same_message_id(shop: Shop) -> None:
    _, (delivery_id,) = _told(shop)
    shop.mailer.fails = [MailError("connection lost after DATA", doubtful=True)]
    _deliver(shop, delivery_id)
    shop.clock.advance(600)
    _deliver(shop, delivery_id)
    first = shop.mailer.sent[0]["Message-ID"]
    with shop.database.account(shop.account_id) as session:
        row = deliveries.get(session, shop.account_id, delivery_id)
    assert row is not None
    assert first == row.message_id
    assert row.attempts == 2


def test_a_server_that_never_answers_in_time_gets_each_message_twice_and_no_more(shop: Shop, tmp_path: Path) -> None:
    handoff_id, (delivery_id,) = _told(shop)
    with MailCatcher(tmp_path / "mail", faults=Faults(hang_after_data=99)) as catcher:
        shop.services.mailer = mailer_for(catcher.url, timeout=0.3, within=0.4)
        for _ in range(5):
            _deliver(shop, delivery_id)
            shop.clock.advance(600)
        assert len(catcher.messages) == 2
    row = _rows(shop, handoff_id)[0]
    assert (row.status, row.doubts, (row.reason or "").startswith(UNCONFIRMED)) == ("sent", 1, True)
    assert row.sent_at is not None


def test_a_doubt_between_other_failures_is_not_forgotten(shop: Shop) -> None:
    handoff_id, (delivery_id,) = _told(shop)
    doubt, down = MailError("no answer after DATA", doubtful=True), MailError("no connection")
    shop.mailer.fails = [down, doubt, down, doubt, down]
    for _ in range(5):
        _deliver(shop, delivery_id)
        shop.clock.advance(600)
    assert (_rows(shop, handoff_id)[0].status, shop.mailer.fails) == ("sent", [down])


def test_a_message_id_is_of_the_senders_own_domain(shop: Shop) -> None:
    sender = "ResolutionFlow <handoff@mail.northgate.example>"
    shop.services.settings = dataclasses.replace(shop.services.settings, mail_from=sender)
    _, queued = _told(shop)
    for delivery_id in queued:
        assert _deliver(shop, delivery_id)
    assert {message["Message-ID"].partition("@")[2] for message in shop.mailer.sent} == {"mail.northgate.example>"}


def test_what_nobody_can_be_told_of_is_said_to_the_operator(shop: Shop) -> None:
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    with shop.database.account(shop.account_id) as session:
        accounts.import_members(session, shop.account_id, [])
    assert notify.notify(shop.services, account_id=shop.account_id, handoff_id=handoff_id) == []
    with shop.database.account(shop.account_id) as session:
        assert "nobody to tell" in [a.kind for a in jobs.open_alerts(session, shop.account_id)]


@pytest.mark.parametrize("kind", ["handoff", pytest.param("offered 1", marks=pytest.mark.storm)])
def test_what_nobody_could_be_told_of_is_told_once_there_is_somebody(shop: Shop, kind: str) -> None:
    shop.services.not_rung_lately = lambda *_, **__: True  # type: ignore[method-assign]  # which goes by the machine's clock
    handoff_id, here = shop.escalated(), {"member_id": 2, "now": shop.clock()}
    shop.publish(handoff_id)
    if kind == "offered 1":
        shop.tell(handoff_id)
        with shop.database.account(shop.account_id) as session:
            assert claims.claim(session, shop.account_id, handoff_id, **here, kind="link", actor="msvensson")  # type: ignore[arg-type]
    with shop.database.account(shop.account_id) as session:
        accounts.import_members(session, shop.account_id, [])
    if kind == "offered 1":
        with shop.database.account(shop.account_id) as session:
            assert claims.release_claim(session, shop.account_id, handoff_id, **here, why="given back")  # type: ignore[arg-type]
        shop.bell.ring("settle", account_id=shop.account_id, handoff_id=handoff_id)
        shop.settle()
    else:
        shop.tell(handoff_id)
    shop.mailer.sent.clear()
    asked = 0
    for _ in range(30):  # five minutes of sweeps
        shop.clock.advance(10)
        sweeper.sweep(shop.services)
        asked += len(rung := shop.bell.take("notify"))
        assert not [delivery for ids in rung for delivery in notify.notify(shop.services, **ids)]
    assert 4 <= asked <= 5, "not more often than each minute"
    with shop.database.account(shop.account_id) as session:
        assert "nobody to tell" in [a.kind for a in jobs.open_alerts(session, shop.account_id)]
    renew_members(shop.services, account_named(shop.services, "northgate"), shop.psa)
    for _ in range(12):
        shop.clock.advance(10)
        sweeper.sweep(shop.services)
        for ids in shop.bell.take("notify"):
            for delivery_id in notify.notify(shop.services, **ids):
                assert _deliver(shop, delivery_id)
    assert [m["To"] for m in shop.mailer.sent] == ["Maja Svensson <maja@northgate.example>"]
    rows = [(row.recipient_user_id, row.status) for row in _rows(shop, handoff_id) if row.kind == kind]
    assert rows == [(2, "sent"), (3, "suppressed")]


def test_a_handoff_that_ended_is_told_to_nobody(shop: Shop) -> None:
    handoff_id, (delivery_id,) = _told(shop)
    shop.psa.change(48213, closed=True)
    shop.triage()
    assert not _deliver(shop, delivery_id)
    assert shop.mailer.sent == []
    assert _rows(shop, handoff_id)[0].reason == "the ticket was closed"
