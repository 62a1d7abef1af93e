"""How urgent a ticket is, by the name of its priority."""

from __future__ import annotations

import re

_NAMED = re.compile(
    r"(?:^\W*|\b(?:p|prio|priority|sev|severity|level|urgency)\W*)([0-9])(?![0-9])(?!\W?(?:x|h|hrs?|hours?|min\w*|days?)\b)"
)
_DIGIT = re.compile(r"(?<![0-9a-z])([0-5])(?![0-9a-z])")
_WORDS = (
    (1, ("emergency", "critical", "urgent")), (2, ("high", "quick", "major")), (3, ("medium", "normal")),
    (4, ("low", "scheduled", "minor", "maintenance")),
)  # fmt: skip
_MIDDLE = 3


def urgency(priority: str | None) -> int:
    """Return 1 for the most urgent: by the digit the name begins with or calls so, else by its words or a lone digit, else 3.

    ConnectWise names priorities freely, most often with a number (public code).
    """
    name = (priority or "").casefold()
    if found := _NAMED.search(name):
        return max(int(found[1]), 1)
    by_words = next((rank for rank, words in _WORDS if any(word in name for word in words)), None)
    found = None if by_words else _DIGIT.search(name)
    return by_words or (max(int(found[1]), 1) if found else _MIDDLE)
