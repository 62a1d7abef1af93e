"""Expand families of wordings into texts: one line of `*_grammar.txt` stands for hundreds.

`⟨a|b|⟩` is one of several, perhaps nothing; `⟨NAME⟩` one of the list `@NAME = a|b`; they nest. `\\|` is a bar. What is left are
lines in the manner of `tests/hostile/secrets`.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path

_CHOICE = re.compile(r"⟨([^⟨⟩]*)⟩")
_BAR = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class Grammar:
    """Families of wordings and the lists they draw from."""

    families: tuple[str, ...]
    lists: dict[str, list[str]]

    def wording(self, family: str, draw: random.Random) -> str:
        """Return one wording of a family, its slots still empty."""

        def chosen(found: re.Match[str]) -> str:
            return draw.choice(self.lists.get(found[1]) or _BAR.split(found[1]))

        line = family
        while _CHOICE.search(line):
            line = _CHOICE.sub(chosen, line)
        return re.sub(r"(?<=\S) {2,}(?=\S)", " ", line.replace("\\|", "|")).strip(" ")


def grammar(path: Path) -> Grammar:
    """Return the families and lists of a file."""
    lists, families = {}, []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            name, _, items = line[1:].partition(" = ")
            lists[name] = _BAR.split(items)
        elif line.strip() and not line.startswith("# "):
            families.append(line)
    return Grammar(tuple(families), lists)
