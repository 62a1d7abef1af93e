"""Remember what an account has solved before: its closed tickets, read politely and stored as they are read."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from escalation.evidence import Evidence, Roster, Ticket
from escalation.package.lesson import Lesson, lesson_of
from models.memory import resolved
from worker.history.reading import Progress, read_evidence
from worker.history.reads import ReadOnly
from worker.wiring import Services

BATCH, PAUSE_S = 16, 0.11
"""Tickets of one transaction, and what follows it. Whoever waits for SQLite looks each tenth of a second."""


def unknown(services: Services, account_id: int, closed: Sequence[Ticket]) -> list[Ticket]:
    """Return those closed tickets that are not remembered as they closed last."""
    with services.database.account(account_id, reading=True) as session:
        known = resolved.closed_at(session, account_id, [ticket.id for ticket in closed])
    return [ticket for ticket in closed if known.get(ticket.id) != (ticket.closed_at or ticket.last_updated)]


def learn(
    services: Services, reads: ReadOnly, account_id: int, closed: Sequence[Ticket], roster: Roster, *,
    read: Mapping[int, Evidence | None], progress: Progress,
) -> int:  # fmt: skip
    """Store what closed tickets teach and return how many were new. A ticket that cannot be read is left out.

    What was remembered before symptoms were is indexed anew first.

    `read` holds the evidence of tickets that need not be read a second time.
    """
    _renew(services, account_id)
    progress.start(f"remembering {len(closed)} closed tickets …")
    unread = [ticket for ticket in closed if not read.get(ticket.id)]
    found = read_evidence(services.reader, reads, unread, roster, clock=services.clock)
    new = 0
    for start in range(0, len(closed), BATCH):
        lessons: list[Lesson] = []
        for place, ticket in enumerate(closed[start : start + BATCH], start + 1):
            evidence = read.get(ticket.id) or next(found)[1]
            lesson = lesson_of(evidence) if evidence else None
            lessons += [lesson] if lesson else []
            progress.step(place, len(closed), "tickets read")
        terms_of = {lesson.ticket_id: lesson.terms() for lesson in lessons}
        with services.database.account(account_id) as session:
            new += resolved.remember(session, account_id, lessons, now=services.clock(), terms_of=terms_of)
        time.sleep(PAUSE_S)
    return new


def _renew(services: Services, account_id: int) -> None:
    while True:
        with services.database.account(account_id, reading=True) as session:
            early = resolved.early(session, account_id, most=BATCH)
        if not early:
            return
        terms_of = {lesson.ticket_id: lesson.terms() for lesson in early}
        with services.database.account(account_id) as session:
            resolved.renew(session, account_id, early, now=services.clock(), terms_of=terms_of)
        time.sleep(PAUSE_S)
