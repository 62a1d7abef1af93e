"""Look at one stored callback: is this an escalation, the same one, its end, or nothing?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from escalation import rules
from escalation.evidence import Evidence, Ticket
from escalation.rules import Act, Seen, Verdict
from models import handoffs, inbox, watches
from models.inbox import Inbox
from psa.callbacks import Forged, Malformed, Pin, parse
from psa.port import NotFound, Psa, PsaError
from worker import crash
from worker.backoff import wait_for
from worker.wiring import Desk, Services

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Reading:
    ticket: Ticket | None
    """None: the PSA says that it no longer exists."""
    evidence: Evidence | None
    """The first round, where the hint made it worth reading at once."""


def triage(services: Services, *, account_id: int, inbox_id: int) -> list[int]:
    """Decide what one inbox row means and store it; return the handoffs whose brief is to be published now.

    1. Take the row under a lease; somebody else's or a finished one is left alone.
    2. Check the signature if the receiver could not.
    3. Read the ticket; where the callback hints at an escalation, with everything that hangs on it, side by side.
    4. Decide by what was last seen, and store watch, handoff, first evidence and the row's end in one transaction.

    A failure leaves the row to be tried again later; the sweeper rings for it.
    """
    now = services.clock()
    waits = services.settings.intervals
    with services.database.account(account_id) as session:
        row = inbox.take(session, account_id, inbox_id, now=now, lease_s=waits.lease)
        if row is None:
            return []
        seen_row = watches.seen(session, account_id, row.record_id)
    structlog.contextvars.bind_contextvars(event_id=row.event_id, ticket_id=row.record_id)
    crash.point("triage.taken")
    desk = services.desk(account_id)
    try:
        if not row.verified and not _genuine(services, desk, row):
            return []
        seen = _as_seen(services, account_id, row.record_id, seen_row)
        reading = _read(services, desk, services.psa(account_id), row, seen)
    except PsaError as error:
        _try_again(services, row, now, error)
        return []
    crash.point("triage.read")
    verdict = _verdict(seen, reading, desk, services.clock())
    with services.database.account(account_id) as session:
        version = seen_row.version if seen_row else 0
        stored = watches.record(
            session, account_id, row.record_id, seen=verdict.seen, expected_version=version, now=now
        )
        if not stored:  # another worker saw the ticket meanwhile: look again with fresh eyes
            inbox.retry_later(session, account_id, inbox_id, at=now, reason="seen by another worker meanwhile")
            opened: list[int] = []
        else:
            opened = _carry_out(session, services, desk, row, reading, verdict)
            inbox.finish(session, account_id, inbox_id, outcome=f"{verdict.act}: {verdict.why}", now=now)
    crash.point("triage.decided")
    if not stored:
        services.bell.ring("triage", account_id=account_id, inbox_id=inbox_id)
    log.info("triaged", act=str(verdict.act), why=verdict.why, episode=verdict.episode, handoff_ids=opened)
    return opened


def _genuine(services: Services, desk: Desk, row: Inbox) -> bool:
    """Verify a callback that the receiver had to store unverified. Raises `PsaError` while its key is unreachable."""
    raise NotImplementedError
