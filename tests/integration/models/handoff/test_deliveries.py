"""Deliveries, jobs, signs of life and alerts on both databases."""

import pytest
from sqlalchemy import text

from models.account import accounts
from models.account.accounts import MemberRow
from models.database.sessions import Database
from models.handoff import deliveries, handoffs
from models.tables import EVERYONE, Delivery
from models.work import jobs, outgoing
from models.work.alert_kinds import Kind
from tests.integration.models.places import account, handoff, later

PEOPLE = [
    MemberRow(11, "bob", "Bob Ray", "bob@msp.example"),
    MemberRow(12, "eva", "Eva Lind", None),
    MemberRow(13, "ida", "Ida Moe", "ida@msp.example"),
]


def queued(database: Database) -> tuple[int, int, list[int]]:
    one = account(database)
    it = handoff(database, one)
    with database.account(one) as session:
        accounts.import_members(session, one, PEOPLE, engineers=["bob", "eva", "ida"])
        row = handoffs.get(session, one, it)
        assert row is not None
        ids = deliveries.create(session, row, accounts.recipients(session, one), now=later(1), message_domain="x.example")
        assert deliveries.create(session, row, accounts.recipients(session, one), now=later(1), message_domain="x.example") == []
    return one, it, ids


def read(database: Database, account_id: int, delivery_id: int) -> Delivery:
    with database.account(account_id) as session:
        row = deliveries.get(session, account_id, delivery_id)
    assert row is not None
    return row


def test_makes_one_row_for_each_recipient_and_suppresses_who_has_no_address(database: Database) -> None:
    one, it, ids = queued(database)
    assert len(ids) == 2
    with database.account(one) as session:
        rows = deliveries.of_handoff(session, one, it)
        log = session.execute(text("SELECT * FROM notification_log ORDER BY recipient_user_id")).all()
    assert [(r.recipient_user_id, r.status, r.reason) for r in rows] == [
        (11, "queued", None),
        (12, "suppressed", "no e-mail address"),
        (13, "queued", None),
    ]
    assert [(r.handoff_id, r.channel, r.recipient_user_id, r.status) for r in log][1] == (
        it,
        "email",
        12,
        "suppressed",
    )


def test_suppresses_an_inactive_member(database: Database) -> None:
    one = account(database)
    it = handoff(database, one)
    with database.account(one) as session:
        accounts.import_members(session, one, PEOPLE[:1], engineers=["bob"])
        people = accounts.recipients(session, one)
        accounts.import_members(session, one, [], engineers=["bob"])
        row = handoffs.get(session, one, it)
        assert row is not None
        session.refresh(people[0])
        assert deliveries.create(session, row, people, now=later(1), message_domain="x.example") == []
        assert deliveries.of_handoff(session, one, it)[0].reason == "inactive in the PSA"


def test_sends_once(database: Database) -> None:
    one, _, (first, _) = queued(database)
    with database.account(one) as session:
        taken = outgoing.take(session, Delivery, one, first, now=later(1), lease_s=60)
        assert taken is not None
        assert outgoing.take(session, Delivery, one, first, now=later(2), lease_s=60) is None
        assert outgoing.mark_sent(session, taken, now=later(3))
        assert not outgoing.mark_sent(session, taken, now=later(3))
        assert not outgoing.fail(session, taken, reason="late")
    row = read(database, one, first)
    assert (row.status, row.sent_at, row.attempts, row.lease_until) == ("sent", later(3), 1, None)


def test_repeats_a_send_in_doubt_under_the_same_message_id(database: Database) -> None:
    one, _, (first, _) = queued(database)
    with database.account(one) as session:
        before = outgoing.take(session, Delivery, one, first, now=later(1), lease_s=60)
        assert before is not None
        message_id = before.message_id
        again = outgoing.take(session, Delivery, one, first, now=later(61), lease_s=60)
        assert again is not None
        assert (again.message_id, again.attempts) == (message_id, 2)


def test_waits_after_a_failure_that_passes_and_stops_after_one_that_does_not(database: Database) -> None:
    one, _, (first, second) = queued(database)
    with database.system() as system:
        assert deliveries.due(system, now=later(5), limit=50) == []
        assert deliveries.due(system, now=later(6), limit=50) == [(one, first), (one, second)]
    with database.account(one) as session:
        grey, gone = (outgoing.take(session, Delivery, one, it, now=later(6), lease_s=60) for it in (first, second))
        assert grey is not None
        assert gone is not None
        assert outgoing.put_off(session, grey, at=later(120), reason="451 greylisted")
        assert outgoing.fail(session, gone, reason="550 no such user")
        assert outgoing.take(session, Delivery, one, first, now=later(119), lease_s=60) is None
        assert outgoing.take(session, Delivery, one, second, now=later(999), lease_s=60) is None
    with database.system() as system:
        assert deliveries.due(system, now=later(120), limit=50) == [(one, first)]


def test_suppresses_what_is_not_sent_but_not_what_is_being_sent(database: Database) -> None:
    one, it, (first, second) = queued(database)
    with database.account(one) as session:
        assert outgoing.take(session, Delivery, one, first, now=later(6), lease_s=60)
        assert deliveries.suppress_pending(session, one, it, reason="claimed by Bob", now=later(7)) == 1
        assert deliveries.suppress_pending(session, one, it, reason="claimed by Bob", now=later(66)) == 1
    assert read(database, one, first).status == "suppressed"
    assert read(database, one, second).reason == "claimed by Bob"
    with database.system() as system:
        assert deliveries.due(system, now=later(999), limit=50) == []


def test_suppresses_one_that_was_taken(database: Database) -> None:
    one, _, (first, _) = queued(database)
    with database.account(one) as session:
        taken = outgoing.take(session, Delivery, one, first, now=later(6), lease_s=60)
        assert taken is not None
        assert outgoing.suppress(session, taken, reason="already claimed")


@pytest.mark.parametrize("ends", ["fail", "put_off", "suppress"])
def test_an_attempt_that_was_overtaken_closes_nothing_of_the_next_one(database: Database, ends: str) -> None:
    one, _, (first, _) = queued(database)
    with database.account(one) as session:
        slow = outgoing.take(session, Delivery, one, first, now=later(6), lease_s=60)
    with database.account(one) as session:
        next_one = outgoing.take(session, Delivery, one, first, now=later(66), lease_s=60)
    assert slow is not None
    assert next_one is not None
    at = {"at": later(300)} if ends == "put_off" else {}
    with database.account(one) as session:
        assert not getattr(outgoing, ends)(session, slow, reason="late", **at)
    assert (read(database, one, first).status, read(database, one, first).reason) == ("sending", None)
    with database.account(one) as session:
        assert getattr(outgoing, ends)(session, next_one, reason="in time", **at)


@pytest.mark.parametrize("waits", [False, True])
def test_what_an_overtaken_attempt_brought_there_is_sent_no_more(database: Database, waits: bool) -> None:
    one, _, (first, _) = queued(database)
    with database.account(one) as session:
        slow = outgoing.take(session, Delivery, one, first, now=later(6), lease_s=60)
    with database.account(one) as session:
        next_one = outgoing.take(session, Delivery, one, first, now=later(66), lease_s=60)
        assert slow is not None
        assert next_one is not None
        if waits:
            outgoing.put_off(session, next_one, at=later(300), reason="451 greylisted")
    with database.account(one) as session:
        assert outgoing.mark_sent(session, slow, now=later(67))
        assert not outgoing.fail(session, next_one, reason="550 no such user")
        assert outgoing.take(session, Delivery, one, first, now=later(9999), lease_s=60) is None
    assert read(database, one, first).status == "sent"


def test_gives_a_job_to_one_for_each_period(database: Database) -> None:
    one = account(database)
    with database.account(one) as session:
        assert jobs.claim_job(session, one, "weekly", "2026-W10", later(0))
        assert not jobs.claim_job(session, one, "weekly", "2026-W10", later(1))
        assert jobs.claim_job(session, one, "weekly", "2026-W11", later(1))
        assert jobs.claim_job(session, one, "weekly", "2026-W10", later(600))  # its holder died
        assert jobs.finish_job(session, one, "weekly", "2026-W10", later(601))
        assert not jobs.claim_job(session, one, "weekly", "2026-W10", later(9999))
        assert jobs.release_job(session, one, "weekly", "2026-W11", at=later(30), reason="SMTP down")
        assert not jobs.claim_job(session, one, "weekly", "2026-W11", later(29))
        assert jobs.claim_job(session, one, "weekly", "2026-W11", later(30))
    with database.system() as system:
        assert jobs.claim_job(system, EVERYONE, "sweep", "1", later(0))
        assert not jobs.claim_job(system, EVERYONE, "sweep", "1", later(0))
        assert jobs.finish_job(system, EVERYONE, "sweep", "1", later(2))


def test_hears_which_process_went_silent(database: Database) -> None:
    with database.system() as system:
        jobs.beat(system, "worker-1", later(0))
        jobs.beat(system, "worker-2", later(0))
        jobs.beat(system, "worker-1", later(30))
        assert [heart.name for heart in jobs.stale_hearts(system, before=later(15))] == ["worker-2"]


def test_keeps_an_alert_open_until_it_is_cleared(database: Database) -> None:
    one = account(database)
    with database.account(one) as session:
        about = {"kind": Kind.CALLBACK_INACTIVE, "subject": "17"}
        assert jobs.raise_alert(session, one, **about, detail="first", now=later(0))
        assert not jobs.raise_alert(session, one, **about, detail="second", now=later(1))
        (alert,) = jobs.open_alerts(session, one)
        assert (alert.detail, alert.repeated, alert.raised_at) == ("second", 1, later(0))
        assert jobs.clear_alert(session, one, **about, now=later(2))
        assert not jobs.clear_alert(session, one, **about, now=later(2))
        assert jobs.raise_alert(session, one, **about, detail="third", now=later(3))
    with database.system() as system:
        assert jobs.raise_alert(system, EVERYONE, kind=Kind.SILENT, subject="", detail="d", now=later(1))
        assert [a.kind for a in jobs.open_alerts(system)] == [Kind.SILENT, Kind.CALLBACK_INACTIVE]
