"""Store sessions and steps, each request once; read them as they stand. Another account's are not found."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from escalation.sessions.steps import STATES, Current, NewStep, Recorded, current
from models.database.compare_and_set import changed
from models.database.sessions import MOVED, insert_or_ignore
from models.tables import AiSession, AiSessionStep
from models.work import lease
from models.work.due import BELL_S, Due

__all__ = [
    "AiSession", "Steps", "add", "count_of", "due", "get", "hold", "made_by", "of_ticket", "open_one", "put_off",
    "read_again", "recorded_since", "repeated", "step_of", "steps_of", "store_ticket", "take",
]  # fmt: skip


FRESH = timedelta(minutes=1)
"""A reading of a ticket that is no older is not done again."""

_STEP = AiSessionStep
_ROW = (
    _STEP.text, _STEP.kind, _STEP.state, _STEP.outcome, _STEP.output, _STEP.changed, _STEP.number, _STEP.corrects,
    _STEP.member_id, _STEP.member, _STEP.at,
)  # fmt: skip
"""Columns, not whole rows: reading a thousand takes a tenth of the time."""

Choice = Callable[[Mapping[int, str]], Collection[int]]
"""Which steps are told, by the state of each."""


@dataclass(frozen=True, slots=True)
class Steps:
    """A session with its steps as they stand, or some of them."""

    session: AiSession
    steps: tuple[Current, ...]
    done: int
    """How many there are in this state, told or not."""
    pending: int
    dropped: int

    @property
    def older(self) -> int:
        """How many steps are not told here."""
        return self.done + self.pending + self.dropped - len(self.steps)


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
    return lease.get(session, AiSession, account_id, session_id)


def hold(session: Session, account_id: int, session_id: int) -> bool:
    """Have whoever else records in a session wait until this transaction ends. False if there is none such."""
    return changed(session, lease.one(AiSession, account_id, session_id).values(rows=AiSession.rows))


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
    mine = lease.one(AiSession, account_id, session_id)
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
    query = select(_STEP).where(_STEP.account_id == account_id, _STEP.session_id == session_id, _STEP.idempotency_key == key)
    return list(session.scalars(query.order_by(_STEP.place)))


def recorded_since(session: Session, account_id: int, *, member_id: int, since: datetime) -> int:
    """Return how many rows a member has recorded since a moment."""
    query = select(func.count()).select_from(AiSessionStep)
    mine = (AiSessionStep.account_id == account_id, AiSessionStep.member_id == member_id, AiSessionStep.at > since)
    return session.scalar(query.where(*mine)) or 0


def steps_of(session: Session, row: AiSession, *, newest: int | None = None) -> Steps:
    """Return a session's steps as they stand; with `newest` only so many of each state.

    These are the newest, but of what is pending the first, which is next. The others are counted and their texts not read:
    a long session takes hardly longer than a short one.
    """
    (found,) = _with_steps(session, [row], _newest(newest))
    return found


def step_of(session: Session, row: AiSession, number: int) -> Current | None:
    """Return one step of a session as it stands; None for a number that no step has."""
    (found,) = _with_steps(session, [row], lambda states: [number] if number in states else [])
    return next(iter(found.steps), None)


def of_ticket(session: Session, account_id: int, ticket_id: int, *, most: int = 50, newest: int | None = None) -> list[Steps]:
    """Return a ticket's newest sessions with their steps, or the `newest` of these, the oldest session first.

    Those that hold nothing come last: whoever only looks at a ticket with an assistant leaves one.
    """
    query = (
        select(AiSession)
        .where(AiSession.account_id == account_id, AiSession.ticket_id == ticket_id)
        .options(defer(AiSession.ticket))
        .order_by((AiSession.rows > 0).desc(), AiSession.id.desc())
        .limit(most)
    )
    return _with_steps(session, sorted(session.scalars(query), key=lambda one: one.id), _newest(newest))


def _with_steps(session: Session, found: Sequence[AiSession], choose: Choice | None) -> list[Steps]:
    """Return sessions of one account with the steps that are chosen by their states, or all."""
    if not found:
        return []
    mine = (_STEP.account_id == found[0].account_id, _STEP.session_id.in_(sorted(one.id for one in found)))
    order = (_STEP.session_id, _STEP.number)
    rows: dict[int, list[Recorded]] = {one.id: [] for one in found}
    states: dict[int, dict[int, str]] = {one.id: {} for one in found}
    query = select(*order, *_ROW).where(*mine).order_by(*order)
    if choose is not None:
        step_of: dict[int, dict[int, tuple[int, int]]] = {one.id: {} for one in found}
        light = select(*order, _STEP.id, _STEP.corrects, _STEP.state).where(*mine).order_by(*order)
        for it, number, row_id, corrects, state in session.execute(light):
            _, step = step_of[it].get(corrects or number, (0, corrects or number))
            step_of[it][number] = row_id, step
            states[it][step] = state
        chosen = {it: choose(held) for it, held in states.items()}
        told = [row_id for it, held in step_of.items() for row_id, step in held.values() if step in chosen[it]]
        query = query.where(_STEP.id.in_(told))
    for it, _, *values in session.execute(query):
        rows[it].append(Recorded(*values))
    steps = {it: tuple(current(held)) for it, held in rows.items()}
    if choose is None:
        states = {it: {one.step.number: one.step.state for one in held} for it, held in steps.items()}
    return [Steps(one, steps[one.id], *map(list(states[one.id].values()).count, STATES)) for one in found]


def _newest(most: int | None) -> Choice | None:
    """Return a choice of so many steps of each state; None for all."""
    if most is None:
        return None

    def choose(states: Mapping[int, str]) -> set[int]:
        held = {state: [number for number, its in states.items() if its == state] for state in STATES}
        return {*held["done"][-most:], *held["pending"][:most], *held["dropped"][-most:]}

    return choose


def take(session: Session, account_id: int, session_id: int, *, now: datetime, lease_s: float) -> AiSession | None:
    """Take a session whose ticket is to be read, or was never tried, for `lease_s` seconds. None for any other."""
    return lease.take(session, AiSession, account_id, session_id, now=now, lease_s=lease_s)


def store_ticket(
    session: Session, taken: AiSession, *, ticket: dict[str, Any] | None, reason: str | None, now: datetime
) -> bool:
    """Store what its ticket says, or why it cannot be read: then what it said before stays.

    False if somebody else reads it, here as below.
    """
    said = {"ticket": ticket} if ticket is not None else {}
    return changed(session, lease.held(taken).values({"unread": reason, "read_at": now, "next_attempt_at": None, **said}))


def read_again(session: Session, account_id: int, session_id: int, *, now: datetime) -> bool:
    """Have its ticket read again, unless that is under way or was done within `FRESH`."""
    old = lease.one(AiSession, account_id, session_id).where(AiSession.read_at <= now - FRESH)
    return changed(session, old.values(read_at=None, next_attempt_at=now))


def put_off(session: Session, taken: AiSession, *, at: datetime, reason: str) -> bool:
    """Have its ticket read from a moment on."""
    return changed(session, lease.held(taken).values(next_attempt_at=at, unread=reason))


def due(system: Session, *, now: datetime, limit: int) -> Due:
    """Return the sessions whose ticket is to be read now: account id and row id, in turn."""
    return lease.due(system, AiSession, now=now, limit=limit)
