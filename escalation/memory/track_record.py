"""Say what assessments were worth here: how often right of those of which it is known, in one account and domain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

ENOUGH = 5
"""From so many on, the record stands in the place of the confidence."""
WITHHELD_FROM, WITHHELD_BELOW = 8, 0.4
"""From so many on, an assessment is withheld where fewer than this share were right."""


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """How many assessments of a domain turned out right, of how many of which it is known."""

    right: int = 0
    known: int = 0

    @property
    def withholds(self) -> bool:
        """Whether so few were right that the next is shown to nobody."""
        return self.known >= WITHHELD_FROM and self.right < WITHHELD_BELOW * self.known


def track_record(outcomes: Mapping[int, str], verdicts: Iterable[tuple[int, str]]) -> TrackRecord:
    """Return the record from the outcome of each handoff and from what each member said of one.

    Where members spoke, most of them decide; where they are even, or none did, the comparison with what solved it. What
    neither can tell does not count.
    """
    said: dict[int, Counter[str]] = {}
    for handoff_id, verdict in verdicts:
        said.setdefault(handoff_id, Counter())[verdict] += 1
    right = known = 0
    for handoff_id in outcomes.keys() | said.keys():
        votes = said.get(handoff_id, Counter[str]())
        lead = votes["helpful"] - votes["wrong"]
        outcome = outcomes.get(handoff_id, "cannot tell")
        right += lead > 0 or (lead == 0 and outcome == "right")
        known += lead != 0 or outcome in ("right", "wrong")
    return TrackRecord(right, known)
