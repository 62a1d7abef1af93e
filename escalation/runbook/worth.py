"""How a runbook did where it was offered, and whether it should be looked at before it is trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Outcome = Literal["worked", "something else did", "cannot tell"]

UNUSED, UNSEEN = timedelta(days=180), timedelta(days=365)
"""So long without a use that worked, and so long since anybody approved it: then it is stale."""
IN_VAIN = 3
"""So many of its last uses in which something else mended it, in a row."""


@dataclass(frozen=True, slots=True)
class Use:
    """One offer, and what came of it; None while the ticket is open."""

    at: datetime
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Worth:
    """What is known of a runbook's uses."""

    offered: int
    worked: int
    something_else: int
    stale: str | None
    """Why it is; None where it is not."""

    def in_words(self) -> str:
        """Return it as a reader wants it: `offered 4 times, worked 3`."""
        if not self.offered:
            return "not offered yet"
        times = "once" if self.offered == 1 else f"{self.offered} times"
        return f"offered {times}, worked {self.worked}"


def worth(uses: Sequence[Use], *, approved_at: datetime | None, now: datetime) -> Worth:
    """Return what a runbook's uses were worth, oldest first."""
    ended = [use for use in uses if use.outcome in ("worked", "something else did")]
    good = [use.at for use in uses if use.outcome == "worked"]
    stale = None
    if len(ended) >= IN_VAIN and all(use.outcome != "worked" for use in ended[-IN_VAIN:]):
        stale = f"something else mended the last {IN_VAIN}"
    elif approved_at is not None and now - approved_at > UNSEEN:
        stale = f"approved {(now - approved_at).days} days ago"
    elif approved_at is not None and now - max([approved_at, *good]) > UNUSED:
        stale = f"no use that worked for {(now - max([approved_at, *good])).days} days"
    return Worth(len(uses), len(good), sum(use.outcome == "something else did" for use in uses), stale)
