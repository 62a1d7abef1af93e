"""What a senior could do first: everything the ticket gives, of every kind, with what tells a good one from a poor one.

| kind | |
|---|---|
| `lead`, `suggested`, `if` | what somebody of the staff named as the next thing, and nobody did |
| `pointer`, `error` | pasted output or a code that names a fault |
| `changed`, `left` | what changed before it began, what was left changed on the way |
| `finding`, `relief` | a step that found something, or perhaps helped for a while |
| `check` | what seniors look at first for a symptom that the ticket tells (`escalation/symptoms`) |
| `guess`, `contrast` | what one of the staff suspects; what works beside what does not |
| `last` | the last words of whoever works on it |
| `silent` | the ticket does not say what is wrong |
| `solved` | what solved a ticket like it (`start_here.from_memory`) |

Which of them stands in the brief is chosen in `start_here.py`.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from escalation.package import highlights
from escalation.package.contents import SURE, Package, Start
from escalation.package.known_symptoms import Symptom
from escalation.package.records import Record, clipped, flat
from escalation.reading import remarks
from escalation.symptoms.said import words_of
from escalation.text.passages import NOT_STAFF
from escalation.wording.deeds import checks_something, claims, forbids, starts_with_deed
from escalation.wording.pasted import fault_in, troubled
from escalation.wording.told import tells_its_result

SAME = 75
"""How alike, of 100, two wordings are that mean one deed."""
CHECKS = 3
"""Symptoms whose checks are considered."""

_CHANGED = re.compile(
    r"\b(?:(?:ever )?since|after|following|right after|shortly after|began with|started with|the day (?:after|of))\s+(?:(?:the|an?|we|they|i|it|our|their|his|her|last (?:week|night|month)'?s?|\w+day'?s?)\s+){0,2}"
    r"(?:[\w.'-]+\s+){0,4}?(?:updat\w*|upgrad\w*|migrat\w*|mov(?:e|ed|ing)|replac\w+|swap\w*|install\w*|patch\w*|renew\w*|chang\w+|power (?:cut|outage|failure)|cutover|rebuil\w+|new [\w-]+)\b[^.;\n]{0,80}"
    r"|\b(?:was|were|got|been|we|they|i|isp|vendor|carrier)\s+(?:just |recently |only )?(?:upgraded|updated|migrated|moved|replaced|swapped|patched|renewed|rebuilt|re-?imaged)\b[^.;\n]{0,80}\b(?:yesterday|today|last (?:week|night|month|\w+day)|this (?:week|morning)|on \w+day|over the weekend|overnight|days? ago|weeks? ago)\b"
    r"|\bnew (?:firewall|router|switch|isp|line|server|laptop|pc|phone|printer|access points?|tenant|domain controller|certificate|password|nas|driver|docks?|docking station)\b[^.;\n]{0,60}\b(?:yesterday|today|last (?:week|night|month|\w+day)|this (?:week|morning)|on \w+day|over the weekend|days? ago|weeks? ago|since)\b",
    re.IGNORECASE,
)
_OURS = re.compile(r"\b(?:i|we) (?:rebooted|restarted|reset|reinstalled|re-installed|updated|changed|replaced)\b", re.IGNORECASE)
_SUGGESTED = re.compile(
    r"\b(?:(?:maybe|perhaps|probably|someone|somebody|next|i think|i guess|might be|could be)\b[\w ,]{0,30}?\b)?(?:we|i|you|someone|somebody|they)? ?(?:should|could|ought to|needs? to|might want to|have to|would)"
    r" (?:also |still |probably |maybe |really )?(?:check|look|compare|test|try|see|ask|verify|find out|trace|capture|confirm|read|inspect|measure)\b[^.;\n]{8,160}",
    re.IGNORECASE,
)
FOUND = re.compile(
    r"\b(?:shows?|says?|said|denied|warnings?|errors?|bad|mismatch|growing|grows|expired|missing|unsigned|disabled|blocked|wrong|off by|\d+ ?% full|is full|"
    r"refers? to|points? (?:to|at)|instead of|not by name|by ip|events? \d+|\d{2} ?%|\d+ ms|last success|saturated|duplicate)\b|0x[0-9a-f]{4,}|\(\d{4,}\)",
    re.IGNORECASE,
)
_FOR_A_WHILE = re.compile(r"\b(?:for (?:an?|\d+|two|three|a few|some|about) (?:\w+ )?(?:minutes?|hours?|days?|while|time)|once|until|better|then|again|back)\b", re.IGNORECASE)
_HELD = re.compile(r"\b(?:for (?:an?|\d+|two|three|a few|some|about)|then|until|better)\b", re.IGNORECASE)
_FINE = re.compile(r"\b(?:is|are|was|were)(?:n['’]t| not)\b|\bno (?:errors?|warnings?|issues?)\b|\?", re.IGNORECASE)
_WELL = re.compile(r"\b(?:working|works|fine|ok|okay|online|up|back) (?:again )?(?:for )?(?:now|the moment)\b", re.IGNORECASE)
"""That it works just now is no clue to why it does not."""
COURTESY = re.compile(
    r"\b(?:thanks|thank you|thx|cheers|regards|kind regards|sorry|hope (?:this|that)|let me know|please|good (?:morning|afternoon)|happy to|sent from my|get outlook for|"
    r"ticket closed|closing (?:the |this )?ticket|cancel(?:led)?|no reply|chas(?:ing|ed)|voicemail|strikes|went (?:home|to lunch|into a meeting)|not available|on leave|any (?:news|update))\b",
    re.IGNORECASE,
)
"""What is said to people, and of them and the ticket, rather than of the fault."""
_UNDONE = re.compile(r"\b(?:pending|not done|to ?do|skipped|n/a|not (?:yet )?(?:tried|tested|checked))\W*$", re.IGNORECASE)
"""A row of a form that says it was not done, which does not say to do it."""
GUESS = re.compile(
    r"\b(?:think|guess(?:ing)?|suspect(?:s|ed|ing)?|suspicion|maybe|perhaps|probably|likely|seems? to be|to blame|must (?:be|have)|(?:could|might|may) (?:be|have)|wonder(?:ing)? (?:if|whether)|theory|culprit|points? to|related to|"
    r"has to be|looks like|as if|because of|due to|caus(?:e|es|ed|ing))\b",
    re.IGNORECASE,
)
_BUT = re.compile(r"\b(?:but|still|only|except|though|errors?|fail\w*|denied|refused|shows?|says?)\b", re.IGNORECASE)
_NO_HELP = re.compile(r"\b(?:(?:wo|does|did|would)n['’]?t|(?:will|does|did) not) (?:help|work|fix)|\bno (?:use|help|good)\b", re.IGNORECASE)
_CONTRAST = re.compile(
    r"\b(?:works?|worked|working|fine|ok|okay|good|correct|healthy|clean)\b.{0,80}\b(?:but|only|not|n't|fails?|except|while|whereas|just(?! now)|doesn|isn|can't|cannot|yet)\b|\b(?:only|just|except|but|unless|not)\b.{0,60}\b(?:works?|worked|fine|ok|okay)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something a senior could do first, with what is known of it."""

    kind: str
    start: Start
    features: dict[str, float]
    """What the choice is made by (`start_here.py`); their names are the keys of the weights."""


@dataclass(frozen=True, slots=True)
class _Found:
    kind: str
    start: Start
    record: int | None = None
    """Which text it is from, counted from the newest."""
    after: int = 0
    """Steps told after it."""
    extra: tuple[tuple[str, float], ...] = ()


class Candidates:
    """All that one ticket gives."""

    def __init__(self, package: Package, records: Sequence[Record], symptoms: Sequence[Symptom]) -> None:
        self._package = package
        self._records = [r for r in records if r.source.role != "us"]
        self._symptoms = symptoms
        self._steps = [s.text.lower() for s in package.steps_attempted if s.sure >= SURE]
        self._ends = [step.text.lower() for step in highlights.closed(package)]
        said = (package.why_escalated, package.ask, *package.promises)
        self._handed_on = [quote.evidence for quote in said if quote is not None]
        self._place = {r.source.id: len(self._records) - 1 - n for n, r in enumerate(self._records)}
        spoken = [(r.source.id, flat(s.text)) for r in self._records for s in r.spoken]
        self._from_end = [(source, text, len(spoken) - 1 - n) for n, (source, text) in enumerate(spoken)][::-1]

    def all(self) -> list[Candidate]:
        """Return every candidate, each wording once, none that a dead end says too."""
        sources = (self._silent, self._said_next, self._pointers, self._changes, self._findings, self._checks, self._errors, self._thoughts, self._last_words, self._left)
        made: dict[str, _Found] = {}
        for source in sources:
            for found in source():
                key = _key(found.start.text)
                same = next((k for k in made if k == key or fuzz.ratio(k, key) >= 90), None)
                if same is None and not self._over(found):
                    made[key] = found
        newest = min((self._end(f) for f in made.values() if f.kind in _CLUES), default=0)
        counts = {kind: sum(f.kind == kind for f in made.values()) for kind in {f.kind for f in made.values()}}
        return [Candidate(f.kind, f.start, self._features(f, counts, newest)) for f in made.values()]

    def _end(self, found: _Found) -> int:
        """Return how many sentences were said after the one that a candidate is from."""
        begin = flat(found.start.evidence)[:40]
        return next((n for source, text, n in self._from_end if source == found.start.source and begin in text), 9)

    def _features(self, found: _Found, counts: dict[str, int], newest: int) -> dict[str, float]:
        package, kind, low = self._package, found.kind, found.start.text.lower()
        said = [word for word, _, _ in words_of(found.start.evidence[:400])]
        done = max((fuzz.token_set_ratio(low, step) for step in self._steps), default=0) / 100
        steps = len(self._steps)
        made = {f"kind={kind}": 1.0, f"{kind}:done": done, f"{kind}:steps": min(steps, 8) / 8, f"{kind}:done={'yes' if done >= 0.75 else 'half' if done >= 0.55 else 'no'}": 1.0}
        if found.record is not None:
            made[f"{kind}:record={min(found.record, 3)}"] = 1.0
            made[f"record={min(found.record, 3)}"] = 1.0
        made[f"{kind}:after={min(found.after, 3)}"] = 1.0
        made[f"{kind}:words={'few' if len(said) < 6 else 'some' if len(said) < 16 else 'many'}"] = 1.0
        made[f"{kind}:domain={package.domain}"] = 1.0
        for other in ("check", "lead", "suggested", "finding"):
            if other != kind and other in counts:
                made[f"{kind}:beside={other}"] = 1.0
        if package.error_codes or package.evidence_blocks:
            made[f"{kind}:output"] = 1.0
        if kind in _CLUES:
            end = self._end(found)
            made |= {f"end={min(end, 6)}": 1.0, f"{kind}:end={min(end, 6)}": 1.0, f"{kind}:newest={end == newest}": 1.0, f"newest={end == newest}": 1.0}
            clean = flat(found.start.evidence)
            shape = {
                "deed": starts_with_deed(clean), "tells": tells_its_result(clean), "figures": bool(_FIGURES.search(clean)), "contact": bool(_CONTACT.search(clean)),
                "fact": bool(FOUND.search(clean)), "guess": bool(GUESS.search(clean)), "contrast": bool(_CONTRAST.search(clean)), "nothing": bool(_FINE.search(clean)),
                "ahead": bool(_AHEAD.search(clean)), "so": bool(_SO.search(clean)),
            }
            made |= {f"shape={name}": 1.0 for name, there in shape.items() if there}
            made |= {f"{kind}:shape={name}": 1.0 for name, there in shape.items() if there}
            made |= {f"first={word}": 1.0 for word in said[:1]}
        if kind != "check":
            made |= {f"w={word}": 0.5 for word in dict.fromkeys(said[:30]) if word.isalpha()}
        else:
            made[f"entry={found.start.text[:40]}"] = 1.0
        made |= {f"{kind}:{name}": value for name, value in found.extra}
        return made

    def _over(self, found: _Found) -> bool:
        """Whether it is forbidden, a dead end says the same, or a step follows what somebody only named."""
        low, said = found.start.text.lower(), found.start.evidence
        if forbids(flat(said)):
            return True
        if any(fuzz.token_set_ratio(low, end) >= SAME for end in self._ends):
            return True
        others = [s.text.lower() for s in self._package.steps_attempted if s.evidence not in said and said not in s.evidence]
        return found.kind in _NAMED_ONLY and any(fuzz.token_set_ratio(said.lower(), step) >= SAME for step in others)

    def _done(self, said: str) -> bool:
        """Whether words tell only that something was changed: that is done, and no place to start."""
        if not (starts_with_deed(said) or claims(said) == "deed") or checks_something(said):
            return False
        return _CONTACT.search(said) is None and _BUT.search(said) is None

    def _after(self, source: str) -> int:
        at = {s.id: s.note_index if s.note_index is not None else -1 for s in self._package.sources}
        return sum(s.note_index > at.get(source, -1) for s in self._package.steps_attempted if s.sure >= SURE)

    def _found(self, kind: str, start: Start, **extra: float) -> _Found:
        return _Found(kind, start, self._place.get(start.source), self._after(start.source), tuple(extra.items()))

    def _silent(self) -> Iterator[_Found]:
        """Where a ticket says next to nothing, the fault itself is what is missing."""
        p, rests = self._package, self._package.problem
        said = sum(len(r.passage.own.split()) for r in self._records)
        if rests is not None and not (p.steps_attempted or p.error_codes or p.evidence_blocks) and said <= 25:
            text = "call back and get the fault word for word, with one example"
            yield self._found("silent", Start(text, rests.evidence, rests.source, "the ticket does not say what is wrong"), said=said / 25)

    def _said_next(self) -> Iterator[_Found]:
        passages = [r.passage for r in self._records]
        reason = LEAD
        for quote in highlights.quotes_of(remarks.leads(passages)[:5], self._records):
            plan = {PLAN: 1.0} if _PLAN.match(quote.evidence) and not self._after(quote.source) else {}
            yield self._found("lead", Start(quote.text, quote.evidence, quote.source, reason), **_openings(quote.text), **plan)
        for condition, action in remarks.contingencies(passages)[:2]:
            record = self._records[condition.passage]
            text = flat(record.text[condition.start : condition.end]), flat(record.text[action.start : action.end])
            yield self._found("if", Start(f"if {text[0]}: {text[1]}", record.plain.quote(condition.start, action.end), record.source.id, reason))
        for record in self._records[:-4:-1]:
            if record.source.id == "d" or record.source.role in NOT_STAFF:
                continue
            for stretch in reversed(record.spoken):
                said = _SUGGESTED.search(stretch.text)
                if said and "?" not in stretch.text:
                    yield self._found("suggested", _quoted(record, stretch.start + said.start(), stretch.start + said.end(), "{}", reason))

    def _pointers(self) -> Iterator[_Found]:
        for record in self._records[:-4:-1]:
            if record.source.role in NOT_STAFF:
                continue
            for stretch in [s for s in record.passage.stretches if s.kind == "pasted"][::-1]:
                if row := fault_in(stretch.text):
                    begin = stretch.start + stretch.text.find(row)
                    yield self._found("pointer", _quoted(record, begin, begin + len(row), 'look into "{}"', POINTER))
                    return

    def _changes(self) -> Iterator[_Found]:
        for record in self._records:
            if record.source.id != "d" and record.source.role != "customer":
                continue  # what staff changed, they changed after it began
            for stretch in record.spoken:
                said = _CHANGED.search(stretch.text)
                if said and not _OURS.search(stretch.text) and stretch.text.rstrip()[-1:] != "?":
                    told = 'start from what changed, "{}": compare with before, or undo it for a test'
                    yield self._found("changed", _quoted(record, stretch.start + said.start(), stretch.start + said.end(), told, "what changed before it began"))
                    return

    def _findings(self) -> Iterator[_Found]:
        steps = self._package.steps_attempted
        given = 0
        for place in range(len(steps) - 1, -1, -1):
            step = steps[place]
            if step.outcome != "partial" or given == 3 or _WELL.search(step.text) or (self._done(step.evidence) and not _HELD.search(step.text)):
                continue
            given += 1
            sure = {"sure": step.outcome_sure, "found": float(bool(FOUND.search(step.text))), "fine": float(bool(_FINE.search(step.text))), "later": float(len(steps) - 1 - place)}
            kind = "relief" if _FOR_A_WHILE.search(step.text) else "finding"
            yield self._found(kind, Start(f'follow up what was found: "{step.text}"', step.evidence, step.source, "what a step found"), **sure)

    def _checks(self) -> Iterator[_Found]:
        open_yet = [one for one in self._symptoms if not one.done][:CHECKS]
        best = max((one.match.strength for one in self._symptoms), default=0.0)
        for rank, one in enumerate(open_yet):
            match = one.match
            start = Start(match.entry.check, one.told.evidence, one.told.source, f'what is looked at first for "{one.told.text}"')
            yield self._found(
                "check", start, strength=match.strength / 10, margin=match.strength / best, first=float(rank == 0), terms=match.terms / 4,
                lines=min(match.lines, 4) / 4, crossed=float(match.crossed), words=min(len(one.told.evidence.split()), 25) / 25, summary=float(one.told.source == "s"), agrees=float(match.entry.domain == self._package.domain),
                **{f"of={match.entry.domain}": 1.0, f"strength={min(int(match.strength / 4), 6)}": 1.0, f"agrees={match.entry.domain == self._package.domain},{min(int(match.strength / 6), 4)}": 1.0},
            )  # fmt: skip

    def _errors(self) -> Iterator[_Found]:
        for block in reversed(self._package.evidence_blocks):
            for row in block.evidence.splitlines():
                if troubled(row) and 8 <= len(row.strip()) <= 200:
                    yield self._found("error", Start(f'look into "{flat(row)}"', row, block.source, "the newest error that is recorded"), pasted=1.0)
                    break
            else:
                continue
            break
        for code in self._package.error_codes[:-2:-1]:
            yield self._found("error", Start(f'look into "{flat(code.text)}"', code.evidence, code.source, "the newest error that is recorded"), code=1.0)

    def _thoughts(self) -> Iterator[_Found]:
        """Give what one of the staff suspects, and what works beside what does not, the newest first."""
        given: Counter[str] = Counter()
        for record in self._records[:-5:-1]:
            if record.source.id == "d" or record.source.role in NOT_STAFF:
                continue
            for stretch in reversed(record.spoken):
                few = not 3 <= len(stretch.text.split()) <= 40
                quote = record.plain.quote(stretch.start, stretch.end)
                handed_on = any(quote in other or other in quote for other in self._handed_on)
                if few or handed_on or stretch.text.rstrip().endswith("?") or COURTESY.search(stretch.text):
                    continue
                kind = "guess" if GUESS.search(stretch.text) else "contrast" if _CONTRAST.search(stretch.text) else ""
                if kind and given[kind] < 2:
                    told, reason = _THOUGHTS[kind]
                    yield self._found(kind, _quoted(record, stretch.start, stretch.end, told, reason), second=float(given[kind]))
                    given[kind] += 1

    def _last_words(self) -> Iterator[_Found]:
        """Give the last sentences of the staff's newest texts that are no question and no courtesy."""
        ends = [step.evidence for step in highlights.closed(self._package)]
        given = 0
        for record in self._records[:-4:-1]:
            if record.source.id == "d" or record.source.role in NOT_STAFF:  # nobody outside says where a senior starts
                continue
            for stretch in reversed([s for s in record.spoken if not s.planned]):
                words = stretch.text.split()
                if len(words) < 4 or stretch.text.rstrip().endswith("?") or COURTESY.search(stretch.text) or _UNDONE.search(stretch.text):
                    continue
                quote = record.plain.quote(stretch.start, stretch.end)
                if _NO_HELP.search(stretch.text) or self._done(quote) or any(quote in other or other in quote for other in (*ends, *self._handed_on)):
                    continue
                reason = LAST if record is self._records[-1] and stretch is record.spoken[-1] else EARLIER
                yield self._found("last", _quoted(record, stretch.start, stretch.end, 'go on from "{}"', reason), second=float(given))
                given += 1
                if given == 2:
                    return

    def _left(self) -> Iterator[_Found]:
        for change in self._package.state_left_behind[:1]:
            yield self._found("left", Start(f'put back and test again: "{change.text}"', change.evidence, change.source, "changed on the way and still so"))


PLAN = "plan"
_PLAN = re.compile(
    r"^\W*(?:next (?:step|thing|up|i would|would|is|to)|(?:i|we)(?:'d|’d| would) (?:start|check|look|try|compare|go)|should (?:probably |really )?\w+|worth|still (?:to|needs? to)|to ?do:|"
    r"(?:have(?:n['’]?t| not)|not) (?:yet )?(?:checked|tested|tried|compared|looked)|(?:i |we )?suspect|needs? (?:to be |a )?(?:check|compar|replac|test|verif|look)\w*)",
    re.IGNORECASE,
)
"""A plan in so many words, unlike a guess or what is advised to "you"."""
_NAMED_ONLY = frozenset(("lead", "suggested", "if", "guess", "last"))
_CLUES = frozenset(("lead", "suggested", "if", "guess", "contrast", "last", "finding", "relief", "error", "pointer"))
_FIGURES = re.compile(r"\d")
_CONTACT = re.compile(r"\b(?:asked|called|rang|told|emailed|mailed|spoke|informed|chas\w+|waiting|wait|escalat\w+|left (?:a )?(?:voicemail|message)|ticket|case)\b", re.IGNORECASE)
_AHEAD = re.compile(r"\b(?:will|tomorrow|tonight|next|should|need|needs|want|wants|could|would|going to|to do|later)\b", re.IGNORECASE)
_SO = re.compile(r"\b(?:so|since|because|=|wrong|missing|old|instead|still|only|never|full|expired|disabled|blocked|mismatch|different)\b|=", re.IGNORECASE)
LEAD, POINTER = "suggested, and not followed yet", "the newest output that names a fault"
LAST, EARLIER = "the last word on it", "among the last words on it"

_THOUGHTS = {
    "guess": ('prove or rule out: "{}"', "what was suspected last"),
    "contrast": ('compare what works with what does not: "{}"', "it works in one case and not in the other"),
}


def _quoted(record: Record, start: int, end: int, told: str, reason: str) -> Start:
    said = flat(record.text[start:end]).rstrip(" .,;:")
    return Start(told.format(clipped(said, 160)), record.plain.quote(start, end), record.source.id, reason)


def _openings(text: str) -> dict[str, float]:
    first = words_of(text[:60])[:2]
    return {f"opens={' '.join(word for word, _, _ in first)}": 1.0}


def _key(text: str) -> str:
    return " ".join(word for word, _, _ in words_of(text) if word not in ("look", "into", "go", "on", "from", "follow", "up", "what", "was", "found", "put", "back", "and", "test", "again", "prove", "or", "rule", "out", "compare", "works", "with", "does", "not"))
