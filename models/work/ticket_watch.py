"""What the PSA was last seen to say about each ticket: the memory from which episodes are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.database.compare_and_set import changed
from models.database.sessions import insert_or_ignore
from models.tables import Watch

__all__ = ["Watch", "hold", "record", "seen", "stands_escalated", "tickets_in_escalation"]


def seen(session: Session, account_id: int, ticket_id: int) -> Watch | None:
    """Return what was last seen of a ticket, fresh from the database."""
    query = select(Watch).where(Watch.account_id == account_id, Watch.ticket_id == ticket_id)
    return session.scalar(query.execution_options(populate_existing=True))


def stands_escalated(session: Session, account_id: int, ticket_id: int) -> bool:
    """Tell whether a ticket stood in an escalation status when last seen: one indexed query."""
    here = (Watch.account_id == account_id, Watch.ticket_id == ticket_id, Watch.in_escalation)
    return session.scalar(select(Watch.ticket_id).where(*here)) is not None


def hold(session: Session, account_id: int, ticket_id: int) -> None:
    """Have whoever decides on a ticket wait for this transaction; before its handoff is written, as they take the two."""
    mine = select(Watch.version).where(Watch.account_id == account_id, Watch.ticket_id == ticket_id)
    session.execute(mine.with_for_update())  # SQLite has one writer anyway


def tickets_in_escalation(session: Session, account_id: int, *, status_ids: Sequence[int]) -> list[int]:
    """Return the tickets that stood in one of these escalation statuses when last seen.

    An escalated ticket that was moved elsewhere by nobody's decision stands in none of them.
    """
    here = (Watch.account_id == account_id, Watch.in_escalation, Watch.status_id.in_(status_ids))
    return list(session.scalars(select(Watch.ticket_id).where(*here)))


def record(
    session: Session,
    account_id: int,
    ticket_id: int,
    *,
    expected_version: int,
    board_id: int | None,
    status_id: int | None,
    in_escalation: bool,
    left_at: datetime | None,
    last_updated: datetime | None,
    episode: int,
    missing_since: datetime | None,
    absent_since: datetime | None,
    gone: str | None = None,
) -> bool:
    """Store what was seen. `expected_version` is the `version` that was read, 0 where nothing was.

    False if somebody stored something in between: roll back, read again, decide again.
    """
    columns = {
        "board_id": board_id,
        "status_id": status_id,
        "in_escalation": in_escalation,
        "left_at": left_at,
        "last_updated": last_updated,
        "episode": episode,
        "gone": gone,
        "missing_since": missing_since,
        "absent_since": absent_since,
    }
    if expected_version == 0:
        first = insert_or_ignore(session, Watch).values(
            account_id=account_id, ticket_id=ticket_id, version=1, **columns
        )
        return session.scalar(first.returning(Watch.version)) is not None
    same = (Watch.account_id == account_id, Watch.ticket_id == ticket_id, Watch.version == expected_version)
    return changed(session, update(Watch).where(*same).values(version=expected_version + 1, **columns))
