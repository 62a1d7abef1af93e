"""Find what people did: deeds with their outcomes, each as a stretch of its text.

1. Each sentence or list item is cut into clauses.
2. A clause is a deed, looks like one and is none, or says something else (often the result).
3. A step runs from its deed to the next deed or the end of what still speaks of it.
4. A sentence without a deed may tell a test or a finding; so may a command typed into a pasted block.
5. Where a step has no outcome of its own, the next sentence is asked, then later notes.
6. What is still open did not solve the problem if people went on about it: `no_change`, not stated.
"""

# ruff: noqa: E501 - a condition is easier to read in one piece

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple, cast

from escalation.reading import deeds, findings, outcomes, pasted, state, statements
from escalation.reading.outcomes import Outcome
from escalation.reading.passages import Actor, Deed, Passage
from escalation.reading.settling import conclude, settle
from escalation.reading.text import Stretch

__all__ = ["Actor", "Deed", "Passage", "find_steps"]

_JOINT = re.compile(
    r"(?P<hard>,\s+|\s*\t\s*|\s+\|\s+|;\s+|\s+[-–—]{1,2}>?\s+|\s*(?:->|=>|→|>>)\s*|:\s+|\.\.+\s*|\s*\(|\)\s*|\.\s+|!\s+)"
    r"|(?P<soft>\s+(?:and then|and also|and|but|then|however|which(?! (?:i|we)\b)|so|although|though|after which|plus)\s+)",
)
"""Where clauses part, in lower-case text."""


class _Clause(NamedTuple):
    start: int
    end: int
    text: str
    claim: deeds.Claim | None


def find_steps(passages: Sequence[Passage]) -> list[Deed]:
    """Return all steps in the order of the passages."""
    found: list[Deed] = []
    waiting: list[int] = []
    for index, passage in enumerate(passages):
        before = len(found)
        if passage.role in ("system", "us") or passage.language:
            continue
        found += _in_passage(index, passage)
        waiting += [place for place in range(before, len(found)) if found[place].outcome == "unknown"]
        settle(found, before, passage, passages, waiting)
    return conclude(_once(found, passages), passages)


def _once(found: list[Deed], passages: Sequence[Passage]) -> list[Deed]:
    """Count a step once that another text tells again word for word, as merged tickets and copied notes do."""
    kept: dict[tuple[str, ...] | int, Deed] = {}
    for place, deed in enumerate(found):
        words = tuple(_PLAIN_WORD.findall(passages[deed.passage].text[deed.start : deed.end].lower()))
        key = words if len(words) >= 4 else place
        first = kept.get(key)
        if first is None or first.passage == deed.passage:
            kept[key if first is None else place] = deed
        elif first.outcome == "unknown" and deed.outcome != "unknown":
            kept[key] = replace(first, outcome=deed.outcome, result_stated=False)
    return list(kept.values())


_PLAIN_WORD = re.compile(r"\w+")


def _in_passage(index: int, passage: Passage) -> list[Deed]:
    found: list[Deed] = []
    began = False
    advising = passage.role != "customer" and deeds.advising(passage.own)
    listing = False
    told = [s for s in passage.stretches if s.kind in ("sentence", "item", "heading", "pasted")]
    for place, stretch in enumerate(told):
        if stretch.kind == "pasted":
            shown = _went_before(found, told, place) and findings.finding_told(told[place - 1].text) is None
            if not advising and not shown:
                found += _typed(stretch, index, passage.role)
            continue
        if stretch.kind != "heading" and state.says_left(stretch.text) and (" still " in stretch.text[:80] or deeds.claims(stretch.text) != "deed"):
            continue
        if stretch.kind == "heading" or (stretch.text.endswith(":") and stretch.kind == "sentence"):
            listing = _TRIED_LIST.search(stretch.text) is not None and not deeds.looks_ahead(stretch.text)
            if stretch.kind == "heading" or listing:
                found += _announced(told, place, index, passage) if not advising else []
                continue
        elif stretch.kind == "sentence" and _TRIED_SO_FAR.search(stretch.text.lower()):
            listing = True
            if deeds.claims(stretch.text) != "deed":
                continue
        else:
            listing = (listing and (stretch.kind == "item" or _row(passage.text, stretch))) or stretch.ticked
        if passage.description and not began and (listing or (found and found[-1].result_stated)):
            began, passage = True, replace(passage, description=False)
        following = told[place + 1] if place + 1 < len(told) else None
        if _went_before(found, told, place) and (findings.result_after(stretch.text) or _comes_of(found[-1], stretch, passage)):
            found[-1] = _with_result(found[-1], stretch)
            continue
        found += [
            deed
            for deed in _steps_in(stretch, index, passage, following, listing)
            if not (advising and not deeds.by_person(passage.text[deed.start : deed.end]))
            and not (passage.description and not listing and _history(deed, passage))
        ]
    return found


def _row(text: str, stretch: Stretch) -> bool:
    """Whether a stretch stands on a line right below another, without a blank one between: an item without a mark."""
    begin = text.rfind("\n", 0, stretch.start)
    return begin > 0 and not text[max(0, begin - 3) : begin].rstrip(" \t\r").endswith("\n")


def _announced(told: list[Stretch], place: int, index: int, passage: Passage) -> list[Deed]:
    """Return the deed in a line that ends in a colon and has its result pasted below: "mount -a gives:"."""
    line = told[place]
    below = told[place + 1] if place + 1 < len(told) else None
    if below is None or below.kind != "pasted" or passage.description:
        return []
    stated = statements.names_tool(line.text) or statements.finding_stated(line.text.rstrip(" :"), work_note=True)
    if not (deeds.claims(line.text) == "deed" or stated):
        return []
    troubled = any(pasted.troubled(row) for row in below.text.splitlines()[:12])
    failing = troubled and not statements.observes(line.text)
    text = line.text.rstrip(" :")
    end = line.start + len(text)
    actor = cast("Actor", deeds.actor_of(text, passage.role))
    return [Deed(index, line.start, end, end, "failed" if failing else "partial", actor, True, True)]


def _history(deed: Deed, passage: Passage) -> bool:
    """Whether a deed of the description only tells how things came to be."""
    words = passage.text[deed.start : deed.end]
    if re.match(r"(?:\w+ ){0,2}they\b", words, re.IGNORECASE):
        return True
    begin, end = passage.text.rfind("\n", 0, deed.start) + 1, passage.text.find("\n", deed.end)
    if not deed.check and _LONG_AGO.search(passage.text[max(begin, deed.start - 80) : min(deed.end + 80, end if end >= 0 else deed.end + 80)].lower()):
        return True
    if not deed.result_stated and deed.outcome == "unknown" and not deed.check and deeds.set_up(words):
        return True
    return (not deed.result_stated or deed.outcome in ("failed", "unknown")) and deeds.by_others(words)


_LONG_AGO = re.compile(r"\b(?:in|since|back in) (?:19|20)\d\d\b|\b(?:and |ever )since then\b|\bever since\b|\band since\b")
"""How things came to be, rather than what was done about them."""


def _went_before(found: list[Deed], told: list[Stretch], place: int) -> bool:
    """Whether the stretch right before this one holds the last step found."""
    return place > 0 and bool(found) and found[-1].start >= told[place - 1].start


_VERB_FIRST = re.compile(
    r"(?:and |but |then |now |it )*(?:dies|died|fails|failed|works|worked|hangs|hung|crashes|crashed|stops|stopped|drops|dropped|comes|came|goes|went|gives|gave|shows|showed|says|said|ends|ended|stays|stayed|both|all (?:of them|three|four|green|good)|\d+ gone)\b"
)
"""A sentence without a subject goes on about what was done before it."""


_AGAIN_ONLY = re.compile(r"(?:and )?\w+(?:ed|d) again\W*$", re.IGNORECASE)
_PLACED = re.compile(r"(?:in|on|from|with|at|under|over) (?:the|its|his|her|our|their|a|an|my)\b|.{0,80}\b(?:i|we) (?:can )?(?:see|saw|found)\b|.{0,120}\bafter \w+ing\b")
"""A sentence with a place or a look of its own is a finding of its own."""


def _comes_of(deed: Deed, stretch: Stretch, passage: Passage) -> bool:
    """Whether a sentence on the deed's own line is its result: "Took the IPS off. Tunnel comes up."."""
    if deed.result_stated or "\n" in passage.text[deed.end : stretch.start] or stretch.text.endswith("?"):
        return False
    text = stretch.text
    if _AGAIN_ONLY.match(text):
        return True
    if deeds.claims(text) is not None or len(text.split()) > 24 or findings.test_told(text) or _PLACED.match(text.lower()):
        return False
    if outcomes.PENDING.search(text.lower()):
        return False
    if _VERB_FIRST.match(stretch.text[:80].lower()):
        return True
    return not deed.check and outcomes.outcome_of(stretch.text) in ("worked", "partial") and outcomes.helped(stretch.text)


def _with_result(deed: Deed, stretch: Stretch) -> Deed:
    """Return the step with the sentence after it as its result, unless it has one."""
    outcome = outcomes.outcome_of(stretch.text, check=deed.check)
    if deed.result_stated or outcome == "unknown":
        return deed
    return replace(deed, end=stretch.start + len(stretch.text.rstrip()), outcome=outcome, result_stated=True)


_TRIED_SO_FAR = re.compile(
    r"\b(?:full |complete |long )?list of what (?:has|have) been (?:done|tried|checked)\b[^.]{0,40}[.:]?$|\bwhat (?:has|have) been (?:done|tried|checked) (?:so far|until now|up to now|already)[^.]{0,20}[.:]?$"
    r"|\b(?:things|stuff|what|all|steps|everything) (?:i|we)(?:['’]ve| have)? (?:already )?(?:tried|did|done|checked)\b[^.]{0,40}[.:]?$",
)


def _typed(block: Stretch, index: int, role: str) -> list[Deed]:
    """Return the command that somebody typed at the top of a pasted block, with the first line of its answer."""
    lines = block.text.splitlines()
    if not pasted.PROMPT.match(lines[0][:200]) or len(lines) < 2:
        return []
    answer = next((line for line in lines[1:] if line.strip()), "")
    if not answer:
        return []
    shown = block.text.find(answer, len(lines[0])) + len(answer)
    troubled = any(pasted.troubled(line) for line in lines[1:12])
    outcome: Outcome = "failed" if troubled else "no_change"
    start = block.start + len(lines[0]) - len(lines[0].lstrip())
    actor = cast("Actor", deeds.actor_of("", role))
    return [Deed(index, start, block.start + shown, block.start + len(lines[0]), outcome, actor, True, True)]


_TRIED_LIST = re.compile(
    r"\b(?:tried|done|did|attempted|steps|troubleshooting|so far|checked|tested|actions?|performed|taken|work(?:ed)?)\b",
    re.I,
)


def _steps_in(
    stretch: Stretch, index: int, passage: Passage, following: Stretch | None, listing: bool
) -> list[Deed]:
    role = passage.role
    if stretch.text.endswith("?") or not any(c.isalnum() for c in stretch.text) or _ABOUT_THE_TEXT.match(stretch.text):
        return []
    if (" when" in stretch.text or " if " in stretch.text) and (parting := _BUT_WHEN.search(stretch.text)):
        head, tail = _halved(stretch, parting)
        before = _steps_in(head, index, passage, tail, listing)
        return before + _steps_in(tail, index, passage, following, listing)
    if passage.resolution and findings.finding_told(stretch.text) == "fix":
        return [_whole(stretch, index, role, None, check=False, outcome="worked")]
    if role != "customer" and (form := findings.test_told(stretch.text)):
        told = _whole(stretch, index, role, following, check=form == "check")
        return [] if passage.description and told.outcome in ("failed", "unknown") else [told]
    clauses = _clauses(stretch)
    groups = _group(clauses)
    if not groups and clauses and clauses[0].claim != "not":
        rest = stretch.text[clauses[0].end - stretch.start :]
        if (listing and len(stretch.text.split()) <= 40 and not deeds.looks_ahead(clauses[0].text)) or (role != "customer" and not passage.description and deeds.opens_with_deed(clauses[0].text)) or (deeds.terse_deed(clauses[0].text) and not (passage.description and stretch.kind != "item") and not deeds.looks_ahead(stretch.text) and (
            (len(clauses) > 1 and outcomes.states_result(rest)) or _inside_result(clauses[0].text)
        )):
            groups = [clauses]
    if not groups and clauses and (deeds.only_talk(clauses[0].text) or deeds.trouble_again(clauses[0].text)):
        return []
    if not groups and role != "customer":
        return _finding(stretch, index, passage, following)
    if stretch.kind == "item" and len(groups) > 1 and not any(c.claim == "not" for c in clauses):
        groups = _one_item(groups)
    made: list[Deed] = []
    for place, group in enumerate(groups):
        last = place + 1 == len(groups)
        made.append(_deed(stretch, group, index, role, following if last else None))
    if len(made) > 1 and made[-1].outcome != "unknown":
        made = [replace(d, outcome=_shared(d, made[-1])) for d in made]
    return made


_ABOUT_THE_TEXT = re.compile(
    r"\W*(?:edit|ps|note)\s?\d*\s*:\W*(?:updated|added|corrected|fixed (?:the )?(?:typo|link)|removed|typo)\b", re.I
)
"""Somebody edits what they wrote."""
_BUT_WHEN = re.compile(
    r"(?:[,;]?\s+(?:and|but|however)[,]?\s+|[,;]\s+)(?=(?:when|if)\s+(?:i|we)\s+(?!n\w*t\b)\w+)", re.IGNORECASE
)


def _halved(stretch: Stretch, parting: re.Match[str]) -> tuple[Stretch, Stretch]:
    """Return what stands before and after the parting, as stretches of the same text."""
    cut, go_on = parting.span()
    return (
        Stretch(stretch.start, stretch.start + cut, stretch.kind, stretch.text[:cut]),
        Stretch(stretch.start + go_on, stretch.end, "sentence", stretch.text[go_on:]),
    )


def _finding(stretch: Stretch, index: int, passage: Passage, following: Stretch | None) -> list[Deed]:
    """Return the step in a sentence that has no deed: a finding, something under way, or the fix."""
    text = stretch.text
    if findings.ongoing(text):
        return [_whole(stretch, index, passage.role, None, check=False, outcome="unknown")]
    form = findings.finding_told(text)
    if form is None and (colon := text.find(": ")) > 0 and not passage.description:
        part = Stretch(stretch.start + colon + 2, stretch.end, stretch.kind, text[colon + 2 :])
        if findings.finding_told(part.text) == "check":
            return [_whole(part, index, passage.role, following, check=True)]
    if form == "fix":
        return [_whole(stretch, index, passage.role, None, check=False, outcome="worked")]
    if form == "check" and not passage.description:
        return [_whole(stretch, index, passage.role, following, check=not statements.changes(text))]
    if form is None and not passage.description and statements.finding_stated(text, work_note=passage.work_note):
        return [_whole(stretch, index, passage.role, following, check=not statements.changes(text), stated=True)]
    return []


def _narrows(text: str, read: Outcome) -> bool:
    """Whether a test tells under which condition something works, or tells something without a word for success."""
    if findings.on_condition(text):
        return outcomes.fine(text) and (read != "failed" or "but" in text)
    if findings.contrasts(text) and read != "failed":
        return True
    if findings.allows(text):
        return re.search(r"\b(?:if|when|directly|instead|only|but not|until)\b", text) is not None
    return read == "unknown" and (findings.test_told(text) is not None or findings.shows(text))


def _only_seen(text: str, read: Outcome, stated: bool) -> bool:
    """Whether a check found something: a fault that a log or a tool shows, or a plain statement without a verdict."""
    seen = read in ("failed", "worked") and findings.test_told(text) is None
    return (seen and statements.observes(text)) or (read == "unknown" and stated)


_NONE = re.compile(r"(?:\w+ ){0,3}(?:no|none|nothing|never|0)\b")


def _whole(
    stretch: Stretch,
    index: int,
    role: str,
    following: Stretch | None,
    *,
    check: bool,
    outcome: Outcome | None = None,
    stated: bool = False,
) -> Deed:
    """Return a step whose evidence is the whole sentence."""
    text = stretch.text.rstrip()
    read = outcome or outcomes.outcome_of(text if check else _after_verb(text), check=check)
    if outcome is None and _narrows(text, read):
        read = "partial"
    if outcome is None and check and _only_seen(text, read, stated):
        read = "no_change" if _NONE.match(text.lower()) or statements.rules_out(text) else "partial"
    stated = read != "unknown"
    if check and outcome is None and findings.allows(text) and not _narrows(text, read):
        read, stated = "no_change", True
    if read == "unknown" and outcome is None and following is not None and following.kind == "sentence":
        read = _from_next(following, check)
    actor = cast("Actor", "vendor" if findings.by_vendor(text) or statements.by_vendor(text) else deeds.actor_of(text, role))
    return Deed(index, stretch.start, stretch.start + len(text), stretch.start + len(text), read, actor, stated, check)


def _one_item(groups: list[list[_Clause]]) -> list[list[_Clause]]:
    """A list item is one step, unless its deeds stand in sentences of their own with results of their own."""
    if all(outcomes.states_result(" ".join(c.text for c in group)) for group in groups):
        return groups
    return [[clause for group in groups for clause in group]]


def _shared(deed: Deed, last: Deed) -> Outcome:
    """Deeds strung together in one sentence share the result that ends it."""
    if deed.outcome != "unknown":
        return deed.outcome
    return "no_change" if last.outcome == "failed" and not deed.check else last.outcome


def _clauses(stretch: Stretch) -> list[_Clause]:
    text = stretch.text
    found: list[_Clause] = []
    begin = 0
    aside = False
    low = text.lower()
    marks = [*_JOINT.finditer(low if len(low) == len(text) else text)]
    for mark in marks:
        if mark["soft"] and not _parts(text, begin, mark):
            continue
        if mark.end() - mark.start() and text[begin : mark.start()].strip():
            found.append(_clause(stretch, begin, mark.start(), aside=aside))
            begin, aside = mark.end(), "(" in mark.group()
        elif not text[begin : mark.start()].strip():
            begin = mark.end()
    if text[begin:].strip():
        found.append(_clause(stretch, begin, len(text), aside=aside))
    return found


def _parts(text: str, begin: int, mark: re.Match[str]) -> bool:
    """Whether a conjunction parts two deeds, or a deed from its result, rather than two objects or verbs of one."""
    after = text[mark.end() : mark.end() + 160]
    word = mark["soft"].strip().lower()
    if word in ("but", "however", "although", "though", "yet", "which", "so", "then"):
        return True
    if deeds.starts_with_deed(after) or deeds.claims(after.split(",")[0]) == "deed":
        return len(text[begin : mark.start()].split()) >= 2
    return outcomes.goes_on_about(after)


def _clause(stretch: Stretch, begin: int, end: int, *, aside: bool) -> _Clause:
    """Return the clause; one in parentheses explains the deed before it and is none of its own."""
    text = stretch.text[begin:end]
    relative = begin > 0 and deeds.relative(text)
    claim = None if relative or (aside and begin > 2) else deeds.claims(text, stretch.text)
    if end == len(stretch.text) and stretch.text.endswith("?"):
        claim = "not"
    return _Clause(begin, end, text, claim)


def _group(clauses: list[_Clause]) -> list[list[_Clause]]:
    """Put each deed together with the clauses after it that are neither deeds nor denials of one."""
    groups: list[list[_Clause]] = []
    opened = False
    asking = False
    for clause in clauses:
        if opened and clause.claim == "deed" and (deeds.part_of_last(clause.text) or deeds.finds(clause.text)):
            groups[-1].append(clause)
        elif clause.claim == "deed" and not asking:
            groups.append([clause])
            opened = True
        elif clause.claim == "not":
            asking = not groups and deeds.CONDITION_OR_ADVICE.match(clause.text.strip()[:80].lower()) is not None
            if outcomes.states_result(clause.text) and opened and not deeds.looks_ahead(clause.text):
                groups[-1].append(clause)
            else:
                opened = False
        elif opened:
            groups[-1].append(clause)
    return groups


def _deed(stretch: Stretch, group: list[_Clause], index: int, role: str, following: Stretch | None) -> Deed:
    first, last = group[0], group[-1]
    check = deeds.checks_something(first.text)
    rest = stretch.text[first.end : last.end]
    outcome = outcomes.outcome_of(rest, check=check) if rest.strip() else "unknown"
    end = last.end
    if outcome == "unknown":
        outcome = outcomes.outcome_of(_after_verb(first.text), check=check)
    if outcome == "unknown" and check and (findings.shows(first.text) or _tells(rest)):
        outcome = "partial"
    if outcome in ("unknown", "no_change") and not _denies(rest) and _QUOTES_ERROR.search(first.text + rest):
        outcome = "failed"
    if not check and outcome in ("unknown", "no_change", "partial") and _STARTED.match(first.text) and _STOPPED.search(rest):
        outcome = "failed"
    if check and outcome == "failed" and statements.observes(first.text):
        outcome = "partial"
    if not check and outcome == "no_change" and outcomes.own_failure(first.text, rest):
        outcome = "failed"
    if check and outcome == "no_change" and outcomes.works_elsewhere(first.text + rest):
        outcome = "partial"
    stated = outcome != "unknown"
    if outcome == "unknown" and following is not None and following.kind == "sentence":
        outcome = _from_next(following, check)
    start = stretch.start + first.start
    actor = cast("Actor", deeds.actor_of(first.text, role))
    body = stretch.text[first.start : end].rstrip(" ,;:-–—(")
    if body.count("(") > body.count(")") and stretch.text[first.start + len(body) :][:1] == ")":
        body += ")"
    deed_end = min(start + len(first.text), start + len(body))
    return Deed(index, start, start + len(body), deed_end, outcome, actor, stated, check)


_QUOTES_ERROR = re.compile(
    r"^(?:\W*\w+ ){0,4}?(?:tried|attempted|trying|attempting)\b.{0,120}?(?:[-–,:]|\bgot|\bgets?|\bbut|\bsays)\s*(?:the |an? )?[\"“]", re.IGNORECASE
)
"""An attempt that got a message for an answer."""


_STARTED = re.compile(r"(?:\w+ ){0,3}?(?:started|restarted|booted|powered|launched)\b", re.IGNORECASE)
_STOPPED = re.compile(r"\b(?:stops?|stopped|dies|died|exits?|crash(?:es|ed)|goes down|went down|shuts? down)\b", re.IGNORECASE)


def _denies(rest: str) -> bool:
    return re.search(r"\b(?:same|no (?:change|luck|joy|difference))\b", rest) is not None


def _tells(rest: str) -> bool:
    """Whether what follows a check says something more than why or where it was done."""
    text = rest.strip(" ,;:-–—(>=.")
    return len(text.split(None, 2)) >= 2 and not _PURPOSE.match(text.lower()) and not outcomes.RAN.search(text.lower())


_PURPOSE = re.compile(
    r"(?:and |but |so )*(?!and |but |so )(?:to|in case|because|since|as|for|just|at|using|via|per|including|which|while|before|after|if|whether|rather|no\b|i |we |they |will|then|also|and|etc|e\.g|i\.e|both|again|twice|too|\w+ing\b)\b"
)


def _from_next(following: Stretch, check: bool) -> Outcome:
    text = following.text
    if text.endswith("?") or state.says_left(text) or deeds.claims(text) is not None:
        return "unknown"
    if not outcomes.goes_on_about(text) and len(text.split()) > 6:
        return "unknown"
    said = outcomes.outcome_of(text, check=check)
    return "no_change" if said == "failed" and not check and not outcomes.refused(text) else said


def _after_verb(clause: str) -> str:
    """Return a deed's clause without its verb, so that "fixed permissions" is not taken for success."""
    words = clause.split(None, 3)
    return " ".join(words[1:]) if len(words) > 1 else ""


def _inside_result(clause: str) -> bool:
    return deeds.NOUN.match(clause.strip()[:120].lower()) is not None and outcomes.states_result(_after_verb(clause))
