"""Login names that were changed between two records: whoever is meant stays whoever they are, ours too."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from escalation.evidence import Roster
from escalation.response.claims import claim_signals, handed_on
from escalation.response.first_action import first_action
from escalation.response.sightings import Sighting, set_later, status_set_by_person
from tests.unit.escalation.response.test_claims import BEFORE, ROSTER, RULES, E, evidence, save
from tests.unit.escalation.tickets import at

NOW = {"jsmith": "jo.smith", "dreyes": "dana.r", "rfapi": "handoff.api", "flowbot": "flow.bot"}
RENAMED = Roster(
    roles={NOW.get(login, login): role for login, role in ROSTER.roles.items()}, names={"jo.smith": "Jo Smith"},
    us="handoff.api", renamed=NOW,
)  # fmt: skip
STEPS = [
    save(2, "dreyes"), save(3, "aboss", owner="jsmith"), save(4, "RFapi", owner="jsmith"), save(5, "jsmith", owner="jsmith"),
    save(6, "flowbot", owner="jsmith"), save(7, "jsmith", status=12, owner="jsmith"), save(8, "kwong", owner="kwong"),
]  # fmt: skip


def as_now(one: Sighting) -> Sighting:
    def login(name: str | None) -> str | None:
        return NOW.get((name or "").lower(), name)

    return replace(one, member=login(one.member), owner=login(one.owner))


@pytest.mark.parametrize("chosen", [c for n in (1, 2, 3) for c in itertools.combinations(range(len(STEPS)), n)])
def test_a_change_of_names_anywhere_between_changes_nothing(chosen: tuple[int, ...]) -> None:
    saves = [STEPS[n] for n in chosen]

    def told(seen: list[Sighting], before: Sighting, roster: Roster, by: str) -> list[object]:
        ticket = evidence(now=seen[-1]).ticket
        signals = claim_signals(
            evidence(now=seen[-1]), seen_before=before, rules=RULES, roster=roster, claimable_since=E, escalated_by="dreyes",
            observed=seen,
        )  # fmt: skip
        action = first_action(
            evidence(now=seen[-1]), claimed_by=by, claimed_at=at(3), rules=RULES, roster=roster, claim_source=None,
            observed=[before, *seen],
        )  # fmt: skip
        on = handed_on([before, *seen], claimed_by=by, claimed_at=at(3), roster=roster)
        return [
            [(s.kind, as_now(save(0, s.member)).member, s.at) for s in signals], action and (action.kind, action.at),
            on and on.at, status_set_by_person(ticket, [before, *seen], roster),
            set_later(ticket, [before, *seen], roster, by=by, since=at(3)),
        ]  # fmt: skip

    unchanged = told(saves, BEFORE, ROSTER, "jsmith")
    for since in range(len(saves) + 1):
        mixed = [*saves[:since], *map(as_now, saves[since:])]
        assert told(mixed, BEFORE, RENAMED, "jo.smith") == unchanged


@pytest.mark.parametrize("login", ["RFapi", "rfapi", " RFAPI ", "handoff.api", "Handoff.API"])
def test_what_our_member_wrote_under_another_name_is_ours(login: str) -> None:
    assert RENAMED.ours(login)
    assert RENAMED.person(login).role == "us"
    assert not RENAMED.decides(login)
    assert not RENAMED.ours("jsmith")
    assert not Roster().ours(login)
