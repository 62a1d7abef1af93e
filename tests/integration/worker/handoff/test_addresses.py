"""Members whose address is odd or none: told where that can be, never shown as told where it cannot, and said so."""

from __future__ import annotations

import dataclasses

import pytest

from models.handoff import deliveries
from models.work import jobs
from tests.integration.worker.conftest import Shop
from worker.account.check import check
from worker.account.members import renew_members
from worker.account.onboarding import Connected, account_named, connect
from worker.handoff import notify
from worker.mail.smtp_answers import MailError

MAJA = 2


def _with_address(shop: Shop, monkeypatch: pytest.MonkeyPatch, text: str | None) -> Connected:
    """Let the PSA have this as the address of its engineer Maja, and connect again."""
    members = shop.psa.members()
    monkeypatch.setattr(
        shop.psa, "members", lambda: [dataclasses.replace(m, email=text) if m.id == MAJA else m for m in members]
    )
    return connect(shop.services, account_named(shop.services, "northgate"))


def _told(shop: Shop) -> tuple[str, str | None]:
    """Hand off a ticket, send what is to be sent, and return state and reason of the message to Maja."""
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    for delivery_id in notify.notify(shop.services, account_id=shop.account_id, handoff_id=handoff_id):
        notify.deliver(shop.services, account_id=shop.account_id, delivery_id=delivery_id)
    with shop.database.account(shop.account_id) as session:
        rows = deliveries.of_handoff(session, shop.account_id, handoff_id)
    (row,) = (r for r in rows if r.recipient_user_id == MAJA)
    return row.status, row.reason


def _checked(shop: Shop) -> list[tuple[bool, str]]:
    lines = check(shop.services, account_named(shop.services, "northgate"))
    return [(line.ok, line.detail) for line in lines if line.what == "people to tell"]


def test_a_cleaned_address_is_written_to_and_connect_and_check_say_how(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = _with_address(shop, monkeypatch, "Maja <mailto:maja\u200b@Büro.example>; noc@buero.example")
    assert "Maja Svensson <maja@xn--bro-hoa.example>" in done.recipients
    (line,) = done.cleaned
    assert line.startswith("Maja Svensson: 'Maja <mailto:maja\\u200b@Büro.example>; noc@buero.example' holds 2")
    assert (True, line) in _checked(shop)
    assert _told(shop) == ("sent", None)
    assert shop.mailer.sent[0]["To"].addresses[0].addr_spec == "maja@xn--bro-hoa.example"


@pytest.mark.parametrize("typed", ["maja@buero", "maja(at)buero.example", "maja svensson@buero.example", "maja@😀.example"])
def test_an_address_that_is_none_is_the_reason_everywhere_and_nothing_is_sent(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    done = _with_address(shop, monkeypatch, typed)
    (line,) = (r for r in done.recipients if r.startswith("Maja"))
    status, reason = _told(shop)
    assert (status, shop.mailer.sent) == ("suppressed", [])
    assert reason is not None
    assert reason.startswith(f"'{typed}' is no address")
    assert reason in line
    assert any(not ok and reason in detail and "account connect" in detail for ok, detail in _checked(shop))
    assert "None" not in "".join(done.recipients) + str(_checked(shop))


def test_an_alert_stands_until_the_address_is_put_right(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def open_alerts() -> list[tuple[str, str]]:
        with shop.database.account(shop.account_id) as session:
            return [(a.kind, a.subject) for a in jobs.open_alerts(session, shop.account_id)]

    with monkeypatch.context() as broken:
        _with_address(shop, broken, "maja@@buero.example")
        assert open_alerts() == [("mail refused", "msvensson")]
    renew_members(shop.services, account_named(shop.services, "northgate"), shop.psa)
    assert open_alerts() == []


def test_nobody_without_an_address_is_printed_as_none(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    done = _with_address(shop, monkeypatch, None)
    assert done.recipients == ["Maja Svensson (not told: no e-mail address)", "Tess O'Brien (not told: no e-mail address)"]
    assert _checked(shop)[0] == (False, "0 of 2 engineers and admins")


def test_a_sender_that_is_none_waits_for_the_operator_and_condemns_no_recipient(shop: Shop) -> None:
    shop.services.settings = dataclasses.replace(shop.services.settings, mail_from="rf@@northgate.example")
    status, reason = _told(shop)
    assert status == "queued"
    assert reason is not None
    assert reason.startswith("MAIL_FROM: 'rf@@northgate.example' is no address")
    lines = check(shop.services, account_named(shop.services, "northgate"))
    assert any(line.what == "MAIL_FROM" and not line.ok and f"MAIL_FROM: {line.detail}" == reason for line in lines)


def test_what_the_server_cannot_take_is_failed_with_the_reason(shop: Shop) -> None:
    shop.mailer.fails = [MailError("mx.example:25 offers no SMTPUTF8, which zoë@northgate.example needs", permanent=True)]
    assert _told(shop) == ("failed", "mx.example:25 offers no SMTPUTF8, which zoë@northgate.example needs")
