"""Find what a receiver has to know beside the steps: promises, plans, what was ruled out, what was left changed.

Everything found is a stretch of a passage; what nobody said is not found.
"""

# ruff: noqa: E501, SIM905 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from escalation.text.passages import NOT_STAFF, Deed, Passage
from escalation.text.stretches import Stretch, small
from escalation.wording import state
from escalation.wording.deeds import BASE, claims, looks_ahead
from escalation.wording.quick import may_hold


@dataclass(frozen=True, slots=True)
class Remark:
    """A stretch of a passage that says something worth handing on."""

    passage: int
    start: int
    end: int


_TO_CUSTOMER = re.compile(
    r"\b(?i:told|promised|advised|assured|informed|let|said to|confirmed (?:to|with)|agreed with|committed to)\s+"
    r"(?:(?i:(?:the |our )?(?:customer|client|user|end user|office manager|caller|owner)|her|him|them)\b|[A-Z][a-z]+(?: [A-Z][a-z]+)?)"
    r"(?:\s+know)?(?:\s+(?:that|to expect)\b)?\s+(?P<what>[^.;\n]{4,160})"
)
_WAS_TOLD = re.compile(
    r"(?:\b(?i:(?:the |our )?(?:customer|client|user|caller|owner))|\b(?:she|he|they)|\b[A-Z][a-z]+(?: [A-Z][a-z]+)?) (?i:was|were|has been|have been|is|are|got|been) (?i:told|promised|advised|assured|informed)\s+(?!by\b|to (?!expect\b))(?:(?:that|to expect)\s+)?(?P<what>[^.;\n]{4,160})"
)
_WE_WILL = re.compile(r"\b(?:we|i|an engineer|someone|somebody|a technician|a colleague)(?:'ll|’ll| will| shall)\s+(?P<what>[^.;\n]{4,160})", re.I)
_WHEN = re.compile(
    r"\b(?:by|before|at|within|until|around|no later than|in the next)\s+(?:\d|noon|midday|lunch|end of|close of|cob|eod|tomorrow|today|tonight|this|next|the end|mon|tue|wed|thu|"
    r"fri|sat|sun|one|two|an hour|half)|\b(?:tomorrow|today|tonight|this (?:morning|afternoon|evening)|asap|next (?:week|monday|tuesday|wednesday|thursday|friday)|"
    r"first thing|call(?:ed)? (?:\w+ )?back|ring (?:\w+ )?back|eod|cob)\b",
    re.I,
)
_KEPT = re.compile(r"\b(?:called|rang|phoned|spoke (?:to|with)|got back to|updated|emailed|visited|engineer (?:arrived|is on site|on site))\b.{0,30}\b(?:back|customer|client|user|her|him|them)\b")


def promises(passages: Sequence[Passage]) -> list[Remark]:
    """Return what was promised to the customer with a time, oldest first, as far as no later word says it was kept."""
    found: list[Remark] = []
    for index, stretch in _spoken(passages):
        if passages[index].role in NOT_STAFF:
            continue
        text = stretch.text
        if found and _KEPT.search(stretch.text[:300].lower()):
            found = [r for r in found if r.passage == index]
        low = text.lower()
        said = (_TO_CUSTOMER.search(text) if _may_tell(low) else None) or (_WAS_TOLD.search(text) if _may_have_told(low) else None) or (_WE_WILL.search(text) if "call" in low else None)
        if said and _WHEN.search(said["what"]):
            begin, end = said.span("what")
            found.append(_remark(index, stretch.start + begin, stretch.start + end, passages[index].text))
    return found


_may_tell, _may_have_told = may_hold(_TO_CUSTOMER), may_hold(_WAS_TOLD)

_NEXT = re.compile(
    r"^(?:\W*)(?:next (?:step|thing|up|i would|would|is|to)|(?:i|we)(?:'d|’d| would) (?:start|check|look|try|compare|go)|should (?:probably |really )?(?:check|compare|look|test|try|verify|be|replace)|"
    r"worth (?:a |checking|trying|looking|comparing)|still (?:to|need(?:s)? to) \w+|to ?do:|not (?:yet )?(?:checked|tested|tried|compared|looked)|have(?:n['’]?t| not) (?:yet )?(?:checked|tested|tried|compared|looked)|"
    r"(?:i|we) (?:suspect|think|believe|guess|reckon)|my (?:guess|hunch|suspicion|bet|theory)|(?:looks|seems|smells|sounds) like|suspect(?:ing|ed)?|probably|possibly|(?:it )?(?:might|may|could) be|"
    r"(?:the )?(?:vendor|isp|support|microsoft|carrier|\w+ support) (?:\w+ )?(?:suggest|recommend|advis|ask|want|say)\w*|"
    r"(?:suggest|recommend)(?:s|ed)? (?:to |that |we )?\w+|needs? (?:to be |a )?(?:check|compar|replac|test|verif|look)\w*)",
)  # fmt: skip


def leads(passages: Sequence[Passage]) -> list[Remark]:
    """Return what somebody named as the next thing to look at, newest first; questions are none."""
    found = []
    for index, stretch in _spoken(passages):
        if passages[index].role in NOT_STAFF or stretch.text.endswith("?"):
            continue
        if proposes(stretch) or (_NEXT.match(stretch.text[:200].lower()) and len(stretch.text.split()) >= 4):
            found.append(Remark(index, stretch.start, stretch.end))
    return found[::-1]


_IMPERATIVE = re.compile(rf"(?:\W|\d{{1,2}}\W|then |also |now |first |try (?:to |a |an |the )?){{0,4}}(?:{BASE}|do|see|let|use|make|give|go|run)\b", re.IGNORECASE)


def proposes(stretch: Stretch) -> bool:
    """Whether what stands under a plan or is an assistant's names something to do, rather than what is so."""
    if not stretch.planned or stretch.text.rstrip(" *").endswith(":"):
        return False
    return stretch.kind == "item" or looks_ahead(stretch.text) or _IMPERATIVE.match(stretch.text) is not None


def looks_on(text: str) -> bool:
    """Whether a sentence names what is to be looked at next rather than what was done or seen."""
    return _NEXT.match(text[:200].lower()) is not None


_IF = re.compile(r"^(?:\W*)if (?P<cond>[^,.;\n]{4,120}?)(?:,\s*(?:then\s+)?|\s+then\s+)(?P<act>[^.;\n?]{4,160})")


_COURTESY = re.compile(r"\bplease\b|\bfeel free\b|\blet (?:me|us) know\b|\b(?:questions?|concerns?)\b|\b(?:contact|call|e-?mail|tell|send|provide) (?:me|us)\b|\bthanks?\b|\bhope\b")
"""What is said to be polite and tells nobody what to do about the fault."""
def contingencies(passages: Sequence[Passage]) -> list[tuple[Remark, Remark]]:
    """Return "if this, then that" as said by staff, newest first: condition and action."""
    found = []
    for index, stretch in _spoken(passages):
        if passages[index].role in NOT_STAFF or stretch.text.endswith("?"):
            continue
        said = _IF.match(small(stretch.text))
        if said and not _COURTESY.search(said.group()):
            pair = [Remark(index, stretch.start + said.start(g), stretch.start + said.end(g)) for g in ("cond", "act")]
            found.append((pair[0], pair[1]))
    return found[::-1]


_RULED_OUT = re.compile(
    r"\b(?:rul(?:ed|es|ing) out (?:that )?(?P<a>[^.,;:()\n]{2,60})|(?P<b>(?:the |this |that )?[\w-]+(?: [\w-]+){0,2}) (?:is|was|has been|have been|are) ruled out|"
    r"(?:so )?(?:it(?:'s| is|’s)|its) not (?P<c>(?:the |a |an |this |her |his |our )[^.,;:()\n]{2,50})|not caused by (?P<d>[^.,;:()\n]{2,60})|"
    r"(?:^|(?<=[.,;] ))(?:so )?(?:it['’]?s )?not (?P<e>(?:the|this|her|his|our|a|an) [\w-]+(?: [\w-]+){0,3}?)(?: then| either| after all| itself)?(?=\s*(?:[.,;]|$))|"
    r"(?:^|(?<=[.,;:)] ))so (?:the )?(?P<f>[\w-]{2,20}(?: [\w-]{2,20})?) (?:is |are |looks |seems )?(?:ok|okay|fine|good)(?=\s*(?:[.,;]|$|and|but)))",
)


_HINT = re.compile(r"[Nn]ot |[Rr]ul|\b[Ss]o ")


def ruled_out(passages: Sequence[Passage]) -> list[Remark]:
    """Return what somebody said is not the cause, by its name, oldest first."""
    found = []
    for index, stretch in _spoken(passages):
        if passages[index].role in ("system", "us") or stretch.planned or stretch.text.endswith("?"):
            continue
        if not _HINT.search(stretch.text):
            continue
        for said in _RULED_OUT.finditer(small(stretch.text)):
            group = next(g for g in "abcdef" if said[g])
            found.append(_remark(index, stretch.start + said.start(group), stretch.start + said.end(group), passages[index].text))
    return found


_UNDONE = re.compile(
    r"\b(?:re-?enabled|turned (?:(?!off\b)\S+ ){0,4}(?:back )?on|switched (?:\S+ ){0,4}back|(?<!stays )(?<!stay )put (?:\S+ ){0,5}back|reverted|undid|undone|restored|rolled (?:\S+ ){0,3}back|set (?:\S+ ){0,4}back|"
    r"plugged (?:\S+ ){0,4}back|re-?connected|re-?started|started (?:\S+ ){0,3}again|back on|removed|deleted|disabled|closed|took (?:\S+ ){0,4}(?:back )?out|turned (?:\S+ ){0,4}off|enabled it again|"
    r"enabled (?:it|them)\b|un-?paused|resumed|re-?activated|deactivated|put back|back in place|set back|(?:moved|took|brought|swapped|given?|gave|handed|came) (?:\S+ ){0,4}back|took (?:\S+ ){1,3}?(?:out|off)(?: of .{1,30})? (?:again|after\w*)|"
    r"(?:is|are|was|were)? ?(?:linked|enabled|active|on|open|in|off|running) again|back (?:in|to|on) (?:\S+ ){0,3}?(?:normal|dhcp|port|place|before|stock|it was)|returned)\b",
)
_NOT_YET = re.compile(
    r"\b(?:until|till|once|unless|before|if|needs?|must|should|has to|have to|wo n['’]?t|won['’]?t|can['’]?t|can|could|may|might|would|wants?|wanted to|asked? (?:\S+ ){0,4}to|please|to be)\b"
)
"""What before it says that it is to be taken back rather than that it was."""
_ON = re.compile(
    r"\b(?:(?:turned|switched|put|set) (?:(?!off\b)\S+ ){0,4}on\b|(?:re-?)?enabled|un-?paused|resumed|re-?activated|(?:re-?)?started|(?:re-?)?connected|plugged (?:\S+ ){0,4}in|opened|added|created|allowed|gave|granted|whitelisted|made (?:\S+ ){1,4}?(?:\w+ )?admin|(?:is|are|was|were) (?:\w+ )?on\b|back on\b)"
)
_OFF = re.compile(
    r"\b(?:(?:turned|switched|took|taken|take) (?:\S+ ){0,6}?(?:off|out)\b|disabled|stopped|paused|suspended|uninstalled|removed|deleted|closed|unplugged|disconnected|deactivated|bypassed|blocked|(?:is|are|was|were) (?:\w+ )?off\b)"
)
_PRONOUN = re.compile(
    r"^\W*(?:then |and |so |now |all )?(?:it|this|that|they|both)\b|\b(?:turned|switched|put|set|took|moved|plugged|rolled|brought|swapped|changed|gave|(?:re-?)?(?:started|enabled|connected)|disabled|removed|deleted|closed|reverted|restored|undid|undone|un-?paused|resumed|(?:de|re-?)activated) (?:it|them|that|this|both|him|her)\b",
    re.IGNORECASE,
)
"""Where what is taken back is only pointed to: not an "it" that stands anywhere else in the sentence."""
_SET_RIGHT = re.compile(r"\b(?:again|back (?:in|to|off)|re-?enabled|re-?started|reverted|restored|resumed|undone|put back|deleted|closed|re-?connected)\b")
_BACK_TO = re.compile(r"\W{0,9}(?:then |and |so )?(?:(?:put|set|changed|moved|rolled|switched|went|is|are|now) )?(?:back\b|reverted\b|undone\b)", re.IGNORECASE)
"""What is taken back without a name is what was changed last."""
_EVERYTHING = re.compile(r"\b(?:reverted|undid|undone|rolled back|put back|set back)\b.{0,20}\b(?:all|everything|both|the changes?|my changes?|these|those)\b")
_WORD = re.compile(r"[a-z0-9][a-z0-9.-]+")
_EMPTY = frozenset("the and for with from this that was were had has have also then temporarily temp off back again but not her his our their all its out disabled enabled turned stopped started "
                   "is it on in at of to up by as so no an be he we me my or if via am pm added removed restarted re-enabled switched moved opened closed set put left still change changed same error issue problem now into down".split())  # fmt: skip


_PURPOSE = re.compile(r"\s(?:to (?:see|rule|test|check|find|try|make|confirm|isolate)|in case|because|so (?:that|we|i)|just to|as a test|at \d{1,2}[:.]\d{2}|until|while|for now)\b")


_Open = tuple[Remark, frozenset[str], str]
"""A change with its telling words and its `_way`."""


def _open(change: Remark, passages: Sequence[Passage], words: frozenset[str]) -> _Open:
    return change, words, _way(passages[change.passage].text[change.start : change.end])


def left_changed(passages: Sequence[Passage], steps: Sequence[Deed]) -> list[Remark]:
    """Return the deeds that changed something, by their words or by what was learned, and that nothing later took back, oldest first."""
    open_changes: list[_Open] = []
    waiting = list(steps)
    for index, stretch in _spoken(passages):
        if passages[index].role in ("system", "us"):
            continue
        before = len(open_changes)
        low = stretch.text[:300].lower()
        if ("still" in low or "left " in low or "back" in low or "re" in low or "und" in low or "forget" in low) and not low.endswith("?"):
            if state.ONLY.match(low) and (not open_changes or open_changes[-1][0].passage != index):
                last = next((s for s in reversed(steps) if (s.passage, s.end) <= (index, stretch.end) and s.passage == index), None)
                if last is not None and not last.check:
                    open_changes.append(_open(_remark(index, last.start, last.deed_end, passages[index].text), passages, frozenset()))
                continue
            if not state.ONLY.match(low) and state.says_left(low):
                words = frozenset(_WORD.findall(low)) - _EMPTY
                open_changes = [c for c in open_changes if not (c[0].passage == index and c[0].start >= stretch.start)]
                open_changes.append(_open(_remark(index, stretch.start, stretch.end, passages[index].text), passages, words))
                while waiting and (waiting[0].passage, waiting[0].start) < (index, stretch.end):
                    waiting.pop(0)
                continue
        if open_changes and (undone := _UNDONE.search(low)) and not (_NOT_YET.search(low, 0, undone.start()) or looks_ahead(stretch.text[:200])):
            open_changes = _still_open(open_changes, stretch.text, undone.start())
        took_back = len(open_changes) < before
        while waiting and (waiting[0].passage, waiting[0].start) < (index, stretch.end):
            step = waiting.pop(0)
            asked = "?" in passages[index].text[step.start : step.deed_end]
            if took_back or asked or (passages[index].resolution and step.outcome == "worked") or (step.passage, step.start) < (index, stretch.start):
                continue
            if (told := _lasts(step, passages[index].text) or _left(step, passages[index].text)) is not None:
                text = passages[index].text[told[0] : told[1]]
                purpose = _PURPOSE.search(small(text), 12) if len(text) > 12 else None
                end = told[0] + purpose.start() if purpose else told[1]
                words = frozenset(_WORD.findall(text.lower())) - _EMPTY
                open_changes.append(_open(_remark(index, told[0], end, passages[index].text), passages, words))
        if len(open_changes) <= before and not took_back and _stands(passages[index], stretch):
            words = frozenset(_WORD.findall(stretch.text.lower())) - _EMPTY
            open_changes.append(_open(_remark(index, stretch.start, stretch.end, passages[index].text), passages, words))
    return [change for change, _, _ in open_changes if not _FOR_MINUTES.search(passages[change.passage].text[change.start : change.end])]


def _stands(passage: Passage, stretch: Stretch) -> bool:
    """Whether one of the staff says in a sentence that tells no deed that something runs now as it is not meant to."""
    if passage.role in NOT_STAFF or passage.description or passage.resolution or _SET_RIGHT.search(stretch.text.lower()):
        return False
    return len(stretch.text) <= 240 and state.stands(stretch.text) and not looks_ahead(stretch.text) and claims(stretch.text) != "not"


def _still_open(
    changes: list[_Open], text: str, at: int
) -> list[_Open]:
    """Return the changes that a sentence does not take back: `at` it says first that something is as it was.

    What it switches on was not switched on before, and what it takes away was not taken away: the words it shares with such a
    change tell only of one place.
    """
    low = text.lower()
    if _EVERYTHING.search(low):
        return []
    undone = frozenset(_WORD.findall(low)) - _EMPTY
    only = "on" if _ON.search(low, at) and not _OFF.search(low, at) else "off" if _OFF.search(low, at) and not _ON.search(low, at) else ""
    open_to = [c for c in changes if not only or c[2] != only]
    named = [c for c in open_to if c[1] & undone]
    if named:
        return [c for c in changes if c not in named]
    unnamed = _BACK_TO.match(text) or _PRONOUN.search(text[:80])
    return [c for c in changes if c is not open_to[-1]] if unnamed and open_to else changes


def _way(text: str) -> str:
    """Return whether a change, by its first clause, switches something on or adds it, or the opposite; empty for neither and both."""
    cut = _PART.search(text, 12)
    low = (text[: cut.start()] if cut else text).lower()
    on, off = _ON.search(low) is not None, _OFF.search(low) is not None
    return "" if on == off else "on" if on else "off"


def _left(step: Deed, text: str) -> tuple[int, int] | None:
    """Return where a step stands of which was learned that it left something changed, unless its own words take that back."""
    said = text[step.start : step.end]
    cut = _PART.search(said, 12)
    taken_back = _UNDONE_AT_ONCE.search(said) or _AS_BEFORE.search(said) or (cut and _UNDONE.search(said[cut.end() :].lower()))
    return (step.start, step.deed_end) if step.left and step.sure >= _SURE and not taken_back else None


def _lasts(step: Deed, text: str) -> tuple[int, int] | None:
    """Return where a step tells that it changed something that stays changed until somebody takes it back, if it does."""
    begin = step.start
    for cut in (*_PART.finditer(text, step.start, step.end), None):
        end = cut.start() if cut else step.end
        said, after = text[begin:end], text[end : step.end]
        deed = claims(said) == "deed"
        if (deed or (begin == step.start and not (state.finds(said) or looks_ahead(said)))) and not (step.check and begin == step.start):
            if _UNDONE.search(after.lower()) or _UNDONE_AT_ONCE.search(said):
                return None
            if state.lasts(said, text[end : end + 60], text[max(0, begin - 120) : begin], deed=deed, vain=step.outcome in ("no_change", "failed", "partial")):
                begin = begin if len(said.split()) >= _TELLING else step.start
                return begin, max(end, step.deed_end) if begin == step.start else end
        begin = cut.end() if cut else end
    return None


_SURE = 0.5
"""How sure a step is at least for what was learned to say alone that it left something changed."""
_TELLING = 3
"""Words that a change is quoted with at least."""
_PART = re.compile(r"(?:[,;:]|\.\s|\s[-–—>]\s|\b(?:so|but|and|then)\b)\s*")
_AS_BEFORE = re.compile(r"\b(?:on|off|out|in|up|down) again\b|\bback (?:on|off|in|out)\b|\b(?:re-?enabled|reverted|undid|undone)\b", re.IGNORECASE)
_FOR_MINUTES = re.compile(
    r"\bfor (?:(?:about|around|some|another|at least|over|~) ?)?(?:\d{1,3}|an?|a few|a couple of|several|[a-z]{3,6}(?:ty|teen)?) ?(?:s|secs?|seconds?|min|mins|minutes?)\b",
    re.IGNORECASE,
)
"""What lasted so long is over."""
_UNDONE_AT_ONCE = re.compile(r"(?:\band|\bthen|\+|/) ?(?:re-?\w+|started|on again|back|linked|enabled)", re.IGNORECASE)


def _spoken(passages: Sequence[Passage]) -> Iterator[tuple[int, Stretch]]:
    for index, passage in enumerate(passages):
        for stretch in passage.stretches:
            if stretch.kind in ("sentence", "item"):
                yield index, stretch


def _remark(passage: int, start: int, end: int, text: str) -> Remark:
    """Return the stretch without blank space and stray punctuation at its ends."""
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip(" \t\r\n,;:-"))
    right = len(piece.rstrip(" \t\r\n,;:-."))
    return Remark(passage, start + left, start + max(right, left))


