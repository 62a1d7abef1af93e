"""What may go goes, in bites; what figures rest on stays, and so does whatever is not finished."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from escalation.evidence import Evidence, Ticket
from models.account import accounts, people
from models.account.accounts import MemberRow
from models.database.sessions import Database
from models.figures import reports
from models.handoff import briefs, handoffs
from models.tables import Alert, Inbox, Job, Snapshot
from models.tables.columns import Row
from models.work import inbox, jobs, retention, sign_ins
from models.work.alert_kinds import Kind
from models.work.retention import Keep
from tests.integration.models.places import NOW, account, handoff

EVIDENCE = Evidence(Ticket(4711, "VPN drops", 1, "Help Desk", 7, "Escalated"), NOW)
LATER = NOW + timedelta(days=400)


def count(database: Database, account_id: int, table: type[Row]) -> int:
    with database.account(account_id, reading=True) as session:
        return session.scalar(select(func.count()).select_from(table).where(table.__table__.c.account_id == account_id)) or 0


def stored(database: Database, account_id: int, key: str) -> int:
    with database.account(account_id) as session:
        row = inbox.store(session, account_id=account_id, dedupe_key=key, type="ticket", action="updated",
                          record_id=1, raw=b"{}", now=NOW)  # fmt: skip
    assert row is not None
    return row


def test_finished_callbacks_go_later_parked_ones_and_unfinished_ones_stay(database: Database) -> None:
    one, other = account(database), account(database, "contoso")
    ids = {name: stored(database, one, name) for name in ("done", "ignored", "parked", "new")}
    with database.account(one) as session:
        inbox.finish(session, one, ids["done"], "open")
        inbox.ignore(session, one, ids["ignored"], "nothing")
        inbox.park(session, one, ids["parked"], "forged")
    theirs = stored(database, other, "done")
    with database.account(other) as session:
        inbox.finish(session, other, theirs, "open")
    assert retention.clear(database, one, now=NOW + timedelta(days=13), keep=Keep()) == {}
    assert retention.clear(database, one, now=NOW + timedelta(days=15), keep=Keep()) == {"inbox": 2}
    with database.account(one, reading=True) as session:
        assert set(session.scalars(select(Inbox.id))) >= {ids["parked"], ids["new"]}
    assert count(database, one, Inbox) == 2
    assert retention.clear(database, one, now=NOW + timedelta(days=89), keep=Keep()) == {}
    assert retention.clear(database, one, now=NOW + timedelta(days=91), keep=Keep()) == {"parked": 1}
    assert (count(database, one, Inbox), count(database, other, Inbox)) == (1, 1)
    parked = stored(database, other, "parked")
    with database.account(other) as session:
        inbox.park(session, other, parked, "forged")
    assert retention.clear(database, other, now=NOW + timedelta(days=91), keep=Keep(callbacks=365)) == {}, "no sooner than others"


def test_the_first_snapshot_stays_and_later_ones_go_once_the_handoff_has_ended(database: Database) -> None:
    one = account(database)
    it, live = handoff(database, one), handoff(database, one, ticket_id=4712)
    with database.account(one) as session:
        for number in (it, live):
            handoffs.add_snapshot(session, one, number, EVIDENCE, kind="handoff")
            for _ in range(3):
                handoffs.add_snapshot(session, one, number, EVIDENCE, kind="refresh")
        handoffs.withdraw(session, one, it, now=NOW, why="left")
        briefs.ask_refresh(session, one, it, due_at=NOW)  # which nothing ever takes where no brief was posted
    assert retention.clear(database, one, now=NOW + timedelta(days=29), keep=Keep()) == {}
    assert retention.clear(database, one, now=NOW + timedelta(days=31), keep=Keep()) == {"snapshot": 3}
    with database.account(one, reading=True) as session:
        left = [(s.handoff_id, s.kind) for s in session.scalars(select(Snapshot).order_by(Snapshot.id))]
    assert left == [(it, "handoff"), (live, "handoff"), *[(live, "refresh")] * 3]
    assert retention.clear(database, one, now=LATER, keep=Keep()) == {}, "repeatable"


@pytest.mark.parametrize("everyone", [False, True], ids=["an account's", "the installation's"])
def test_old_jobs_and_cleared_alerts_go_and_open_ones_stay(database: Database, everyone: bool) -> None:
    one = jobs.EVERYONE if everyone else account(database)
    with database.account(one) as session:
        for name in ("ended", "never ended", jobs.TELL):
            jobs.claim_job(session, one, name, "1", NOW)
        for name in ("ended", jobs.TELL):
            jobs.finish_job(session, one, name, "1", NOW)
        jobs.claim_job(session, one, "under way", "1", NOW, lease_s=500 * 86400)
        for subject in ("cleared", "open"):
            jobs.raise_alert(session, one, kind=Kind.PARKED, subject=subject, detail="d", now=NOW)
        jobs.clear_alert(session, one, kind=Kind.PARKED, subject="cleared", now=NOW)
    assert retention.clear(database, one, now=NOW + timedelta(days=1), keep=Keep()) == {}
    assert retention.clear(database, one, now=NOW + timedelta(days=3), keep=Keep()) == {"job": 2}
    assert retention.clear(database, one, now=LATER, keep=Keep()) == {"job": 1, "alert": 1}
    assert (count(database, one, Job), count(database, one, Alert)) == (1, 1)


def test_links_to_sign_in_go_and_reports_stay(database: Database) -> None:
    one = account(database)
    with database.account(one) as session:
        accounts.import_members(session, one, [MemberRow(11, "bob", "Bob", "b@msp.example")], engineers=["bob"])
        assert sign_ins.ask(session, one, 11, now=NOW, message_domain="x.example")
        bob = people.member(session, one, 11)
        assert bob is not None
        reports.create(
            session, one, kind="weekly", period="2026-W10", recipients=[bob], figures={}, measures_version=1, now=NOW,
            message_domain="x.example",
        )  # fmt: skip
    assert retention.clear(database, one, now=NOW + timedelta(days=29), keep=Keep()) == {}
    assert retention.clear(database, one, now=LATER, keep=Keep()) == {"report": 1}


@pytest.mark.parametrize("most", [600, 50_000])
def test_large_backlogs_go_in_bites(database: Database, most: int) -> None:
    one = account(database)
    rows = [
        {"account_id": one, "event_id": str(n), "dedupe_key": str(n), "type": "ticket", "action": "updated", "raw": b"",
         "verified": True, "received_at": NOW, "state": "done", "attempts": 1}
        for n in range(1200)
    ]  # fmt: skip
    with database.account(one) as session:
        session.execute(insert(Inbox), rows)
    removed = retention.clear(database, one, now=LATER, keep=Keep(), most=most)
    assert removed == {"inbox": min(1200, 1000 if most == 600 else 1200)}
    assert count(database, one, Inbox) == 1200 - removed["inbox"]
