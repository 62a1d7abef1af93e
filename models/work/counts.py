"""How much there is of everything, over all accounts, for machines that watch this installation.

Each query is bounded by an index or by a number of newest rows, so that looking stays cheap with millions of
handoffs. All take the system session, which reads states and times and nothing of any ticket.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from escalation.lifecycle import LIVE, Brief, Response
from models.tables import (
    Account,
    AiSession,
    Alert,
    Canary,
    Delivery,
    Handoff,
    Heartbeat,
    Inbox,
    ModelCall,
    Report,
    Wish,
)
from models.work import canaries
from models.work.due import not_frozen, not_suspended

NEWEST = 10_000
"""How far back is looked where no index leads, in rows: days of a large installation, years of a small one."""
DUE: dict[str, InstrumentedAttribute[datetime | None]] = {
    "callback": Inbox.next_attempt_at,
    "brief": Handoff.next_attempt_at,
    "refresh": Handoff.refresh_due_at,
    "settlement": Handoff.settle_due_at,
    "observation": Handoff.observe_due_at,
    "notes": Handoff.notes_due_at,
    "reading": Handoff.read_due_at,
    "message": Delivery.next_attempt_at,
    "poll": Account.next_poll_at,
    "weekly": Account.next_weekly_at,
    "report": Report.next_attempt_at,
    "canary": Canary.next_attempt_at,
    "wish": Wish.next_attempt_at,
    "session": AiSession.next_attempt_at,
}
"""What the sweeper rings for, by the column that says when it is due."""
_RUNNING, _UNFROZEN = not_suspended(Handoff.account_id), not_frozen(Handoff.account_id)
RUNG: dict[str, tuple[ColumnElement[bool], ...]] = {
    "brief": (_UNFROZEN,),
    "refresh": (_UNFROZEN, Handoff.brief_state == Brief.POSTED.value),
    "observation": (_RUNNING,),
    "notes": (_RUNNING,),
    "reading": (_RUNNING,),
}
"""Where it does not ring for every row: what waits on a frozen or suspended account, or has no brief to edit, is not late."""


@dataclass(frozen=True, slots=True)
class ModelCounts:
    """The newest questions to a model, over all accounts."""

    outcomes: dict[str, int]
    tokens: dict[str, int]
    """`in` and `out`."""
    cost: float
    """In the price's currency; 0 where no price is known."""
    dropped: dict[str, int]
    """What of the answers did not stand in the ticket, by reason."""
    seconds: list[float]
    """How long those of the last hour took, shortest first."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What was there at `at`."""

    at: datetime
    accounts: int
    newest: dict[str, int]
    """The newest handoffs, by the state of the response."""
    seen_last_hour: int
    live: dict[tuple[str, str], int]
    """Those not ended, by the states of brief and response."""
    oldest_waiting_brief: datetime | None
    """When the handoff was seen that has waited longest for its note; parked ones do not wait."""
    callbacks_waiting: int
    oldest_callback: datetime | None
    due: dict[str, tuple[int, datetime | None]]
    """For each kind of work: how much is due now, and since when the oldest is."""
    deliveries: dict[str, int]
    """The newest ones, by status."""
    alerts: dict[str, int]
    heartbeats: dict[str, datetime]
    canary_ended: datetime | None
    """When the last canary was sent that came to its end; None if none ever did."""
    canary_seconds: dict[str, float]
    """How long it took for each part of its way."""
    canaries_late: int
    latencies: list[float]
    """Seconds from escalation to accepted note, of the notes accepted within the last hour, shortest first."""
    model: ModelCounts
    """The newest questions to a model."""


def count(system: Session, *, now: datetime, canary_late_s: float | None = 60.0) -> Counts:
    """Count everything once."""
    last = canaries.last_ended(system)
    waiting_briefs = select(func.min(Handoff.seen_at)).where(
        Handoff.next_attempt_at.is_not(None),
        Handoff.brief_state.in_((Brief.PENDING.value, Brief.POSTING.value)),
    )
    callbacks = select(func.count(), func.min(Inbox.received_at)).where(
        Inbox.next_attempt_at.is_not(None), Inbox.state == "new"
    )
    waiting, oldest = system.execute(callbacks).one()
    return Counts(
        at=now,
        accounts=system.scalar(select(func.count(Account.id))) or 0,
        newest=_each(Response, _newest(system, Handoff.response_state, Handoff.id)),
        seen_last_hour=_seen(system, now),
        live=_live(system),
        oldest_waiting_brief=system.scalar(waiting_briefs),
        callbacks_waiting=waiting,
        oldest_callback=oldest,
        due={kind: _due(system, column, now, *RUNG.get(kind, ())) for kind, column in DUE.items()},
        deliveries=_each(
            ("queued", "sending", "sent", "failed", "suppressed"), _newest(system, Delivery.status, Delivery.id)
        ),
        alerts=_grouped(
            system, select(Alert.kind, func.count(Alert.id)).where(Alert.cleared_at.is_(None))
        ),
        heartbeats={name: at for name, at in system.execute(select(Heartbeat.name, Heartbeat.at))},  # noqa: C416
        canary_ended=last.sent_at if last else None,
        canary_seconds=canaries.parts(last) if last else {},
        canaries_late=len(canaries.late(system, now=now, within_s=canary_late_s)),
        latencies=_latencies(system, now),
        model=_model(system, now),
    )


def _grouped(system: Session, query: Select[Any, Any]) -> dict[str, int]:
    return {state: number for state, number in system.execute(query.group_by(query.selected_columns[0]))}  # noqa: C416


def _each(states: Iterable[str], found: dict[str, int]) -> dict[str, int]:
    """Add those of which there are none: a series that comes and goes cannot be watched."""
    return {**{str(state): 0 for state in states}, **found}


def _live(system: Session) -> dict[tuple[str, str], int]:
    # By way of the ids SQLite finds them in an index and reads no row of those that have ended.
    ids = select(Handoff.id).where(Handoff.response_state.in_(LIVE))
    query = select(Handoff.brief_state, Handoff.response_state, func.count(Handoff.id)).where(Handoff.id.in_(ids))
    rows = system.execute(query.group_by(Handoff.brief_state, Handoff.response_state))
    return {
        **{(str(brief), response): 0 for brief in Brief for response in LIVE},
        **{(brief, response): number for brief, response, number in rows},
    }


def _due(
    system: Session, column: InstrumentedAttribute[datetime | None], now: datetime, *conditions: ColumnElement[bool]
) -> tuple[int, datetime | None]:
    number, since = system.execute(select(func.count(), func.min(column)).where(column <= now, *conditions)).one()
    return number, since


def _newest(system: Session, state: InstrumentedAttribute[str], number: InstrumentedAttribute[int]) -> dict[str, int]:
    newest = select(state.label("state")).order_by(number.desc()).limit(NEWEST).subquery()
    return _grouped(system, select(newest.c.state, func.count()))


def _seen(system: Session, now: datetime) -> int:
    newest = select(Handoff.seen_at).order_by(Handoff.id.desc()).limit(NEWEST).subquery()
    return system.scalar(select(func.count()).where(newest.c.seen_at > now - timedelta(hours=1))) or 0


def _model(system: Session, now: datetime) -> ModelCounts:
    columns = (
        ModelCall.outcome, ModelCall.tokens_in, ModelCall.tokens_out, ModelCall.cost, ModelCall.dropped, ModelCall.ms,
        ModelCall.asked_at,
    )  # fmt: skip
    outcomes: Counter[str] = Counter()
    tokens: Counter[str] = Counter({"in": 0, "out": 0})
    dropped: Counter[str] = Counter()
    cost, seconds = 0.0, []
    for row in system.execute(select(*columns).order_by(ModelCall.id.desc()).limit(NEWEST)):
        outcomes[row.outcome] += 1
        tokens.update({"in": row.tokens_in, "out": row.tokens_out})
        dropped.update(row.dropped or {})
        cost += row.cost or 0
        if row.ms is not None and row.asked_at > now - timedelta(hours=1):
            seconds.append(row.ms / 1000)
    return ModelCounts(dict(outcomes), dict(tokens), cost, dict(dropped), sorted(seconds))


def _latencies(system: Session, now: datetime) -> list[float]:
    newest = (
        select(Handoff.escalated_at, Handoff.posted_at).order_by(Handoff.id.desc()).limit(NEWEST).subquery()
    )
    rows = system.execute(
        select(newest.c.escalated_at, newest.c.posted_at).where(newest.c.posted_at > now - timedelta(hours=1))
    )
    return sorted(max(0.0, (posted - escalated).total_seconds()) for escalated, posted in rows)
