"""Say in the brief who has the handoff: one line, as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from escalation.brief.sanitize import Inert, in_quotes, inline
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
class Claimant:
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
    left: bool = False
    """Whether it ended because they are not one of those who claim any more."""
    otherwise: str = ""
    """Who owns the ticket in the PSA, where that is somebody else."""

    @property
    def key(self) -> str:
        """Return what changes when the line has to."""
        return "/".join(str(part) for part in (self.state, self.name, self.since.isoformat(), self.starts_with,
                                               self.action, self.otherwise))  # fmt: skip


def line(claimant: Claimant, clock: Clock) -> Inert:
    """Return the line for the brief, harmless as Markdown."""
    name, since = inline(claimant.name, limit=60), clock.moment(claimant.since)
    if claimant.state == "returned":
        why = "its claim ran out without a first action" if claimant.ran_out else "given back"
        why = "who had it, is no longer an active engineer or admin" if claimant.left else why
        return Inert(f"**Free again** since {since}: {name}, {why}.")
    parts = [f"**Claimed by {name}** at {since}"]
    if how := BY.get(claimant.kind):
        parts.append(how)
    if claimant.acted_at is not None:
        parts.append(f"first action {clock.moment(claimant.acted_at)} ({inline(claimant.action, limit=60)})")
    text = ", ".join(parts) + "."
    if claimant.starts_with:
        text += f' Says: {in_quotes(inline(claimant.starts_with, limit=160))}.'
    if claimant.otherwise:
        text += f" ConnectWise shows {inline(claimant.otherwise, limit=60)} as the owner."
    return Inert(text)
