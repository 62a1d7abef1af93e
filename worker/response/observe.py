"""Look in the PSA for who took a handoff and what they did first.

ConnectWise tells of tickets, time and schedule entries by callbacks, of notes by none, and may lose any of them; so
an unfinished handoff is also read again on a timer. Nothing here writes to the PSA.
"""

from __future__ import annotations

import dataclasses
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.orm import Session

from escalation import rules
from escalation.evidence import Evidence, Ticket
from escalation.lifecycle import UNDECIDED
from escalation.response.claims import ClaimSignal, claim_signals, handed_on
from escalation.response.first_action import first_action, read_back, recorded_steps
from escalation.response.sightings import CLAIMING_ROLES, RESPONSE_VERSION, Sighting
from escalation.rules import GRACE
from models.account import accounts
from models.handoff import briefs, claims, handoffs, sightings
from models.handoff.handoffs import Handoff
from models.work import inbox, ticket_watch
from psa.port import NotFound, PsaError
from worker.gather import transient_gaps
from worker.process import crash
from worker.response.recorded import with_sessions
from worker.response.withdraw import is_away, seen_of, withdraw_if_away
from worker.wiring import Desk, Services

log = structlog.get_logger()

SLOWEST_S = 3600.0
"""However old a handoff is, its ticket is read this often."""
AGE_SHARE = 0.1
"""The pause grows to this share of the handoff's age: what stood still for a day can wait a while longer."""
FAILED_SHARE = 0.1
"""A reading that failed is made again after this share of the pause, so that a claim is not hidden for all of it."""

MARGIN = timedelta(seconds=5)


def observe(services: Services, *, account_id: int, handoff_id: int) -> bool:
    """Read a handoff's ticket again if that is due; return whether its response moved.

    1. Take the reading that is due; should it fail, or this process die, it is made again soon.
    2. Read ticket, notes, time and schedule entries, and set when the next reading is.
    3. Whoever took it first, by the PSA's clock, has it, unless somebody took it by a link or the API before.
    4. The claimant's first qualifying deed ends the wait; a claim without one runs out in its time.
    """
    crash.point("observe.rung")
    desk = services.desk(account_id)
    turn = _take(services, desk, handoff_id)
    crash.point("observe.taken")
    if turn is None:
        return False
    handoff = turn.handoff
    structlog.contextvars.bind_contextvars(event_id=handoff.event_id, ticket_id=handoff.ticket_id)
    try:
        moved, evidence = look(services, desk, handoff, turn=turn)
        if not moved:
            _end_what_is_over(services, desk, handoff, evidence)
        return moved
    except NotFound:
        _ask_triage(services, handoff, saw=None)
        return False
    except PsaError as error:
        log.warning("observation_waits", error=type(error).__name__, status=error.status)
        return False


def _ask_triage(services: Services, handoff: Handoff, *, saw: Ticket | None) -> None:
    """Let triage decide on what the watch has not seen, once for each such state: `saw`, or None of a deleted ticket.

    One that is deleted and not escalated any more is on no list; of one that came back the callback may still be unread.
    """
    now, account_id = services.clock(), handoff.account_id
    with services.database.account(account_id) as session:
        if saw is None and inbox.waits(session, account_id, handoff.ticket_id):
            return
        if saw is None:
            watch = ticket_watch.seen(session, account_id, handoff.ticket_id)
            what = f"vanished/{watch.version if watch else 0}"
        else:
            what = f"seen/{saw.last_updated}/{saw.board_id}/{saw.status_id}/{saw.closed or saw.merged_into}"
        row = inbox.store(
            session, account_id=account_id, event_id=uuid.uuid4().hex, dedupe_key=f"poll/{handoff.ticket_id}/{what}",
            type="ticket", action="updated", record_id=handoff.ticket_id, member_identifier=None, raw=b"", verified=True,
            now=now,
        )  # fmt: skip
    crash.point("observe.asked")
    if row is not None:
        services.bell.ring("triage", account_id=account_id, inbox_id=row)


@dataclass(frozen=True, slots=True)
class _Turn:
    """A reading that was taken."""

    handoff: Handoff
    until: datetime
    """When it is made again, unless it was good."""
    next_at: datetime
    """When the next one is, if it was."""


def _take(services: Services, desk: Desk, handoff_id: int) -> _Turn | None:
    account_id, clock_ahead = desk.account_id, desk.clock_ahead
    now = services.clock()
    with services.database.account(account_id) as session:
        handoff = handoffs.get(session, account_id, handoff_id)
        if handoff is None or handoff.response_state not in UNDECIDED:
            return None
        watch = ticket_watch.seen(session, account_id, handoff.ticket_id)
        left_at = watch.left_at - clock_ahead if watch and watch.left_at else None
        next_at = next_reading(services, handoff, now, left_at=left_at)
        again_s = max(services.settings.intervals.lease, (next_at - now).total_seconds() * FAILED_SHARE)
        until = min(next_at, now + timedelta(seconds=again_s))
        if not claims.take_observation(session, account_id, handoff_id, now=now, next_at=until):
            return None
    return _Turn(handoff, until, next_at)


def next_reading(
    services: Services, handoff: Handoff, now: datetime, *, left_at: datetime | None = None
) -> datetime:
    """Return when a handoff's ticket should next be read, if nothing calls for it before.

    In time for a claim to run out, and for a ticket that left the escalation status unclaimed, at `left_at` by our
    clock, to be withdrawn.
    """
    waits = services.settings.intervals
    shortest = waits.observe if handoff.response_state == "claimed" else waits.observe_open
    age = (now - (handoff.claimed_at or handoff.seen_at)).total_seconds()
    at = now + timedelta(seconds=min(max(shortest, age * AGE_SHARE), max(shortest, SLOWEST_S)))
    # A little later than the rule: clocks differ by what was not measured, and a callback may be on its second try.
    over = left_at + GRACE + MARGIN if left_at else None
    return min(at, *(end for end in (handoff.claim_expires_at, over) if end is not None and end > now), at)


def look(
    services: Services, desk: Desk, handoff: Handoff, *, ending: bool = False, turn: _Turn | None = None
) -> tuple[bool, Evidence]:
    """Read the ticket and store what it shows; return whether the response moved, and what was read.

    With `ending` the episode ends next unless somebody turns out to have taken it. Raises `PsaError`.
    """
    psa = services.psa(desk.account_id)
    read = services.reader.response(psa, handoff.ticket_id, desk.roster, now=services.clock())
    evidence = with_sessions(services, desk, read)
    crash.point("observe.read")
    with services.database.account(desk.account_id) as session:
        moved = _Look(session, desk, handoff.id, evidence, services.clock(), ending=ending).store()
        if turn is not None and not transient_gaps(evidence):
            handoffs.observed(
                session, desk.account_id, handoff.id, taken_until=turn.until, taken_as=turn.handoff.response_state,
                next_at=turn.next_at,
            )  # fmt: skip
    crash.point("observe.stored")
    if moved:
        services.bell.ring("settle", account_id=desk.account_id, handoff_id=handoff.id)
    return moved, evidence


def _end_what_is_over(services: Services, desk: Desk, handoff: Handoff, evidence: Evidence) -> None:
    """Let go of a claim that is over, and withdraw what was left unclaimed; not while something could not be read.

    Nor where the ticket is no longer what the watch says: it may have come back in time.
    """
    handoff_id = handoff.id
    if transient_gaps(evidence):
        return
    if _expire(services, desk, handoff_id):
        services.bell.ring("settle", account_id=desk.account_id, handoff_id=handoff_id)
    if not is_away(services, desk, handoff_id):
        return
    if _is_news(services, desk, evidence.ticket):
        _ask_triage(services, handoff, saw=evidence.ticket)
        return
    with services.database.account(desk.account_id) as session:
        moved = _Look(session, desk, handoff_id, evidence, services.clock(), ending=True).store()
    crash.point("observe.ending")
    if moved:
        services.bell.ring("settle", account_id=desk.account_id, handoff_id=handoff_id)
    else:
        withdraw_if_away(services, desk, handoff_id)


def _is_news(services: Services, desk: Desk, ticket: Ticket) -> bool:
    with services.database.account(desk.account_id, reading=True) as session:
        seen = seen_of(session, desk.account_id, ticket_watch.seen(session, desk.account_id, ticket.id))
    return rules.worth_triage(seen, ticket, desk.rules, us=None)


def _expire(services: Services, desk: Desk, handoff_id: int) -> bool:
    now = services.clock()
    with services.database.account(desk.account_id) as session:
        handoff = handoffs.get(session, desk.account_id, handoff_id)
        if handoff is None or handoff.response_state != "claimed" or handoff.claimed_by is None:
            return False
        at = handoff.claim_expires_at
        if at is not None and at <= now:
            why = RAN_OUT
        elif handoff.claimed_by not in _claimants(session, desk.account_id):
            at, why = now, LEFT
        else:
            return False
        gone = claims.release_claim(
            session, desk.account_id, handoff_id, member_id=handoff.claimed_by, now=now,
            happened_at=at + desk.clock_ahead, why=why,
        )  # fmt: skip
    crash.point("observe.expired")
    if gone:
        log.info("claim_over", handoff_id=handoff_id, member_id=handoff.claimed_by, why=why)
    return gone


def _claimants(session: Session, account_id: int) -> set[int]:
    """Return who may hold a claim now, as the pages let them claim: whoever was promoted since the desk was read is among them.

    So is a member whose own keys we use: the roster takes their saves for ours.
    """
    rows = accounts.roster_rows(session, account_id)
    return {row.id for row in rows if row.active and not row.is_api and row.role in CLAIMING_ROLES}


RAN_OUT = "ran out without a first action"
LEFT = "its claimant is no longer an active engineer or admin"
GIVEN_BACK = "given back"


class _Look:
    """One reading of a ticket against what is stored of its handoff, within one transaction."""

    def __init__(
        self, session: Session, desk: Desk, handoff_id: int, evidence: Evidence, now: datetime, *, ending: bool = False
    ) -> None:
        self.session, self.desk, self.evidence, self.now = session, desk, evidence, now
        self.handoff_id, self.ending = handoff_id, ending
        sightings.add(
            session, desk.account_id, handoff_id, Sighting.of(evidence.ticket, read_at=evidence.read_at), now=now
        )
        self.saves = sightings.of_handoff(session, desk.account_id, handoff_id)

    def store(self) -> bool:
        """Store a claim, its end, a read-back and a first action as far as they are new."""
        claimed = self._claim()
        handed = self._hand_on()
        acted = self._act()
        return claimed or handed or acted

    def _handoff(self) -> Handoff | None:
        return handoffs.get(self.session, self.desk.account_id, self.handoff_id)

    def _claim(self) -> bool:
        handoff = self._handoff()
        if handoff is None or handoff.response_state != "open":
            return False
        returned_at = claims.returned_at(self.session, handoff)
        since = returned_at or handoff.escalated_at
        signals = claim_signals(
            self.evidence,
            seen_before=self._as_it_was(returned_at),
            rules=self.desk.rules,
            roster=self.desk.roster,
            claimable_since=since,
            escalated_by=handoff.escalated_by,
            observed=self.saves,
            # Without a callback nobody is said to have escalated it: it was found as it stood.
            found_late=handoff.escalated_by is None and returned_at is None,
            ending=self.ending,
        )
        return any(self._claim_by(signal) for signal in signals)

    def _as_it_was(self, returned_at: datetime | None) -> Sighting:
        """Return the ticket as it was when it could be claimed: as first seen, or when its last claim ended."""
        if returned_at is None:
            return self.saves[0]  # not the last one of that second: a claim may follow within it
        before = [save for save in self.saves if save.at <= returned_at]
        return before[-1] if before else self.saves[0]

    def _claim_by(self, signal: ClaimSignal) -> bool:
        member_id = self.desk.member_id(signal.member)
        if member_id is None:
            return False
        taken = claims.claim(
            self.session, self.desk.account_id, self.handoff_id, member_id=member_id, now=self.now, kind=signal.kind,
            source=signal.source, happened_at=signal.at, version=RESPONSE_VERSION,
            why=f"claimed by {signal.kind.replace('_', ' ')}: {signal.source}", actor=signal.member,
        )  # fmt: skip
        if taken:
            log.info("claimed", handoff_id=self.handoff_id, kind=signal.kind, member=signal.member, source=signal.source)
        return taken

    def _hand_on(self) -> bool:
        """Give back, or pass to the next owner, what its claimant let go of in the PSA."""
        held = self._held()
        if held is None:
            return False
        on = handed_on(
            self.saves, claimed_by=held.login, claimed_at=held.since, roster=self.desk.roster,
            as_owner=held.kind in ("link", "api"),  # there the owner is ours to set, and may still be another's
        )  # fmt: skip
        if on is None:
            return False
        why = f"handed on in the PSA to {on.to}" if on.to else f"{GIVEN_BACK} in the PSA: no owner any more"
        if on.to:  # who claims it next needs the watch, and the handoff after that
            ticket_watch.hold(self.session, self.desk.account_id, self.evidence.ticket.id)
        let_go = claims.release_claim(
            self.session, self.desk.account_id, self.handoff_id, member_id=held.member_id, now=self.now, why=why,
            happened_at=on.at, actor=on.by,
        )  # fmt: skip
        if let_go and on.to:
            self._claim_by(ClaimSignal("owner", on.to, on.at, f"ticket {self.evidence.ticket.id}, owner"))
        return let_go

    def _act(self) -> bool:
        held = self._held()
        if held is None:
            return False
        self._read_back(held)
        if transient_gaps(self.evidence):
            return False  # an earlier deed may be among what could not be read
        first = max((n for n, save in enumerate(self.saves) if save.at <= held.since), default=0)
        action = first_action(
            self.evidence,
            claimed_by=held.login,
            claimed_at=held.since,
            rules=self.desk.rules,
            roster=self.desk.roster,
            claim_source=held.source,
            observed=self.saves[first:],
            steps=recorded_steps(self.evidence),
        )
        if action is None:
            return False
        acted = claims.mark_acted(
            self.session, self.desk.account_id, self.handoff_id, now=self.now, happened_at=action.at,
            claimed_at=held.since, why=f"{action.source}: {action.why}", actor=held.login, action=plain(action),
        )  # fmt: skip
        if acted:
            briefs.ask_refresh(self.session, self.desk.account_id, self.handoff_id, due_at=self.now)
            log.info("acted", handoff_id=self.handoff_id, kind=action.kind, source=action.source)
        return acted

    def _read_back(self, held: _Held) -> None:
        answer = read_back(self.evidence, member=held.login, since=held.since)
        if answer is not None and claims.note_read_back(
            self.session, self.desk.account_id, self.handoff_id, member_id=held.member_id, answer=plain(answer)
        ):
            briefs.ask_refresh(self.session, self.desk.account_id, self.handoff_id, due_at=self.now)

    def _held(self) -> _Held | None:
        handoff = self._handoff()
        if handoff is None or handoff.response_state != "claimed":
            return None
        if handoff.claimed_by is None or handoff.claimed_at is None:
            return None
        login = self.desk.login(handoff.claimed_by)
        return _Held(handoff.claimed_by, login, handoff.claimed_at, handoff.claim_source, handoff.claim_kind)


@dataclass(frozen=True, slots=True)
class _Held:
    """A claim as it stands."""

    member_id: int
    login: str
    since: datetime
    source: str | None
    kind: str | None


def plain(record: Any) -> dict[str, Any]:
    """Return a small frozen record as JSON values."""
    values = dataclasses.asdict(record)
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in values.items()}
