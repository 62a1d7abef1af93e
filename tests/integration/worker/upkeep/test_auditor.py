"""What stands still is found, told once, and cleared when it moves; the dead-man's switch hears of us only while nothing does."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from models.work import jobs
from tests.integration.worker.conftest import Shop
from worker.mail.transport import MailError
from worker.upkeep import auditor, retention, sweeper


class Switch(HTTPServer):
    """An outside service that counts who asks for it."""

    heard = 0


@pytest.fixture
def switch() -> Iterator[Switch]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert isinstance(self.server, Switch)
            self.server.heard += 1
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = Switch(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def watched(shop: Shop, switch: Switch) -> Shop:
    url = f"http://127.0.0.1:{switch.server_port}/ping"
    shop.services.settings = dataclasses.replace(
        shop.services.settings, operator_email="duty@northgate.example", dead_man_url=url
    )
    sweeper.sweep(shop.services)
    return shop


def alerts(shop: Shop) -> set[tuple[str, str]]:
    with shop.database.system() as system:
        return {(alert.kind, alert.subject) for alert in jobs.open_alerts(system)}


def test_while_nothing_stands_still_only_the_switch_hears_of_it(shop: Shop, switch: Switch) -> None:
    watched(shop, switch)
    assert auditor.audit(shop.services) == []
    assert (switch.heard, shop.mailer.sent) == (1, [])
    assert auditor.audit(shop.services) == []
    assert shop.bell.take("clear_old") == [{"account_id": jobs.EVERYONE}], "once a day"
    retention.clear_old(shop.services, account_id=jobs.EVERYONE)
    shop.clock.advance(86_400 * 3)
    auditor.audit(shop.services)
    assert retention.clear_old(shop.services, account_id=jobs.EVERYONE) == {"job": 1}


def test_a_handoff_that_nobody_publishes_is_told_once_and_cleared_when_it_moves(shop: Shop, switch: Switch) -> None:
    watched(shop, switch)
    handoff_id = shop.escalated()
    shop.clock.advance(301)
    sweeper.sweep(shop.services)
    for _ in range(3):
        auditor.audit(shop.services)
    assert alerts(shop) == {("handoff stands still", f"account {shop.account_id}")}
    (message,) = shop.mailer.sent
    assert message["To"] == "duty@northgate.example"
    assert "handoff stands still" in str(message["Subject"])
    assert switch.heard == 0
    shop.publish(handoff_id)
    auditor.audit(shop.services)
    assert alerts(shop) == set()
    assert switch.heard == 1


def test_alerts_of_others_are_told_too_and_again_after_a_mail_that_failed(shop: Shop, switch: Switch) -> None:
    watched(shop, switch)
    with shop.database.account(shop.account_id) as session:
        jobs.raise_alert(
            session, shop.account_id, kind="brief parked", subject="ticket 48213", detail="401", now=shop.clock()
        )
    shop.mailer.fails = [MailError("no answer")]
    auditor.audit(shop.services)
    assert shop.mailer.sent == []
    shop.clock.advance(61)
    sweeper.sweep(shop.services)
    auditor.audit(shop.services)
    (message,) = shop.mailer.sent
    assert "brief parked: ticket 48213 (northgate" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_silent_sweep_and_a_poll_nobody_makes(shop: Shop, switch: Switch) -> None:
    watched(shop, switch)
    shop.clock.advance(16 * 60)
    auditor.audit(shop.services)
    assert alerts(shop) == {("account is not polled", f"account {shop.account_id}"), ("no sign of life", "sweep")}


def test_an_unreachable_switch_stops_nothing(shop: Shop, switch: Switch) -> None:
    watched(shop, switch)
    shop.services.settings = dataclasses.replace(shop.services.settings, dead_man_url="http://127.0.0.1:9/")
    assert auditor.audit(shop.services) == []
