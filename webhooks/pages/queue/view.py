"""The queue as plain values: cards in the order to take them, what one can filter by, how many wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from escalation.brief.outline import tally
from escalation.brief.sanitize import inline, printable
from escalation.lifecycle import Brief, Response
from models.handoff import cards
from models.handoff.cards import Card, Show
from models.handoff.opened import opened_by
from webhooks.authorization import Viewer
from webhooks.pages.desk import People, people_of
from webhooks.pages.handoff.view import Facts, facts

SHOWS: tuple[Show, ...] = ("waiting", "mine", "all")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody wants to see."""

    show: Show = "waiting"
    board: str = ""
    company: str = ""
    words: str = ""

    @classmethod
    def of(cls, query: MultiDict[str, str]) -> Chosen:
        """Return what an address asks for; what it asks for wrongly is as good as not asked."""
        show = query.get("show", "waiting")
        short = {name: printable(query.get(name, "")[:100]) for name in ("board", "company")}
        return cls(show if show in SHOWS else "waiting", words=printable(query.get("q", "")[:100]), **short)

    @property
    def narrowed(self) -> bool:
        """Tell whether anything but the kind was chosen."""
        return bool(self.board or self.company or self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCard(Facts):
    """One card as the template draws it."""

    problem: str
    steps: int
    dead_ends: int
    failed: int
    """Of the dead ends, those that failed."""
    has_brief: bool
    no_brief: str
    """What is said where there is none."""
    unread: bool

    @property
    def leaves(self) -> bool:
        """Tell whether it only still says who took it."""
        return self.state in ("taken", "ended")


def page(session: Session, viewer: Viewer, chosen: Chosen, now: datetime) -> dict[str, Any]:
    """Return everything on the page but the opened handoff."""
    boards, companies = cards.choices(session, viewer.account_id, now=now)
    return {**listed(session, viewer, chosen, now), "boards": boards, "companies": companies, "chosen": chosen}


def listed(session: Session, viewer: Viewer, chosen: Chosen, now: datetime) -> dict[str, Any]:
    """Return the cards and how many of them wait for somebody."""
    found = cards.cards(
        session, viewer.account_id, show=chosen.show, member_id=viewer.member_id, now=now, board=chosen.board,
        company=chosen.company, words=chosen.words,
    )  # fmt: skip
    names = people_of(session, viewer)
    read = opened_by(session, viewer.account_id, viewer.member_id, [card.id for card in found])
    shown = [_card(card, viewer, names, viewer.psa_time(now), unread=card.id not in read) for card in found]
    return {"cards": shown, "waiting": sum(card.state == "open" for card in shown), "chosen": chosen, "you": viewer.name}


def _card(card: Card, viewer: Viewer, names: People, now: datetime, *, unread: bool) -> ShownCard:
    state = _state(card, viewer)
    steps, dead_ends, failed = counted = tally(card.steps or (), card.dead_ends or ())
    return ShownCard(
        **facts(card, viewer, now, state=state, has_it=names.person(card.claimed_by), by=names.named(card.escalated_by)),
        version=" ".join(
            map(str, (state, card.claimed_by, card.acted_at, card.brief_state, *counted, card.urgency, card.missing_since))
        ),
        problem=inline(card.problem or "", limit=220),
        steps=steps,
        dead_ends=dead_ends,
        failed=failed,
        has_brief=card.steps is not None and card.brief_state != "pending",
        no_brief=_no_brief(card, state),
        unread=unread and state == "open",
    )


def _no_brief(card: Card, state: str) -> str:
    if card.brief_state == Brief.PARKED:
        return "brief could not be written"
    return "no brief" if state == "ended" else "brief being written"


def _state(card: Card, viewer: Viewer) -> str:
    if card.response_state == Response.OPEN:
        return "open"
    if card.response_state in (Response.RESOLVED, Response.WITHDRAWN):
        return "ended"
    return "yours" if card.claimed_by == viewer.member_id else "taken"
