"""What stands still: the questions the auditor asks over all accounts, each answered by an index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from escalation.lifecycle import Brief
from models.tables import Account, Alert, Delivery, Handoff, Heartbeat, Inbox, Report
from models.work import canaries, refusals
from models.work.alert_kinds import Kind

LATE = timedelta(minutes=5)
"""Far beyond what anything takes that only waits for its turn."""
POLL_LATE = timedelta(minutes=10)
"""Since the last poll that succeeded, whatever was planned: one that keeps failing plans the next one each time."""
TURN = timedelta(minutes=10)
"""After keys are taken again, what waited for them has had its turn by then."""
TRIES = 5
"""Attempts of one message after which somebody should know."""


@dataclass(frozen=True, slots=True)
class Stalled:
    """One kind of thing that should have moved, in one account (0: the installation)."""

    account_id: int
    kind: Kind
    count: int
    since: datetime | None
    detail: str = ""
    """What else is known."""
    name: str = ""
    """Of what fell silent."""

    @property
    def subject(self) -> str:
        """The alert's subject."""
        return self.name or f"account {self.account_id}"


def stalled(
    system: Session, *, now: datetime, silent_s: Mapping[str, float], canary_late_s: float | None = 60.0
) -> list[Stalled]:
    """Return all of it. `silent_s` says for each process how many seconds without a sign of life are too many.

    `canary_late_s` is when a canary is late, here as in `counts`; None where none are sent.
    """
    found = [
        Stalled(account_id, kind, count, since)
        for kind, query in _questions(now)
        for account_id, count, since in system.execute(query.group_by(query.selected_columns[0]))
    ]
    found += [
        Stalled(one.account_id, Kind.CANARY_LATE, 1, one.sent_at, one.where)
        for one in canaries.late(system, now=now, within_s=canary_late_s)
    ]
    hearts = system.execute(select(Heartbeat.name, Heartbeat.at))
    return found + [
        Stalled(0, Kind.SILENT, 1, at, name=name)
        for name, at in hearts
        if name in silent_s and now - at > timedelta(seconds=silent_s[name])
    ]


def _questions(now: datetime) -> Iterator[tuple[Kind, Select[int, int, Any]]]:
    """Yield for each kind what finds account, count and since when.

    What waits for keys, or for a poll or a mail server that refuses us, has an alert already; nothing else is hushed.
    """
    is_open = Alert.cleared_at.is_(None)
    lately = is_open | (Alert.cleared_at > now - TURN)
    no_keys = select(Alert.account_id).where(Alert.kind == Kind.REFUSED.value, Alert.subject == refusals.KEYS, lately)
    no_polls = select(Alert.account_id).where(refusals.of_polls(), is_open)
    no_mail = select(Alert.account_id).where(Alert.kind == Kind.CANNOT_SEND.value, is_open)
    running = select(Account.id).where(Account.frozen_at.is_(None))
    yield Kind.HANDOFF_STANDS, select(Handoff.account_id, func.count(Handoff.id), func.min(Handoff.seen_at)).where(
        Handoff.next_attempt_at.is_not(None), Handoff.brief_state.in_((Brief.PENDING.value, Brief.POSTING.value)),
        Handoff.seen_at < now - LATE, Handoff.account_id.in_(running), Handoff.account_id.not_in(no_keys),
    )  # fmt: skip
    yield Kind.CALLBACK_STANDS, select(Inbox.account_id, func.count(Inbox.id), func.min(Inbox.received_at)).where(
        Inbox.next_attempt_at.is_not(None), Inbox.state == "new", Inbox.received_at < now - LATE,
        Inbox.account_id.not_in(no_keys),
    )  # fmt: skip
    for table in (Delivery, Report):
        yield Kind.MESSAGE_STANDS, select(table.account_id, func.count(table.id), func.min(table.next_attempt_at)).where(
            table.next_attempt_at.is_not(None), table.attempts >= TRIES, table.account_id.not_in(no_mail),
        )  # fmt: skip
    polled = func.coalesce(Account.polled_at, Account.connected_at)
    yield Kind.NOT_POLLED, select(Account.id, func.count(Account.id), func.min(polled)).where(
        Account.connected_at.is_not(None), Account.next_poll_at.is_not(None), polled < now - POLL_LATE,
        Account.id.not_in(no_polls),
    )  # fmt: skip
