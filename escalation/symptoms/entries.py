"""The entries as they are written down, a file a domain:

    when: a printer shows offline and still answers a ping
    words: printer/printers/mfp offline
    check: see whether the port's address is still the printer's
    done: port address | snmp
    ask: Is it offline for everybody, or for one computer?
    asked: everyone | other computers

Entries are parted by an empty line. Each `words` line is enough by itself: all its terms have to stand within 25 words of each
other. `a/b` are alternatives, `_` a blank inside a phrase, a trailing `*` a beginning, `!print*` any way to say that it does not
print, `@who` any way to say whom it affects. `done` and `asked` hold such lines, parted by `|`, that show in a ticket that the
check was made, or the question of the line before answered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from math import log

from escalation.symptoms.said import NOT, Line, Said, words_of

CODE = 2.0
"""How much more a word with a figure of three digits or more weighs."""
NAMED = {
    "@who": (
        "everyone/everybody/all_users/all_staff/all_computers/all_pcs/whole_office/entire_office/whole_site/multiple_users/"
        "several_users/some_users/only_one/only_user/only_her/only_him/only_his/one_user/single_user/no_one_else/nobody_else/"
        "other_users/other_computers/other_pcs/others_can/other_staff/just_her/just_him/just_one/for_all"
    )
}
"""Alternatives that many lines share."""
_NUMBER = re.compile(r"\d{3}|\d\.\d|0x")


@dataclass(frozen=True, slots=True)
class Ask:
    """A question, and what shows that it is answered."""

    text: str
    answered: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A symptom: how it is worded, what to look at first, what to ask."""

    domain: str
    when: str
    words: tuple[Line, ...]
    check: str
    done: tuple[Line, ...]
    asks: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """A `words` line of an entry, with how much its terms tell together: each what its most common alternative does."""

    entry: int
    terms: Line
    worth: float
    every: int
    """A bit for each term."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All entries, with what is needed to find those that a text is about."""

    entries: tuple[Entry, ...]
    lines: tuple[WrittenLine, ...]
    by_word: Mapping[str, tuple[tuple[int, int, tuple[str, ...]], ...]]
    """For each word that is the rarest of a phrase: its line, its term as a bit, and the phrase's other words."""
    beginnings: frozenset[str]
    lengths: tuple[int, ...]

    def read(self, text: str) -> Said:
        """Return a text so that lines can be looked for in it."""
        return Said(text, self.beginnings, lengths=self.lengths)


def line_of(text: str) -> Line:
    """Return the terms of one line. Raises `ValueError` for a line without any."""
    made = []
    for term in text.split():
        phrases = []
        for alternative in re.sub(r"@\w+", lambda m: NAMED.get(m.group(), m.group()), term).split("/"):
            words = [word for word, _, _ in words_of(alternative.replace("_", " "))]
            if alternative.endswith("*") and words:
                words[-1] += "*"
            if words or alternative == NOT:
                phrases.append((NOT, *words) if alternative.startswith("!") else tuple(words))
        if phrases:
            made.append(tuple(phrases))
    if not made:
        raise ValueError(f"a line without terms: {text!r}")
    return tuple(made)


def entries_of(domain: str, body: str) -> tuple[Entry, ...]:
    """Return the entries of one file. Raises `ValueError` naming what is not of the format."""
    made = []
    for part in body.strip().split("\n\n"):
        said: dict[str, list[str]] = {}
        for row in part.splitlines():
            name, _, text = row.partition(":")
            if name not in ("when", "words", "check", "done", "ask", "asked") or not text.strip():
                raise ValueError(f"{domain}: {row!r} is no line of an entry")
            said.setdefault(name, []).append(text.strip())
        if len(said.get("when", ())) != 1 or len(said.get("check", ())) != 1 or "words" not in said:
            raise ValueError(f"{domain}: an entry has one `when`, one `check` and some `words`: {part[:60]!r}")
        if len(said.get("ask", ())) != len(said.get("asked", ())):
            raise ValueError(f"{domain}: each `ask` has its `asked`: {part[:60]!r}")
        asks = zip(said.get("ask", ()), said.get("asked", ()), strict=True)
        made.append(Entry(
            domain, said["when"][0], tuple(line_of(text) for text in said["words"]), said["check"][0],
            tuple(line for text in said.get("done", ()) for line in _lines(text)), tuple(Ask(q, _lines(a)) for q, a in asks),
        ))  # fmt: skip
    return tuple(made)


def _lines(text: str) -> tuple[Line, ...]:
    return tuple(line_of(part) for part in text.split("|") if words_of(part))


def knowledge_of(entries: tuple[Entry, ...], seen: Mapping[str, int], tickets: int) -> Knowledge:
    """Return the entries with what finds them. `seen`: in how many of so many tickets a word stands; few tell more."""
    used = {w for entry in entries for line in entry.words for term in line for phrase in term for w in phrase}
    weight = {w: log((1 + tickets) / (1 + seen.get(w, 0))) * (CODE if _NUMBER.search(w) else 1.0) for w in used}
    by_word: dict[str, list[tuple[int, int, tuple[str, ...]]]] = {}
    lines: list[WrittenLine] = []
    for number, entry in enumerate(entries):
        for line in entry.words:
            worth = sum(min(sum(weight[word] for word in phrase) for phrase in term) for term in line)
            for at, term in enumerate(line):
                for phrase in term:
                    word = max(phrase, key=lambda w: (weight[w], w))
                    by_word.setdefault(word, []).append((len(lines), 1 << at, tuple(w for w in phrase if w != word)))
            lines.append(WrittenLine(number, line, worth, (1 << len(line)) - 1))
    written = [line for e in entries for line in (*e.words, *e.done, *(x for a in e.asks for x in a.answered))]
    every = {word for line in written for term in line for phrase in term for word in phrase}
    beginnings = frozenset(word[:-1] for word in every if word.endswith("*"))
    lengths = tuple(sorted({len(b) for b in beginnings}))
    return Knowledge(entries, tuple(lines), {w: tuple(rows) for w, rows in by_word.items()}, beginnings, lengths)


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """Return the product's own entries, those of all files beside this module."""
    files = sorted((f for f in resources.files("escalation.symptoms").iterdir() if f.name.endswith(".txt")), key=lambda f: f.name)
    every = tuple(e for f in files for e in entries_of(f.name.removesuffix(".txt"), f.read_text(encoding="utf-8")))
    said = json.loads(resources.files("escalation.symptoms").joinpath("learned.json").read_bytes())
    return knowledge_of(every, said["seen"], said["tickets"])
