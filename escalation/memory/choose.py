"""Say which of a new ticket's terms find candidates, so that a database need look at few tickets, and both at the same.

A search is a set of clauses, each one term or two that must both be there. The rarest terms come first, then pairs of
less rare ones, until about `MOST` tickets are to be expected. So it takes as long in 100,000 tickets as in 1,000, and
what is found does not depend on how a database ranks.
"""

from __future__ import annotations

from itertools import combinations

from escalation.memory.rank import Statistics, Terms, weights_of

MOST = 2000
"""Candidates to expect, as if no ticket met two clauses; in truth most meet several, so about a third are found."""
LIMIT = 250
"""So many of them are ranked: those whose shared terms weigh most, wherever and how often they stand."""
_ALONE = 20
"""A term in no more tickets than this is always searched by alone."""
_PAIRED = 14
"""So many terms that are too common to search by alone are searched by in pairs, those that weigh most."""
_TOGETHER = 4.0
"""Two terms of one ticket stand together in so many more tickets than chance would have it."""

Clause = tuple[str, ...]


def clauses_of(query: Terms, statistics: Statistics) -> tuple[Clause, ...]:
    """Return the clauses, any of which makes a ticket a candidate; none where no ticket holds any of the terms."""
    weights = weights_of(query, statistics)
    known = sorted((t for t in weights if statistics.holding.get(t)), key=lambda t: (-weights[t], t))
    common = [t for t in known if statistics.holding[t] > _ALONE][:_PAIRED]
    clauses: list[Clause] = [(term,) for term in known]
    clauses += combinations(common, 2)
    priced = sorted((_expected(c, statistics) / sum(weights[t] for t in c), c) for c in clauses)
    chosen: list[Clause] = []
    left = float(MOST)
    alone: set[str] = set()
    for _, clause in priced:
        count = _expected(clause, statistics)
        if not alone.intersection(clause) and (count <= left or not chosen):
            chosen.append(clause)
            left -= count
            alone.update(clause if len(clause) == 1 else ())
    return tuple(chosen)


def _expected(clause: Clause, statistics: Statistics) -> float:
    """Return how many tickets a clause may find: two terms no more than the rarer of them."""
    counts = [statistics.holding[term] for term in clause]
    if len(counts) == 1:
        return float(counts[0])
    return min(_TOGETHER * counts[0] * counts[1] / max(1, statistics.tickets), *map(float, counts))
