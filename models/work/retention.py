"""What is kept how long, and its removal in small bites, so that a database does not grow without end.

Kept for ever, since figures and their episodes rest on it: handoffs, transitions, sightings, baselines, reports, and the
first snapshot of each handoff, which never changes. What goes: callbacks that are done or parked, later snapshots once a handoff
has ended, links to sign in, jobs whether they ended or not, and cleared alerts of long ago. `jobs.EVERYONE` has jobs and alerts
too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, Select, case, delete, select
from sqlalchemy.orm import Session

from escalation.lifecycle import ENDED
from models.database.sessions import Database
from models.tables import AiSession, Alert, Canary, Handoff, Inbox, Job, Report, Snapshot, Wish
from models.tables.columns import Row
from models.work import jobs, sign_ins
from models.work.visible_notes import TAKE_AWAY

BITE = 500
"""Rows of one transaction: SQLite has one writer, and callbacks must not wait for a cleaning."""


@dataclass(frozen=True, slots=True)
class Keep:
    """How long things are kept, in days."""

    callbacks: float = 14
    """At least as long as a callback may be repeated or replayed; ConnectWise repeats within seconds."""
    parked: float = 90
    """Parked callbacks, since they came: as long as somebody may look at one and replay it. The poller sees its ticket."""
    snapshots: float = 30
    """Later snapshots of handoffs that ended so long ago. The newest of a live one is always kept."""
    jobs: float = 2
    """After they were begun. Some come each few minutes; what must never come twice is unique by rows of its own."""
    sign_ins: float = 30
    """After the link was asked for; it is good for minutes."""
    canaries: float = 30
    wishes: float = 30
    """After they ended; the episode that one led to says itself who escalated."""
    sessions: float = 365
    """After something was recorded last; what a brief took from one stays in its package and snapshots."""
    alerts: float = 365
    """After they were cleared; also that the operator was told of one, which is told of again once that is forgotten."""


def clear(database: Database, account_id: int, *, now: datetime, keep: Keep, most: int = 50_000) -> dict[str, int]:
    """Remove what an account keeps no longer, in bites of one transaction each; return how many rows of each kind.

    `most` rows of a kind at once; the rest waits for the next time. Safe to repeat and to kill at any moment.
    """
    removed = {}
    for kind, table, query in _too_old(account_id, now, keep):
        count = 0
        while count < most:
            with database.account(account_id) as session:
                bite = _bite(session, table, query)
            count += bite
            if bite < BITE:
                break
        removed[kind] = count
    return {kind: count for kind, count in removed.items() if count}


def _bite(session: Session, table: type[Row], query: Select[int]) -> int:
    ids = list(session.scalars(query.limit(BITE)))
    if not ids:
        return 0
    number: ColumnElement[int] = table.__table__.c.id
    result = session.execute(delete(table).where(number.in_(ids)).execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount


def _too_old(account_id: int, now: datetime, keep: Keep) -> list[tuple[str, type[Row], Select[int]]]:
    """Return for each kind its table and which rows of the account are kept no longer."""

    def before(days: float) -> datetime:
        return now - timedelta(days=days)

    ended = (
        select(Handoff.id)
        .where(
            Handoff.account_id == account_id, Handoff.id == Snapshot.handoff_id, Handoff.response_state.in_(ENDED),
            Handoff.ended_at < before(keep.snapshots),
        )
        .exists()
    )  # fmt: skip
    begun = case((Job.job == jobs.TELL, before(keep.alerts)), else_=before(keep.jobs))
    parked = before(max(keep.parked, keep.callbacks))
    rows: list[tuple[str, type[Row], tuple[ColumnElement[bool], ...]]] = [
        ("inbox", Inbox, (Inbox.state.in_(("done", "ignored")), Inbox.received_at < before(keep.callbacks))),
        ("parked", Inbox, (Inbox.state == "parked", Inbox.received_at < parked)),
        ("snapshot", Snapshot, (Snapshot.kind == "refresh", ended)),
        ("job", Job, (Job.lease_until < now, Job.claimed_at < begun, (Job.job != TAKE_AWAY) | (Job.state == "done"))),
        ("report", Report, (Report.kind == sign_ins.KIND, Report.created_at < before(keep.sign_ins))),
        ("canary", Canary, (Canary.sent_at < before(keep.canaries),)),
        ("wish", Wish, (Wish.ended_at < before(keep.wishes),)),
        ("ai_session", AiSession, (AiSession.last_at < before(keep.sessions),)),
        ("alert", Alert, (Alert.cleared_at < before(keep.alerts),)),
    ]
    return [(kind, table, _of(table, account_id).where(*old)) for kind, table, old in rows]


def _of(table: type[Row], account_id: int) -> Select[int]:
    columns = table.__table__.c
    return select(columns.id).where(columns.account_id == account_id)
