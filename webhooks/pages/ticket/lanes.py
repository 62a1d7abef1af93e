"""A ticket's sessions as plain values: each member's work with an assistant in a lane of its own, as it stands now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from escalation.brief.lines import LABELS
from escalation.brief.sanitize import Inert, inline, line
from escalation.brief.spans import Clock
from escalation.sessions.steps import Current
from models.sessions import recorded
from webhooks.authorization import Viewer
from webhooks.claims.page import ago
from webhooks.pages.desk import people_of

MOST_LANES = 5
MOST_STEPS = 30
"""Of a lane, the newest; of what is pending the first."""
MOST_PENDING = 20
MOST_ROWS = 12
"""Rows of a step's output."""
KINDS = {"finding": "found", "reason": "why it is escalated"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step as the panel draws it."""

    number: int
    text: Inert
    label: str
    dead_end: bool
    output: tuple[Inert, ...]
    changed: Inert
    by: Inert
    """Who recorded it, where that is not the session's own member."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One session."""

    id: int
    rows: int
    who: Inert
    client: Inert
    begun: str
    last: str
    """How long ago something was recorded last."""
    steps: tuple[Step, ...]
    """What is done or was found, the newest last."""
    older: int
    pending: tuple[Step, ...]
    may_tick: bool


def lanes_of(session: Session, viewer: Viewer, ticket_id: int, now: datetime) -> list[Lane]:
    """Return the newest sessions of a ticket that hold anything, the oldest first."""
    found = recorded.of_ticket(session, viewer.account_id, ticket_id, most=MOST_LANES, newest=MOST_STEPS)
    found = [one for one in found if one.steps]
    if not found:
        return []
    people = people_of(session, viewer)
    moment = Clock(viewer.time_zone, viewer.psa_time(now)).moment
    lanes = []
    for one in found:
        row = one.session
        made = [(step, _step(step, row.member, people.named(step.into.member))) for step in one.steps]
        done = [drawn for step, drawn in made if step.step.state == "done"]
        waits = [drawn for step, drawn in made if step.step.state == "pending"][:MOST_PENDING]
        lanes.append(
            Lane(
                row.id, row.rows, inline(people.named(row.member), limit=40), inline(row.client, limit=40),
                moment(viewer.psa_time(row.started_at)), ago(row.last_at, now), tuple(done),
                one.done - len(done), tuple(waits), viewer.may_claim or viewer.member_id == row.member_id,
            )
        )  # fmt: skip
    return lanes


def _step(one: Current, member: str, name: str) -> Step:
    step = one.step
    rows = tuple(line(row, limit=500) for row in step.output.splitlines()[:MOST_ROWS] if row.strip())
    return Step(
        step.number, inline(step.text, limit=500), KINDS.get(step.kind) or LABELS.get(step.outcome, ""),
        step.kind == "step" and step.outcome in ("failed", "no_change"), rows, inline(step.changed, limit=200),
        Inert("") if one.into.member == member else inline(name, limit=40),
    )  # fmt: skip
