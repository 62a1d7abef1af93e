"""Guess at the cause of a new ticket from what solved those like it: no model, no words that nobody here wrote.

1. Group the tickets that are alike by what solved them; each group's support is how alike its tickets are, added up.
2. Leave out groups of which everything was tried here already.
3. Quote the strongest: the clause of its fix that tells the cause, and the clauses that tell a deed, strongest group first.
4. Say how sure that is, by agreement and number, as it was right on made-up recurrences; below `FLOOR` say nothing, and
   nothing where it rests on one ticket alone that is not very like this one.

`outcome` tells, once the ticket is solved, whether such a guess was right. Figures are in `docs/memory.md`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from escalation.memory.deeds import OTHER, SAME, denies, is_telling, repeats, same_deed, shared, words_of

FLOOR = 0.6
"""Below this confidence nothing is said."""
ALONE = 0.5
"""How alike a ticket must be that is the only one with its fix: on tickets that never came before, one less alike was wrong."""
MOST_STEPS = 3
LONGEST = 200
"""Characters of what is quoted; cut before a word."""
_WEIGHTS = (-1.11, 2.47, 0.86)
"""Of `Support.values`: logistic regression on made-up recurrences, where how alike the best ticket is told nothing more."""

Outcome = Literal["right", "wrong", "cannot tell"]

_DEED = (
    r"(?:re-?)?(?:sets?|reset|replac|renew|start|boot|install|updat|upgrad|roll|revert|chang|switch|mov|disabl|enabl|remov|delet"
    r"|clear|creat|add|join|enrol|correct|open|clos|point|patch|extend|expand|free|buil[dt]|pair|increas|rais|lower"
    r"|turn(?!ed out)|plug|connect|seat|swap|mapp?|grant|assign|unlock|whitelist|exclud|regist|imag|migrat|put|cabl|configur"
    r"|adjust|repair|apply|applied|push|rotat|flush|clean|run|ran)"
)
_BEGIN = re.compile(rf"(?:(?:we|i|then|so|and|just|had to|to fix)\s+){{0,3}}{_DEED}\w*\b", re.IGNORECASE)
_BREAK = re.compile(
    rf"(?<=[.!?;])\s+|,\s+(?:(?:so|and|then)\s+)?(?={_DEED}\w*\b)|\s+(?:so|and then)\s+(?=(?:we |i )?{_DEED}\w*\b)",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\b(?:caus\w+|because|due to|turned out|culprit|reason|was|were|wasn't|weren't|had|is|are|found|expired|missing|stale"
    r"|corrupt\w*|blocked|mismatch\w*|conflict\w*|fail(?:ed|ing)|ran out)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Known:
    """A solved ticket that is like the new one."""

    source: str
    """Its citation id in the new ticket's package."""
    fix: str
    """What solved it, as written."""
    share: float
    """How alike it is, as `Match.share`."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A verbatim stretch of a fix, and which ticket's it is."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Guess:
    """What is likely wrong, what to try, and how sure that is: 0 to 1."""

    cause: Stated
    steps: tuple[Stated, ...]
    confidence: float


def assess(known: Sequence[Known], tried: Iterable[str] = (), ruled_out: Sequence[str] = ()) -> Guess | None:
    """Return the guess from tickets that are alike, most alike first; None where their support is thin.

    `tried` is what was done on the new ticket, `ruled_out` what it is said not to be: none of it is suggested.
    """
    support = supported(known, [text for text in tried if words_of(text)], ruled_out)
    if support is None or support.confidence < FLOOR or not support.enough:
        return None
    steps: list[Stated] = []
    for _, deeds in support.groups:
        steps += [deed for deed in deeds if not any(same_deed(deed.text, one.text) for one in steps)]
    return Guess(_cause(support.first), tuple(steps[:MOST_STEPS]), support.confidence)


@dataclass(frozen=True, slots=True)
class Support:
    """What speaks for the strongest of several fixes."""

    groups: tuple[tuple[tuple[Known, ...], tuple[Stated, ...]], ...]
    """Tickets with one fix, and what of it is left to do here; the strongest first."""
    agreement: float
    """Its share of all support, also of what was tried in vain."""

    @property
    def first(self) -> Known:
        return self.groups[0][0][0]

    @property
    def source(self) -> str:
        return self.first.source

    @property
    def enough(self) -> bool:
        """Whether two tickets had that fix, or one that is as good as the same."""
        return len(self.groups[0][0]) > 1 or self.first.share >= ALONE

    @property
    def values(self) -> tuple[float, float, float]:
        """What the confidence is made of: one, the agreement, how many tickets had that fix (a logarithm)."""
        return 1.0, self.agreement, math.log(len(self.groups[0][0]))

    @property
    def confidence(self) -> float:
        """How often the strongest was right where the support was such, 0 to 1."""
        x = sum(weight * value for weight, value in zip(_WEIGHTS, self.values, strict=True))
        return round(1 / (1 + math.exp(-x)), 2)


def supported(known: Sequence[Known], done: Sequence[str] = (), ruled_out: Sequence[str] = ()) -> Support | None:
    """Return what speaks for which fix; None where no ticket tells one that is left to do."""
    telling = [one for one in known if is_telling(one.fix)]
    groups = sorted(_grouped(telling), key=lambda group: -_sum(group))
    left = [(tuple(group), tuple(deeds)) for group in groups if (deeds := _deeds(group[0], done, ruled_out))]
    return Support(tuple(left), _sum(left[0][0]) / sum(map(_sum, groups))) if left else None


def outcome(said: Sequence[str], fix: str | None) -> Outcome:
    """Say whether what was guessed (cause and steps) is what then solved the ticket: clause by clause, by their words."""
    clauses = [clause for clause in clauses_of(fix or "") if len(words_of(clause)) > 1]
    guessed = [text for text in said if len(words_of(text)) > 1]
    if not clauses or not guessed:
        return "cannot tell"
    nearest = max(shared(one, clause) for one in guessed for clause in clauses)
    if nearest >= SAME:
        return "right"
    nearest = max(nearest, shared(" ".join(guessed), " ".join(clauses)))
    return "wrong" if nearest <= OTHER else "cannot tell"


def tells_deed(clause: str) -> bool:
    """Tell whether a clause begins with something that was done."""
    return _BEGIN.match(clause) is not None


def clauses_of(fix: str) -> list[str]:
    """Return the clauses of a fix, each a stretch of it."""
    found, begin = [], 0
    for end, following in [*(m.span() for m in _BREAK.finditer(fix)), (len(fix), len(fix))]:
        if clause := fix[begin:end].strip(" \t\n.,;"):
            found.append(clause)
        begin = following
    return found


def _sum(group: Sequence[Known]) -> float:
    return sum(min(1.0, one.share) for one in group)


def _grouped(known: Sequence[Known]) -> list[list[Known]]:
    groups: list[list[Known]] = []
    for one in known:
        group = next((g for g in groups if _alike(g[0].fix, one.fix)), None)
        if group is None:
            groups.append([one])
        else:
            group.append(one)
    return groups


def _alike(one: str, other: str) -> bool:
    return same_deed(one, other) or outcome(clauses_of(one), other) == "right"


def deeds_of(ticket: Known) -> list[Stated]:
    """Return the clauses that tell what was done; of a fix that tells no deed, all its clauses."""
    clauses = [clause for clause in clauses_of(ticket.fix) if words_of(clause)]
    deeds = [clause for clause in clauses if tells_deed(clause)] or clauses
    return [Stated(_cut(deed), ticket.source) for deed in deeds]


def _deeds(ticket: Known, done: Sequence[str], ruled_out: Sequence[str]) -> list[Stated]:
    """Return those of them that nobody has done or ruled out here."""
    return [
        deed for deed in deeds_of(ticket)
        if not any(repeats(deed.text, one) for one in done) and not any(denies(one, deed.text) for one in ruled_out)
    ]  # fmt: skip


def _cause(ticket: Known) -> Stated:
    """Return the clause that tells a cause, else the first that tells anything: what it took says what it was."""
    clauses = [clause for clause in clauses_of(ticket.fix) if len(words_of(clause)) > 1] or [ticket.fix]
    causes = [clause for clause in clauses if _CAUSE.search(clause)]
    plain = [clause for clause in causes if not tells_deed(clause)]
    return Stated(_cut([*plain, *causes, *clauses][0]), ticket.source)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0]
