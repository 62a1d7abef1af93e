"""A note of ours that a customer can see: the account is frozen, and the note taken away, again and again until it is gone.

It is a job of its own, which a frozen account, a restart and a refused DELETE do not end. What may not be removed is made to say
nothing.
"""

from __future__ import annotations

import structlog

from models.account import accounts
from models.tables import Job
from models.work import jobs, ticket_watch, visible_notes
from models.work.alert_kinds import Kind
from psa.port import NotFound, Psa, PsaError, Throttled, VisibleNote
from worker.process import crash
from worker.process.backoff import next_try
from worker.wiring import Services

log = structlog.get_logger()

NEUTRAL = "(Added by mistake; please disregard.)"
"""What a note says that a customer can see and that we may not delete."""


def freeze(services: Services, account_id: int, ticket_id: int, error: VisibleNote, *, subject: str, what: str = "") -> str:
    """Write nothing more to this account's PSA, remove a note that a customer could see, and return the reason.

    What has to go is stored first: whoever dies then leaves it to the next one.
    """
    reason, now = f"{what}ticket {ticket_id}: {error}"[:450], services.clock()
    lease_s = services.settings.intervals.lease
    try:
        with services.database.account(account_id) as session:
            accounts.freeze(session, account_id, reason=reason, now=now)
            jobs.raise_alert(session, account_id, kind=Kind.NOTE_VISIBLE, subject=subject, detail=reason, now=now)
            owed = visible_notes.owe(session, account_id, ticket_id, error.note_id, now=now, lease_s=lease_s)
    except Exception:
        _remove(services.psa(account_id), ticket_id, error.note_id)  # nobody would know of it while the database is away
        raise
    finally:
        log.critical("note_visible_to_customer", note_id=error.note_id, reason=reason)
    crash.point("take_away.owed")
    if owed is not None and _try(services, owed):
        return f"{reason}; the note was removed"
    return f"{reason}; removing it is tried until it is gone"


def take_away(services: Services, *, account_id: int, job_id: int) -> bool:
    """Try once more to remove a note that a customer could see; return whether none can read it any more."""
    crash.point("take_away.rung")
    with services.database.account(account_id) as session:
        lease_s = services.settings.intervals.lease
        owed = visible_notes.take(session, account_id, job_id, now=services.clock(), lease_s=lease_s)
    crash.point("take_away.taken")
    return owed is not None and _try(services, owed)


def _try(services: Services, owed: Job) -> bool:
    """Remove it, or else make it say nothing. What passes is waited for all the same: a note that is gone is better."""
    ticket_id, note_id = visible_notes.place(owed)
    with services.database.account(owed.account_id, reading=True) as session:
        seen = ticket_watch.seen(session, owed.account_id, ticket_id)
        deleted = seen is not None and seen.gone == "deleted"
    failure, neutral = _remove(services.psa(owed.account_id), ticket_id, note_id, deleted=deleted)
    crash.point("take_away.tried")
    now, subject = services.clock(), f"ticket {ticket_id}, note {note_id}"
    unread = failure is None or neutral
    with services.database.account(owed.account_id) as session:
        if failure is None or (neutral and not failure.retry):
            visible_notes.end(session, owed, outcome="made neutral" if neutral else "removed", now=now)
        else:
            at = next_try(services.settings.intervals, now=now, attempt=owed.attempts, error=failure)
            visible_notes.put_off(session, owed, at=at, reason=str(failure)[:500])
        if unread:
            jobs.clear_alert(session, owed.account_id, kind=Kind.NOTE_STAYS, subject=subject, now=now)
        else:
            detail = f"REMOVE NOTE {note_id} OF TICKET {ticket_id} BY HAND, customers can read it: {failure}"[:500]
            jobs.raise_alert(session, owed.account_id, kind=Kind.NOTE_STAYS, subject=subject, detail=detail, now=now)
    crash.point("take_away.recorded")
    if failure is None or neutral:
        log.warning("visible_note_gone", ticket_id=ticket_id, note_id=note_id, neutral=neutral)
    else:
        log.error("visible_note_stays", ticket_id=ticket_id, note_id=note_id, attempt=owed.attempts, reason=str(failure)[:300])
    return unread


def _remove(psa: Psa, ticket_id: int, note_id: int, *, deleted: bool = False) -> tuple[PsaError | None, bool]:
    """Delete a note, or else empty it; return why it was not deleted, and whether it says nothing any more.

    `deleted`: its ticket is known to be.
    """
    refused: PsaError
    try:
        if psa.delete_note(ticket_id, note_id) or deleted or _is_gone(psa, ticket_id, note_id):
            return None, False
        refused = NotFound("DELETE: 404, and whether the note is gone or our role may not see it is not known", status=404)
    except Throttled as error:  # an edit would have to wait too
        return error, False
    except PsaError as error:
        refused = error
    try:
        psa.edit_note(ticket_id, note_id, NEUTRAL)
    except VisibleNote:
        return refused, True  # the echo of what was just made neutral
    except NotFound:
        return (None if deleted or _is_gone(psa, ticket_id, note_id) else refused), False
    except PsaError:
        return refused, False
    return refused, True


def _is_gone(psa: Psa, ticket_id: int, note_id: int) -> bool:
    """Tell whether a note is surely not there; a 404 of its ticket may mean that our role does not see it."""
    try:
        psa.ticket(ticket_id)
        return all(note.id != note_id for note in psa.own_notes(ticket_id))
    except PsaError:
        return False
