"""Look for notes that nobody told of: ConnectWise sends no callback for a note, and one may leave the ticket's time as it was.

One short call for each unfinished handoff, often while it is young: so the brief says within two minutes what was written.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from escalation.lifecycle import LIVE
from models.handoff import briefs, claims, handoffs
from models.handoff.handoffs import Handoff
from psa.port import PsaError
from worker.process import crash
from worker.wiring import Services

log = structlog.get_logger()

YOUNG_S = 2 * 3600.0
"""So long after it was seen a handoff's notes are looked at each time."""
AGE_SHARE = 0.1
"""From then on the pause grows by this share of the time since."""
SLOWEST_S = 3600.0
FAILED_SHARE = 0.1
"""A look that failed is made again after this share of the pause, so that a note is not hidden for all of it."""


def look_for_notes(services: Services, *, account_id: int, handoff_id: int) -> bool:
    """Ask for the ticket's newest note if that is due; return whether somebody wrote one that we have not read.

    1. Take the look that is due; should it fail, or this process die, it is made again soon.
    2. Ask for the newest note that is not ours, and compare it with what was read last.
    3. If it is newer, have the ticket read for a claim, and the brief brought up to date.
    """
    crash.point("notes.rung")
    turn = _take(services, account_id, handoff_id)
    crash.point("notes.taken")
    if turn is None:
        return False
    handoff, until, next_at = turn
    structlog.contextvars.bind_contextvars(event_id=handoff.event_id, ticket_id=handoff.ticket_id)
    try:
        newest = services.psa(account_id).newest_note(handoff.ticket_id)
    except PsaError as error:
        log.warning("notes_wait", error=type(error).__name__, status=error.status)
        return False
    if newest is None or newest <= _read_so_far(services, handoff):
        if until != next_at:
            with services.database.account(account_id) as session:
                claims.looked_for_notes(session, account_id, handoff_id, taken_until=until, next_at=next_at)
            crash.point("notes.looked")
        return False
    now = services.clock()
    with services.database.account(account_id) as session:
        claims.looked_for_notes(session, account_id, handoff_id, taken_until=until, next_at=next_at)
        claims.note_newest(session, account_id, handoff_id, note_id=newest)
        briefs.ask_refresh(session, account_id, handoff_id, due_at=now)
        undecided = claims.ask_observation(session, account_id, handoff_id, due_at=now)
    crash.point("notes.stored")
    log.info("newer_note", note_id=newest)
    if undecided:
        services.bell.ring("observe", account_id=account_id, handoff_id=handoff_id)
    services.bell.ring("refresh", account_id=account_id, handoff_id=handoff_id)
    return True


def _take(
    services: Services, account_id: int, handoff_id: int
) -> tuple[Handoff, datetime | None, datetime | None] | None:
    """Take the look that is due; return its handoff, when it is made again unless it was good, and when the next one is if so."""
    now, shortest_s = services.clock(), services.settings.intervals.notes
    with services.database.account(account_id) as session:
        handoff = handoffs.get(session, account_id, handoff_id)
        if handoff is None:
            return None
        until = next_at = next_look(handoff, now, shortest_s)
        if next_at is not None:
            until = min(next_at, now + timedelta(seconds=max(shortest_s, (next_at - now).total_seconds() * FAILED_SHARE)))
        if not claims.take_notes(session, account_id, handoff_id, now=now, next_at=until):
            return None
    return (handoff, until, next_at) if handoff.brief_state == "posted" and handoff.response_state in LIVE else None


def next_look(handoff: Handoff, now: datetime, shortest_s: float) -> datetime | None:
    """Return when the notes are next to be looked at; None once the handoff has ended."""
    if handoff.response_state not in LIVE:
        return None
    older_s = max(0.0, (now - handoff.seen_at).total_seconds() - YOUNG_S)
    return now + timedelta(seconds=min(shortest_s + older_s * AGE_SHARE, max(shortest_s, SLOWEST_S)))


def _read_so_far(services: Services, handoff: Handoff) -> int:
    """Return the newest note we have read: by a look like this, or with the evidence stored last."""
    with services.database.account(handoff.account_id, reading=True) as session:
        evidence = handoffs.latest_snapshot(session, handoff.account_id, handoff.id)
    in_evidence = max((note.id for note in evidence.notes), default=0) if evidence else 0
    return max(handoff.newest_note or 0, in_evidence)
