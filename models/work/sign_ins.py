"""Who an e-mail address belongs to, and links asked for it: for signing in outside the PSA.

A link is a row of `report` with a kind of its own, so that it goes out like any other message: stored, sent, closed once.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.database.compare_and_set import changed
from models.database.sessions import insert_or_ignore
from models.tables import Member, Report
from models.work.due import BELL_S

KIND = "sign-in"
EACH_HOUR = 5
"""Links of one member; more are not sent."""
MOST = 5
"""Accounts that one address may belong to, such as an adviser's."""


def members_at(system: Session, address: str) -> list[tuple[int, int]]:
    """Return account and member of the active people whose address this is, whatever its case."""
    query = select(Member.account_id, Member.id).where(
        func.lower(Member.email) == address.lower(), Member.active, ~Member.is_api
    )
    return [(row.account_id, row.id) for row in system.execute(query.order_by(Member.account_id, Member.id).limit(MOST))]


def ask(session: Session, account_id: int, member_id: int, *, now: datetime, message_domain: str) -> int | None:
    """Store that a member wants a link; return the row to be sent. None for one a minute ago, and after `EACH_HOUR`."""
    member = session.get(Member, (account_id, member_id))
    asked = select(func.count(Report.id)).where(
        Report.account_id == account_id, Report.kind == KIND, Report.recipient_user_id == member_id,
        Report.created_at > now - timedelta(hours=1),
    )  # fmt: skip
    if member is None or not member.email or (session.scalar(asked) or 0) >= EACH_HOUR:
        return None
    row = insert_or_ignore(session, Report).values(
        account_id=account_id, kind=KIND, period=f"{now:%Y-%m-%dT%H:%M}", recipient_user_id=member_id, address=member.email,
        figures={}, measures_version=0, status="queued", attempts=0, doubts=0, next_attempt_at=now + timedelta(seconds=BELL_S),
        message_id=f"<{uuid.uuid4().hex}@{message_domain}>", created_at=now,
    )  # fmt: skip
    return session.scalar(row.returning(Report.id))


def use(session: Session, account_id: int, row_id: int, *, member_id: int, now: datetime) -> bool:
    """Use a link. True for the first caller alone."""
    unused = update(Report).where(
        Report.account_id == account_id, Report.id == row_id, Report.kind == KIND, Report.recipient_user_id == member_id,
        Report.used_at.is_(None),
    )  # fmt: skip
    return changed(session, unused.values(used_at=now))
