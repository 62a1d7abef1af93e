"""Say as plain values how one handoff stands and what its brief holds, for whoever looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from escalation.brief.outline import Limits, View, outline
from escalation.brief.sanitize import inline, printable
from escalation.brief.spans import Clock, span
from escalation.lifecycle import Response
from escalation.package.contents import Package
from escalation.package.stored import UnknownPackageVersion, load
from models.handoff.cards import urgency
from psa.connectwise.links import ticket_url
from psa.outbound.allowed_hosts import Site
from webhooks.authorization import Viewer
from webhooks.claims.claiming import ClaimView
from webhooks.claims.page import ago

MOST_CHIPS = 6


@dataclass(frozen=True, slots=True)
class Shown:
    """One handoff as the template draws it."""

    id: int
    ticket_id: int
    episode: int
    version: str
    """Changes when anything but an age does, so that a page that is up to date is left alone."""
    state: str
    """`open`, `yours`, `taken` or `ended`."""
    urgent: int
    priority: str
    summary: str
    company: str
    board: str
    escalated_by: str
    by_hand: bool
    escalated_at: str
    since: str
    waiting: str
    who: str
    how_long: str
    """Since the claim."""
    acted: str
    """Since the first action; empty before it."""
    starts_with: str
    ended: str
    end_reason: str
    resolved: bool
    url: str
    brief: View | None
    why_no_brief: str
    chips: tuple[str, ...]
    sources: dict[str, str]
    """Who, when and which record, by citation."""

    @property
    def slim(self) -> bool:
        """Tell whether it has been begun or is over, so that the brief makes way for the work."""
        return bool(self.acted) or self.state == "ended"


def shown(view: ClaimView, now: datetime, *, pending: Sequence[str] = ()) -> Shown:
    """Return it as it stands at a moment of ours; ages are told by the PSA's clock, as everything in the ticket is.

    `pending` is what sessions hold as still to be done; without it what the brief says of that.
    """
    handoff, senior = view.handoff, view.senior
    now = senior.psa_time(now)
    package = _package(view)
    brief = outline(package, Limits.all_of(package)) if package else None
    claimed = view.claimed_by.name if view.claimed_by else ""
    moment = Clock(senior.time_zone, now).moment
    return Shown(
        id=handoff.id,
        ticket_id=handoff.ticket_id,
        episode=handoff.episode,
        version=_version(view),
        state=_state(view),
        urgent=urgency(handoff.priority),
        priority=printable(handoff.priority or ""),
        summary=printable(handoff.summary or "") or f"Ticket {handoff.ticket_id}",
        company=printable(handoff.company or ""),
        board=printable(handoff.board or ""),
        escalated_by=printable(view.escalated_by),
        by_hand=handoff.origin == "hand",
        escalated_at=moment(handoff.escalated_at),
        since=handoff.escalated_at.isoformat(),
        waiting=span(now - handoff.escalated_at),
        who=printable(claimed),
        how_long=ago(handoff.claimed_at, now) if handoff.claimed_at else "",
        acted=ago(handoff.acted_at, now) if handoff.acted_at else "",
        starts_with=printable((handoff.read_back or {}).get("text", "")),
        ended=ago(handoff.ended_at, now) if handoff.ended_at else "",
        end_reason=printable(handoff.end_reason or ""),
        resolved=handoff.response_state == Response.RESOLVED,
        url=url_of(senior, handoff.ticket_id),
        brief=brief,
        why_no_brief=_no_brief(handoff.brief_state) if brief is None else "",
        chips=_chips(brief, pending),
        sources={line.cite: line.text for line in brief.sources} if brief else {},
    )


def url_of(senior: Viewer, ticket_id: int) -> str:
    """Return the ticket's address in ConnectWise."""
    site = Site.parse(senior.site, allow_private=senior.allow_private)
    return ticket_url(site, company=senior.company, ticket_id=ticket_id)


def _package(view: ClaimView) -> Package | None:
    if view.handoff.escalation_package is None:
        return None
    try:
        return load(view.handoff.escalation_package)
    except UnknownPackageVersion:  # a worker newer than this process wrote it, in the middle of an upgrade
        return None


def _state(view: ClaimView) -> str:
    if view.is_open:
        return "open"
    if not view.is_taken:
        return "ended"
    return "yours" if view.is_theirs else "taken"


def _version(view: ClaimView) -> str:
    handoff = view.handoff
    parts = (
        handoff.response_state, handoff.claimed_by, handoff.claimed_at, handoff.acted_at, handoff.brief_state,
        handoff.draft_hash, handoff.evidence_fingerprint, bool(handoff.read_back), handoff.priority,
    )  # fmt: skip
    return " ".join(str(part) for part in parts).replace('"', "")


def _no_brief(state: str) -> str:
    if state == "parked":
        return "The brief could not be written; the reason is with whoever runs ResolutionFlow here. The ticket has it all."
    return "The brief is being written. It appears here by itself."


def _chips(brief: View | None, pending: Sequence[str]) -> tuple[str, ...]:
    """Return what one could start with: what the brief says to do first, what is begun and pending, what is suggested."""
    if brief is None:
        return ()
    first: list[str] = [brief.start_here.text] if brief.start_here else []
    first += [inline(text, limit=160) for text in pending] or [line.text for line in brief.still_to_do]
    first += [brief.contingency.action] if brief.contingency else []
    first += brief.assessment.steps if brief.assessment else ()
    return tuple(dict.fromkeys(str(text).rstrip(".") for text in first))[:MOST_CHIPS]
