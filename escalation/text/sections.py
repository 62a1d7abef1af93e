"""Tell what stands under a heading that says it was not done, or is only planned or proposed.

A list of deeds in the past tense under *Steps not completed* was not done; what a product, a vendor or a note taker proposes was not
either. A row that tells its own result was done, whatever it stands under.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from escalation.text.places import Row
from escalation.wording import deeds
from escalation.wording.told import tells_its_result

_THINGS = r"(?:(?:the |these |following |troubleshooting |diagnostic |other |further |our |my )*(?:steps?|items?|things?|tasks?|actions?|checks?|tests?|work|fix(?:es)?|solutions?|remedies))"
_NOT = (
    rf"(?:{_THINGS} )?(?:that (?:were |are )?|we |i )?(?:have |has |were |was |are )?(?:not|n['’]t|haven['’]?t|hasn['’]?t|weren['’]?t|didn['’]?t) (?:yet )?(?:been )?(?:do|done|try|tried|complete|completed|perform|performed|attempt|attempted|start|started|test|tested|checked|carried out)(?: yet| so far)?"
    rf"|(?:{_THINGS} )?(?:still )?(?:to[- ](?:do|try)|todo|to be done|left to (?:do|try)|outstanding|remaining|pending|skipped|incomplete|open|undone)(?: {_THINGS})?(?: yet)?"
    rf"|what (?:we|i) (?:did not|didn['’]?t|have not|haven['’]?t) (?:do|try|done|tried|test|tested)(?: yet)?|untested|untried"
)
_WHO = r"(?:copilot|chatgpt|chat gpt|gpt(?:-\w+)?|openai|claude|gemini|(?:the )?ai(?: assistant| bot| agent)?|(?:the )?(?:bot|assistant|vendor|supplier|isp|manufacturer)|(?:microsoft|dell|hp|vendor|\w+) support|ms support|microsoft|(?:the )?kb(?: article)?|(?:the )?(?:knowledge base|documentation|article))"
_PLAN = (
    rf"(?:proposed |recommended |suggested |possible |the )?(?:next|follow[- ]?up|further|future) (?:{_THINGS}|up)(?: \(?(?:for|by) .{{1,40}})?|next|action items?|action plan|follow[- ]?ups?|(?:the )?plan(?: of (?:action|attack))?(?: for \w+)?|things to (?:try|check)|(?:{_THINGS} )?to (?:try|check|test)(?: next)?"
    rf"|(?:ai[- ])?(?:planned|recommended|suggested|proposed|possible|potential|advised) (?:(?:next|resolution|ai|troubleshooting) )?(?:{_THINGS}|resolutions?|causes?|approach|responses?|repl(?:y|ies))(?: (?:by|from|for) .{{1,40}})?|(?:ai[- ])?(?:recommendations?|suggestions?|advice)(?: (?:by|from|for|to) .{{1,40}})?"
    rf"|{_WHO} (?:says|said|suggests|suggested|recommends|recommended|proposes|proposed|advises|advised|answers?|answered|response|reply|suggestions?|output)|(?:suggested|suggestions?|recommended|proposed|advice|answer|response|generated|according) (?:by|from|to) {_WHO}|per {_WHO}"
    r"|please (?:try|do|perform|follow)(?: the following| these| this)?(?: steps)?(?: .{1,30})?|(?:you|they|we|user|customer) (?:should|could|can|may|might|need to|needs to|will)(?: now| also| then)?(?: try| do| check)?(?: the following| these)?(?: steps)?"
)
_SAYS = re.compile(r"(?:copilot|chatgpt|chat gpt|gpt(?:-\w+)?|claude|gemini|grok|perplexity|(?:the )?(?:ai|assistant|bot))(?: (?:says|said|response|reply|answer))?", re.IGNORECASE)
_ASKS = re.compile(r"(?:you|i|me|user|prompt)(?: (?:say|says|said|asked|wrote))?", re.IGNORECASE)
"""Who speaks in a copied talk with an assistant, alone on a line: all is the assistant's up to the next who asks it."""
_OF_PROGRAMS = r"(?:assisted|automat(?:ed|ic)|auto) (?:remediations?|responses?|mitigations?|actions?(?: taken)?)|(?:response|mitigation|containment) actions(?: taken)?|actions (?:taken|performed) by (?:the )?(?:soc|agent|sensor|edr|mdr|policy|system|automation|[\w ]{1,20} (?:soc|agent|sensor|edr|mdr))"
_BEFORE = re.compile(rf"\W{{0,6}}(?:{_NOT})\s?(?::|\s[-–—])\s+(?=\w)", re.IGNORECASE)
_HEADING = re.compile(rf"(?:(?P<not>{_NOT})|(?P<ran>{_OF_PROGRAMS})|(?P<plan>{_PLAN}))", re.IGNORECASE)
_MARKS = " \t#*_=-–—>•.:|[]()0123456789"
_BULLET = re.compile(r"\s{0,9}(?:>\s?)?(?:[-*•+–·]\s|\(?\d{1,3}[.)]\s|\[.?\]|[☐☑✅❌])")
_LEAD = re.compile(r"^[\s>#*+•–·(-]*(?:\d{1,3}[.)]\s)?[*_]{0,2}")
_IF = re.compile(r"\b(?:if|unless|until|in case|should|once|when)\b", re.IGNORECASE)
_SET_APART = re.compile(r"\s{0,9}(?:#{1,6}\s|\*\*[^*\n]{1,80}\*\*:?\s{0,3}$|__[^_\n]{1,80}__:?\s{0,3}$|[-=*]{3,}\s?\w)|.{1,90}:\**\s{0,3}$")
"""How a heading looks: marked as one, or with a colon at its end."""


Kind = Literal["not", "plan", "ran"]
"""Not done, only planned or proposed, or done by a program."""
Section = tuple[int, int, Kind]


def sections(rows: Sequence[Row]) -> Iterator[Section]:
    """Return where each row stands that a heading above it says was not done, is only planned, or was done by a program."""
    at = 0
    while at < len(rows):
        if (stop := _said_by_assistant(rows, at)) > at:
            yield from ((row.start, row.end, "plan") for row in rows[at:stop] if not row.blank)
            at = stop
            continue
        kind = _announces(rows, at)
        if kind is None and says_undone(rows[at].text):
            yield (rows[at].start, rows[at].end, "plan")
        at += 1
        if kind is None:
            continue
        while at < len(rows) and rows[at].blank:
            at += 1
        listed = at < len(rows) and _BULLET.match(rows[at].text) is not None
        while at < len(rows) and not _ends(rows, at, listed=listed):
            row = rows[at]
            if not (row.blank or _told(row.text[:300])):
                yield (row.start, row.end, kind)
            at += 1


def _said_by_assistant(rows: Sequence[Row], at: int) -> int:
    """Return where what an assistant said ends, whose name stands alone on this row above its words; `at` if none does.

    That is where somebody asks it again; after its last words, the first paragraph that is no list and no heading.
    """
    said = _SAYS.fullmatch(rows[at].text.strip(_MARKS)) if len(rows[at].text) < 40 and rows[at].text.rstrip("* ").endswith(":") else None
    if said is None or at + 1 == len(rows):
        return at
    asks = (i for i in range(at + 1, len(rows)) if len(rows[i].text) < 30 and _ASKS.fullmatch(rows[i].text.strip(_MARKS)))
    if (stop := next(asks, None)) is not None:
        return stop + 1
    begin = next((i for i in range(at + 1, len(rows)) if not rows[i].blank), len(rows))
    for stop in range(begin, len(rows)):
        if rows[stop].blank and not _goes_on(rows, stop, begin):
            return stop
    return len(rows)


def _goes_on(rows: Sequence[Row], blank: int, begin: int) -> bool:
    """Whether below a blank row a list goes on or begins that the words above it lead to, or a heading stands."""
    below = next((row for row in rows[blank:] if not row.blank), None)
    leads = rows[blank - 1].text.rstrip("* ").endswith(":")
    listed = any(_BULLET.match(row.text) for row in rows[begin:blank])
    return below is not None and (below.text.lstrip()[:2] in ("**", "##", "# ") or (_BULLET.match(below.text) is not None and (leads or listed)))


def says_undone(text: str) -> bool:
    """Whether a sentence or row says before a colon that what follows was not done: "Not tried: another cable"."""
    said = _BEFORE.match(text[:120])
    return said is not None and not _told(text[said.end() : said.end() + 300])


def _told(text: str) -> bool:
    """Whether a row tells that it was done after all, and what came of it."""
    said = _LEAD.sub("", text, count=1)
    return deeds.starts_with_deed(said) and tells_its_result(said) and not _IF.search(said)


def _announces(rows: Sequence[Row], at: int) -> Kind | None:
    text = rows[at].text
    if rows[at].blank or len(text) > 100:
        return None
    said = _HEADING.fullmatch(text.strip(_MARKS))
    if said is None:
        return None
    below = next((row for row in rows[at + 1 : at + 3] if not row.blank), None)
    if below is None or not (_SET_APART.match(text) or (_BULLET.match(below.text) and not _BULLET.match(text))):
        return None
    return "not" if said["not"] else "ran" if said["ran"] else "plan"


def _ends(rows: Sequence[Row], at: int, *, listed: bool) -> bool:
    row = rows[at]
    if row.blank:
        after = next((below for below in rows[at : at + 4] if not below.blank), None)
        return after is None or not (listed and _BULLET.match(after.text))
    bullet = _BULLET.match(row.text) is not None
    return (_SET_APART.match(row.text) is not None and not bullet) or (listed and not bullet and row.text[:1] not in " \t")
