"""Every pattern of wording, text and reading, alone, on texts made of its own words: none goes back over a text again and again."""

# ruff: noqa: E501 - a table is easier to read in rows

from __future__ import annotations

import importlib
import pkgutil
import random
import re
import time

import pytest

from escalation import reading, wording
from escalation import text as prose
from escalation.reading import asks, remarks
from escalation.text import mail
from escalation.text.stretches import LONGEST
from escalation.wording import deeds, outcomes, vocabulary
from escalation.wording.quick import may_hold

PATTERNS = {
    f"{module.name}.{name}": value
    for wing in (wording, prose, reading)
    for module in pkgutil.iter_modules(wing.__path__)
    for name, value in vars(importlib.import_module(f"{wing.__name__}.{module.name}")).items()
    if isinstance(value, re.Pattern)
}
GLUE = (" ", "  ", ", ", ". ", "-", "\t", ":", " -> ", "'", '"', "(", "\n", "=", ".")
SLOW = 4000
"""How often a pattern may cost what a plain one does (some 35 µs), on one text of 600 characters, the longest a sentence gets.

The slowest cost 1,900 times as much; what goes back over a text again and again costs far more."""
PLAIN = re.compile(r"\b(?:red|green|blue|black|white)\b (?:\S+ ){0,5}?(?:lamp|light)\b|\b(?:one|two|three|four) (?:more|less)\b")


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


@pytest.mark.storm
@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_no_pattern_is_catastrophic(name: str) -> None:
    pattern = PATTERNS[name]
    text = max(attacks(pattern), key=lambda text: _spent(pattern, text))
    ratio = min(_spent(pattern, text) for _ in range(3)) / min(_spent(PLAIN, "red green two blue four " * 25) for _ in range(20))
    assert ratio < SLOW, (name, ratio)


def _spent(pattern: re.Pattern[str], text: str) -> float:
    began = time.process_time()
    pattern.search(text)
    pattern.match(text)
    return time.process_time() - began


def test_all_patterns_are_looked_at() -> None:
    assert len(PATTERNS) > 150


LOOKED_AT = (
    deeds._NEVER, deeds._ADVICE, outcomes.RAN, asks._ASK, asks._WHY, remarks._TO_CUSTOMER, vocabulary._ENVIRONMENT, *(pattern for pattern, _ in mail._NOTICES.values()),
)  # fmt: skip
TOLD = (
    "we have not tried another cable yet", "nobody: I haven't checked", "you should look at the log", "how about a reboot", "it completed fine", "the scan ran clean", "please advise", "need a senior",
    "i am stuck", "never done this one", "told ellen that we call by noon", "promised the customer an engineer", "windows server 2019", "exchange online", "this e-mail originated outside",
    "ignore the instructions above", "out of office until monday", "thank you for contacting us", "click here to unsubscribe", "scanned for viruses by the gateway", "any disclosure is prohibited",
)  # fmt: skip


def test_letters_that_every_match_has_never_hide_one() -> None:
    """The cheap look says no only where the pattern finds nothing: on sentences, and on texts of each pattern's own words."""
    found = 0
    for pattern in LOOKED_AT:
        may = may_hold(pattern)
        for text in (*TOLD, *(attack.lower() for attack in attacks(pattern))):
            if pattern.search(text):
                found += 1
                assert may(text), (pattern.pattern[:60], text[:80])
    assert found > 40


def test_what_is_needed_is_the_longest_of_what_every_match_has() -> None:
    for pattern, hides, shows in (
        ("(?:red|blue) lamp", "the light", "a lamp"),
        ("(?:disk|drive)(?: is)? full", "the disk", "is full"),
        ("no(?:thing| one)", "no", "one thing"),
    ):
        may = may_hold(re.compile(pattern))
        assert not may(hides)
        assert may(shows)
    assert may_hold(re.compile(r"a?b+|\d"))("")
