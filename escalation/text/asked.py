"""Tell what was asked and answered: a question whether something was done, and yes or no below it, beside it or in a box.

The question has the deed, the answer whether it was done and what came of it: neither tells it alone. In mail that is answered between
the lines the question is a quoted one, in a form it is the name of a field.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from escalation.text.places import Row
from escalation.wording import deeds

_MARK = r"[ \t]{0,9}(?:(?:>[ \t]?){1,6})?(?:\*{1,2}|__)?(?:(?:q(?:uestion)?\s?\d{0,2}|\d{1,2})\s?[.:)]\s|[-*•]\s)?(?:\*{1,2}|__)?"
_WHO = r"(?:you|u|ya|they|he|she|we|anyone|anybody|someone|the (?:user|customer|client|caller|technician|tech)|(?:the |your |this )?[\w-]{2,20}(?: [\w-]{2,20})?)"
_DONE = rf"(?:{deeds.PASSIVE}|{deeds.PAST_ANY})"
_ASKS = re.compile(
    rf"(?P<mark>{_MARK})(?P<asks>(?:and |also |so |ok[, ]+|first[, ]+){{0,2}}(?:(?:did|have|has|had)\s{_WHO}\s(?:(?:already|also|ever|yet|even|actually|since|just|been|previously|got|tried|try|able to|attempted to)\s){{0,3}}(?:to\s)?(?:{deeds.BASE}|{deeds._GERUND}|{_DONE}|try|trying)\b"
    rf"|(?:was|were|is|are|has|have)\s(?:the\s|your\s|this\s|it\b)?[\w -]{{0,40}}?\s?(?:been\s)?(?:already\s)?(?:{deeds.PASSIVE})\b)[^?\n]{{0,160}}\?)(?P<rest>.*)$",
    re.IGNORECASE,
)
_TRIED = re.compile(rf"{_MARK}(?:what (?:(?:troubleshooting |steps? )?(?:have|has|did) (?:you|the user|they|we)|was|has been|is)\b[^?:\n]{{0,40}}\b(?:tried|try|done|do|taken|attempted)\b[^?:\n]{{0,30}}|(?:steps? )?already tried|tried so far|steps? (?:already )?(?:tried|taken)(?: so far)?|troubleshooting (?:steps? )?(?:already )?(?:done|taken|tried|performed))\s?[?:]{{1,2}}\s{{0,3}}(?=\S)", re.IGNORECASE)
"""A field in which somebody writes what was tried."""
_SAID_UNDER = re.compile(
    r"\s{0,9}(?:(?:[A-Z][\w-]{1,20}|call|session|tech)\s){0,2}(?:comments?|notes?|remarks?|work (?:done|performed)|steps? (?:taken|performed)|fix (?:tried|attempted|applied)|(?:what )?(?:was |i |we )?(?:did|tried|attempted))\s?[:=]\s{1,3}(?=\S)",
    re.IGNORECASE,
)
"""The name of a field in which somebody tells what was done, among fields that programs write too."""
BESIDE = re.compile(r"\s{0,9}(?:results?|outcome|effect|finding)\s?[:=]\s{1,3}(?=\S)", re.IGNORECASE)
"""The name of a field beside it that tells what came of it."""
_ANSWER = r"(?:[ \t]{0,9}(?:a(?:nswer)?\s?\d{0,2}\s?[.:)]\s|[-–—:=>*]{1,2}[ \t]{1,3}|\[[a-z]{1,3}\]\s|\*{1,2}|\d{1,2}[.)]\s){0,2})"
_YES = re.compile(rf"(?P<lead>{_ANSWER})(?P<said>(?:yes|yep|yeah|yup|y|ja|oui|sí|si|done|already done|we did|i did|did (?:so|that)|tried (?:that|it)|sure|of course|correct|twice|several times|many times)\b.{{0,300}})", re.IGNORECASE)
_NO = re.compile(rf"(?P<lead>{_ANSWER})(?P<said>(?:no(?!\s(?:change|difference|luck|improvement|effect|errors?|one|longer|response|joy|success|issues?|problems?|more|better|idea|internet|signal|network|power)\b)|nope|n|nein|non|not (?:yet|sure|tried|done)|n/a|haven['’]?t|have not|didn['’]?t|did not|could(?:n['’]?t| not)|can(?:['’]?t|not)|unable|don['’]?t know|will (?:do|try)|unsure)\b.{{0,300}})", re.IGNORECASE)
_EACH = r"(?:both(?: of (?:them|these|those))?(?: questions?)?|all(?: (?:of )?(?:the )?(?:them|these|those|above|two|three|four|\d)(?: questions?)?)?|(?:the )?(?:two|three|four)(?: questions?)?|each(?: of them)?|everything)"
_CHOSEN = re.compile(r"(?:\((?:x|•|\*|✓|✔)\)|\[(?:x|✓|✔)\]|[☑☒◉●🔘✅])\s{0,3}(?P<said>yes|no|n/?a|not sure)\b", re.IGNORECASE)
_EXCEPT = r"except(?:ing)?|apart from|aside from|other than|save for"
_OPTIONS = re.compile(r"[(\[][x•*✓✔ ]?[)\]]|[☑☒☐◉○●🔘✅⬜]")


_ALL = re.compile(rf"(?P<lead>{_ANSWER})(?P<said>(?P<head>(?P<yes>(?:yes|yep|yeah|done|did)\b,? (?:to |on |for )?{_EACH}|(?:both|all(?: of (?:them|these|those|it|that))?|all (?:two|three|four|\d)) (?:done|yes|tried|were done|have been done)|{_EACH},? yes)|(?:no|nope|not yet)\b,? (?:to |on |for )?(?:{_EACH}|either|any(?: of (?:them|these|those|that))?)|neither(?: (?:of (?:them|these|those)|one|yet))?|none of (?:them|these|those|that|it))(?=\s{{0,3}}(?:[.,;:!)–-]|$)|\s(?:and|but|so|still|no|same|it|not|{_EXCEPT})\b)(?P<more>.{{0,300}}))", re.IGNORECASE)
"""One answer to all the questions above it."""
_BUT = re.compile(rf"\W{{0,4}}(?:(?P<sure>{_EXCEPT}|(?:but )?not(?: for)? (?:the|my|that|this|one)|but (?:for|one))\b|but (?:the|my|our|your|that|this) (?P<name>[\w-]{{1,30}})(?P<ends>(?: [\w-]{{1,30}}){{0,2}}\s{{0,3}}(?:[.,;:!()–-]|$))?)", re.IGNORECASE)
"""What the answer leaves out: "except the modem", "but the modem, it is locked away"; "but the light is still red" leaves out nothing."""
_NUMBER = re.compile(r"\b(?:(?P<two>both|n?either|two|2)|(?P<three>three|3)|(?P<four>four|4)|(?P<digit>\d))\b", re.IGNORECASE)
_FEWEST = 2
"""So many questions have one answer."""


class Answered(NamedTuple):
    """A question with its answer: where the row begins, where the question and the answer stand."""

    row: int
    asks: tuple[int, int]
    answer: tuple[int, int]
    done: bool


def answered(rows: Sequence[Row]) -> Iterator[Answered]:
    """Return the questions whether something was done that are answered by yes or no."""
    together: set[int] = set()
    looked = 0
    for at, row in enumerate(rows):
        if "?" not in row.text[:300]:
            continue
        if at in together:
            continue
        if at >= looked:
            looked, answers = _together(rows, at)
            if answers is not None:
                together.update(range(at, looked))
                yield from answers
                continue
        asks = _ASKS.match(row.text[:400])
        if asks is None:
            continue
        begin = row.start + asks.start("asks")
        end = row.start + asks.end("asks")
        told = row.text[asks.start("rest") :]
        if _OPTIONS.search(told[:400]):
            if chosen := _CHOSEN.search(told[:400]):
                start = row.start + asks.start("rest")
                yield Answered(row.start, (begin, end), (start + chosen.start("said"), start + chosen.end("said")), chosen["said"].lower() == "yes")
            continue
        place, said = (at, told) if told.strip(" \t:*_") else _below(rows, at)
        if place is None:
            continue
        start = rows[place].end - len(said)
        if (no := _NO.match(said)) is not None:
            begins = no.start("said")
            yield Answered(row.start, (begin, end), (start + begins, start + begins + _reach(said[begins:])), False)
        elif (yes := _YES.match(said)) is not None:
            yield Answered(row.start, (begin, end), (start + yes.start("said"), rows[place].end), True)


def _together(rows: Sequence[Row], at: int) -> tuple[int, list[Answered] | None]:
    """Return where the questions end the first of which is this one, and what the one answer below says of all of them; None if there is none.

    It says nothing of any where it leaves one out, or is for another number of questions: which ones it means is not told.
    The answer is quoted with the last question, since what came of it may stand there; the others are told by themselves.
    """
    asking: list[tuple[int, re.Match[str]]] = []
    place = at
    while place < len(rows):
        if not rows[place].blank:
            asks = _ASKS.match(rows[place].text[:400])
            if asks is None:
                break
            asking.append((place, asks))
        place += 1
    if not asking or place >= len(rows):
        return place, None
    said = _ALL.match(rows[place].text)
    ends = [rows[i].start + max(asks.end("asks"), rows[i].text.rstrip().rfind("?") + 1) for i, asks in asking]
    number = sum(len(_MARKS.findall(rows[i].text)) for i, _ in asking)
    if said is None or number < _FEWEST:
        return place, None
    if _told(said["head"]) not in (None, number) or _leaves_out(said["more"], " ".join(rows[i].text for i, _ in asking)):
        return place, []
    done = said["yes"] is not None
    start = rows[place].start + said.start("said")
    stop = rows[place].end if done else start + _reach(rows[place].text[said.start("said") :])
    return place, [
        Answered(rows[i].start, (rows[i].start + asks.start("asks"), end), (start, stop) if i == asking[-1][0] else (end, end), done)
        for (i, asks), end in zip(asking, ends, strict=True)
    ]


_MARKS = re.compile(r"\?+")


def _told(head: str) -> int | None:
    """Return how many questions an answer says it is for: two for "both"; None for "all"."""
    found = _NUMBER.search(head)
    return None if found is None else int(found["digit"]) if found["digit"] else {"two": 2, "three": 3, "four": 4}[str(found.lastgroup)]


def _leaves_out(more: str, asked: str) -> bool:
    """Whether what follows "all" is an exception: a name that ends there, or that the questions hold."""
    but = _BUT.match(more)
    return but is not None and bool(but["sure"] or but["ends"] or but["name"].lower() in asked.lower().replace("?", " ").split())


_SENTENCE = re.compile(r"[.!;](?=\s)")
_INSTEAD = re.compile(r"(?:[,;:]|\s[-–—])\s{1,3}(?:(?:but|so|i|we|then|and)\s){0,2}(?=[^\W\d_])", re.IGNORECASE)


def _reach(said: str) -> int:
    """Return how far a no reaches: to the end of its sentence, or to what was done instead."""
    stop = ended.end() if (ended := _SENTENCE.search(said)) else len(said)
    return next((part.start() + 1 for part in _INSTEAD.finditer(said, 0, min(stop, 400)) if deeds.starts_with_deed(said[part.end() : stop])), stop)


def _below(rows: Sequence[Row], at: int) -> tuple[int | None, str]:
    """Return the row below a question that may answer it: the next one with words, which asks or quotes nothing itself."""
    for place in range(at + 1, min(at + 3, len(rows))):
        text = rows[place].text
        if not rows[place].blank:
            quoted = text.lstrip()[:1] == ">"
            return (None, "") if quoted or text.rstrip().endswith("?") else (place, text)
    return None, ""


def asked_for(row: Row) -> int:
    """Return how long the name of a field is in which somebody wrote what was tried; 0 where the row is none."""
    found = _TRIED.match(row.text[:160]) or _SAID_UNDER.match(row.text[:80])
    return found.end() if found and deeds.begins_with_deed(row.text[found.end() :]) else 0
