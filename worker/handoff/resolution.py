"""Bring a resolution note into the ticket once, as whoever asked for it left it.

As with the brief there is no idempotency key, so the ticket's notes are read before every POST, the moment of the attempt is
stored before it, and one that may still be under way is waited for.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from escalation.brief.marker import marker_of
from escalation.resolution.text import Form, signed
from models.database.clock import counted
from models.handoff import briefs, handoffs
from models.handoff import resolution_notes as notes
from models.handoff.handoffs import Handoff
from models.handoff.resolution_notes import LASTS, ResolutionNote
from models.work import refusals
from models.work.refusals import Write
from psa.port import (
    Ambiguous,
    Forbidden,
    PostedNote,
    PsaError,
    Throttled,
    Unauthorized,
    Unavailable,
    VisibleNote,
)
from worker.handoff import ending
from worker.handoff.our_notes import freeze, remove_extras, renamed, with_marker
from worker.process import crash
from worker.process.backoff import next_try, refusal, refused_since
from worker.wiring import Desk, Services

log = structlog.get_logger()

WHAT = "resolution note"


class Impossible(Exception):
    """It cannot be posted; the message is for whoever asked."""


def post(services: Services, *, account_id: int, resolution_id: int) -> bool:
    """Post a resolution note; return whether the ticket has it.

    1. Take it under a lease, whose number is the fence of all that follows.
    2. Read our notes on the ticket: what an earlier attempt left there is taken over, and what a second one did removed.
    3. Wait while an earlier attempt may still arrive.
    4. Store the moment of the attempt, POST, store what came of it.
    """
    crash.point("resolution.rung")
    now, begun = services.clock(), counted()
    lease_s = services.settings.intervals.lease
    with services.database.account(account_id) as session:
        row = notes.take(session, account_id, resolution_id, now=now, lease_s=lease_s)
        handoff = handoffs.get(session, account_id, row.handoff_id) if row else None
    crash.point("resolution.taken")
    if row is None or handoff is None:
        return False
    structlog.contextvars.bind_contextvars(event_id=handoff.event_id, ticket_id=handoff.ticket_id)
    desk = services.desk(account_id)
    until = begun + lease_s - services.settings.intervals.post_timeout
    try:
        if row.attempted_at is None or desk.suspended:  # else what it may have left in the ticket is looked for first
            _require_possible(desk, row, handoff)
        return _bring(services, desk, row, handoff, until=until)
    except Impossible as error:
        return _end(services, row, str(error))
    except VisibleNote as error:
        return _end(services, row, freeze(services, handoff, error)[:500])
    except PsaError as error:
        return _later(services, row, error)


def _require_possible(desk: Desk, row: ResolutionNote, handoff: Handoff) -> None:
    if desk.suspended:
        raise Impossible("the account is suspended")
    if desk.frozen:
        raise Impossible(f"the account is frozen: {desk.frozen}")
    if handoff.dry_run:
        raise Impossible("its board is in dry run: nothing is posted there")
    if row.member_id is not None and not desk.roster.decides(row.member):
        raise Impossible(f"{row.member} is no active member any more")
    if row.member_id is None and row.form != "internal":
        raise Impossible("what customers can see is never posted by itself")


def _bring(services: Services, desk: Desk, row: ResolutionNote, handoff: Handoff, *, until: float) -> bool:
    """Find it in the ticket or post it. Raises `PsaError`."""
    psa, form = services.psa(desk.account_id), _form(row)
    try:
        own = psa.own_notes(handoff.ticket_id)
        if row.attempted_at is not None and not _there(desk, handoff, row, own) and (now := renamed(services, desk)):
            desk, psa = now, services.psa(desk.account_id)
            own = psa.own_notes(handoff.ticket_id)
    except VisibleNote:
        raise
    except PsaError as error:  # also a refusal means that nobody knows
        if row.attempted_at is None:
            raise
        raise Ambiguous(f"reading back: {error}", status=error.status, retry_after=error.retry_after) from error
    there = _there(desk, handoff, row, own)
    if there[1:]:
        remove_extras(services, desk, handoff, there[0], there[1:], what=WHAT)
    if there:
        return _record(services, row, there[0], why="found in the ticket")
    if (at := _may_arrive_until(services, row)) is not None:
        return _put_off(services, row, at, "an earlier POST may still arrive")
    _require_possible(desk, row, handoff)
    with services.database.account(desk.account_id) as session:
        mine = notes.attempt(session, row, now=services.clock())
    crash.point("resolution.attempted")
    if not mine or counted() >= until:
        return False  # somebody else has it, or the lease might not outlast the POST: the next one reads first
    by = desk.name_of(row.member_id) if row.member_id is not None else ""
    text = signed(row.text, form=form, by=by, marker=_marker(desk, handoff, row))
    create = psa.post_internal_note if form == "internal" else psa.post_resolution_note
    try:
        note = create(handoff.ticket_id, text)
    except (Throttled, Unavailable, Unauthorized, Forbidden) as error:
        return _later(services, row, error, not_posted=True)
    crash.point("resolution.posted")
    done = _record(services, row, note, why="posted")
    one_alone(services, desk, handoff, [*own, note])
    return done


def one_alone(services: Services, desk: Desk, handoff: Handoff, own: list[PostedNote]) -> None:
    """Remove what a POST that was carried out late left beside the note that is recorded, if a person left that there.

    Also what an earlier request left, in whatever form and words. `own` are our notes on the ticket. What customers see of
    it is a person's matter by now.
    """
    with services.database.account(desk.account_id, reading=True) as session:
        asked = notes.every(session, desk.account_id, handoff.id)
    if not asked or asked[-1].note_id is None:
        return
    markers = {_marker(desk, handoff, row) for row in asked}
    ours = [note for marker in markers for note in with_marker(own, marker, desk, customers_may_see=True)]
    kept = next((note for note in ours if note.id == asked[-1].note_id), None)
    if kept is not None:
        remove_extras(services, desk, handoff, kept, [note for note in ours if note.id != kept.id], what=WHAT)


def _there(desk: Desk, handoff: Handoff, row: ResolutionNote, own: list[PostedNote]) -> list[PostedNote]:
    """Return those of our notes that this request left on the ticket, lowest id first. Raises `VisibleNote`."""
    return with_marker(own, _marker(desk, handoff, row), desk, customers_may_see=row.form == "resolution")


def _marker(desk: Desk, handoff: Handoff, row: ResolutionNote) -> str:
    # Of form and words too: what an earlier request left there is not this one.
    return marker_of(
        desk.marker_key, account_id=desk.account_id, ticket_id=handoff.ticket_id, episode=handoff.episode, prefix="RN",
        said=f"{row.form}:{row.text}",
    )  # fmt: skip


def _form(row: ResolutionNote) -> Form:
    return "resolution" if row.form == "resolution" else "internal"


def _may_arrive_until(services: Services, row: ResolutionNote) -> datetime | None:
    """Return when an earlier POST can no longer arrive, or None where there is none or it cannot."""
    if row.attempted_at is None:
        return None
    now = services.clock()
    safe_at = _safe_at(services, min(row.attempted_at, now))
    return safe_at if now < safe_at else None


def _safe_at(services: Services, attempted_at: datetime) -> datetime:
    waits = services.settings.intervals
    return attempted_at + timedelta(seconds=waits.post_timeout + waits.ambiguous_wait)


def _record(services: Services, row: ResolutionNote, note: PostedNote, *, why: str) -> bool:
    at = note.created_at or services.clock()
    with services.database.account(row.account_id) as session:
        done = notes.posted(session, row, note_id=note.id, posted_at=at, why=why)
        if done:
            refusals.succeeded(session, row.account_id, Write.RESOLUTION_NOTES, now=services.clock())
        handoff, told = handoffs.get(session, row.account_id, row.handoff_id), notes.get(session, row.account_id, row.id)
        if done and handoff is not None and told is not None:
            ending.renew(session, handoff, told, now=services.clock())
        if not done:  # whoever took over may have posted too: look at once
            briefs.ask_refresh(session, row.account_id, row.handoff_id, due_at=services.clock())
        elif row.attempted_at is not None:  # that POST may be carried out even now: look when none can arrive any longer
            briefs.ask_refresh(session, row.account_id, row.handoff_id, due_at=_safe_at(services, services.clock()))
    crash.point("resolution.recorded")
    log.info("resolution_note_posted", note_id=note.id, form=row.form, why=why, recorded=done)
    return True


def _later(services: Services, row: ResolutionNote, error: PsaError, *, not_posted: bool = False) -> bool:
    """Wait longer each time, also for keys and rights that a person can mend; a refusal of the note itself ends it."""
    now, mendable = services.clock(), isinstance(error, Ambiguous | Unauthorized | Forbidden)
    if not (error.retry or mendable):
        return _end(services, row, f"ConnectWise refused it: {error}"[:500])
    if now - row.asked_at > LASTS:
        return _end(services, row, f"given up after two days: {error}"[:500])
    at = next_try(services.settings.intervals, now=now, attempt=row.attempts, error=error)
    log.warning("resolution_note_waits", error=type(error).__name__, status=error.status, until=at.isoformat())
    refused, since = isinstance(error, Unauthorized | Forbidden), refused_since(row.outcome, now=now)
    reason = refusal(error, since=since) if refused else str(error)[:500]
    lasts = refused and (now - since).total_seconds() >= services.settings.intervals.refusal_patience
    return _put_off(services, row, at, reason, not_posted=not_posted, alerting=lasts)


def _put_off(
    services: Services, row: ResolutionNote, at: datetime, reason: str, *, not_posted: bool = False,
    alerting: bool = False,
) -> bool:  # fmt: skip
    with services.database.account(row.account_id) as session:
        notes.put_off(session, row, at=at, reason=reason, not_posted=not_posted)
        if alerting:
            refusals.tell(session, row.account_id, Write.RESOLUTION_NOTES, detail=reason, now=services.clock())
    crash.point("resolution.waits")
    return False


def _end(services: Services, row: ResolutionNote, reason: str) -> bool:
    with services.database.account(row.account_id) as session:
        mine = notes.give_up(session, row, now=services.clock(), reason=reason)
    crash.point("resolution.ended")
    log.info("resolution_note_impossible", resolution_id=row.id, reason=reason, recorded=mine)
    return False
