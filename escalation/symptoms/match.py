"""Find the symptoms that a ticket's texts are about, the most telling first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from escalation.symptoms.entries import Entry, Knowledge
from escalation.symptoms.said import Line, Said

SAME_DOMAIN = 1.3
"""How much more an entry of the ticket's domain counts: a hint, no filter."""
FURTHER = 0.3
"""What a second line of the same entry adds, as a part of its own worth."""


WIDE, CROSSED = 0.8, 0.6
"""What a line is worth whose terms stand far from each other, or in two sentences."""

Spans = tuple[tuple[int, int], ...]
Found = tuple[tuple[int, int], ...]
"""From which to which word each term stands."""


@dataclass(frozen=True, slots=True)
class Match:
    """An entry and where its words stand: in which of the places, and the spans of its terms there."""

    entry: Entry
    place: int
    spans: Spans
    strength: float
    lines: int
    """How many of its lines stand there."""
    terms: int
    crossed: bool = False
    """Whether its terms stand in more than one sentence."""


def matches(known: Knowledge, places: Sequence[tuple[Said, float]], domain: str) -> list[Match]:
    """Return what the places are about, the strongest first.

    Each place has a weight: what stands in the summary tells more.
    """
    hit: dict[int, list[tuple[float, int, int, Found]]] = {}
    for at, (said, weight) in enumerate(places):
        for line in _whole(known, said):
            written = known.lines[line]
            where = said.where(written.terms)
            if where is not None:
                near = where[-1][1] - where[0][0] <= 2 * len(written.terms) + 4
                strength = written.worth * weight * (CROSSED if said.crossed(where) else 1.0 if near else WIDE)
                hit.setdefault(written.entry, []).append((strength, -at, -line, where))
    return sorted((_match(known, hits, places, domain) for _, hits in sorted(hit.items())), key=lambda match: -match.strength)


def _whole(known: Knowledge, said: Said) -> list[int]:
    """Return the lines of which each term stands anywhere in a text."""
    made: dict[int, int] = {}
    for word in said.words & known.by_word.keys():
        for line, bit, others in known.by_word[word]:
            if not others or all(other in said.words for other in others):
                made[line] = made.get(line, 0) | bit
    return [line for line, bits in made.items() if bits == known.lines[line].every]


def _match(
    known: Knowledge, hits: Sequence[tuple[float, int, int, Found]], places: Sequence[tuple[Said, float]], domain: str
) -> Match:
    strength, at, line, where = max(hits)
    lines = {hit[2]: max(one[0] for one in hits if one[2] == hit[2]) for hit in hits}
    others = [worth for place, worth in lines.items() if place != line]
    written, said = known.lines[-line], places[-at][0]
    entry = known.entries[written.entry]
    strength = (strength + FURTHER * max(others, default=0.0)) * (SAME_DOMAIN if entry.domain == domain else 1.0)
    return Match(entry, -at, said.at(where), strength, len(lines), len(written.terms), said.crossed(where))


def stands(lines: Sequence[Line], texts: Sequence[Said]) -> bool:
    """Whether any of the lines stands in any of the texts."""
    return any(said.where(line) is not None for line in lines for said in texts)
