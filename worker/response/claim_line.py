"""Tell from the rows who has a handoff, for the line in its brief."""

from __future__ import annotations

from escalation.brief.claim_line import Claimant
from escalation.evidence import Evidence
from escalation.model_reading.opinion import Opinion
from escalation.model_reading.reading import Reading
from escalation.response.sightings import may_claim
from models.handoff import claims, handoffs
from models.handoff.handoffs import Handoff
from worker.response.observe import LEFT, RAN_OUT
from worker.wiring import Desk, Services


def claimant_of(services: Services, desk: Desk, handoff: Handoff, evidence: Evidence) -> Claimant | None:
    """Return who has the handoff or had it last; None if nobody ever had."""
    if handoff.claimed_by is not None and handoff.claimed_at is not None:
        return Claimant(
            state="acted" if handoff.acted_at else "claimed",
            name=desk.name_of(handoff.claimed_by),
            since=handoff.claimed_at,
            kind=handoff.claim_kind or "",
            starts_with=(handoff.read_back or {}).get("text", ""),
            action=(handoff.first_action or {}).get("source", ""),
            acted_at=handoff.acted_at,
            otherwise=_other_owner(desk, handoff, evidence),
        )
    with services.database.account(desk.account_id, reading=True) as session:
        back = claims.returns(session, desk.account_id, handoff.id)
        moves = handoffs.transitions(session, desk.account_id, handoff.id)
    if not back:
        return None
    taken = [move for move in moves if move.machine == "response" and move.to_state == "claimed"]
    return Claimant(
        state="returned",
        name=desk.roster.person(taken[-1].actor).name if taken else "",
        since=back[-1].happened_at,
        ran_out=back[-1].why == RAN_OUT,
        left=back[-1].why == LEFT,
    )


def _other_owner(desk: Desk, handoff: Handoff, evidence: Evidence) -> str:
    owner = evidence.ticket.owner
    if owner is None or not may_claim(owner, desk.roster):
        return ""
    ours = desk.login(handoff.claimed_by)
    return "" if owner.lower() == ours.lower() else desk.roster.person(owner).name


def facts(
    evidence: Evidence, claimant: Claimant | None, reading: Reading | None = None, opinion: Opinion | None = None
) -> str:
    """Return what changes when the brief has to: what was read, by whom, what could not be, what a model thinks, who has it."""
    parts = [evidence.fingerprint()]
    parts += [claimant.key] if claimant is not None else []
    parts += [one.key for one in (reading, opinion) if one is not None]
    parts += sorted(f"not read: {gap.source}" for gap in evidence.gaps)
    return "/".join(parts)
