"""What members recorded outside the PSA about a ticket, as evidence beside what was read from it."""

from __future__ import annotations

import dataclasses

from escalation.evidence import AiSession, Evidence, Gap, SessionStep
from escalation.sessions.steps import Current
from models.sessions import recorded
from worker.wiring import Desk, Services

MOST = 400
"""Steps of one ticket that go into its evidence; a brief shows fewer."""


def with_sessions(services: Services, desk: Desk, evidence: Evidence) -> Evidence:
    """Return the evidence with the ticket's sessions, moments by the PSA's clock; a gap says what is too much.

    Of too many steps the newest are kept, and before the deeds of any session what is still to do, was found, or is why it is
    escalated.
    """
    with services.database.account(desk.account_id, reading=True) as session:
        found = recorded.of_ticket(session, desk.account_id, evidence.ticket.id)
    told = [(place, step) for place, one in enumerate(found) for step in one.steps if step.step.state != "dropped"]
    first = sorted(told, key=lambda it: (_is_deed(it[1]), -it[0], -it[1].step.number))[:MOST]
    sessions, over = [], len(told) - len(first)
    for place, one in enumerate(found):
        kept = sorted((step for at, step in first if at == place), key=lambda step: step.step.number)
        if kept:
            row = one.session
            author, began = desk.roster.person(row.member), row.started_at + desk.clock_ahead
            sessions.append(AiSession(row.id, author, row.client, began, tuple(_step(desk, step) for step in kept)))
    gaps = (*evidence.gaps, Gap("sessions", f"{over} older steps are left out")) if over else evidence.gaps
    return dataclasses.replace(evidence, sessions=tuple(sessions), gaps=gaps)


def _is_deed(one: Current) -> bool:
    return one.step.state != "pending" and one.step.kind == "step"


def _step(desk: Desk, one: Current) -> SessionStep:
    step, into = one.step, one.into
    assert into.at is not None
    return SessionStep(
        step.number, step.kind, step.state, step.text, step.outcome, desk.roster.person(into.member),
        into.at + desk.clock_ahead, step.output, step.changed,
    )  # fmt: skip
