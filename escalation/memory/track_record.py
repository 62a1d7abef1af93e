"""Say what assessments were worth here: how often right of those of which it is known, in one account and domain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from escalation.memory.assess import Outcome

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
    said: dict[int, list[str]] = {}
    for handoff_id, verdict in verdicts:
        said.setdefault(handoff_id, []).append(verdict)
    came = [decided(outcomes.get(one, "cannot tell"), said.get(one, ())) for one in outcomes.keys() | said.keys()]
    return TrackRecord(came.count("right"), len(came) - came.count("cannot tell"))


def decided(outcome: str, verdicts: Iterable[str]) -> Outcome:
    """Return what one assessment was worth: what most members said of it, else how it compared with what solved it."""
    votes = Counter(verdicts)
    lead = votes["helpful"] - votes["wrong"]
    if lead:
        return "right" if lead > 0 else "wrong"
    return "right" if outcome == "right" else "wrong" if outcome == "wrong" else "cannot tell"
