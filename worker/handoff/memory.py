"""Ask what is known when a ticket is escalated. Without it every handoff goes on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from escalation.memory.assess import Known
from escalation.memory.deeds import is_telling
from escalation.package import stored
from escalation.package.contents import Assessment, Offered, Package, Solved
from escalation.package.lesson import asked_of, assessed, with_solved
from models.memory import assessments, resolved, runbooks
from models.memory.resolved import Found
from worker.wiring import Desk, Services

SHOWN = 3
_LOOKED_AT = 20
"""Of so many most alike, those of the same customer are shown first."""


def informed(services: Services, desk: Desk, package: Package, *, before: dict[str, Any] | None = None) -> Package:
    """Return the package with what is alike and was solved here; `before`, the handoff's stored one, says it once for all.

    So an edited brief shows what the first one showed, whatever was remembered since.
    """
    if before is not None:
        first = stored.load(before)
        guess = first.ai_assessment_data
        # A model's stands in its own row, and only as long as the account wants one; what is out stays out.
        own = guess if guess.made_by == "local" else Assessment(discounted=guess.discounted)
        return with_solved(package, first.solved, own, first.runbooks)
    with services.database.account(desk.account_id, reading=True) as session:
        return asked(session, desk.account_id, package, now=services.clock())


def asked(session: Session, account_id: int, package: Package, *, now: datetime) -> Package:
    """Return the package with what an account knows by now."""
    found = resolved.search(session, account_id, asked_of(package), but=package.ticket_id, most=_LOOKED_AT)
    record = assessments.record_of(session, account_id, package.domain)
    books = runbooks.fitting(session, account_id, asked_of(package), now=now)
    fitting = [one for one in found if one.match.convincing and is_telling(one.lesson.fix or "")]
    by_customer = sorted(fitting, key=lambda one: one.lesson.company != package.company)
    ids = {one.match.id: f"m{number}" for number, one in enumerate(by_customer, 1)}
    known = [Known(ids[one.match.id], one.lesson.fix or "", one.match.share) for one in fitting]
    guess = assessed(package, known, record)
    cited = {guess.cause_source, *guess.step_sources, *(one.theory_source for one in guess.discounted)}
    solved = [_solved(one, package, ids[one.match.id]) for one in by_customer]
    return with_solved(package, [one for place, one in enumerate(solved) if place < SHOWN or one.source in cited], guess, [
        Offered(
            book.id, book.contents.title, book.version, book.contents.steps[0].do, book.worth.in_words(), book.worth.stale,
            f"k{number}",
        )
        for number, book in enumerate(books, 1)
    ])  # fmt: skip


def _solved(found: Found, package: Package, source: str) -> Solved:
    lesson = found.lesson
    words = found.match.in_common(lesson.summary, lesson.problem, lesson.fix or "")[:4]
    return Solved(
        lesson.ticket_id, lesson.summary, lesson.fix or "", f"in common: {', '.join(words)}", lesson.closed_at, lesson.resolver,
        lesson.company, lesson.company is not None and lesson.company == package.company, source,
        lesson.fix_source or "",
    )  # fmt: skip
