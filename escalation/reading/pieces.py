"""Cut text into word pieces, as the encoder was taught to read it: small letters without accents, the longest piece first.

The rules are those of the uncased BERT vocabulary (https://arxiv.org/abs/1810.04805); ours is the part of it that tickets
use, and every letter alone, so that rare words are spelled instead of lost.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

_LONGEST_WORD = 100
_CJK = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F))


@lru_cache(maxsize=4096)
def _read(code: int) -> str:
    """Return what a character becomes: nothing, a space, a word of its own, or itself."""
    letter = chr(code)
    kind = unicodedata.category(letter)
    if letter.isspace():
        return " "
    if kind == "Mn" or kind[0] == "C" or code == 0xFFFD:
        return ""
    apart = kind[0] == "P" or (code < 128 and not letter.isalnum()) or any(a <= code <= b for a, b in _CJK)
    return f" {letter} " if apart else letter


class _Letters:
    """The same as a table, for `str.translate`."""

    def __getitem__(self, code: int) -> str:
        return _read(code)


class Pieces:
    """A vocabulary of word pieces, by their numbers."""

    def __init__(self, vocabulary: Mapping[str, int], unknown: int) -> None:
        """Take the pieces, those within a word with `##` before them, and what stands for a word that cannot be cut."""
        self._numbers = vocabulary
        self._unknown = unknown
        self._longest = max(map(len, vocabulary))
        self._word = lru_cache(maxsize=20_000)(self._cut)

    def of(self, text: str) -> list[int]:
        """Return the numbers of a text's pieces."""
        words = unicodedata.normalize("NFD", text).translate(_Letters()).lower().split()
        return [number for word in words for number in self._word(word)]

    def _cut(self, word: str) -> tuple[int, ...]:
        if len(word) > _LONGEST_WORD:
            return (self._unknown,)
        made: list[int] = []
        start = 0
        while start < len(word):
            lead = "##" if start else ""
            for stop in range(min(len(word), start + self._longest), start, -1):
                if (number := self._numbers.get(lead + word[start:stop])) is not None:
                    made.append(number)
                    start = stop
                    break
            else:
                return (self._unknown,)
        return tuple(made)
