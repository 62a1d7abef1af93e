"""What stands still: the questions the auditor asks over all accounts, each answered by an index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from escalation.lifecycle import Brief
from models.tables import Account, Alert, Delivery, Handoff, Heartbeat, Inbox, Report
from models.work import canaries, jobs

LATE = timedelta(minutes=5)
"""Far beyond what anything takes that only waits for its turn."""
POLL_LATE = timedelta(minutes=10)
"""Since the last poll that succeeded, whatever was planned: one that keeps failing plans the next one each time."""
TRIES = 5
"""Attempts of one message after which somebody should know."""


@dataclass(frozen=True, slots=True)
class Stalled:
    """One kind of thing that should have moved, in one account (0: the installation)."""

    account_id: int
    kind: str
    """Also the alert's kind."""
    count: int
    since: datetime | None
    detail: str = ""
    """What else is known."""


def stalled(
    system: Session, *, now: datetime, silent_s: Mapping[str, float], canary_late_s: float = 60.0
) -> list[Stalled]:
    """Return all of it. `silent_s` says for each process how many seconds without a sign of life are too many."""
    # An account whose keys or role are refused has its own alert; what waits for that is no other.
    refused = select(Alert.account_id).where(Alert.kind == jobs.REFUSED, Alert.cleared_at.is_(None))
    polled = func.coalesce(Account.polled_at, Account.connected_at)
    running = select(Account.id).where(Account.frozen_at.is_(None))
    questions = (
        (
            "handoff stands still",
            select(Handoff.account_id, func.count(Handoff.id), func.min(Handoff.seen_at)).where(
                Handoff.next_attempt_at.is_not(None),
                Handoff.brief_state.in_((Brief.PENDING.value, Brief.POSTING.value)),
                Handoff.seen_at < now - LATE,
                Handoff.account_id.in_(running),
                Handoff.account_id.not_in(refused),
            ),
        ),
        (
            "callback stands still",
            select(Inbox.account_id, func.count(Inbox.id), func.min(Inbox.received_at)).where(
                Inbox.next_attempt_at.is_not(None), Inbox.state == "new", Inbox.received_at < now - LATE
            ),
        ),
        (
            "message stands still",
            select(Delivery.account_id, func.count(Delivery.id), func.min(Delivery.next_attempt_at)).where(
                Delivery.next_attempt_at.is_not(None), Delivery.attempts >= TRIES
            ),
        ),
        (
            "message stands still",
            select(Report.account_id, func.count(Report.id), func.min(Report.next_attempt_at)).where(
                Report.next_attempt_at.is_not(None), Report.attempts >= TRIES
            ),
        ),
        (
            "account is not polled",
            select(Account.id, func.count(Account.id), func.min(polled)).where(
                Account.connected_at.is_not(None), Account.next_poll_at.is_not(None), polled < now - POLL_LATE,
                Account.id.not_in(refused),
            ),
        ),
    )
    found = [
        Stalled(account_id, kind, count, since)
        for kind, query in questions
        for account_id, count, since in system.execute(query.group_by(query.selected_columns[0]))
    ]
    found += [
        Stalled(one.account_id, "canary is late", 1, one.sent_at, one.where)
        for one in canaries.late(system, now=now, within_s=canary_late_s)
    ]
    hearts = system.execute(select(Heartbeat.name, Heartbeat.at))
    return found + [
        Stalled(0, f"no sign of life: {name}", 1, at)
        for name, at in hearts
        if name in silent_s and now - at > timedelta(seconds=silent_s[name])
    ]
