"""What each kind of message about a handoff says, and whether it is still worth saying."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal

from escalation.brief.render import opening
from escalation.figures.hours import business_minutes
from escalation.package.stored import load
from models.handoff import endings, handoffs
from models.handoff.deliveries import Delivery
from models.handoff.handoffs import Handoff
from models.memory import runbooks
from worker.mail.handoff import HandoffMail, render_handoff
from worker.mail.response import OfferedAgainMail, TakenMail, render_offered_again, render_taken
from worker.mail.solved import SolvedMail, render_solved
from worker.mail.templates import Rendered
from worker.response.observe import LEFT, RAN_OUT
from worker.response.settle import SOLVED, TAKEN
from worker.wiring import Desk, Services

_OF_SEVERAL = {"Dead end": "Dead ends"}
"""Labels that are in the plural over more than one item."""


def stale(desk: Desk, handoff: Handoff | None, delivery: Delivery) -> str | None:
    """Return why a message need not be sent any more, None if it still must."""
    if handoff is None:
        return "the handoff is gone"
    if delivery.kind == SOLVED:
        return None if desk.tells_junior else "switched off"
    taken = handoff.response_state in ("claimed", "acted")
    if delivery.kind.startswith(TAKEN):
        if not taken:
            return handoff.end_reason or "nobody has it any more"
        return "has it now" if handoff.claimed_by == delivery.recipient_user_id else None
    if handoff.response_state == "open":
        return None
    return f"claimed by {desk.name_of(handoff.claimed_by)}" if taken else handoff.end_reason or handoff.response_state


def letter(services: Services, desk: Desk, handoff: Handoff, delivery: Delivery) -> Rendered:
    """Return the message of a delivery. Raises `ValueError` if an address in it is none."""
    url = services.psa(handoff.account_id).ticket_url(handoff.ticket_id)
    if delivery.kind.startswith(TAKEN):
        return render_taken(_taken(desk, handoff, delivery, url))
    if delivery.kind == SOLVED:
        return render_solved(_solved(services, desk, handoff, delivery, url))
    claim_url = _claim_url(services, desk, handoff, delivery)
    if delivery.kind == "handoff":
        return render_handoff(_first(desk, handoff, delivery, url, claim_url))
    return render_offered_again(_offered(services, desk, handoff, delivery, url, claim_url))


def _claim_url(services: Services, desk: Desk, handoff: Handoff, delivery: Delivery) -> str:
    return services.passes.claim_link(
        services.settings.public_url, account_id=handoff.account_id, handoff_id=handoff.id,
        member_id=delivery.recipient_user_id, epoch=desk.token_epoch, at=delivery.created_at,
    )  # fmt: skip


def _about(desk: Desk, handoff: Handoff, delivery: Delivery, url: str) -> dict[str, Any]:
    """Return what each of them says: to whom, and about which ticket."""
    return {
        "account": desk.name, "ticket_id": handoff.ticket_id, "ticket_url": url, "ticket_summary": _summary(handoff),
        "client": handoff.company or "", "recipient_name": desk.name_of(delivery.recipient_user_id),
        "event_id": handoff.event_id or "",
    }  # fmt: skip


def _first(desk: Desk, handoff: Handoff, delivery: Delivery, url: str, claim_url: str) -> HandoffMail:
    lines = _opening(handoff)
    return HandoffMail(
        **_about(desk, handoff, delivery, url),
        severity=handoff.priority or "",
        clock=_clock(lines, handoff),
        escalated_by=desk.roster.person(handoff.escalated_by).name if handoff.escalated_by else "",
        opening=_labelled(lines[1:]),
        brief_in_ticket=handoff.brief_state == "posted",
        claim_url="" if handoff.dry_run else claim_url,
        episode=handoff.episode,
        withheld=handoff.draft or "" if handoff.dry_run else "",
    )


def _taken(desk: Desk, handoff: Handoff, delivery: Delivery, url: str) -> TakenMail:
    return TakenMail(
        **_about(desk, handoff, delivery, url),
        taken_by=desk.name_of(handoff.claimed_by),
        after=_after(handoff),
        starts_with=(handoff.read_back or {}).get("text", ""),
    )


def _solved(services: Services, desk: Desk, handoff: Handoff, delivery: Delivery, url: str) -> SolvedMail:
    with services.database.account(handoff.account_id, reading=True) as session:
        kept = endings.get(session, handoff.account_id, handoff.id)
        title = runbooks.title_of(session, handoff.account_id, kept.runbook_id) if kept and kept.runbook_id else None
    return SolvedMail(
        **_about(desk, handoff, delivery, url),
        solved_by=desk.name_of(handoff.claimed_by) if handoff.claimed_by else "",
        cause=(kept.cause if kept else None) or "",
        fix=(kept.fix if kept else None) or "",
        step=(kept.step if kept else None) or "",
        step_by=(kept.step_by if kept else None) or "",
        reach=kept.reach if kept else "unknown",
        runbook=title or "",
    )


def _after(handoff: Handoff) -> timedelta | None:
    if handoff.claimed_at is None or handoff.origin == "hand":
        return None
    return max(timedelta(0), handoff.claimed_at - handoff.escalated_at)


def _offered(
    services: Services, desk: Desk, handoff: Handoff, delivery: Delivery, url: str, claim_url: str
) -> OfferedAgainMail:
    lines = _opening(handoff, now=services.clock())
    held_by, minutes, why = _last_return(services, desk, handoff)
    first = next((line.partition(": ")[2] for line in lines if line.startswith("Start here: ")), "")
    return OfferedAgainMail(
        **_about(desk, handoff, delivery, url),
        severity=handoff.priority or "",
        clock=_clock(lines, handoff),
        why=_ENDS.get(why, "given_back"),
        held_by=desk.name_of(held_by) if held_by else "",
        minutes=minutes,
        start_here=first,
        claim_url=claim_url,
        yours=held_by == delivery.recipient_user_id,
    )


_ENDS: dict[str | None, Literal["ran_out", "left"]] = {RAN_OUT: "ran_out", LEFT: "left"}


def _last_return(services: Services, desk: Desk, handoff: Handoff) -> tuple[int | None, int | None, str | None]:
    """Return who had the last claim, for how many business minutes, and why it ended."""
    with services.database.account(handoff.account_id, reading=True) as session:
        moves = [m for m in handoffs.transitions(session, handoff.account_id, handoff.id) if m.machine == "response"]
    back = next((m for m in reversed(moves) if m.to_state == "open" and m.from_state == "claimed"), None)
    claims = [m for m in moves if m.to_state == "claimed" and (back is None or m.id < back.id)]
    if back is None or not claims:
        return None, None, None
    claimed_at: datetime = claims[-1].happened_at
    minutes = round(business_minutes(claimed_at, back.happened_at, desk.calendar))
    return desk.member_id(claims[-1].actor), max(0, minutes), back.why


def _opening(handoff: Handoff, *, now: datetime | None = None) -> list[str]:
    """Return the brief's first lines, with the wait as it is `now` instead of when the brief was written."""
    package = load(handoff.escalation_package) if handoff.escalation_package else None
    if package is None:
        return []
    return opening(replace(package, as_of=now) if now else package)


def _summary(handoff: Handoff) -> str:
    package = load(handoff.escalation_package) if handoff.escalation_package else None
    return (package.summary if package else handoff.summary) or ""


def _clock(lines: list[str], handoff: Handoff) -> str:
    text = lines[0].partition(", ")[2] if lines else ""
    unread = "the ticket can no longer be read in ConnectWise" if handoff.missing_since else ""
    told = "; ".join(filter(None, [text, unread]))
    return told[:1].upper() + told[1:]


def _labelled(lines: list[str]) -> tuple[tuple[str, str | tuple[str, ...]], ...]:
    """Split the brief's first lines at their labels; several lines of one label become its items."""
    found: dict[str, list[str]] = {}
    for line in lines:
        label, _, text = line.partition(": ")
        found.setdefault(label, []).append(text)
    return tuple((label, texts[0]) if len(texts) == 1 else (_OF_SEVERAL.get(label, label), tuple(texts))
                 for label, texts in found.items())  # fmt: skip
