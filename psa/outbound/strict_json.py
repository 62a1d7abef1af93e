"""JSON from outside, read so that no two parsers could read it differently."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

DEEPEST = 20


class Ambiguous(ValueError):
    """Not plain JSON. The message says in what way, and nothing of our insides."""


def read(text: str) -> Any:
    """Return what the text says: nested at most `DEEPEST` deep, no key twice in one object, no NaN. Raises `Ambiguous`."""
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise Ambiguous(f"is not JSON: {error}"[:200]) from error
    except RecursionError as error:
        raise Ambiguous(f"nested deeper than {DEEPEST}") from error
    except Ambiguous:
        raise
    except ValueError as error:  # a number of thousands of digits
        raise Ambiguous("has a number that is too long") from error
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise Ambiguous(f"nested deeper than {DEEPEST}")
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
        level = [item for item in below if isinstance(item, dict | list)]
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise Ambiguous(f"key {twice[:40]!r} twice in one object")
    return found


def _no_constant(name: str) -> Any:
    raise Ambiguous(f"{name} is not JSON")
