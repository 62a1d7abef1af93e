"""What becomes of a message that was not handed over, be it a delivery or a report."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from models.tables import Delivery, Report
from models.work import outgoing
from worker.intervals import Intervals
from worker.mail.smtp_answers import UNCONFIRMED, MailError
from worker.process.backoff import next_try


def not_sent(
    session: Session, taken: Delivery | Report, error: ValueError | MailError, *, waits: Intervals, now: datetime,
    last: bool = False,
) -> Literal["sent", "failed", "queued"]:  # fmt: skip
    """Record why a message was not sent and return how it stands: it is tried again, but not after the `last` try."""
    reason, known = str(error)[:500], error if isinstance(error, MailError) else None
    doubtful = known is not None and known.doubtful
    if doubtful and taken.doubts:  # a server that is slow rather than gone: each further one would be a copy
        outgoing.unconfirmed(session, taken, reason=f"{UNCONFIRMED}: {reason}"[:500], now=now)
        return "sent"
    if known is None or known.permanent or last:
        outgoing.fail(session, taken, reason=reason)
        outgoing.alert_refused(session, taken.account_id, address=taken.address, reason=reason, now=now)
        return "failed"
    if known.operator:
        outgoing.alert_cannot_send(session, taken.account_id, reason=reason, now=now)
    at = next_try(waits, now=now, attempt=taken.attempts)
    outgoing.put_off(session, taken, at=at, reason=reason, doubtful=doubtful)
    return "queued"
