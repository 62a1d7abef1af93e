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
from models.work import outgoing
from models.work.due import BELL_S, Due, due_in_turn, pairs

__all__ = [
    "Delivery", "create", "due", "fail", "fail_for_now", "get", "mark_sent", "of_handoff", "suppress", "suppress_pending",
    "take", "told", "unconfirmed",
]  # fmt: skip


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
    query = select(Delivery).where(Delivery.account_id == account_id, Delivery.id == delivery_id)
    return session.scalar(query.execution_options(populate_existing=True))


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


def take(
    session: Session, account_id: int, delivery_id: int, *, now: datetime, lease_s: float
) -> Delivery | None:
    """Take a delivery that is due, for `lease_s` seconds. None if it is not due or somebody has it.

    One whose holder died is taken over, and sent again with the same Message-ID.
    """
    took = outgoing.take(session, Delivery, account_id, delivery_id, now=now, lease_s=lease_s)
    return get(session, account_id, delivery_id) if took else None


def mark_sent(session: Session, taken: Delivery, *, now: datetime) -> bool:
    """Record that the mail server accepted the message."""
    return outgoing.mark_sent(session, Delivery, taken.account_id, taken.id, attempts=taken.attempts, now=now)


def unconfirmed(session: Session, taken: Delivery, *, reason: str, now: datetime) -> bool:
    """Record as sent what was handed over whole more than once and never answered."""
    return outgoing.arrived(session, Delivery, taken.account_id, taken.id, attempts=taken.attempts, now=now, reason=reason)


def fail(session: Session, taken: Delivery, *, reason: str) -> bool:
    """Record a failure that no repeat will change."""
    return outgoing.close(session, Delivery, taken.account_id, taken.id, "failed", attempts=taken.attempts, reason=reason)


def suppress(session: Session, taken: Delivery, *, reason: str) -> bool:
    """Record that a taken delivery is not sent after all."""
    return outgoing.close(session, Delivery, taken.account_id, taken.id, "suppressed", attempts=taken.attempts, reason=reason)


def fail_for_now(session: Session, taken: Delivery, *, at: datetime, reason: str, doubtful: bool = False) -> bool:
    """Queue a delivery again for a moment, because of a failure that passes; `doubtful` if it may have arrived."""
    return outgoing.put_off(
        session, Delivery, taken.account_id, taken.id, attempts=taken.attempts, at=at, reason=reason,
        doubts=Delivery.doubts + int(doubtful),
    )  # fmt: skip


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
    return sum(changed(session, outgoing.one(Delivery, account_id, it).where(still).values(done)) for it in ids)


def due(system: Session, *, now: datetime, limit: int) -> Due:
    """Return the deliveries to be sent now: account id and row id, in turn."""
    at = Delivery.next_attempt_at
    return pairs(system, due_in_turn(Delivery.account_id, Delivery.id, at, now=now, limit=limit))
