"""Twenty threads want the same thing: exactly one gets it, on both databases."""

import threading
from collections.abc import Callable
from typing import TypeVar

import pytest

from models.account import accounts
from models.database.sessions import Database
from models.handoff import briefs, claims, handoffs
from models.tables import Delivery
from models.work import inbox, jobs, outgoing, ticket_watch
from tests.integration.models.handoff.test_deliveries import queued
from tests.integration.models.places import NOW, account, handoff, later

T = TypeVar("T")
THREADS = 20


def all_at_once(call: Callable[[int], T]) -> list[T]:
    """Run a call in twenty threads that start together, and return their results, or raise what one raised."""
    barrier = threading.Barrier(THREADS)
    results: list[T] = []
    errors: list[BaseException] = []

    def run(number: int) -> None:
        barrier.wait()
        try:
            results.append(call(number))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results


def test_one_gets_the_lease(database: Database) -> None:
    one = account(database)
    it = handoff(database, one)

    def lease(number: int) -> int | None:
        with database.account(one) as session:
            return briefs.lease(session, one, it, now=later(2), lease_s=60, holder=str(number))

    assert sorted(fence for fence in all_at_once(lease) if fence is not None) == [1]
    with database.account(one) as session:
        assert len(handoffs.transitions(session, one, it)) == 3


def test_one_takes_over_a_lease_that_ran_out(database: Database) -> None:
    one = account(database)
    it = handoff(database, one)
    with database.account(one) as session:
        briefs.lease(session, one, it, now=later(2), lease_s=60, holder="dead")

    def lease(number: int) -> int | None:
        with database.account(one) as session:
            return briefs.lease(session, one, it, now=later(62), lease_s=60, holder=str(number))

    assert [fence for fence in all_at_once(lease) if fence is not None] == [2]


def test_one_opens_the_handoff(database: Database) -> None:
    one = account(database)

    def opened(number: int) -> bool:
        with database.account(one) as session:
            row = handoffs.open_handoff(
                session, account_id=one, ticket_id=1, episode=1, escalated_at=NOW, now=NOW, rule_version=1
            )
            return row is not None

    assert sum(all_at_once(opened)) == 1


def test_one_stores_the_callback_and_one_takes_it(database: Database) -> None:
    one = account(database)

    def store(number: int) -> int | None:
        with database.account(one) as session:
            return inbox.store(
                session,
                account_id=one,
                dedupe_key="k",
                type="ticket",
                action="updated",
                record_id=1,
                raw=b"",
                now=NOW,
            )

    (it,) = [found for found in all_at_once(store) if found is not None]

    def take(number: int) -> bool:
        with database.account(one) as session:
            return inbox.take(session, one, it, now=later(1), lease_s=60) is not None

    assert sum(all_at_once(take)) == 1


def test_one_claims(database: Database) -> None:
    one = account(database)
    it = handoff(database, one)

    def claim(number: int) -> int | None:
        with database.account(one) as session:
            return number if claims.claim(session, one, it, member_id=number, now=later(number)) else None

    (winner,) = [number for number in all_at_once(claim) if number is not None]
    with database.account(one) as session:
        row = handoffs.get(session, one, it)
        assert row is not None
        assert row.claimed_by == winner


def test_one_writes_over_a_watch(database: Database) -> None:
    one = account(database)

    def write(expected: int) -> Callable[[int], bool]:
        def call(number: int) -> bool:
            with database.account(one) as session:
                return ticket_watch.record(
                    session, one, 7, expected_version=expected, board_id=number, status_id=1,
                    in_escalation=True, left_at=None, last_updated=NOW, episode=1, missing_since=None, absent_since=None,
                )  # fmt: skip

        return call

    assert sum(all_at_once(write(0))) == 1
    assert sum(all_at_once(write(1))) == 1


@pytest.mark.parametrize("what", ["job", "poll", "delivery", "key"])
def test_one_gets_what_is_there_once(database: Database, what: str) -> None:
    one, _, (first, _) = queued(database)
    with database.account(one) as session:
        accounts.set_account(session, one, next_poll_at=NOW)

    def get(number: int) -> bool:
        with database.account(one) as session:
            if what == "job":
                return jobs.claim_job(session, one, "weekly", "2026-W10", NOW)
            if what == "poll":
                return accounts.claim_poll(session, one, now=NOW, next_at=later(90))
            if what == "key":
                return accounts.pin_callback_key(session, one, f"k{number}")
            return outgoing.take(session, Delivery, one, first, now=later(6), lease_s=60) is not None

    assert sum(all_at_once(get)) == 1
