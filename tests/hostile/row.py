"""One line of the table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """What was tried how often, and how often it went wrong."""

    what: str
    tried: int
    wrong: int
    note: str = ""
