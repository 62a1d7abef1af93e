"""What a 404 is worth of a ticket that the PSA has just told of as escalated."""

from __future__ import annotations

from datetime import datetime, timedelta

from escalation.rules import Seen
from models.work.inbox import Inbox
from psa.connectwise.callbacks import CallbackBody
from psa.port import Unavailable
from worker.wiring import Desk

SURE_AFTER = timedelta(days=1)


def believe(desk: Desk, row: Inbox, body: CallbackBody | None, seen: Seen | None, *, now: datetime) -> None:
    """Raise `Unavailable` where a 404 contradicts the list or the callback that called the ticket escalated.

    It may be too new to be read, a project ticket, or on a board that our role may not read. Taken for a deletion, the
    escalation would be lost without a word; while it waits, `callback stands still` tells of it. What was handed off, or is
    known to be gone, contradicts nothing.
    """
    if (seen is not None and (seen.live or seen.gone)) or now - row.received_at > SURE_AFTER:
        return
    if body is None:
        told = row.dedupe_key.startswith("poll/") and "/vanished/" not in row.dedupe_key
    else:
        hint = body.hint if body.type == "ticket" and body.action != "deleted" else None
        told = hint is not None and desk.rules.is_escalation(hint.board_id or 0, hint.status_id or 0)
    if told:
        raise Unavailable(
            f"ticket {row.record_id} was told of as escalated and cannot be read (404): a project ticket, or on a board that "
            "the security role of our API member may not read"
        )
