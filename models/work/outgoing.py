"""Messages on their way out, whatever they say: taken under a lease, closed once, or put off.

Deliveries and reports are rows of this kind. States: queued, sending, sent, failed, suppressed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Select, Update, case, select
from sqlalchemy.orm import Session

from models.database.compare_and_set import changed
from models.tables import Delivery, Report
from models.tables.columns import Message
from models.work import jobs, lease
from models.work.alert_kinds import Kind

M = TypeVar("M", bound=Message)


def take(session: Session, table: type[M], account_id: int, row_id: int, *, now: datetime, lease_s: float) -> M | None:
    """Take a message that is due, for `lease_s` seconds. None if it is not due or somebody has it.

    One whose holder died is taken over, and sent again with the same Message-ID. Of a report that is
    counted as a doubt: it may have arrived.
    """
    waiting = table.status.in_(("queued", "sending"))
    held: dict[str, Any] = {"status": "sending", "lease_until": now + timedelta(seconds=lease_s)}
    if table is Report:
        held["doubts"] = table.doubts + case((table.status == "sending", 1), else_=0)
    return lease.take(session, table, account_id, row_id, waiting, now=now, lease_s=lease_s, **held)


def fail(session: Session, taken: Message, *, reason: str) -> bool:
    """Record a failure that no repeat will change. False if the message is not this attempt's any more, here as below."""
    return _close(session, taken, "failed", reason)


def suppress(session: Session, taken: Message, *, reason: str) -> bool:
    """Record that a taken message is not sent after all."""
    return _close(session, taken, "suppressed", reason)


def _close(session: Session, taken: Message, status: str, reason: str) -> bool:
    done = {"status": status, "reason": reason, "lease_until": None, "next_attempt_at": None}
    return changed(session, _sending(taken).values(done))


def put_off(session: Session, taken: Message, *, at: datetime, reason: str, doubtful: bool = False) -> bool:
    """Queue a message again for a moment, because of a failure that passes; `doubtful` if it may have arrived."""
    again = {"status": "queued", "lease_until": None, "next_attempt_at": at, "reason": reason}
    return changed(session, _sending(taken).values({**again, "doubts": type(taken).doubts + int(doubtful)}))


def _sending(taken: Message) -> Update:
    return lease.held(taken).where(type(taken).status == "sending")


def unconfirmed(session: Session, taken: Message, *, reason: str, now: datetime) -> bool:
    """Record as sent what was handed over whole more than once, may have arrived, and was never answered."""
    return _arrived(session, taken, now=now, reason=reason)


def _arrived(session: Session, taken: Message, *, now: datetime, reason: str | None = None) -> bool:
    """Record that this attempt brought a message there; False if that is recorded, or it was closed.

    Also where another has taken it over meanwhile, or waits to try again: each further attempt would be a copy.
    """
    table = type(taken)
    done = {"status": "sent", "reason": reason, "sent_at": now, "lease_until": None, "next_attempt_at": None}
    waiting = (table.status.in_(("sending", "queued")), table.attempts >= taken.attempts)
    return changed(session, lease.one(table, taken.account_id, taken.id).where(*waiting).values(done))


def mark_sent(session: Session, taken: Message, *, now: datetime) -> bool:
    """Record that the mail server took a message, and close the alerts which that is the end of."""
    done, account_id = _arrived(session, taken, now=now), taken.account_id
    jobs.clear_alert(session, account_id, kind=Kind.MAIL_REFUSED, subject=taken.address or "?", now=now)
    # A server may take what is for some and refuse us the others.
    failing = _failing(Delivery, account_id).union_all(_failing(Report, account_id))
    jobs.clear_alert(session, account_id, kind=Kind.CANNOT_SEND, subject="SMTP_URL", now=now, unless=select(failing.subquery()))
    return done


def _failing(table: type[Message], account_id: int) -> Select[Any]:
    again = (table.status == "queued") & (table.attempts > 0) | (table.status == "sending") & (table.attempts > 1)
    return select(table.id).where(table.account_id == account_id, table.next_attempt_at.is_not(None), again)


def alert_refused(session: Session, account_id: int, *, address: str | None, reason: str, now: datetime) -> None:
    """Tell the operator that a mail server will not take what is for an address."""
    jobs.raise_alert(session, account_id, kind=Kind.MAIL_REFUSED, subject=address or "?", detail=reason, now=now)


def alert_cannot_send(session: Session, account_id: int, *, reason: str, now: datetime) -> None:
    """Tell the operator that mail waits for something only they can put right."""
    jobs.raise_alert(session, account_id, kind=Kind.CANNOT_SEND, subject="SMTP_URL", detail=reason, now=now)
