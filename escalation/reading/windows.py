"""Cut a ticket into the windows that the encoder reads: stretches with what stands before and after them, in word pieces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from escalation.reading.features import Look
from escalation.reading.pieces import Pieces
from escalation.text.passages import Passage

SIZE, BEFORE, AFTER = 288, 48, 80
"""Pieces in a window, and how many of them are only there so that the others are understood."""
TITLE, TEXT, TAIL = 24, 72, 16
"""Pieces that are read of the summary and of a stretch; of a longer stretch its end too."""
LETTERS = 700
UNKNOWN, START, END, STRETCH = "[UNK]", "[CLS]", "[SEP]", "[unused4]"
ROLES = {"tech": "[unused5]", "customer": "[unused6]"}
OTHER_ROLE = "[unused7]"
KINDS = {"sentence": "[unused8]", "item": "[unused9]", "heading": "[unused10]", "pasted": "[unused11]"}
MARKS = (UNKNOWN, START, END, STRETCH, *ROLES.values(), OTHER_ROLE, *KINDS.values())
"""Pieces that stand for no text: what begins and ends, who wrote it, what kind of stretch it is."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a ticket: the numbers of its pieces, where its stretches begin, and which these are."""

    pieces: tuple[int, ...]
    marks: tuple[int, ...]
    places: tuple[int, ...]


class Windows:
    """Cuts tickets for one vocabulary."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        """Take the numbers of all pieces. Raises `KeyError` if one of `MARKS` is none of them."""
        self._number = {mark: vocabulary[mark] for mark in MARKS}
        self._cut = Pieces(vocabulary, vocabulary[UNKNOWN])

    def of(self, title: str, passages: Sequence[Passage], looks: Sequence[Look]) -> Iterator[Window]:
        """Cut a ticket into windows that overlap: each stretch is asked about in one of them."""
        number, cut = self._number, self._cut.of
        head = [number[START], *cut(title)[:TITLE], number[END]]
        texts = [_short(cut(look.stretch.text[:LETTERS])) for look in looks]
        new = [not place or look.passage != looks[place - 1].passage for place, look in enumerate(looks)]
        costs = [len(text) + 3 + 2 * first for text, first in zip(texts, new, strict=True)]
        rest = list(accumulate(reversed(costs), initial=0))[::-1]  # from each stretch to the last one
        begin = 0
        while begin < len(looks):
            left, spare = begin, BEFORE
            while left and spare >= costs[left - 1]:
                left -= 1
                spare -= costs[left]
            used, end = len(head) + sum(costs[left:begin]), begin
            while end < len(looks) and (
                end == begin or used + costs[end] <= SIZE - AFTER or used + rest[end] <= SIZE
            ):
                used += costs[end]
                end += 1
            right = end
            while right < len(looks) and used + costs[right] <= SIZE:
                used += costs[right]
                right += 1
            pieces, marks = list(head), []
            for place in range(left, right):
                look = looks[place]
                if place == left or new[place]:
                    pieces += [number[END], number[ROLES.get(passages[look.passage].role, OTHER_ROLE)]]
                if begin <= place < end:
                    marks.append(len(pieces))
                kind = KINDS.get(look.stretch.kind, KINDS["sentence"])
                pieces += [number[STRETCH], number[kind], *texts[place]]
            yield Window((*pieces, number[END]), tuple(marks), tuple(range(begin, end)))
            begin = end


def _short(pieces: list[int]) -> list[int]:
    return pieces if len(pieces) <= TEXT else [*pieces[: TEXT - TAIL], *pieces[-TAIL:]]
