"""What assessments were worth: comparisons and members' verdicts together, and from when on nothing is shown."""

from __future__ import annotations

import itertools

import pytest

from escalation.memory.track_record import TrackRecord, track_record

OUTCOMES = ("right", "wrong", "cannot tell", None)


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("votes", list(itertools.chain(*(itertools.product(("helpful", "wrong"), repeat=n) for n in range(4)))))
def test_most_members_decide_and_the_comparison_where_they_are_even(outcome: str | None, votes: tuple[str, ...]) -> None:
    record = track_record({7: outcome} if outcome else {}, [(7, vote) for vote in votes])
    helpful, wrong = votes.count("helpful"), votes.count("wrong")
    if helpful > wrong:
        assert record == TrackRecord(1, 1)
    elif wrong > helpful:
        assert record == TrackRecord(0, 1)
    else:
        assert record == {"right": TrackRecord(1, 1), "wrong": TrackRecord(0, 1)}.get(outcome or "", TrackRecord(0, 0))


def test_each_handoff_counts_once() -> None:
    outcomes = {number: ("right", "wrong", "cannot tell")[number % 3] for number in range(30)}
    assert track_record(outcomes, []) == TrackRecord(10, 20)
    assert track_record(outcomes, [(2, "wrong"), (99, "helpful"), (0, "helpful"), (0, "helpful")]) == TrackRecord(11, 22)


@pytest.mark.parametrize(
    ("right", "known", "withheld"),
    [(0, 0, False), (0, 7, False), (0, 8, True), (3, 8, True), (4, 8, False), (4, 10, False), (19, 50, True)],
)  # fmt: skip
def test_it_withholds_below_two_fifths_of_at_least_eight(right: int, known: int, withheld: bool) -> None:
    assert TrackRecord(right, known).withholds is withheld
