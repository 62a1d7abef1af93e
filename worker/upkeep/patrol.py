"""Find what nobody rang for: the sweeper over our own rows, the poller over the PSA's tickets.

The broker is only a doorbell. Everything that is due stands in a row with the time it is due at; the sweeper rings
for it. What ConnectWise never told us is found by asking for the tickets that changed since the last time.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from escalation import rules
from escalation.evidence import Ticket
from escalation.rules import Seen
from models import accounts, canaries, deliveries, handoffs, inbox, jobs, reports, watches
from models.retention import Keep, clear
from psa.port import PsaError
from worker import crash
from worker.ending import seen_of
from worker.onboarding import measure_skew, register, renew_members
from worker.timekeeping import keep_time
from worker.wiring import Desk, Services

log = structlog.get_logger()

REFUSED = "psa refuses us"
CHECK = "check callbacks"
"""The job that looks once a period whether our callback entries are still active."""


def sweep(services: Services) -> dict[str, int]:
    """Ring for everything that is due, and return how many of each kind."""
    now = services.clock()
    keep_time(services, now)
    limit = services.settings.intervals.rings
    unannounced = now - timedelta(seconds=services.settings.intervals.mail_before_note)
    with services.database.system() as system:
        jobs.beat(system, "sweep", now)
        due = {
            "triage": [{"account_id": a, "inbox_id": i} for a, i in inbox.due(system, now=now, limit=limit)],
            "publish": _handoffs(handoffs.due_briefs(system, now=now, limit=limit)),
            "refresh": _handoffs(handoffs.due_refreshes(system, now=now, limit=limit)),
            "settle": _handoffs(handoffs.due_settlements(system, now=now, limit=limit)),
            "observe": _handoffs(handoffs.due_observations(system, now=now, limit=limit)),
            "notify": _handoffs(handoffs.due_notifications(system, before=unannounced, now=now, limit=limit)),
            "deliver": [
                {"account_id": a, "delivery_id": i} for a, i in deliveries.due(system, now=now, limit=limit)
            ],
            "report": [{"account_id": a, "report_id": i} for a, i in reports.due(system, now=now, limit=limit)],
            "plan_week": [{"account_id": a} for a in reports.accounts_due(system, now=now, limit=limit)],
            "try_ticket": [
                {"account_id": a, "canary_id": i} for a, i in canaries.due(system, now=now, limit=limit)
            ],
            "poll": [{"account_id": a} for a in accounts.due_polls(system, now=now, limit=limit)],
        }
    found = {}
    for task, rows in due.items():
        fresh = [ids for ids in rows if services.not_rung_lately(task, ids)]
        for ids in fresh:
            if not services.bell.ring(task, **ids):
                break  # no broker: a later sweep rings again
        if fresh:
            found[task] = len(fresh)
    if found:
        log.info("swept", **found)
    return found


def _handoffs(pairs: Iterable[tuple[int, int]]) -> list[dict[str, int]]:
    return [{"account_id": account_id, "handoff_id": handoff_id} for account_id, handoff_id in pairs]


def poll(services: Services, *, account_id: int) -> list[int]:
    """Look for tickets whose callback never came; return the inbox rows made for them.

    1. Take the account's poll that is due, and set the next one, so that two pollers do not ask twice.
    2. Read what changed since the cursor less an overlap, and what stands in an escalation status now.
    3. Store a row for each ticket that could mean something, then move the cursor.
    """
    crash.point("poll.rung")
    now = services.clock()
    waits = services.settings.intervals
    with services.database.account(account_id) as session:
        next_at = now + timedelta(seconds=waits.poll)
        if not accounts.claim_poll(session, account_id, now=now, next_at=next_at):
            return []
        account = accounts.get(session, account_id)
        inside_when_last_seen = set(watches.tickets_in_escalation(session, account_id))
    crash.point("poll.taken")
    cursor = account.poll_cursor if account and account.poll_cursor else now
    desk, psa = services.desk(account_id), services.psa(account_id)
    try:
        changed = psa.tickets_updated_since(cursor - timedelta(seconds=waits.poll_overlap))
        status_ids = sorted({status for _, status in desk.rules.escalate})
        standing = psa.tickets_in_statuses(status_ids) if status_ids else []
    except PsaError as error:
        log.warning("poll_failed", account=desk.name, error=type(error).__name__, status=error.status)
        if not error.retry:
            with services.database.account(account_id) as session:
                jobs.raise_alert(
                    session, account_id, kind=REFUSED, subject=type(error).__name__, detail=str(error)[:500], now=now
                )
        return []
    tickets = {ticket.id: ticket for ticket in [*standing, *changed]}
    vanished = inside_when_last_seen - tickets.keys()
    rows = _store(services, desk, tickets.values(), vanished, now)
    crash.point("poll.stored")
    newest = max((t.last_updated for t in changed if t.last_updated), default=None)
    with services.database.account(account_id) as session:
        # The PSA's own clock where it gave a time: ours may run ahead of it.
        accounts.save_poll(session, account_id, cursor=max(cursor, newest or cursor), now=now)
        period = str(int(now.timestamp() // waits.callback_check))
        check_due = jobs.claim_job(session, account_id, CHECK, period, now)
        for kind in ("Unauthorized", "Forbidden"):
            jobs.clear_alert(session, account_id, kind=REFUSED, subject=kind, now=now)
    crash.point("poll.ended")
    if check_due:
        services.bell.ring("check_callbacks", account_id=account_id)
        services.bell.ring("clear_old", account_id=account_id)
    if rows:
        log.info("poll_found", account=desk.name, rows=len(rows), looked_at=len(tickets))
    for row in rows:
        services.bell.ring("triage", account_id=account_id, inbox_id=row)
    return rows


def _store(
    services: Services, desk: Desk, tickets: Iterable[Ticket], vanished: set[int], now: datetime
) -> list[int]:
    """Store an inbox row for each ticket worth a triage; what was seen before is not stored again."""
    rows: list[int | None] = []
    with services.database.account(desk.account_id) as session:
        for ticket in tickets:
            watch = watches.seen(session, desk.account_id, ticket.id)
            seen: Seen | None = seen_of(session, desk.account_id, watch)
            if not rules.worth_triage(seen, ticket, desk.rules, us=desk.api_member):
                continue
            stamp = ticket.last_updated.isoformat() if ticket.last_updated else ""
            state = f"{ticket.board_id}/{ticket.status_id}/{ticket.closed}"
            version = watch.version if watch else 0
            rows.append(_row(session, desk, ticket.id, f"{stamp}/{state}/{version}", ticket.updated_by, now))
        for ticket_id in vanished:
            watch = watches.seen(session, desk.account_id, ticket_id)
            version = watch.version if watch else 0
            rows.append(_row(session, desk, ticket_id, f"vanished/{version}", None, now))
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


def clear_old(services: Services, *, account_id: int) -> dict[str, int]:
    """Remove what is kept no longer; return how many rows of each kind. Once a day, and no harm if a day is missed."""
    waits = services.settings.intervals
    keep = Keep(callbacks=waits.keep_callbacks, snapshots=waits.keep_snapshots)
    removed = clear(services.database, account_id, now=services.clock(), keep=keep)
    if removed:
        log.info("cleared", account_id=account_id, **removed)
    return removed


def check_callbacks(services: Services, *, account_id: int) -> int:
    """Make sure ConnectWise still calls us: bring back entries that are gone or switched off; return how many.

    ConnectWise disables an entry after three days of failures (ConnectWise developer guide, callbacks).
    """
    crash.point("check.rung")
    psa = services.psa(account_id)
    measure_skew(services, account_id, psa)
    with services.database.account(account_id, reading=True) as session:
        account = accounts.get(session, account_id)
        assert account is not None
        token = accounts.path_token(account, services.sealer)
        rows = accounts.statuses(session, account_id)
    renew_members(services, account, psa)
    period = str(int(services.clock().timestamp() // services.settings.intervals.callback_check))
    alive = {entry.id for entry in psa.callbacks() if token in entry.url and not entry.inactive}
    wanted = register(psa, services.settings.public_url, token, rows)
    mended = [entry for entry in wanted if entry.id not in alive]
    for entry in mended:
        log.warning("callback_mended", callback_id=entry.id, type=entry.type, level=entry.level)
    with services.database.account(account_id) as session:
        jobs.finish_job(session, account_id, CHECK, period, services.clock(), outcome=f"{len(mended)} mended")
        if mended:
            jobs.raise_alert(
                session, account_id, kind="callback was inactive", subject=account.name, now=services.clock(),
                detail=f"{len(mended)} callback entries were switched off or gone, and are active again",
            )  # fmt: skip
    crash.point("check.ended")
    return len(mended)
