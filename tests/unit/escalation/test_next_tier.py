"""Whether an escalated ticket was passed on to the next tier, over a space of who moved it where: what a bystander would say.

A desk with three tiers has three escalation statuses on one board and one on another. Whoever has the handoff and moves it up
or back down passes it on: that is a new episode for everybody. Whoever else moves it says how urgent it is, not that it is free.
"""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from escalation.rules import Act, Seen, StatusRules, decide
from tests.unit.escalation.test_rules import T0, ticket

TIERS, ELSEWHERE = ((1, 11), (1, 13), (1, 14)), (2, 21)
RULES = StatusRules(escalate=frozenset({*TIERS, ELSEWHERE}), claim=frozenset({(1, 12)}))
WHO = {"claimant": (True, True), "another person": (True, False), "a program": (False, False)}


@pytest.mark.parametrize(("start", "place"), list(itertools.product(TIERS, (*TIERS, ELSEWHERE))))
@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("claimed", [False, True])
def test_only_whoever_has_it_passes_it_on(start: tuple[int, int], place: tuple[int, int], who: str, *, claimed: bool) -> None:
    by_person, by_claimant = WHO[who]
    board, status = start
    seen = Seen(board, status, in_escalation=True, last_updated=T0, episode=1, live=True, claimed=claimed)
    verdict = decide(
        seen, ticket(*place, at=300), RULES, now=T0, by_person=by_person, by_claimant=by_claimant and claimed
    )
    passed_on = claimed and who == "claimant" and place != start and place != ELSEWHERE
    assert (verdict.act, verdict.episode) == ((Act.OPEN, 2) if passed_on else (Act.REFRESH, 1))
    assert verdict.end_earlier == (1 if passed_on else None)
    again = decide(
        dataclasses.replace(verdict.seen, claimed=False), ticket(*place, at=300), RULES, now=T0, by_claimant=False
    )
    assert again.act is Act.REFRESH, "read once more it is the same"
