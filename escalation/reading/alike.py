"""Whether two texts tell of the same deed, by the words that tell most."""

from __future__ import annotations

import re

from escalation.wording.vocabulary import same_as

ALIKE = 0.6
"""Part of the shorter wording's telling words that both must share."""
_WORD = re.compile(r"[a-z0-9][a-z0-9.-]+")
_NUMBER = re.compile(r"\d+")
_EMPTY = frozenset(
    "the and for with from this that was were had has have also then again but not her his our their its out have you did any "  # noqa: SIM905
    "one tried try already yet been to on in of at it is no so we me my change changed same still error issue problem result "
    "now off after before as by or be do done just only all new once more twice".split()
)


def telling(text: str) -> frozenset[str]:
    """Return the stems of a text's telling words."""
    words = (same_as(word.strip(".-")) for word in _WORD.findall(text.lower()[:400]))
    return frozenset(stem for word in words if word not in _EMPTY and (stem := _stem(word)) not in _EMPTY and stem)


def _stem(word: str) -> str:
    if not any(c.isdigit() for c in word):
        end = next((end for end in ("ing", "ed", "es", "s") if word.endswith(end) and len(word) - len(end) >= 3), "")
        word = word.removesuffix(end)
    word = word.rstrip("e")
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiou0123456789" else word


def likeness(a: frozenset[str], b: frozenset[str]) -> float:
    """Return the part of the shorter one's telling words that both share; 0 if it is fewer than two."""
    shared = len(a & b)
    return shared / max(1, min(len(a), len(b))) if shared >= 2 else 0.0


def same_deed(a: str, b: str) -> bool:
    """Tell whether two texts tell of one deed: alike, and no number in one that contradicts the other's."""
    if " ".join(a.lower().split()) == " ".join(b.lower().split()):
        return True
    mine, theirs = set(_NUMBER.findall(a)), set(_NUMBER.findall(b))
    if mine and theirs and not mine & theirs:
        return False
    return likeness(telling(a), telling(b)) >= ALIKE
