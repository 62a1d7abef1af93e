"""What the newest notes of the staff say beside the rest of the brief: what is still to be done, what was found or is suspected.

A senior reads the last note first; what stands in it and is neither a step nor the request would else be missing above the fold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from escalation.package.candidates import COURTESY, FOUND, GUESS
from escalation.package.contents import SURE, Package, Quote
from escalation.package.highlights import quote
from escalation.package.records import Record
from escalation.reading.asks import says_needed
from escalation.reading.remarks import looks_on
from escalation.text.passages import NOT_STAFF
from escalation.text.stretches import Stretch
from escalation.wording.deeds import claims, looks_ahead

MOST = 2
"""Sentences of each kind."""
_SHORT_NOTE = 2
"""Sentences of a note so short that the one before belongs to it."""
_THEIRS = re.compile(r"\W*(?:she|he|they|(?:the )?(?:customer|user|client))(?:['’]s|['’]re| is| are| was| were)\b", re.IGNORECASE)
"""How a sentence begins that says how somebody is, whatever of tomorrow stands in it."""
_LONGEST = 240
"""Characters of a sentence that is told beside others."""


def left_over(package: Package, records: Sequence[Record]) -> tuple[tuple[Quote, ...], tuple[Quote, ...]]:
    """Return what the newest notes say is still to be done, and what they found or suspect, without what is shown anyway."""
    shown = list(_shown(package))
    to_do: list[Quote] = []
    found: list[Quote] = []
    for record, stretch in _newest(records):
        said = quote(record, stretch.start, stretch.end)
        beside = [one.evidence for one in shown if one.source == said.source]
        if any(words in said.evidence or said.evidence in words for words in beside):
            continue
        suspected = GUESS.search(stretch.text) is not None
        ahead = (looks_on(stretch.text) or looks_ahead(stretch.text)) and not _THEIRS.match(stretch.text)
        if stretch.planned or says_needed(stretch.text) or (ahead and not suspected):
            to_do.append(said)
        elif suspected or (claims(stretch.text) is None and FOUND.search(stretch.text)):
            found.append(said)
    return tuple(to_do[-MOST:]), tuple(found[-MOST:])


def _newest(records: Sequence[Record]) -> Iterator[tuple[Record, Stretch]]:
    staff = [r for r in records if r.source.id != "d" and r.source.role not in NOT_STAFF]
    ours = [r for r in staff if r.spoken and not r.passage.resolution]
    last = ours[-2:] if ours and len(ours[-1].spoken) <= _SHORT_NOTE else ours[-1:]
    for record in last:
        for stretch in record.spoken:
            text = stretch.text.rstrip()
            if len(text.split()) >= 4 and len(text) <= _LONGEST and not text.endswith("?") and not COURTESY.search(text):
                yield record, stretch


def _shown(package: Package) -> Iterator[Quote]:
    """Give what a brief says above the fold."""
    single = (package.ask, package.why_escalated, *package.promises[:1], *package.ruled_out)
    yield from (one for one in single if one is not None)
    yield from (Quote(one.text, one.evidence, one.source) for one in package.state_left_behind)
    if (start := package.start_here) is not None:
        yield Quote(start.text, start.evidence, start.source)
    if (then := package.contingency) is not None:
        yield from (Quote(text, text, then.source) for text in (then.condition, then.action))
    for step in package.steps_attempted:
        if step.sure >= SURE:
            yield Quote(step.text, step.evidence, step.source)
            if step.result is not None:
                yield step.result
