"""Do what follows from a claim or its return: the ticket's owner in the PSA, the others' messages, the brief.

The claim itself is one compare-and-set, which the web makes too; this is the rest of it. Every part may be repeated:
what is done already is found done.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from escalation.evidence import Ticket
from escalation.figures.hours import NoWorkingHours, add_business_minutes
from escalation.response.sightings import Sighting, may_claim
from models.account import dry_runs
from models.handoff import briefs, claims, deliveries, handoffs, sightings
from models.handoff.handoffs import Handoff
from models.work import jobs, refusals
from models.work.alert_kinds import Kind
from models.work.refusals import Write
from psa.port import Ambiguous, Forbidden, NotFound, PsaError, Unauthorized, Unavailable
from worker.process import crash
from worker.process.backoff import next_try
from worker.wiring import Desk, Services

log = structlog.get_logger()

ELSEWHERE = ("link", "api")
"""Claims made outside the PSA: only after those is its owner for us to set."""

FRESH = timedelta(seconds=30)
GIVE_UP = timedelta(days=1)
OWNS = "owner in the PSA:"
"""What came of it begins so where the claimant is the owner."""

TAKEN = "taken"
SOLVED = "solved"
OFFERED = "offered"
"""Kinds of message. Each time a handoff is offered again is a kind of its own, and so is the claim after it: `numbered`."""


def numbered(kind: str, returns: int) -> str:
    """Return the kind of a message after so many claims have ended: each person has one of each kind."""
    return f"{kind} {returns}" if returns else kind


class Frozen(PsaError):
    """Nothing may be written to this account's PSA until somebody has looked."""

    retry = True


def settle(services: Services, *, account_id: int, handoff_id: int) -> list[int]:
    """Do what is due after a claim or its return; return the deliveries to send now.

    1. Take it, so that two workers do not ask the PSA twice.
    2. Tell: what is unsent is suppressed with the reason, who was told learns who took it, or that it is free again.
    3. Set the owner in the PSA where the claim came from elsewhere; where the PSA says otherwise, record that.
    4. Have the brief say who has it.
    """
    crash.point("settle.rung")
    now = services.clock()
    until = now + timedelta(seconds=services.settings.intervals.lease)
    desk = services.desk(account_id)
    with services.database.account(account_id) as session:
        if not claims.take_settlement(session, account_id, handoff_id, now=now, until=until):
            return []
        handoff = handoffs.get(session, account_id, handoff_id)
        assert handoff is not None
        structlog.contextvars.bind_contextvars(event_id=handoff.event_id, ticket_id=handoff.ticket_id)
        queued = _tell(session, services, desk, handoff, now)
        if _age(handoff, now) < FRESH:  # else it was asked for before, and is once more when all is settled
            briefs.ask_refresh(session, account_id, handoff_id, due_at=now)
    crash.point("settle.taken")
    try:
        _own(services, desk, handoff)
    except PsaError as error:
        _try_again(services, desk, handoff, error, until)
        return queued
    with services.database.account(account_id) as session:
        briefs.ask_refresh(session, account_id, handoff_id, due_at=now)
        claims.finish_settlement(session, account_id, handoff_id, taken_until=until)
    crash.point("settle.stored")
    services.bell.ring("refresh", account_id=account_id, handoff_id=handoff_id)
    return queued


def _age(handoff: Handoff, now: datetime) -> timedelta:
    """Return how long ago the claim was seen; nothing for a return, which is settled at once."""
    return now - handoff.claim_observed_at if handoff.claim_observed_at else timedelta(0)


def _try_again(services: Services, desk: Desk, handoff: Handoff, error: PsaError, until: datetime) -> None:
    """Wait longer the longer it has lasted: half the claim's age, an hour at most; give up after a day."""
    now = services.clock()
    age = _age(handoff, now)
    with services.database.account(desk.account_id) as session:
        if age > GIVE_UP and handoff.claimed_by is not None:
            outcome = f"the PSA could not be made to set {desk.login(handoff.claimed_by)} as owner: {error}"
            claims.note_owner(session, desk.account_id, handoff.id, member_id=handoff.claimed_by, outcome=outcome)
        at = next_try(services.settings.intervals, now=now, attempt=1, error=error)
        at = max(at, now + min(age / 2, timedelta(hours=1)))
        claims.settle_later(session, desk.account_id, handoff.id, taken_until=until, at=at)
    crash.point("settle.waits")
    if not error.retry or age > GIVE_UP:
        _alert(services, desk, handoff, error)
    log.warning("settlement_waits", error=type(error).__name__, status=error.status, until=at.isoformat())


def _tell(session: Session, services: Services, desk: Desk, handoff: Handoff, now: datetime) -> list[int]:
    if handoff.response_state in ("claimed", "acted"):
        return _tell_taken(session, services, desk, handoff, now)
    if handoff.response_state == "open":
        return _tell_offered(session, services, desk, handoff, now)
    deliveries.suppress_pending(
        session, desk.account_id, handoff.id, reason=handoff.end_reason or handoff.response_state, now=now, but=SOLVED
    )
    return []


def _tell_taken(
    session: Session, services: Services, desk: Desk, handoff: Handoff, now: datetime
) -> list[int]:
    assert handoff.claimed_by is not None
    assert handoff.claimed_at is not None
    if handoff.response_state == "claimed":
        expires = _expiry(desk, handoff.claimed_at)
        if expires is not None and handoff.claim_expires_at is None:
            claims.set_expiry(session, desk.account_id, handoff.id, claimed_at=handoff.claimed_at, at=expires)
        soon = now + timedelta(seconds=services.settings.intervals.observe)
        claims.ask_observation(session, desk.account_id, handoff.id, due_at=soon)
    domain = services.settings.message_domain
    everybody = dry_runs.told(session, desk.account_id, dry_run=handoff.dry_run)
    if handoff.notify_state == "pending":  # claimed before anybody was told: a row each says why they were not
        deliveries.create(session, handoff, everybody, now=now, message_domain=domain)
        handoffs.mark_notified(session, desk.account_id, handoff.id, now=now)
    reason = f"claimed by {desk.name_of(handoff.claimed_by)}"
    kind = numbered(TAKEN, len(claims.returns(session, desk.account_id, handoff.id)))
    deliveries.suppress_pending(session, desk.account_id, handoff.id, reason=reason, now=now, but=kind)
    told = deliveries.told(session, desk.account_id, handoff.id)
    others = [member for member in everybody if member.id in told and member.id != handoff.claimed_by]
    return deliveries.create(session, handoff, others, now=now, message_domain=domain, kind=kind)


def _expiry(desk: Desk, claimed_at: datetime) -> datetime | None:
    """Return when a claim of a moment of the PSA runs out by our clock; None without working hours."""
    try:
        return add_business_minutes(claimed_at - desk.clock_ahead, desk.claim_expiry_minutes, desk.calendar)
    except NoWorkingHours:
        return None


def _tell_offered(
    session: Session, services: Services, desk: Desk, handoff: Handoff, now: datetime
) -> list[int]:
    times = len(claims.returns(session, desk.account_id, handoff.id))
    kind = numbered(OFFERED, times)
    # Not what an earlier try of this very settlement made.
    deliveries.suppress_pending(session, desk.account_id, handoff.id, reason="the claim ended", now=now, but=kind)
    if not times:
        return []
    everybody = dry_runs.told(session, desk.account_id, dry_run=handoff.dry_run)
    if not everybody:  # whoever comes is told by `notify`
        handoffs.nobody_told(session, desk.account_id, handoff.id, now=now)
    elif handoff.notify_state == "pending":
        handoffs.mark_notified(session, desk.account_id, handoff.id, now=now)
    domain = services.settings.message_domain
    return deliveries.create(session, handoff, everybody, now=now, message_domain=domain, kind=kind)


def _own(services: Services, desk: Desk, handoff: Handoff) -> None:
    """Make the claimant the ticket's owner, unless another engineer took it there meanwhile. Raises `PsaError`."""
    if handoff.response_state not in ("claimed", "acted") or handoff.owner_outcome is not None:
        return
    if handoff.claim_kind not in ELSEWHERE or handoff.claimed_by is None:
        return
    if handoff.dry_run:  # nothing is written for it, whoever presses the button
        return
    if desk.frozen:
        raise Frozen(f"{desk.name} is frozen: {desk.frozen}")
    outcome, wrote = _set_owner(services, desk, handoff, handoff.claimed_by)
    with services.database.account(desk.account_id) as session:
        claims.note_owner(
            session, desk.account_id, handoff.id, member_id=handoff.claimed_by, outcome=outcome
        )
        if outcome.startswith(OWNS):
            now, subject = services.clock(), f"ticket {handoff.ticket_id}"
            jobs.clear_alert(session, desk.account_id, kind=Kind.OWNER_NOT_SET, subject=subject, now=now)
            if wrote:
                refusals.succeeded(session, desk.account_id, Write.OWNER, now=now)
    crash.point("settle.owned")
    log.info("owner_settled", handoff_id=handoff.id, outcome=outcome)


def _set_owner(services: Services, desk: Desk, handoff: Handoff, member_id: int) -> tuple[str, bool]:
    """Return what came of it, and whether that took a write."""
    psa = services.psa(desk.account_id)
    login = desk.login(member_id)
    try:
        ticket = psa.ticket(handoff.ticket_id)
        if _is(ticket.owner, login):
            return f"{OWNS} {login}", False
        if _somebody_else_took_it(services, desk, handoff, ticket):
            return f"the PSA says otherwise: {ticket.owner} is the owner there, and was left so", False
        _remember(services, desk, handoff, ticket)
        _remember(services, desk, handoff, psa.assign_owner(handoff.ticket_id, member_id))
    except NotFound as error:  # nobody deleted it, as far as is known: one that is gone ends the handoff, and with it this
        raise Unavailable(f"the ticket cannot be read: {error}") from error
    except PsaError as error:
        if error.retry or isinstance(error, Ambiguous | Unauthorized | Forbidden):
            raise  # read again first, next time; keys and roles are mended by a person
        _alert(services, desk, handoff, error)
        return f"the PSA refused {login} as owner: {error}", False
    crash.point("settle.owner_set")
    return f"{OWNS} {login}", True


def _somebody_else_took_it(services: Services, desk: Desk, handoff: Handoff, ticket: Ticket) -> bool:
    """Tell whether another engineer became the owner since it was free: that is not ours to undo.

    An owner that we set, or who had this handoff before and gave it back, may be replaced.
    """
    if ticket.owner is None or not may_claim(ticket.owner, desk.roster):
        return False
    with services.database.account(desk.account_id, reading=True) as session:
        saves = sightings.of_handoff(session, desk.account_id, handoff.id)
        moves = handoffs.transitions(session, desk.account_id, handoff.id)
        free_since = claims.returned_at(session, handoff)
    former = {move.actor.lower() for move in moves if move.to_state == "claimed"}
    if ticket.owner.lower() in former:
        return False
    now = Sighting.of(ticket, read_at=services.clock())
    before = [save for save in saves if free_since is None or save.at <= free_since] or saves
    if not before or _is((before[0] if free_since is None else before[-1]).owner, ticket.owner):
        return not before
    set_by = next((save.member for save in [*saves, now] if _is(save.owner, ticket.owner)), None)
    return not desk.roster.ours(set_by)


def _remember(services: Services, desk: Desk, handoff: Handoff, ticket: Ticket) -> None:
    """Keep a save of the ticket, so that an owner we set is not taken for a claim later."""
    now = services.clock()
    with services.database.account(desk.account_id) as session:
        sightings.add(session, desk.account_id, handoff.id, Sighting.of(ticket, read_at=now), now=now)


def _is(one: str | None, other: str) -> bool:
    return one is not None and one.strip().lower() == other.strip().lower()


def _alert(services: Services, desk: Desk, handoff: Handoff, error: PsaError) -> None:
    """Tell the operator; of keys or a role that are refused once for the account, when that has lasted for a while."""
    now, refused = services.clock(), isinstance(error, (Unauthorized, Forbidden))
    if refused and _age(handoff, now).total_seconds() < services.settings.intervals.refusal_patience:
        return
    with services.database.account(desk.account_id) as session:
        if refused:
            refusals.tell(session, desk.account_id, Write.OWNER, detail=str(error), now=now)
        else:
            subject = f"ticket {handoff.ticket_id}"
            jobs.raise_alert(
                session, desk.account_id, kind=Kind.OWNER_NOT_SET, subject=subject, detail=str(error)[:500], now=now
            )
