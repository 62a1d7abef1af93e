"""What seniors know of the symptoms that a ticket tells: which fit, where the ticket says so, what was done of it already.

And by which names the memory knows two tickets for alike that tell one symptom in different words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from escalation.package.contents import Missing, Quote
from escalation.package.records import Record, flat
from escalation.reading.remarks import looks_on
from escalation.symptoms.entries import Knowledge, knowledge
from escalation.symptoms.match import Match, matches, stands
from escalation.symptoms.questions import not_recorded
from escalation.symptoms.said import Said
from escalation.text.stretches import OTHERS, blanked

_LINK = re.compile(r"(?:https?://|www\.)\S+")
NEWEST = 4
"""Texts beside the description that are looked at for symptoms, the newest."""
_LONGEST = 4000
_LONG_QUOTE = 90
MOST = 6
"""Symptoms of one ticket."""
REMEMBERED, LATER_TEXTS = 4, 12
"""Symptoms that the memory knows a ticket by, and texts beside summary and problem that are looked at for them, the newest."""
SURE = 5.0
"""From which strength on: in long texts the words of weaker ones stand together by chance."""
SUMMARY, DESCRIPTION, NEWER, OLDER = 1.2, 1.0, 0.9, 0.7
"""How much a symptom's words count by where they stand."""
FIT, FIT_ELSEWHERE = 7.0, 14.0
"""From which strength on an entry's questions are asked: one of the ticket's domain, one of another."""


@dataclass(frozen=True, slots=True)
class Symptom:
    """An entry that fits, and the words of the ticket that say so."""

    match: Match
    told: Quote
    done: bool
    """Whether somebody has made its check already."""


class Symptoms:
    """The symptoms of one ticket."""

    def __init__(self, summary: str, records: Sequence[Record], domain: str, known: Knowledge | None = None) -> None:
        self._known = known or knowledge()
        self._domain = domain
        places: list[tuple[Said, float]] = [(self._known.read(summary), SUMMARY)]
        sources: list[Record | None] = [None]
        described = [r for r in records if r.source.id == "d"] or list(records[:1])
        later = [r for r in records if r not in described and r.source.role != "us"][-NEWEST:]
        for record in (*described, *reversed(later)):
            weight = DESCRIPTION if record in described else NEWER if record in later[-2:] else OLDER
            places.append((self._known.read(_own(record)[:_LONGEST]), weight))
            sources.append(record)
        found = matches(self._known, places, domain)[:MOST]
        self._told = [self._known.read(_done_words(r)) for r in records if r.source.role != "us"] if found else []
        self.found = [self._symptom(m, sources[m.place], summary) for m in found]

    def _fits(self, match: Match) -> bool:
        enough = FIT if match.entry.domain == self._domain else FIT_ELSEWHERE
        return not match.crossed and match.strength >= enough

    def _symptom(self, match: Match, record: Record | None, summary: str) -> Symptom:
        start, end = match.spans[0][0], match.spans[-1][1]
        text = summary if record is None else record.text
        short = flat(text[start:end])
        if match.crossed:  # what stands between may be nobody's own words
            start, end = match.spans[0]
        if len(short) > _LONG_QUOTE or match.crossed:
            short = " … ".join(_joined(match.spans, text))
        evidence = text[start:end] if record is None else record.plain.quote(start, end)
        return Symptom(match, Quote(short, evidence, record.source.id if record else "s"), stands(match.entry.done, self._told))

    def missing(self, texts: Sequence[str], *, has_error_text: bool, thin: bool) -> tuple[Missing, ...]:
        """Return what nobody recorded. `texts` are the ticket's sentences."""
        asks = [ask for one in self.found[:1] if self._fits(one.match) for ask in one.match.entry.asks]
        return tuple(Missing(*gap) for gap in not_recorded(self._known, asks, texts, has_error_text=has_error_text, thin=thin))


def symptoms_told(summary: str, problem: str, later: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the names of the symptoms that a ticket's texts tell, each in one sentence, the strongest first."""
    known = knowledge()
    texts = [(summary, SUMMARY), (problem, DESCRIPTION), *((text, NEWER) for text in later[-LATER_TEXTS:])]
    found = matches(known, [(known.read(text[:_LONGEST]), weight) for text, weight in texts], domain="")
    return tuple(match.entry.when for match in found if match.strength >= SURE and not match.crossed)[:REMEMBERED]


def _joined(spans: Sequence[tuple[int, int]], text: str) -> list[str]:
    """Return the words of the spans, those beside each other as one."""
    groups = [[spans[0]]]
    for before, span in pairwise(spans):
        if span[0] - before[1] <= 1:
            groups[-1].append(span)
        else:
            groups.append([span])
    return [flat(text[g[0][0] : g[-1][1]]) for g in groups]


def _own(record: Record) -> str:
    """Return the text with blanks where it is not its writer's own; offsets stay."""
    text = blanked(record.text, ((s.start, s.end) for s in record.passage.stretches if s.kind in OTHERS))
    return _LINK.sub(lambda link: " " * len(link.group()), text)


def _done_words(record: Record) -> str:
    """Return what the text says of what is or was: without what somebody only thinks of doing or asks."""
    own = [s.text for s in record.passage.stretches if s.kind not in OTHERS]
    return "\n".join(text for text in own if not text.rstrip().endswith("?") and not looks_on(text))
