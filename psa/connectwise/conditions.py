"""ConnectWise's query conditions, of numbers and moments alone: no text of anybody stands in one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

_CHUNK = 120
"""Ids in one list: at 10 digits each, with the longest `fields`, the URL stays under 2,000 characters."""

CHARGED = '(chargeToType="ServiceTicket" or chargeToType="ProjectTicket")'
"""Time charged to a ticket; activities and charge codes share its numbers (OpenAPI)."""


def at(moment: datetime) -> str:
    """Return a moment's literal: UTC, whole seconds, in square brackets."""
    if moment.tzinfo is None:
        raise ValueError("a condition needs an aware datetime: naive ones would silently shift")
    return f"[{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}]"


def any_of(field: str, ids: Sequence[int]) -> str:
    """Return `field in (1,2,3)`."""
    return f"{field} in ({','.join(str(int(i)) for i in ids)})"


def chunks(ids: Sequence[int], size: int = _CHUNK) -> Iterator[Sequence[int]]:
    """Split ids, each once, into lists short enough for one URL."""
    unique = list(dict.fromkeys(ids))
    for start in range(0, len(unique), size):
        yield unique[start : start + size]
