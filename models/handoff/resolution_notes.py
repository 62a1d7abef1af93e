"""Resolution notes: drafted from what is stored of an episode, asked for once at a time, tried, and posted or given up."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Update, select
from sqlalchemy.orm import Session

from escalation.evidence import Evidence
from escalation.resolution.note import Course
from escalation.resolution.note import ResolutionNote as Draft
from escalation.resolution.note import draft as drafted
from escalation.resolution.text import Form, to_post
from models.account import people
from models.database.compare_and_set import changed
from models.database.sessions import insert_or_ignore
from models.handoff import handoffs
from models.tables import Handoff, ResolutionNote
from models.work import lease
from models.work.due import BELL_S, Due

__all__ = [
    "LASTS", "CannotBeNoted", "ResolutionNote", "ask", "ask_by_hand", "attempt", "course_of", "draft_of", "due", "every", "get",
    "give_up", "of_handoff", "posted", "put_off", "take",
]  # fmt: skip

LASTS = timedelta(days=2)
"""One that could not be posted for so long is given up, and whoever asked reads why."""
_OPEN = (ResolutionNote.posted_at.is_(None), ResolutionNote.failed_at.is_(None))


class CannotBeNoted(Exception):
    """No note can be posted for the episode. Says why."""


def draft_of(session: Session, account_id: int, handoff: Handoff, *, evidence: Evidence | None = None) -> Draft | None:
    """Return the note as the ticket's newest stored reading gives it, or `evidence`; None before the first reading."""
    evidence = evidence or handoffs.latest_snapshot(session, account_id, handoff.id)
    if evidence is None:
        return None
    return drafted(evidence, course_of(session, account_id, handoff))


def course_of(session: Session, account_id: int, handoff: Handoff, *, ended_at: datetime | None = None) -> Course:
    """Return the moments of an episode, with names; `ended_at` where it is about to end."""
    members = people.roster_rows(session, account_id)
    names = {member.identifier.lower(): member.name for member in members} | {str(member.id): member.name for member in members}
    return Course(
        handoff.escalated_at, names.get((handoff.escalated_by or "").lower(), handoff.escalated_by or ""), handoff.claimed_at,
        names.get(str(handoff.claimed_by), "") if handoff.claimed_by else "", handoff.acted_at, handoff.ended_at or ended_at,
    )  # fmt: skip


def ask(
    session: Session, account_id: int, handoff_id: int, *, form: Form, text: str, member_id: int | None, member: str,
    now: datetime,
) -> int | None:  # fmt: skip
    """Store a note to be posted and return its row; None where the episode has one that waits or is posted."""
    row = insert_or_ignore(session, ResolutionNote).values(
        account_id=account_id, handoff_id=handoff_id, form=form, text=text, member_id=member_id, member=member, asked_at=now,
        attempts=0, next_attempt_at=now + timedelta(seconds=BELL_S),
    )  # fmt: skip
    return session.scalar(row.returning(ResolutionNote.id))


def ask_by_hand(
    session: Session, handoff: Handoff, *, form: Form, text: str, member_id: int, member: str, now: datetime
) -> int | None:
    """Store a person's text to be posted, as `ask` does. Raises `CannotBeNoted`, and `NoNote` for a text that is none."""
    if handoff.dry_run:
        raise CannotBeNoted("its board is in dry run: nothing is posted there")
    return ask(
        session, handoff.account_id, handoff.id, form=form, text=to_post(text), member_id=member_id, member=member, now=now
    )


def take(session: Session, account_id: int, resolution_id: int, *, now: datetime, lease_s: float) -> ResolutionNote | None:
    """Take a note that is due, or was never tried, for `lease_s` seconds. None for any other."""
    return lease.take(session, ResolutionNote, account_id, resolution_id, *_OPEN, now=now, lease_s=lease_s)


def attempt(session: Session, taken: ResolutionNote, *, now: datetime) -> bool:
    """Record before it is tried that a POST may be under way. False if somebody else has it: then it must not be tried."""
    return changed(session, _held(taken).values(attempted_at=now))


def posted(session: Session, taken: ResolutionNote, *, note_id: int, posted_at: datetime, why: str) -> bool:
    """Record that the PSA has it."""
    done = {"note_id": note_id, "posted_at": posted_at, "next_attempt_at": None, "outcome": why}
    return changed(session, _held(taken).values(done))


def put_off(session: Session, taken: ResolutionNote, *, at: datetime, reason: str, not_posted: bool = False) -> bool:
    """Have it tried again from a moment on; with `not_posted` no POST of it can be under way."""
    again: dict[str, object] = {"next_attempt_at": at, "outcome": reason}
    if not_posted:
        again["attempted_at"] = None
    return changed(session, _held(taken).values(again))


def give_up(session: Session, taken: ResolutionNote, *, now: datetime, reason: str) -> bool:
    """End one that comes to nothing; another may be asked for then. False if somebody else has it."""
    failed = {"failed_at": now, "next_attempt_at": None, "outcome": reason}
    return changed(session, _held(taken).values(failed))


def every(session: Session, account_id: int, handoff_id: int) -> list[ResolutionNote]:
    """Return all that were ever asked for in an episode, the last one last."""
    mine = select(ResolutionNote).where(ResolutionNote.account_id == account_id, ResolutionNote.handoff_id == handoff_id)
    return list(session.scalars(mine.order_by(ResolutionNote.id).execution_options(populate_existing=True)))


def of_handoff(session: Session, account_id: int, handoff_id: int) -> ResolutionNote | None:
    """Return an episode's last note, whatever became of it."""
    mine = select(ResolutionNote).where(ResolutionNote.account_id == account_id, ResolutionNote.handoff_id == handoff_id)
    return session.scalar(mine.order_by(ResolutionNote.id.desc()).limit(1).execution_options(populate_existing=True))


def get(session: Session, account_id: int, resolution_id: int) -> ResolutionNote | None:
    """Return a note, fresh from the database."""
    return lease.get(session, ResolutionNote, account_id, resolution_id)


def due(system: Session, *, now: datetime, limit: int) -> Due:
    """Return the notes to be posted now: account id and row id, in turn."""
    return lease.due(system, ResolutionNote, now=now, limit=limit)


def _held(taken: ResolutionNote) -> Update:
    return lease.held(taken).where(*_OPEN)
