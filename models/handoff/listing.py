"""Handoffs as a list: newest first, in pages that stay the same while new ones arrive."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.handoff.cards import about
from models.tables import Handoff

MOST = 200
"""Rows of one page, at most."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the last row's moment and number."""

    escalated_at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Listed:
    """One handoff without its package, draft and evidence, which are large."""

    id: int
    ticket_id: int
    episode: int
    origin: str
    summary: str | None
    company: str | None
    priority: str | None
    board: str | None
    status: str | None
    domain: str | None
    escalated_at: datetime
    escalated_by: str | None
    brief_state: str
    posted_at: datetime | None
    escalation_package_external_id: int | None
    response_state: str
    claimed_by: int | None
    claimed_at: datetime | None
    claim_kind: str | None
    acted_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    missing_since: datetime | None


_COLUMNS = [getattr(Handoff, name) for name in Listed.__dataclass_fields__]


def newest(
    session: Session,
    account_id: int,
    *,
    states: Collection[str] = (),
    since: datetime | None = None,
    ticket_id: int | None = None,
    claimed_by: int | None = None,
    board: str | None = None,
    company: str | None = None,
    words: str | None = None,
    after: Place | None = None,
    limit: int = 50,
) -> list[Listed]:
    """Return handoffs by the moment of escalation, the newest first, `limit` at most.

    `states` are those of the response; none means all. `claimed_by` is a member; `board` and `company` are whole names,
    `words` a part of what a card shows, or the beginning of a ticket's number. `after` continues behind a row, found by
    index however far down it is.
    """
    query = select(*_COLUMNS).where(Handoff.account_id == account_id)
    if states:
        query = query.where(Handoff.response_state.in_(sorted(states)))
    if since is not None:
        query = query.where(Handoff.escalated_at >= since)
    if ticket_id is not None:
        query = query.where(Handoff.ticket_id == ticket_id)
    if claimed_by is not None:
        query = query.where(Handoff.claimed_by == claimed_by)
    if board is not None:
        query = query.where(Handoff.board == board)
    if company is not None:
        query = query.where(Handoff.company == company)
    if words is not None:
        query = query.where(about(words))
    if after is not None:
        earlier = Handoff.escalated_at < after.escalated_at
        same = (Handoff.escalated_at == after.escalated_at) & (Handoff.id < after.id)
        query = query.where(Handoff.escalated_at <= after.escalated_at, earlier | same)
    ordered = query.order_by(Handoff.escalated_at.desc(), Handoff.id.desc()).limit(min(limit, MOST))
    return [Listed(*row) for row in session.execute(ordered)]
