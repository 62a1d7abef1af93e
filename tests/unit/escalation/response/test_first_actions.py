"""The first action comes out as it was planned, with sessions and without: one figure in two ways of recording the same work."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from statistics import mean

import pytest

from escalation.evidence import AiSession, Evidence, Note, Person, Roster, SessionStep, Ticket, TimeEntry
from escalation.response.first_action import first_action, recorded_steps
from escalation.rules import StatusRules
from escalation.sessions.steps import Current, Recorded, current
from tests.unit.escalation.response.first_actions import (
    CLAIMANT,
    HELD,
    JUNIOR,
    OTHER,
    TRIED,
    Episode,
    Truth,
    appended,
    episodes,
)

CLAIMED = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
PEOPLE = {
    CLAIMANT: Person("Maja Svensson", "engineer", CLAIMANT),
    OTHER: Person("Tess O'Brien", "engineer", OTHER),
    JUNIOR: Person("Jonas Lind", "technician", JUNIOR),
}
ROSTER = Roster({login: one.role for login, one in PEOPLE.items()}, {login: one.name for login, one in PEOPLE.items()})
RULES = StatusRules(escalate=frozenset({(1, 9)}), claim=frozenset({(1, 12)}))


def at(minute: int) -> datetime:
    return CLAIMED + timedelta(minutes=minute)


def evidence(episode: Episode, *, sessions: bool) -> Evidence:
    notes, entries = [], []
    for n, event in enumerate(episode.events):
        if event.does == "note":
            notes.append(Note(n, event.text, PEOPLE[event.by], at(event.at), "internal"))
        if event.does == "time":
            entries.append(TimeEntry(n, event.text, PEOPLE[event.by], at(event.at), None, at(event.at)))
    told = []
    for number, (owner, rows) in enumerate(appended(episode).items() if sessions else (), start=1):
        made = []
        for row in rows:
            step = row.event.step
            assert step is not None
            said = (step.text, step.kind, step.state, step.outcome, "", "")
            made.append(Recorded(*said, row.number, row.corrects, 0, row.event.by, at(row.event.at)))  # type: ignore[arg-type]
        told.append(AiSession(number, PEOPLE[owner], "Claude", at(-60), tuple(session_step(one) for one in current(made))))
    return Evidence(Ticket(1, "s", 1, "b", 9, "s"), at(300), tuple(notes), tuple(entries), sessions=tuple(told))


def session_step(one: Current) -> SessionStep:
    by = one.into
    assert by.at is not None
    step = one.step
    return SessionStep(step.number, step.kind, step.state, step.text, step.outcome, PEOPLE[by.member], by.at)


def seen(episode: Episode, *, sessions: bool) -> Truth:
    read = evidence(episode, sessions=sessions)
    found = first_action(
        read, claimed_by=CLAIMANT, claimed_at=CLAIMED, rules=RULES, roster=ROSTER, steps=recorded_steps(read)
    )
    return (found.kind, round((found.at - CLAIMED) / timedelta(minutes=1))) if found else None


@pytest.mark.parametrize("wordings", [TRIED, HELD], ids=["tried", "held"])
@pytest.mark.parametrize("sessions", [True, False], ids=["with sessions", "without"])
def test_the_first_action_and_its_figure_are_the_planned_ones(wordings: tuple[str, ...], *, sessions: bool) -> None:
    made = list(episodes(1, wordings, each=12))
    truths = [one.told if sessions else one.untold for one in made]
    found = [seen(one, sessions=sessions) for one in made]
    wrong = Counter(one.kind for one, truth, its in zip(made, truths, found, strict=True) if truth != its)
    assert len(made) >= 250
    assert not wrong, wrong
    assert mean(its[1] for its in found if its) == mean(truth[1] for truth in truths if truth)
