"""Open the handoff of an episode: since when it is escalated, by whom, and how the ticket stood then."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from escalation.evidence import Evidence, Ticket
from escalation.response.sightings import Sighting, may_claim, same_login
from escalation.rules import RULES_VERSION
from models.handoff import handoffs, sightings
from models.handoff.handoffs import Handoff
from models.work import wishes
from worker.handoff import ending
from worker.wiring import Desk, Services

CLOCKS_DIFFER = timedelta(seconds=5)
"""By so much the PSA's stamps, which have whole seconds, and what we know of its clock may be apart."""


def open_episode(
    session: Session,
    services: Services,
    desk: Desk,
    *,
    ticket: Ticket,
    episode: int,
    at: datetime,
    now: datetime,
    why: str,
    end_earlier: int | None = None,
    save: Sighting | None = None,
    evidence: Evidence | None = None,
    event_id: str | None = None,
    by_hand: bool = False,
) -> Handoff | None:
    """Open the episode's handoff and return it; None where somebody else has opened it meanwhile.

    `save` is what the callback told of, `evidence` what was read with the ticket where it was worth reading at once.
    Of one handed off `by_hand` nobody set a status; it may be claimed right away.
    """
    save = _escalating(desk, ticket, save)
    before = next((h for h in handoffs.by_ticket(session, desk.account_id, ticket.id) if h.episode < episode), None)
    passed_on = before if before is not None and before.episode == end_earlier else None
    who = None
    if not by_hand:
        who = _wished_by(session, desk, ticket, save) or (save.member if save else _escalator(desk, ticket, passed_on))
    handoff = handoffs.open_handoff(
        session,
        account_id=desk.account_id,
        ticket_id=ticket.id,
        episode=episode,
        escalated_at=save.at if save else at,
        now=now,
        rule_version=RULES_VERSION,
        board=ticket.board,
        status=ticket.status,
        summary=evidence.ticket.summary if evidence else None,
        company=ticket.company,
        priority=ticket.priority,
        escalated_by=who,
        event_id=event_id,
        observe_at=now + timedelta(seconds=0 if by_hand else services.settings.intervals.observe_open),
        calendar_version=desk.calendar.version,
        origin="hand" if by_hand else "status",
        why=why,
        actor="operator" if by_hand else who or "unknown",
    )
    if handoff is None:  # the same episode by another road: whoever opened it publishes it
        return None
    if before is not None:
        ending.came_back(session, before, at=handoff.escalated_at, now=now)
    wishes.fulfil(session, desk.account_id, ticket.id, handoff_id=handoff.id, now=now)
    # As it stood then, so that whoever owned it before has claimed nothing, and as it stands now.
    if save is not None:
        sightings.add(session, desk.account_id, handoff.id, save, now=now)
    sightings.add(session, desk.account_id, handoff.id, Sighting.of(ticket, read_at=now), now=now)
    if evidence is not None:
        handoffs.add_snapshot(session, desk.account_id, handoff.id, evidence, kind="refresh")
    return handoff


def _escalating(desk: Desk, ticket: Ticket, save: Sighting | None) -> Sighting | None:
    """Return the save that the callback told of, if the ticket was escalated by it and nothing older."""
    if save is None or not desk.rules.is_escalation(save.board_id, save.status_id):
        return None
    return save if ticket.last_updated is None or save.at <= ticket.last_updated else None


def _wished_by(session: Session, desk: Desk, ticket: Ticket, save: Sighting | None) -> str | None:
    """Return whose wish it was that our API member set this status; None where it was somebody else's save, or no wish.

    A wish that was written explains the status also where the ticket was saved again since.
    """
    wish = wishes.of_ticket(session, desk.account_id, ticket.id)
    if wish is None or wish.attempted_at is None or wish.status_id != (save.status_id if save else ticket.status_id):
        return None
    at, member = (save.at, save.member) if save else (ticket.last_updated, ticket.updated_by)
    before = at is None or wish.asked_at + desk.clock_ahead <= at + CLOCKS_DIFFER
    ours = same_login(member, desk.api_member) or (save is None and wish.written_at is not None)
    return wish.member if ours and before else None


def _escalator(desk: Desk, ticket: Ticket, passed_on: Handoff | None) -> str | None:
    """Return who saved the ticket last, unless that is a senior: without a callback it may be one who took it since.

    Whoever had the episode that this one ends passes it on, rather than taking up what they had. Who had one that was
    over before may well take the next one too.
    """
    had = desk.login(passed_on.claimed_by) if passed_on is not None and passed_on.claimed_by is not None else None
    senior = may_claim(ticket.updated_by, desk.roster) and not same_login(ticket.updated_by, had)
    return None if senior else ticket.updated_by
