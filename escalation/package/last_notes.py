"""What the newest texts say beside the rest of the brief: what is still to be done, what was found or is suspected, what the customer wrote last.

A senior reads the last note first; what stands in it and is neither a step nor the request would else be missing above the fold.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from escalation.package.candidates import COURTESY, FOUND, GUESS
from escalation.package.contents import SURE, Package, Quote, Step
from escalation.package.highlights import quote
from escalation.package.records import Record
from escalation.reading.asks import says_needed
from escalation.reading.remarks import looks_on, proposes
from escalation.text.passages import NOT_STAFF
from escalation.text.stretches import Stretch
from escalation.wording.deeds import claims, forbids, looks_ahead

MOST = 2
"""Sentences of each kind."""
_SHORT_NOTE = 2
"""Sentences of a note so short that the one before belongs to it."""
_THEIRS = re.compile(r"\W*(?:she|he|they|(?:the )?(?:customer|user|client))(?:['’]s|['’]re| is| are| was| were)\b", re.IGNORECASE)
"""How a sentence begins that says how somebody is, whatever of tomorrow stands in it."""
_LONGEST = 240
"""Characters of a sentence that is told beside others."""
MOST_FORBIDDEN = 3
"""Prohibitions."""
MOST_UNREAD = 10
"""Sentences in another language."""
_FEWEST = 3
"""Words of a customer's sentence that says something."""
_THANKS = re.compile(r"\W*(?:(?:many|ok(?:ay)?|great|perfect|lovely|hi|hello|hey|thats? ?\w*)\b\W*)*(?:$|(?:thanks?|thank you|thx|cheers|regards|kind regards|best(?=\W*(?:$|regards|wishes))|merci|danke|vielen dank|gracias|bedankt|grazie|obrigad[oa]|tak|tack|takk)\b)", re.IGNORECASE)
"""How a customer's sentence begins that is polite."""
_MORE = re.compile(
    r"(?:[,;:–—]|\s-\s)\s*(?:[^\W\d_][\w'’]*\s+){2}\w|\?|n['’]t\b|(?<!thanks )(?<!you )\bagain\b|\b(?:fix|solv|resolv|sort|work)\w*"
    r"|\b(?:but|however|still|not|no|unfortunately|aber|leider|noch|nicht|mais|toujours|pas|pero|todav[ií]a|a[úu]n|sigue|ma|ancora|non|maar|nog|niet|helaas|mas|ainda|não|men|stadig|ikke|fortfarande|inte|tyvärr|ale|nadal|nie)\b",
    re.IGNORECASE,
)
"""What of such a sentence says something beside the thanks."""
_POLITE = 10
"""Words of a sentence that is only polite, at most."""


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
        if proposes(stretch) or says_needed(stretch.text) or (ahead and not suspected):
            to_do.append(said)
        elif not stretch.planned and (suspected or (claims(stretch.text) is None and FOUND.search(stretch.text))):
            found.append(said)
    return tuple(to_do[-MOST:]), tuple(found[-MOST:])


def last_word(records: Sequence[Record], steps: Sequence[Step]) -> Quote | None:
    """Return how the customer's newest text begins, if it came after everything of ours and is neither thanks nor told as a step.

    Behind one that is more than thanks no older one is the last, whatever becomes of it here.
    """
    told = [(step.source, step.evidence) for step in steps if step.sure >= SURE]
    for record in reversed([r for r in records if r.source.role not in ("us", "system")]):
        if record.source.role != "customer" or record.source.id == "d":
            return None
        said = [s for s in record.spoken if any(map(str.isalnum, s.text)) and s.text.rstrip()[-1] not in ",:" and not _only_polite(s.text)]
        if not said:
            continue
        said = [s for s in said if len(s.text.split()) >= _FEWEST] or said
        said = [s for s in said if not any(source == record.source.id and evidence in s.text for source, evidence in told)]
        if not said:
            return None
        last = next((s for s in reversed(said[:3]) if s.end - said[0].start <= _LONGEST), said[0])
        return quote(record, said[0].start, last.end)
    return None


def _only_polite(text: str) -> bool:
    return _THANKS.match(text) is not None and len(text.split()) <= _POLITE and not _MORE.search(text)


def unread_words(records: Sequence[Record]) -> tuple[Quote, ...]:
    """Return the newest sentences of the staff that are in another language: nobody here can tell which of them are steps."""
    theirs = [r for r in records if r.passage.language and r.source.id != "d" and r.source.role not in NOT_STAFF]
    return tuple(quote(r, s.start, s.end) for r in theirs for s in r.spoken)[-MOST_UNREAD:]


def forbidden(records: Sequence[Record]) -> tuple[Quote, ...]:
    """Return the newest sentences that say what is not to be done, each wording once."""
    said = (quote(r, s.start, s.end) for r in records if r.source.role not in ("us", "system") for s in r.spoken if forbids(s.text))
    return tuple({one.text.lower(): one for one in said}.values())[-MOST_FORBIDDEN:]


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
    single = (package.ask, package.why_escalated, *package.promises[:1], *package.ruled_out, *package.forbidden)
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
