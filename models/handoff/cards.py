"""Handoffs as the cards of a queue: what a senior chooses by, and of the packages the problem and the steps alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, String, cast, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from escalation.brief.urgency import urgency
from escalation.lifecycle import Response
from models.tables import Handoff

MOST = 200
"""Cards shown at once. Who has more waiting needs a search and not a longer page."""
GONE_S = 15
"""Seconds for which a card that somebody took still says by whom, for those who were looking at it."""
BACK = timedelta(days=30)
"""How far back `all` goes: as far as the figures do."""

Show = Literal["waiting", "mine", "all"]


@dataclass(frozen=True, slots=True)
class Card:
    """One handoff, as short as it can be chosen by."""

    id: int
    ticket_id: int
    episode: int
    origin: str
    summary: str | None
    company: str | None
    priority: str | None
    board: str | None
    escalated_at: datetime
    escalated_by: str | None
    brief_state: str
    response_state: str
    claimed_by: int | None
    claimed_at: datetime | None
    acted_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    missing_since: datetime | None
    """Since when the ticket cannot be read."""
    problem: str | None
    """The junior's words; None before there is a package."""
    steps: list[dict[str, Any]] | None
    """As the package has them; which of them count is the brief's to say."""
    dead_ends: list[int] | None

    @property
    def urgency(self) -> int:
        """Return 1 for the most urgent."""
        return urgency(self.priority)


def cards(
    session: Session,
    account_id: int,
    *,
    show: Show,
    member_id: int,
    now: datetime,
    board: str = "",
    company: str = "",
    words: str = "",
) -> list[Card]:
    """Return the cards, those in somebody's own hands first, then what waits, the most urgent and oldest first.

    `waiting` is what nobody has, what this member has and did not act on, and for `GONE_S` what was just taken or ended;
    `mine` what this member has; `all` everything of 30 days.
    """
    package = Handoff.escalation_package
    columns: list[Any] = [getattr(Handoff, name) for name in Card.__dataclass_fields__ if hasattr(Handoff, name)]
    columns += [package["problem"]["text"].as_string(), package["steps_attempted"], package["dead_ends_flagged"]]
    query = select(*columns).where(Handoff.account_id == account_id, _shown(show, member_id, now))
    if board:
        query = query.where(Handoff.board == board)
    if company:
        query = query.where(Handoff.company == company)
    if words.strip():
        query = query.where(about(words.strip()[:100]))
    # By the moment, so that a page that is full has left out the newest and not the one that waits longest.
    rows = session.execute(query.order_by(_latest(show), Handoff.id).limit(MOST))
    return sorted((Card(*row) for row in rows), key=lambda card: _place(card, member_id))


def choices(session: Session, account_id: int, *, now: datetime) -> tuple[list[str], list[str]]:
    """Return the boards and the customers one can filter by: those of 30 days."""
    recent = (Handoff.account_id == account_id, Handoff.escalated_at > now - BACK)

    def names(column: InstrumentedAttribute[str | None]) -> list[str]:
        found = select(column).where(*recent, column.is_not(None)).distinct().order_by(column).limit(MOST)
        return [name for name in session.scalars(found) if name]

    return names(Handoff.board), names(Handoff.company)


def episodes(session: Session, account_id: int, ticket_id: int) -> list[tuple[int, int, datetime]]:
    """Return number, episode and moment of every handoff of a ticket, the newest first."""
    query = select(Handoff.id, Handoff.episode, Handoff.escalated_at).where(
        Handoff.account_id == account_id, Handoff.ticket_id == ticket_id
    )
    return [(row.id, row.episode, row.escalated_at) for row in session.execute(query.order_by(Handoff.episode.desc()))]


def _shown(show: Show, member_id: int, now: datetime) -> ColumnElement[bool]:
    held = Handoff.response_state.in_((Response.CLAIMED.value, Response.ACTED.value))
    mine = held & (Handoff.claimed_by == member_id)
    if show == "mine":
        return mine
    if show == "all":
        return Handoff.escalated_at > now - BACK
    since = now - timedelta(seconds=GONE_S)
    gone = (Handoff.claim_observed_at > since) | (Handoff.ended_at > since)
    is_open = Handoff.response_state == Response.OPEN.value
    return or_(is_open, mine & (Handoff.response_state == Response.CLAIMED.value), gone)


def _latest(show: Show) -> ColumnElement[datetime]:
    return Handoff.escalated_at.desc() if show == "all" else Handoff.escalated_at.asc()


def about(words: str) -> ColumnElement[bool]:
    """Return what a search asks: a part of what is shown, or the beginning of the ticket's number."""
    places = (
        Handoff.summary, Handoff.company, Handoff.escalated_by, Handoff.escalation_package["problem"]["text"].as_string()
    )  # fmt: skip
    found = [place.icontains(words, autoescape=True) for place in places]
    number = words.removeprefix("#")
    if number.isascii() and number.isdigit():
        found.append(cast(Handoff.ticket_id, String).startswith(number))
    return or_(*found)


def _place(card: Card, member_id: int) -> tuple[object, ...]:
    ended = card.response_state in (Response.RESOLVED.value, Response.WITHDRAWN.value)
    mine = card.claimed_by == member_id and not ended
    moment = card.escalated_at.timestamp()
    return (not mine, ended, 0 if ended else card.urgency, -moment if ended else moment, card.id)
