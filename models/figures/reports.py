"""Reports: one row for each report to each reader, and when an account's next weekly one is due.

The row is made before anything is sent, with what it will say. A send of which nobody knows whether it arrived is
repeated with the same Message-ID, and counted in `doubts`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.account.people import why_no_mail
from models.database.compare_and_set import changed
from models.database.sessions import insert_or_ignore
from models.tables import Account, Member, Report
from models.work import lease
from models.work.due import BELL_S, Due

__all__ = [
    "Report", "accounts_due", "claim_week", "create", "due", "get", "of_period", "readers", "schedule", "try_again",
]  # fmt: skip


def accounts_due(system: Session, *, now: datetime, limit: int) -> list[int]:
    """Return the accounts whose weekly report is to be planned now, the longest overdue first.

    A connected account that has no time for it yet is due too: planning gives it one.
    """
    at = Account.next_weekly_at
    running = (Account.connected_at.is_not(None), Account.suspended_at.is_(None))
    due_now = select(Account.id).where((at <= now) | at.is_(None), *running)
    return list(system.scalars(due_now.order_by(at.is_(None), at, Account.id).limit(limit)))


def schedule(session: Session, account_id: int, *, first_at: datetime) -> bool:
    """Set when an account's first weekly report is due. False if it has a time already."""
    unset = update(Account).where(Account.id == account_id, Account.next_weekly_at.is_(None))
    return changed(session, unset.values(next_weekly_at=first_at))


def claim_week(session: Session, account_id: int, *, expected: datetime, next_at: datetime) -> bool:
    """Take the weekly report that was due at `expected` and set when the next one is. False if somebody else did.

    Belongs into the transaction that makes the report's rows, so that neither is there without the other.
    """
    same = update(Account).where(Account.id == account_id, Account.next_weekly_at == expected)
    return changed(session, same.values(next_weekly_at=next_at))


def readers(session: Session, account_id: int) -> list[Member]:
    """Return the account's owner, and its admins too where no owner can be reached; nobody who left the PSA."""
    query = select(Member).where(Member.account_id == account_id, Member.active, ~Member.is_api)
    found = list(session.scalars(query.where(Member.role.in_(("owner", "admin"))).order_by(Member.id)))
    owners = [member for member in found if member.role == "owner"]
    return owners if any(owner.email for owner in owners) else found


def create(
    session: Session,
    account_id: int,
    *,
    kind: str,
    period: str,
    recipients: Iterable[Member],
    figures: dict[str, Any],
    measures_version: int,
    now: datetime,
    message_domain: str,
) -> list[int]:
    """Make the rows of one report and return the ids of new ones that are to be sent. Repeatable.

    A reader without an address gets a row too: suppressed, with the reason. `message_domain` goes into the Message-IDs:
    the sender's own, since spam filters look at it.
    """
    queued = []
    for member in recipients:
        reason = why_no_mail(member)
        statement = insert_or_ignore(session, Report).values(
            account_id=account_id,
            kind=kind,
            period=period,
            recipient_user_id=member.id,
            address=member.email,
            figures=figures,
            measures_version=measures_version,
            status="suppressed" if reason else "queued",
            reason=reason,
            attempts=0,
            doubts=0,
            next_attempt_at=None if reason else now + timedelta(seconds=BELL_S),
            message_id=f"<{uuid.uuid4().hex}@{message_domain}>",
            created_at=now,
        )
        new = session.scalar(statement.returning(Report.id))
        if new is not None and not reason:
            queued.append(new)
    return queued


def get(session: Session, account_id: int, report_id: int) -> Report | None:
    """Return a report, fresh from the database."""
    return lease.get(session, Report, account_id, report_id)


def of_period(session: Session, account_id: int, *, kind: str, period: str) -> list[Report]:
    """Return the rows of one report, one for each reader."""
    query = select(Report).where(Report.account_id == account_id, Report.kind == kind, Report.period == period)
    return list(session.scalars(query.order_by(Report.id).execution_options(populate_existing=True)))


def try_again(
    session: Session, account_id: int, *, kind: str, period: str, recipients: Iterable[Member], now: datetime
) -> None:
    """Let what these readers did not get of one report be sent at once, to the address they have now.

    What was sent, or is being sent, is left alone.
    """
    for member in recipients:
        missed = update(Report).where(
            Report.account_id == account_id, Report.kind == kind, Report.period == period,
            Report.recipient_user_id == member.id, Report.status.in_(("queued", "failed", "suppressed")),
        )  # fmt: skip
        if member.email:
            again = {"status": "queued", "address": member.email, "attempts": 0, "reason": None, "next_attempt_at": now}
            changed(session, missed.values(again))


def due(system: Session, *, now: datetime, limit: int) -> Due:
    """Return the reports to be sent now: account id and row id, in turn."""
    return lease.due(system, Report, now=now, limit=limit)
