"""A model's readings of a handoff: when one is due, a row for each call, and what was left of its answer.

A call's outcome is `asked` until it is known. Then `read`: its answer is used. `local stands`: the local reader was surer.
`abstained`: an assessment that says nothing, or of which nothing was left. `refused`, `unusable`: the model's answer was of
no use. `timeout`, `throttled`, `unavailable`: there was none, and it is asked again. `rejected`: the provider will not have
our question. `capped`: not asked, the month's cap is reached.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from models.database.compare_and_set import changed
from models.tables import Handoff, ModelCall
from models.work.due import BELL_S, Due, due_in_turn, not_suspended, pairs

__all__ = [
    "ModelCall", "Month", "ask", "begin_call", "calls", "due", "end_call", "finish", "later", "latest", "month", "take",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Month:
    """What an account's calls came to in a month."""

    tokens: int = 0
    cost: float = 0.0
    outcomes: dict[str, int] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)


def ask(session: Session, account_id: int, handoff_id: int, *, due_at: datetime) -> bool:
    """Have the handoff's newest evidence read at a moment; one that was to be read sooner stays so."""
    later = Handoff.read_due_at.is_(None) | (Handoff.read_due_at > due_at)
    return changed(session, update(Handoff).where(*_one(account_id, handoff_id), later).values(read_due_at=due_at))


def take(session: Session, account_id: int, handoff_id: int, *, now: datetime, until: datetime) -> bool:
    """Take a reading that is due, until a moment. False if none is due or somebody has it."""
    due = Handoff.read_due_at <= now + timedelta(seconds=BELL_S)
    return changed(session, update(Handoff).where(*_one(account_id, handoff_id), due).values(read_due_at=until))


def finish(session: Session, account_id: int, handoff_id: int, *, taken_until: datetime) -> bool:
    """Record that there is nothing more to read. False if it was asked for anew meanwhile."""
    mine = update(Handoff).where(*_one(account_id, handoff_id), Handoff.read_due_at == taken_until)
    return changed(session, mine.values(read_due_at=None))


def later(session: Session, account_id: int, handoff_id: int, *, taken_until: datetime, at: datetime) -> bool:
    """Give it back, to be tried again at a moment."""
    mine = update(Handoff).where(*_one(account_id, handoff_id), Handoff.read_due_at == taken_until)
    return changed(session, mine.values(read_due_at=at))


def due(system: Session, *, now: datetime, limit: int) -> Due:
    """Return the handoffs that a model is to read now, in turn."""
    running, at = not_suspended(Handoff.account_id), Handoff.read_due_at
    return pairs(system, due_in_turn(Handoff.account_id, Handoff.id, at, running, now=now, limit=limit))


def begin_call(
    session: Session,
    account_id: int,
    handoff_id: int,
    *,
    kind: str = "reading",
    request_key: str,
    provider: str,
    model: str,
    now: datetime,
    tokens_in: int,
    tokens_out: int,
    cost: float | None,
) -> int:
    """Store that a model is about to be asked, with the most that it can take; return the call's id."""
    call = ModelCall(
        account_id=account_id, handoff_id=handoff_id, kind=kind, request_key=request_key, provider=provider, model=model,
        asked_at=now, outcome="asked", tokens_in=tokens_in, tokens_out=tokens_out, cost=cost,
    )  # fmt: skip
    session.add(call)
    session.flush()
    return call.id


def end_call(session: Session, account_id: int, call_id: int, *, outcome: str, now: datetime, **known: Any) -> bool:
    """Store what came of a call, once."""
    asked = update(ModelCall).where(
        ModelCall.account_id == account_id, ModelCall.id == call_id, ModelCall.outcome == "asked"
    )
    return changed(session, asked.values(outcome=outcome, answered_at=now, **known))


def calls(session: Session, account_id: int, handoff_id: int, *, kind: str = "reading") -> list[ModelCall]:
    """Return a handoff's calls of one kind, the oldest first."""
    here = (ModelCall.account_id == account_id, ModelCall.handoff_id == handoff_id, ModelCall.kind == kind)
    return list(session.scalars(select(ModelCall).where(*here).order_by(ModelCall.id)))


def latest(session: Session, account_id: int, handoff_id: int, *, kind: str = "reading") -> dict[str, Any] | None:
    """Return the newest answer of one kind that is used, as stored; None if there is none."""
    here = (
        ModelCall.account_id == account_id, ModelCall.handoff_id == handoff_id, ModelCall.kind == kind,
        ModelCall.outcome == "read",
    )  # fmt: skip
    return session.scalar(select(ModelCall.reading).where(*here).order_by(ModelCall.id.desc()).limit(1))


def month(session: Session, account_id: int, *, now: datetime) -> Month:
    """Return what this month's calls came to so far, those counted by the most they can have taken that did not end."""
    since = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    here = (ModelCall.account_id == account_id, ModelCall.asked_at >= since)
    tokens, cost = session.execute(
        select(func.sum(ModelCall.tokens_in + ModelCall.tokens_out), func.sum(ModelCall.cost)).where(*here)
    ).one()
    outcomes = session.execute(select(ModelCall.outcome, func.count()).where(*here).group_by(ModelCall.outcome))
    dropped: Counter[str] = Counter()
    for counted in session.scalars(select(ModelCall.dropped).where(*here, ModelCall.dropped.is_not(None))):
        dropped.update(counted or {})
    return Month(int(tokens or 0), float(cost or 0), {name: number for name, number in outcomes}, dict(dropped))  # noqa: C416


def _one(account_id: int, handoff_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Handoff.account_id == account_id, Handoff.id == handoff_id
