"""What makes an episode, told case by case and then for any history, however it is seen."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.evidence import Ticket
from escalation.rules import GRACE, Act, Seen, StatusRules, Verdict, decide, deleted, grace_over, worth_triage

T0 = datetime(2026, 3, 6, 15, 55, tzinfo=UTC)
HELP_DESK, NOC = 1, 2
NEW, ESCALATED, ASSIGNED = 10, 11, 12
NOC_NEW, NOC_ESCALATED = 20, 21
RULES = StatusRules(
    escalate=frozenset({(HELP_DESK, ESCALATED), (NOC, NOC_ESCALATED)}),
    claim=frozenset({(HELP_DESK, ASSIGNED)}),
)


def ticket(board: int = HELP_DESK, status: int = NEW, at: float = 0, **more: object) -> Ticket:
    fields = {"summary": "VPN drops", "board": str(board), "status": str(status), "updated_by": "jlind", **more}
    return Ticket(id=48213, board_id=board, status_id=status, last_updated=T0 + timedelta(seconds=at), **fields)  # type: ignore[arg-type]


def follow(*tickets: Ticket, seen: Seen | None = None) -> list[Verdict]:
    verdicts, now = [], T0
    for each in tickets:
        assert each.last_updated
        now = max(now, each.last_updated)
        verdicts.append(decide(seen, each, RULES, now=now))
        seen = verdicts[-1].seen
    return verdicts


def test_a_status_that_follows_a_handoff_by_hand_is_the_same_episode() -> None:
    by_hand = Seen(HELP_DESK, NEW, episode=1, live=True, by_hand=True)
    (verdict,) = follow(ticket(status=ESCALATED, at=900), seen=by_hand)
    assert (verdict.act, verdict.episode, verdict.seen.in_escalation) == (Act.RESUME, 1, True)
    (taken,) = follow(ticket(status=ESCALATED, at=900), seen=dataclasses.replace(by_hand, claimed=True))
    assert (taken.act, taken.episode, taken.end_earlier) == (Act.OPEN, 2, 1)


def test_entering_an_escalation_status_opens_the_first_episode() -> None:
    (verdict,) = follow(ticket(status=ESCALATED))
    assert (verdict.act, verdict.episode, verdict.at) == (Act.OPEN, 1, T0)
    assert verdict.seen.in_escalation
    assert verdict.seen.live


def test_the_same_reading_again_opens_nothing() -> None:
    acts = [v.act for v in follow(*[ticket(status=ESCALATED)] * 3)]
    assert acts == [Act.OPEN, Act.REFRESH, Act.REFRESH]


def test_an_older_reading_that_arrives_late_says_nothing() -> None:
    late = follow(ticket(status=ESCALATED, at=60), ticket(status=NEW, at=30))[1]
    assert late.act is Act.NOTHING
    assert late.seen.in_escalation


@given(st.integers(min_value=120, max_value=86_400), st.integers(min_value=0, max_value=7200))
def test_what_was_stamped_by_a_clock_that_is_set_back_since_hides_nothing(ahead: int, later: int) -> None:
    """A server that stamps by local time and leaves summer time, a machine restored, a clock put right."""
    seen = decide(None, ticket(status=ESCALATED, at=ahead), RULES, now=T0).seen
    left = decide(seen, ticket(at=min(later, ahead - 120)), RULES, now=T0 + timedelta(seconds=min(later, ahead - 120)))
    assert left.act is Act.LEAVE


def test_back_within_the_grace_is_the_same_episode() -> None:
    verdicts = follow(ticket(status=ESCALATED), ticket(at=10), ticket(status=ESCALATED, at=70))
    assert [v.act for v in verdicts] == [Act.OPEN, Act.LEAVE, Act.RESUME]
    assert verdicts[-1].episode == 1


def test_back_after_the_grace_is_a_new_episode_and_ends_the_unnoticed_one() -> None:
    last = follow(ticket(status=ESCALATED), ticket(at=10), ticket(status=ESCALATED, at=71))[-1]
    assert (last.act, last.episode, last.end_earlier) == (Act.OPEN, 2, 1)


def test_back_within_the_grace_after_a_claim_is_a_new_episode() -> None:
    opened, left = follow(ticket(status=ESCALATED), ticket(at=10))
    claimed = dataclasses.replace(left.seen, claimed=True)
    again = decide(claimed, ticket(status=ESCALATED, at=20), RULES, now=T0 + timedelta(seconds=20))
    assert (opened.episode, again.act, again.episode, again.end_earlier) == (1, Act.OPEN, 2, 1)


def test_a_board_move_that_stays_escalated_is_no_new_episode() -> None:
    moved = follow(ticket(status=ESCALATED), ticket(NOC, NOC_ESCALATED, at=5))[1]
    assert (moved.act, moved.episode) == (Act.REFRESH, 1)
    assert "another board" in moved.why


def test_the_same_status_id_on_another_board_means_something_else() -> None:
    (verdict,) = follow(ticket(NOC, ESCALATED))
    assert verdict.act is Act.NOTHING


def test_leaving_for_a_claim_status_withdraws_nothing() -> None:
    left = follow(ticket(status=ESCALATED), ticket(status=ASSIGNED, at=300))[1]
    assert left.act is Act.REFRESH
    assert left.seen.live
    assert left.seen.left_at is None


def test_staying_away_past_the_grace_withdraws_once() -> None:
    _, left = follow(ticket(status=ESCALATED), ticket(at=10))
    assert not grace_over(left.seen, now=T0 + timedelta(seconds=70))
    assert grace_over(left.seen, now=T0 + timedelta(seconds=71))
    away = decide(left.seen, ticket(at=10), RULES, now=T0 + timedelta(seconds=71))
    assert (away.act, away.at) == (Act.WITHDRAW, T0 + timedelta(seconds=10))
    assert decide(away.seen, ticket(at=10), RULES, now=T0 + timedelta(seconds=99)).act is Act.NOTHING


@pytest.mark.parametrize(("fields", "why"), [({"closed": True}, "closed"), ({"merged_into": 48100}, "merged")])
def test_merge_and_close_end_the_episode(fields: dict[str, object], why: str) -> None:
    ended = follow(ticket(status=ESCALATED), ticket(status=ESCALATED, at=20, **fields))[1]
    assert (ended.act, ended.why, ended.seen.live) == (Act.END, why, False)


def test_a_reopened_ticket_that_is_escalated_again_is_a_new_episode() -> None:
    last = follow(ticket(status=ESCALATED), ticket(at=9, closed=True), ticket(status=ESCALATED, at=20))[-1]
    assert (last.act, last.episode) == (Act.OPEN, 2)


def test_a_closed_ticket_never_opens_an_episode() -> None:
    (verdict,) = follow(ticket(status=ESCALATED, closed=True))
    assert verdict.act is Act.NOTHING


def test_a_deleted_ticket_ends_its_episode_once() -> None:
    (opened,) = follow(ticket(status=ESCALATED))
    ended = deleted(opened.seen, now=T0)
    assert (ended.act, ended.why) == (Act.END, "deleted")
    assert deleted(ended.seen, now=T0).act is Act.NOTHING


def test_the_poller_asks_only_about_tickets_that_can_mean_something() -> None:
    (opened,) = follow(ticket(status=ESCALATED))
    seen = opened.seen
    assert worth_triage(None, ticket(status=ESCALATED), RULES, us="rf")
    assert not worth_triage(None, ticket(), RULES, us="rf")
    assert not worth_triage(None, ticket(status=ESCALATED, closed=True), RULES, us="rf")
    assert not worth_triage(seen, ticket(status=ESCALATED), RULES, us="rf"), "nothing newer"
    assert worth_triage(seen, ticket(status=ESCALATED, at=5), RULES, us="rf"), "facts may have changed"
    assert not worth_triage(seen, ticket(status=ESCALATED, at=5, updated_by="RF"), RULES, us="rf"), "our own note"
    assert worth_triage(seen, ticket(at=5, updated_by="rf"), RULES, us="rf"), "left, whoever wrote last"
    assert worth_triage(seen, ticket(status=ESCALATED, at=5, closed=True), RULES, us="rf")


# Any history: what counts is the ticket's own line of states, however often and in whatever order it is seen.

_moves = st.lists(
    st.tuples(
        st.sampled_from([(HELP_DESK, NEW), (HELP_DESK, ESCALATED), (NOC, NOC_NEW), (NOC, NOC_ESCALATED)]),
        st.integers(min_value=1, max_value=150),
    ),
    min_size=1,
    max_size=12,
)


def _history(moves: list[tuple[tuple[int, int], int]]) -> list[Ticket]:
    at, history = 0, []
    for (board, status), wait in moves:
        at += wait
        history.append(ticket(board, status, at=at))
    return history


def _episodes_by_hand(history: list[Ticket]) -> int:
    """Count by the definition alone: entries, less those within the grace of having left, unclaimed."""
    count, inside, left = 0, False, None
    for each in history:
        assert each.last_updated
        now_inside = RULES.is_escalation(each.board_id, each.status_id)
        if now_inside and not inside:
            if left is None or each.last_updated - left > GRACE:
                count += 1
        elif inside and not now_inside:
            left = each.last_updated
        inside = now_inside
    return count


@given(_moves)
def test_each_entry_is_one_episode_and_only_a_short_absence_is_not(moves: list[tuple[tuple[int, int], int]]) -> None:
    history = _history(moves)
    opened = [v.episode for v in follow(*history) if v.act is Act.OPEN]
    assert opened == list(range(1, _episodes_by_hand(history) + 1))


@given(_moves, st.data())
def test_repeats_and_late_readings_change_nothing(moves: list[tuple[tuple[int, int], int]], data: st.DataObject) -> None:
    history = _history(moves)
    noisy: list[Ticket] = []
    for position, each in enumerate(history):
        noisy.append(each)
        extra = data.draw(st.lists(st.integers(min_value=0, max_value=position), max_size=3))
        noisy.extend(history[i] for i in extra)
    assert [v.episode for v in follow(*noisy) if v.act is Act.OPEN] == [
        v.episode for v in follow(*history) if v.act is Act.OPEN
    ]


@given(_moves)
def test_a_live_episode_is_never_left_behind_by_a_newer_one(moves: list[tuple[tuple[int, int], int]]) -> None:
    live: set[int] = set()
    history = _history(moves)
    for verdict in follow(*history):
        if verdict.end_earlier:
            live.discard(verdict.end_earlier)
        if verdict.act is Act.OPEN:
            live.add(verdict.episode)
        if verdict.act in (Act.WITHDRAW, Act.END):
            live.discard(verdict.episode)
        assert len(live) <= 1
    if RULES.is_escalation(history[-1].board_id, history[-1].status_id):
        assert len(live) == 1


@given(_moves)
def test_the_poller_never_overlooks_what_a_callback_would_have_found(moves: list[tuple[tuple[int, int], int]]) -> None:
    seen: Seen | None = None
    for each in _history(moves):
        assert each.last_updated
        verdict = decide(seen, each, RULES, now=each.last_updated)
        enters = RULES.is_escalation(each.board_id, each.status_id) and not (seen and seen.in_escalation)
        if enters or verdict.act not in (Act.NOTHING, Act.REFRESH):
            assert worth_triage(seen, each, RULES, us="rf")
        seen = verdict.seen
