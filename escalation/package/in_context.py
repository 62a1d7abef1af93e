"""Quote where to start, and what is asked for, with what it points back to: the sentence before, where "that policy" was named, and the sentence it is half of."""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from escalation.package.contents import Quote, Start
from escalation.package.highlights import quote, shorten
from escalation.package.records import Record, clipped, flat
from escalation.reading.remarks import Remark
from escalation.text.stretches import Stretch

_BEFORE, _OWN = 100, 140
"""Characters that are shown of what stands before, and of the words themselves beside it."""
_WHOLE = 200
"""Characters of a sentence that is quoted from its beginning."""
_EARLY = 60
"""Characters within which words that point back point to a sentence before: later ones as often mean something named in their own."""
_NOUN_OF_TIME = r"(?:morning|afternoon|evening|week(?:end)?|month|year|time|day|moment|point|is\b|was\b|ticket|customer|site|client|user|end\b)"
_BEGINS = re.compile(
    r"^\W*(?:(?:and|but|so|then|also|or|plus|as well|that(?:['’]s| is| was)? why|because of (?:this|that))\b[\s,]*){0,2}"
    rf"(?:(?:it|its|they|them|both (?:are|is|were|have|of)|neither|which|instead|otherwise|same|likewise|ditto|such)\b(?!['’]?s? (?:looks?|seems?|sounds?|appears?|is (?:likely|possible|worth|best)|(?:may|might|could) be)\b)|(?:this|that|these|those)\b(?! {_NOUN_OF_TIME})|(?:this|that) (?:is|was)\b|the (?:above|others?|other (?:one|two|\w+)|latter|former|rest|second one|first one|same)\b)"
    r"|^\W*(?:then|instead|otherwise|so|but|also|and)\b",
    re.IGNORECASE,
)
"""How words begin that go on from a sentence before."""
_HOLDS = re.compile(
    rf"\b(?:turn|set|put|check|try|replace|swap|test|disable|enable|remove|compare|reboot|restart|change|move|undo|repeat|do|redo|with|on|in|of|from|for|to|by|at|into|about|without|after|before|via|using|like|and|if) (?:that|this|these|those)\b(?! {_NOUN_OF_TIME})(?! (?:the|a|an|it|we|they|you|i|she|he|there|all|no)\b)"
    r"|\b(?:see|as|the) above\b|\bthe other (?:one|two|end|side|way|half)\b|\bthe (?:former|latter)\b|\bthe (?:first|second|third|last) (?:one|two)\b|\binstead(?! of)\b|\bdo the same\b|\b(?:the )?same (?:way|here|there|for|on|with)\b",
    re.IGNORECASE,
)
"""What names something by pointing to where it was named."""
_NO_NOUN = re.compile(
    r"^\W*(?:(?:next|step|i|we|you|someone|somebody|would|should|could|will|might|may|must|needs?|to|try|trying|check|checking|test|testing|worth|whether|if|see|look|looks|like|think|suspect|guess|believe|maybe|perhaps|probably|possibly|please|can|have|get|put|turn|set|swap|replace|move|reboot|restart|disable|enable|remove|change|compare|is|was|that|not|yet|still|just|also|and|so|let|tell|ask|where|why|when|how|what|with|out|be|been|do|did|i['’]d|we['’]d) ){1,8}(?:it|them|one|both)\b",
    re.IGNORECASE,
)
"""A pronoun before which nothing is named."""
_THANKS = re.compile(r"\W{0,9}(?:@\S+\s+)?(?:many |thanks|thank you|thx|hi\b|hello\b|hey\b|dear\b)", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:]\s+|\s[-–—]\s+|\s(?=(?:and|but|so|because|when|where|which)\s)")


def points_back(text: str) -> bool:
    """Return whether words can only be understood with those before them."""
    return any(pattern.search(text[:_EARLY]) for pattern in (_BEGINS, _HOLDS, _NO_NOUN))


def in_context(start: Start | None, records: Sequence[Record]) -> Start | None:
    """Return where to start, its quotation begun where it can be understood; what is no sentence of a text stays as it is."""
    record = next((r for r in records if start is not None and r.source.id == start.source), None)
    if start is None or record is None or len(start.evidence.split()) < 4 or start.text.startswith("look into"):
        return start
    said = flat(start.evidence).rstrip(" .,;:")
    shown = next((words for words in (said, clipped(said, 160), shorten(start.evidence, deed=True)) if words in start.text), None)
    at = record.text.find(start.evidence)
    spoken = [s for s in record.passage.stretches if s.text.strip()]
    place = next((n for n, s in enumerate(spoken) if s.start <= at < s.end), None)
    if shown is None or at < 0 or place is None or spoken[place].kind not in ("sentence", "item"):
        return start
    own, before = spoken[place], spoken[place - 1] if place else None
    begin, end = at, at + len(start.evidence)
    if at > own.start and end - own.start <= _WHOLE:
        begin = own.start
    lead = [flat(record.text[begin:at])] if begin < at else []
    if begin == own.start and before is not None and _speaks(before) and points_back(record.text[begin:end]):
        begin = _tail(before)
        named = flat(record.text[begin : before.end])
        cut = "" if begin == before.start else "… "
        lead.insert(0, f"{cut}{named}" if named[-1] in ".!?:;," else f"{cut}{named} /")
    if not lead:
        return start
    text = start.text.replace(shown, " ".join([*lead, clipped(said, _OWN)]), 1)
    return replace(start, text=text, evidence=record.plain.quote(begin, end))


_TO_IT = re.compile(r"\b(?:it|them|this|that|her|him|there|(?:the |that )?(?:same|rest|others?))\b", re.IGNORECASE)
_BY_HIM = re.compile(r"\W*(?:he|she)\b", re.IGNORECASE)
_FEW = 15
"""Words of a request so short that what it points to stands before it."""


def asked(found: Sequence[Remark], records: Sequence[Record]) -> Quote | None:
    """Return what is asked for, begun with the sentence before it where it cannot be understood without."""
    for one in found[:1]:
        record, begin = records[one.passage], one.start
        before = [s for s in record.passage.stretches if s.end <= one.start and s.text.strip()][:-3:-1]
        said = record.text[begin : one.end]
        for stretch in before:
            unclear = points_back(said) or _BY_HIM.match(said) is not None or (len(said.split()) <= _FEW and _TO_IT.search(said) is not None)
            if not (unclear and _speaks(stretch) and one.end - stretch.start <= _WHOLE):
                break
            begin, said = stretch.start, stretch.text
        return quote(record, begin, one.end)
    return None


def _speaks(stretch: Stretch) -> bool:
    return stretch.kind in ("sentence", "item") and len(stretch.text.split()) >= 3 and not _THANKS.match(stretch.text)


def _tail(stretch: Stretch) -> int:
    """Return where to begin so that of a sentence its last clauses are quoted, as many as there is room for."""
    if stretch.end - stretch.start <= _BEFORE:
        return stretch.start
    cuts = [cut.end() for cut in _CLAUSE.finditer(stretch.text)]
    cuts += [space.end() for space in re.finditer(r"\s", stretch.text)]
    return stretch.start + next((cut for cut in cuts if 15 <= len(stretch.text) - cut <= _BEFORE), len(stretch.text) - _BEFORE)
