"""A text as it is read, and the way back to where each character stands in the text as stored."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

_BEGINS = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Plain:
    """A text as it is read, and where each part of it stands in the text as stored."""

    text: str
    source: str
    pieces: tuple[tuple[int, int, int, bool], ...] = ()
    """Where a piece begins here, where it stands below (from, to), whether it is the same there; none if all is the same."""
    below: Plain | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the source of what stands here at `start:end`."""
        if self.pieces and start < end:
            first = self.pieces[bisect_right(self.pieces, start, key=_BEGINS) - 1]
            last = self.pieces[bisect_right(self.pieces, end - 1, key=_BEGINS) - 1]
            start = first[1] + (start - first[0] if first[3] else 0)
            end = last[1] + end - last[0] if last[3] else last[2]
        return self.below.span(start, end) if self.below else (start, end)

    def quote(self, start: int, end: int) -> str:
        """Return the literal slice of the source that reads as what stands here at `start:end`."""
        begin, stop = self.span(start, end)
        return self.source[begin:stop]


def overlapping(spans: Iterable[tuple[int, int]]) -> Callable[[int, int], bool]:
    """Return what says of a stretch whether it shares a character with one of the spans, which share none with each other."""
    apart = sorted(spans)
    ends = [end for _, end in apart]

    def overlaps(start: int, end: int) -> bool:
        place = bisect_right(ends, start)
        return place < len(apart) and apart[place][0] < end

    return overlaps


class Writing:
    """The plain text while it is written, with its pieces."""

    def __init__(self, text: str) -> None:
        self._text, self._length = text, 0
        self.parts: list[str] = []
        self.pieces: list[tuple[int, int, int, bool]] = []
        self.starts = True
        """Whether a line has just begun."""

    def put(self, piece: str, start: int, end: int, *, same: bool = False) -> None:
        if piece:
            self.pieces.append((self._length, start, end, same))
            self.parts.append(piece)
            self._length += len(piece)
            self.starts = piece == "\n" or (self.starts and piece.isspace())

    def line(self, start: int, end: int, *, blank: bool = False) -> None:
        if not self.starts:
            self.put("\n", start, end)
        if blank:
            self.put("\n", start, end)

    def keep(self, start: int, end: int, *, ruled: bool, quoted: int) -> None:
        """Take over what stands there; in HTML, blank space at the start of a line is none."""
        if ruled and self.starts:
            start += len(self._text[start:end]) - len(self._text[start:end].lstrip(" \t"))
        if start < end:
            if quoted and self.starts:
                self.put("> ", start, start)
            self.put(self._text[start:end], start, end, same=True)


class Row(NamedTuple):
    """A line and where it stands."""

    start: int
    end: int
    text: str
    blank: bool
