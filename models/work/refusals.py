"""What an account's PSA refuses for good: told once for each thing, whatever waits for it, and closed by its success.

Keys are the poller's to tell of, since every call fails with them. A write that is refused while polls pass is a thing of its
own, which a poll says nothing of; nor does another ticket's success while one that was refused is still tried.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.orm import Session

from escalation.lifecycle import Brief, Response
from models.tables import Alert, Handoff, ResolutionNote, Wish
from models.work import jobs
from models.work.alert_kinds import Kind

KEYS = "Unauthorized"
"""The alert's subject while polls are refused the keys themselves."""
MEMBERS = "members"
"""Where the PSA refuses to say who there is."""
SETTLES = timedelta(minutes=1)
"""A claim is settled in that time, if nothing stands against it."""


class Write(StrEnum):
    """What can be refused to us beside reading; the alert's subject."""

    NOTES = "briefs"
    EDITS = "edits of briefs"
    RESOLUTION_NOTES = "resolution notes"
    STATUS = "status"
    OWNER = "owner"


LONG_WAITS = {
    Write.NOTES: Handoff.next_attempt_at, Write.EDITS: Handoff.refresh_due_at, Write.OWNER: Handoff.settle_due_at,
}  # fmt: skip
"""What is tried again after as long as it has been refused, hours in the end, by the column that says when."""


def of_polls() -> ColumnElement[bool]:
    """Return what finds the alerts of polls that are refused, open or not."""
    return (Alert.kind == Kind.REFUSED.value) & Alert.subject.not_in((MEMBERS, *(write.value for write in Write)))


def polls_pass(session: Session, account_id: int, *, now: datetime) -> None:
    """Close what a poll was refused with; after keys that were refused, what waits for hours because of them is due now."""
    subjects = session.scalars(select(Alert.subject).where(of_polls(), *_open_of(account_id))).all()
    for subject in subjects:
        jobs.clear_alert(session, account_id, kind=Kind.REFUSED, subject=subject, now=now)
    if KEYS in subjects:  # `tell` raised nothing for it meanwhile: with this alert nobody would know of it any more
        for what, due_at in LONG_WAITS.items():
            waiting = update(Handoff).where(Handoff.id.in_(_waiting(account_id, what, now)), due_at > now)
            session.execute(waiting.values({due_at: now}).execution_options(synchronize_session=False))


def tell(session: Session, account_id: int, what: Write, *, detail: str, now: datetime) -> None:
    """Raise the alert of a write that has been refused for a while, unless the keys are refused altogether."""
    keys = select(Alert.id).where(Alert.kind == Kind.REFUSED.value, Alert.subject == KEYS, *_open_of(account_id))
    if session.scalar(keys) is None:
        jobs.raise_alert(session, account_id, kind=Kind.REFUSED, subject=what, detail=detail[:500], now=now)


def succeeded(session: Session, account_id: int, what: Write, *, now: datetime) -> None:
    """Close the alert of a write that was just taken, unless another that was refused is still to be tried again."""
    jobs.clear_alert(session, account_id, kind=Kind.REFUSED, subject=what, now=now, unless=_waiting(account_id, what, now))


def _open_of(account_id: int) -> tuple[ColumnElement[bool], ...]:
    return Alert.account_id == account_id, Alert.cleared_at.is_(None)


def _waiting(account_id: int, what: Write, now: datetime) -> Select[Any]:
    """Return what finds those that failed and are to be tried again."""
    live = Handoff.response_state.in_((Response.OPEN.value, Response.CLAIMED.value, Response.ACTED.value))
    brief, of_account = Handoff.brief_state, select(Handoff.id).where(Handoff.account_id == account_id, live)
    match what:
        case Write.NOTES:
            return of_account.where(brief == Brief.PARKED.value, Handoff.next_attempt_at.is_not(None))
        case Write.EDITS:
            failed = Handoff.last_error.is_not(None) & Handoff.refresh_due_at.is_not(None)
            return of_account.where(brief == Brief.POSTED.value, failed)
        case Write.OWNER:
            unset = Handoff.settle_due_at.is_not(None) & Handoff.owner_outcome.is_(None)
            return of_account.where(unset, Handoff.claim_observed_at < now - SETTLES)
        case Write.RESOLUTION_NOTES:
            row: type[ResolutionNote | Wish] = ResolutionNote
        case Write.STATUS:
            row = Wish
    failed = row.next_attempt_at.is_not(None) & row.outcome.is_not(None)
    return select(row.id).where(row.account_id == account_id, failed)
