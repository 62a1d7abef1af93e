"""The weekly e-mail on both databases: one for each ISO week, whatever fails, dies, stands still or comes twice."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from escalation.figures.measures import MEASURES_VERSION
from models.account import accounts
from models.account.accounts import MemberRow
from models.figures import reports
from models.figures.reports import Report
from models.handoff import claims, handoffs
from models.work import jobs
from tests.integration.worker.conftest import Shop
from worker.demo.mail_catcher import Faults, MailCatcher
from worker.figures import weekly
from worker.mail.smtp_answers import MailError
from worker.mail.transport import mailer_for

FRIDAY = datetime(2026, 3, 6, 15, 55, tzinfo=UTC)
MONDAY = datetime(2026, 3, 9, 7, tzinfo=UTC)
OWNER = MemberRow(5, "phall", "Pat Hall", "pat@northgate.example")
OTHERS = [MemberRow(2, "msvensson", "Maja Svensson", "maja@northgate.example"), MemberRow(1, "jlind", "Jonas Lind", None)]


def owned(shop: Shop, *, time_zone: str = "UTC", owner: MemberRow | None = OWNER) -> Shop:
    """Give the shop an owner and a time zone, and let it find its first Monday."""
    with shop.database.account(shop.account_id) as session:
        people = [*OTHERS, *([owner] if owner else [])]
        accounts.import_members(session, shop.account_id, people, engineers=[2], owner=owner and owner.id)
        accounts.set_account(session, shop.account_id, time_zone=time_zone, connected_at=FRIDAY, next_weekly_at=None)
    assert plan(shop) == []
    return shop


def plan(shop: Shop) -> list[int]:
    return weekly.plan(shop.services, account_id=shop.account_id)


def send(shop: Shop, report_id: int) -> bool:
    return weekly.send(shop.services, account_id=shop.account_id, report_id=report_id)


def next_at(shop: Shop) -> datetime | None:
    with shop.database.account(shop.account_id, reading=True) as session:
        row = accounts.get(session, shop.account_id)
    assert row is not None
    return row.next_weekly_at


def rows(shop: Shop, week: str) -> list[Report]:
    with shop.database.account(shop.account_id, reading=True) as session:
        return reports.of_period(session, shop.account_id, kind="weekly", period=week)


def alerts(shop: Shop) -> list[tuple[str, str]]:
    with shop.database.account(shop.account_id, reading=True) as session:
        return [(alert.kind, alert.subject) for alert in jobs.open_alerts(session, shop.account_id)]


def acted_on(shop: Shop, ticket_id: int, summary: str = "VPN drops after 8 hours") -> None:
    """Store an escalation that was claimed after ten minutes and acted on after fifteen."""
    at = shop.clock()
    with shop.database.account(shop.account_id) as session:
        one = handoffs.open_handoff(
            session, account_id=shop.account_id, ticket_id=ticket_id, episode=1, escalated_at=at, now=at, rule_version=1,
            summary=summary,
        )  # fmt: skip
        assert one is not None
        taken = at + timedelta(minutes=10)
        assert claims.claim(session, shop.account_id, one.id, member_id=2, now=taken, actor="msvensson")
        deed = at + timedelta(minutes=15)
        claims.mark_acted(
            session, shop.account_id, one.id, now=deed, happened_at=deed, why="a note", action={"trusted": True}
        )


def test_connected_in_mid_week_the_first_one_comes_on_monday_at_seven(shop: Shop) -> None:
    owned(shop)
    assert next_at(shop) == MONDAY
    shop.clock.now = MONDAY - timedelta(seconds=1)
    assert plan(shop) == []
    shop.clock.now = MONDAY
    (it,) = plan(shop)
    assert plan(shop) == []
    assert next_at(shop) == MONDAY + timedelta(days=7)
    assert [(r.id, r.status, r.address) for r in rows(shop, "2026-W11")] == [(it, "queued", "pat@northgate.example")]


def test_the_owner_gets_the_figures_as_they_were_frozen(shop: Shop) -> None:
    shop.services.settings = dataclasses.replace(shop.services.settings, mail_from="RF <handoff@mail.northgate.example>")
    owned(shop)
    acted_on(shop, 48213)
    shop.clock.now = MONDAY
    (it,) = plan(shop)
    acted_on(shop, 48214)  # too late for this week's
    shop.clock.advance(3600)
    assert send(shop, it)
    (message,) = shop.mailer.sent
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert message["Subject"] == "Escalations at northgate, 9 March: collecting"
    assert message["To"] == "Pat Hall <pat@northgate.example>"
    assert message["X-ResolutionFlow-Topic"] == "weekly"
    assert message["Message-ID"].endswith("@mail.northgate.example>"), "the sender's own domain"
    assert text.startswith("Collecting: 1 of the 6 escalations acted on that a first figure needs.")
    assert "1  escalated" in text
    assert "#48213 VPN drops after 8 hours" in text
    assert "then claimed by Maja Svensson" in " ".join(text.split())
    assert shop.psa.ticket_url(48213) in text
    (row,) = rows(shop, "2026-W11")
    assert (row.status, row.measures_version, row.doubts) == ("sent", MEASURES_VERSION, 0)
    assert "episodes" not in row.figures["scorecard"]["clocks"]["total"]["business"]
    assert not send(shop, it)
    assert len(shop.mailer.sent) == 1


def test_a_secret_in_a_tickets_summary_is_neither_stored_nor_mailed(shop: Shop) -> None:
    owned(shop)
    acted_on(shop, 48213, "VPN login fails, password is Summer2026!")
    shop.clock.now = MONDAY
    (it,) = plan(shop)
    send(shop, it)
    assert "Summer2026" not in str(rows(shop, "2026-W11")[0].figures)
    assert b"Summer2026" not in shop.mailer.sent[0].as_bytes()
    assert b"VPN login fails" in shop.mailer.sent[0].as_bytes()


def test_two_workers_at_once_make_one_report(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    owned(shop)
    shop.clock.now = MONDAY
    barrier, found, errors = threading.Barrier(2), [], []

    def run() -> None:
        barrier.wait()
        try:
            found.extend(plan(shop))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(found) == 1
    assert len(rows(shop, "2026-W11")) == 1
    # And one whose lease ran out while it was computing makes nothing any more.
    shop.clock.now = MONDAY + timedelta(days=7)
    slow = weekly.frozen

    def overtaken(*given: Any, **named: Any) -> dict[str, Any]:
        monkeypatch.setattr(weekly, "frozen", slow)
        shop.clock.now += weekly.PLANNING
        assert len(plan(shop)) == 1
        return slow(*given, **named)

    monkeypatch.setattr(weekly, "frozen", overtaken)
    assert plan(shop) == []
    assert len(rows(shop, "2026-W12")) == 1


def test_figures_that_cannot_be_computed_are_tried_again_when_the_lease_is_over(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    owned(shop)
    shop.clock.now = MONDAY

    def dies(*_: Any, **__: Any) -> dict[str, Any]:
        raise SystemExit

    whole = weekly.frozen
    monkeypatch.setattr(weekly, "frozen", dies)
    with pytest.raises(SystemExit):
        plan(shop)
    monkeypatch.setattr(weekly, "frozen", whole)
    assert plan(shop) == []
    shop.clock.now += weekly.PLANNING
    assert len(plan(shop)) == 1
    assert next_at(shop) == MONDAY + timedelta(days=7)


def test_after_weeks_of_standing_still_there_is_one_report_the_newest(shop: Shop) -> None:
    owned(shop)
    shop.clock.now = MONDAY + timedelta(days=31)  # a Thursday, four Mondays later
    assert len(plan(shop)) == 1
    assert plan(shop) == []
    assert next_at(shop) == MONDAY + timedelta(days=35)
    weeks = ["2026-W11", "2026-W12", "2026-W13", "2026-W14", "2026-W15"]
    assert [len(rows(shop, week)) for week in weeks] == [0, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("zone", "mondays"),
    [
        ("Europe/London", [(2026, 3, 9, 7), (2026, 3, 16, 7), (2026, 3, 23, 7), (2026, 3, 30, 6), (2026, 4, 6, 6)]),
        ("America/New_York", [(2026, 3, 9, 11), (2026, 3, 16, 11)]),  # the clocks went forward the day before
        ("Pacific/Auckland", [(2026, 3, 8, 18), (2026, 3, 15, 18), (2026, 3, 22, 18), (2026, 3, 29, 18), (2026, 4, 5, 19)]),
        ("Pacific/Honolulu", [(2026, 3, 9, 17), (2026, 3, 16, 17)]),
    ],
)
def test_seven_by_the_accounts_own_clock_whatever_the_clocks_do(
    shop: Shop, zone: str, mondays: list[tuple[int, ...]]
) -> None:
    owned(shop, time_zone=zone)
    for number, parts in enumerate(mondays):
        at = datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]
        assert next_at(shop) == at
        shop.clock.now = at
        assert len(plan(shop)) == 1
        assert plan(shop) == []
        assert len(rows(shop, f"2026-W{11 + number}")) == 1


def test_a_change_of_time_zone_neither_doubles_nor_loses_a_week(shop: Shop) -> None:
    owned(shop, time_zone="Pacific/Auckland")
    with shop.database.account(shop.account_id) as session:
        accounts.set_account(session, shop.account_id, time_zone="Pacific/Honolulu")
    shop.clock.now = datetime(2026, 3, 8, 18, tzinfo=UTC)  # Monday in Auckland, Sunday in Honolulu
    assert plan(shop) == []
    assert next_at(shop) == datetime(2026, 3, 9, 17, tzinfo=UTC)
    shop.clock.now = datetime(2026, 3, 9, 17, tzinfo=UTC)
    assert len(plan(shop)) == 1


def test_without_an_owner_the_admins_get_it_and_without_those_the_operator_is_told(shop: Shop) -> None:
    owned(shop, owner=None)
    shop.clock.now = MONDAY
    assert plan(shop) == []
    assert ("nobody to report to", "weekly") in alerts(shop)
    with shop.database.account(shop.account_id) as session:
        accounts.import_members(session, shop.account_id, OTHERS, admins=[2])
    shop.clock.now = MONDAY + timedelta(days=7)
    (it,) = plan(shop)
    assert ("nobody to report to", "weekly") not in alerts(shop)
    assert send(shop, it)
    assert "because you are an admin of northgate" in " ".join(
        shop.mailer.sent[0].get_body(("plain",)).get_content().split()  # type: ignore[union-attr]
    )


def test_who_left_since_it_was_planned_gets_nothing(shop: Shop) -> None:
    owned(shop)
    shop.clock.now = MONDAY
    (it,) = plan(shop)
    with shop.database.account(shop.account_id) as session:
        accounts.import_members(session, shop.account_id, OTHERS)
    assert not send(shop, it)
    assert [(r.status, r.reason) for r in rows(shop, "2026-W11")] == [("suppressed", "inactive in the PSA")]
    assert shop.mailer.sent == []


@pytest.mark.parametrize(
    ("error", "status", "doubts", "kind"),
    [
        (MailError("550 no such user", permanent=True), "failed", 0, "mail refused"),
        (MailError("no connection"), "queued", 0, None),
        (MailError("sign-in refused", operator=True), "queued", 0, "mail cannot be sent"),
        (MailError("no answer after DATA", doubtful=True), "queued", 1, None),
    ],
)
def test_what_a_failure_leaves_behind(shop: Shop, error: MailError, status: str, doubts: int, kind: str | None) -> None:
    owned(shop)
    shop.clock.now = MONDAY
    (it,) = plan(shop)
    shop.mailer.fails = [error]
    assert not send(shop, it)
    (row,) = rows(shop, "2026-W11")
    assert (row.status, row.doubts, row.reason) == (status, doubts, error.reason)
    assert [found for found, _ in alerts(shop) if "mail" in found] == ([kind] if kind else [])
    if status == "queued":
        shop.clock.advance(600)
        assert send(shop, it)


def test_what_was_handed_over_twice_and_never_answered_is_sent_no_more(shop: Shop) -> None:
    owned(shop)
    shop.clock.now = MONDAY
    (it,) = plan(shop)
    shop.mailer.fails = [MailError("no answer after DATA", doubtful=True)] * 5
    for _ in range(5):
        assert not send(shop, it)
        shop.clock.advance(400)
    (row,) = rows(shop, "2026-W11")
    assert (row.status, len(shop.mailer.fails)) == ("sent", 3)
    assert (row.reason or "").startswith("sent, not confirmed")


def test_it_is_given_up_in_the_end_with_the_reason(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weekly, "GIVE_UP_AFTER", 3)
    owned(shop)
    shop.clock.now = MONDAY
    (it,) = plan(shop)
    shop.mailer.fails = [MailError("no connection")] * 9
    for _ in range(5):
        assert not send(shop, it)
        shop.clock.advance(400)
    (row,) = rows(shop, "2026-W11")
    assert (row.status, row.reason, len(shop.mailer.fails)) == ("failed", "given up after 3 tries", 6)


def test_a_mail_server_may_be_away_for_about_a_day(shop: Shop) -> None:
    longest = shop.services.settings.intervals.retry_cap
    assert timedelta(hours=12) < weekly.GIVE_UP_AFTER * timedelta(seconds=longest) * 0.75 < timedelta(hours=36)


def _received(catcher: MailCatcher) -> list[tuple[str, str]]:
    found = [message_from_bytes(path.read_bytes(), policy=SMTP) for path in catcher.messages]
    return [(str(m["Message-ID"]), str(m["Date"])) for m in found]


def test_an_answer_lost_after_the_message_repeats_the_same_message(shop: Shop, tmp_path: Path) -> None:
    owned(shop)
    shop.clock.now = MONDAY
    (it,) = plan(shop)
    with MailCatcher(tmp_path / "mail", faults=Faults(drop_after_data=1)) as catcher:
        shop.services.mailer = mailer_for(catcher.url, timeout=2.0)
        assert not send(shop, it)
        assert rows(shop, "2026-W11")[0].doubts == 1
        shop.clock.advance(600)
        assert send(shop, it)
        first, second = _received(catcher)
        assert first == second
        assert catcher.messages[0].read_bytes() == catcher.messages[1].read_bytes()
    (row,) = rows(shop, "2026-W11")
    assert (row.status, row.doubts, row.message_id) == ("sent", 1, first[0])


KILLED = """
import os, signal, sys
from datetime import datetime
from models.database.sessions import Database
from worker.figures import weekly
from worker.mail.transport import mailer_for
from worker.settings import Settings
from worker.wiring import Services

url, smtp, account, report, now, var = sys.argv[1:]
inner = mailer_for(smtp)

class Dies:
    def send(self, message):
        inner.send(message)
        os.kill(os.getpid(), signal.SIGKILL)

settings = Settings.read({"SECRET_KEYS": "k" * 40, "RESOLUTIONFLOW_VAR": var, "DATABASE_URL": url})
services = Services(settings, database=Database(url), bell=None, mailer=Dies(), psa_maker=None,
                    clock=lambda: datetime.fromisoformat(now))
weekly.send(services, account_id=int(account), report_id=int(report))
"""


def test_killed_between_the_servers_answer_and_our_row_it_is_sent_again_as_the_same_message(
    shop: Shop, tmp_path: Path
) -> None:
    owned(shop)
    shop.clock.now = MONDAY
    (it,) = plan(shop)
    url = shop.database.url.render_as_string(hide_password=False)
    with MailCatcher(tmp_path / "mail") as catcher:
        given = [url, catcher.url, str(shop.account_id), str(it), MONDAY.isoformat(), str(tmp_path)]
        done = subprocess.run([sys.executable, "-c", KILLED, *given], capture_output=True, text=True, timeout=60)
        assert done.returncode == -9, done.stderr
        assert [row.status for row in rows(shop, "2026-W11")] == ["sending"]
        shop.services.mailer = mailer_for(catcher.url)
        assert not send(shop, it)  # its lease is not over yet
        shop.clock.advance(61)
        with shop.database.system() as system:
            assert reports.due(system, now=shop.clock(), limit=9) == [(shop.account_id, it)]
        assert send(shop, it)
        first, second = _received(catcher)
    assert first == second
    (row,) = rows(shop, "2026-W11")
    assert (row.status, row.doubts, row.message_id) == ("sent", 1, first[0])
