"""How long to wait before a try is repeated."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from psa.port import PsaError
from worker.intervals import Intervals


def next_try(waits: Intervals, *, now: datetime, attempt: int, error: Exception | None = None) -> datetime:
    """Return when to try again: as the PSA asked, else doubling from `retry_base` to `retry_cap` with jitter."""
    asked = error.retry_after if isinstance(error, PsaError) else None
    if asked is not None:
        return now + timedelta(seconds=asked + random.uniform(0.1, 1.0))  # noqa: S311 - spreads load, no secret
    wait = min(waits.retry_cap, waits.retry_base * 2 ** min(max(attempt, 1) - 1, 20))
    return now + timedelta(seconds=wait * random.uniform(0.5, 1.0))  # noqa: S311


def after_refusal(waits: Intervals, *, now: datetime, since: datetime) -> datetime:
    """Return when to ask again for what was refused: after as long as it has lasted `since`, within bounds, with jitter.

    One refusal is no fact yet: good keys are refused for a moment while ConnectWise restarts, and rights come back.
    """
    wait = min(waits.refusal_cap, max(waits.refusal_wait, (now - since).total_seconds()))
    return now + timedelta(seconds=wait * random.uniform(0.8, 1.0))  # noqa: S311
