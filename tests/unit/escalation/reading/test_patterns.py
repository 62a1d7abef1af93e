"""Every pattern of the reading, alone, on texts made of its own words: none goes back over a text again and again."""

from __future__ import annotations

import importlib
import pkgutil
import random
import re
import time

import pytest

from escalation import reading
from escalation.reading.text import LONGEST

PATTERNS = {
    f"{module.name}.{name}": value
    for module in pkgutil.iter_modules(reading.__path__)
    for name, value in vars(importlib.import_module(f"escalation.reading.{module.name}")).items()
    if isinstance(value, re.Pattern)
}
GLUE = (" ", "  ", ", ", ". ", "-", "\t", ":", " -> ", "'", '"', "(", "\n", "=", ".")
SLOW = 0.05
"""Seconds of processor time for one text of 600 characters, the longest a sentence gets, on any machine in use."""


def attacks(pattern: re.Pattern[str]) -> list[str]:
    """Return texts of the pattern's own words: each repeated, two in turn, and all of them shuffled."""
    words = sorted(set(re.findall(r"[A-Za-z]{2,}|\d", pattern.pattern))) or ["a"]
    draw = random.Random(pattern.pattern)
    made = [(draw.choice(words) + draw.choice(GLUE)) * 300 for _ in range(6)]
    for _ in range(6):
        two = [draw.choice(words) + draw.choice(GLUE) for _ in range(2)]
        made.append("".join(two) * 150)
        made.append("".join(draw.choice(words) + draw.choice(GLUE) for _ in range(120)))
    return [text[:LONGEST] for text in (*made, "a" * 600, "a " * 300, "1." * 300, " " * 600, "x-" * 300, "A_" * 300)]


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_no_pattern_is_catastrophic(name: str) -> None:
    pattern = PATTERNS[name]
    worst = 0.0
    for text in attacks(pattern):
        began = time.process_time()
        pattern.search(text)
        pattern.match(text)
        worst = max(worst, time.process_time() - began)
    assert worst < SLOW, (name, worst)


def test_all_patterns_are_looked_at() -> None:
    assert len(PATTERNS) > 150
