"""Cut a text into rows and parts of rows, and name what each looks like: pasted output, or what somebody wrote.

A part of a row is what stands in quotation marks or after a colon: a sentence may quote the wording of an error.
"""

# ruff: noqa: E501 - a table of names is easier to read in long rows

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from escalation.reading.features import Vector, band, sharing
from escalation.text.passages import Passage

_TOKEN = re.compile(r"[A-Za-z]+|\d+|[^\sA-Za-z\d]")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_PART = re.compile(r"[\"“`](?P<said>[^\"“”`\n]{12,600})[\"”`]|(?<=[a-z]):\s+(?=[A-Z0-9\[(“\"])")
_LITTLE = frozenset(["the", "a", "to", "is", "and", "of", "in", "that", "it", "with", "for", "on", "have", "was"])
_SPOKEN = frozenset(["i", "we", "you", "my", "our", "your", "please"])
_CLOCK = re.compile(r"\d\d:\d\d:\d\d")
_HEX = re.compile(r"0x[0-9a-f]")
_NET = re.compile(r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d")
_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}")
_TROUBLE = ("error", "exception", "fail", "warn", "denied", "unable", "cannot")
_STOPS = re.compile(r"[a-z][.!?]$")
_COLUMNS = re.compile(r"\S(?: {3,}|\t)")
_INDENTED = (" ", "\t")
_BACKSLASH = "\\"
_SEEN = 300
_SHAPE = 0.25


@dataclass(slots=True)
class Row:
    """A row or a part of one, `text[start:end]`, with its shapes."""

    start: int
    end: int
    text: str
    line: int
    part: str
    parts: int
    after_blank: bool
    fenced: bool
    ruled: bool
    """Whether the rules take it for pasted."""
    shapes: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)


def rows(passage: Passage) -> list[Row]:
    """Return the rows of a text that are not blank, in order."""
    text = passage.text
    pasted = [(s.start, s.end) for s in passage.stretches if s.kind == "pasted"]
    made: list[Row] = []
    at, blank, fenced, block = 0, False, False, 0
    for line in text.split("\n"):
        bare = line.strip()
        if bare.startswith("```"):
            fenced = not fenced
        cuts = list(_cut(line))
        for first, last, part in cuts:
            start, end = at + first, at + last
            while block < len(pasted) and pasted[block][1] <= start:
                block += 1
            inside = 0 if block == len(pasted) else min(end, pasted[block][1]) - max(start, pasted[block][0])
            row = Row(start, end, text[start:end], at, part, len(cuts), blank, fenced, 2 * inside > end - start)
            row.shapes, row.tokens = [*_shapes(row.text), f"rul{row.ruled:d}"], _TOKEN.findall(row.text[:_SEEN])[:60]
            row.words = ["0" if token.isdigit() else token.lower() for token in row.tokens]
            row.forms = [_form(token) for token in row.tokens]
            made.append(row)
            blank = False
        blank = not bare or (blank and not cuts)
        at += len(line) + 1
    return made


def _cut(line: str) -> Iterator[tuple[int, int, str]]:
    """Return the sentences of a line, and of each what stands apart in it."""
    begin = 0
    for stop in [*(m.span() for m in _SENTENCE.finditer(line)), (len(line), len(line))]:
        if line[begin : stop[0]].strip():
            yield from _parted(line, begin, stop[0])
        begin = stop[1]


def _parted(line: str, begin: int, end: int) -> Iterator[tuple[int, int, str]]:
    at = begin
    for found in _PART.finditer(line, begin, end):
        inner = found.span("said") if found["said"] is not None else (found.end(), found.end())
        if inner[0] < at:
            continue
        if line[at : inner[0]].strip():
            yield at, inner[0], "before"
        if inner[1] > inner[0]:
            yield inner[0], inner[1], "said"
        at = inner[1]
    if line[at:end].strip():
        yield at, end, "whole" if at == begin else "after"


def _shapes(whole: str) -> list[str]:
    text = whole[:_SEEN]
    low = text.lower()
    size, words = max(1, len(text)), low.split()
    bare = text.rstrip()
    letters = sum(map(str.isalpha, text))
    spaces = sum(map(str.isspace, text))
    digits = sum(map(str.isdigit, text))
    return [
        f"dig{band(digits / size, (0.001, 0.05, 0.15, 0.3))}", f"pun{band((size - letters - spaces - digits) / size, (0.01, 0.04, 0.08, 0.15, 0.25))}",
        f"up{band(sum(map(str.isupper, text)) / size, (0.01, 0.04, 0.1, 0.25))}", f"len{band(len(whole), (12, 25, 45, 80, 130, 220))}",
        f"nw{band(len(words), (2, 3, 5, 8, 13, 20))}", f"sent{_STOPS.search(bare) is not None:d}", f"stop{band(sum(map(_LITTLE.__contains__, words)) / max(1, len(words)), (0.01, 0.1, 0.2, 0.3, 0.4))}",
        f"ind{text[:1] in _INDENTED:d}", f"i{not _SPOKEN.isdisjoint(words):d}", f"bs{_BACKSLASH in text:d}", f"eq{'=' in text:d}", f"dbl{_COLUMNS.search(bare) is not None:d}",
        f"hex{'0x' in low and _HEX.search(low) is not None:d}", f"ts{':' in text and _CLOCK.search(text) is not None:d}", f"ip{'.' in text and _NET.search(text) is not None:d}", f"guid{'-' in low and _GUID.search(low) is not None:d}",
        f"exc{any(map(low.__contains__, _TROUBLE)):d}", f"col{bare.endswith(':'):d}", f"q{bare.endswith('?'):d}", f"low{text.lstrip()[:1].islower():d}",
        f"lt{band(max(map(len, words), default=0), (12, 18, 28, 45))}",
    ]  # fmt: skip


def _form(token: str) -> str:
    if token.isdigit():
        return "0" * min(3, len(token))
    if not token[0].isalpha():
        return token
    if token.isupper():
        return "X" * min(4, len(token))
    if token.islower():
        return "x"
    return "Xx" if token[1:].islower() else "xX"


def row_features(all_of: Sequence[Row], place: int, *, description: bool) -> Vector:
    """Return what speaks for and against the row being pasted output or the wording of an error."""
    row = all_of[place]
    words, forms = row.words, row.forms
    shapes = {
        *row.shapes, f"part={row.part}", f"n{min(4, row.parts)}", f"bl{row.after_blank:d}", f"fen{row.fenced:d}", f"d{description:d}",
        f"all{band(len(all_of), (2, 5, 10, 25, 60))}", f"f0:{' '.join(forms[:1])}", f"f1:{' '.join(forms[:2])}", f"f2:{' '.join(forms[:3])}", f"fl:{' '.join(forms[-1:])}",
        f"w0:{' '.join(words[:1])}", f"w01:{' '.join(words[:2])}",
    }  # fmt: skip
    made: Vector = [("", shapes, _SHAPE)]
    for side, distance in (("p", -1), ("n", 1), ("P", -2), ("N", 2)):
        there = place + distance
        if not 0 <= there < len(all_of):
            shapes.add(f"{side}none")
            continue
        other = all_of[there]
        made.append((side, other.shapes, _SHAPE))
        if abs(distance) == 1 and other.tokens:
            made.append((side, {f"w0:{other.tokens[0].lower()}", *(f"wl:{token.lower()}" for token in other.tokens[-3:])}, _SHAPE))
    long = {word for word in words if len(word) > 3}
    return [
        *made, *sharing("w:", set(words), 1.0), *sharing("b:", set(map(" ".join, pairwise(words))), 0.7),
        *sharing("z:", set(map(" ".join, zip(forms, forms[1:], forms[2:], strict=False))), 0.7),
        *sharing("", {f"e:{w[-3:]}" for w in long} | {f"a:{w[:3]}" for w in long}, 0.5),
    ]  # fmt: skip
