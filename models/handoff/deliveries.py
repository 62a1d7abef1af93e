"""Deliveries: one row for each message to each recipient, made before anything is sent."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.account.people import why_no_mail
from models.database.compare_and_set import changed
from models.database.sessions import insert_or_ignore
from models.tables import Delivery, Handoff, Member
from models.work import lease
from models.work.due import BELL_S, Due

__all__ = ["Delivery", "create", "due", "get", "of_handoff", "suppress_pending", "told"]


def create(
    session: Session,
    handoff: Handoff,
    recipients: Iterable[Member],
    *,
    now: datetime,
    message_domain: str,
    channel: str = "email",
    kind: str = "handoff",
) -> list[int]:
    """Make the rows of a handoff's messages and return the ids of new ones that are to be sent. Repeatable.

    Recipients without an address, and inactive ones, get a row too: suppressed, with the reason. `message_domain` goes
    into the Message-IDs: the sender's own, since spam filters look at it.
    """
    queued = []
    for member in recipients:
        reason = _why_not(member)
        statement = insert_or_ignore(session, Delivery).values(
            account_id=handoff.account_id,
            handoff_id=handoff.id,
            channel=channel,
            kind=kind,
            recipient_user_id=member.id,
            address=member.email,
            status="suppressed" if reason else "queued",
            reason=reason,
            attempts=0,
            doubts=0,
            next_attempt_at=None if reason else now + timedelta(seconds=BELL_S),
            message_id=f"<{uuid.uuid4().hex}@{message_domain}>",
            created_at=now,
        )
        new = session.scalar(statement.returning(Delivery.id))
        if new is not None and not reason:
            queued.append(new)
    return queued


def _why_not(member: Member) -> str | None:
    if not member.active:
        return "inactive in the PSA"
    return why_no_mail(member)


def get(session: Session, account_id: int, delivery_id: int) -> Delivery | None:
    """Return a delivery, fresh from the database."""
    return lease.get(session, Delivery, account_id, delivery_id)


def of_handoff(session: Session, account_id: int, handoff_id: int) -> list[Delivery]:
    """Return all deliveries of a handoff."""
    query = select(Delivery).where(Delivery.account_id == account_id, Delivery.handoff_id == handoff_id)
    return list(session.scalars(query.order_by(Delivery.id).execution_options(populate_existing=True)))


def told(session: Session, account_id: int, handoff_id: int) -> set[int]:
    """Return the members whom a message about a handoff has reached, or may have."""
    query = select(Delivery.recipient_user_id).where(
        Delivery.account_id == account_id, Delivery.handoff_id == handoff_id, Delivery.status == "sent"
    )
    return set(session.scalars(query))


def suppress_pending(
    session: Session, account_id: int, handoff_id: int, *, reason: str, now: datetime, but: str | None = None
) -> int:
    """Suppress what is not sent yet, `but` one kind, and return how many.

    What is being sent at this moment is left alone.
    """
    stale = (Delivery.status == "sending") & (Delivery.lease_until <= now)
    pending = select(Delivery.id).where(
        Delivery.account_id == account_id,
        Delivery.handoff_id == handoff_id,
        (Delivery.status == "queued") | stale,
    )
    ids = list(session.scalars(pending if but is None else pending.where(Delivery.kind != but)))
    done = {"status": "suppressed", "reason": reason, "lease_until": None, "next_attempt_at": None}
    still = (Delivery.status == "queued") | stale
    return sum(changed(session, lease.one(Delivery, account_id, it).where(still).values(done)) for it in ids)


def due(system: Session, *, now: datetime, limit: int) -> Due:
    """Return the deliveries to be sent now: account id and row id, in turn."""
    return lease.due(system, Delivery, now=now, limit=limit)
