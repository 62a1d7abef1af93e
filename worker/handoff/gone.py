"""What a 404 is worth of a ticket that the PSA has told of as escalated."""

from __future__ import annotations

import dataclasses
from datetime import datetime

from escalation import rules
from escalation.rules import Seen, Verdict
from models.work.inbox import Inbox
from psa.connectwise.callbacks import CallbackBody
from psa.port import Forbidden, PsaError, Unavailable
from worker.wiring import Desk


class Missing(Unavailable):
    """Nobody deleted the ticket, as far as is known, and it is not there: it is looked for again.

    Holds what is known now, and whether that is `new`: polls ask for a look once for each version of what is known.
    """

    def __init__(self, message: str, *, seen: Seen, version: int, new: bool) -> None:
        super().__init__(message)
        self.seen, self.version, self.new = seen, version, new


def believe(desk: Desk, row: Inbox, body: CallbackBody | None, seen: Seen | None, version: int, *, now: datetime) -> Verdict:
    """Return what a 404 means. Raises `Missing` where it contradicts what told of the ticket, and that may pass.

    It may be too new to be read, or on a board that our role may not read (any more). Taken for a deletion, the escalation
    would be lost without a word; while it waits, `callback stands still` tells of it. A callback that says so is a deletion,
    and what is known to be gone, or was never told of as escalated, contradicts nothing.
    """
    seen, at = seen or Seen(), now + desk.clock_ahead
    if (row.type, row.action) == ("ticket", "deleted") or seen.gone or not (seen.live or _told(desk, row, body)):
        return rules.deleted(seen, now=at)
    verdict = rules.missing(seen, now=at)
    if verdict.seen.gone is None:
        raise Missing(
            f"ticket {row.record_id} was told of as escalated and cannot be read (404), nor as a project ticket: it may be on a "
            "board that the security role of our API member may not read",
            seen=verdict.seen,
            version=version,
            new=verdict.seen != seen,
        )
    return verdict


def refused(desk: Desk, error: Forbidden, seen: Seen | None, version: int, *, now: datetime) -> PsaError:
    """Return a 403 as what is known now where a handoff is live: its ticket cannot be read. However long, it ends nothing."""
    if seen is None or not seen.live:
        return error
    known = dataclasses.replace(seen, missing_since=seen.missing_since or now + desk.clock_ahead, absent_since=None)
    return Missing(str(error), seen=known, version=version, new=known != seen)


def _told(desk: Desk, row: Inbox, body: CallbackBody | None) -> bool:
    """Tell whether the list or the callback that brought a row called its ticket escalated."""
    if body is None:
        return row.dedupe_key.startswith("poll/") and "/vanished/" not in row.dedupe_key
    hint = body.hint if body.type == "ticket" else None
    return hint is not None and desk.rules.is_escalation(hint.board_id or 0, hint.status_id or 0)
