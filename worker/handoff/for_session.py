"""Read the ticket that a session is about, so that whoever works on it is told what was tried, escalated or not."""

from __future__ import annotations

import structlog

from escalation.package.build import build
from models.account import accounts
from models.handoff import handoffs
from models.sessions import recorded
from models.work import ticket_watch
from psa.port import NotFound, PsaError
from worker.handoff.memory import informed
from worker.process import crash
from worker.process.backoff import next_try
from worker.wiring import Desk, Services

log = structlog.get_logger()


class _Elsewhere(Exception):
    """The ticket is on a board that is none of the account's."""


def read_for_session(services: Services, *, account_id: int, session_id: int) -> bool:
    """Store what a session's ticket says; return whether it could be read.

    1. Take the session under a lease, so that one worker reads.
    2. Read the ticket as for a brief, and ask what is known that is like it.
    3. Store the package, or why there is none; what fails in passing is tried again. Where an earlier package stands, by
       whoever opens the session next: tries count all of a session's readings, and waits grow with them.
    """
    crash.point("read_for_session.rung")
    now, desk = services.clock(), services.desk(account_id)
    with services.database.account(account_id) as session:
        row = recorded.take(session, account_id, session_id, now=now, lease_s=services.settings.intervals.lease)
    crash.point("read_for_session.taken")
    if row is None:
        return False
    structlog.contextvars.bind_contextvars(ticket_id=row.ticket_id)
    ticket, reason = None, None
    try:
        if desk.suspended:
            reason = "the account is suspended: none of its tickets is read"
        else:
            ticket = _package(services, desk, row.ticket_id)
    except _Elsewhere as error:
        reason = str(error)
    except NotFound:
        reason = f"ConnectWise has no ticket {row.ticket_id}"
    except PsaError as error:
        if error.retry and row.ticket is None and row.attempts < services.settings.intervals.attempts:
            at = next_try(services.settings.intervals, now=now, attempt=row.attempts, error=error)
            with services.database.account(account_id) as session:
                recorded.put_off(session, row, at=at, reason=str(error)[:500])
            crash.point("read_for_session.waits")
            log.warning("session_ticket_waits", error=type(error).__name__, status=error.status, until=at.isoformat())
            return False
        reason = str(error)[:500]
    with services.database.account(account_id) as session:
        recorded.store_ticket(session, row, ticket=ticket, reason=reason, now=services.clock())
    crash.point("read_for_session.stored")
    return ticket is not None


def _package(services: Services, desk: Desk, ticket_id: int) -> dict[str, object]:
    """Return the ticket as a package. Raises `PsaError` and `_Elsewhere`.

    Without its sessions, which whoever works on it reads as they stand. Any member may name any number, and our API member may
    read more than they: only what can be or was escalated here is shown.
    """
    now = services.clock()
    evidence = services.reader.everything(services.psa(desk.account_id), ticket_id, desk.roster, now=now)
    with services.database.account(desk.account_id, reading=True) as session:
        watch = ticket_watch.seen(session, desk.account_id, ticket_id)
        boards = {row.board_id for row in accounts.statuses(session, desk.account_id) if row.kind == "escalate"}
        if evidence.ticket.board_id not in boards and not handoffs.by_ticket(session, desk.account_id, ticket_id):
            raise _Elsewhere(f"ticket {ticket_id} is on a board without an escalation status: it is not read here")
    package = build(
        evidence,
        episode=watch.episode if watch and watch.episode else 1,
        escalated_at=evidence.ticket.last_updated or now,
        escalated_by=None,
        as_of=now + desk.clock_ahead,
        time_zone=desk.time_zone,
        known=desk.known,
    )
    return informed(services, desk, package).to_json()
