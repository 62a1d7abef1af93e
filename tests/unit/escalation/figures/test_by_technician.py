"""Each claim counts for whoever made it: of what others let run out before, nothing is theirs, and nothing is lost."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from escalation.figures.estimates import Reading, Sample, mean
from escalation.figures.hours import Calendar
from escalation.figures.measures import breakdown, measure
from escalation.figures.observations import Basis, Clock, EndedClaim, Observation

NOW, ALWAYS = datetime(2026, 5, 28, 12, tzinfo=UTC), Calendar.always()
PEOPLE = ("anna", "ben", "cleo")


def month(chance: random.Random) -> tuple[list[Observation], dict[str, list[Reading]], dict[str, int]]:
    """Return escalations with claims that came to nothing, what each made of theirs, and how many each acted on."""
    found, of_each, acted = [], {name: [] for name in PEOPLE}, dict.fromkeys(PEOPLE, 0)
    for number in range(60):
        at = escalated = NOW - timedelta(days=20, minutes=chance.randrange(9000))
        ended = []
        for _ in range(chance.choice((0, 0, 1, 2))):
            who, held = chance.choice(PEOPLE), chance.randrange(30, 90)
            ended.append(EndedClaim(at, at + timedelta(minutes=held), who))
            of_each[who].append(Reading(float(held), unfinished=True))
            at += timedelta(minutes=held + 5)
        who, took = chance.choice((*PEOPLE, None)), chance.randrange(1, 20)
        if who:
            of_each[who].append(Reading(float(took)))
            acted[who] += 1
        found.append(Observation(
            f"{number}/1", ALWAYS, escalated_at=escalated, claimed_at=at if who else None,
            acted_at=at + timedelta(minutes=took) if who else None, technician=who,
            returned_at=tuple(claim.ended for claim in ended), ended_claims=tuple(ended),
        ))  # fmt: skip
    return found, of_each, acted


@pytest.mark.parametrize("seed", range(20))
def test_each_has_their_own_claims_and_all_together_are_the_whole(seed: int) -> None:
    found, of_each, acted = month(random.Random(seed))
    after_claim, in_all = (
        breakdown(found, "technician", clock, Basis.CALENDAR, as_of=NOW) for clock in (Clock.ORIENTATION, Clock.TOTAL)
    )
    assert after_claim.keys() == in_all.keys() == {name for name in PEOPLE if of_each[name]}
    for name, figure in after_claim.items():
        own = Sample.of(of_each[name])
        assert (figure.n, figure.unfinished) == (own.finished, own.unfinished)
        assert figure.mean == (pytest.approx(mean(own)) if own.finished >= 10 else None)
        assert in_all[name].n == acted[name]
    whole = measure(found, Clock.ORIENTATION, Basis.CALENDAR, as_of=NOW)
    assert sum(figure.n for figure in after_claim.values()) == whole.n
    assert sum(figure.unfinished for figure in after_claim.values()) == whole.unfinished
    assert sorted(e for figure in after_claim.values() for e in figure.episodes) == sorted(whole.episodes)


def test_who_only_let_claims_run_out_is_named_too() -> None:
    end = NOW - timedelta(hours=1)
    one = Observation(
        "7/1", ALWAYS, escalated_at=end - timedelta(hours=1), returned_at=(end,), withdrawn=True, ended_at=end,
        ended_claims=(EndedClaim(end - timedelta(minutes=50), end, "anna"),),
    )  # fmt: skip
    figures = breakdown([one], "technician", Clock.ORIENTATION, Basis.CALENDAR, as_of=NOW)
    assert (figures["anna"].n, figures["anna"].unfinished) == (0, 1)
    assert breakdown([one], "technician", Clock.TOTAL, Basis.CALENDAR, as_of=NOW)["anna"].n == 0
