"""What a step of a session is: a deed with its outcome, what a program said, what was left changed; done or still to do.

Steps are append-only: a correction is a row of its own that names the step it corrects, and the last one counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

Kind = Literal["step", "finding", "reason"]
"""`step` a deed, `finding` what was learned, `reason` why the ticket is escalated."""
State = Literal["done", "pending", "dropped"]
"""`dropped`: nobody will do it, or it was recorded by mistake."""
Outcome = Literal["failed", "no_change", "partial", "worked", "unknown"]

KINDS: tuple[str, ...] = get_args(Kind)
STATES: tuple[str, ...] = get_args(State)
OUTCOMES: tuple[str, ...] = get_args(Outcome)

LONGEST_TEXT = 500
"""Characters of a step's deed, and of what it left changed."""
LONGEST_OUTPUT = 4_000
"""Characters of what a program said."""
MOST_STEPS = 1_000
"""Rows of one session, corrections included."""
MOST_BYTES = 512 * 1024
"""Of one session's texts."""
LARGEST = 4 * (2 * LONGEST_TEXT + LONGEST_OUTPUT)
"""Bytes of a step that is as long as it may be: a session without room for one is full."""
MOST_SESSIONS = 50
"""Of one ticket."""
MOST_A_MINUTE = 120
"""Rows that one member records in a minute, over all sessions."""


@dataclass(frozen=True, slots=True)
class NewStep:
    """A step as it is to be recorded."""

    text: str
    kind: Kind = "step"
    state: State = "done"
    outcome: Outcome = "unknown"
    output: str = ""
    changed: str = ""

    @property
    def size(self) -> int:
        """Bytes of its texts."""
        return sum(len(part.encode(errors="replace")) for part in (self.text, self.output, self.changed))


@dataclass(frozen=True, slots=True)
class Recorded(NewStep):
    """A row: a step, or a correction of one."""

    number: int = 0
    corrects: int | None = None
    member_id: int = 0
    member: str = ""
    """Login name of whoever recorded it."""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Current:
    """A step as it stands now."""

    step: Recorded
    """What counts, under the number of the first row."""
    corrected: int
    """How often it was corrected."""
    into: Recorded
    """The row that brought it into its state: who did it, ticked it or let it be, and when. A later wording is not a deed."""


def current(rows: Sequence[Recorded]) -> list[Current]:
    """Return a session's steps as they stand, by the number of their first rows; `rows` in the order they were recorded.

    A correction of a correction corrects what that one does.
    """
    first: dict[int, int] = {}
    found: dict[int, Current] = {}
    for row in rows:
        root = first.get(row.corrects, row.corrects) if row.corrects is not None else row.number
        first[row.number] = root
        before = found.get(root)
        if before is None:
            found[root] = Current(row, 0, row)
        else:
            into = before.into if before.step.state == row.state else row
            found[root] = Current(_under(row, root), before.corrected + 1, into)
    return [found[number] for number in sorted(found)]


def _under(row: Recorded, number: int) -> Recorded:
    return Recorded(
        row.text, row.kind, row.state, row.outcome, row.output, row.changed, number, row.corrects, row.member_id, row.member,
        row.at,
    )  # fmt: skip
