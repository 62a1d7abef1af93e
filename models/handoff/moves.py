"""Move one of a handoff's machines: the compare-and-set, the check, the row, and the first states."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Update
from sqlalchemy.orm import Session

from escalation.lifecycle import Brief, Response, check_brief, check_response
from models.database.compare_and_set import changed
from models.database.sessions import MOVED
from models.tables import Handoff, Transition

State = TypeVar("State", Brief, Response)
NOTE = "note"
"""What a row of an edit has in the place of a machine."""


def one(account_id: int, handoff_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions that find one handoff."""
    return Handoff.account_id == account_id, Handoff.id == handoff_id


def move(
    session: Session,
    found: Update,
    account_id: int,
    handoff_id: int,
    before: State,
    after: State,
    values: dict[str, Any],
    *,
    why: str,
    now: datetime,
    happened_at: datetime | None = None,
    actor: str = "resolutionflow",
) -> bool:
    """Move what `found` finds by one compare-and-set, and record it. False if it is not in `before` (any more)."""
    state = Handoff.brief_state if isinstance(before, Brief) else Handoff.response_state
    if not changed(session, found.where(state == before.value).values({**values, state.key: after.value})):
        return False
    moved(session, account_id, handoff_id, before, after, why=why, now=now, happened_at=happened_at, actor=actor)
    return True


def moved(
    session: Session,
    account_id: int,
    handoff_id: int,
    before: State,
    after: State,
    *,
    why: str,
    now: datetime,
    happened_at: datetime | None = None,
    actor: str = "resolutionflow",
) -> None:
    """Record a move of the brief or the response. Raises `ForbiddenMove`, which rolls the move itself back too."""
    if isinstance(before, Brief) and isinstance(after, Brief):
        machine = "brief"
        check_brief(before, after)
    else:
        machine = "response"
        check_response(before, after)
    _add(session, account_id, handoff_id, machine, before, after, why, happened_at or now, now, actor)


def opened(
    session: Session,
    account_id: int,
    handoff_id: int,
    *,
    why: str,
    now: datetime,
    happened_at: datetime,
    actor: str,
) -> None:
    """Record the first state of both machines."""
    _add(session, account_id, handoff_id, "brief", None, Brief.PENDING, why, happened_at, now, actor)
    _add(session, account_id, handoff_id, "response", None, Response.OPEN, why, happened_at, now, actor)


def edited(session: Session, account_id: int, handoff_id: int, *, now: datetime) -> None:
    """Record that the note was edited: no move of a machine, but whoever has the handoff open is told."""
    _add(session, account_id, handoff_id, NOTE, None, "edited", "the facts changed", now, now, "resolutionflow")


def _add(
    session: Session,
    account_id: int,
    handoff_id: int,
    machine: str,
    before: str | None,
    after: str,
    why: str,
    happened_at: datetime,
    recorded_at: datetime,
    actor: str,
) -> None:
    session.add(
        Transition(
            account_id=account_id,
            handoff_id=handoff_id,
            machine=machine,
            from_state=str(before) if before else None,
            to_state=str(after),
            happened_at=happened_at,
            recorded_at=recorded_at,
            why=why,
            actor=actor,
        )
    )
    session.flush()
    session.info.setdefault(MOVED, set()).add(account_id)
