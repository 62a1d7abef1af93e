"""Which handoffs a member has opened: what they never opened, claimed or dismissed is new to them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.database.sessions import insert_or_ignore
from models.tables import Opened


def mark_opened(session: Session, account_id: int, handoff_id: int, *, member_id: int, now: datetime) -> bool:
    """Record that a member opened a handoff; the first time stays. False if they had. Repeatable."""
    row = insert_or_ignore(session, Opened).values(
        account_id=account_id, handoff_id=handoff_id, member_id=member_id, at=now
    )
    return session.scalar(row.returning(Opened.handoff_id)) is not None


def opened_by(session: Session, account_id: int, member_id: int, handoff_ids: Collection[int]) -> set[int]:
    """Return those of these handoffs that a member has opened."""
    query = select(Opened.handoff_id).where(
        Opened.account_id == account_id, Opened.member_id == member_id, Opened.handoff_id.in_(sorted(handoff_ids))
    )
    return set(session.scalars(query))
