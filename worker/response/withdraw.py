"""End what nobody took in time, and tell nobody about what is over."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from escalation import rules
from escalation.figures.hours import NoWorkingHours, add_business_minutes
from escalation.lifecycle import LIVE
from escalation.rules import Seen
from models.handoff import claims, deliveries, handoffs, sightings
from models.handoff.handoffs import Handoff
from models.work import ticket_watch
from models.work.ticket_watch import Watch
from worker.process import crash
from worker.wiring import Desk, Services

log = structlog.get_logger()


def seen_of(session: Session, account_id: int, watch: Watch | None) -> Seen | None:
    """Return what the stored rows say of a ticket, as the rules want it."""
    if watch is None:
        return None
    newest = next(iter(handoffs.by_ticket(session, account_id, watch.ticket_id)), None)
    state = newest.response_state if newest and newest.episode == watch.episode else None
    return Seen(
        board_id=watch.board_id,
        status_id=watch.status_id,
        in_escalation=watch.in_escalation,
        left_at=watch.left_at,
        last_updated=watch.last_updated,
        episode=watch.episode,
        live=state in LIVE,
        claimed=state in ("claimed", "acted"),
        by_hand=newest is not None and newest.origin == "hand",
        gone=watch.gone,
        missing_since=watch.missing_since,
        absent_since=watch.absent_since,
    )


def withdraw(
    session: Session, account_id: int, handoff_id: int, why: str, *, at: datetime, now: datetime
) -> bool:
    """Withdraw a handoff, and tell nobody about it any more. False if it is not open."""
    if not handoffs.withdraw(session, account_id, handoff_id, now=now, why=why, happened_at=at):
        return False
    spare(session, account_id, handoff_id, why, now)
    return True


def spare(session: Session, account_id: int, handoff_id: int, why: str, now: datetime) -> None:
    """Tell nobody about what is over."""
    deliveries.suppress_pending(session, account_id, handoff_id, reason=why, now=now)


LEFT = "left the escalation status and stayed away"
NOT_TAKEN = "moved to a claim status, and nobody claimed it"


def is_away(services: Services, desk: Desk, handoff_id: int) -> bool:
    """Tell whether an unclaimed handoff is to be withdrawn, because its ticket left or was said to be taken by nobody."""
    with services.database.account(desk.account_id, reading=True) as session:
        return _away(session, desk, handoff_id, services.clock()) is not None


def withdraw_if_away(services: Services, desk: Desk, handoff_id: int) -> bool:
    """Withdraw an unclaimed handoff whose ticket left the escalation status longer than the grace ago.

    In a claim status it may wait as long as a claim may for its first action: somebody says that it is taken, and the
    engineer may show only later. Then nobody has.

    The watch first: who has seen the ticket meanwhile may have seen it come back, and then it stays.
    """
    account_id, now = desk.account_id, services.clock()
    with services.database.account(account_id) as session:
        found = _away(session, desk, handoff_id, now)
        if found is None:
            return False
        watch, why, at = found
        if not ticket_watch.record(
            session,
            account_id,
            watch.ticket_id,
            expected_version=watch.version,
            board_id=watch.board_id,
            status_id=watch.status_id,
            in_escalation=watch.in_escalation,
            left_at=None,
            last_updated=watch.last_updated,
            episode=watch.episode,
            gone=watch.gone,
            missing_since=watch.missing_since,
            absent_since=watch.absent_since,
        ):
            return False
        withdrawn = withdraw(session, account_id, handoff_id, why, at=at, now=now)
    crash.point("observe.withdrawn")
    if not withdrawn:  # somebody took it at that moment
        return False
    log.info("withdrawn", handoff_id=handoff_id, why=why)
    return True


def _away(
    session: Session, desk: Desk, handoff_id: int, now: datetime
) -> tuple[Watch, str, datetime] | None:
    """Return the watch, why the handoff is to be withdrawn, and since when, by the PSA's clock; None if it is not."""
    handoff = handoffs.get(session, desk.account_id, handoff_id)
    if handoff is None:
        return None
    watch = ticket_watch.seen(session, desk.account_id, handoff.ticket_id)
    seen = seen_of(session, desk.account_id, watch)
    if watch is None or seen is None or seen.episode != handoff.episode or not seen.live or seen.claimed:
        return None
    if rules.grace_over(seen, now=now + desk.clock_ahead):
        return watch, LEFT, seen.left_at or now
    if seen.in_escalation or seen.left_at is not None or claims.returned_at(session, handoff) is not None:
        return None
    if not desk.rules.is_claim(seen.board_id or 0, seen.status_id or 0):
        return None
    since = _in_its_status_since(session, desk, handoff, seen)
    if since is None:
        return None
    try:
        over = add_business_minutes(since, desk.claim_expiry_minutes, desk.calendar)
    except NoWorkingHours:
        return None
    return (watch, NOT_TAKEN, since) if over <= now + desk.clock_ahead else None


def _in_its_status_since(session: Session, desk: Desk, handoff: Handoff, seen: Seen) -> datetime | None:
    since = None
    for save in sightings.of_handoff(session, desk.account_id, handoff.id):
        there = (save.board_id, save.status_id) == (seen.board_id, seen.status_id)
        since = (since or save.at) if there else None
    return since
