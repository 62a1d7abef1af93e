"""Saves of a ticket with a live handoff, kept so that who took it and what they did first can be told later."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from escalation.lifecycle import Response
from escalation.response.sightings import Sighting as Save
from models.database.sessions import insert_or_ignore
from models.tables import Handoff, Sighting

__all__ = ["add", "newest", "of_handoff"]


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


def newest(session: Session, account_id: int, ticket_id: int) -> Save | None:
    """Return the last save of a ticket with an open or claimed handoff, as far as it is known."""
    undecided = Handoff.response_state.in_((Response.OPEN.value, Response.CLAIMED.value))
    query = (
        select(Sighting)
        .join(Handoff, (Handoff.account_id == Sighting.account_id) & (Handoff.id == Sighting.handoff_id))
        .where(Handoff.account_id == account_id, Handoff.ticket_id == ticket_id, undecided)
        .order_by(Sighting.at.desc(), Sighting.id.desc())
        .limit(1)
    )
    row = session.scalar(query)
    return Save(row.at, row.member, row.board_id, row.status_id, row.owner) if row else None
