"""The two machines of a handoff, side by side, each as one table.

A senior may claim before the note is posted, so brief and response do not form one line. Whoever moves a
handoff asks `check` first and stores a transition row; nothing else writes these states.
"""

from __future__ import annotations

from enum import StrEnum


class Brief(StrEnum):
    """Where the brief is on its way into the ticket."""

    PENDING = "pending"
    POSTING = "posting"
    """Somebody holds a lease with a fence and may have a POST under way."""
    POSTED = "posted"
    PARKED = "parked"
    """A permanent failure: recorded, shown, alerted; `replay` brings it back."""
    WITHHELD = "withheld"
    """Built, and not posted, since its board is in dry run."""


class Response(StrEnum):
    """Who has it."""

    OPEN = "open"
    CLAIMED = "claimed"
    ACTED = "acted"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"
    """Left the escalation status, was merged, closed or deleted unclaimed; or its ticket could not be followed any more."""


LIVE = (Response.OPEN.value, Response.CLAIMED.value, Response.ACTED.value)
"""In these a handoff still has work ahead of it."""
UNDECIDED = (Response.OPEN.value, Response.CLAIMED.value)
"""In these nothing has been done about it yet."""
ENDED = (Response.RESOLVED.value, Response.WITHDRAWN.value)

BRIEF_MOVES: dict[Brief, frozenset[Brief]] = {
    Brief.PENDING: frozenset({Brief.POSTING, Brief.PARKED}),
    Brief.POSTING: frozenset({Brief.PENDING, Brief.POSTED, Brief.PARKED, Brief.WITHHELD}),
    Brief.POSTED: frozenset(),
    Brief.PARKED: frozenset({Brief.PENDING}),
    Brief.WITHHELD: frozenset(),
}

RESPONSE_MOVES: dict[Response, frozenset[Response]] = {
    Response.OPEN: frozenset({Response.CLAIMED, Response.WITHDRAWN}),
    Response.CLAIMED: frozenset({Response.OPEN, Response.ACTED, Response.RESOLVED, Response.WITHDRAWN}),
    Response.ACTED: frozenset({Response.RESOLVED, Response.WITHDRAWN}),
    Response.RESOLVED: frozenset(),
    Response.WITHDRAWN: frozenset(),
}


class ForbiddenMove(ValueError):
    """The lifecycle has no such move."""


def check_brief(before: Brief, after: Brief) -> None:
    """Raise `ForbiddenMove` unless the brief may go from one state to the other."""
    if after not in BRIEF_MOVES[before]:
        raise ForbiddenMove(f"a brief cannot go from {before} to {after}")


def check_response(before: Response, after: Response) -> None:
    """Raise `ForbiddenMove` unless the response may go from one state to the other."""
    if after not in RESPONSE_MOVES[before]:
        raise ForbiddenMove(f"a response cannot go from {before} to {after}")
