"""Ask the PSA for what it never told us: tickets that changed since the last time or are escalated, and who left."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from escalation import rules
from escalation.evidence import Ticket
from escalation.rules import Seen
from models.account import accounts
from models.account.accounts import Account
from models.work import inbox, jobs, refusals, ticket_watch
from models.work.alert_kinds import Kind
from psa.port import Psa, PsaError
from worker.account.members import renew_members
from worker.process import crash
from worker.response.withdraw import seen_of
from worker.upkeep.callback_check import CHECK, period_of
from worker.upkeep.retention import CLEAR, day_of
from worker.wiring import Desk, Services

log = structlog.get_logger()

MOST = 5000
"""Changed tickets of one poll."""


def poll(services: Services, *, account_id: int) -> list[int]:
    """Look for tickets whose callback never came; return the inbox rows made for them.

    1. Take the account's poll that is due, and set the next one, so that two pollers do not ask twice.
    2. Read what changed since the cursor less an overlap, and what stands in an escalation status now.
    3. Store a row for each ticket that could mean something.
    4. Every other time read the PSA's people, so that who left opens nothing any more, then move the cursor.

    Of a suspended account people alone are read: its pages stay open.
    """
    crash.point("poll.rung")
    now = services.clock()
    waits = services.settings.intervals
    with services.database.account(account_id) as session:
        next_at = now + timedelta(seconds=waits.poll)
        if not accounts.claim_poll(session, account_id, now=now, next_at=next_at):
            return []
        account = accounts.get(session, account_id)
        assert account is not None
    crash.point("poll.taken")
    desk, psa = services.desk(account_id), services.psa(account_id)
    overlap = timedelta(seconds=waits.poll_overlap)
    latest = now + desk.clock_ahead + overlap  # what was stamped later was so by a clock that has been set back since
    cursor = min(account.poll_cursor or now, latest)
    since = cursor - overlap
    if desk.suspended:
        _end(services, account, now, cursor=cursor, people_read=_renew_members(services, account, psa, now))
        return []
    status_ids = sorted({status for _, status in desk.rules.escalate})
    with services.database.account(account_id, reading=True) as session:
        inside_when_last_seen = set(ticket_watch.tickets_in_escalation(session, account_id, status_ids=status_ids))
    try:
        changed = psa.tickets_updated_since(since, limit=MOST)
        escalated = psa.tickets_in_statuses(status_ids) if status_ids else []
    except PsaError as error:
        log.warning("poll_failed", account=desk.name, error=type(error).__name__, status=error.status)
        last = account.polled_at or account.connected_at or now
        if not error.retry and (now - last).total_seconds() > waits.poll * 2:  # one refusal is no fact yet
            with services.database.account(account_id) as session:
                jobs.raise_alert(
                    session, account_id, kind=Kind.REFUSED, subject=type(error).__name__, detail=str(error)[:500], now=now
                )
        return []
    tickets = {ticket.id: ticket for ticket in [*escalated, *changed]}
    vanished = inside_when_last_seen - tickets.keys()
    rows = _store(services, desk, tickets.values(), vanished, now)
    crash.point("poll.stored")
    people_read = _renew_members(services, account, psa, now)
    # The PSA's own clock where it gave a time: ours may run ahead of it.
    newest = max((t.last_updated for t in changed if t.last_updated), default=cursor)
    if len(changed) >= MOST:  # a part: the next poll begins where this one ended, or would read the same part for ever
        newest = max(newest, since + timedelta(seconds=1)) + overlap
    _end(services, account, now, cursor=min(max(cursor, newest), latest), people_read=people_read)
    if rows:
        log.info("poll_found", account=desk.name, rows=len(rows), looked_at=len(tickets))
    for row in rows:
        services.bell.ring("triage", account_id=account_id, inbox_id=row)
    return rows


def _end(services: Services, account: Account, now: datetime, *, cursor: datetime, people_read: bool) -> None:
    """Store how far was read, and ring for what is done now and then: of a suspended account no more than the cleaning."""
    resting = account.suspended_at is not None
    with services.database.account(account.id) as session:
        polled_at = now if people_read else account.polled_at or account.connected_at or now
        accounts.save_poll(session, account.id, cursor=cursor, now=polled_at)
        check_due = not resting and jobs.claim_job(session, account.id, CHECK, period_of(services, now), now)
        clear_due = jobs.claim_job(session, account.id, CLEAR, day_of(now), now)
        if not resting:
            refusals.polls_pass(session, account.id, now=now)
    crash.point("poll.ended")
    if check_due:
        services.bell.ring("check_callbacks", account_id=account.id)
    if clear_due:
        services.bell.ring("clear_old", account_id=account.id)


def _renew_members(services: Services, account: Account, psa: Psa, now: datetime) -> bool:
    """Read the PSA's people if that is due; tell whether it is done with. If not the next poll tries it again."""
    period, last = services.settings.intervals.members, account.polled_at
    if last is not None and now.timestamp() // period == last.timestamp() // period:
        return True
    try:
        renew_members(services, account, psa)
    except PsaError as error:
        log.warning("members_not_read", account=account.name, error=type(error).__name__, status=error.status)
        since = now - (last or account.connected_at or now)
        if error.retry or since <= timedelta(seconds=2 * services.settings.intervals.poll):
            return False  # one refusal is no fact yet
        detail = f"who left keeps their access until members can be read again. {error}"[:500]
        with services.database.account(account.id) as session:
            jobs.raise_alert(session, account.id, kind=Kind.REFUSED, subject=refusals.MEMBERS, detail=detail, now=now)
        return True
    with services.database.account(account.id) as session:
        jobs.clear_alert(session, account.id, kind=Kind.REFUSED, subject=refusals.MEMBERS, now=now)
    return True


def _store(
    services: Services, desk: Desk, tickets: Iterable[Ticket], vanished: set[int], now: datetime
) -> list[int]:
    """Store an inbox row for each ticket worth a triage; what was seen before is not stored again.

    What is worth it is found by reading alone: after an outage that takes a while, and SQLite has one writer at a time.
    """
    found: list[tuple[int, str, str | None]] = []
    with services.database.account(desk.account_id, reading=True) as session:
        for ticket in tickets:
            watch = ticket_watch.seen(session, desk.account_id, ticket.id)
            seen: Seen | None = seen_of(session, desk.account_id, watch)
            if not rules.worth_triage(seen, ticket, desk.rules, us=desk.api_member):
                continue
            stamp = ticket.last_updated.isoformat() if ticket.last_updated else ""
            state = f"{ticket.board_id}/{ticket.status_id}/{ticket.closed}"
            version = watch.version if watch else 0
            found.append((ticket.id, f"{stamp}/{state}/{version}", ticket.updated_by))
        for ticket_id in vanished:
            if inbox.waits(session, desk.account_id, ticket_id):  # what it can no longer be read as may change each time
                continue
            watch = ticket_watch.seen(session, desk.account_id, ticket_id)
            version = watch.version if watch else 0
            found.append((ticket_id, f"vanished/{version}", None))
    if not found:
        return []
    with services.database.account(desk.account_id) as session:
        rows = [_row(session, desk, ticket_id, stamp, member, now) for ticket_id, stamp, member in found]
    return [row for row in rows if row is not None]


def _row(session: Session, desk: Desk, ticket_id: int, stamp: str, member: str | None, now: datetime) -> int | None:
    return inbox.store(
        session,
        account_id=desk.account_id,
        event_id=uuid.uuid4().hex,
        dedupe_key=f"poll/{ticket_id}/{stamp}",
        type="ticket",
        action="updated",
        record_id=ticket_id,
        member_identifier=member,
        raw=b"",
        verified=True,
        now=now,
    )
