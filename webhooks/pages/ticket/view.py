"""The pod as plain values: the ticket's handoff, its other episodes, or that there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from escalation.brief.sanitize import inline
from escalation.brief.spans import Clock
from models.handoff import cards
from models.memory import runbooks
from webhooks.authorization import Viewer
from webhooks.claims import keeping, noting, wishing
from webhooks.claims.wishing import NoSuchWish
from webhooks.pages.desk import look
from webhooks.pages.handoff.view import shown
from webhooks.pages.ticket.lanes import Lane, lanes_of


@dataclass(frozen=True, slots=True)
class Episode:
    """One escalation of the ticket, to choose between."""

    number: int
    at: str
    current: bool


def pod(session: Session, viewer: Viewer, *, ticket_id: int, episode: int | None, now: datetime) -> dict[str, Any]:
    """Return the latest handoff of a ticket, or of the episode asked for; `one` is None where there is none."""
    found = cards.episodes(session, viewer.account_id, ticket_id)
    chosen = next((handoff_id for handoff_id, number, _ in found if number == episode), found[0][0] if found else None)
    moment = Clock(viewer.time_zone, viewer.psa_time(now)).moment
    try:
        wish = wishing.look(session, viewer.account_id, ticket_id, now=now)
    except NoSuchWish:
        wish = None
    lanes = lanes_of(session, viewer, ticket_id, now)
    waits = [step.text for lane in lanes for step in lane.pending]
    one = shown(look(session, viewer, chosen), now, pending=waits) if chosen is not None else None
    ended = one is None or one.state == "ended"
    # One that led to a handoff is told by that handoff.
    wish = wish if wish is not None and ended and wish.state != "escalated" else None
    # Whoever has not begun has nothing to write yet.
    begun = one is not None and one.state != "open"
    note = noting.view_of(session, viewer, one.id, now=now, with_draft=False) if one is not None and begun else None
    alike, kept_as = keeping.came_before(session, viewer.account_id, one.id) if one is not None and begun else ([], None)
    wanted = bool(alike) and kept_as is None
    kept = runbooks.title_of(session, viewer.account_id, kept_as) if kept_as is not None else None
    return {
        "note": note,
        "handoff_id": chosen,
        "came_before": alike if wanted else [],
        "kept": kept and inline(kept),
        "kept_as": kept_as,
        "moment": moment,
        "ticket_id": ticket_id,
        "version": f"{one.version if one else 'none'}{f'-{wish.id}-{wish.state}' if wish else ''}"
        f"{f'-{note.state}' if note else ''}{f'-b{kept_as or 0}' if wanted or kept_as else ''}{_versions(lanes)}",
        "lanes": lanes,
        "may_wish": ended and (not found or chosen == found[0][0]),
        "wish": wish,
        "place": "pod",
        "one": one,
        "latest": bool(found) and chosen == found[0][0],
        "episodes": [Episode(number, moment(at), handoff_id == chosen) for handoff_id, number, at in found],
    }


def _versions(lanes: list[Lane]) -> str:
    return "".join(f"-s{lane.id}.{lane.rows}" for lane in lanes)
