"""Whether an escalation goes on, over a space of who moved the ticket where: what a person who stood by would say.

The space: one or two saves after the escalation, each by a *person* or a *program*, into every kind of status (the same one,
an escalation status elsewhere, the status tickets get on another board by themselves, another one there, a board nobody has
looked at, the board's own default, another status, a claim status, closed, merged), 5 s or 5 min apart, of an escalation
that nobody or somebody has taken. `by_hand` follows the words of docs/architecture.md, not the rules.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

from escalation.evidence import Ticket
from escalation.rules import Act, Seen, StatusRules, carried_off, decide, worth_triage
from tests.unit.escalation.test_rules import T0, ticket

RULES = StatusRules(
    escalate=frozenset({(1, 11), (2, 21)}), claim=frozenset({(1, 12)}), closed=frozenset({(1, 19), (2, 29)}),
    default=frozenset({(1, 10), (2, 20)}),
)  # fmt: skip
PLACES = {
    "escalated": (1, 11), "escalated there": (2, 21), "by itself there": (2, 20), "chosen there": (2, 22),
    "unknown board": (7, 70), "new": (1, 10), "working": (1, 15), "taken": (1, 12), "closed": (1, 19), "merged": (1, 11),
}  # fmt: skip
INSIDE = ("escalated", "escalated there")


@dataclass(frozen=True)
class Save:
    by: str
    place: str
    wait: int


@dataclass(frozen=True)
class Case:
    claimed: bool
    saves: tuple[Save, ...]


def cases() -> Iterator[Case]:
    one = [Save(*save) for save in itertools.product(("person", "program"), PLACES, (5, 300))]
    for claimed in (False, True):
        for save in one:
            yield Case(claimed, (save,))
        for first, second in itertools.product(one, one):
            if first.place not in ("closed", "merged"):
                yield Case(claimed, (first, second))


def by_hand(case: Case) -> tuple[str, int]:
    """What becomes of the first episode, and how many there are."""
    place, left_at, at, fate, episodes, said_taken = "escalated", None, 0, "goes on", 1, False
    for save in case.saves:
        at += save.wait
        if save.place in ("closed", "merged"):
            return ("ended", episodes) if fate in ("goes on", "away") else (fate, episodes)
        moved, other_board = PLACES[save.place] != PLACES[place], PLACES[save.place][0] != PLACES[place][0]
        was_out = fate != "goes on" or (case.claimed and place not in INSIDE) or said_taken
        if save.place in INSIDE:
            if fate == "away" and left_at is not None and at - left_at <= 60:
                fate, left_at = "goes on", None
            elif was_out:
                fate, episodes, left_at = "escalated again", episodes + 1, None
        elif fate == "goes on" and not case.claimed and moved and save.by == "person" and save.place != "taken":
            by_itself = other_board and save.place in ("by itself there", "unknown board", "new")
            if not by_itself or said_taken:
                fate, left_at = "away", at
        elif fate == "away" and left_at is not None and at - left_at > 60:
            fate = "withdrawn"
        said_taken = save.place == "taken" and (said_taken or (moved and save.by == "person"))
        place = save.place
    return fate, episodes


def ticket_after(save: Save, at: int) -> Ticket:
    board, status = PLACES[save.place]
    more = {"closed": True} if save.place == "closed" else {"merged_into": 48100} if save.place == "merged" else {}
    return ticket(board, status, at=at, **more)


def by_rule(case: Case) -> tuple[str, int]:
    first = ticket(1, 11)
    assert first.last_updated
    verdict = decide(None, first, RULES, now=T0)
    seen, fate, at = replace(verdict.seen, claimed=case.claimed), "goes on", 0
    for save in case.saves:
        at += save.wait
        now = ticket_after(save, at)
        assert now.last_updated
        verdict = decide(seen, now, RULES, now=now.last_updated, by_person=save.by == "person")
        if verdict.end_earlier:
            fate = "escalated again"
        elif fate in ("goes on", "away"):
            fate = {Act.END: "ended", Act.WITHDRAW: "withdrawn", Act.LEAVE: "away", Act.RESUME: "goes on"}.get(verdict.act, fate)
        seen = replace(verdict.seen, claimed=case.claimed and verdict.act is not Act.OPEN and verdict.seen.claimed)
    return fate, seen.episode


def wrong() -> dict[Case, object]:
    return {case: got for case in cases() if (got := by_rule(case)) != by_hand(case)}


def test_every_escalation_goes_on_until_a_person_decides_otherwise() -> None:
    assert len(list(cases())) == 2640
    assert wrong() == {}


def test_no_program_withdraws_anything() -> None:
    """Asked of the person on the spot: above, the rules say the same of every case."""
    alone = [
        case for case in cases()
        if all(save.by == "program" and save.place not in ("closed", "merged") for save in case.saves) and not case.claimed
    ]  # fmt: skip
    assert len(alone) > 200
    assert {by_hand(case) for case in alone} == {("goes on", 1)}


def test_what_was_carried_off_costs_nothing_while_nothing_changes() -> None:
    seen = decide(None, ticket(1, 11), RULES, now=T0).seen
    moved = ticket(2, 20, at=9)
    carried = decide(seen, moved, RULES, now=T0, by_person=False).seen
    assert carried_off(carried, RULES)
    assert not worth_triage(carried, moved, RULES, us="rf"), "seen already"
    assert not worth_triage(carried, replace(moved, updated_by="rf", last_updated=ticket(at=12).last_updated), RULES, us="rf")
    assert worth_triage(carried, ticket(2, 20, at=12), RULES, us="rf")
    assert worth_triage(carried, ticket(1, 11, at=12), RULES, us="rf"), "back"


def test_a_person_who_escalates_a_taken_ticket_from_where_a_program_put_it_escalates_again() -> None:
    seen = decide(None, ticket(1, 11), RULES, now=T0).seen
    away = decide(seen, ticket(1, 15, at=9), RULES, now=T0, by_person=False).seen
    taken: Seen = replace(away, claimed=True)
    again = decide(taken, ticket(1, 11, at=600), RULES, now=T0)
    assert (again.act, again.episode, again.end_earlier) == (Act.OPEN, 2, 1)
    back = decide(taken, ticket(1, 11, at=600), RULES, now=T0, by_person=False)
    assert (back.act, back.episode) == (Act.REFRESH, 1)


if __name__ == "__main__":  # python -m tests.unit.escalation.test_whose_decision
    bad = wrong()
    print(f"tried {len(list(cases()))}, held {len(list(cases())) - len(bad)}")  # noqa: T201
    for told, got in list(bad.items())[:12]:
        print(" ", told, "by hand", by_hand(told), "got", got)  # noqa: T201
