"""Cut a text into rows: at its line ends, and where a list lost them on its way and stands on one line."""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from escalation.text.places import Row
from escalation.wording import mail_words as words
from escalation.wording.deeds import starts_with_deed

_NUMBER = re.compile(r"(?:(?<=\s)|(?<=\s[(\[])|^)[(\[]?(?P<number>\d{1,2})[.)]\]?\s{1,3}(?=[\w\"'(])")
_SIGN = re.compile(r"(?:(?<=\s)|^)(?P<sign>[•●▪◦‣■☐☑☒✅❌✔✓✗✘]|\[[ xX]\])\s{0,3}(?=\w)(?!(?:yes|no|n/?a)\b)", re.IGNORECASE)
_DASH = re.compile(r"(?:(?<=\s)|^)(?P<sign>[-–*])\s{1,3}(?=\w)")
_TIME = re.compile(r"(?:(?<=\s)|^)(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:\s?[ap]m)?\s{1,3}(?:[-–:]\s{0,3})?(?=[A-Za-z])", re.IGNORECASE)
_GLUED = re.compile(r"(?<=[a-z\d]{2})(?=[A-Z][a-z]{3,}\s)")
_HEADING = r"(?![a-zß-ÿα-ωа-џ])(?i:{})\s?:\s"
_QUOTES = re.compile(
    rf"(?<=\s)(?i:-{{3,}}\s?(?:{words.MARKER})\s?-{{3,}}(?=\s))|(?<=\s)(?={_HEADING.format(words.FROM)}(?=[^\n]{{1,200}}?\s{_HEADING.format(words.SENT)})[^\n]{{1,500}}?\s{_HEADING.format(words.SUBJECT)})"
)
"""Where a mail that is quoted begins, in a text whose line ends were lost; who names two addresses in a sentence writes no subject, nor capitals."""
_CAPITALS = re.compile(r"[A-Z]")
_ENDS_NONE = frozenset(("when", "last", "is", "was", "has", "are", "be", "not", "auto", "pre", "since", "on", "to", "the", "by", "of", "and", "or"))
"""Words that end no sentence, but begin the name of a property, such as "whenChanged" or "isDeleted"."""
_FEWEST, _FEWEST_TIMES = 2, 3
_LONGEST = 4000


def rows_of(text: str) -> Iterator[Row]:
    """Return the rows of a text in order."""
    start = 0
    for raw in text.split("\n"):
        content = raw[:-1] if raw.endswith("\r") else raw
        begin = 0
        for cut in _cuts(content) if 20 < len(content) <= _LONGEST else ():
            yield Row(start + begin, start + cut, content[begin:cut], False)
            begin = cut
        rest = content[begin:]
        yield Row(start + begin, start + len(content), rest, not rest or rest.isspace())
        start += len(raw) + 1


def rows_again(inner: str, text: str, rows: Sequence[Row]) -> list[Row]:
    """Return the same rows of a text in which something was blanked; where a line end was, two are one."""
    made: list[Row] = []
    for row in rows:
        begin = row.start
        if made and "\n" in text[made[-1].end : begin] and "\n" not in inner[made[-1].end : begin]:
            begin = made.pop().start
        said = inner[begin : row.end]
        made.append(Row(begin, row.end, said, not said or said.isspace()))
    return made


def _cuts(row: str) -> list[int]:
    """Return where the items of a list begin that stands on one line, but for the first of them where the row begins with it."""
    found = _quoting(row) or _numbered(row) or _signed(row) or _timed(row) or _glued(row)
    return [cut for cut in found if row[:cut].strip()]


def _quoting(row: str) -> list[int]:
    found = next(_QUOTES.finditer(row), None) if ": " in row else None
    return [] if found is None else [found.start(), found.end()] if found.end() > found.start() else [found.start()]


def _glued(row: str) -> list[int]:
    """Return where a sentence begins right behind the one before; in "LevelPrivacyEnabled" and "whenChanged" none does."""
    found = [(glued.start(), row[: glued.start()].rpartition(" ")[2]) for glued in _GLUED.finditer(row)]
    return [cut for cut, word in found if starts_with_deed(row[cut : cut + 160]) and not (_CAPITALS.search(word) or word.strip("\"'(") in _ENDS_NONE)]


def _numbered(row: str) -> list[int]:
    marks, wanted = [], 1
    for mark in _NUMBER.finditer(row):
        if int(mark["number"]) == wanted:
            marks.append(mark)
            wanted += 1
    begins = bool(marks) and (not row[: marks[0].start()].strip() or row[: marks[0].start()].rstrip()[-1] in ":.-–")
    told = sum(starts_with_deed(row[mark.end() : mark.end() + 160]) for mark in marks)
    return [mark.start() for mark in marks] if begins and len(marks) >= _FEWEST and told else []


def _signed(row: str) -> list[int]:
    marks = list(_SIGN.finditer(row))
    if len(marks) >= _FEWEST:
        return [mark.start() for mark in marks]
    marks = list(_DASH.finditer(row))
    alike = len(marks) >= _FEWEST and len({mark["sign"] for mark in marks}) == 1
    return [mark.start() for mark in marks] if alike and sum(starts_with_deed(row[mark.end() : mark.end() + 160]) for mark in marks) >= _FEWEST else []


def _timed(row: str) -> list[int]:
    marks = list(_TIME.finditer(row))
    if len(marks) < _FEWEST_TIMES or row[: marks[0].start()].strip():
        return []
    at = [60 * int(mark["hour"]) + int(mark["minute"]) for mark in marks]
    told = sum(starts_with_deed(row[mark.end() : mark.end() + 160]) for mark in marks)
    return [mark.start() for mark in marks] if at == sorted(at) and told else []
