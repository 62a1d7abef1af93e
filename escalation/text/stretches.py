"""Cut a text into stretches with exact offsets: sentences, list items, pasted blocks, quoted mail, signatures.

Every character of a stretch stands in the text at `start:end`; nothing is rewritten. Linear in the text.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from escalation.text.chats import Turn, turns
from escalation.text.forms import Forms, forms
from escalation.text.lines import rows_again, rows_of
from escalation.text.mail import Cut, cuts
from escalation.text.places import Row, overlapping
from escalation.wording import deeds, outcomes, pasted
from escalation.wording.told import tells_its_result

Kind = Literal["sentence", "item", "heading", "pasted", "quoted", "signature", "boilerplate", "undone"]

OTHERS = frozenset(("quoted", "signature", "boilerplate", "undone"))
"""Kinds of what is not the writer's own, or was not done."""

LONGEST = 600
"""Characters after which a run of text without a full stop is cut at a space, so that patterns stay cheap."""

_ITEM = re.compile(
    r"\s*(?:(?:[-*•–+·>~✓✗✔✘]{1,2}|\(?\d{1,3}[.):]|[a-z][.)]|step \d{1,2}[.:)-]|#\d{1,2}[.:)]?|->|=>|\[?\d{1,2}[:.h]\d\d(?:\s?[ap]m)?\]?(?:\s?[-–:])?|(?!20[0-3]\d|19\d\d)(?:[01]\d|2[0-3])[0-5]\d)\s+(?=\S)"
    r"|-(?-i:(?=[A-Z][a-z]))|(?:[0-9#*]\u20e3|[\u25a0-\u25a8\u25aa\u25ab\u25b6-\u25ba\u25c6\u25c7\u25cb\u25cf\u2605\u2606\u2794\u27a1\u27a4\u2b50\U0001f338\U0001f449\U0001f4a1\U0001f4cc\U0001f4cd\U0001f527\U0001f534-\U0001f53b\U0001f6e0\U0001f7e0-\U0001f7eb]){1,2}\s{0,3}(?=\S))",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\d\d?[:.h]\d\d|\b\d{4}\b")
"""A row of a log that somebody keeps by hand: several sentences, several deeds."""
_QUOTED = re.compile(r"\s*>")
_END = re.compile(r"(?:(?!(?<=[\"“])[.!?]+[\"”])[.!?]+(?:\)(?!\s+[a-z])|[\"'”])?|;)(?=\s|$)|(?<=[a-z]{3})(?!\.(?:Config|Json|Xml|Net|Dll|Exe|Msi)\s)(?:(?<!\bMicrosoft)(?<!\bSystem)(?<!\bWindows)(?<!\bExchange)(?<!\bGoogle)(?<!\bCitrix)(?<!\bDell)|(?=\.(?:The|This|That|Then|There|It|Its|It's|He|She|They|We|You|No|Not|Still|Now|So|But|And|After|Before|When|If|In|On|At|User|Same|Error|All|Also|Any|Please|[A-Z][a-z]+(?:ed|ing))\s))\.(?=[A-Z][a-z']*\s)")  # fmt: skip
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|approx|incl|mr|mrs|ms|dr|st|ca|resp|max|min|temp|ext)|\b[a-z])\.$", re.I)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a text: `text == source[start:end]`."""

    start: int
    end: int
    kind: Kind
    text: str
    ticked: bool = False
    """Whether a form says that it was done, so that it needs no result to be a step."""
    answered: bool = False
    """Whether it is a question whether something was done, with the answer that it was."""
    planned: bool = False
    """Whether a heading above says that it is only planned or proposed, so that it is no step."""


def small(text: str) -> str:
    """Return the text in lower case, unless that would move its offsets, as it does for a few letters."""
    low = text.lower()
    return low if len(low) == len(text) else text


def stretches(text: str, chat: Sequence[Turn] | None = None) -> list[Stretch]:
    """Return the text's stretches in order. Blank space between them belongs to none.

    What is not the writer's own, and what a form says was not done, is taken out first and stands in between, whole. `chat` is
    who says what in one that was copied, by those whom the ticket knows; without it nobody is known.
    """
    rows = list(rows_of(text))
    chat = [turn for turn in (turns(rows) if chat is None else chat) if turn.copied]
    form = forms(rows, chat)
    own = overlapping((*form.answered, *form.undone.items()))
    foreign = [c for c in cuts(rows, chat) if not own(c.start, c.start + 1)]
    gone = [*((c.start, c.end) for c in foreign), *form.masked, *form.undone.items()]
    inner = blanked(text, gone) if gone else text
    found = _told_in(inner, rows_again(inner, text, rows) if gone else rows, form, text)
    if form.planned:
        planned = overlapping(form.planned.items())
        found = [replace(s, planned=planned(s.start, s.start + 1)) for s in found]
    cut = overlapping((c.start, c.end) for c in foreign)
    undone = [(a, b) for a, b in form.undone.items() if not cut(a, b)]
    others = [*_whole(text, foreign), *(s for a, b in undone for s in _trimmed(text, a, b, "undone"))]
    whole = found if inner is text else [replace(s, text=text[s.start : s.end]) for s in found]
    return sorted([*whole, *others], key=lambda s: s.start) if others else whole


def blanked(text: str, gone: Iterable[tuple[int, int]]) -> str:
    """Return the text with blanks where something is taken out; offsets stay."""
    made, at = [], 0
    for start, end in sorted(gone):
        if end > at:
            made += [text[at : max(at, start)], " " * (end - max(at, start))]
            at = end
    return "".join([*made, text[at:]])


def _whole(text: str, foreign: list[Cut]) -> Iterator[Stretch]:
    """Return rows of the same kind that follow each other as one stretch."""
    at = 0
    while at < len(foreign):
        stop = at + 1
        while stop < len(foreign) and foreign[stop].kind == foreign[at].kind and text[foreign[stop - 1].end : foreign[stop].start].isspace():
            stop += 1
        yield from _trimmed(text, foreign[at].start, foreign[stop - 1].end, foreign[at].kind)
        at = stop


def _told_in(text: str, lines: list[Row], form: Forms, given: str) -> list[Stretch]:
    """Return the stretches of what is left; `given` is the text before anything was taken out of it."""
    kinds = _kinds(lines, form)
    found: list[Stretch] = []
    widths = [len(line.text.rstrip()) for line in lines]
    width = max(widths, default=0)
    long = sum(w >= 0.85 * width for w in widths)
    folded = long >= max(3, 0.6 * len([w for w in widths if w]))
    ending = next((line.text.rstrip()[-1:] for line in reversed(lines) if not line.blank), "")
    alone = long < 2 and ending not in (".", "!", "?")
    at = 0
    while at < len(lines):
        kind = kinds[at]
        stop = at + 1
        if kind in ("pasted", "quoted", "signature"):
            while stop < len(lines) and kinds[stop] == kind:
                stop += 1
            first, last = _unfenced(lines, at, stop) if kind == "pasted" else (at, stop)
            if first < last:
                found += _trimmed(text, lines[first].start, lines[last - 1].end, kind)
        elif kind == "item":
            while stop < len(lines) and kinds[stop] == "sentence" and given[lines[stop].start : lines[stop].start + 2].startswith(("  ", "\t")):
                stop += 1
            mark = _ITEM.match(lines[at].text)
            begin = lines[at].start + (mark.end() if mark else 0)
            timed = mark is not None and _CLOCK.search(mark.group()) is not None
            if lines[at].start in form.ticked:
                answer = any(a == lines[at].start for a, _ in form.answered)
                found += [replace(s, ticked=True, answered=answer) for s in _trimmed(text, begin, lines[stop - 1].end, "item")]
            else:
                found += (_sentences if timed else _item)(text, begin, lines[stop - 1].end)
        elif kind == "sentence":
            while (
                stop < len(lines)
                and kinds[stop] == "sentence"
                and (given[(begun := lines[stop].start) : begun + 1].isspace() or not text[begun : begun + 1].isspace())  # a name, a time or a field was taken out there
                and _wraps(lines[stop - 1].text, lines[stop].text, width, folded=folded, alone=alone)
            ):
                stop += 1
            found += _told(text, lines[at], lines[stop - 1].end)
        elif not lines[at].blank:
            found += _trimmed(text, lines[at].start, lines[at].end, kind)
        at = stop
    return found


def _told(text: str, line: Row, end: int) -> Iterator[Stretch]:
    """Return the sentences of a paragraph; of one that begins "the error is:", what it announces is pasted."""
    named = pasted.announced(line.text[:LONGEST]) if end == line.end else None
    if named is None:
        yield from _sentences(text, line.start, end)
        return
    begin, stop = line.start + named[0], line.start + named[1]
    yield from _trimmed(text, line.start, begin, "heading")
    yield from _trimmed(text, begin, stop, "pasted")
    if any(c.isalnum() for c in text[stop:end]):
        after = stop + len(text[stop:end]) - len(text[stop:end].lstrip(" \"'”’.,;)"))
        yield from _sentences(text, after, end)


def _unfenced(lines: list[Row], first: int, stop: int) -> tuple[int, int]:
    """Return the rows of a pasted block without the fences around it."""
    while first < stop and _FENCE.fullmatch(lines[first].text.strip()):
        first += 1
    while stop > first and _FENCE.fullmatch(lines[stop - 1].text.strip()):
        stop -= 1
    return first, stop


_FENCE = re.compile(r"`{3,9}|\{(?:code|noformat)(?::[^}\n]{0,60})?\}|\[/?code\b[^\]\n]{0,40}\]", re.IGNORECASE)
"""What stands on a line of its own above and below code, in Markdown and in the markup of ticket systems."""
_PARTING = re.compile(r"\s{0,9}[-=*_]{3,}\s{0,3}((?:[^-=*_\s]{1,20}\s){0,4}[^-=*_\s]{1,20})\s{0,3}[-=*_]{3,}\s{0,9}$")
"""A line that only parts what is above from what is below, with a few words in it."""


def _kinds(lines: list[Row], form: Forms) -> list[Kind]:
    kinds: list[Kind] = []
    fenced = listed = False
    lists = _lists(lines)
    for index, line in enumerate(lines):
        if ("```" in line.text and line.text.strip().startswith("```")) or (line.text.lstrip()[:1] in ("{", "[") and _FENCE.fullmatch(line.text.strip())):
            fenced = not fenced
            kinds.append("pasted")
        elif fenced or (line.start in form.reported and not line.blank):
            kinds.append("pasted")
        elif line.start in form.items:
            kinds.append("item")
        elif ">" in line.text and _QUOTED.match(line.text) and not pasted.surely(line.text):
            listed = index > 0 and not lines[index - 1].blank and (kinds[-1] in ("sentence", "heading") or listed)
            kinds.append("item" if listed and index in lists else "quoted")
        elif not line.blank and (pasted.surely(line.text) or pasted.message(line.text)):
            kinds.append("sentence" if pasted.announced(line.text[:LONGEST]) else "pasted")
        else:
            kinds.append(_prose_kind(line, lines[index + 1] if index + 1 < len(lines) else None))
    _spread(lines, kinds)
    for index, line in enumerate(lines):
        if line.start in form.items:
            kinds[index] = "item"
        elif line.start in form.spoken and kinds[index] == "pasted":
            kinds[index] = "sentence"
    return kinds


def _lists(lines: list[Row]) -> set[int]:
    """Return the rows that begin with ">" of lists: three rows and more right below the writer's own words."""
    found: set[int] = set()
    at = 0
    while at < len(lines):
        stop = at
        while stop < len(lines) and _QUOTED.match(lines[stop].text):
            stop += 1
        if stop - at >= 3 and at and not lines[at - 1].blank:
            found.update(range(at, stop))
        at = max(stop, at + 1)
    return found


def _prose_kind(line: Row, following: Row | None) -> Kind:
    if _ITEM.match(line.text[:40]):
        return "item"
    stripped = line.text.rstrip()
    if stripped.endswith(":") and len(stripped) < 120 and "." not in stripped[:-1]:
        return "heading"
    if stripped.startswith("#") and len(stripped) < 120 and following is not None:
        return "heading"
    if (parting := _PARTING.match(stripped)) and not deeds.starts_with_deed(parting[1]):
        return "heading"
    return "sentence"


def _spread(lines: list[Row], kinds: list[Kind]) -> None:
    """Let pasted blocks take in what joins them: output below a command, fields, columns, single blank lines between."""
    prompt, fields = False, 0
    for index in range(1, len(lines)):
        above, text = lines[index - 1], lines[index].text
        if lines[index].blank or kinds[index - 1] != "pasted" or above.text.startswith("*****"):
            prompt, fields = False, 0
            continue
        prompt = prompt or pasted.PROMPT.match(above.text[:200]) is not None
        fields += pasted.is_field(above.text)
        if kinds[index] in ("sentence", "heading"):
            of_command = prompt and pasted.follows_prompt(text)
            if not (deeds.begins_with_deed(text) and (outcomes.states_result(text[:300]) or tells_its_result(text))) and (of_command or (fields >= 3 and pasted.follows_field(text)) or pasted.joins(text)):
                kinds[index] = "pasted"
    for index in range(len(lines) - 2, -1, -1):
        beside = kinds[index] in ("sentence", "heading") and kinds[index + 1] == "pasted"
        named = lines[index].text.rstrip().endswith(":") and not lines[index].text[:1].isspace()
        if beside and not named and not lines[index].blank and pasted.joins(lines[index].text):
            kinds[index] = "pasted"
    _fielded(lines, kinds)
    _led(lines, kinds)
    _indented(lines, kinds)
    _between(lines, kinds)
    for index in range(1, len(lines) - 1):
        if lines[index].blank and kinds[index - 1] == "pasted":
            if kinds[index + 1] == "sentence" and pasted.goes_on(lines[index - 1].text, lines[index + 1].text):
                kinds[index + 1] = "pasted"
            if kinds[index + 1] == "pasted":
                kinds[index] = "pasted"


def _between(lines: list[Row], kinds: list[Kind]) -> None:
    """Take one or two lines between rows of output for output, unless somebody says something there."""
    for size in (1, 2):
        for index in range(1, len(lines) - size):
            inner = range(index, index + size)
            if (
                kinds[index - 1] == kinds[index + size] == "pasted"
                and all(kinds[i] in ("sentence", "heading", "item") and not lines[i].blank for i in inner)
                and all(pasted.between(lines[i].text) for i in inner)
            ):
                kinds[index : index + size] = ["pasted"] * size


def _fielded(lines: list[Row], kinds: list[Kind]) -> None:
    """Take a run of rows "Name: value" for pasted when a program wrote it."""
    at = 0
    while at < len(lines):
        stop = at
        while stop < len(lines) and kinds[stop] in ("sentence", "pasted") and ":" in lines[stop].text:
            stop += 1
        if stop - at >= 3 and pasted.labelled([line.text for line in lines[at:stop]]):
            kinds[at:stop] = ["pasted"] * (stop - at)
        at = max(stop, at + 1)


def _led(lines: list[Row], kinds: list[Kind]) -> None:
    """Take the paragraph right below "it fails with:" for pasted when it reads as the wording of an error."""
    for index in range(len(lines) - 1):
        if kinds[index] not in ("heading", "sentence", "item") or not lines[index].text.rstrip().endswith(":"):
            continue
        at = index + 1
        if kinds[at] not in ("sentence", "heading") or not pasted.leads_to(lines[index].text, lines[at].text):
            continue
        while at < len(lines) and not lines[at].blank and kinds[at] in ("sentence", "heading"):
            if at > index + 1 and not pasted.joins_message(lines[at].text):
                break
            kinds[at] = "pasted"
            at += 1


def _indented(lines: list[Row], kinds: list[Kind]) -> None:
    """Take three and more rows that are set in by four columns for pasted, unless they read as prose."""
    at = 0
    while at < len(lines):
        stop = at
        while stop < len(lines) and (lines[stop].text.startswith(("    ", "\t")) and not lines[stop].blank):
            stop += 1
        if stop - at >= 3 and kinds[at] != "quoted":
            joining = sum(kinds[i] == "pasted" or pasted.joins(lines[i].text) for i in range(at, stop))
            if 2 * joining >= stop - at:
                kinds[at:stop] = ["pasted"] * (stop - at)
        at = max(stop, at + 1)


_GOES_ON = re.compile(r"(?:,|\b(?:the|a|an|to|of|and|or|on|in|with|for|from|at|is|was|not|no|by|until|then|that|which|but|because|as|his|her|our|their|my|its|it|be|has|have|had|will|if))$", re.IGNORECASE)
_BEGINS_NOTE = re.compile(
    r"(?:also |then |now )?(?:(?:re-?|un)?[a-z]{3,12}ed|ran|found|set|did|made|sent|took|put|went|new|same|no|still)\b|[a-z]+ ?(?:/|->|=)|\S{1,20}:\s|\d{4}\s+[A-Za-z]|\d{1,2}[:.]\d\d(?:\s?[-–:]|\s+[A-Za-z])"
)
"""How a line of its own begins in terse notes."""
_TYPED = re.compile(r"\b(?:typed|entered|executed|typed in|ran|running|ran the|the command|using|tried running)$", re.IGNORECASE)
"""What ends a line whose object stands on the next."""


def _wraps(above: str, below: str, width: int, *, folded: bool, alone: bool) -> bool:
    """Whether a line break is only a mail program's: the next word would not have fitted, or the sentence goes on.

    `width` is the longest line's, `folded` whether several lines are about as long, as folded text has them, `alone` whether
    the longest is the only one and the text ends without a full stop: who writes so means two facts.
    """
    end, start = above.rstrip(), below.lstrip()
    if not start or end[-1:] in ".!?:":
        return False
    if _TYPED.search(end[-16:]):
        return True
    if len(end) < 60:
        return False
    if _GOES_ON.search(end[-12:]):
        return True
    fits = len(end) + 1 + len(start.split(None, 1)[0]) <= width
    if width > 140 or fits:
        return False
    if start[0].islower() or start[0] in "(\"'" or start[0].isdigit():
        return not alone and not _BEGINS_NOTE.match(start[:40])
    return folded and len(end) >= 75


def _trimmed(text: str, start: int, end: int, kind: Kind) -> Iterator[Stretch]:
    piece = text[start:end]
    body = piece.strip() if kind != "pasted" else piece.rstrip().lstrip("\r\n")
    if body.strip():
        begin = start + piece.find(body)
        yield Stretch(begin, begin + len(body), kind, body)


def _item(text: str, start: int, end: int) -> Iterator[Stretch]:
    if end - start <= LONGEST:
        yield from _trimmed(text, start, end, "item")
    else:
        yield from _sentences(text, start, end)


def _sentences(text: str, start: int, end: int) -> Iterator[Stretch]:
    begin = start
    for stop in _ends(text, start, end):
        while stop - begin > LONGEST:
            space = text.rfind(" ", begin + 1, begin + LONGEST)
            cut = space if space > begin else begin + LONGEST
            yield from _trimmed(text, begin, cut, "sentence")
            begin = cut
        yield from _trimmed(text, begin, stop, "sentence")
        begin = stop


_SAID = re.compile(r"\"[^\"\n]{1,300}\"(?=[\s,.;:!?)]|$)|“[^“”\n]{1,300}”")


def _ends(text: str, start: int, end: int) -> Iterator[int]:
    """Return where sentences end; a full stop inside a quotation that goes on ends none."""
    said = [quote.span() for quote in _SAID.finditer(text, start, end)] if _QUOTE_MARK.search(text, start, end) else []
    for mark in _END.finditer(text, start, end):
        if text[mark.start()] == "." and _ABBREVIATION.search(
            text, max(start, mark.start() - 12), mark.start() + 1
        ):
            continue
        if _NUMBER_SIGN.search(text, max(start, mark.start() - 4), mark.start() + 1) and text[mark.end() : mark.end() + 2].strip().isdigit():
            continue
        while said and said[0][1] <= mark.start():
            said.pop(0)
        if said and said[0][0] < mark.start() and mark.end() < said[0][1]:
            continue
        yield mark.end()
    yield end


_NUMBER_SIGN = re.compile(r"\b(?:no|nr)\.$", re.IGNORECASE)
_QUOTE_MARK = re.compile(r"[\"“]")
