"""Write a move of one of a handoff's machines: the check, the row, and the first states."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from escalation.lifecycle import Brief, Response, check_brief, check_response
from models.tables import Transition


def moved_brief(
    session: Session,
    account_id: int,
    handoff_id: int,
    before: Brief,
    after: Brief,
    *,
    why: str,
    now: datetime,
    happened_at: datetime | None = None,
    actor: str = "resolutionflow",
) -> None:
    """Record a move of the brief. Raises `ForbiddenMove`, which rolls the move itself back too."""
    check_brief(before, after)
    _add(session, account_id, handoff_id, "brief", before, after, why, happened_at or now, now, actor)


def moved_response(
    session: Session,
    account_id: int,
    handoff_id: int,
    before: Response,
    after: Response,
    *,
    why: str,
    now: datetime,
    happened_at: datetime | None = None,
    actor: str = "resolutionflow",
) -> None:
    """Record a move of the response. Raises `ForbiddenMove`, which rolls the move itself back too."""
    check_response(before, after)
    _add(session, account_id, handoff_id, "response", before, after, why, happened_at or now, now, actor)


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
