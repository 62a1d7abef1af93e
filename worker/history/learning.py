"""Remember what an account has solved before: its closed tickets, read politely and stored as they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from escalation.evidence import Evidence, Roster, Ticket
from escalation.package.lesson import Lesson, lesson_of
from models.memory import resolved
from psa.port import Psa
from worker.history.reading import Progress, read_evidence
from worker.wiring import Services

BATCH = 50
"""Tickets of one transaction. A reading that is cut off has lost at most so many."""


def learn(
    services: Services, psa: Psa, account_id: int, closed: Sequence[Ticket], roster: Roster, *,
    read: Mapping[int, Evidence | None], progress: Progress,
) -> int:  # fmt: skip
    """Store what closed tickets teach and return how many were new; what is stored as it closed last is not read again.

    `read` holds the evidence of tickets that need not be read a second time. A ticket that cannot be read is left out.
    """
    with services.database.account(account_id, reading=True) as session:
        known = resolved.closed_at(session, account_id, [ticket.id for ticket in closed])
    todo = [ticket for ticket in closed if known.get(ticket.id) != (ticket.closed_at or ticket.last_updated)]
    progress.start(f"remembering {len(todo)} closed tickets …")
    new = 0
    for start in range(0, len(todo), BATCH):
        lessons: list[Lesson] = []
        for place, ticket in enumerate(todo[start : start + BATCH], start + 1):
            evidence = read.get(ticket.id) or read_evidence(services.reader, psa, ticket.id, roster, now=services.clock())
            lesson = lesson_of(evidence) if evidence else None
            lessons += [lesson] if lesson else []
            progress.step(place, len(todo), "tickets read")
        with services.database.account(account_id) as session:
            new += resolved.remember(session, account_id, lessons, now=services.clock())
    return new
