"""Resolved tickets of an account: stored once each, renewed when they close again, found by what they say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.orm import Session

from escalation.memory.choose import LIMIT, clauses_of
from escalation.memory.rank import Candidate, Match, Statistics, Terms, rank, weights_of
from escalation.package.lesson import Lesson
from models.database.compare_and_set import changed
from models.database.sessions import insert_or_ignore
from models.memory import postings
from models.tables import Memory, ResolvedTicket

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Found:
    """A resolved ticket with how and why it was found."""

    lesson: Lesson
    match: Match


def remember(
    session: Session, account_id: int, lessons: Sequence[Lesson], *, now: datetime, terms_of: Mapping[int, Terms] | None = None
) -> int:
    """Store lessons, or renew those of tickets that are known; return how many were new.

    Stores of one account wait for each other until the transaction ends. Whoever stores several works out `terms_of` each
    ticket before it begins: that takes about as long as storing them, and on SQLite nobody else writes meanwhile.
    """
    lessons = list({lesson.ticket_id: lesson for lesson in lessons}.values())
    if not lessons:
        return 0
    _wait_for_turn(session, account_id)
    mine = Memory.account_id == account_id
    tickets = session.scalar(select(Memory.tickets).where(mine)) or 0
    known = _known(session, account_id, [lesson.ticket_id for lesson in lessons])
    added, removed = defaultdict[str, set[int]](set), defaultdict[str, set[int]](set)
    new: list[dict[str, Any]] = []
    for lesson in lessons:
        terms = terms_of[lesson.ticket_id] if terms_of else lesson.terms()
        row = _row(lesson, terms, now)
        held = terms.held
        if lesson.ticket_id in known:
            number, before = known[lesson.ticket_id]
            here = (ResolvedTicket.account_id == account_id, ResolvedTicket.number == number)
            changed(session, update(ResolvedTicket).where(*here).values(**row))
        else:
            number, before = tickets + len(new), set()
            new.append({"account_id": account_id, "number": number, **row})
        for term in held - before:
            added[term].add(number)
        for term in before - held:
            removed[term].add(number)
    if new:
        session.execute(insert(ResolvedTicket), new)
        changed(session, update(Memory).where(mine).values(tickets=Memory.tickets + len(new)))
    postings.change(session, account_id, added=added, removed=removed)
    return len(new)


def early(session: Session, account_id: int, *, most: int) -> list[Lesson]:
    """Return some lessons that were stored before symptoms were."""
    numbers = session.scalars(select(ResolvedTicket.number).where(*_early(account_id)).limit(most)).all()
    return list(_lessons(session, account_id, numbers).values())


def renew(session: Session, account_id: int, lessons: Sequence[Lesson], *, now: datetime, terms_of: Mapping[int, Terms]) -> None:
    """Index `early` lessons anew, but for tickets that have been stored since."""
    _wait_for_turn(session, account_id)
    wanted = ResolvedTicket.ticket_id.in_([lesson.ticket_id for lesson in lessons])
    still = set(session.scalars(select(ResolvedTicket.ticket_id).where(*_early(account_id), wanted)))
    remember(session, account_id, [one for one in lessons if one.ticket_id in still], now=now, terms_of=terms_of)


def search(session: Session, account_id: int, query: Terms, *, but: int | None = None, most: int = 10) -> list[Found]:
    """Return the account's resolved tickets that resemble a query, the most alike first, without one ticket."""
    statistics = statistics_of(session, account_id, query.held)
    known = {term: weight for term, weight in weights_of(query, statistics).items() if statistics.holding.get(term)}
    numbers = postings.best(session, account_id, clauses_of(query, statistics), known, most=LIMIT)
    candidates = _candidates(session, account_id, numbers, but)
    matches = rank(query, candidates, statistics)[:most]
    lessons = _lessons(session, account_id, [match.id for match in matches])
    return [Found(lessons[match.id], match) for match in matches]


def statistics_of(session: Session, account_id: int, terms: Collection[str]) -> Statistics:
    """Return how many tickets an account remembers, and how many hold each term."""
    tickets = session.scalar(select(Memory.tickets).where(Memory.account_id == account_id)) or 0
    return Statistics(tickets, postings.counts(session, account_id, terms) if tickets else {})


def of_ticket(session: Session, account_id: int, ticket_id: int) -> Lesson | None:
    """Return what a resolved ticket teaches; None for one that is not remembered."""
    mine = (ResolvedTicket.account_id == account_id, ResolvedTicket.ticket_id == ticket_id)
    number = session.scalar(select(ResolvedTicket.number).where(*mine))
    return None if number is None else _lessons(session, account_id, [number])[number]


def closed_at(session: Session, account_id: int, ticket_ids: Sequence[int]) -> dict[int, datetime]:
    """Return when each of some tickets had closed when it was stored last; those not stored are left out."""
    found: dict[int, datetime] = {}
    for some in _portions(ticket_ids):
        here = (ResolvedTicket.account_id == account_id, ResolvedTicket.ticket_id.in_(some))
        query = select(ResolvedTicket.ticket_id, ResolvedTicket.closed_at).where(*here)
        found |= {ticket: at for ticket, at in session.execute(query)}  # noqa: C416 - a result is no mapping
    return found


def _wait_for_turn(session: Session, account_id: int) -> None:
    session.execute(insert_or_ignore(session, Memory).values(account_id=account_id, tickets=0))
    changed(session, update(Memory).where(Memory.account_id == account_id).values(tickets=Memory.tickets))


def _early(account_id: int) -> tuple[ColumnElement[bool], ...]:
    return ResolvedTicket.account_id == account_id, ResolvedTicket.terms.not_like("%\n%\n%\n%")


def _known(session: Session, account_id: int, ticket_ids: Sequence[int]) -> dict[int, tuple[int, set[str]]]:
    """Return the number and terms of each ticket that is stored already."""
    found: dict[int, tuple[int, set[str]]] = {}
    for some in _portions(ticket_ids):
        here = (ResolvedTicket.account_id == account_id, ResolvedTicket.ticket_id.in_(some))
        rows = session.execute(select(ResolvedTicket.ticket_id, ResolvedTicket.number, ResolvedTicket.terms).where(*here))
        found |= {ticket: (number, set(terms.split())) for ticket, number, terms in rows}
    return found


def _portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]


def _candidates(session: Session, account_id: int, numbers: Sequence[int], but: int | None) -> list[Candidate]:
    found: list[Candidate] = []
    for some in _portions(numbers):
        here = (ResolvedTicket.account_id == account_id, ResolvedTicket.number.in_(some))
        query = select(ResolvedTicket.ticket_id, ResolvedTicket.number, ResolvedTicket.terms).where(*here)
        for ticket, number, terms in session.execute(query):
            if ticket != but:
                found.append(Candidate(number, Terms.read(terms)))
    return found


def _lessons(session: Session, account_id: int, numbers: Sequence[int]) -> dict[int, Lesson]:
    here = (ResolvedTicket.account_id == account_id, ResolvedTicket.number.in_(numbers))
    return {
        row.number: Lesson(
            row.ticket_id, row.summary, row.problem, tuple((text, outcome) for text, outcome in row.tried), row.fix,
            row.fix_source, tuple(row.environment), row.domain, row.company_id, row.company, row.resolver, row.closed_at,
        )
        for row in session.scalars(select(ResolvedTicket).where(*here))
    }  # fmt: skip


def _row(lesson: Lesson, terms: Terms, now: datetime) -> dict[str, Any]:
    return {
        "ticket_id": lesson.ticket_id, "summary": lesson.summary, "problem": lesson.problem,
        "tried": [list(pair) for pair in lesson.tried], "fix": lesson.fix, "fix_source": lesson.fix_source,
        "environment": list(lesson.environment), "domain": lesson.domain, "company_id": lesson.company_id,
        "company": lesson.company, "resolver": lesson.resolver, "closed_at": lesson.closed_at,
        "terms": terms.lines, "stored_at": now,
    }  # fmt: skip
