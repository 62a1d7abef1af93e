"""How long to wait before a try is repeated."""

from __future__ import annotations

import random
import re
from datetime import datetime, timedelta

from psa.port import PsaError
from worker.intervals import Intervals

SOON_S = 45.0
"""The longest wait for what nobody has yet, a callback or a brief: it comes within a minute of the end of an outage."""
_REFUSAL = re.compile(r"[A-Z]\w+ since (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00): ")
_PLAINLY = {
    "Unauthorized": "ConnectWise refuses our keys; whoever runs ResolutionFlow has to enter new ones. Until then do it by hand",
    "Forbidden": "our role in ConnectWise may not do it; an administrator there has to allow it. Until then do it by hand",
}


def next_try(
    waits: Intervals, *, now: datetime, attempt: int, error: Exception | None = None, soon: bool = False
) -> datetime:
    """Return when to try again: as the PSA asked, else doubling from `retry_base` to `retry_cap` with jitter.

    With `soon` to `SOON_S` at most; a PSA that is silent hears no more of it, being set aside.
    """
    asked = error.retry_after if isinstance(error, PsaError) else None
    if asked is not None:
        return now + timedelta(seconds=asked + random.uniform(0.1, 1.0))  # noqa: S311 - spreads load, no secret
    cap = min(waits.retry_cap, SOON_S) if soon else waits.retry_cap
    wait = min(cap, waits.retry_base * 2 ** min(max(attempt, 1) - 1, 20))
    return now + timedelta(seconds=wait * random.uniform(0.5, 1.0))  # noqa: S311


def refusal(error: Exception, *, since: datetime) -> str:
    """Return what is stored of a refusal; `refused_since` reads it."""
    return f"{type(error).__name__} since {since.isoformat(timespec='seconds')}: {error}"[:500]


def refused_since(last_error: str | None, *, now: datetime) -> datetime:
    """Return since when nothing but refusals came: now, where the last error was none."""
    found = _REFUSAL.match(last_error or "")
    return min(now, datetime.fromisoformat(found[1])) if found else now


def plainly(stored: str | None) -> str:
    """Return what is stored of a failure as people read it: of a refusal what it means and what to do."""
    stored = stored or "nobody knows why"
    found = _REFUSAL.search(stored)
    return (
        stored[: found.start()] + _PLAINLY.get(found[0].partition(" ")[0], "ConnectWise refuses it")
        if found
        else stored
    )


def after_refusal(waits: Intervals, *, now: datetime, since: datetime) -> datetime:
    """Return when to ask again for what was refused: after as long as it has lasted `since`, within bounds, with jitter.

    One refusal is no fact yet: good keys are refused for a moment while ConnectWise restarts, and rights come back.
    """
    wait = min(waits.refusal_cap, max(waits.refusal_wait, (now - since).total_seconds()))
    return now + timedelta(seconds=wait * random.uniform(0.8, 1.0))  # noqa: S311
