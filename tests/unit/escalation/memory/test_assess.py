"""The guess from solved tickets: what is quoted, what is left out, how sure, and when nothing is said."""

from __future__ import annotations

import itertools
import random

import pytest

from escalation.memory.assess import ALONE, FLOOR, MOST_STEPS, Known, assess, clauses_of, outcome, tells_deed
from escalation.memory.deeds import same_deed

PARTS = ("the spooler cache", "the NIC driver", "the DHCP scope", "the root certificate", "the search index", "the switch port")
STATES = ("expired", "corrupt", "full", "disabled", "duplicated")
DEEDS = ("renewed", "rebuilt", "removed", "replaced", "updated")
WORDINGS = (
    "{Part} was {state}, {deed} it.", "{Deed} {part}, which was {state}.", "Turned out {part} was {state}. {Deed} {part}.",
    "{Deed} {part}.", "Caused by {part} being {state}; {deed} {part}, works.", "Found {part} {state} so we {deed} it.",
)  # fmt: skip


def fix(part: str, state: str, deed: str, wording: str) -> str:
    return wording.format(part=part, Part=part.capitalize(), state=state, deed=deed, Deed=deed.capitalize())


def every_fix() -> list[str]:
    """Return 900 fixes: a cause told or not, before or after the deed."""
    return [fix(*each) for each in itertools.product(PARTS, STATES, DEEDS, WORDINGS)]


def test_what_is_said_stands_literally_in_the_ticket_that_is_cited() -> None:
    chance, fixes = random.Random(7), every_fix()
    said = 0
    for _ in range(500):
        known = [Known(f"m{n}", chance.choice(fixes), chance.uniform(0.08, 0.9)) for n in range(chance.randrange(1, 6))]
        guess = assess(known, [chance.choice(fixes) for _ in range(chance.randrange(3))])
        if guess is None:
            continue
        said += 1
        by_source = {one.source: one.fix for one in known}
        assert all(stated.text in by_source[stated.source] for stated in (guess.cause, *guess.steps))
        assert 1 <= len(guess.steps) <= MOST_STEPS
        assert FLOOR <= guess.confidence < 1
    assert said > 100


def test_nothing_that_was_tried_here_is_suggested() -> None:
    """Said in the same words or with others around them; each deed of each fix in turn. Untried, each is suggested."""
    tries = 0
    for text in every_fix()[::7]:
        untried = assess([Known("m1", text, 0.5)])
        assert untried is not None, text
        for tried in filter(tells_deed, clauses_of(text)):
            around = f"as suggested we {tried} this morning, no change"
            tries += any(same_deed(step.text, around) for step in untried.steps)
            guess = assess([Known("m1", text, 0.5)], [around])
            assert guess is None or not any(same_deed(step.text, around) for step in guess.steps), text
    assert tries > 80


def test_a_fix_that_failed_here_leaves_the_guess_to_the_next_or_to_nobody() -> None:
    first = Known("m1", "Replaced the NIC driver.", 0.6)
    second = Known("m2", "Rebuilt the search index.", 0.2)
    assert assess([first], ["replaced NIC driver with the vendor's"]) is None
    assert assess([first, second], ["replaced NIC driver with the vendor's"]) is None, "what is left has little of the support"


def test_tickets_that_agree_are_believed_more_than_one_and_those_that_differ_less() -> None:
    one = Known("m1", "Renewed the root certificate.", 0.6)
    same = Known("m2", "Root certificate expired, renewed the root certificate.", 0.6)
    other = Known("m3", "Replaced the switch port patch cable.", 0.3)
    alone, both = assess([one]), assess([one, same])
    mixed = assess([one, same, other])
    assert alone
    assert both
    assert mixed
    assert both.confidence > alone.confidence
    assert both.confidence > mixed.confidence
    assert assess([one, Known("m3", other.fix, 0.6)]) is None, "two that say different things, equally strong"
    little, again = Known("m1", one.fix, ALONE - 0.01), Known("m2", same.fix, ALONE - 0.01)
    assert assess([little]) is None, "one that is not very like this one is thin"
    assert assess([little, again])


@pytest.mark.parametrize("text", ["", "Resolved.", "User confirmed working, closing.", "Fixed", "done, thanks", "ok"])
def test_a_fix_that_tells_nothing_supports_nothing(text: str) -> None:
    assert assess([Known("m1", text, 0.9), Known("m2", text, 0.9)]) is None


def test_nothing_known_says_nothing() -> None:
    assert assess([]) is None


@pytest.mark.parametrize(
    ("text", "cause", "steps"),
    [
        (
            "phase-2 lifetime was 28800 on their end and 3600 on ours, set both to 3600",
            "phase-2 lifetime was 28800 on their end and 3600 on ours", ["set both to 3600"],
        ),
        ("Cert on NPS01 expired. Renewed cert on NPS01; restarted the NPS service", "Cert on NPS01 expired",
         ["Renewed cert on NPS01", "restarted the NPS service"]),
        ("Turned out the DHCP scope was full, so extended the scope to .250", "Turned out the DHCP scope was full",
         ["extended the scope to .250"]),
        ("Replaced the NIC driver.", "Replaced the NIC driver", ["Replaced the NIC driver"]),
        ("renewed the certificate because it had expired", "renewed the certificate because it had expired",
         ["renewed the certificate because it had expired"]),
        ("The antivirus was blocking the port", "The antivirus was blocking the port", ["The antivirus was blocking the port"]),
    ],
)  # fmt: skip
def test_the_cause_and_the_deeds_are_clauses_of_the_fix(text: str, cause: str, steps: list[str]) -> None:
    guess = assess([Known("m1", text, 0.5)])
    assert guess
    assert (guess.cause.text, [step.text for step in guess.steps]) == (cause, steps)


def test_the_outcome_is_right_for_the_same_deed_in_other_words_and_wrong_for_another() -> None:
    """Over all pairs of wordings of one fault, and of two faults that share neither part nor state nor deed."""
    right = wrong = pairs = others = 0
    faults = list(zip(PARTS, STATES, DEEDS, strict=False))
    for (place, one), (elsewhere, other) in itertools.product(enumerate(faults), repeat=2):
        for a, b in itertools.product(WORDINGS, repeat=2):
            came = outcome(clauses_of(fix(*one, a)), fix(*other, b))
            pairs, others = pairs + (place == elsewhere), others + (place != elsewhere)
            right += came == "right" and place == elsewhere
            wrong += came == "wrong" and place != elsewhere
            assert came != "right" or place == elsewhere, (one, a, other, b)
            assert came != "wrong" or place != elsewhere, (one, a, other, b)
    assert right / pairs > 0.9, right / pairs
    assert wrong / others > 0.9, wrong / others


@pytest.mark.parametrize("said", [None, "", "Resolved.", "User confirmed working."])
def test_of_a_fix_that_tells_nothing_the_outcome_cannot_be_told(said: str | None) -> None:
    assert outcome(["replaced the NIC driver"], said) == "cannot tell"
