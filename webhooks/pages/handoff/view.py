"""Say as plain values how one handoff stands and what its brief holds, for whoever looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from escalation.brief.outline import Limits, View, outline
from escalation.brief.sanitize import inline, printable
from escalation.brief.spans import Clock, span
from escalation.brief.urgency import urgency
from escalation.lifecycle import Response
from models.handoff.cards import Card
from models.tables import Handoff
from psa.connectwise.links import ticket_url
from psa.outbound.allowed_hosts import Site
from webhooks.authorization import Viewer
from webhooks.claims.claiming import ClaimView, Person
from webhooks.claims.page import ago

MOST_CHIPS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a card and a handoff in full both show of one escalation."""

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
    since: str
    waiting: str
    who: str
    how_long: str
    """Since the claim."""
    ended: str
    missing: str
    """For how long the ticket cannot be read; empty while it can, or once it is over."""
    url: str


def facts(row: Handoff | Card, viewer: Viewer, now: datetime, *, state: str, has_it: Person | None, by: str) -> dict[str, Any]:
    """Return the values of `Facts` but the version. `now` is by the PSA's clock; `by` is the name of who escalated."""
    return {
        "id": row.id,
        "ticket_id": row.ticket_id,
        "episode": row.episode,
        "state": state,
        "urgent": urgency(row.priority),
        "priority": printable(row.priority or ""),
        "summary": printable(row.summary or "") or f"Ticket {row.ticket_id}",
        "company": printable(row.company or ""),
        "board": printable(row.board or ""),
        "escalated_by": printable(by),
        "by_hand": row.origin == "hand",
        "since": row.escalated_at.isoformat(),
        "waiting": span(now - row.escalated_at),
        "who": printable(has_it.name) if has_it else "",
        "how_long": ago(row.claimed_at, now) if row.claimed_at else "",
        "ended": ago(row.ended_at, now) if row.ended_at else "",
        "missing": ago(row.missing_since, now) if row.missing_since and not row.ended_at else "",
        "url": url_of(viewer, row.ticket_id),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown(Facts):
    """One handoff as the template draws it."""

    escalated_at: str
    acted: str
    """Since the first action; empty before it."""
    starts_with: str
    end_reason: str
    resolved: bool
    brief: View | None
    why_no_brief: str
    chips: tuple[str, ...]
    sources: dict[str, str]
    """Who, when and which record, by citation."""
    verdict: str
    """What whoever looks said of the assessment."""
    may_judge: bool

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
    package = view.package
    brief = outline(package, Limits.all_of(package)) if package else None
    return Shown(
        **facts(handoff, senior, now, state=view.state, has_it=view.claimed_by, by=view.escalated_by),
        version=_version(view),
        escalated_at=Clock(senior.time_zone, now).moment(handoff.escalated_at),
        acted=ago(handoff.acted_at, now) if handoff.acted_at else "",
        starts_with=printable((handoff.read_back or {}).get("text", "")),
        end_reason=printable(handoff.end_reason or ""),
        resolved=handoff.response_state == Response.RESOLVED,
        brief=brief,
        why_no_brief=_no_brief(handoff.brief_state) if brief is None else "",
        chips=_chips(brief, pending),
        sources={line.cite: line.text for line in brief.sources} if brief else {},
        verdict=view.verdict,
        may_judge=senior.may_claim and handoff.posted_at is not None,
    )


def url_of(senior: Viewer, ticket_id: int) -> str:
    """Return the ticket's address in ConnectWise."""
    site = Site.parse(senior.site, allow_private=senior.allow_private)
    return ticket_url(site, company=senior.company, ticket_id=ticket_id)


def _version(view: ClaimView) -> str:
    handoff = view.handoff
    parts = (
        handoff.response_state, handoff.claimed_by, handoff.claimed_at, handoff.acted_at, handoff.brief_state,
        handoff.draft_hash, handoff.evidence_fingerprint, bool(handoff.read_back), handoff.priority,
        view.verdict, handoff.missing_since,
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
    first: list[str] = [start.text for start in (brief.start_here, brief.start_otherwise) if start]
    first += [inline(text, limit=160) for text in pending] or [line.text for line in brief.still_to_do]
    first += [brief.contingency.action] if brief.contingency else []
    first += brief.assessment.steps if brief.assessment else ()
    return tuple(dict.fromkeys(str(text).rstrip(".") for text in first))[:MOST_CHIPS]
