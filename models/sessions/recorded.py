"""Store sessions and steps, each request once; read them as they stand. Another account's are not found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Update, func, select, update
from sqlalchemy.orm import Session, defer

from escalation.sessions.steps import Current, NewStep, Recorded, current
from models.database.compare_and_set import changed
from models.database.sessions import MOVED, insert_or_ignore
from models.tables import AiSession, AiSessionStep
from models.work.due import BELL_S, Due, due_in_turn, pairs

__all__ = [
    "AiSession", "add", "count_of", "due", "get", "made_by", "of_ticket", "open_one", "put_off", "recorded_since", "repeated",
    "rows_of", "steps_of", "store_ticket", "take",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Steps:
    """A session with its steps as they stand."""

    session: AiSession
    steps: tuple[Current, ...]


def open_one(
    session: Session, account_id: int, ticket_id: int, *, member_id: int, member: str, client: str, key: str | None, now: datetime
) -> int | None:
    """Store a session, whose ticket is then to be read, and return its id; None where this member's key made one before."""
    row = insert_or_ignore(session, AiSession).values(
        account_id=account_id, ticket_id=ticket_id, member_id=member_id, member=member, client=client, idempotency_key=key,
        started_at=now, last_at=now, rows=0, bytes=0, attempts=0, next_attempt_at=now + timedelta(seconds=BELL_S),
    )  # fmt: skip
    return session.scalar(row.returning(AiSession.id))


def made_by(session: Session, account_id: int, *, member_id: int, key: str) -> AiSession | None:
    """Return the session that a member's key made."""
    return session.scalar(
        select(AiSession).where(
            AiSession.account_id == account_id, AiSession.member_id == member_id, AiSession.idempotency_key == key
        )
    )


def get(session: Session, account_id: int, session_id: int) -> AiSession | None:
    """Return a session, fresh from the database."""
    query = select(AiSession).where(AiSession.account_id == account_id, AiSession.id == session_id)
    return session.scalar(query.execution_options(populate_existing=True))


def count_of(session: Session, account_id: int, ticket_id: int) -> int:
    """Return how many sessions a ticket has."""
    query = select(func.count()).select_from(AiSession)
    return session.scalar(query.where(AiSession.account_id == account_id, AiSession.ticket_id == ticket_id)) or 0


def add(
    session: Session, account_id: int, session_id: int, steps: Sequence[NewStep], *, member_id: int, member: str,
    key: str | None, now: datetime, corrects: int | None = None,
) -> list[int]:  # fmt: skip
    """Append rows and return their numbers. They count as one request, under one key."""
    size = sum(step.size for step in steps)
    mine = update(AiSession).where(AiSession.account_id == account_id, AiSession.id == session_id)
    mine = mine.values(rows=AiSession.rows + len(steps), bytes=AiSession.bytes + size, last_at=now)
    last = session.scalar(mine.returning(AiSession.rows))
    if last is None:
        return []
    numbers = list(range(last - len(steps) + 1, last + 1))
    session.add_all(
        AiSessionStep(
            account_id=account_id, session_id=session_id, number=number, corrects=corrects, member_id=member_id, member=member,
            kind=step.kind, state=step.state, text=step.text, outcome=step.outcome, output=step.output, changed=step.changed,
            idempotency_key=key, place=place, at=now,
        )
        for place, (number, step) in enumerate(zip(numbers, steps, strict=True))
    )  # fmt: skip
    session.flush()
    session.info.setdefault(MOVED, set()).add(account_id)
    return numbers


def repeated(session: Session, account_id: int, session_id: int, *, key: str) -> list[AiSessionStep]:
    """Return the rows that a request with this key has made."""
    query = select(AiSessionStep).where(*_in(account_id, session_id), AiSessionStep.idempotency_key == key)
    return list(session.scalars(query.order_by(AiSessionStep.place)))


def recorded_since(session: Session, account_id: int, *, member_id: int, since: datetime) -> int:
    """Return how many rows a member has recorded since a moment."""
    query = select(func.count()).select_from(AiSessionStep)
    mine = (AiSessionStep.account_id == account_id, AiSessionStep.member_id == member_id, AiSessionStep.at > since)
    return session.scalar(query.where(*mine)) or 0


def rows_of(session: Session, account_id: int, session_id: int) -> list[Recorded]:
    """Return a session's rows in the order they were recorded."""
    query = select(AiSessionStep).where(*_in(account_id, session_id)).order_by(AiSessionStep.number)
    return [_recorded(row) for row in session.scalars(query)]


def steps_of(session: Session, account_id: int, session_id: int) -> tuple[Current, ...]:
    """Return a session's steps as they stand."""
    return tuple(current(rows_of(session, account_id, session_id)))


def of_ticket(session: Session, account_id: int, ticket_id: int, *, most: int = 50) -> list[Steps]:
    """Return a ticket's newest sessions with their steps, the oldest of them first."""
    query = (
        select(AiSession)
        .where(AiSession.account_id == account_id, AiSession.ticket_id == ticket_id)
        .options(defer(AiSession.ticket))
        .order_by(AiSession.id.desc())
        .limit(most)
    )
    found = list(session.scalars(query))[::-1]
    rows: dict[int, list[Recorded]] = {one.id: [] for one in found}
    steps = select(AiSessionStep).where(AiSessionStep.account_id == account_id, AiSessionStep.session_id.in_(sorted(rows)))
    for row in session.scalars(steps.order_by(AiSessionStep.session_id, AiSessionStep.number)):
        rows[row.session_id].append(_recorded(row))
    return [Steps(one, tuple(current(rows[one.id]))) for one in found]


def take(session: Session, account_id: int, session_id: int, *, now: datetime, lease_s: float) -> AiSession | None:
    """Take a session whose ticket is to be read, or was never tried, for `lease_s` seconds. None for any other."""
    fresh = (AiSession.attempts == 0) | (AiSession.next_attempt_at <= now)
    mine = _one(account_id, session_id).where(AiSession.next_attempt_at.is_not(None), fresh)
    until = now + timedelta(seconds=lease_s)
    taken = changed(session, mine.values(next_attempt_at=until, attempts=AiSession.attempts + 1))
    return get(session, account_id, session_id) if taken else None


def store_ticket(
    session: Session, account_id: int, session_id: int, *, ticket: dict[str, Any] | None, reason: str | None, now: datetime
) -> bool:
    """Store what its ticket says, or why it cannot be read."""
    values = {"ticket": ticket, "unread": reason, "read_at": now, "next_attempt_at": None}
    return changed(session, _one(account_id, session_id).values(values))


def put_off(session: Session, account_id: int, session_id: int, *, at: datetime, reason: str) -> bool:
    """Have its ticket read from a moment on."""
    return changed(session, _one(account_id, session_id).values(next_attempt_at=at, unread=reason))


def due(system: Session, *, now: datetime, limit: int) -> Due:
    """Return the sessions whose ticket is to be read now: account id and row id, in turn."""
    return pairs(
        system, due_in_turn(AiSession.account_id, AiSession.id, AiSession.next_attempt_at, now=now, limit=limit)
    )


def _one(account_id: int, session_id: int) -> Update:
    return update(AiSession).where(AiSession.account_id == account_id, AiSession.id == session_id)


def _in(account_id: int, session_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return AiSessionStep.account_id == account_id, AiSessionStep.session_id == session_id


def _recorded(row: AiSessionStep) -> Recorded:
    return Recorded(
        row.text, row.kind, row.state, row.outcome, row.output, row.changed,  # type: ignore[arg-type] # checked when stored
        row.number, row.corrects, row.member_id, row.member, row.at,
    )  # fmt: skip
