"""Keep a posted brief true: edit it in place while the note is as we last wrote it, else add a short note.

A note that a person edited is never overwritten. Nor is one brought back that a person deleted.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Any

import structlog

from escalation.brief.claim_line import line
from escalation.brief.delta import changes, lines
from escalation.brief.marker import begins, holds, reads_as
from escalation.brief.question import question_to_junior
from escalation.brief.render import render
from escalation.brief.spans import Clock
from escalation.evidence import Evidence, Note, TimeEntry
from escalation.lifecycle import UNDECIDED
from escalation.model_reading.opinion import Opinion
from escalation.model_reading.reading import Reading
from escalation.package.contents import Package
from escalation.response.repeats import repeats
from escalation.response.sightings import CLAIMING_ROLES
from models.handoff import briefs, handoffs, readings
from models.handoff.handoffs import Handoff
from models.work import refusals
from models.work.alert_kinds import Kind
from models.work.refusals import Write
from psa.port import Ambiguous, Forbidden, NotFound, PostedNote, PsaError, Unauthorized, VisibleNote
from worker.gather import refused_gaps, transient_gaps
from worker.handoff import resolution
from worker.handoff.assess import opinion_of, second_opinion
from worker.handoff.hold import Hold, lease
from worker.handoff.memory import informed
from worker.handoff.our_notes import (
    alert,
    clear,
    freeze,
    remove_extras,
    require_unseen,
    text_hash,
    with_marker,
)
from worker.handoff.publish import package_of
from worker.handoff.read import reading_of, to_be_read
from worker.process import crash
from worker.process.backoff import after_refusal, next_try, refusal, refused_since
from worker.response.claim_line import claimant_of, facts
from worker.response.recorded import with_sessions
from worker.wiring import Services

log = structlog.get_logger()

REFUSED_FOR = timedelta(hours=2)
"""How long after the escalation what was refused is read again for its own sake; a change of facts reads it any time."""
BESIDE = 12
"""How many changes are named beside a brief that a person edited."""
MOVED_ON = "**The ticket has changed since the handoff brief.**"


def refresh(services: Services, *, account_id: int, handoff_id: int) -> bool:
    """Bring a posted brief up to date; return whether something was written to the ticket.

    1. Take the refresh that is due, under the handoff's lease and fence.
    2. Look at our own notes: a second brief or resolution note is removed, a visible brief freezes the account.
    3. Read everything again; where no fact has changed, write nothing.
    4. Edit our note only if it still is what we last wrote.
    """
    crash.point("refresh.rung")
    desk = services.desk(account_id)
    hold = None if desk.frozen else lease(services, desk, handoff_id, wanted=lambda it: it.brief_state == "posted")
    crash.point("refresh.taken")
    if hold is None:
        return False
    structlog.contextvars.bind_contextvars(event_id=hold.handoff.event_id, ticket_id=hold.handoff.ticket_id)
    gone = False
    try:
        written, note_hash, well = _bring_up_to_date(hold)
    except VisibleNote as error:
        freeze(services, hold.handoff, error)
        written, note_hash, well = False, None, False
    except PsaError as raised:
        cause, gone = _told_apart(hold, raised)
        refused = isinstance(cause, (Unauthorized, Forbidden))
        now = services.clock()
        lasted_s = (now - refused_since(hold.handoff.last_error, now=now)).total_seconds()
        once = refused and lasted_s < services.settings.intervals.refusal_patience
        if gone:
            log.warning("refresh_gone", status=cause.status, reason=str(cause))
        if not (cause.retry or once or gone):
            # The brief in the ticket stays as it is until it may be read or written again.
            alert(services, hold.handoff, Kind.NOT_REFRESHED, str(cause), cause, write=Write.EDITS)
            log.error("refresh_refused", error=type(cause).__name__, status=cause.status)
        if cause.retry or refused:
            _try_again(hold, cause)
            return False
        written, note_hash, well = False, None, False
    with services.database.account(account_id) as session:
        ended = briefs.mark_edited(
            session, account_id, handoff_id, fence=hold.fence, note_hash=note_hash, now=services.clock()
        )
        if ended and (well or gone):
            clear(session, hold.handoff, Kind.NOT_REFRESHED, services.clock())
        if ended and well and (note_hash is not None or hold.handoff.last_error):
            refusals.succeeded(session, account_id, Write.EDITS, now=services.clock())
    crash.point("refresh.ended")
    return written


def _told_apart(hold: Hold, error: PsaError) -> tuple[PsaError, bool]:
    """Return what is to be judged, and whether no brief is left to keep true.

    A 404 is believed only where the ticket, or our note since it was read, is really not there.
    """
    if not isinstance(error, NotFound):
        return error, False
    handoff, there = hold.handoff, False
    try:
        hold.psa.ticket(handoff.ticket_id)
        there = True
        own = hold.psa.own_notes(handoff.ticket_id)
    except PsaError as another:
        return another, isinstance(another, NotFound) and not there
    return error, all(note.id != handoff.escalation_package_external_id for note in own)


def _try_again(hold: Hold, error: PsaError) -> None:
    services, now = hold.services, hold.services.clock()
    waits = services.settings.intervals
    at, reason = next_try(waits, now=now, attempt=3, error=error), f"{type(error).__name__}: {error}"[:500]
    if isinstance(error, (Unauthorized, Forbidden)):
        since = refused_since(hold.handoff.last_error, now=now)
        at, reason = after_refusal(waits, now=now, since=since), refusal(error, since=since)
    if isinstance(error, Ambiguous):
        at = max(at, _safe_at(hold, now))
    with services.database.account(hold.desk.account_id) as session:
        briefs.give_back(
            session, hold.desk.account_id, hold.handoff.id, fence=hold.fence, next_attempt_at=at,
            reason=reason, now=now,
        )  # fmt: skip
    crash.point("refresh.waits")
    log.warning("refresh_waits", error=type(error).__name__, status=error.status, until=at.isoformat())


def _safe_at(hold: Hold, now: datetime) -> datetime:
    """Return when a write sent just now can no longer arrive."""
    waits = hold.services.settings.intervals
    return now + timedelta(seconds=waits.post_timeout + waits.ambiguous_wait)


def _bring_up_to_date(hold: Hold) -> tuple[bool, str | None, bool]:
    """Write what changed; return whether anything was, our note's hash where it is known anew, and whether all could be read."""
    services, desk, handoff = hold.services, hold.desk, hold.handoff
    assert handoff.marker is not None
    own = hold.psa.own_notes(handoff.ticket_id)
    note = _settled(hold, own)
    resolution.one_alone(services, desk, handoff, own)
    if handoff.response_state == "withdrawn":
        return False, None, True  # one that was resolved still says who took it
    read = services.reader.everything(hold.psa, handoff.ticket_id, desk.roster, now=services.clock())
    evidence = with_sessions(services, desk, read)
    if transient_gaps(evidence):
        _later(hold, hold.services.settings.intervals.refresh_delay * 4)
        return False, None, False
    if refused_gaps(evidence):
        _look_again(hold)
    asked = _ask_junior(hold, own, evidence)
    claimant = claimant_of(services, desk, handoff, evidence)
    reading, opinion = reading_of(services, desk, handoff.id), opinion_of(services, desk, handoff.id)
    fingerprint = facts(evidence, claimant, reading, opinion)
    if fingerprint == handoff.evidence_fingerprint:
        return asked, None, True
    package = informed(services, desk, package_of(handoff, desk, evidence, reading), before=handoff.escalation_package)
    package = second_opinion(package, evidence, opinion)
    first = _first_package(hold, reading, opinion)
    _count_repeats(hold, first, evidence)
    text = render(package, marker=handoff.marker, since=first, claimant=claimant)
    who = line(claimant, Clock(desk.time_zone, services.clock())) if claimant else None
    changed = lines(changes(first, package))[:BESIDE] if first else ()
    wrote, note_hash = _write(hold, note, own, text, "\n\n".join(filter(None, [who, "\n".join(f"- {c}" for c in changed)])))
    written = text if wrote and note_hash is not None else handoff.draft or text
    _store(hold, written, package.to_json(), fingerprint, package.domain, evidence=evidence)
    return wrote, note_hash, True


def _ask_junior(hold: Hold, own: list[PostedNote], evidence: Evidence) -> bool:
    """Ask the junior the one question, where the account wants it; once on a ticket. Raises `PsaError`.

    Our notes were read just before: one whose POST was in doubt is found there the next time.
    """
    if not hold.desk.ask_junior or hold.handoff.response_state not in UNDECIDED:
        return False
    package = package_of(hold.handoff, hold.desk, evidence)
    question = question_to_junior(package, asked_already=tuple(note.text for note in own))
    if question is None or not _still_held(hold):
        return False  # whoever took over reads our notes anew, and asks if nobody has
    note = hold.psa.post_internal_note(hold.handoff.ticket_id, question)
    crash.point("refresh.asked")
    log.info("junior_asked", note_id=note.id)
    return True


def _count_repeats(hold: Hold, first: Package | None, evidence: Evidence) -> None:
    """Store what seniors did or asked again since the brief was in the ticket: the measure of a bad handoff."""
    posted_at = hold.handoff.posted_at
    if first is None or posted_at is None:
        return
    notes = [n for n in evidence.notes if n.created_at and n.created_at > posted_at]
    entries = [e for e in evidence.time_entries if e.entered_at and e.entered_at > posted_at]
    written: list[Note | TimeEntry] = [*notes, *entries]
    later = [record for record in written if record.author.role in CLAIMING_ROLES]
    found = [dataclasses.asdict(repeat) for repeat in repeats(first, later)]
    if found == (hold.handoff.repeats or []):
        return
    with hold.services.database.account(hold.desk.account_id) as session:
        briefs.store_repeats(session, hold.desk.account_id, hold.handoff.id, found, now=hold.services.clock())
    crash.point("refresh.repeats")
    log.info("repeats_found", count=len(found), kinds=sorted({repeat["kind"] for repeat in found}))


def _store(
    hold: Hold,
    text: str,
    package: dict[str, Any],
    fingerprint: str | None,
    domain: str | None = None,
    *,
    evidence: Evidence | None = None,
) -> None:
    """Commit what the note says, or is about to say, and the evidence it says it by."""
    handoff = hold.handoff
    assert handoff.marker is not None
    unread = evidence is not None and to_be_read(hold.services, hold.desk, handoff, evidence)
    with hold.services.database.account(hold.desk.account_id) as session:
        briefs.store_draft(
            session, hold.desk.account_id, handoff.id, fence=hold.fence, draft=text, draft_hash=text_hash(text),
            marker=handoff.marker, escalation_package=package, schema_version=handoff.schema_version or 1,
            evidence_fingerprint=fingerprint, domain=domain or handoff.domain,
        )  # fmt: skip
        if evidence is not None:
            handoffs.add_snapshot(session, hold.desk.account_id, handoff.id, evidence, kind="refresh")
            if unread:
                readings.ask(session, hold.desk.account_id, handoff.id, due_at=hold.services.clock())
    crash.point("refresh.stored")


def _first_package(hold: Hold, reading: Reading | None, opinion: Opinion | None) -> Package | None:
    """Return what the first brief was made of, so that an edited one can say what has changed since.

    Read by the same reader as now: who reads better has changed nothing in the ticket.
    """
    with hold.services.database.account(hold.desk.account_id, reading=True) as session:
        first = handoffs.latest_snapshot(session, hold.desk.account_id, hold.handoff.id, kind="handoff")
    if first is None:
        return None
    package = package_of(hold.handoff, hold.desk, first, reading)
    package = informed(hold.services, hold.desk, package, before=hold.handoff.escalation_package)
    return second_opinion(package, first, opinion)


def _settled(hold: Hold, own: list[PostedNote]) -> PostedNote | None:
    """Return our brief's note, None if a person deleted it; remove second ones. Raises `VisibleNote`."""
    handoff = hold.handoff
    assert handoff.marker is not None
    require_unseen(own, hold.desk)
    note = next((n for n in own if n.id == handoff.escalation_package_external_id), None)
    extras = [n for n in with_marker(own, handoff.marker, hold.desk) if note is not None and n.id != note.id]
    if note is not None and extras:
        remove_extras(hold.services, hold.desk, handoff, note, extras)
    return note


def _write(
    hold: Hold, note: PostedNote | None, own: list[PostedNote], text: str, beside: str
) -> tuple[bool, str | None]:
    """Edit our note to `text`; where a person has edited it, say `beside` it, in Markdown, what is newer."""
    handoff = hold.handoff
    if note is None:
        log.info("brief_removed_by_a_person", note_id=handoff.escalation_package_external_id)
        return False, None
    if not _still_held(hold):
        return False, None  # what we know of the note is old: whoever took over may have written it meanwhile
    if _as_we_wrote_it(handoff, note):
        # Committed before the edit: should its answer be lost, the note is known to be ours by this hash.
        _store(hold, text, handoff.escalation_package or {}, handoff.evidence_fingerprint)
        edited = hold.psa.edit_note(handoff.ticket_id, note.id, text)
        crash.point("refresh.edited")
        log.info("brief_edited", note_id=note.id)
        return True, text_hash(edited.text)
    return _say_beside(hold, note, own, beside), None


def _as_we_wrote_it(handoff: Handoff, note: PostedNote) -> bool:
    return text_hash(note.text) in (handoff.note_hash, handoff.draft_hash) or reads_as(note.text, handoff.draft or "")


def _still_held(hold: Hold) -> bool:
    """Take the lease anew for the write that follows; False when somebody else has taken over."""
    services = hold.services
    with services.database.account(hold.desk.account_id) as session:
        held = briefs.renew(
            session, hold.desk.account_id, hold.handoff.id, fence=hold.fence, now=services.clock(),
            lease_s=services.settings.intervals.lease,
        )  # fmt: skip
    crash.point("refresh.held")
    return held


def _say_beside(hold: Hold, note: PostedNote, own: list[PostedNote], news: str) -> bool:
    """Say beside a brief that a person edited what has changed since, and who has it: one note, kept true.

    Only a note that still begins as ours is edited; what a person made of it stays too.
    """
    tag = f"[ref: RF-U-{(hold.handoff.marker or '').removeprefix('RF-')}]"
    text = (
        f"{MOVED_ON} Note {note.id} was edited by hand and is left as it is; all that is newer stands in the notes and "
        f"time entries themselves.\n\n{news}\n\n{tag}"
    )
    beside = next((n for n in own if holds(n.text, tag)), None)
    if beside is None:
        hold.psa.post_internal_note(hold.handoff.ticket_id, text)
        crash.point("refresh.said_beside")
        log.info("brief_left_to_its_editor", note_id=note.id)
        return True
    if reads_as(beside.text, text) or not begins(beside.text, MOVED_ON):
        return False
    hold.psa.edit_note(hold.handoff.ticket_id, beside.id, text)
    crash.point("refresh.kept_beside")
    return True


def _look_again(hold: Hold) -> None:
    """Read what was refused again, further and further apart for two hours: a right that is missing may come back."""
    now, since = hold.services.clock(), hold.handoff.seen_at
    if now - since < REFUSED_FOR:
        _later(hold, (after_refusal(hold.services.settings.intervals, now=now, since=since) - now).total_seconds())


def _later(hold: Hold, seconds: float) -> None:
    at = hold.services.clock() + timedelta(seconds=seconds)
    with hold.services.database.account(hold.desk.account_id) as session:
        briefs.ask_refresh(session, hold.desk.account_id, hold.handoff.id, due_at=at)
    crash.point("refresh.put_off")
