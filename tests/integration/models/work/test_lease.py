"""Rows that wait for their moment: whoever lost one to the next writes nothing to it any more."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.database.sessions import Database
from models.handoff import resolution_notes
from models.sessions import recorded
from models.tables.columns import Leased
from models.work import canaries, lease, wishes
from tests.integration.models.places import NOW, account, handoff, later


def _wish(database: Database, one: int) -> Leased:
    with database.account(one) as session:
        it = wishes.ask(session, one, 7, member_id=1, member="jonas", now=NOW)
        return _there(lease.get(session, wishes.Wish, one, it or 0))


def _canary(database: Database, one: int) -> Leased:
    with database.account(one) as session:
        it = canaries.note(session, one, ticket_id=7, now=NOW)
        canaries.receive(session, one, it.id, nonce=it.nonce, now=NOW)
        canaries.arrive(session, one, it.id, now=NOW)
        return _there(lease.get(session, canaries.Canary, one, it.id))


def _resolution_note(database: Database, one: int) -> Leased:
    of = handoff(database, one)
    with database.account(one) as session:
        it = resolution_notes.ask(session, one, of, form="internal", text="Mended", member_id=1, member="jonas", now=NOW)
        return _there(lease.get(session, resolution_notes.ResolutionNote, one, it or 0))


def _session(database: Database, one: int) -> Leased:
    with database.account(one) as session:
        it = recorded.open_one(session, one, 7, member_id=1, member="jonas", client="x", key=None, now=NOW)
        return _there(lease.get(session, recorded.AiSession, one, it or 0))


def _there(row: Leased | None) -> Leased:
    assert row is not None
    return row


WRITES: dict[Callable[[Database, int], Leased], Callable[[Session, Any], bool]] = {
    _wish: lambda session, row: wishes.put_off(session, row, at=later(300), reason="x"),
    _canary: lambda session, row: canaries.end(session, row, now=later(300)),
    _resolution_note: lambda session, row: resolution_notes.give_up(session, row, now=later(300), reason="x"),
    _session: lambda session, row: recorded.put_off(session, row, at=later(300), reason="x"),
}


@pytest.mark.parametrize("made", WRITES)
def test_whoever_lost_it_writes_nothing(database: Database, made: Callable[[Database, int], Leased]) -> None:
    one = account(database)
    row = made(database, one)

    def take(at: float) -> Leased | None:
        with database.account(one) as session:
            return lease.take(session, type(row), one, row.id, now=later(at), lease_s=60)

    first = _there(take(-1))  # by a clock that is behind: the first attempt does not wait
    assert (first.attempts, first.next_attempt_at) == (1, later(59))
    assert take(58) is None
    second = _there(take(59))
    with database.account(one) as session:
        assert not WRITES[made](session, first)
        assert _there(lease.get(session, type(row), one, row.id)).next_attempt_at == later(119)
        assert WRITES[made](session, second)
    assert take(299) is None, "nothing to do before its time, or at all"
