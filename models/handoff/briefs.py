"""The brief's way into the ticket: leases with a fence, the draft, the attempt, the note.

Whoever takes a lease gets a fence, a number that grows with every lease. Each later write carries it and does
nothing (returns False) once somebody else has taken over.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Update, case, func, select, update
from sqlalchemy.orm import Session

from escalation.lifecycle import ENDED, Brief
from models.account import dry_runs
from models.database.compare_and_set import changed
from models.handoff.moves import edited, move, moved, one
from models.tables import Handoff
from models.work.due import Due, due_in_turn, not_frozen, not_suspended, pairs

FIRST_LOOK_S = 15.0
"""So long after it was posted the ticket is first looked at for newer notes, in seconds: what was forgotten comes soon."""


def lease(
    session: Session, account_id: int, handoff_id: int, *, now: datetime, lease_s: float, holder: str
) -> int | None:
    """Take a handoff whose brief is to be posted or refreshed, for `lease_s` seconds, and return the fence.

    None if somebody holds it, if it is not due yet, or if there is nothing to do. A brief still to be posted
    moves to `posting`; one that is posted stays so. A lease that ran out is taken over.
    """
    here = one(account_id, handoff_id)
    row = session.execute(
        select(
            Handoff.brief_state,
            Handoff.fence,
            Handoff.lease_until,
            Handoff.next_attempt_at,
            Handoff.refresh_due_at,
        ).where(*here)
    ).one_or_none()
    if row is None or (row.lease_until is not None and row.lease_until > now):
        return None
    state = Brief(row.brief_state)
    # The first attempt never waits: clocks of two machines may differ by more than a bell takes.
    due_at = row.refresh_due_at if state is Brief.POSTED else row.next_attempt_at
    if due_at is None or (due_at > now and row.fence > 0):
        return None
    until = now + timedelta(seconds=lease_s)
    values: dict[str, Any] = {"fence": row.fence + 1, "lease_until": until, "lease_holder": holder}
    if state is Brief.POSTED:
        # The sweeper finds it again should the holder die. `ask_refresh` tells this time from one asked for.
        values["refresh_due_at"] = until
    else:
        values |= {
            "brief_state": Brief.POSTING.value,
            "next_attempt_at": until,
            "attempts": Handoff.attempts + 1,
            "park_reason": None,
        }
    same = (*here, Handoff.fence == row.fence, Handoff.brief_state == row.brief_state)
    if not changed(session, update(Handoff).where(*same).values(values)):
        return None
    if state is Brief.POSTING:
        why = "the lease ran out"
        moved(session, account_id, handoff_id, state, Brief.PENDING, why=why, now=now, actor=holder)
    if state is Brief.PARKED:
        why = "tried again"
        moved(session, account_id, handoff_id, state, Brief.PENDING, why=why, now=now, actor=holder)
    if state is not Brief.POSTED:
        why = f"lease {row.fence + 1}"
        moved(
            session, account_id, handoff_id, Brief.PENDING, Brief.POSTING, why=why, now=now, actor=holder
        )
    return int(row.fence) + 1


def renew(
    session: Session, account_id: int, handoff_id: int, *, fence: int, now: datetime, lease_s: float
) -> bool:
    """Hold a lease for `lease_s` more seconds from now."""
    until = now + timedelta(seconds=lease_s)
    ours = case((Handoff.refresh_due_at == Handoff.lease_until, until), else_=Handoff.refresh_due_at)
    posting = case((Handoff.brief_state == Brief.POSTING.value, until), else_=Handoff.next_attempt_at)
    held = _held(account_id, handoff_id, fence)
    return changed(session, held.values(lease_until=until, next_attempt_at=posting, refresh_due_at=ours))


def store_draft(
    session: Session,
    account_id: int,
    handoff_id: int,
    *,
    fence: int,
    draft: str,
    draft_hash: str,
    marker: str,
    escalation_package: dict[str, Any],
    schema_version: int,
    evidence_fingerprint: str | None = None,
    domain: str | None = None,
) -> bool:
    """Store what is about to be posted or edited in, before it is tried."""
    return changed(
        session,
        _held(account_id, handoff_id, fence).values(
            draft=draft,
            draft_hash=draft_hash,
            marker=marker,
            escalation_package=escalation_package,
            schema_version=schema_version,
            assessed_by=_assessed_by(escalation_package),
            evidence_fingerprint=evidence_fingerprint,
            domain=domain,
            summary=func.coalesce(Handoff.summary, escalation_package.get("summary")),
        ),
    )


def _assessed_by(package: dict[str, Any]) -> str | None:
    guess = package.get("ai_assessment_data") or {}
    shown = guess.get("likely_cause") and not guess.get("withheld")
    return str(guess.get("made_by") or "local") if shown else None


def mark_attempt(session: Session, account_id: int, handoff_id: int, *, fence: int, now: datetime) -> bool:
    """Record that a POST is about to be sent: from here on its outcome may be unknown.

    False, too, where its board is in dry run: nothing is posted without this.
    """
    if in_dry_run(session, account_id, handoff_id):
        return False
    held = _held(account_id, handoff_id, fence).where(Handoff.brief_state == Brief.POSTING.value)
    return changed(session, held.values(post_attempted_at=now))


def in_dry_run(session: Session, account_id: int, handoff_id: int) -> bool:
    """Tell whether nothing may be posted for a handoff: it was opened in dry run, or its board is in one now."""
    row = session.execute(select(Handoff.dry_run, Handoff.board).where(*one(account_id, handoff_id))).one_or_none()
    return row is not None and (row.dry_run or dry_runs.applies(session, account_id, row.board))


def withhold(session: Session, account_id: int, handoff_id: int, *, fence: int, now: datetime) -> bool:
    """End a brief's way before it is posted, since its board is in dry run. False if it is not, or is not ours any more."""
    if not in_dry_run(session, account_id, handoff_id):
        return False
    values = {"dry_run": True, "lease_until": None, "lease_holder": None, "next_attempt_at": None, "refresh_due_at": None}
    held = _held(account_id, handoff_id, fence)
    why = "its board is in dry run"
    return move(session, held, account_id, handoff_id, Brief.POSTING, Brief.WITHHELD, values, why=why, now=now)


def clear_attempt(session: Session, account_id: int, handoff_id: int, *, fence: int) -> bool:
    """Record that the POST was surely not carried out (429, connection refused)."""
    return changed(session, _held(account_id, handoff_id, fence).values(post_attempted_at=None))


def mark_posted(
    session: Session,
    account_id: int,
    handoff_id: int,
    *,
    fence: int,
    note_id: int,
    note_hash: str,
    now: datetime,
    posted_at: datetime | None = None,
    why: str = "note accepted",
) -> bool:
    """Record that the note is in the ticket. `posted_at` is the PSA's time where it gave one."""
    happened_at = posted_at or now
    values = {
        "escalation_package_external_id": note_id,
        "note_hash": note_hash,
        "posted_at": happened_at,
        "lease_until": None,
        "lease_holder": None,
        "next_attempt_at": None,
        "last_error": None,
        "notes_due_at": now + timedelta(seconds=FIRST_LOOK_S),
    }
    held = _held(account_id, handoff_id, fence)
    return move(
        session, held, account_id, handoff_id, Brief.POSTING, Brief.POSTED, values, why=why, now=now, happened_at=happened_at
    )


def mark_edited(
    session: Session, account_id: int, handoff_id: int, *, fence: int, note_hash: str | None, now: datetime
) -> bool:
    """Record the end of a refresh: the note's new hash, or None if nothing had to be written; an edit is told to listeners.

    A refresh that was asked for while this one ran stays due.
    """
    held = _held(account_id, handoff_id, fence).where(Handoff.brief_state == Brief.POSTED.value)
    ours = case((Handoff.refresh_due_at == Handoff.lease_until, None), else_=Handoff.refresh_due_at)
    values: dict[str, Any] = {
        "refresh_due_at": ours,
        "lease_until": None,
        "lease_holder": None,
        "last_error": None,
    }
    if note_hash is not None:
        values |= {"note_hash": note_hash, "edited_at": now}
    ended = changed(session, held.values(values))
    if ended and note_hash is not None:
        edited(session, account_id, handoff_id, now=now)
    return ended


def give_back(
    session: Session,
    account_id: int,
    handoff_id: int,
    *,
    fence: int,
    next_attempt_at: datetime,
    reason: str,
    now: datetime,
    count_attempt: bool = True,
) -> bool:
    """Give a lease back because of a failure that passes.

    Without `count_attempt` it does not wear the handoff out: the PSA asked to wait, or the account is frozen.
    """
    free: dict[str, Any] = {"lease_until": None, "lease_holder": None, "last_error": reason}
    held = _held(account_id, handoff_id, fence)
    refresh = held.where(Handoff.brief_state == Brief.POSTED.value)
    if changed(session, refresh.values(refresh_due_at=next_attempt_at, **free)):
        return True
    if not count_attempt:
        free["attempts"] = Handoff.attempts - 1
    free["next_attempt_at"] = next_attempt_at
    return move(session, held, account_id, handoff_id, Brief.POSTING, Brief.PENDING, free, why=reason, now=now)


def park(
    session: Session, account_id: int, handoff_id: int, *, fence: int, reason: str, now: datetime,
    again_at: datetime | None = None, last_error: str | None = None,
) -> bool:
    """Record a failure that a person has to end. It is tried again at `again_at`; without one only after `unpark`.

    `last_error`: what the next try has to know of it, where that is more than the reason.
    """
    free = {"lease_until": None, "lease_holder": None, "next_attempt_at": again_at, "attempts": 0}
    values = {**free, "park_reason": reason, "last_error": last_error or reason}
    held = _held(account_id, handoff_id, fence)
    return move(session, held, account_id, handoff_id, Brief.POSTING, Brief.PARKED, values, why=reason, now=now)


def drop(session: Session, account_id: int, handoff_id: int, *, now: datetime) -> bool:
    """Have a brief tried no more whose handoff has ended; not while somebody holds it, who gives it back or posts it.

    After an attempt the note may be in the ticket, so that one is still settled.
    """
    free = Handoff.lease_until.is_(None) | (Handoff.lease_until <= now)
    untried = (Handoff.brief_state != Brief.POSTED.value, Handoff.post_attempted_at.is_(None))
    waiting = (Handoff.next_attempt_at.is_not(None), Handoff.response_state.in_(ENDED))
    over = update(Handoff).where(*one(account_id, handoff_id), *waiting, *untried, free)
    return changed(session, over.values(next_attempt_at=None))


def unpark(
    session: Session, account_id: int, handoff_id: int, *, now: datetime, actor: str = "operator"
) -> bool:
    """Bring a parked brief back, due now, with all its attempts again."""
    here = update(Handoff).where(*one(account_id, handoff_id))
    values = {"park_reason": None, "attempts": 0, "next_attempt_at": now}
    return move(
        session, here, account_id, handoff_id, Brief.PARKED, Brief.PENDING, values, why="brought back", now=now, actor=actor
    )


def parked(session: Session, account_id: int) -> list[int]:
    """Return the account's handoffs whose brief is parked, the oldest first."""
    here = (Handoff.account_id == account_id, Handoff.brief_state == Brief.PARKED.value)
    return list(session.scalars(select(Handoff.id).where(*here).order_by(Handoff.id)))


def ask_refresh(session: Session, account_id: int, handoff_id: int, *, due_at: datetime) -> bool:
    """Ask for the brief to be brought up to date at a moment. An earlier one that was asked for stays."""
    under_way = Handoff.refresh_due_at == Handoff.lease_until
    later = Handoff.refresh_due_at.is_(None) | (Handoff.refresh_due_at > due_at) | under_way
    wanted = case((later, due_at), else_=Handoff.refresh_due_at)
    return changed(
        session, update(Handoff).where(*one(account_id, handoff_id)).values(refresh_due_at=wanted)
    )


def store_repeats(
    session: Session, account_id: int, handoff_id: int, found: list[dict[str, Any]], *, now: datetime
) -> bool:
    """Store what was repeated after the brief, in place of what was found before."""
    here = update(Handoff).where(*one(account_id, handoff_id))
    first = func.coalesce(Handoff.repeated_at, now) if found else None
    return changed(session, here.values(repeats=found, repeated_at=first))


def count_extra_note(session: Session, account_id: int, handoff_id: int, *, note_id: int) -> bool:
    """Count a second note of ours before it is removed. False if that note was counted already."""
    here = one(account_id, handoff_id)
    for _ in range(3):  # another worker may be counting too
        row = session.execute(select(Handoff.extra_notes_removed, Handoff.extra_note_ids).where(*here)).one_or_none()
        if row is None or note_id in (row.extra_note_ids or ()):
            return False
        same = update(Handoff).where(*here, Handoff.extra_notes_removed == row.extra_notes_removed)
        ids = [*(row.extra_note_ids or ()), note_id]
        if changed(session, same.values(extra_notes_removed=row.extra_notes_removed + 1, extra_note_ids=ids)):
            return True
    return False


def due_briefs(system: Session, *, now: datetime, limit: int) -> Due:
    """Return the handoffs whose brief should be posted now, in turn: account id and handoff id.

    Of frozen accounts those whose POST is in doubt: what it may have left is looked for, and posted nothing.
    """
    in_doubt = Handoff.post_attempted_at.is_not(None) & not_suspended(Handoff.account_id)
    running = not_frozen(Handoff.account_id) | in_doubt
    return pairs(
        system,
        due_in_turn(Handoff.account_id, Handoff.id, Handoff.next_attempt_at, running, now=now, limit=limit),
    )


def due_refreshes(system: Session, *, now: datetime, limit: int) -> Due:
    """Return the handoffs whose posted brief should be brought up to date now, in turn."""
    posted, running = Handoff.brief_state == Brief.POSTED.value, not_frozen(Handoff.account_id)
    at = Handoff.refresh_due_at
    return pairs(system, due_in_turn(Handoff.account_id, Handoff.id, at, posted, running, now=now, limit=limit))


def _held(account_id: int, handoff_id: int, fence: int) -> Update:
    """Return an UPDATE that finds the handoff only while this fence holds it."""
    return update(Handoff).where(
        *one(account_id, handoff_id), Handoff.fence == fence, Handoff.lease_until.is_not(None)
    )
