"""Messages on their way out, whatever they say: taken under a lease, closed once, or put off.

Deliveries and reports are rows of this kind. States: queued, sending, sent, failed, suppressed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, Update, select, update
from sqlalchemy.orm import Session

from models.database.compare_and_set import changed
from models.tables import Delivery, Report
from models.work import jobs
from models.work.alert_kinds import Kind

Table = type[Delivery] | type[Report]


def one(table: Table, account_id: int, row_id: int) -> Update:
    """Return an UPDATE of one message."""
    return update(table).where(table.account_id == account_id, table.id == row_id)


def take(
    session: Session, table: Table, account_id: int, row_id: int, *, now: datetime, lease_s: float, **beside: Any
) -> bool:
    """Take a message that is due, for `lease_s` seconds, and set `beside` too. False if it is not due or taken.

    One whose holder died is taken over.
    """
    until = now + timedelta(seconds=lease_s)
    fresh = (table.status == "queued") & ((table.attempts == 0) | (table.next_attempt_at <= now))
    left_over = (table.status == "sending") & (table.lease_until <= now)
    mine = one(table, account_id, row_id).where(fresh | left_over)
    held = {"status": "sending", "lease_until": until, "next_attempt_at": until, "attempts": table.attempts + 1}
    return changed(session, mine.values({**held, **beside}))


def close(
    session: Session, table: Table, account_id: int, row_id: int, status: str, *, attempts: int, reason: str | None = None
) -> bool:
    """Record what became of a message at the attempt with this number. False if it is not this attempt's any more."""
    done = {"status": status, "reason": reason, "lease_until": None, "next_attempt_at": None}
    return changed(session, _sending(table, account_id, row_id, attempts).values(done))


def put_off(
    session: Session, table: Table, account_id: int, row_id: int, *, attempts: int, at: datetime, reason: str, **beside: Any
) -> bool:
    """Queue a message again for a moment after the attempt with this number, and set `beside` too. False as for `close`."""
    again = {"status": "queued", "lease_until": None, "next_attempt_at": at, "reason": reason}
    return changed(session, _sending(table, account_id, row_id, attempts).values({**again, **beside}))


def _sending(table: Table, account_id: int, row_id: int, attempts: int) -> Update:
    return one(table, account_id, row_id).where(table.status == "sending", table.attempts == attempts)


def arrived(
    session: Session, table: Table, account_id: int, row_id: int, *, attempts: int, now: datetime, reason: str | None = None
) -> bool:
    """Record that the attempt with this number brought a message there; False if that is recorded, or it was closed.

    Also where another has taken it over meanwhile, or waits to try again: each further attempt would be a copy.
    """
    done = {"status": "sent", "reason": reason, "sent_at": now, "lease_until": None, "next_attempt_at": None}
    ours = one(table, account_id, row_id).where(table.status.in_(("sending", "queued")), table.attempts >= attempts)
    return changed(session, ours.values(done))


def mark_sent(session: Session, table: Table, account_id: int, row_id: int, *, attempts: int, now: datetime) -> bool:
    """Record that the mail server took a message, and close the alerts which that is the end of."""
    done = arrived(session, table, account_id, row_id, attempts=attempts, now=now)
    address = session.scalar(select(table.address).where(table.account_id == account_id, table.id == row_id))
    jobs.clear_alert(session, account_id, kind=Kind.MAIL_REFUSED, subject=address or "?", now=now)
    # A server may take what is for some and refuse us the others.
    failing = _failing(Delivery, account_id).union_all(_failing(Report, account_id))
    jobs.clear_alert(session, account_id, kind=Kind.CANNOT_SEND, subject="SMTP_URL", now=now, unless=select(failing.subquery()))
    return done


def _failing(table: Table, account_id: int) -> Select[Any]:
    again = (table.status == "queued") & (table.attempts > 0) | (table.status == "sending") & (table.attempts > 1)
    return select(table.id).where(table.account_id == account_id, table.next_attempt_at.is_not(None), again)


def alert_refused(session: Session, account_id: int, *, address: str | None, reason: str, now: datetime) -> None:
    """Tell the operator that a mail server will not take what is for an address."""
    jobs.raise_alert(session, account_id, kind=Kind.MAIL_REFUSED, subject=address or "?", detail=reason, now=now)


def alert_cannot_send(session: Session, account_id: int, *, reason: str, now: datetime) -> None:
    """Tell the operator that mail waits for something only they can put right."""
    jobs.raise_alert(session, account_id, kind=Kind.CANNOT_SEND, subject="SMTP_URL", detail=reason, now=now)
