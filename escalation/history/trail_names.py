"""What names that are gone from a PSA are called now, told from the chains of changes that bear them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise

from escalation.history.audit_trail import LEAST, TRUST, Change

SUCCEEDS_WITHIN = timedelta(days=14)
"""How soon after a name's last use its successor must be used first."""

SAME_PLACE = 0.5
"""Share of the changes before and after two names that must be the same for one to be the other's successor."""


def present_names(
    changes: Mapping[int, Sequence[Change]], now: Mapping[int, str | None], ours: frozenset[str]
) -> dict[str, str]:
    """Return what names that are gone are called now: where a chain reads one name first and then another."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for gone, called in _junctions(changes, now):
        if gone not in ours and called in ours:
            votes[gone][called] += 1
    found = {}
    for gone, counted in votes.items():
        called, count = counted.most_common(1)[0]
        if count >= 2 and count >= TRUST * sum(counted.values()):
            found[gone] = called
    return _successors(changes, ours - frozenset(found.values()), ours) | found


def _successors(
    changes: Mapping[int, Sequence[Change]], free: frozenset[str], ours: frozenset[str]
) -> dict[str, str]:
    """Return for names that are gone the one that took their place: first used when they last were, between the same.

    A renamed status and one that was replaced by another look alike here, and mean the same to those who used them.
    """
    uses: dict[str, list[Change]] = defaultdict(list)
    next_: dict[str, Counter[str]] = defaultdict(Counter)
    for found in changes.values():
        for before, after in pairwise([*found, None]):
            if before and before.new:
                uses[before.new].append(before)
                next_[before.new][(after.new if after else None) or ""] += 1
    took: dict[str, str] = {}
    for gone in [name for name in uses if name not in ours and len(uses[name]) >= LEAST]:
        last = max(change.at for change in uses[gone])
        scores = {
            name: _alikeness(_overlap(_before(uses[name]), _before(uses[gone])), _overlap(next_[name], next_[gone]))
            for name in free
            if len(uses[name]) >= LEAST
            and timedelta(hours=-1) <= min(change.at for change in uses[name]) - last <= SUCCEEDS_WITHIN
        }
        best = max(scores, key=lambda name: (scores[name], name), default=None)
        if best is not None and scores[best] >= SAME_PLACE:
            took[gone] = best
    return took


def _alikeness(before: float, after: float) -> float:
    """Return the mean of two overlaps; nothing if one of them alone says that these are different places."""
    return (before + after) / 2 if min(before, after) >= SAME_PLACE / 2 else 0.0


def _before(uses: Iterable[Change]) -> Counter[str]:
    return Counter(change.old or "" for change in uses)


def _overlap(one: Counter[str], other: Counter[str]) -> float:
    """Return how much of two distributions is common to both, from 0 to 1."""
    return sum(min(one[name] / one.total(), other[name] / other.total()) for name in one if other[name])


def _junctions(
    changes: Mapping[int, Sequence[Change]], now: Mapping[int, str | None]
) -> Iterator[tuple[str, str]]:
    for ticket_id, found in changes.items():
        for before, after in pairwise(found):
            if before.new and after.says_old and after.old and before.new != after.old:
                yield before.new, after.old
        here = now.get(ticket_id)
        if found and found[-1].new and here and found[-1].new != here:
            yield found[-1].new, here


def renamed(change: Change, aliases: Mapping[str, str]) -> Change:
    """Return a change with the names of today."""
    return change._replace(
        old=aliases.get(change.old, change.old) if change.old else None,
        new=aliases.get(change.new, change.new) if change.new else None,
    )
