"""Tell at a glance that a pattern is nowhere in a text: none of the letters stand there that each of its matches has."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable
from typing import Any

try:
    _parse: Callable[[str, int], Any] | None = importlib.import_module("re._parser").parse
except ImportError:  # the library's own parser is not promised to stay: then every pattern is tried, as before
    _parse = None
_FEWEST = 2
"""Letters in a row that tell something."""


def may_hold(*patterns: re.Pattern[str]) -> Callable[[str], bool]:
    """Return what says of a text in lower case whether any of the patterns may be found in it: never no where one is."""
    needed: set[str] = set()
    if _parse is None:
        return lambda _: True
    for pattern in patterns:
        of_it = _needed(_parse(pattern.pattern, pattern.flags))
        if of_it is None:
            return lambda _: True
        needed |= of_it
    letters = tuple(sorted((one for one in needed if not any(other in one for other in needed - {one})), key=len))

    def may(text: str) -> bool:
        for one in letters:  # noqa: SIM110 - `any` over a generator takes twice as long
            if one in text:
                return True
        return False

    return may


def _needed(tokens: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    """Return letters of which some stand in each match, the longest there are; None if nothing has to."""
    runs = [""]
    choices: list[frozenset[str]] = []
    for operation, value in tokens:
        name = str(operation)
        if name == "LITERAL":
            runs[-1] += chr(value).lower()
            continue
        runs.append("")
        inner = None
        if name == "SUBPATTERN":
            inner = _needed(value[-1])
        elif name.endswith("_REPEAT") and value[0] >= 1:
            inner = _needed(value[2])
        elif name == "BRANCH":
            branches = [_needed(branch) for branch in value[1]]
            inner = frozenset(one for branch in branches for one in branch or ()) if all(branches) else None
        if inner:
            choices.append(inner)
    choices += [frozenset([run]) for run in runs if len(run) >= _FEWEST]
    return max(choices, key=lambda choice: (min(map(len, choice)), -len(choice)), default=None)
