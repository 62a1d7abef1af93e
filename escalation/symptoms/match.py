"""Find the symptoms that a ticket's texts are about, the most telling first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from escalation.symptoms.entries import Entry, Knowledge, WrittenLine
from escalation.symptoms.said import Line, Said

SAME_DOMAIN = 1.3
"""How much more an entry of the ticket's domain counts: a hint, no filter."""
FURTHER = 0.3
"""What a second line of the same entry adds, as a part of its own worth."""


WIDE, CROSSED = 0.8, 0.6
"""What a line is worth whose terms stand far from each other, or in two sentences."""
PARTLY = 0.55
"""From which part of a line's worth on an entry of the ticket's domain may fit, wherever its words stand."""

TELLING = 2.0
"""From which weight on a term tells something by itself; two such have to stand in the ticket."""


Spans = tuple[tuple[int, int], ...]
Found = tuple[tuple[int, int], ...]
"""From which to which word each term stands."""


@dataclass(frozen=True, slots=True)
class Match:
    """An entry and where its words stand: in which of the places, and the spans of its terms there."""

    entry: Entry
    place: int
    spans: Spans
    """Of one that fits in part only: those of the terms that stand in that place."""
    strength: float
    lines: int
    """How many of its lines stand there; 0 where none does whole."""
    terms: int
    crossed: bool = False
    """Whether its terms stand in more than one sentence."""


def matches(known: Knowledge, places: Sequence[tuple[Said, float]], domain: str) -> list[Match]:
    """Return what the places are about: what fits whole, then what fits in part, each the strongest first.

    Each place has a weight: what stands in the summary tells more.
    """
    present = [_present(known, said) for said, _ in places]
    whole: dict[int, list[tuple[float, int, int, Found]]] = {}
    partly: dict[int, tuple[float, int, int]] = {}
    for line in sorted(set().union(*present)):
        written = known.lines[line]
        every, here = (1 << len(written.terms)) - 1, 0
        for at, (said, weight) in enumerate(places):
            bits = present[at].get(line, 0)
            here |= bits
            where = said.where(written.terms) if bits == every else None
            if where is not None:
                near = where[-1][1] - where[0][0] <= 2 * len(written.terms) + 4
                strength = written.whole * weight * (CROSSED if said.crossed(where) else 1.0 if near else WIDE)
                whole.setdefault(written.entry, []).append((strength, -at, -line, where))
        told = _worth(written, here)
        if told >= PARTLY * written.whole and known.entries[written.entry].domain == domain and _telling(written, here) > 1:
            best = max(range(len(places)), key=lambda at: (_worth(written, present[at].get(line, 0)), -at))
            partly[written.entry] = max(partly.get(written.entry, (0.0, 0, 0)), (told * told / written.whole, -best, -line))
    found = [_whole(known, hits, places, domain) for _, hits in sorted(whole.items())]
    near_by = [_partly(known, one, places) for entry, one in sorted(partly.items()) if entry not in whole]
    return [*sorted(found, key=lambda match: -match.strength), *sorted(near_by, key=lambda match: -match.strength)]


def _present(known: Knowledge, said: Said) -> dict[int, int]:
    """Return which terms of which lines stand anywhere in a text, a bit each."""
    made: dict[int, int] = {}
    for word in said.words & known.by_word.keys():
        for line, bit, others in known.by_word[word]:
            if not others or all(other in said.words for other in others):
                made[line] = made.get(line, 0) | bit
    return made


def _worth(written: WrittenLine, bits: int) -> float:
    return sum(worth for at, worth in enumerate(written.worth) if bits >> at & 1)


def _telling(written: WrittenLine, bits: int) -> int:
    return sum(worth >= TELLING for at, worth in enumerate(written.worth) if bits >> at & 1)


def _whole(
    known: Knowledge, hits: Sequence[tuple[float, int, int, Found]], places: Sequence[tuple[Said, float]], domain: str
) -> Match:
    strength, at, line, where = max(hits)
    lines = {hit[2]: max(one[0] for one in hits if one[2] == hit[2]) for hit in hits}
    others = [worth for place, worth in lines.items() if place != line]
    written, said = known.lines[-line], places[-at][0]
    entry = known.entries[written.entry]
    strength = (strength + FURTHER * max(others, default=0.0)) * (SAME_DOMAIN if entry.domain == domain else 1.0)
    return Match(entry, -at, said.at(where), strength, len(lines), len(written.terms), said.crossed(where))


def _partly(known: Knowledge, one: tuple[float, int, int], places: Sequence[tuple[Said, float]]) -> Match:
    written, said = known.lines[-one[2]], places[-one[1]][0]
    where = sorted(found for term in written.terms if (found := said.first(term)) is not None)
    return Match(known.entries[written.entry], -one[1], said.at(where), one[0], 0, len(where))


def stands(lines: Sequence[Line], texts: Sequence[Said]) -> bool:
    """Whether any of the lines stands in any of the texts."""
    return any(said.where(line) is not None for line in lines for said in texts)
