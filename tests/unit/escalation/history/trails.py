"""Audit trails in wordings that nobody told the program about."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from escalation.history.audit_trail import AuditEntry, Names, Trail, Witnessed

START = datetime(2026, 8, 1, 8, tzinfo=UTC)
STATUSES = (
    "New", "In Progress", "Waiting on Customer", "Escalated", "Escalate to Tier 2", "Assigned", "Assigned to Engineer",
    "Completed", ">Closed - Merged", "Closed",
)  # fmt: skip
NAMES = Names({name.lower(): name for name in STATUSES}, frozenset({"jonas lind", "maja svensson", "jlind"}))

Wording = Callable[[str, str], str]
WORDINGS: dict[str, Wording] = {
    "from to": lambda old, new: f"Status: from {old} to {new}",
    "arrow back": lambda old, new: f"{new} <- {old}",
    "new value": lambda old, new: f"Field Status. New value: {new}. Old value: {old}.",
    "sentence": lambda old, new: f"Jonas Lind set the ticket's status to '{new}'; it was '{old}' before (rev. 17)",
    "table": lambda old, new: f"Status|{old}|{new}|",
    "lines": lambda old, new: f"Field: Status\nBefore: {old}\nAfter: {new}",
    "new first": lambda old, new: f"[{new}] replaces [{old}]",
    "german": lambda old, new: f"Status geändert: alt „{old}“, neu „{new}“",
    "new alone": lambda old, new: f"Status is {new} now",
}  # fmt: skip
WORKING = STATUSES[:7]


Moves = dict[int, list[tuple[str, str]]]


def made(wording: Wording, *, seed: int = 1, tickets: int = 40, noise: bool = True) -> tuple[list[Trail], Moves]:
    """Return trails of tickets that went through some statuses, and what happened to each."""
    chance = random.Random(seed)
    trails, truth = [], {}
    for number in range(tickets):
        at = START + timedelta(hours=3 * number)
        entries = [AuditEntry(f"Ticket #{number} was created.", at, "jlind", "Ticket")]
        status, moves = "New", []
        for _ in range(chance.randint(1, 5)):
            at += timedelta(minutes=chance.randint(1, 90))
            after = chance.choice([name for name in WORKING if name != status])
            moves.append((status, after))
            entries.append(AuditEntry(wording(status, after), at, "jlind", "Ticket"))
            if noise:
                entries.append(AuditEntry("Summary changed: New laptop, In Progress bar stuck", at, "jlind", "Ticket"))
                entries.append(AuditEntry(f"Time entry {chance.randint(1, 9999)} was Completed", at, "jlind", "Ticket"))
            status = after
        entries.append(AuditEntry(wording(status, "Closed"), at + timedelta(hours=1), "maja svensson", "Ticket"))
        moves.append((status, "Closed"))
        trails.append(Trail(number, tuple(entries), "Closed"))
        truth[number] = moves
    return trails, truth


def witness(trails: list[Trail], truth: Moves, wording: Wording) -> list[Witnessed]:
    """Return what we would have seen ourselves of the first move of each ticket."""
    return [
        Witnessed(trail.ticket_id, entry.at, truth[trail.ticket_id][0][1])
        for trail in trails
        for entry in trail.entries
        if entry.at and entry.text == wording(*truth[trail.ticket_id][0])
    ][:20]
