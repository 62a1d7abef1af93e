"""How urgent a ticket is, by the name of its priority."""

from __future__ import annotations

import re

_DIGIT = re.compile(r"(?<![0-9])[0-9](?![0-9])")
_WORDS = (
    (1, ("emergency", "critical", "urgent")), (2, ("high", "quick", "major")), (3, ("medium", "normal")),
    (4, ("low", "scheduled", "minor", "maintenance")),
)  # fmt: skip
_MIDDLE = 3


def urgency(priority: str | None) -> int:
    """Return 1 for the most urgent: the first digit in the name that is no part of a longer number, else by its words, else 3.

    ConnectWise names priorities freely, most often with a number (public code).
    """
    name = (priority or "").casefold()
    if found := _DIGIT.search(name):
        return max(int(found.group()), 1)
    return next((rank for rank, words in _WORDS if any(word in name for word in words)), _MIDDLE)
