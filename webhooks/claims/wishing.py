"""Ask by hand that a ticket be escalated, and see what became of it; knows nothing of HTTP.

The wish is a row, and the worker sets the status in the PSA: what makes the escalation is that status, as if somebody had
set it there. Any member may ask, as any member may set a status.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import structlog
from sqlalchemy.orm import Session

from escalation.lifecycle import Response
from models.account import accounts, dry_runs
from models.database.sessions import Database
from models.handoff import handoffs
from models.work import ticket_watch, wishes
from models.work.wishes import TOO_LATE, Wish
from webhooks.authorization import Pass, require_member
from webhooks.claims.claiming import Person, Rings, person
from worker.process import crash

log = structlog.get_logger()

State = Literal["waiting", "written", "escalated", "failed"]
WAITING = (Response.OPEN.value, Response.CLAIMED.value)


class NoSuchWish(LookupError):
    """Nobody asked for this ticket to be handed off, as far as is still known."""


class CannotBeEscalated(Exception):
    """It is escalated already, or nothing would make it so. Says which; `handoff_id` is the one there is."""

    def __init__(self, message: str, *, handoff_id: int | None = None) -> None:
        super().__init__(message)
        self.handoff_id = handoff_id


@dataclass(frozen=True, slots=True)
class WishView:
    """How a wish stands at this moment."""

    id: int
    ticket_id: int
    state: State
    asked_by: Person
    asked_at: datetime
    outcome: str | None
    """What stands against it, or why it came to nothing."""
    handoff_id: int | None
    dry_run: bool
    """Whether nothing would be posted for it: its board is in dry run, or not known yet while others are."""
    changed: bool = False
    """Whether this very call made it."""


class Wishing:
    """What any member may ask of a ticket. Each raises `TakenBack`, `NotAllowed` and SQLAlchemy's errors."""

    def __init__(self, database: Database, bell: Rings, clock: Callable[[], datetime]) -> None:
        self._database, self._bell, self._clock = database, bell, clock

    def ask(self, who: Pass, ticket_id: int) -> WishView:
        """Store the wish, once while it waits. Raises `CannotBeEscalated`."""
        now = self._clock()
        crash.point("claim.wishing")
        with self._database.account(who.account_id) as session:
            viewer = require_member(session, who)
            _require_possible(session, who.account_id, ticket_id)
            wish_id = wishes.ask(
                session, who.account_id, ticket_id, member_id=viewer.member_id, member=viewer.login, now=now
            )
            view = look(session, who.account_id, ticket_id, now=now, changed=wish_id is not None)
        crash.point("claim.wished")
        if wish_id is not None:
            log.info("wished", account=viewer.account, ticket_id=ticket_id, member_id=viewer.member_id, wish_id=wish_id)
            self._bell.ring("grant", account_id=who.account_id, wish_id=wish_id)
        return view

    def look(self, who: Pass, ticket_id: int) -> WishView:
        """Return how the ticket's last wish stands. Raises `NoSuchWish`."""
        with self._database.account(who.account_id, reading=True) as session:
            require_member(session, who)
            return look(session, who.account_id, ticket_id, now=self._clock())


def look(session: Session, account_id: int, ticket_id: int, *, now: datetime, changed: bool = False) -> WishView:
    """Return how a ticket's last wish stands. Raises `NoSuchWish`."""
    wish = wishes.newest(session, account_id, ticket_id)
    if wish is None:
        raise NoSuchWish(f"ticket {ticket_id}")
    state = _state(wish, now)
    watch = ticket_watch.seen(session, account_id, ticket_id)
    return WishView(
        id=wish.id,
        ticket_id=ticket_id,
        state=state,
        asked_by=person(session, account_id, wish.member_id) or Person(wish.member_id, wish.member, wish.member),
        asked_at=wish.asked_at,
        outcome=TOO_LATE if state == "failed" and wish.ended_at is None else wish.outcome,
        handoff_id=wish.handoff_id,
        dry_run=dry_runs.applies(session, account_id, _board_name(session, account_id, watch.board_id if watch else None)),
        changed=changed,
    )


def _state(wish: Wish, now: datetime) -> State:
    if wish.handoff_id is not None:
        return "escalated"
    if not wishes.waits(wish, now=now):
        return "failed"
    return "waiting" if wish.written_at is None else "written"


def _require_possible(session: Session, account_id: int, ticket_id: int) -> None:
    live = handoffs.open_for_ticket(session, account_id, ticket_id)
    if live is not None and live.response_state in WAITING:
        raise CannotBeEscalated(f"ticket {ticket_id} is escalated already: handoff {live.id}", handoff_id=live.id)
    rows = accounts.statuses(session, account_id)
    boards = {row.board_id for row in rows if row.kind == "escalate"}
    if not boards:
        raise CannotBeEscalated("this account has no escalation status: `resolutionflow account set --escalate-status NAME`")
    watch = ticket_watch.seen(session, account_id, ticket_id)
    if watch is not None and watch.board_id and watch.board_id not in boards:
        name = _board_name(session, account_id, watch.board_id) or f"number {watch.board_id}"
        raise CannotBeEscalated(f"its board ({name}) has no escalation status: `account set --escalate-status NAME` adds one")


def _board_name(session: Session, account_id: int, board_id: int | None) -> str | None:
    return next((row.board for row in accounts.statuses(session, account_id) if row.board_id == board_id), None)
