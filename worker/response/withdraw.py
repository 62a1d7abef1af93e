"""End what nobody took in time, and tell nobody about what is over."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from escalation import rules
from escalation.rules import Seen
from models.handoff import deliveries, handoffs
from models.work import ticket_watch
from models.work.ticket_watch import Watch
from worker.process import crash
from worker.wiring import Services

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
        live=state in ("open", "claimed", "acted"),
        claimed=state in ("claimed", "acted"),
        by_hand=newest is not None and newest.origin == "hand",
        gone=watch.gone,
    )


def withdraw(
    session: Session, account_id: int, handoff_id: int, why: str, *, at: datetime, now: datetime
) -> None:
    if handoffs.withdraw(session, account_id, handoff_id, now=now, why=why, happened_at=at):
        spare(session, account_id, handoff_id, why, now)


def spare(session: Session, account_id: int, handoff_id: int, why: str, now: datetime) -> None:
    """Tell nobody about what is over."""
    deliveries.suppress_pending(session, account_id, handoff_id, reason=why, now=now)


def withdraw_if_away(services: Services, *, account_id: int, handoff_id: int) -> bool:
    """Withdraw an unclaimed handoff whose ticket left the escalation status longer than the grace ago."""
    now = services.clock()
    with services.database.account(account_id) as session:
        handoff = handoffs.get(session, account_id, handoff_id)
        if handoff is None:
            return False
        watch = ticket_watch.seen(session, account_id, handoff.ticket_id)
        seen = seen_of(session, account_id, watch)
        if watch is None or seen is None or seen.episode != handoff.episode:
            return False
        if not rules.grace_over(seen, now=now):
            return False
        why = "left the escalation status and stayed away"
        withdraw(session, account_id, handoff_id, why, at=seen.left_at or now, now=now)
        ticket_watch.record(
            session,
            account_id,
            handoff.ticket_id,
            expected_version=watch.version,
            board_id=watch.board_id,
            status_id=watch.status_id,
            in_escalation=watch.in_escalation,
            left_at=None,
            last_updated=watch.last_updated,
            episode=watch.episode,
            gone=watch.gone,
        )
    crash.point("observe.withdrawn")
    log.info("withdrawn", handoff_id=handoff_id, why=why)
    return True
