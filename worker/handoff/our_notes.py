"""Our notes in a ticket: found again by their marker, one of each, and none where a customer sees what is not theirs."""

from __future__ import annotations

import hashlib
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from escalation.brief.marker import carries, holds
from models.account import accounts
from models.handoff import briefs
from models.handoff.handoffs import Handoff
from models.work import jobs, refusals
from models.work.alert_kinds import Kind
from models.work.refusals import Write
from psa.port import Forbidden, PostedNote, PsaError, Unauthorized, VisibleNote
from worker.account.members import renew_members
from worker.handoff import visible
from worker.process import crash
from worker.wiring import Desk, Services

log = structlog.get_logger()


def text_hash(text: str) -> str:
    """Return the hash by which a note is recognised as we wrote it; line ends and outer space do not count."""
    plain = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()
    return hashlib.sha256(plain.encode()).hexdigest()


def with_marker(own: list[PostedNote], marker: str, desk: Desk, *, customers_may_see: bool = False) -> list[PostedNote]:
    """Return the notes that are this handoff's brief, or what else bears the marker: by our API member. Lowest id first.

    Also those whose author nobody knows, unless customers see what they may not: that is a copy that somebody made.
    Raises `VisibleNote` for one of ours that a customer could see and may not.
    """

    def ours_or_nobodys(note: PostedNote) -> bool:
        if desk.api_member is None or note.created_by is None:
            return note.internal or customers_may_see
        return desk.roster.ours(note.created_by)

    ours = [note for note in own if carries(note.text, marker) and ours_or_nobodys(note)]
    visible = next((n for n in ours if not n.internal and not customers_may_see), None)
    if visible is not None:
        raise VisibleNote(f"note {visible.id} with our marker is visible to customers", note_id=visible.id)
    return ours


def require_unseen(own: list[PostedNote], desk: Desk) -> None:
    """Raise `VisibleNote` for any note of ours for seniors, of whatever episode and kind, that a customer could see."""
    for note in own:
        if not note.internal and holds(note.text, "[ref: RF-") and desk.roster.ours(note.created_by):
            raise VisibleNote(f"note {note.id} with a mark of ours is visible to customers", note_id=note.id)


def renamed(services: Services, desk: Desk) -> Desk | None:
    """Read who we are once more before a note is posted again; return the account as it is now if our login was changed.

    The note that is looked for bears the new one, by which nobody is known yet. Raises `PsaError` where that may pass.
    """
    with services.database.account(desk.account_id, reading=True) as session:
        account = accounts.get(session, desk.account_id)
    if account is None:
        return None
    try:
        renew_members(services, account, services.psa(desk.account_id))
    except PsaError as error:
        if error.retry:
            raise
        log.warning("members_not_read", account=desk.name, error=type(error).__name__, status=error.status)
        return None
    now = services.desk(desk.account_id)
    return now if now.api_member != desk.api_member else None


def remove_extras(
    services: Services, desk: Desk, handoff: Handoff, keep: PostedNote, extras: list[PostedNote], *, what: str = "handoff brief"
) -> None:
    """Remove our younger notes with the marker of one that is kept, or make them one line where no customer reads it.

    Each is counted before, once: a process that died in between would leave a removal that nobody knows of.
    """
    if desk.api_member is None or desk.frozen:  # whose they are is not certain, or nothing is to be written
        return
    psa = services.psa(desk.account_id)
    extras = [extra for extra in extras if extra.created_by is not None]  # else somebody may have copied ours
    for extra in extras:
        log.error("second_brief_found", what=what, note_id=extra.id, kept=keep.id)
        with services.database.account(desk.account_id) as session:
            briefs.count_extra_note(session, desk.account_id, handoff.id, note_id=extra.id)
        crash.point("refresh.counted")
        try:
            psa.delete_note(handoff.ticket_id, extra.id)
        except PsaError as error:
            log.warning("second_brief_not_deleted", note_id=extra.id, error=str(error))
            one_line = f"(repeated by mistake: the {what} is note {keep.id})"
            try:
                if not extra.internal:  # customers would read it
                    raise
                psa.edit_note(handoff.ticket_id, extra.id, one_line)
            except PsaError as failure:  # two notes are a blemish; the brief itself is in the ticket
                alert(
                    services, handoff, Kind.SECOND_BRIEF, f"remove note {extra.id} by hand: {failure}",
                    about=f"handoff {handoff.id}, note {extra.id}",
                )  # fmt: skip
                return
        crash.point("refresh.removed")
    if extras:
        removed = ", ".join(str(extra.id) for extra in extras)
        alert(
            services, handoff, Kind.SECOND_BRIEF, f"repeated {what} removed; note {keep.id} is kept",
            about=f"handoff {handoff.id}, note {removed}",
        )  # fmt: skip


def freeze(services: Services, handoff: Handoff, error: VisibleNote) -> str:
    """Have a note taken away that a customer could see, write nothing more to this account's PSA, and return the reason."""
    return visible.freeze(services, handoff.account_id, handoff.ticket_id, error, subject=f"handoff {handoff.id}")


def alert(
    services: Services, handoff: Handoff, kind: Kind, detail: str, error: PsaError | None = None, *,
    write: Write = Write.NOTES, about: str = "",
) -> None:  # fmt: skip
    """Tell the operator about a handoff; where keys or role are refused only once for the account, by what is written."""
    now = services.clock()
    with services.database.account(handoff.account_id) as session:
        if isinstance(error, (Unauthorized, Forbidden)):
            refusals.tell(session, handoff.account_id, write, detail=detail, now=now)
        else:
            subject = about or f"handoff {handoff.id}"
            jobs.raise_alert(session, handoff.account_id, kind=kind, subject=subject, detail=detail[:500], now=now)


def clear(session: Session, handoff: Handoff, kind: Kind, now: datetime) -> None:
    """Close an alert about a handoff whose cause is gone."""
    jobs.clear_alert(session, handoff.account_id, kind=kind, subject=f"handoff {handoff.id}", now=now)
