"""Draft, edit and post the note that says how an episode ended; knows nothing of HTTP.

What is asked for is a row, and the worker posts it: any member may, as any member may write a note in the PSA. The draft is
made of what is stored; the worker reads the ticket again where somebody asks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import structlog
from sqlalchemy.orm import Session

from escalation.resolution.text import FORMS, Form, drafted
from models.database.sessions import Database
from models.handoff import briefs, handoffs
from models.handoff import resolution_notes as notes
from models.handoff.handoffs import Handoff
from webhooks.authorization import Pass, Viewer, require_member
from webhooks.claims.claiming import NoSuchHandoff, Person, Rings, person
from worker.process import crash

log = structlog.get_logger()

State = Literal["draft", "waiting", "posted", "failed"]


@dataclass(frozen=True, slots=True)
class NoteView:
    """How the resolution note of an episode stands at this moment."""

    handoff_id: int
    ticket_id: int
    state: State
    drafts: dict[str, str]
    """By form; empty before the ticket was read."""
    note: dict[str, Any] | None
    """What is known, each line with its source."""
    as_of: datetime | None
    """When the ticket was read that the draft is made of."""
    being_read: bool
    """Whether it is being read again, so that a newer draft may come."""
    form: str | None
    text: str | None
    """As it was asked to be posted."""
    asked_by: Person | None
    asked_at: datetime | None
    note_id: int | None
    posted_at: datetime | None
    outcome: str | None
    """What stands against it, or why it came to nothing."""
    changed: bool = False
    """Whether this very call asked for it."""


class Noting:
    """What any member may do about an episode's resolution note. Each raises `TakenBack`, `NotAllowed`, `NoSuchHandoff`."""

    def __init__(self, database: Database, bell: Rings, clock: Callable[[], datetime]) -> None:
        self._database, self._bell, self._clock = database, bell, clock

    def look(self, who: Pass, handoff_id: int) -> NoteView:
        """Return how it stands, with a draft of what is stored. Changes nothing."""
        with self._database.account(who.account_id, reading=True) as session:
            return view_of(session, require_member(session, who), handoff_id, now=self._clock())

    def read_again(self, who: Pass, handoff_id: int) -> NoteView:
        """Have the ticket read again, so that a draft holds what was written last."""
        now = self._clock()
        crash.point("claim.rereading")
        with self._database.account(who.account_id) as session:
            viewer = require_member(session, who)
            asked = briefs.ask_refresh(session, who.account_id, _handoff(session, viewer, handoff_id).id, due_at=now)
            view = view_of(session, viewer, handoff_id, now=now)
        crash.point("claim.reread")
        if asked:
            self._bell.ring("refresh", account_id=who.account_id, handoff_id=handoff_id)
        return view

    def post(self, who: Pass, handoff_id: int, *, form: Form, text: str) -> NoteView:
        """Have a text posted, once for each episode. Raises `CannotBeNoted` and `NoNote`."""
        now = self._clock()
        crash.point("claim.noting")
        with self._database.account(who.account_id) as session:
            viewer = require_member(session, who)
            handoff = _handoff(session, viewer, handoff_id)
            member_id, member = viewer.member_id, viewer.login
            row = notes.ask_by_hand(session, handoff, form=form, text=text, member_id=member_id, member=member, now=now)
            view = view_of(session, viewer, handoff_id, now=now, changed=row is not None)
        crash.point("claim.noted")
        if row is not None:
            log.info("resolution_note_asked", handoff_id=handoff_id, member_id=viewer.member_id, form=form)
            self._bell.ring("resolve", account_id=who.account_id, resolution_id=row)
        return view


def view_of(
    session: Session, viewer: Viewer, handoff_id: int, *, now: datetime, changed: bool = False, with_draft: bool = True
) -> NoteView:
    """Return how an episode's note stands for a member of its account. Raises `NoSuchHandoff`."""
    handoff, account_id = _handoff(session, viewer, handoff_id), viewer.account_id
    row = notes.of_handoff(session, account_id, handoff_id)
    state: State = "draft"
    if row is not None:
        state = "posted" if row.posted_at else "failed" if row.failed_at else "waiting"
    draft = notes.draft_of(session, account_id, handoff) if with_draft and state in ("draft", "failed") else None
    return NoteView(
        handoff_id=handoff_id, ticket_id=handoff.ticket_id, state=state,
        drafts={form: drafted(draft, form, time_zone=viewer.time_zone) for form in FORMS} if draft else {},
        note=draft.to_json() if draft else None, as_of=draft.as_of if draft else None,
        being_read=_being_read(handoff, now),
        form=row.form if row else None, text=row.text if row else None,
        asked_by=person(session, account_id, row.member_id) if row else None, asked_at=row.asked_at if row else None,
        note_id=row.note_id if row else None, posted_at=row.posted_at if row else None, outcome=row.outcome if row else None,
        changed=changed,
    )  # fmt: skip


def _being_read(handoff: Handoff, now: datetime) -> bool:
    due = handoff.refresh_due_at
    return due is not None and handoff.brief_state == "posted" and (due <= now or due == handoff.lease_until)


def _handoff(session: Session, viewer: Viewer, handoff_id: int) -> Handoff:
    handoff = handoffs.get(session, viewer.account_id, handoff_id)
    if handoff is None:
        raise NoSuchHandoff(f"handoff {handoff_id}")
    return handoff
