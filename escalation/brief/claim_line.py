"""Say in the brief who has the handoff: one line, as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from escalation.brief.sanitize import Inert, inline
from escalation.brief.spans import Clock

BY: dict[str, str] = {
    "owner": "as the ticket's owner",
    "status": "by moving the ticket",
    "schedule": "by acknowledging the schedule entry",
    "time_entry": "by starting a time entry",
    "note": "by a note",
    "deed": "by a first deed as its owner",
    "link": "by the link in the e-mail",
    "api": "through the API",
}
"""How a claim was made, by its kind."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Who has a handoff, or who had it last."""

    state: Literal["claimed", "acted", "returned"]
    name: str
    """Of the claimant."""
    since: datetime
    """Of the claim, or of its return."""
    kind: str = ""
    """How it was claimed."""
    starts_with: str = ""
    """Their answer to the brief, verbatim."""
    action: str = ""
    """The record that is their first action, such as `note 1207`."""
    acted_at: datetime | None = None
    ran_out: bool = False
    """Whether the claim ended because nothing followed."""
    otherwise: str = ""
    """Who owns the ticket in the PSA, where that is somebody else."""

    @property
    def key(self) -> str:
        """Return what changes when the line has to."""
        return "/".join(str(part) for part in (self.state, self.name, self.since.isoformat(), self.starts_with,
                                               self.action, self.otherwise))  # fmt: skip


def line(standing: Standing, clock: Clock) -> Inert:
    """Return the line for the brief, harmless as Markdown."""
    name, since = inline(standing.name, limit=60), clock.moment(standing.since)
    if standing.state == "returned":
        why = "its claim ran out without a first action" if standing.ran_out else "given back"
        return Inert(f"**Free again** since {since}: {name}, {why}.")
    parts = [f"**Taken by {name}** at {since}"]
    if how := BY.get(standing.kind):
        parts.append(how)
    if standing.acted_at is not None:
        parts.append(f"first action {clock.moment(standing.acted_at)} ({inline(standing.action, limit=60)})")
    text = ", ".join(parts) + "."
    if standing.starts_with:
        text += f' Says: "{inline(standing.starts_with, limit=160)}".'
    if standing.otherwise:
        text += f" ConnectWise shows {inline(standing.otherwise, limit=60)} as the owner."
    return Inert(text)
