"""Learn from tickets as they close, and ask what is known when one is escalated. Without it every handoff goes on."""

from __future__ import annotations

from typing import Any

import structlog

from escalation.evidence import Ticket
from escalation.memory.rank import words_for
from escalation.package import stored
from escalation.package.contents import Package, Solved
from escalation.package.lesson import Lesson, asked_of, lesson_of, with_solved
from models.memory import resolved
from models.memory.resolved import Found
from psa.port import PsaError
from worker.wiring import Desk, Services

log = structlog.get_logger()

SHOWN = 3
_LOOKED_AT = 20
"""Of so many most alike, those of the same customer are shown first."""


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


def informed(services: Services, desk: Desk, package: Package, *, before: dict[str, Any] | None = None) -> Package:
    """Return the package with what is alike and was solved here; `before`, the handoff's stored one, says it once for all.

    So an edited brief shows what the first one showed, whatever was remembered since.
    """
    if before is not None:
        return with_solved(package, stored.load(before).solved)
    with services.database.account(desk.account_id, reading=True) as session:
        found = resolved.search(session, desk.account_id, asked_of(package), but=package.ticket_id, most=_LOOKED_AT)
    fitting = [one for one in found if one.match.convincing and one.lesson.fix]
    fitting.sort(key=lambda one: one.lesson.company != package.company)
    return with_solved(package, [_solved(one, package, n) for n, one in enumerate(fitting[:SHOWN], 1)])


def _solved(found: Found, package: Package, number: int) -> Solved:
    lesson = found.lesson
    words = words_for(found.match.shared[:4], lesson.summary, lesson.problem, lesson.fix or "")
    return Solved(
        lesson.ticket_id, lesson.summary, lesson.fix or "", f"in common: {', '.join(words)}", lesson.closed_at, lesson.resolver,
        lesson.company, lesson.company is not None and lesson.company == package.company, f"m{number}",
    )  # fmt: skip
