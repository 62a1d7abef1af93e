"""Saves of a ticket with a live handoff, kept so that who took it and what they did first can be told later."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from escalation.response.claims import Sighting as Save
from models.database.sessions import insert_or_ignore
from models.tables import Sighting

__all__ = ["add", "of_handoff"]


def add(session: Session, account_id: int, handoff_id: int, save: Save, *, now: datetime) -> bool:
    """Store a save of the ticket. False if it is known."""
    stamp = f"{save.at.isoformat()}/{save.board_id}/{save.status_id}/{save.owner or ''}/{save.member or ''}"
    statement = insert_or_ignore(session, Sighting).values(
        account_id=account_id,
        handoff_id=handoff_id,
        stamp=stamp,
        at=save.at,
        member=save.member,
        board_id=save.board_id,
        status_id=save.status_id,
        owner=save.owner,
        seen_at=now,
    )
    return session.scalar(statement.returning(Sighting.id)) is not None


def of_handoff(session: Session, account_id: int, handoff_id: int) -> list[Save]:
    """Return the saves of a handoff's ticket, the earliest first."""
    query = select(Sighting).where(Sighting.account_id == account_id, Sighting.handoff_id == handoff_id)
    rows = session.scalars(query.order_by(Sighting.at, Sighting.id))
    return [Save(r.at, r.member, r.board_id, r.status_id, r.owner) for r in rows]
