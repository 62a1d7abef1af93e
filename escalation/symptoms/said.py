"""A text as words with their places, and whether a line of terms stands in it."""

# ruff: noqa: SIM905 - words are easier to read in a row

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, KeysView, Sequence
from functools import lru_cache

WITHIN = 25
"""Words within which all terms of a line have to stand."""

_WORD = re.compile(r"[^\W_]+(?:\.(?=\d)(?<=\d\.)[^\W_]+|['’](?=[^\W_])[^\W_]+)*")
_END = re.compile(r"[.!?;\n]")
_QUOTE = str.maketrans("", "", "'’")

NOT = "!"
"""Stands before a verb that is denied: `!print*` is "won't print", "unable to print", "no longer prints"."""
_DENIES = frozenset(
    "not never cant cannot wont dont doesnt didnt isnt arent wasnt werent couldnt wouldnt hasnt havent stopped stops quit".split()
)  # fmt: skip
_DENIES_TO = frozenset("unable fails failed failing refuses refusing refused able".split())
_BETWEEN = frozenset("even always be being been to it its the a any properly at from".split())

Phrase = tuple[str, ...]
"""Words that follow one another; the last may end in `*`, the first may be `NOT`."""
Line = tuple[tuple[Phrase, ...], ...]
"""Terms, each with its alternatives. All have to stand within `WITHIN` words."""


def words_of(text: str) -> list[tuple[str, int, int]]:
    """Return each word in lower case, without apostrophes, with where it stands; `5.7.26` is one."""
    return [(m.group().lower().translate(_QUOTE), m.start(), m.end()) for m in _WORD.finditer(text)]


class Said:
    """A text's words by where they stand; made once, asked often."""

    __slots__ = ("_at", "_sentence", "spans")

    def __init__(self, text: str, beginnings: Iterable[str] = (), *, lengths: Sequence[int] = ()) -> None:
        """Read the text. `beginnings` are those that a term may ask for, `lengths` their lengths."""
        known = frozenset(beginnings)
        sizes = tuple(lengths or sorted({len(b) for b in known}))
        self.spans: list[tuple[int, int]] = []
        self._at: dict[str, list[int]] = {}
        read = words_of(text)
        for place in _denied([word for word, _, _ in read]):
            self._at.setdefault(NOT, []).append(place)
        ended, sentence = 0, 0
        self._sentence: list[int] = []
        for place, (word, start, end) in enumerate(read):
            sentence += _END.search(text, ended, start) is not None
            ended = end
            self._sentence.append(sentence)
            self.spans.append((start, end))
            for form in _forms(word, known, sizes):
                self._at.setdefault(form, []).append(place)

    @property
    def words(self) -> KeysView[str]:
        """Every form that can be asked for: words, their singulars, the beginnings that some term has."""
        return self._at.keys()

    def crossed(self, found: Sequence[tuple[int, int]]) -> bool:
        """Return whether a sentence ends between the first and the last of such words."""
        return self._sentence[found[0][0]] != self._sentence[found[-1][1]]

    def at(self, found: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        """Return where in the text such words begin and end."""
        return tuple((self.spans[first][0], self.spans[last][1]) for first, last in found)

    def where(self, line: Line) -> tuple[tuple[int, int], ...] | None:
        """Return from which to which word each term of a line stands, the narrowest such places, or None if not together."""
        places: list[tuple[int, int, int]] = []
        for number, term in enumerate(line):
            found = {place for phrase in term for place in self._phrase(phrase)}
            if not found:
                return None
            places += [(start, end, number) for start, end in found]
        places.sort()
        last: dict[int, tuple[int, int]] = {}
        best: tuple[int, tuple[tuple[int, int], ...]] | None = None
        for start, end, number in places:
            last[number] = (start, end)
            if len(last) == len(line):
                first = min(last.values())[0]
                wide = end - first + WITHIN * (self._sentence[first] != self._sentence[end])
                if end - first <= WITHIN and (best is None or wide < best[0]):
                    best = (wide, tuple(sorted(last.values())))
        return best and best[1]

    def _phrase(self, phrase: Phrase) -> Iterable[tuple[int, int]]:
        places = self._at.get(phrase[0], [])
        for after, word in enumerate(phrase[1:], 1):
            here = self._at.get(word)
            if here is None:
                return ()
            follow = set(here)
            places = [place for place in places if place + after in follow]
        return [(place, place + len(phrase) - 1) for place in places]


@lru_cache(maxsize=20_000)
def _forms(word: str, beginnings: frozenset[str], lengths: tuple[int, ...]) -> tuple[str, ...]:
    """Return what a word may be asked for by: itself, its singulars, those of the beginnings that it has."""
    singular = (word[:-1], word[:-2])[: 1 + (word[-2] == "e")] if word[-1] == "s" and len(word) > 3 else ()
    return (word, *singular, *(f"{word[:size]}*" for size in lengths if word[:size] in beginnings and len(word) >= size))


def _denied(words: Sequence[str]) -> Iterator[int]:
    """Give each place after which a verb is denied, small words between them left out."""
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else ""
        longer = following == "longer" and word == "no"
        if word in _DENIES or longer or (word in _DENIES_TO and following == "to"):
            at = place + (longer or (word in _DENIES_TO and following == "to"))
            yield at
            while at + 1 < len(words) and (words[at + 1] in _BETWEEN or words[at + 1].endswith("ly")) and at - place < 4:
                at += 1
                yield at
