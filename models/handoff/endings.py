"""What mended the episodes of an account: stored as their tickets close, and counted for those who decide on training."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.database.compare_and_set import changed
from models.database.sessions import insert_or_ignore
from models.tables import Handoff, Resolution, Runbook

__all__ = ["Resolution", "get", "store", "within_reach"]


def store(session: Session, account_id: int, handoff_id: int, **columns: Any) -> None:
    """Store what mended an episode; a ticket that closes again is told anew. `columns`: all but `runbook_id`."""
    key = {"account_id": account_id, "handoff_id": handoff_id}
    new = insert_or_ignore(session, Resolution).values(**key, **columns)
    if session.scalar(new.returning(Resolution.handoff_id)) is None:
        changed(session, _one(account_id, handoff_id).values(**columns))


def get(session: Session, account_id: int, handoff_id: int) -> Resolution | None:
    """Return what mended an episode, fresh from the database; None where it is not over or nobody had it."""
    query = select(Resolution).where(Resolution.account_id == account_id, Resolution.handoff_id == handoff_id)
    return session.scalar(query.execution_options(populate_existing=True))


def within_reach(session: Session, account_id: int, *, since: datetime, until: datetime) -> list[tuple[int, str, str | None]]:
    """Return the episodes of a span that a technician could have mended: ticket, what did it, title of its runbook."""
    query = (
        select(Handoff.ticket_id, Resolution.fix, Runbook.title)
        .join(Handoff, (Handoff.account_id == Resolution.account_id) & (Handoff.id == Resolution.handoff_id))
        .outerjoin(Runbook, (Runbook.account_id == Resolution.account_id) & (Runbook.id == Resolution.runbook_id))
        .where(
            Resolution.account_id == account_id, Resolution.reach == "l1", Resolution.at >= since, Resolution.at < until,
            Handoff.dry_run.is_(False),
        )
        .order_by(Resolution.at)
    )  # fmt: skip
    return [(ticket, fix or "", title) for ticket, fix, title in session.execute(query)]


def _one(account_id: int, handoff_id: int) -> Any:
    return update(Resolution).where(Resolution.account_id == account_id, Resolution.handoff_id == handoff_id)
