"""Reports: their rows, who reads them, and when an account's next one is due, on both databases."""

from __future__ import annotations

from datetime import datetime

import pytest

from models.account import accounts
from models.account.accounts import MemberRow
from models.database.sessions import Database
from models.figures import reports
from models.figures.reports import Report
from models.work import outgoing
from tests.integration.models.handoff.test_races import THREADS, all_at_once
from tests.integration.models.places import NOW, account, later

PEOPLE = [
    MemberRow(11, "bob", "Bob Ray", "bob@msp.example"),
    MemberRow(12, "eva", "Eva Lind", None),
    MemberRow(13, "ida", "Ida Moe", "ida@msp.example"),
]


def staffed(database: Database, *, owner: str | None = "bob", admins: tuple[str, ...] = ("ida",)) -> int:
    one = account(database)
    with database.account(one) as session:
        accounts.import_members(session, one, PEOPLE, engineers=["eva"], admins=admins, owner=owner)
        accounts.set_account(session, one, connected_at=NOW)
    return one


def made(database: Database, account_id: int, *, at: datetime = NOW, period: str = "2026-W10") -> list[int]:
    with database.account(account_id) as session:
        return reports.create(
            session, account_id, kind="weekly", period=period, recipients=reports.readers(session, account_id),
            figures={"sentence": "Collecting."}, measures_version=1, now=at, message_domain="x.example",
        )  # fmt: skip


def read(database: Database, account_id: int, report_id: int) -> Report:
    with database.account(account_id) as session:
        row = reports.get(session, account_id, report_id)
    assert row is not None
    return row


@pytest.mark.parametrize(
    ("owner", "admins", "ids"),
    [
        ("bob", ("ida",), [11]),
        (None, ("ida",), [13]),
        ("eva", ("ida",), [12, 13]),  # an owner without an address does not keep it from the admins
        (None, (), []),
    ],
)
def test_the_owner_reads_it_and_else_the_admins(
    sqlite_database: Database, owner: str | None, admins: tuple[str, ...], ids: list[int]
) -> None:
    one = staffed(sqlite_database, owner=owner, admins=admins)
    with sqlite_database.account(one) as session:
        assert [reader.id for reader in reports.readers(session, one)] == ids


def test_who_left_the_psa_reads_nothing(sqlite_database: Database) -> None:
    one = staffed(sqlite_database)
    with sqlite_database.account(one) as session:
        accounts.import_members(session, one, PEOPLE[1:], admins=["ida"])
        assert [reader.id for reader in reports.readers(session, one)] == [13]


def test_one_row_for_each_reader_and_week_however_often(database: Database) -> None:
    one = staffed(database, owner="eva")
    (queued,) = made(database, one)
    assert made(database, one) == []
    assert len(made(database, one, period="2026-W11")) == 1
    with database.account(one) as session:
        rows = reports.of_period(session, one, kind="weekly", period="2026-W10")
    assert [(r.recipient_user_id, r.status, r.reason) for r in rows] == [
        (12, "suppressed", "no e-mail address"), (13, "queued", None),
    ]  # fmt: skip
    assert rows[1].id == queued
    assert rows[1].figures == {"sentence": "Collecting."}
    assert rows[1].message_id != rows[0].message_id


def test_twenty_planners_make_one_row_and_twenty_senders_send_it_once(database: Database) -> None:
    one = staffed(database)
    assert sorted(map(len, all_at_once(lambda _: made(database, one)))) == [0] * (THREADS - 1) + [1]
    with database.account(one) as session:
        (row,) = reports.of_period(session, one, kind="weekly", period="2026-W10")

    def take(_: int) -> bool:
        with database.account(one) as session:
            return outgoing.take(session, Report, one, row.id, now=later(9), lease_s=60) is not None

    assert sum(all_at_once(take)) == 1


def test_a_week_is_claimed_once(database: Database) -> None:
    one = staffed(database)
    with database.account(one) as session:
        assert reports.schedule(session, one, first_at=later(60))
        assert not reports.schedule(session, one, first_at=later(90))

    def claim(_: int) -> bool:
        with database.account(one) as session:
            return reports.claim_week(session, one, expected=later(60), next_at=later(600))

    assert sum(all_at_once(claim)) == 1


def test_a_sender_that_died_is_a_doubt_and_one_that_failed_is_none(database: Database) -> None:
    one = staffed(database)
    (it,) = made(database, one)
    with database.account(one) as session:
        mine = outgoing.take(session, Report, one, it, now=later(1), lease_s=60)
        assert mine is not None
        assert outgoing.take(session, Report, one, it, now=later(60), lease_s=60) is None
        assert outgoing.put_off(session, mine, at=later(120), reason="no connection")
        assert outgoing.take(session, Report, one, it, now=later(119), lease_s=60) is None
        again = outgoing.take(session, Report, one, it, now=later(120), lease_s=60)
    assert again is not None
    assert (again.attempts, again.doubts) == (2, 0)
    with database.account(one) as session:  # and now it dies
        taken = outgoing.take(session, Report, one, it, now=later(180), lease_s=60)
    assert taken is not None
    assert (taken.attempts, taken.doubts, taken.message_id) == (3, 1, again.message_id)
    with database.account(one) as session:
        outgoing.put_off(session, taken, at=later(300), reason="no answer after DATA", doubtful=True)
        last = outgoing.take(session, Report, one, it, now=later(300), lease_s=60)
        assert last is not None
        assert outgoing.mark_sent(session, last, now=later(301))
        assert not outgoing.fail(session, last, reason="too late")
    row = read(database, one, it)
    assert (row.status, row.doubts, row.sent_at, row.next_attempt_at) == ("sent", 2, later(301), None)


@pytest.mark.parametrize("end", ["fail", "suppress"])
def test_what_has_ended_is_not_taken_again(database: Database, end: str) -> None:
    one = staffed(database)
    (it,) = made(database, one)
    with database.account(one) as session:
        queued = reports.get(session, one, it)
        assert not getattr(outgoing, end)(session, queued, reason="not taken yet")
        taken = outgoing.take(session, Report, one, it, now=later(1), lease_s=60)
        assert getattr(outgoing, end)(session, taken, reason="as it is")
        assert outgoing.take(session, Report, one, it, now=later(9999), lease_s=60) is None
    assert read(database, one, it).reason == "as it is"


def test_the_system_session_sees_what_is_due_in_turn_and_no_figures(database: Database) -> None:
    one = staffed(database)
    other = account(database, "northgate")
    with database.account(other) as session:
        accounts.import_members(session, other, PEOPLE, owner="bob")
    first = made(database, one) + made(database, one, at=later(1), period="2026-W11")
    second = made(database, other, at=later(2))
    with database.system() as system:
        assert reports.due(system, now=later(4), limit=90) == []
        found = reports.due(system, now=later(60), limit=90)
        assert found == [(one, first[0]), (other, second[0]), (one, first[1])]
        assert reports.due(system, now=later(60), limit=1) == found[:1]
    with database.account(one) as session:
        readers = reports.readers(session, one)
        reports.try_again(session, one, kind="weekly", period="2026-W11", recipients=readers, now=later(3))
    with database.system() as system:
        assert reports.due(system, now=later(4), limit=90) == [(one, first[1])]


def test_what_was_refused_is_tried_again_at_the_new_address_and_what_was_sent_is_not(database: Database) -> None:
    one = staffed(database)
    (it,) = made(database, one)

    def again() -> None:
        with database.account(one) as session:
            reports.try_again(
                session, one, kind="weekly", period="2026-W10", recipients=reports.readers(session, one), now=later(90)
            )

    with database.account(one) as session:
        taken = outgoing.take(session, Report, one, it, now=later(1), lease_s=60)
        assert taken is not None
        outgoing.fail(session, taken, reason="550 no such user")
        corrected = [MemberRow(11, "bob", "Bob Ray", "bob.ray@msp.example")]
        accounts.import_members(session, one, corrected, owner="bob")
    again()
    row = read(database, one, it)
    assert (row.status, row.address, row.attempts, row.reason) == ("queued", "bob.ray@msp.example", 0, None)
    with database.account(one) as session:
        taken = outgoing.take(session, Report, one, it, now=later(91), lease_s=60)
        assert taken is not None
        outgoing.mark_sent(session, taken, now=later(92))
    again()
    assert read(database, one, it).status == "sent"


def test_accounts_are_due_at_their_time_or_without_one_and_only_if_connected(database: Database) -> None:
    one = staffed(database)
    account(database, "not-connected")
    due = account(database, "overdue")
    with database.account(due) as session:
        accounts.set_account(session, due, connected_at=NOW, next_weekly_at=later(100))
    with database.system() as system:
        assert reports.accounts_due(system, now=later(99), limit=90) == [one]
        assert reports.accounts_due(system, now=later(100), limit=90) == [due, one]
        assert reports.accounts_due(system, now=later(100), limit=1) == [due]
