"""What a PSA's audit trail says about one ticket, as it was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of an audit trail. ConnectWise documents none of its wording."""

    text: str
    at: datetime | None
    """By the PSA's clock; None where its text is no date."""
    by: str | None = None
    """Login name of whoever caused it."""
    kind: str = ""
    """The PSA's own words for what it is about."""
