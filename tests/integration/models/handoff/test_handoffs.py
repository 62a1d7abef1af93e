"""Handoffs on both databases: opened once, leased with a fence, claimed by one, ended once."""

import dataclasses
from typing import Any

import pytest

from escalation.evidence import Evidence, Ticket
from escalation.lifecycle import ForbiddenMove
from models.database.sessions import Database
from models.handoff import briefs, claims, handoffs
from models.tables import Handoff
from models.work import ticket_watch
from tests.integration.models.places import NOW, account, handoff, later

EVIDENCE = Evidence(ticket=Ticket(4711, "VPN drops", 1, "Service", 7, "Escalate"), read_at=NOW)


def read(database: Database, account_id: int, handoff_id: int) -> Handoff:
    with database.account(account_id, reading=True) as session:
        row = handoffs.get(session, account_id, handoff_id)
    assert row is not None
    return row


def moves(database: Database, account_id: int, handoff_id: int, machine: str) -> list[tuple[str | None, str]]:
    with database.account(account_id, reading=True) as session:
        rows = handoffs.transitions(session, account_id, handoff_id)
    return [(row.from_state, row.to_state) for row in rows if row.machine == machine]


def lease(
    database: Database, account_id: int, handoff_id: int, at: float = 2, holder: str = "w1"
) -> int | None:
    with database.account(account_id) as session:
        return briefs.lease(session, account_id, handoff_id, now=later(at), lease_s=60, holder=holder)


def posted(database: Database, account_id: int, handoff_id: int, at: float = 2) -> None:
    fence = lease(database, account_id, handoff_id, at)
    assert fence is not None
    with database.account(account_id) as session:
        assert briefs.mark_posted(
            session,
            account_id,
            handoff_id,
            fence=fence,
            note_id=9,
            note_hash="h1",
            now=later(at),
            posted_at=later(at),
        )


def test_opens_an_episode_once_and_the_next_one_again(database: Database) -> None:
    one = account(database)
    first = handoff(database, one)
    with database.account(one) as session:
        again = handoffs.open_handoff(
            session, account_id=one, ticket_id=4711, episode=1, escalated_at=NOW, now=NOW, rule_version=1
        )
        assert again is None
    second = handoff(database, one, episode=2)
    with database.account(one) as session:
        assert [row.id for row in handoffs.by_ticket(session, one, 4711)] == [second, first]
        found = handoffs.open_for_ticket(session, one, 4711)
        assert found is not None
        assert found.id == second
        assert handoffs.open_for_ticket(session, one, 1) is None
    assert moves(database, one, first, "response") == [(None, "open")]
    assert read(database, one, first).escalated_at == NOW


def test_posts_a_brief_from_lease_to_note(database: Database) -> None:
    one = account(database)
    it = handoff(database, one)
    fence = lease(database, one, it)
    assert fence == 1
    with database.account(one) as session:
        assert briefs.store_draft(
            session, one, it, fence=fence, draft="**Escalated**", draft_hash="d", marker="RF-K7Q2M4XA",
            escalation_package={"schema_version": 1}, schema_version=1, evidence_fingerprint="f",
        )  # fmt: skip
        assert briefs.mark_attempt(session, one, it, fence=fence, now=later(3))
        assert briefs.renew(session, one, it, fence=fence, now=later(3), lease_s=60)
        assert briefs.mark_posted(
            session, one, it, fence=fence, note_id=99, note_hash="h", now=later(4)
        )
        assert [briefs.count_extra_note(session, one, it, note_id=n) for n in (7, 8, 7, 9)] == [True, True, False, True]
    row = read(database, one, it)
    assert (row.brief_state, row.escalation_package_external_id, row.lease_until) == ("posted", 99, None)
    assert (row.draft, row.escalation_package, row.extra_notes_removed) == (
        "**Escalated**",
        {"schema_version": 1},
        3,
    )
    assert (row.post_attempted_at, row.posted_at) == (later(3), later(4))
    assert moves(database, one, it, "brief") == [
        (None, "pending"),
        ("pending", "posting"),
        ("posting", "posted"),
    ]


def test_takes_over_a_lease_that_ran_out_and_refuses_the_former_holder(database: Database) -> None:
    one = account(database)
    it = handoff(database, one)
    old = lease(database, one, it, 2)
    assert old is not None
    assert lease(database, one, it, 61, "w2") is None
    new = lease(database, one, it, 62, "w2")
    assert new == old + 1
    with database.account(one) as session:
        stale = {"session": session, "account_id": one, "handoff_id": it, "fence": old}
        assert not briefs.mark_attempt(**stale, now=later(63))
        assert not briefs.clear_attempt(**stale)
        assert not briefs.renew(**stale, now=later(63), lease_s=60)
        assert not briefs.mark_posted(**stale, note_id=1, note_hash="h", now=later(63))
        assert not briefs.mark_edited(**stale, note_hash="h", now=later(63))
        assert not briefs.give_back(**stale, next_attempt_at=later(99), reason="late", now=later(63))
        assert not briefs.park(**stale, reason="late", now=later(63))
        assert not briefs.store_draft(
            **stale, draft="", draft_hash="", marker="", escalation_package={}, schema_version=1
        )
    assert read(database, one, it).lease_holder == "w2"
    assert moves(database, one, it, "brief")[2:] == [("posting", "pending"), ("pending", "posting")]


def test_gives_back_until_a_moment_and_counts_only_real_attempts(database: Database) -> None:
    one = account(database)
    it = handoff(database, one)
    fence = lease(database, one, it, 2)
    assert fence is not None
    with database.account(one) as session:
        assert briefs.give_back(
            session,
            one,
            it,
            fence=fence,
            next_attempt_at=later(30),
            reason="429",
            now=later(3),
            count_attempt=False,
        )
    row = read(database, one, it)
    assert (row.brief_state, row.attempts, row.last_error) == ("pending", 0, "429")
    assert lease(database, one, it, 29) is None
    fence = lease(database, one, it, 30)
    assert fence is not None
    with database.account(one) as session:
        assert briefs.give_back(
            session, one, it, fence=fence, next_attempt_at=later(60), reason="503", now=later(31)
        )
        # The fence is spent with the lease.
        assert not briefs.mark_attempt(session, one, it, fence=fence, now=later(32))
    assert read(database, one, it).attempts == 1


def test_parks_and_brings_back(database: Database) -> None:
    one = account(database)
    it = handoff(database, one)
    fence = lease(database, one, it)
    assert fence is not None
    with database.account(one) as session:
        assert briefs.park(session, one, it, fence=fence, reason="403 POST /notes", now=later(3))
    assert lease(database, one, it, 999) is None
    with database.system() as system:
        assert briefs.due_briefs(system, now=later(999), limit=5) == []
    with database.account(one) as session:
        assert briefs.unpark(session, one, it, now=later(1000))
        assert not briefs.unpark(session, one, it, now=later(1000))
    assert lease(database, one, it, 1000) is not None
    states = [to for _, to in moves(database, one, it, "brief")]
    assert states == ["pending", "posting", "parked", "pending", "posting"]


def test_finds_due_briefs_and_leaves_frozen_accounts_alone(database: Database) -> None:
    from models.account import accounts

    one, other = account(database), account(database, "contoso")
    mine = [handoff(database, one, ticket_id=n) for n in (1, 2, 3)]
    theirs = handoff(database, other)
    with database.system() as system:
        assert briefs.due_briefs(system, now=later(1), limit=9) == []  # the bell has its time first
        due = briefs.due_briefs(system, now=later(10), limit=2)
        assert sorted(due) == [(one, mine[0]), (other, theirs)]  # in turn, not by age alone
    with database.account(one) as session:
        accounts.freeze(session, one, reason="visible", now=NOW)
    with database.system() as system:
        assert briefs.due_briefs(system, now=later(10), limit=9) == [(other, theirs)]


def test_refreshes_a_posted_brief_and_keeps_what_was_asked_meanwhile(database: Database) -> None:
    one = account(database)
    it = handoff(database, one)
    posted(database, one, it)
    assert lease(database, one, it, 3) is None  # nothing to refresh
    with database.account(one) as session:
        assert briefs.ask_refresh(session, one, it, due_at=later(20))
        assert briefs.ask_refresh(session, one, it, due_at=later(40))
    with database.system() as system:
        assert briefs.due_refreshes(system, now=later(19), limit=5) == []
        assert briefs.due_refreshes(system, now=later(20), limit=5) == [(one, it)]
    fence = lease(database, one, it, 20)
    assert fence is not None
    with database.system() as system:
        assert briefs.due_refreshes(system, now=later(79), limit=5) == []  # somebody is at it
        assert briefs.due_refreshes(system, now=later(80), limit=5) == [(one, it)]  # who may have died
    with database.account(one) as session:
        assert briefs.ask_refresh(session, one, it, due_at=later(90))
        assert briefs.mark_edited(session, one, it, fence=fence, note_hash="h2", now=later(22))
    row = read(database, one, it)
    assert (row.note_hash, row.edited_at, row.refresh_due_at) == ("h2", later(22), later(90))
    assert row.brief_state == "posted"
    fence = lease(database, one, it, 90)
    assert fence is not None
    with database.account(one) as session:
        assert briefs.renew(session, one, it, fence=fence, now=later(91), lease_s=60)
        assert briefs.mark_edited(session, one, it, fence=fence, note_hash=None, now=later(92))
    row = read(database, one, it)
    assert (row.note_hash, row.refresh_due_at) == ("h2", None)


def test_a_refresh_under_way_is_not_taken_by_another_that_was_asked_for_meanwhile(database: Database) -> None:
    one = account(database)
    it = handoff(database, one)
    fence = lease(database, one, it)
    assert fence is not None
    with database.account(one) as session:
        assert briefs.mark_posted(session, one, it, fence=fence, note_id=9, note_hash="h", now=later(3))
        assert briefs.ask_refresh(session, one, it, due_at=later(4))
    assert lease(database, one, it, 5) == fence + 1
    with database.account(one) as session:
        assert briefs.ask_refresh(session, one, it, due_at=later(6))
    assert lease(database, one, it, 7, "w2") is None


def test_gives_a_refresh_back_without_leaving_posted(database: Database) -> None:
    one = account(database)
    it = handoff(database, one)
    posted(database, one, it)
    with database.account(one) as session:
        briefs.ask_refresh(session, one, it, due_at=later(5))
    fence = lease(database, one, it, 5)
    assert fence is not None
    with database.account(one) as session:
        assert briefs.give_back(
            session, one, it, fence=fence, next_attempt_at=later(50), reason="x", now=later(6)
        )
        assert not briefs.park(session, one, it, fence=fence, reason="x", now=later(6))
    row = read(database, one, it)
    assert (row.brief_state, row.refresh_due_at) == ("posted", later(50))


def test_gives_a_claim_to_one_and_back(database: Database) -> None:
    one = account(database)
    it = handoff(database, one)
    with database.account(one) as session:
        assert claims.claim(session, one, it, member_id=11, now=later(30))
        assert not claims.claim(session, one, it, member_id=12, now=later(31))
        assert not claims.release_claim(session, one, it, member_id=12, now=later(40), why="given back")
        assert claims.release_claim(session, one, it, member_id=11, now=later(40), why="given back")
        assert claims.claim(session, one, it, member_id=12, now=later(50), happened_at=later(45))
        assert claims.mark_acted(session, one, it, now=later(60), happened_at=later(55), why="note 12")
        assert not claims.release_claim(session, one, it, member_id=12, now=later(70), why="late")
        assert not handoffs.withdraw(session, one, it, now=later(80), why="left")
        assert handoffs.end(session, one, it, now=later(80), why="closed")
        assert not handoffs.end(session, one, it, now=later(81), why="closed")
    row = read(database, one, it)
    assert (row.claimed_by, row.claimed_at, row.response_state) == (12, later(45), "resolved")
    assert (row.ended_at, row.end_reason) == (later(80), "closed")
    states = [to for _, to in moves(database, one, it, "response")]
    assert states == ["open", "claimed", "open", "claimed", "acted", "resolved"]


def test_withdraws_what_nobody_took_and_spares_a_brief_that_was_never_tried(database: Database) -> None:
    one = account(database)
    untried, tried = handoff(database, one, ticket_id=1), handoff(database, one, ticket_id=2)
    fence = lease(database, one, tried)
    assert fence is not None
    with database.account(one) as session:
        briefs.mark_attempt(session, one, tried, fence=fence, now=later(3))
        briefs.give_back(
            session, one, tried, fence=fence, next_attempt_at=later(50), reason="?", now=later(4)
        )
        assert handoffs.withdraw(session, one, untried, now=later(5), why="left", happened_at=later(4))
        assert handoffs.end(session, one, tried, now=later(5), why="merged")
        assert not handoffs.resume(session, one, untried, due_at=later(6))
    with database.system() as system:
        assert briefs.due_briefs(system, now=later(99), limit=5) == [(one, tried)]
        assert handoffs.due_notifications(system, before=later(99), now=later(99), limit=5) == []
    assert read(database, one, tried).response_state == "withdrawn"
    assert lease(database, one, untried, 99) is None


def test_resumes_a_live_episode(database: Database) -> None:
    one = account(database)
    it = handoff(database, one)
    with database.account(one) as session:
        assert handoffs.resume(session, one, it, due_at=later(9))
    assert read(database, one, it).refresh_due_at == later(9)


def test_a_claim_keeps_what_left_the_status_also_from_whoever_decides_as_if_nobody_had_it(database: Database) -> None:
    one = account(database)
    it = handoff(database, one)
    left: dict[str, Any] = {
        "board_id": 1, "status_id": 9, "in_escalation": False, "left_at": later(100), "last_updated": later(100), "episode": 1,
        "missing_since": None, "absent_since": None,
    }  # fmt: skip
    with database.account(one) as session:
        assert ticket_watch.record(session, one, 4711, expected_version=0, **left)
        before = ticket_watch.seen(session, one, 4711)
        assert before is not None
        version = before.version
        assert claims.claim(session, one, it, member_id=11, now=later(159))
        assert not ticket_watch.record(session, one, 4711, expected_version=version, **left)
        assert not claims.claim(session, one, it, member_id=12, now=later(160))
        seen = ticket_watch.seen(session, one, 4711)
        assert seen is not None
        assert (seen.left_at, seen.version) == (None, version + 1)


def test_settling_is_taken_once_and_again_if_something_new_is_due(database: Database) -> None:
    one = account(database)
    it = handoff(database, one)
    with database.account(one) as session:
        assert not claims.take_settlement(session, one, it, now=later(9), until=later(69))
        assert claims.claim(session, one, it, member_id=11, now=later(10))
        assert claims.take_settlement(session, one, it, now=later(10), until=later(70))
        assert not claims.take_settlement(session, one, it, now=later(11), until=later(71))
        assert claims.release_claim(session, one, it, member_id=11, now=later(12), why="given back")
        assert not claims.finish_settlement(session, one, it, taken_until=later(70))
        assert claims.take_settlement(session, one, it, now=later(13), until=later(73))
        assert claims.finish_settlement(session, one, it, taken_until=later(73))
    with database.system() as system:
        assert claims.due_settlements(system, now=later(999), limit=5) == []
        assert claims.due_observations(system, now=later(999), limit=5) == [(one, it)]


def test_the_first_action_belongs_to_the_claim_it_was_read_for(database: Database) -> None:
    one = account(database)
    it = handoff(database, one)
    with database.account(one) as session:
        assert claims.claim(session, one, it, member_id=11, now=later(10))
        assert claims.release_claim(session, one, it, member_id=11, now=later(12), why="given back")
        assert claims.claim(session, one, it, member_id=12, now=later(20))
        stale = {"now": later(30), "happened_at": later(11), "why": "note 1"}
        assert not claims.mark_acted(session, one, it, claimed_at=later(10), **stale)
        assert claims.mark_acted(session, one, it, claimed_at=later(20), now=later(30), happened_at=later(25), why="n")
        row = handoffs.get(session, one, it)
        assert row is not None
        assert (row.acted_at, row.observe_due_at, row.claim_expires_at) == (later(25), None, None)


def test_tells_the_seniors_once(database: Database) -> None:
    one = account(database)
    it = handoff(database, one)
    with database.system() as system:
        assert handoffs.due_notifications(system, before=later(0), now=later(50), limit=5) == []
        assert handoffs.due_notifications(system, before=later(1), now=later(50), limit=5) == [(one, it)]
    with database.account(one) as session:
        assert handoffs.mark_notified(session, one, it, now=later(2))
        assert not handoffs.mark_notified(session, one, it, now=later(2))


def test_asks_each_minute_whether_there_is_somebody_to_tell(database: Database) -> None:
    one = account(database)
    it = handoff(database, one)
    for told_before in (False, True):
        with database.account(one) as session:
            if told_before:
                assert handoffs.mark_notified(session, one, it, now=later(70))
            assert handoffs.nobody_told(session, one, it, now=later(100))
        with database.system() as system:
            assert handoffs.due_notifications(system, before=later(150), now=later(159), limit=5) == []
            assert handoffs.due_notifications(system, before=later(150), now=later(160), limit=5) == [(one, it)]
            set_back = handoffs.due_notifications(system, before=later(90), now=later(99), limit=5)
            assert set_back == [(one, it)], "the clock was set back since"


def test_tells_soon_of_a_brief_in_the_ticket_that_nobody_rang_for(database: Database) -> None:
    one = account(database)
    it = handoff(database, one)
    fence = lease(database, one, it)
    assert fence is not None
    with database.account(one) as session:
        assert briefs.mark_posted(session, one, it, fence=fence, note_id=9, note_hash="h", now=later(10))
    with database.system() as system:
        assert handoffs.due_notifications(system, before=NOW, now=later(14), limit=5) == [], "the bell may ring yet"
        assert handoffs.due_notifications(system, before=NOW, now=later(15), limit=5) == [(one, it)]


def test_keeps_the_first_snapshot_and_gives_the_newest(database: Database) -> None:
    one = account(database)
    it = handoff(database, one)
    newer = dataclasses.replace(EVIDENCE, read_at=later(60), complete=False)
    with database.account(one) as session:
        assert handoffs.latest_snapshot(session, one, it) is None
        assert handoffs.add_snapshot(session, one, it, EVIDENCE, kind="handoff")
        assert not handoffs.add_snapshot(session, one, it, newer, kind="handoff")
        assert handoffs.add_snapshot(session, one, it, newer, kind="refresh")
        assert handoffs.add_snapshot(session, one, it, newer, kind="refresh")
        assert handoffs.latest_snapshot(session, one, it) == newer
        assert handoffs.latest_snapshot(session, one, it, kind="handoff") == EVIDENCE


def test_rolls_everything_back_on_a_forbidden_move(database: Database) -> None:
    from escalation.lifecycle import Brief
    from models.handoff.moves import moved

    one = account(database)
    it = handoff(database, one)
    with pytest.raises(ForbiddenMove), database.account(one) as session:  # noqa: PT012 - both in one transaction
        briefs.ask_refresh(session, one, it, due_at=later(5))
        moved(session, one, it, Brief.POSTED, Brief.PENDING, why="no", now=NOW)
    assert read(database, one, it).refresh_due_at is None
