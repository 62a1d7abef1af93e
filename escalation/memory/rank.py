"""Order resolved tickets by how much they resemble a new one, and say why; none rather than a poor one.

BM25F over three fields (summary, problem, solution) with what a shop's tickets need beside it: codes and names weigh more
than words, what stands in very many of the shop's tickets weighs nothing, and tickets that tell one symptom in different words
share that. Figures are in `docs/memory.md`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from escalation.memory.terms import (
    SYMPTOM,
    is_code,
    is_name,
    is_one_thing,
    is_year,
    symptom_name,
    symptom_term,
    terms_and_words,
    terms_of,
)

SATURATION = 5.0
"""k1 of BM25. High: how often a ticket says a thing tells more in short, dry notes than in prose."""
FIELD_WEIGHTS = (3.0, 1.0, 0.4)
FIELD_LENGTHS = (0.5, 0.75, 0.95)
"""b of BM25 for each field: how much a long one is held against a ticket. Solutions are long where they are chatty."""
TYPICAL = (8.0, 60.0, 80.0)
"""Terms of a field where too few tickets are known to say; counts as much as ten tickets."""
SUMMARY_COUNTS = 4
"""What stands in the new ticket's summary counts as if it were said so often."""
CODE, NAME, SAME_SYMPTOM = 2.0, 1.5, 2.0
BOILERPLATE = 0.5
"""A term in more of the shop's tickets than this share weighs nothing, once there are `ENOUGH` of them."""
ENOUGH = 40

STRONG = 0.2
"""The share of what a ticket the same as this one would score, from which two are alike by their words alone."""
HEADED = 0.3
"""So much of what the new ticket's summary tells must then stand in the other's: what is wrong stands there."""
TOGETHER = 0.75
"""Both shares together must come to so much: of 71 pairs judged, less was seldom help."""
SHARED_CODE = 0.1
"""The share that is enough where they have an error code, a device or another identifier in common that is rare here."""
FEWEST_WORDS, FEWEST_RARE = 3, 2
"""Fewer shared words, or rare ones among them, are a coincidence."""
ONE_WORD = 0.5
"""The share that is enough where the summaries have one word in common ("Phones"): it tells no two faults apart."""
RARE = 0.02
"""Share of the tickets (at least three of them) that may hold a term which still tells much."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a ticket by field, in order: its summary, its problem, its solution; and of the symptoms it tells."""

    summary: tuple[str, ...] = ()
    problem: tuple[str, ...] = ()
    solution: tuple[str, ...] = ()
    symptoms: tuple[str, ...] = ()

    @classmethod
    def of(cls, summary: str, problem: str, solution: str = "", symptoms: Iterable[str] = ()) -> Terms:
        """Return the terms of three texts, and of symptoms by their names."""
        told = tuple(map(symptom_term, symptoms))
        return cls(tuple(terms_of(summary)), tuple(terms_of(problem)), tuple(terms_of(solution)), told)

    @classmethod
    def read(cls, lines: str) -> Terms:
        """Return terms as they were stored; those from before symptoms were kept have three lines."""
        return cls(*(tuple(line.split()) for line in lines.split("\n")))

    @property
    def lines(self) -> str:
        """As they are stored: a line each."""
        return "\n".join(" ".join(words) for words in (*self.fields, self.symptoms))

    @property
    def fields(self) -> tuple[tuple[str, ...], ...]:
        """The terms of words."""
        return self.summary, self.problem, self.solution

    @property
    def held(self) -> set[str]:
        """Every term, once."""
        return {*self.summary, *self.problem, *self.solution, *self.symptoms}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A resolved ticket that may resemble the new one."""

    id: int
    terms: Terms


@dataclass(frozen=True, slots=True)
class Statistics:
    """How many tickets the shop has resolved, and how many of them hold each term of the new one."""

    tickets: int
    holding: Mapping[str, int]

    def rarity(self, term: str) -> float:
        """Return how much a term tells: 0 for the shop's boilerplate, about 10 for one of a kind in 20,000."""
        holding = self.holding.get(term, 0)
        if self.tickets >= ENOUGH and holding > BOILERPLATE * self.tickets:
            return 0.0
        rarity = math.log(1 + (self.tickets - holding + 0.5) / (holding + 0.5))
        if term.startswith(SYMPTOM):
            return rarity * SAME_SYMPTOM
        return rarity * (CODE if is_code(term) or is_year(term) else NAME if is_name(term) else 1.0)

    def is_rare(self, term: str) -> bool:
        """Whether so few tickets hold it that sharing it tells much."""
        return self.holding.get(term, 0) <= max(3, RARE * self.tickets)


@dataclass(frozen=True, slots=True)
class Match:
    """A resolved ticket, how alike it is and what both hold, what tells most first."""

    id: int
    score: float
    share: float
    """Of what a ticket with the same words as this one would score: 0 to about 1."""
    shared: tuple[str, ...]
    """Terms of words, those that tell most first."""
    convincing: bool
    """Whether its words are alike enough that it is shown to somebody who did not ask."""
    symptoms: tuple[str, ...] = ()
    """Terms of the symptoms that both tell, the rarest first."""

    def in_common(self, *texts: str) -> list[str]:
        """Return what both have in common, what tells most first: symptoms by their names, words as the texts write them."""
        return [*(f"symptom “{symptom_name(term)}”" for term in self.symptoms), *words_for(self.shared, *texts)]


def weights_of(query: Terms, statistics: Statistics) -> dict[str, float]:
    """Return what each term of a new ticket weighs."""
    said: Counter[str] = Counter([*query.problem, *query.symptoms])
    for term in query.summary:
        said[term] += SUMMARY_COUNTS
    return {t: w for t, n in said.items() if (w := (1 + math.log(n)) * statistics.rarity(t)) > 0}


def rank(query: Terms, candidates: Sequence[Candidate], statistics: Statistics) -> list[Match]:
    """Return the candidates that share anything with a new ticket, the most alike first; equals by their id, newest first.

    A symptom that both tell moves a ticket up; whether one convinces is for its words to say.
    """
    weights = weights_of(query, statistics)
    typical = _lengths(candidates)
    best = _score(weights, query, typical)[0] or 1.0
    found = []
    for candidate in candidates:
        score, shared = _score(weights, candidate.terms, typical)
        same = _by_weight(weights.keys() & set(candidate.terms.symptoms), weights)
        if score > 0 or same:
            share = round(score / best, 4)
            strongest = _by_weight(shared, weights)
            convincing = _convincing(share, strongest, query, candidate.terms, statistics)
            score += sum(weights[term] for term in same)
            found.append(Match(candidate.id, round(score, 6), share, strongest, convincing, same))
    return sorted(found, key=lambda m: (-m.score, -m.id))


def _by_weight(terms: Iterable[str], weights: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(sorted(terms, key=lambda t: (-weights[t], t)))


def _convincing(share: float, shared: Sequence[str], query: Terms, other: Terms, statistics: Statistics) -> bool:
    told = [t for t in shared if statistics.is_rare(t)]
    if share >= SHARED_CODE and any(is_one_thing(t) for t in told):
        return True
    if share < STRONG or len(shared) < FEWEST_WORDS or len(told) < FEWEST_RARE:
        return False
    said, both = set(query.summary), set(query.summary).intersection(other.summary)
    headed = sum(map(statistics.rarity, sorted(both))) / (sum(map(statistics.rarity, sorted(said))) or 1.0)
    return (len(both) > 1 or share >= ONE_WORD) and headed >= HEADED and share + headed >= TOGETHER


def _score(weights: Mapping[str, float], terms: Terms, typical: Sequence[float]) -> tuple[float, list[str]]:
    often: dict[str, float] = {}
    for words, weight, length, usual in zip(terms.fields, FIELD_WEIGHTS, FIELD_LENGTHS, typical, strict=True):
        each = weight / (1 - length + length * len(words) / usual)
        for word in words:
            if word in weights:
                often[word] = often.get(word, 0.0) + each
    return sum(weights[t] * n * (SATURATION + 1) / (n + SATURATION) for t, n in sorted(often.items())), list(often)


def _lengths(candidates: Sequence[Candidate]) -> list[float]:
    """Return how many terms each field usually has, among those that have any."""
    usual = []
    for field, typical in enumerate(TYPICAL):
        lengths = [len(words) for c in candidates if (words := c.terms.fields[field])]
        usual.append((sum(lengths) + 10 * typical) / (len(lengths) + 10))
    return usual


def words_for(shared: Iterable[str], *texts: str) -> list[str]:
    """Return terms as somebody wrote them: "authenticat" as "authentication"."""
    written: dict[str, str] = {}
    for text in texts:
        for term, word in terms_and_words(text):
            written.setdefault(term, word)
    return [written.get(term, term) for term in shared]
