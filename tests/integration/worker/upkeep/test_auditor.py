"""What stands still is found, told once, and cleared when it moves; the dead-man's switch hears of us only while nothing does."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from sqlalchemy import event

from models.account import accounts
from models.work import jobs
from models.work.alert_kinds import Kind
from models.work.stalled import Stalled
from tests.integration.worker.conftest import Shop
from worker.mail.smtp_answers import MailError
from worker.upkeep import auditor, poller, retention, sweeper


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


def test_after_everything_was_down_nothing_is_late_before_it_had_a_minute_to_move(shop: Shop, switch: Switch) -> None:
    watched(shop, switch)
    with shop.database.account(shop.account_id) as session:
        accounts.set_account(session, shop.account_id, connected_at=shop.clock(), next_poll_at=shop.clock())
    handoff_id = shop.escalated()
    auditor.audit(shop.services)
    shop.clock.advance(7 * 86_400)
    assert auditor.audit(shop.services) == [], "the sweeper has only begun to ring"
    assert (alerts(shop), shop.mailer.sent, switch.heard) == (set(), [], 1)
    shop.clock.advance(60)
    late = {"no sign of life", "handoff stands still", "account is not polled"}
    auditor.audit(shop.services)
    assert {kind for kind, _ in alerts(shop)} == late, "a minute later it counts"
    shop.publish(handoff_id)
    poller.poll(shop.services, account_id=shop.account_id)
    sweeper.sweep(shop.services)
    auditor.audit(shop.services)
    assert alerts(shop) == set()


def test_what_nobody_polls_is_cleared_by_the_audit_once_a_day(shop: Shop, switch: Switch) -> None:
    watched(shop, switch)
    with shop.database.account(shop.account_id) as session:
        accounts.set_account(session, shop.account_id, connected_at=None, next_poll_at=None)
    for _ in range(2):
        auditor.audit(shop.services)
    rung = [ids["account_id"] for ids in shop.bell.take("clear_old")]
    assert rung == [jobs.EVERYONE, shop.account_id]
    with shop.database.account(shop.account_id) as session:
        jobs.raise_alert(session, shop.account_id, kind=Kind.PARKED, subject="s", detail="d", now=shop.clock())
        jobs.clear_alert(session, shop.account_id, kind=Kind.PARKED, subject="s", now=shop.clock())
    shop.clock.advance(400 * 86_400)
    assert retention.clear_old(shop.services, account_id=shop.account_id)["alert"] == 1


def test_alerts_that_stay_open_cost_an_audit_no_more(shop: Shop, switch: Switch) -> None:
    """Some kinds only the operator closes: a year of them is not to be written to each minute."""
    watched(shop, switch)

    def statements() -> int:
        asked: list[str] = []

        def executed(_: object, __: object, statement: str, *___: object) -> None:
            asked.append(statement)

        event.listen(shop.database.engine, "after_cursor_execute", executed)
        auditor.audit(shop.services)
        event.remove(shop.database.engine, "after_cursor_execute", executed)
        return len(asked)

    statements()
    usual = statements()
    with shop.database.account(shop.account_id) as session:
        for number in range(10):
            jobs.raise_alert(
                session, shop.account_id, kind=Kind.SECOND_BRIEF, subject=f"note {number}", detail="d", now=shop.clock()
            )
    assert statements() > usual
    assert len(shop.mailer.sent) == 1
    assert statements() == usual
    assert len(shop.mailer.sent) == 1


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
            session, shop.account_id, kind=Kind.PARKED, subject="ticket 48213", detail="401", now=shop.clock()
        )
    shop.mailer.fails = [MailError("no answer")]
    auditor.audit(shop.services)
    assert shop.mailer.sent == []
    shop.clock.advance(61)
    sweeper.sweep(shop.services)
    auditor.audit(shop.services)
    (message,) = shop.mailer.sent
    assert "brief parked: ticket 48213 (northgate" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_an_operators_mail_that_was_handed_over_twice_and_never_answered_is_sent_no_more(shop: Shop, switch: Switch) -> None:
    watched(shop, switch)
    with shop.database.account(shop.account_id) as session:
        jobs.raise_alert(session, shop.account_id, kind=Kind.PARKED, subject="ticket 48213", detail="401", now=shop.clock())
    shop.mailer.fails = [MailError("no answer after DATA", doubtful=True)] * 5
    for _ in range(5):
        sweeper.sweep(shop.services)
        auditor.audit(shop.services)
        shop.clock.advance(61)
    assert (len(shop.mailer.fails), shop.mailer.sent) == (3, [])


def test_a_silent_sweep_and_a_poll_nobody_makes(shop: Shop, switch: Switch) -> None:
    watched(shop, switch)
    shop.clock.advance(16 * 60)
    auditor.audit(shop.services)
    assert alerts(shop) == {("account is not polled", f"account {shop.account_id}"), ("no sign of life", "sweep")}


def test_others_write_while_it_looks(shop: Shop, switch: Switch, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it asks goes over all accounts: on SQLite, which has one writer, callbacks would wait for it."""
    watched(shop, switch)

    def somebody_writes(*_: object, **__: object) -> list[Stalled]:
        with shop.database.system() as system:
            jobs.beat(system, "elsewhere", shop.clock())
        return []

    monkeypatch.setattr(auditor, "stalled", somebody_writes)
    assert auditor.audit(shop.services) == []
    with shop.database.system(reading=True) as system:
        assert {jobs.last_sign(system, name) for name in ("audit", "elsewhere")} == {shop.clock()}


def test_an_unreachable_switch_stops_nothing(shop: Shop, switch: Switch) -> None:
    watched(shop, switch)
    shop.services.settings = dataclasses.replace(shop.services.settings, dead_man_url="http://127.0.0.1:9/")
    assert auditor.audit(shop.services) == []
    with shop.database.system() as system:
        assert jobs.last_sign(system, "audit") == shop.clock()
        assert jobs.open_alerts(system) == []
