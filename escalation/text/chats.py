"""Tell who speaks in a chat that was copied into a ticket: a name with a time before each message, or on a line of its own.

What a visitor says is theirs; of the others the words are read, without the name and the time before them.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from escalation.text.places import Row
from escalation.wording import mail_words as words

_CLOCK = r"\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\s?[ap]\.?m\.?)?"
_DAY = r"(?:(?:\d{1,4}[-./]\d{1,2}[-./]\d{2,4}|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|today|yesterday)(?:,|\sat)?\s)?"
_SINCE = r"\(\s?(?:\d{1,2}h\s)?(?:\d{1,2}m\s)?\d{1,2}s\s?\)"
"""How long the chat has gone on, as transcripts of web chats have it in place of a time."""
_NAME = r"[^\W\d_][\w .'’-]{1,40}?(?:,\s[^\W\d_][\w.'’-]{1,30})?"
_TURN = re.compile(
    rf"\s{{0,9}}(?:(?P<before>[\[(]?{_DAY}{_CLOCK}[\])]?|{_SINCE})\s{{0,3}}[-–|]?\s{{0,3}})?(?P<who>{_NAME})"
    rf"\s{{0,3}}(?P<after>[\[(]{_DAY}{_CLOCK}[\])])?\s{{0,3}}:\s+(?=\S)",
    re.IGNORECASE,
)
"""A message with its name and time before it."""
_HEAD = re.compile(
    rf"[\s=*–—-]{{0,9}}(?P<who>(?-i:[A-ZÀ-Þ])[\w.'’-]{{0,30}}(?:,?\s(?-i:[A-ZÀ-Þ\d])[\w.'’-]{{0,30}}){{0,3}})(?:\s\([^()\n]{{1,30}}\))?[,\s–-]{{1,5}}[\[(]?{_DAY}{_CLOCK}[\])]?[\s=*–—-]{{0,9}}$",
    re.IGNORECASE,
)
"""A name and a time alone on a line, above what was said."""
_LAST = frozenset("0123456789mM.])-=*")
_OF_PROGRAMS = re.compile(rf"[\[(](?!{_CLOCK}[\])])")
"""A day beside the time in brackets, as chat programs copy it."""
_BULLET = re.compile(r"^[-*•>](?=\s)")
_VISITOR = re.compile(rf"(?:{words.VISITOR})\b", re.IGNORECASE)


_ENTERED = r"(?:(?:internal|public|private|discussion|resolution|work|external)\s)?(?:note|comment|time entry|update|reply|work ?log)\s(?:was\s)?(?:added|entered|posted|created|left|written)\sby\s"
"""What an export of a ticket's history writes before the name."""
_STAMP = re.compile(
    rf"\s{{0,9}}[\[(]?(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{{0,6}}\s)?\d{{1,4}}[-./]\d{{1,2}}[-./]\d{{2,4}}[,/\s]{{1,3}}{_CLOCK}(?:\s?(?:-|–|to)\s?{_CLOCK})?(?:\s(?-i:(?!AM\b|PM\b)[A-Z]{{2,4}}(?:[+-]\d{{1,2}})?))?[\])]?\s?[-–|/]?\s?(?:{_ENTERED})?"
    rf"(?-i:[A-ZÀ-Þ])[\w.'’-]{{0,30}}(?:,?\s(?-i:[A-ZÀ-Þ])[\w.'’-]{{0,30}}){{0,3}}(?:\s\([^()\n]{{1,30}}\))?\s?[-–:]{{1,2}}\s{{1,3}}(?=\S)",
    re.IGNORECASE,
)


def stamped(text: str) -> int:
    """Return how long the day, the time and the name are that a ticket system writes before an entry; 0 where none stand there."""
    found = _STAMP.match(text[:160])
    return found.end() if found else 0


class Turn(NamedTuple):
    """What one of them says: from which row on, up to which, and where the words begin in the first."""

    row: int
    stop: int
    begin: int
    theirs: bool
    """Whether a visitor says it, as chat programs name them."""


def turns(rows: Sequence[Row]) -> list[Turn]:
    """Return the messages of a chat of two people at least, each with a time; none where it is no chat."""
    for said in (_timed_words(rows), on_lines(rows)):
        if len(said) >= 2 and len({who.lower() for _, _, who in said}) >= 2:
            return list(_parted(rows, said))
    return []


def _timed_words(rows: Sequence[Row]) -> list[tuple[int, int, str]]:
    if sum(":" in row.text[:60] for row in rows) < 2:
        return []
    found = [(i, turn) for i, row in enumerate(rows) if (turn := _TURN.match(row.text[:140])) and (turn["before"] or turn["after"])]
    if not any(_VISITOR.match(turn["who"]) or _OF_PROGRAMS.search(turn["before"] or turn["after"]) for _, turn in found):
        return []  # "10:02 Firewall: rebooted" is how people keep a log
    return [(i, turn.end(), turn["who"]) for i, turn in found]


def before_words(rows: Sequence[Row]) -> list[tuple[int, int, str]]:
    """Return the rows that begin with what may be a name and a colon, with or without a time: where the words begin, and the name."""
    found = ((i, _TURN.match(_BULLET.sub(" ", row.text[:140]))) for i, row in enumerate(rows) if ":" in row.text[:100])
    return [(i, turn.end(), turn["who"]) for i, turn in found if turn]


def on_lines(rows: Sequence[Row]) -> list[tuple[int, int, str]]:
    """Return the rows that are a name and a time alone, where they end, and the name."""
    short = ((i, row.text) for i, row in enumerate(rows) if 8 <= len(row.text) <= 120 and row.text.rstrip()[-1:] in _LAST)
    found = ((i, _HEAD.match(text)) for i, text in short)
    return [(i, len(rows[i].text), head["who"]) for i, head in found if head]


def _parted(rows: Sequence[Row], said: Sequence[tuple[int, int, str]]) -> Iterator[Turn]:
    for place, (row, begin, who) in enumerate(said):
        stop = said[place + 1][0] if place + 1 < len(said) else len(rows)
        first = row + (begin == len(rows[row].text))
        blank = next((i for i in range(first + 1, stop) if rows[i].blank), stop)
        yield Turn(row, blank, begin, _VISITOR.match(who) is not None)
