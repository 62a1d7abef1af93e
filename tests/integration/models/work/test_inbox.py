"""Callbacks and watches on both databases."""

import pytest
from sqlalchemy.orm import Session

from models.database.sessions import Database
from models.handoff import handoffs
from models.work import inbox, ticket_watch
from tests.integration.models.places import NOW, account, handoff, later


def store(database: Database, account_id: int, key: str = "k1") -> int | None:
    with database.account(account_id) as session:
        return inbox.store(
            session, account_id=account_id, dedupe_key=key, type="ticket", action="updated", record_id=4711,
            raw=b'{"ID":4711}', now=NOW, member_identifier="tim", signature="s", event_id=f"e-{key}",
        )  # fmt: skip


def test_stores_a_callback_once_for_each_account(database: Database) -> None:
    one, other = account(database), account(database, "contoso")
    first = store(database, one)
    assert first is not None
    assert store(database, one) is None
    assert store(database, other) is not None
    with database.account(one) as session:
        row = inbox.get(session, one, first)
        assert row is not None
        assert (row.raw, row.event_id, row.state, row.received_at) == (b'{"ID":4711}', "e-k1", "new", NOW)
        assert inbox.get(session, other, first) is None


def test_is_taken_by_one_until_the_lease_runs_out(database: Database) -> None:
    one = account(database)
    it = store(database, one)
    assert it is not None
    with database.account(one) as session:
        taken = inbox.take(session, one, it, now=later(-0.5), lease_s=60)  # a clock half a second behind
        assert taken is not None
        assert taken.attempts == 1
        assert inbox.take(session, one, it, now=later(59), lease_s=60) is None
        again = inbox.take(session, one, it, now=later(60), lease_s=60)
        assert again is not None
        assert again.attempts == 2


def test_is_rung_for_again_when_nobody_took_it(database: Database) -> None:
    one = account(database)
    it = store(database, one)
    assert it is not None
    with database.system() as system:
        assert inbox.due(system, now=later(1), limit=5) == []
        assert inbox.due(system, now=later(5), limit=5) == [(one, it)]
    with database.account(one) as session:
        mine = inbox.take(session, one, it, now=later(5), lease_s=60)
        assert mine is not None
    with database.system() as system:
        assert inbox.due(system, now=later(60), limit=5) == []
        assert inbox.due(system, now=later(65), limit=5) == [(one, it)]
    with database.account(one) as session:
        again = inbox.take(session, one, it, now=later(65), lease_s=60)
    with database.account(one) as session:
        assert again is not None
        assert not inbox.retry_later(session, mine, at=later(90), reason="somebody else's by now")
        assert inbox.retry_later(session, again, at=later(300), reason="503")
        assert inbox.take(session, one, it, now=later(299), lease_s=60) is None, "a bell before its time"
    with database.system() as system:
        assert inbox.due(system, now=later(299), limit=5) == []
        assert inbox.due(system, now=later(300), limit=5) == [(one, it)]


@pytest.mark.parametrize("close", [inbox.finish, inbox.ignore, inbox.park])
def test_is_closed_once_and_not_taken_again(database: Database, close: type) -> None:
    one = account(database)
    it = store(database, one)
    assert it is not None
    with database.account(one) as session:
        assert close(session, one, it, "because")
        assert not inbox.finish(session, one, it, "again")
        assert inbox.take(session, one, it, now=later(9), lease_s=60) is None
        row = inbox.get(session, one, it)
        assert row is not None
        assert row.outcome == "because"
    with database.system() as system:
        assert inbox.due(system, now=later(999), limit=5) == []


def test_replays_parked_ones_or_all_since_a_moment(database: Database) -> None:
    one = account(database)
    done, parked = store(database, one, "a"), store(database, one, "b")
    store(database, one, "c")
    assert done is not None
    assert parked is not None
    with database.account(one) as session:
        inbox.finish(session, one, done, "ok")
        inbox.park(session, one, parked, "bad key")
        assert inbox.reset(session, one, since=None, now=later(10)) == 1
        assert inbox.take(session, one, parked, now=later(10), lease_s=5) is not None
        assert inbox.reset(session, one, since=later(1), now=later(11)) == 0
        assert inbox.reset(session, one, since=NOW, now=later(11)) == 1
        assert inbox.take(session, one, done, now=later(11), lease_s=5) is not None


def test_records_that_a_signature_was_checked_later(database: Database) -> None:
    one = account(database)
    it = store(database, one)
    assert it is not None
    with database.account(one) as session:
        assert inbox.mark_verified(session, one, it)
        assert not inbox.mark_verified(session, one, it)


def test_knows_which_tickets_are_watched(database: Database) -> None:
    one, other = account(database), account(database, "contoso")
    it = handoff(database, one)
    with database.account(one) as session:
        assert inbox.is_watched(session, one, 4711)
        assert not inbox.is_watched(session, one, 4712)
        handoffs.withdraw(session, one, it, now=later(5), why="left")
        assert not inbox.is_watched(session, one, 4711)
        see(session, one, 4711, 0)
        assert inbox.is_watched(session, one, 4711)
    with database.account(other) as session:
        assert not inbox.is_watched(session, other, 4711)


def see(session: Session, account_id: int, ticket_id: int, expected: int, *, inside: bool = True) -> bool:
    return ticket_watch.record(
        session, account_id, ticket_id, expected_version=expected, board_id=1, status_id=7,
        in_escalation=inside, left_at=None, last_updated=NOW, episode=1, missing_since=None, absent_since=None,
    )  # fmt: skip


def test_a_watch_is_written_only_over_the_version_that_was_read(database: Database) -> None:
    one = account(database)
    with database.account(one) as session:
        assert ticket_watch.seen(session, one, 5) is None
        assert see(session, one, 5, 0)
        assert not see(session, one, 5, 0)
        assert see(session, one, 5, 1, inside=False)
        assert not see(session, one, 5, 1)
        seen = ticket_watch.seen(session, one, 5)
        assert seen is not None
        assert (seen.version, seen.in_escalation, seen.last_updated) == (2, False, NOW)
        assert ticket_watch.tickets_in_escalation(session, one, status_ids=[11]) == []
