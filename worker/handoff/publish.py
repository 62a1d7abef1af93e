"""Bring the brief into the ticket once, and keep it true.

ConnectWise has no idempotency keys, so the order is: draft and marker in our row, then the moment of the attempt,
then the POST, then what came of it. Whoever comes second reads the ticket's notes before anything else. What
cannot be promised: a POST that ConnectWise carries out after we have looked and waited would make a second note;
the next look finds it, removes it and counts it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from escalation.brief.marker import marker_of
from escalation.brief.render import render
from escalation.evidence import Evidence
from escalation.lifecycle import ENDED
from escalation.model_reading.reading import Reading
from escalation.package.build import build
from escalation.package.contents import SCHEMA_VERSION, Package
from models.database.clock import counted
from models.handoff import briefs, handoffs, readings
from models.handoff.handoffs import Handoff
from models.memory import runbooks
from models.work import refusals
from models.work.alert_kinds import Kind
from models.work.refusals import Write
from psa.port import (
    Ambiguous,
    Forbidden,
    NotFound,
    PostedNote,
    PsaError,
    Throttled,
    Unauthorized,
    Unavailable,
    VisibleNote,
)
from worker.gather import refused_gaps, transient_gaps
from worker.handoff.hold import Hold, lease, withheld
from worker.handoff.memory import informed
from worker.handoff.our_notes import alert, clear, freeze, remove_extras, renamed, text_hash, with_marker
from worker.process import crash
from worker.process.backoff import after_refusal, next_try, refusal, refused_since
from worker.response.claim_line import claimant_of, facts
from worker.response.recorded import with_sessions
from worker.wiring import Desk, Services

log = structlog.get_logger()


def publish(services: Services, *, account_id: int, handoff_id: int) -> bool:
    """Post the brief of a handoff; return whether the engineers are to be told now.

    1. Take the lease, with its fence; nobody else posts while it lasts.
    2. Build the brief from the evidence and commit draft and marker, once.
    3. If a POST was ever tried, read the ticket's notes and take over what is there.
    4. Commit the moment of the attempt, then POST, then record what came of it.
    """
    crash.point("publish.rung")
    hold = _lease(services, account_id, handoff_id)
    crash.point("publish.leased")
    if hold is None:
        return False
    structlog.contextvars.bind_contextvars(event_id=hold.handoff.event_id, ticket_id=hold.handoff.ticket_id)
    if _spent(hold):
        return True
    try:
        if hold.handoff.draft is None:
            drafted = _draft(hold)
            if drafted is None:
                return False
            hold = drafted
        if hold.handoff.post_attempted_at is None and withheld(hold):
            return True
        if hold.handoff.post_attempted_at is not None or hold.predates_restore:
            note = _earlier_note(hold)
            if note is not None:
                return _record(hold, note, why="found in the ticket")
            if hold.handoff.post_attempted_at is not None and _may_still_arrive(hold):
                return False
        if hold.desk.frozen:
            return _left_for_later(hold)
        return _post(hold)
    except VisibleNote as error:
        return _freeze(hold, error)
    except (Throttled, Unavailable, Ambiguous) as error:
        return _wait(hold, error)
    except (Unauthorized, Forbidden) as error:
        return _refused(hold, error)
    except PsaError as error:
        return _park(hold, str(error), error)


def _lease(services: Services, account_id: int, handoff_id: int) -> Hold | None:
    desk = services.desk(account_id)
    if not desk.frozen:
        return lease(services, desk, handoff_id, wanted=_to_be_posted)
    log.warning("account_frozen", account=desk.name, reason=desk.frozen)
    if desk.suspended:
        return None
    return lease(services, desk, handoff_id, wanted=lambda it: _to_be_posted(it) and it.post_attempted_at is not None)


def _to_be_posted(handoff: Handoff) -> bool:
    # Once ended nobody needs it any more; one that was tried is still settled.
    needed = handoff.response_state not in ENDED or handoff.post_attempted_at is not None
    return handoff.brief_state not in ("posted", "withheld") and needed


def _spent(hold: Hold) -> bool:
    """Park a handoff that ended the process so often that it must be its own doing."""
    if hold.handoff.attempts <= hold.services.settings.intervals.attempts:
        return False
    return _park(hold, f"taken {hold.handoff.attempts} times without an end")


def _draft(hold: Hold) -> Hold | None:
    """Gather what is missing, build the brief and commit it. None if the fence was lost meanwhile."""
    services, (account_id, handoff_id) = hold.services, hold.ids
    with services.database.account(account_id, reading=True) as session:
        first = handoffs.latest_snapshot(session, account_id, handoff_id)
    if first is None:
        ticket_id = hold.handoff.ticket_id
        read = services.reader.everything(hold.psa, ticket_id, hold.desk.roster, now=services.clock())
    else:
        read = first if first.complete else services.reader.rest(hold.psa, first, hold.desk.roster)
    evidence = with_sessions(services, hold.desk, read)
    crash.point("publish.gathered")
    marker = marker_of(
        hold.desk.marker_key,
        account_id=account_id,
        ticket_id=hold.handoff.ticket_id,
        episode=hold.handoff.episode,
    )
    package = informed(services, hold.desk, package_of(hold.handoff, hold.desk, evidence))
    claimant = claimant_of(services, hold.desk, hold.handoff, evidence)
    text = render(package, marker=marker, claimant=claimant)
    with services.database.account(account_id) as session:
        stored = briefs.store_draft(
            session, account_id, handoff_id, fence=hold.fence, draft=text, draft_hash=text_hash(text), marker=marker,
            escalation_package=package.to_json(), schema_version=SCHEMA_VERSION,
            evidence_fingerprint=facts(evidence, claimant), domain=package.domain,
        )  # fmt: skip
        if not stored:
            return None
        offers = [(book.id, book.version) for book in package.runbooks]
        runbooks.note_offered(session, account_id, handoff_id, offers, now=services.clock())
        handoffs.add_snapshot(session, account_id, handoff_id, evidence, kind="handoff")
        if services.has_reader(hold.desk):
            readings.ask(session, account_id, handoff_id, due_at=services.clock())
        if transient_gaps(evidence) or refused_gaps(evidence):
            later = services.clock() + timedelta(seconds=services.settings.intervals.refresh_delay)
            briefs.ask_refresh(session, account_id, handoff_id, due_at=later)
        handoff = handoffs.get(session, account_id, handoff_id)
    assert handoff is not None
    crash.point("publish.drafted")
    log.info(
        "brief_drafted",
        bytes=len(text.encode()),
        notes=len(evidence.notes),
        time_entries=len(evidence.time_entries),
        gaps=[gap.source for gap in evidence.gaps],
    )
    return Hold(services, hold.desk, hold.psa, handoff, hold.fence)


def package_of(handoff: Handoff, desk: Desk, evidence: Evidence, reading: Reading | None = None) -> Package:
    """Build the escalation package of a handoff as of the moment its evidence was read, by the PSA's clock."""
    return build(
        evidence,
        episode=handoff.episode,
        escalated_at=handoff.escalated_at,
        escalated_by=handoff.escalated_by,
        as_of=evidence.read_at + desk.clock_ahead,
        time_zone=desk.time_zone,
        reading=reading,
        known=desk.known,
    )


def _earlier_note(hold: Hold) -> PostedNote | None:
    """Look for the note of an attempt whose outcome nobody recorded; return it, its repeats removed.

    Only an internal note by our own API member with our marker counts. Raises `Ambiguous` when the notes cannot be
    read, since absence must be certain; a 401 or 403 as it is, since it may last; `NotFound` where nobody needs the
    brief any more and no POST can arrive.
    """
    handoff = hold.handoff
    assert handoff.marker is not None
    try:
        own, desk = hold.psa.own_notes(handoff.ticket_id), hold.desk
        if not with_marker(own, handoff.marker, desk) and (now := renamed(hold.services, desk)):
            own, desk = hold.services.psa(desk.account_id).own_notes(handoff.ticket_id), now
    except (VisibleNote, Unauthorized, Forbidden):
        raise
    except PsaError as error:
        # Also a 404 here means that we do not know, not that the note is absent.
        if isinstance(error, NotFound) and handoff.response_state in ENDED and _arrives_no_more(hold):
            raise
        raise Ambiguous(f"reading back: {error}", status=error.status, retry_after=error.retry_after) from error
    ours = with_marker(own, handoff.marker, desk)
    if not ours:
        return None
    remove_extras(hold.services, desk, handoff, ours[0], ours[1:])
    return ours[0]


def _safe_at(hold: Hold, attempted: datetime) -> datetime:
    waits = hold.services.settings.intervals
    return attempted + timedelta(seconds=waits.post_timeout + waits.ambiguous_wait)


def _arrives_no_more(hold: Hold) -> bool:
    attempted = hold.handoff.post_attempted_at
    return attempted is not None and hold.services.clock() >= _safe_at(hold, attempted)


def _may_still_arrive(hold: Hold) -> bool:
    """Wait, and look again now and then, until an earlier POST cannot arrive any more: time-out plus a margin."""
    waits, now = hold.services.settings.intervals, hold.services.clock()
    attempted = hold.handoff.post_attempted_at
    assert attempted is not None
    ahead = attempted > now  # the clock was set back: nobody knows how long ago it was, so it counts from now on
    attempted = min(attempted, now)
    safe_at = _safe_at(hold, attempted)
    if now >= safe_at:
        return False
    next_look = min(safe_at, next_try(waits, now=now, attempt=hold.fence))
    _give_back(hold, next_look, "an earlier POST may still arrive", attempted_at=now if ahead else None)
    return True


def _post(hold: Hold) -> bool:
    services, (account_id, handoff_id) = hold.services, hold.ids
    waits, now, begun = services.settings.intervals, services.clock(), counted()
    with services.database.account(account_id) as session:
        may_post = briefs.mark_attempt(session, account_id, handoff_id, fence=hold.fence, now=now)
        may_post = may_post and briefs.renew(session, account_id, handoff_id, fence=hold.fence, now=now, lease_s=waits.lease)
    if not may_post:  # somebody else has it, or its board is in dry run since a moment ago
        return withheld(hold)
    crash.point("publish.attempted")
    spare_s = waits.lease - waits.post_timeout
    if services.clock() >= now + timedelta(seconds=spare_s) or counted() >= begun + spare_s:
        # This process stood still (a frozen machine); whoever took over reads the ticket's notes first.
        log.warning("overslept", fence=hold.fence, attempted_at=now.isoformat())
        return False
    text = hold.handoff.draft
    assert text is not None
    note = hold.psa.post_internal_note(hold.handoff.ticket_id, text)
    crash.point("publish.posted")
    return _record(hold, note, why="note accepted")


def _left_for_later(hold: Hold) -> bool:
    """Leave a brief that the ticket surely has not unposted until its account goes on."""
    _give_back(hold, hold.services.clock(), "the account is frozen", not_posted=True)
    return False


def _record(hold: Hold, note: PostedNote, *, why: str) -> bool:
    services, (account_id, handoff_id) = hold.services, hold.ids
    now = services.clock()
    with services.database.account(account_id) as session:
        recorded = briefs.mark_posted(
            session, account_id, handoff_id, fence=hold.fence, note_id=note.id, note_hash=text_hash(note.text),
            now=now, posted_at=note.created_at, why=why,
        )  # fmt: skip
        if recorded and hold.handoff.post_attempted_at is not None:
            # An earlier POST may be carried out even now: look once more when none can arrive any longer.
            waits = services.settings.intervals
            later = now + timedelta(seconds=waits.post_timeout + waits.ambiguous_wait)
            briefs.ask_refresh(session, account_id, handoff_id, due_at=later)
        elif recorded and hold.desk.ask_junior:
            briefs.ask_refresh(session, account_id, handoff_id, due_at=now)  # which asks the question
        elif not recorded:
            # Somebody took over while our POST was on its way, and may have posted too: look at once.
            briefs.ask_refresh(session, account_id, handoff_id, due_at=now)
        clear(session, hold.handoff, Kind.PARKED, now)
        if recorded:
            refusals.succeeded(session, account_id, Write.NOTES, now=now)
    crash.point("publish.recorded")
    seconds = (now - hold.handoff.seen_at).total_seconds()
    log.info("brief_posted", note_id=note.id, why=why, recorded=recorded, seconds_since_seen=round(seconds, 3))
    return recorded


def _wait(hold: Hold, error: PsaError) -> bool:
    """Give the handoff back because of a failure that passes. Such tries do not wear it out."""
    services = hold.services
    now = services.clock()
    soon = not isinstance(error.__cause__, NotFound)  # which may last for days, as where its callback waits
    at = next_try(services.settings.intervals, now=now, attempt=hold.fence, error=error, soon=soon)
    surely_not_posted = not isinstance(error, Ambiguous) and hold.handoff.post_attempted_at is None
    _give_back(hold, at, f"{type(error).__name__}: {error}"[:500], not_posted=surely_not_posted)
    log.warning("publish_waits", error=type(error).__name__, status=error.status, until=at.isoformat())
    return False


def _give_back(
    hold: Hold, at: datetime, reason: str, *, not_posted: bool = False, attempted_at: datetime | None = None
) -> None:
    services = hold.services
    with services.database.account(hold.desk.account_id) as session:
        if attempted_at is not None:
            briefs.mark_attempt(session, *hold.ids, fence=hold.fence, now=attempted_at)
        if not_posted:
            briefs.clear_attempt(session, *hold.ids, fence=hold.fence)
        briefs.give_back(
            session, *hold.ids, fence=hold.fence, next_attempt_at=at, reason=reason, now=services.clock(),
            count_attempt=False,
        )  # fmt: skip
    crash.point("publish.waits")


def _refused(hold: Hold, error: PsaError) -> bool:
    """Wait, longer each time, and park only what stays refused: one 401 or 403 is no fact yet."""
    services, now = hold.services, hold.services.clock()
    waits, since = services.settings.intervals, refused_since(hold.handoff.last_error, now=now)
    if (now - since).total_seconds() >= waits.refusal_patience:
        return _park(hold, str(error), error)
    at = after_refusal(waits, now=now, since=since)
    surely_not_posted = hold.handoff.post_attempted_at is None
    _give_back(hold, at, refusal(error, since=since), not_posted=surely_not_posted)
    log.warning("publish_waits", error=type(error).__name__, status=error.status, until=at.isoformat())
    return False


def _park(hold: Hold, reason: str, error: PsaError | None = None) -> bool:
    """Record a failure that a person has to end. The engineers are told all the same, without the note.

    What ConnectWise refuses, or says is not there, is tried again now and then, since the cause may go without anybody
    telling us; what ended our own process again and again is not, nor a ticket that is not there once its handoff is over.
    """
    services, now = hold.services, hold.services.clock()
    at, said = None, reason[:500]
    with services.database.account(hold.desk.account_id) as session:
        over = isinstance(error, NotFound) and _is_over(session, hold)
        if error is not None and not over:
            since = refused_since(hold.handoff.last_error, now=now)
            at, said = after_refusal(services.settings.intervals, now=now, since=since), refusal(error, since=since)
        if error is not None and hold.handoff.post_attempted_at is None:  # what was refused is the only POST there was
            briefs.clear_attempt(session, *hold.ids, fence=hold.fence)
        parked = briefs.park(
            session, *hold.ids, fence=hold.fence, reason=reason[:500], now=now, again_at=at, last_error=said
        )
    crash.point("publish.parked")
    alert(services, hold.handoff, Kind.PARKED, reason, error)
    log.error("brief_parked", reason=reason)
    return parked


def _is_over(session: Session, hold: Hold) -> bool:
    handoff = handoffs.get(session, *hold.ids)
    return handoff is None or handoff.response_state in ENDED


def _freeze(hold: Hold, error: VisibleNote) -> bool:
    return _park(hold, freeze(hold.services, hold.handoff, error))
