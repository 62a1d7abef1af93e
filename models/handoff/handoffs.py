"""Handoffs: opened once for each episode, claimed by one, ended once.

Each function takes the session of the account (those named `due_…` the system session), changes with one
compare-and-set, and says by its result whether it won. The brief's side is `models.handoff.briefs`, claims and what
follows from them `models.handoff.claims`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from escalation.evidence import Evidence
from escalation.lifecycle import LIVE, Brief, Response
from escalation.rules import MISSING
from models.account import dry_runs
from models.database.compare_and_set import changed
from models.database.sessions import insert_or_ignore
from models.handoff.briefs import ask_refresh, drop
from models.handoff.claims import respond
from models.handoff.moves import NOTE, one, opened
from models.tables import Handoff, Snapshot, Transition
from models.work.due import BELL_S, Due, due_in_turn, pairs

__all__ = [
    "Handoff", "Snapshot", "Transition", "add_snapshot", "by_ticket", "due_notifications", "end", "get",
    "latest_snapshot", "mark_notified", "nobody_told", "observed", "open_for_ticket", "open_handoff", "resume", "stands_in",
    "transitions", "withdraw",
]  # fmt: skip

ASK_AGAIN = timedelta(minutes=1)
"""How long to wait before looking again for somebody to tell."""

_UNTOLD = case((Handoff.notify_state == "pending", "skipped"), else_=Handoff.notify_state)

_NOTHING_TO_WATCH = {"observe_due_at": None, "notes_due_at": None, "claim_expires_at": None}


def open_handoff(
    session: Session,
    *,
    account_id: int,
    ticket_id: int,
    episode: int,
    escalated_at: datetime,
    now: datetime,
    rule_version: int,
    board: str | None = None,
    status: str | None = None,
    summary: str | None = None,
    company: str | None = None,
    priority: str | None = None,
    escalated_by: str | None = None,
    event_id: str | None = None,
    calendar_version: int | None = None,
    origin: Literal["status", "hand"] = "status",
    observe_at: datetime | None = None,
    why: str = "entered an escalation status",
    actor: str = "resolutionflow",
) -> Handoff | None:
    """Open the handoff of an episode. None if it exists already. `escalated_at` is the PSA's time.

    From `observe_at` on the ticket is read again for a claim.
    """
    statement = insert_or_ignore(session, Handoff).values(
        account_id=account_id,
        ticket_id=ticket_id,
        episode=episode,
        board=board,
        status=status,
        summary=summary,
        company=company,
        priority=priority,
        escalated_at=escalated_at,
        escalated_by=escalated_by,
        seen_at=now,
        event_id=event_id,
        rule_version=rule_version,
        brief_state=Brief.PENDING.value,
        response_state=Response.OPEN.value,
        fence=0,
        attempts=0,
        extra_notes_removed=0,
        notify_state="pending",
        next_attempt_at=now + timedelta(seconds=BELL_S),
        calendar_version=calendar_version,
        origin=origin,
        observe_due_at=observe_at,
        dry_run=dry_runs.applies(session, account_id, board),
    )
    handoff_id = session.scalar(statement.returning(Handoff.id))
    if handoff_id is None:
        return None
    opened(session, account_id, handoff_id, why=why, now=now, happened_at=escalated_at, actor=actor)
    return get(session, account_id, handoff_id)


def get(session: Session, account_id: int, handoff_id: int) -> Handoff | None:
    """Return a handoff, fresh from the database."""
    query = select(Handoff).where(*one(account_id, handoff_id))
    return session.scalar(query.execution_options(populate_existing=True))


def by_ticket(session: Session, account_id: int, ticket_id: int) -> list[Handoff]:
    """Return all handoffs of a ticket, the newest episode first."""
    query = select(Handoff).where(Handoff.account_id == account_id, Handoff.ticket_id == ticket_id)
    fresh = query.order_by(Handoff.episode.desc()).execution_options(populate_existing=True)
    return list(session.scalars(fresh))


def open_for_ticket(session: Session, account_id: int, ticket_id: int) -> Handoff | None:
    """Return the ticket's newest handoff that is open, claimed or acted on."""
    live = (
        handoff for handoff in by_ticket(session, account_id, ticket_id) if handoff.response_state in LIVE
    )
    return next(live, None)


def transitions(session: Session, account_id: int, handoff_id: int) -> list[Transition]:
    """Return all moves of a handoff in the order in which they were recorded; edits of its note are none."""
    here = (Transition.account_id == account_id, Transition.handoff_id == handoff_id, Transition.machine != NOTE)
    return list(session.scalars(select(Transition).where(*here).order_by(Transition.id)))


def resume(
    session: Session, account_id: int, handoff_id: int, *, due_at: datetime, escalated_at: datetime | None = None
) -> bool:
    """Go on with an episode the ticket came back to, and refresh its brief. False if it is no longer live.

    One handed off by hand becomes, by the status that follows, an escalation of that moment.
    """
    by_hand = update(Handoff).where(*one(account_id, handoff_id), Handoff.origin == "hand")
    if escalated_at is not None:
        changed(session, by_hand.values(origin="status", escalated_at=escalated_at))
    live = select(Handoff.id).where(*one(account_id, handoff_id), Handoff.response_state.in_(LIVE))
    return session.scalar(live) is not None and ask_refresh(session, account_id, handoff_id, due_at=due_at)


def stands_in(session: Session, account_id: int, handoff_id: int, *, board: str, status: str) -> bool:
    """Record on which board and in which status the ticket of a live handoff stands now."""
    live = (*one(account_id, handoff_id), Handoff.response_state.in_(LIVE))
    return changed(session, update(Handoff).where(*live).values(board=board, status=status))


def withdraw(
    session: Session, account_id: int, handoff_id: int, *, now: datetime, why: str,
    happened_at: datetime | None = None, actor: str = "resolutionflow",
) -> bool:  # fmt: skip
    """End a handoff that nobody took. A brief that was never attempted is no longer due."""
    at = happened_at or now
    return _end(session, account_id, handoff_id, Response.OPEN, Response.WITHDRAWN, why, now, at, actor)


def end(
    session: Session, account_id: int, handoff_id: int, *, now: datetime, why: str,
    happened_at: datetime | None = None, actor: str = "resolutionflow",
) -> bool:  # fmt: skip
    """End a handoff whose ticket was closed, merged or deleted: withdrawn if unclaimed, else resolved.

    One whose ticket cannot be followed any more is withdrawn whoever has it: nobody knows how it ended.
    """
    at = happened_at or now
    if why == MISSING and (lost := get(session, account_id, handoff_id)) is not None:  # taken by the link meanwhile
        at = max(at, lost.claimed_at or at, lost.acted_at or at)
    after = Response.WITHDRAWN if why == MISSING else Response.RESOLVED
    for before in (Response.CLAIMED, Response.ACTED):
        if _end(session, account_id, handoff_id, before, after, why, now, at, actor):
            return True
    return withdraw(session, account_id, handoff_id, now=now, why=why, happened_at=at, actor=actor)


def _end(
    session: Session, account_id: int, handoff_id: int, before: Response, after: Response, why: str, now: datetime,
    at: datetime, actor: str,
) -> bool:  # fmt: skip
    values = {"ended_at": at, "end_reason": why, "notify_state": _UNTOLD, **_NOTHING_TO_WATCH}
    if not respond(session, account_id, handoff_id, before, after, why, now, at, actor, values):
        return False
    drop(session, account_id, handoff_id, now=now)
    return True


def observed(
    session: Session, account_id: int, handoff_id: int, *, taken_until: datetime, taken_as: str, next_at: datetime
) -> bool:
    """Put the next reading of a ticket off to its time, once one was good. False if one is wanted before, or none any more.

    `taken_until` is what the reading was taken with: one that failed, or whose process died, is made again then. So is one
    that found the response no longer `taken_as`: a claim is looked after sooner than what nobody has.
    """
    same = (Handoff.observe_due_at == taken_until, Handoff.response_state == taken_as)
    return changed(session, update(Handoff).where(*one(account_id, handoff_id), *same).values(observe_due_at=next_at))


def add_snapshot(
    session: Session,
    account_id: int,
    handoff_id: int,
    evidence: Evidence,
    *,
    kind: Literal["handoff", "refresh"],
) -> bool:
    """Store the evidence. False for a second snapshot of the kind `handoff`: the first one stays as it is."""
    statement = insert_or_ignore(session, Snapshot).values(
        account_id=account_id,
        handoff_id=handoff_id,
        kind=kind,
        evidence=evidence.to_json(),
        complete=evidence.complete,
        taken_at=evidence.read_at,
    )
    return session.scalar(statement.returning(Snapshot.id)) is not None


def latest_snapshot(
    session: Session, account_id: int, handoff_id: int, *, kind: Literal["handoff", "refresh"] | None = None
) -> Evidence | None:
    """Return the newest stored evidence, of one kind or of any. Raises `UnknownEvidenceVersion`."""
    query = select(Snapshot.evidence).where(
        Snapshot.account_id == account_id, Snapshot.handoff_id == handoff_id
    )
    if kind is not None:
        query = query.where(Snapshot.kind == kind)
    body = session.scalar(query.order_by(Snapshot.id.desc()).limit(1))
    return Evidence.from_json(body) if body is not None else None


def mark_notified(session: Session, account_id: int, handoff_id: int, *, now: datetime) -> bool:
    """Record that the deliveries of a handoff exist. True once."""
    waiting = update(Handoff).where(*one(account_id, handoff_id), Handoff.notify_state == "pending")
    return changed(session, waiting.values(notify_state="created", notified_at=now))


def nobody_told(session: Session, account_id: int, handoff_id: int, *, now: datetime) -> bool:
    """Record that there was nobody to tell: somebody is looked for again after `ASK_AGAIN`."""
    return changed(session, update(Handoff).where(*one(account_id, handoff_id)).values(notify_state="pending", notified_at=now))


def due_notifications(system: Session, *, before: datetime, now: datetime, limit: int) -> Due:
    """Return live handoffs that nobody has been told of yet, in turn; where there was nobody to tell, not before `ASK_AGAIN`.

    Those whose brief is in the ticket for longer than the bell takes, and without it those seen before a moment. One of
    the future was seen, or its brief posted, before the clock was set back, or by a PSA whose clock is ahead of ours.
    """
    live = Handoff.response_state == Response.OPEN.value
    unheard = (Handoff.posted_at <= now - timedelta(seconds=BELL_S)) | (Handoff.posted_at > now)
    overdue = (Handoff.seen_at <= before) | (Handoff.seen_at > now + timedelta(seconds=BELL_S))
    asked = Handoff.notified_at
    again = asked.is_(None) | (asked <= now - ASK_AGAIN) | (asked > now)
    waiting = (Handoff.notify_state == "pending", live, overdue | unheard, again)
    ever = now + timedelta(days=36_500)
    return pairs(
        system,
        due_in_turn(Handoff.account_id, Handoff.id, Handoff.seen_at, *waiting, now=ever, limit=limit),
    )
