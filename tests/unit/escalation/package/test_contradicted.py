"""What speaks against an assessment: remarks that rule its cause out, deeds done in vain, another solution; and what does not.

The kinds: a denial of the thing the cause names (it is not X, X is fine, X ruled out, nothing to do with X), said of the same
thing in other words or of another thing; a suggested deed that failed or changed nothing; words that another thing solved it.
`FRAMES` were there while `denies` was written, `UNSEEN` were written after it.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from escalation.package.contents import Assessment, Discounted, Package, Quote, Step
from escalation.package.contradicted import denies, weighed
from escalation.package.stored import load
from tests.unit.escalation.tickets import package_of, rich

THINGS = (
    ("the print driver", "the print driver was damaged by the update", "the spooler disk was full"),
    ("DHCP", "the DHCP scope was used up", "a loop between two switches"),
    ("the root certificate", "the root certificate had expired", "the clock of the server was wrong"),
    ("the ISP's modem", "the ISP's modem drops the line at night", "the firewall's licence ran out"),
    ("the cached credentials", "stale cached credentials on the laptop", "the account had been locked by a telephone"),
)
FRAMES = (
    "so it is not {}", "it isn't {}", "{} is fine", "ruled out {}", "nothing to do with {}", "{} looks good, so not at fault",
    "checked the logs, it's not {}", "that was not the problem: not {}",
)  # fmt: skip
UNSEEN = (
    "which means {} can't be it", "{} is innocent", "we can exclude {}", "{} checks out", "definitely not {} then",
    "compared it with the other office, {} is not to blame",
)  # fmt: skip


@pytest.mark.parametrize(("frames", "least"), [(FRAMES, 1.0), (UNSEEN, 0.8)])
def test_a_cause_is_contradicted_by_whoever_rules_it_out_and_by_no_word_about_another(
    frames: tuple[str, ...], least: float
) -> None:
    said = [(frame.format(name), cause, other) for frame in frames for name, cause, other in THINGS]
    assert sum(denies(remark, cause) for remark, cause, _ in said) >= least * len(said)
    assert not [remark for remark, _, other in said if denies(remark, other)]
    assert not [cause for _, cause, _ in THINGS if denies(f"it looks like {cause}", cause)], "who says so denies nothing"


def guessing(*, cause: str = "the print driver was damaged", steps: tuple[str, ...] = ("reinstall the print driver",)) -> Package:
    guess = Assessment(cause, steps, 0.8, "n1", ("n1",) * len(steps))
    return replace(package_of(rich()), steps_attempted=(), dead_ends_flagged=(), ruled_out=(), ai_assessment_data=guess)


def step(text: str, outcome: str, **more: object) -> Step:
    return Step(text, text, 2, outcome, "tech", "n2", **more)  # type: ignore[arg-type]


def test_a_suggestion_that_came_to_nothing_is_suggested_no_more_and_kept_as_out() -> None:
    steps = ("reinstall the print driver", "clear the queue of the spooler")
    tried = replace(guessing(steps=steps), steps_attempted=(step("reinstalled the print driver", "no_change"),))
    found = weighed(tried)
    guess = found.ai_assessment_data
    assert guess.suggested_steps == steps[1:]
    assert guess.step_sources == ("n1",)
    assert guess.discounted == (Discounted(steps[0], "n1", "reinstalled the print driver", "n2"),)
    assert weighed(found) == found, "looked at again it is the same"
    assert load(found.to_json()) == found
    later = weighed(replace(found, steps_attempted=()))
    assert later.ai_assessment_data.discounted == guess.discounted, "what is out stays out"


def test_where_all_that_was_to_be_done_came_to_nothing_the_cause_is_contradicted() -> None:
    found = weighed(replace(guessing(), steps_attempted=(step("reinstalled the print driver", "failed"),)))
    assert [quote.source for quote in found.ai_assessment_data.against] == ["n2"]


@pytest.mark.parametrize(
    ("one", "against"),
    [
        (step("replaced the fuser, works now", "worked", result_stated=True), 1),
        (step("reinstalled the print driver, works now", "worked", result_stated=True), 0),
        (step("replaced the fuser, works now", "worked", result_stated=True, outcome_sure=0.5), 0),
        (step("replaced the fuser", "no_change"), 0),
        (step("rebooted the print server", "unknown"), 0),
    ],
)
def test_another_solution_contradicts_it_and_another_dead_end_does_not(one: Step, against: int) -> None:
    assert len(weighed(replace(guessing(), steps_attempted=(one,))).ai_assessment_data.against) == against


def test_nothing_is_contradicted_where_nothing_was_guessed() -> None:
    package = replace(guessing(), ai_assessment_data=Assessment(), ruled_out=(Quote("not the driver", "not the driver", "n1"),))
    assert weighed(package) == package
