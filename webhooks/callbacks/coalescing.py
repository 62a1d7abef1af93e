"""One reading for many saves: what a callback about a ticket adds to those that nobody has read yet.

A callback is a hint to read the ticket again. As long as a reading of that ticket is still to begin, it will show what was
saved before, whoever told of it; and a ticket that is saved again and again, by a workflow that echoes or by a mass update,
is read after pauses that grow. The last save is always read: only a reading that is still to come makes a callback needless.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models.handoff import sightings
from models.work import inbox, ticket_watch
from models.work.due import BELL_S
from models.work.inbox import Unread
from psa.connectwise.callbacks import CallbackBody, Malformed, parse

WINDOW = timedelta(minutes=10)
"""So far back the callbacks of a ticket are counted."""
FREE = 2
"""So many callbacks of a ticket that show nothing we tell anything by are read at once (a count)."""
FREE_CHANGES = 10
"""The same for those that tell of another status or owner: a ticket that bounces is no person at work."""
FIRST_PAUSE = 1 / 12
"""Of the longest pause; each is twice the one before."""


@dataclass(frozen=True, slots=True)
class Reading:
    """When a callback's ticket is to be read."""

    pause_s: float = 0.0
    """After so many seconds; 0: now."""
    urgent: bool = True
    """Before what can only tell more of an escalation that is known."""


@dataclass(frozen=True, slots=True)
class Save:
    """One save, as a callback told of it."""

    at: datetime
    member: str | None
    place: tuple[int, int]
    """Board and status."""
    owner: str | None

    def shown_by(self, first: Save) -> bool:
        """Tell whether an earlier save shows all that claims and episodes are told by: status, owner, who, when."""
        # Stamps have whole seconds: of two saves within one, nobody knows which came first.
        before = first.at < self.at or (first.at == self.at and first.member == self.member)
        return before and (first.place, first.owner) == (self.place, self.owner)


def reading(
    session: Session, account_id: int, body: CallbackBody, *, escalates: bool, verified: bool, now: datetime, longest_s: float
) -> Reading | None:
    """Return when to read a callback's ticket; None if a reading that is still to begin will show all it tells of.

    1. What could not be checked is stored: it must neither go by nor stand in for another.
    2. Of saves, one is needless only beside an unread one of the same status and owner that was not saved later.
    3. What shows the status and owner that are known waits longer and longer, up to `longest_s` seconds, from the third
       in ten minutes on. What tells of another status or owner is read at once, unless the ticket bounces.
    """
    assert body.ticket_id is not None
    rows, unread = inbox.lately(session, account_id, body.ticket_id, since=now - WINDOW)
    save = save_of(body)
    if verified and _shown(unread, body, save, now):
        return None
    watch = ticket_watch.seen(session, account_id, body.ticket_id)
    if watch is None:
        return Reading()
    known = sightings.newest(session, account_id, body.ticket_id)
    same_place = save is not None and save.place == (watch.board_id, watch.status_id)
    echo = same_place and not _ends(body) and (known is None or save is None or known.owner == save.owner)
    beyond = rows - (FREE if echo else FREE_CHANGES)
    pause_s = 0.0 if beyond < 0 else longest_s * min(1.0, FIRST_PAUSE * 2 ** min(beyond, 10))
    return Reading(pause_s, urgent=escalates and not watch.in_escalation)


def save_of(body: CallbackBody) -> Save | None:
    """Return the save that a callback tells of; None where it says too little to compare."""
    hint = body.hint if body.type == "ticket" and body.action != "deleted" else None
    if hint is None or not hint.last_updated or hint.board_id is None or hint.status_id is None:
        return None
    try:
        at = datetime.fromisoformat(hint.last_updated)
    except ValueError:
        return None
    return Save(at, hint.updated_by, (hint.board_id, hint.status_id), hint.owner) if at.tzinfo else None


def _shown(unread: Iterable[Unread], body: CallbackBody, save: Save | None, now: datetime) -> bool:
    """Tell whether an unread callback of the ticket makes this one needless."""
    if body.action == "deleted" or _ends(body):
        return False
    soon = now + timedelta(seconds=BELL_S)
    for row in unread:
        is_soon = row.next_attempt_at is not None and row.next_attempt_at <= soon
        if body.type != "ticket":  # an entry of time may be a claim, and waits for no pause
            if is_soon:
                return True
        elif save is not None and (is_soon or not row.given_back):
            first = _save_of_row(row)
            if first is not None and save.shown_by(first):
                return True
    return False


def _save_of_row(row: Unread) -> Save | None:
    try:
        return save_of(parse(row.raw)) if row.raw else None
    except Malformed:
        return None


def _ends(body: CallbackBody) -> bool:
    return bool(body.hint and body.hint.closed)
