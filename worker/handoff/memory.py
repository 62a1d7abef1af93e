"""Learn from tickets as they close, and ask what is known when one is escalated. Without it every handoff goes on."""

from __future__ import annotations

import structlog

from escalation.evidence import Ticket
from escalation.package.lesson import Lesson, lesson_of
from psa.port import PsaError
from worker.wiring import Desk, Services

log = structlog.get_logger()


def lesson_at_the_end(services: Services, desk: Desk, ticket: Ticket | None) -> Lesson | None:
    """Read a closed ticket once more and return what it teaches; None for an open one, or where it cannot be read now.

    Four calls. What is missed here, the next replay of history finds.
    """
    if ticket is None or not ticket.closed:
        return None
    try:
        evidence = services.reader.response(services.psa(desk.account_id), ticket.id, desk.roster, now=services.clock())
    except PsaError as error:
        log.warning("lesson_not_read", error=type(error).__name__)
        return None
    return None if any(gap.source == "notes" for gap in evidence.gaps) else lesson_of(evidence)
