"""Look at one stored callback: is this an escalation, the same one, its end, or nothing?"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from escalation import rules
from escalation.evidence import Evidence, Ticket
from escalation.lifecycle import UNDECIDED
from escalation.response.sightings import Sighting, set_later, status_set_by_person
from escalation.rules import Act, Seen, Verdict
from models.account import accounts
from models.handoff import briefs, claims, handoffs, sightings
from models.handoff.handoffs import Handoff
from models.work import canaries, inbox, jobs, ticket_watch
from models.work.alert_kinds import Kind
from models.work.inbox import Inbox
from psa.connectwise.callbacks import CallbackBody, Malformed, parse
from psa.connectwise.signatures import Forged
from psa.port import Forbidden, NotFound, Psa, PsaError, Unavailable
from worker.handoff import ending, gone
from worker.handoff.ending import Closing
from worker.handoff.opening import open_episode
from worker.process import crash
from worker.process.backoff import next_try
from worker.response.observe import look
from worker.response.withdraw import seen_of, spare, withdraw
from worker.wiring import Desk, Services

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Reading:
    ticket: Ticket | None
    """None: the PSA says that it no longer exists."""
    missed: Verdict | None = None
    """What it means where it does not."""
    evidence: Evidence | None = None
    """The first round, where the hint made it worth reading at once."""
    save: Sighting | None = None
    """The save that the callback told of; the ticket may have been saved again before it was read."""
    by_person: bool = True
    """Whether the status it shows was set by a person, as far as the known saves tell."""
    by_claimant: bool = False
    """Whether by whoever has the episode."""
    closing: Closing | None = None  # where the ticket is closed and its episode about to end


@dataclass(frozen=True, slots=True)
class _Rings:
    """What to ring for, once everything is committed."""

    publish: tuple[int, ...] = ()
    observe: tuple[int, ...] = ()


def triage(services: Services, *, account_id: int, inbox_id: int) -> list[int]:
    """Decide what one inbox row means and store it; return the handoffs whose brief is to be published now.

    1. Take the row under a lease; somebody else's or a finished one is left alone.
    2. Check the signature if the receiver could not.
    3. Read the ticket; where the callback hints at an escalation, with everything that hangs on it, side by side.
    4. Decide by what was last seen, and store watch, handoff, first evidence and the row's end in one transaction.

    A failure leaves the row to be tried again later; the sweeper rings for it.
    """
    crash.point("triage.rung")
    row = _take(services, account_id, inbox_id)
    crash.point("triage.taken")
    if row is None or row.record_id is None:
        return []
    structlog.contextvars.bind_contextvars(event_id=row.event_id, ticket_id=row.record_id)
    desk = services.desk(account_id)
    if desk.suspended:
        with services.database.account(account_id) as session:
            inbox.ignore(session, account_id, inbox_id, "the account is suspended")
        crash.point("triage.ignored")
        return []
    try:
        body = parse(row.raw) if row.raw else None
        if not row.verified and not _genuine(services, desk, row, body):
            return []
        with services.database.account(account_id, reading=True) as session:
            watch = ticket_watch.seen(session, account_id, row.record_id)
            seen, version = seen_of(session, account_id, watch), watch.version if watch else 0
        try:
            reading = _read(services, desk, services.psa(account_id), row.record_id, body, seen)
        except Forbidden as error:
            raise gone.refused(desk, error, seen, version, now=services.clock()) from error
        if reading.ticket is None:
            missed = gone.believe(desk, row, body, seen, version, now=services.clock())
            reading = dataclasses.replace(reading, missed=missed)
        reading = dataclasses.replace(reading, save=_told(body, services.clock()))
        reading = _with_who_set_it(services, desk, row.record_id, reading, seen)
        seen, version = _look_before_it_ends(services, desk, row.record_id, reading, seen, version)
        if seen is not None and seen.live:
            reading = dataclasses.replace(reading, closing=ending.closing(services, desk, reading.ticket))
    except (Forged, Malformed) as error:
        _refuse(services, row, str(error))
        return []
    except PsaError as error:
        _try_again(services, row, error)
        return []
    crash.point("triage.read")
    return _decide(services, desk, row, reading, seen, version)


def _take(services: Services, account_id: int, inbox_id: int) -> Inbox | None:
    now = services.clock()
    waits = services.settings.intervals
    with services.database.account(account_id) as session:
        row = inbox.take(session, account_id, inbox_id, now=now, lease_s=waits.lease)
        if row is None:
            return None
        if row.type == canaries.TYPE:
            _land(session, row, now)
            return None
        if row.record_id is None:
            inbox.ignore(session, account_id, inbox_id, "names no ticket")
            return None
        # A row that was given back says why; one that ends the process each time says nothing.
        if row.attempts > waits.attempts and row.outcome is None:
            reason = f"taken {row.attempts} times without an end"
            inbox.park(session, account_id, inbox_id, reason)
            jobs.raise_alert(
                session, account_id, kind=Kind.CALLBACK_PARKED, subject=str(inbox_id), detail=reason, now=now
            )
            log.error("callback_parked", inbox_id=inbox_id, reason=reason)
            return None
    return row


def _land(session: Session, row: Inbox, now: datetime) -> None:
    """Let a canary arrive: the receiver checked that it is ours, and whatever it may say, no ticket is looked at."""
    canary_id = int(row.dedupe_key.partition("/")[2] or 0)
    arrived = canaries.arrive(session, row.account_id, canary_id, now=now)
    inbox.finish(session, row.account_id, row.id, "canary: arrived" if arrived else "canary: had arrived before")
    log.info("canary_arrived", canary_id=canary_id, seconds=round((now - row.received_at).total_seconds(), 3))


def _genuine(services: Services, desk: Desk, row: Inbox, body: CallbackBody | None) -> bool:
    """Verify what the receiver stored unverified. Raises `Forged`, and `Unavailable` while the key is unreachable."""
    if body is None:
        raise Forged("stored without a body")
    check = services.verifier.verify(row.raw, row.signature or "", body, desk.pin)
    if not check.verified:
        raise Unavailable(f"callback key: {check.reason}")
    with services.database.account(row.account_id) as session:
        if check.key_id and not accounts.pin_callback_key(session, row.account_id, check.key_id):
            raise Forged("signed with another key than the one pinned meanwhile")
        inbox.mark_verified(session, row.account_id, row.id)
    crash.point("triage.verified")
    return True


def _read(
    services: Services, desk: Desk, psa: Psa, ticket_id: int, body: CallbackBody | None, seen: Seen | None
) -> _Reading:
    """Read the ticket, and everything that needs only its number when a new episode is likely."""
    hint = body.hint if body and body.type == "ticket" else None
    hinted = (
        hint is not None
        and hint.board_id is not None
        and hint.status_id is not None
        and desk.rules.is_escalation(hint.board_id, hint.status_id)
    )
    likely = hinted and not (seen and seen.in_escalation)
    try:
        if likely:
            evidence = services.reader.ticket_and_children(psa, ticket_id, desk.roster, now=services.clock())
            return _Reading(evidence.ticket, evidence=evidence)
        return _Reading(psa.ticket(ticket_id))
    except NotFound:
        return _Reading(None)


def _told(body: CallbackBody | None, now: datetime) -> Sighting | None:
    """Return the save that a checked callback told of, if it says enough of it; none of a day that has not come."""
    hint = body.hint if body is not None and body.type == "ticket" and body.action != "deleted" else None
    if hint is None or hint.board_id is None or hint.status_id is None or not hint.last_updated:
        return None
    try:
        at = datetime.fromisoformat(hint.last_updated)
    except ValueError:
        return None
    if at.tzinfo is None or at > now + timedelta(days=1):
        return None
    return Sighting(at.astimezone(UTC), hint.updated_by, hint.board_id, hint.status_id, hint.owner)


def _with_who_set_it(
    services: Services, desk: Desk, ticket_id: int, reading: _Reading, seen: Seen | None
) -> _Reading:
    """Return the reading with whether a person, and whoever has it, set the status; asked only where an episode is live."""
    if reading.ticket is None or seen is None or not seen.live:
        return reading
    with services.database.account(desk.account_id, reading=True) as session:
        handoff = handoffs.open_for_ticket(session, desk.account_id, ticket_id)
        saves = sightings.of_handoff(session, desk.account_id, handoff.id) if handoff else []
    has_it = desk.login(handoff.claimed_by) if handoff and handoff.claimed_by is not None else None
    saves += [reading.save] if reading.save else []
    return dataclasses.replace(
        reading,
        by_person=status_set_by_person(reading.ticket, saves, desk.roster),
        by_claimant=set_later(reading.ticket, saves, desk.roster, by=has_it, since=handoff.claimed_at if handoff else None),
    )


def _look_before_it_ends(
    services: Services, desk: Desk, ticket_id: int, reading: _Reading, seen: Seen | None, version: int
) -> tuple[Seen | None, int]:
    """Where an episode is about to end, see first who took it and what they did; return what is known then, and its version.

    A senior may take a ticket and close it before anybody looked. Raises `PsaError`.
    """
    if reading.ticket is None or seen is None or not seen.live:
        return seen, version
    verdict = _verdict(services, desk, reading, seen)
    if verdict.act not in (Act.END, Act.WITHDRAW) and verdict.end_earlier is None:
        return seen, version
    with services.database.account(desk.account_id, reading=True) as session:
        handoff = handoffs.open_for_ticket(session, desk.account_id, ticket_id)
    if handoff is None or handoff.response_state not in UNDECIDED:
        return seen, version
    look(services, desk, handoff, ending=True)
    with services.database.account(desk.account_id, reading=True) as session:
        watch = ticket_watch.seen(session, desk.account_id, ticket_id)
        now = seen_of(session, desk.account_id, watch)
    if watch is None or now is None or (now.last_updated, now.episode) != (seen.last_updated, seen.episode):
        return now, version  # another worker has seen the ticket meanwhile: this one reads it again
    return now, watch.version


def _verdict(services: Services, desk: Desk, reading: _Reading, seen: Seen | None) -> Verdict:
    now = services.clock() + desk.clock_ahead
    if reading.ticket is None:
        return reading.missed or rules.deleted(seen or Seen(), now=now)
    return rules.decide(
        seen, reading.ticket, desk.rules, now=now, by_person=reading.by_person, by_claimant=reading.by_claimant
    )


def _decide(
    services: Services, desk: Desk, row: Inbox, reading: _Reading, seen: Seen | None, version: int
) -> list[int]:
    assert row.record_id is not None
    now, verdict = services.clock(), _verdict(services, desk, reading, seen)
    rings = _Rings()
    with services.database.account(desk.account_id) as session:
        stored = _remember(session, desk.account_id, row.record_id, verdict.seen, version)
        if stored:
            rings = _carry_out(session, services, desk, row, reading, verdict, now)
            outcome = f"{verdict.act}: {verdict.why}"
            inbox.finish(session, desk.account_id, row.id, outcome)
        else:
            reason = "another worker saw the ticket meanwhile"
            inbox.retry_later(session, row, at=now, reason=reason)
    crash.point("triage.decided")
    if not stored:
        services.bell.ring("triage", account_id=desk.account_id, inbox_id=row.id)
    for handoff_id in rings.observe:
        services.bell.ring("observe", account_id=desk.account_id, handoff_id=handoff_id)
    log.info("triaged", act=str(verdict.act), why=verdict.why, episode=verdict.episode, handoff_ids=list(rings.publish))
    return list(rings.publish)


def _remember(session: Session, account_id: int, ticket_id: int, seen: Seen, version: int) -> bool:
    if version == 0 and seen == Seen():  # nothing known and nothing to know
        return True
    return ticket_watch.record(
        session,
        account_id,
        ticket_id,
        expected_version=version,
        board_id=seen.board_id,
        status_id=seen.status_id,
        in_escalation=seen.in_escalation,
        left_at=seen.left_at,
        last_updated=seen.last_updated,
        episode=seen.episode,
        gone=seen.gone,
        missing_since=seen.missing_since,
        absent_since=seen.absent_since,
    )


def _carry_out(
    session: Session,
    services: Services,
    desk: Desk,
    row: Inbox,
    reading: _Reading,
    verdict: Verdict,
    now: datetime,
) -> _Rings:
    """Store what the verdict means for the handoffs; return those to publish and those to look at."""
    assert row.record_id is not None
    at = verdict.at or now
    known = {h.episode: h for h in handoffs.by_ticket(session, desk.account_id, row.record_id)}
    current = known.get(verdict.episode)
    if verdict.end_earlier in known:
        earlier = known[verdict.end_earlier]
        handoffs.end(session, desk.account_id, earlier.id, now=now, why="escalated again", happened_at=at)
        spare(session, desk.account_id, earlier.id, "escalated again", now)
    if verdict.act is Act.OPEN and reading.ticket is not None:
        opened = open_episode(
            session, services, desk, ticket=reading.ticket, episode=verdict.episode, at=at, now=now, why=verdict.why,
            end_earlier=verdict.end_earlier, save=reading.save, evidence=reading.evidence, event_id=row.event_id,
        )  # fmt: skip
        return _Rings(publish=(opened.id,) if opened else ())
    if current is None:
        return _Rings()
    due = now + timedelta(seconds=services.settings.intervals.refresh_delay)
    if verdict.act is Act.END:
        handoffs.end(session, desk.account_id, current.id, now=now, why=verdict.why, happened_at=at)
        reason = verdict.why if verdict.why == rules.MISSING else f"the ticket was {verdict.why}"
        spare(session, desk.account_id, current.id, reason, now)
        if reading.closing is not None:
            ending.store(session, services, desk, current.id, reading.closing, now=now)
        return _Rings()
    if verdict.act is Act.WITHDRAW:
        withdraw(session, desk.account_id, current.id, verdict.why, at=at, now=now)
        return _Rings()
    if verdict.act is Act.RESUME:
        handoffs.resume(session, desk.account_id, current.id, due_at=due, escalated_at=at)
    elif verdict.act is Act.REFRESH:
        briefs.ask_refresh(session, desk.account_id, current.id, due_at=due)
    if reading.ticket is not None and (current.board, current.status) != (reading.ticket.board, reading.ticket.status):
        handoffs.stands_in(
            session, desk.account_id, current.id, board=reading.ticket.board, status=reading.ticket.status
        )
    if reading.ticket is None or current.response_state not in UNDECIDED:
        return _Rings()
    _have_it_looked_at(session, desk, current, reading, now)
    return _Rings(observe=(current.id,))


def _have_it_looked_at(
    session: Session, desk: Desk, handoff: Handoff, reading: _Reading, now: datetime
) -> None:
    """Keep this save and the one the callback told of, and have the ticket read for a claim or first action."""
    assert reading.ticket is not None
    if reading.save is not None and reading.save.at >= handoff.escalated_at:
        sightings.add(session, desk.account_id, handoff.id, reading.save, now=now)
    sightings.add(session, desk.account_id, handoff.id, Sighting.of(reading.ticket, read_at=now), now=now)
    claims.ask_observation(session, desk.account_id, handoff.id, due_at=now)


def _refuse(services: Services, row: Inbox, reason: str) -> None:
    now = services.clock()
    with services.database.account(row.account_id) as session:
        inbox.park(session, row.account_id, row.id, reason)
        jobs.raise_alert(
            session, row.account_id, kind=Kind.FORGED, subject=f"{now:%Y-%m-%d}", detail=f"callback {row.id}: {reason}", now=now
        )
    crash.point("triage.refused")
    log.warning("callback_refused", inbox_id=row.id, reason=reason)


def _try_again(services: Services, row: Inbox, error: PsaError) -> None:
    """Give the row back. A wrong key or role waits too: an operator can mend it, and nothing must be lost meanwhile.

    They hear of it by the poll that is refused, or by the callback that stands still while polls pass.
    """
    now = services.clock()
    soon = error.retry and not isinstance(error, gone.Missing)  # which may last for days
    at = next_try(services.settings.intervals, now=now, attempt=row.attempts, error=error, soon=soon)
    with services.database.account(row.account_id) as session:
        if isinstance(error, gone.Missing) and error.new and row.record_id is not None:
            _remember(session, row.account_id, row.record_id, error.seen, error.version)
        inbox.retry_later(session, row, at=at, reason=str(error)[:500])
    crash.point("triage.waits")
    log.warning("triage_waits", error=type(error).__name__, status=error.status, until=at.isoformat())


