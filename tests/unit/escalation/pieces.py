"""Make texts out of a pattern: what it matches, or begins to match, of which a test repeats much."""

from __future__ import annotations

import importlib
import random
import re
from collections.abc import Iterable
from typing import Any

_OF_CLASS = {"DIGIT": "1", "SPACE": " ", "WORD": "a", "NOT_DIGIT": "a", "NOT_SPACE": "x", "NOT_WORD": "-"}
_AMONG = "a1- =:/x.<\n"
_LONGEST = 80


def pieces(pattern: re.Pattern[str], count: int) -> list[str]:
    """Return beginnings and wholes of what the pattern may match, the same ones each time."""
    draw = random.Random(repr(pattern.pattern))
    parsed = importlib.import_module("re._parser").parse(pattern.pattern, pattern.flags)
    made: set[str] = set()
    for _ in range(count):
        text = _made(parsed, draw, draw.choice((1, 3, 12)))[:_LONGEST]
        made |= {text[:size] for size in (len(text), 4, len(text) // 2, draw.randint(0, len(text))) if text[:size]}
    return sorted(made)[:count]


def _made(tokens: Iterable[tuple[Any, Any]], draw: random.Random, most: int) -> str:
    said = ""
    for operation, value in tokens:
        name = str(operation)
        if name == "LITERAL":
            said += chr(value)
        elif name in ("NOT_LITERAL", "ANY"):
            said += "a" if value != ord("a") else "x"
        elif name == "IN":
            said += _one(value, draw)
        elif name == "BRANCH":
            said += _made(draw.choice(value[1]), draw, most)
        elif name == "SUBPATTERN":
            said += _made(value[3], draw, most)
        elif name == "ATOMIC_GROUP":
            said += _made(value, draw, most)
        elif name.endswith("_REPEAT"):
            fewest = value[0]
            times = draw.choice((fewest, min(int(value[1]), fewest + most)))
            said += "".join(_made(value[2], draw, most) for _ in range(times))
    return said


def _one(members: list[tuple[Any, Any]], draw: random.Random) -> str:
    if str(members[0][0]) == "NEGATE":
        taken = {chr(value) for operation, value in members if str(operation) == "LITERAL"}
        spaces = any("SPACE" in str(value) for _, value in members)
        return draw.choice([sign for sign in _AMONG if sign not in taken and not (spaces and sign.isspace())])
    operation, value = draw.choice(members)
    if str(operation) == "LITERAL":
        return chr(value)
    return chr(draw.choice(value)) if str(operation) == "RANGE" else _OF_CLASS.get(str(value).removeprefix("CATEGORY_"), "a")
