"""Keep a posted brief true: edit it in place while the note is as we last wrote it, else add a short note.

A note that a person edited is never overwritten. Nor is one brought back that a person deleted.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

import structlog

from escalation import brief
from models import handoffs
from models.handoffs import Handoff
from psa.port import PostedNote, Psa, PsaError, VisibleNote
from worker import crash
from worker.backoff import next_try
from worker.gather import transient_gaps
from worker.publish import package_of, text_hash
from worker.wiring import Services

log = structlog.get_logger()


def refresh(services: Services, *, account_id: int, handoff_id: int) -> bool:
    """Bring a posted brief up to date; return whether something was written to the ticket.

    1. Take the refresh that is due, under the handoff's lease and fence.
    2. Read everything again; where no fact has changed, write nothing.
    3. Read our own note; edit it only if it still is what we last wrote.
    """
    now = services.clock()
    desk = services.desk(account_id)
    if desk.frozen:
        return False
    with services.database.account(account_id) as session:
        before = handoffs.get(session, account_id, handoff_id)
        if before is None or before.brief_state != "posted":
            return False
        lease_s = services.settings.intervals.lease
        fence = handoffs.lease(
            session, account_id, handoff_id, now=now, lease_s=lease_s, holder=services.holder
        )
        handoff = handoffs.get(session, account_id, handoff_id) if fence else None
    if fence is None or handoff is None:
        return False
    structlog.contextvars.bind_contextvars(event_id=handoff.event_id, ticket_id=handoff.ticket_id)
    crash.point("refresh.taken")
    note_hash: str | None = None
    try:
        if handoff.response_state in ("open", "claimed", "acted"):
            note_hash = _bring_up_to_date(services, account_id, handoff, fence)
    except VisibleNote as error:
        log.critical("note_visible_to_customer", note_id=error.note_id)
        services.psa(account_id).delete_note(handoff.ticket_id, error.note_id)
    except PsaError as error:
        at = next_try(services.settings.intervals, now=services.clock(), attempt=2, error=error)
        with services.database.account(account_id) as session:
            handoffs.give_back(
                session, account_id, handoff_id, fence=fence, next_attempt_at=at, reason=str(error)[:500],
                now=services.clock(),
            )  # fmt: skip
        log.warning("refresh_waits", error=type(error).__name__, status=error.status)
        return False
    with services.database.account(account_id) as session:
        handoffs.mark_edited(
            session, account_id, handoff_id, fence=fence, note_hash=note_hash, now=services.clock()
        )
    return note_hash is not None


def _bring_up_to_date(services: Services, account_id: int, handoff: Handoff, fence: int) -> str | None:
    """Write what changed; return the hash of our note as it is now, None if nothing was written."""
    desk, psa = services.desk(account_id), services.psa(account_id)
    evidence = services.reader.everything(psa, handoff.ticket_id, desk.roster, now=services.clock())
    fingerprint = evidence.fingerprint()
    if fingerprint == handoff.evidence_fingerprint or transient_gaps(evidence):
        if transient_gaps(evidence):
            _later(services, account_id, handoff.id)
        return None
    assert handoff.marker is not None
    package = package_of(handoff, desk, evidence)
    text = brief.render(package, marker=handoff.marker)
    own = psa.own_notes(handoff.ticket_id)
    note = next((n for n in own if n.id == handoff.escalation_package_external_id), None)
    if note is None:
        log.info("brief_removed_by_a_person", note_id=handoff.escalation_package_external_id)
        written, now_hash = text, handoff.note_hash or ""
    elif text_hash(note.text) == handoff.note_hash:
        edited = psa.edit_note(handoff.ticket_id, note.id, text)
        crash.point("refresh.edited")
        written, now_hash = text, text_hash(edited.text)
        log.info("brief_edited", note_id=note.id)
    elif text_hash(note.text) == text_hash(text):  # an edit of ours whose end was not recorded
        written, now_hash = text, text_hash(note.text)
    else:
        _add_short_note(psa, handoff, note, own, fingerprint)
        written, now_hash = handoff.draft or text, handoff.note_hash or ""
    with services.database.account(account_id) as session:
        handoffs.store_draft(
            session, account_id, handoff.id, fence=fence, draft=written, draft_hash=text_hash(written),
            marker=handoff.marker, escalation_package=package.to_json(),
            schema_version=handoff.schema_version or 1, evidence_fingerprint=fingerprint,
        )  # fmt: skip
        handoffs.add_snapshot(session, account_id, handoff.id, evidence, kind="refresh")
    return now_hash or None


def _add_short_note(
    psa: Psa, handoff: Handoff, note: PostedNote, own: list[PostedNote], fingerprint: str
) -> None:
    """Say beside a brief that a person edited that the ticket has moved on; once for each state of the facts."""
    mark = hashlib.sha256(f"{handoff.marker}/{fingerprint}".encode()).hexdigest()[:8].upper()
    tag = f"[ref: RF-U-{mark}]"
    if any(tag in n.text for n in own):
        return
    text = (
        f"**The ticket has changed since the handoff brief.** Note {note.id} was edited by hand and is left as it is. "
        f"Newer notes and time entries stand above it. {tag}"
    )
    psa.post_internal_note(handoff.ticket_id, text)
    log.info("brief_left_to_its_editor", note_id=note.id)


def _later(services: Services, account_id: int, handoff_id: int) -> None:
    at = services.clock() + timedelta(seconds=services.settings.intervals.refresh_delay * 4)
    with services.database.account(account_id) as session:
        handoffs.ask_refresh(session, account_id, handoff_id, due_at=at)
