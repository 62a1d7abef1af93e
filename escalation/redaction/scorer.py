"""Decide which suspects are secrets by what was learned from many kinds: secrets of kinds that no rule names.

`learned.txt` beside this module is written by `python -m training.secrets` and by nothing else: weights of features in
hundredths, and ordinary words. No text can be put together from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources

from escalation.redaction.suspects import ordinary, suspects

BOUND = -0.3
"""From this score on a suspect is a secret. Chosen where public posts lose little (`python -m training.secrets --harmed`)."""
UNNAMED = 0.8
"""The same where nothing near names a secret: what is taken wrongly there is a fact that a senior misses."""


@dataclass(frozen=True, slots=True)
class Learned:
    """A linear model over features, and the words that are ordinary."""

    bias: float
    weights: Mapping[str, float]
    ordinary: frozenset[str]


def parsed(text: str) -> Learned:
    """Return what a file of weights says."""
    head, _, words = text.partition("# ordinary words\n")
    bias, *rows = head.splitlines()
    weights = {name: int(value) / 100 for name, _, value in (row.rpartition("\t") for row in rows)}
    return Learned(int(bias.split()[1]) / 100, weights, frozenset(words.split()))


LEARNED = parsed(resources.files(__package__).joinpath("learned.txt").read_text(encoding="utf-8"))


_NAMES = {"P": "password", "S": "secret", "K": "key", "C": "code", "D": "code", "W": "wifi key"}
"""What the label nearest to a secret makes of it."""


def secrets(text: str, learned: Learned = LEARNED) -> Iterator[tuple[int, int, str]]:
    """Yield where the secrets of a text begin and end, as its reader sees it, and what each is."""
    for suspect in suspects(text, learned.ordinary):
        score = learned.bias + sum([learned.weights.get(name, 0.0) for name in set(suspect.features)])
        score = round(score, 2)  # the order of a set must not decide a tie
        if score >= (UNNAMED if suspect.unnamed else BOUND) and not ordinary(text, suspect, learned.ordinary):
            yield suspect.begin, suspect.end, _NAMES.get(suspect.label, "password")
