"""What is done to a whole text takes time that grows with it, whatever part of a pattern is repeated in it."""

from __future__ import annotations

import importlib
import inspect
import re
import time

import pytest

from escalation.text.source import plain
from escalation.text.unwrapped import unwrapped
from tests.unit.escalation.pieces import pieces

MODULES = ("escalation.text.unwrapped", "escalation.text.source", "escalation.text.encodings", "escalation.text.lines")
SIZE = 6_000
SLOW = 150
"""How often a pattern may cost for each character what a plain one does; `![](`, repeated, cost 600 times as much."""
PLAIN = re.compile(r"\b(?:red|green|blue|black|white)\b (?:\S+ ){0,5}?(?:lamp|light)\b|\b(?:one|two|three|four) (?:more|less)\b")


def whole() -> dict[str, re.Pattern[str]]:
    """Return the patterns that are looked for in a whole text."""
    found = {}
    for module in map(importlib.import_module, MODULES):
        code = inspect.getsource(module)
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and re.search(rf"\b{name}\.(?:search|finditer|sub|findall|split)\b", code):
                found[f"{module.__name__}.{name}"] = value
    return found


PATTERNS = whole()


def spent(pattern: re.Pattern[str], text: str) -> float:
    began = time.process_time()
    for _ in pattern.finditer(text):
        pass
    return time.process_time() - began


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_no_piece_of_a_pattern_makes_it_slow(name: str) -> None:
    pattern = PATTERNS[name]
    text = max(((piece * SIZE)[:SIZE] for piece in (*pieces(pattern, 24), "a")), key=lambda text: spent(pattern, text))
    usual = min(spent(PLAIN, ("red green two blue four " * SIZE)[:SIZE]) for _ in range(9))
    ratio = min(spent(pattern, text) for _ in range(3)) / usual
    assert ratio < SLOW, (name, ratio, text[:60])


def test_the_patterns_are_looked_at() -> None:
    assert len(PATTERNS) > 20


LONG = (
    "![](", "![a](b ", "=?utf-8?Q?", "=?utf-8?Q??= ", "--b\ncontent-type: x\n\n", "-" * 90,
    "A" * 76 + "\n", "A" * 76 + "\r\n", "\\_a",
)  # fmt: skip


@pytest.mark.parametrize("piece", LONG)
def test_a_long_text_of_one_piece_is_taken_in(piece: str) -> None:
    times = []
    for size in (20_000, 40_000):
        text = (piece * size)[:size]
        began = time.process_time()
        plain(unwrapped(text))
        times.append(time.process_time() - began)
    assert times[1] < 0.2 + 3 * times[0], times
    assert times[1] < 1
