"""What moved in an account since a place, for whoever listens: each move once, and none left out.

Moves are rows of `transition`, in which an edit of the note is told too, and of `ai_session_step`. They become visible in
another order than they are numbered or stamped in, since transactions overlap; so a place is a moment and the moves around it
that were told already, and reading on from it looks back as far as a transaction may take. A place fits into a line of text
and is all that a listener has to keep.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.tables import AiSession, AiSessionStep, Transition

OVERLAP = timedelta(seconds=30)
"""Longer than any transaction of ours takes from stamping a move to being visible (statements end after 4 s)."""
MOST = 2000
"""Moves read at once; whoever missed more reads their list anew."""
LONGEST = 150
"""Moves that a place names; more make a place that says so, and whoever comes back to it reads their list anew."""
_PLACE = re.compile(r"([0-9]{1,16})(~?)((?:\.[0-9]{1,19})*)")


class NoPlace(ValueError):
    """Not a place of ours."""


@dataclass(frozen=True, slots=True)
class Move:
    """One move of one handoff, or one step recorded on a ticket."""

    id: int
    """Even for a handoff's moves, odd for steps."""
    handoff_id: int | None
    at: datetime
    """When it was recorded, by our clock."""
    ticket_id: int | None = None
    """Of a step."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far somebody has been told."""

    at: datetime
    told: frozenset[int]
    """The moves within `OVERLAP` before `at` that they know of."""
    whole: bool = True
    """Whether `told` names them all."""

    def __str__(self) -> str:
        newest = sorted(self.told, reverse=True)
        cut = "" if self.whole and len(newest) <= LONGEST else "~"
        numbers = "".join(f".{each}" for each in newest[:LONGEST])
        return f"{int(self.at.timestamp() * 1_000_000)}{cut}{numbers}"

    @classmethod
    def read(cls, text: str) -> Place:
        """Return the place that a line says. Raises `NoPlace`."""
        found = _PLACE.fullmatch(text.strip()) if len(text) < 4096 else None
        if found is None:
            raise NoPlace("not a place of ours")
        try:
            at = datetime.fromtimestamp(int(found[1]) / 1_000_000, UTC)
        except (OverflowError, ValueError, OSError):
            raise NoPlace("not a place of ours") from None
        return cls(at, frozenset(int(each) for each in found[3].split(".") if each), not found[2])


def now_at(session: Session, account_id: int, now: datetime) -> Place:
    """Return the place of whoever has just read everything there is, in the same session."""
    since = now - OVERLAP
    query = select(Transition.id).where(Transition.account_id == account_id, Transition.recorded_at > since)
    steps = select(AiSessionStep.id).where(AiSessionStep.account_id == account_id, AiSessionStep.at > since)
    moves = [2 * number for number in session.scalars(query)]
    return Place(now, frozenset([*moves, *(2 * number + 1 for number in session.scalars(steps))]))


def since(session: Session, account_id: int, place: Place, *, now: datetime) -> tuple[list[Move], Place]:
    """Return what moved since a place, in the order it was recorded, and the place behind it.

    At most `MOST` moves and one: whoever gets more than `MOST` was away for too long.
    """
    query = (
        select(Transition.id, Transition.handoff_id, Transition.recorded_at)
        .where(Transition.account_id == account_id, Transition.recorded_at > place.at - OVERLAP)
        .order_by(Transition.recorded_at, Transition.id)
        .limit(MOST + len(place.told) + 1)
    )
    rows = [Move(2 * number, handoff_id, at) for number, handoff_id, at in session.execute(query)]
    rows = sorted([*rows, *_steps(session, account_id, place)], key=lambda move: (move.at, move.id))
    new = [move for move in rows if move.id not in place.told]
    at = max([place.at, now, *(move.at for move in new)])
    told = frozenset(move.id for move in rows if move.at > at - OVERLAP)
    return new, Place(at, told)


def _steps(session: Session, account_id: int, place: Place) -> list[Move]:
    query = (
        select(AiSessionStep.id, AiSession.ticket_id, AiSessionStep.at)
        .join(AiSession, (AiSession.account_id == AiSessionStep.account_id) & (AiSession.id == AiSessionStep.session_id))
        .where(AiSessionStep.account_id == account_id, AiSessionStep.at > place.at - OVERLAP)
        .order_by(AiSessionStep.at, AiSessionStep.id)
        .limit(MOST + len(place.told) + 1)
    )
    return [Move(2 * number + 1, None, at, ticket_id) for number, ticket_id, at in session.execute(query)]
