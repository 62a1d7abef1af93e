"""What the set-up check reads, and the permission of the security role that each needs.

Permissions as listed by several vendors' set-up guides (System, Security Roles; level All, column Inquire).
Which ones govern callbacks and the audit trail is not documented.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_ONE = {"pageSize": 1}
TICKET = "{ticket}"
"""Stands for a ticket that exists, in `Probe.path` and `Probe.params`."""
_TICKETS = "Service Desk, Service Tickets: Inquire All"


@dataclass(frozen=True, slots=True)
class Probe:
    """One endpoint to try."""

    what: str
    path: tuple[str, ...]
    """Attributes from pyconnectwise's client down to the endpoint."""
    permission: str
    params: dict[str, Any] = field(default_factory=lambda: dict(_ONE))
    may_lack: str = ""
    """What to say where this version of ConnectWise has no such endpoint and the product does without."""

    @property
    def of_a_ticket(self) -> bool:
        """Whether it takes a ticket to try it on."""
        return TICKET in self.path or TICKET in self.params.values()


PROBES: tuple[Probe, ...] = (
    Probe("tickets", ("service", "tickets"), _TICKETS),
    Probe(
        "closed tickets",
        ("service", "tickets"),
        "Service Desk, Close Service Tickets: Inquire All",
        {**_ONE, "conditions": "closedFlag=true", "fields": "id"},
    ),
    Probe("ticket notes", ("service", "tickets", TICKET, "notes"), _TICKETS),
    Probe(
        "notes of merged tickets",
        ("service", "tickets", TICKET, "all_notes"),
        _TICKETS,
        may_lack="not in this version of ConnectWise; the ticket's own notes are read",
    ),
    Probe("tasks", ("service", "tickets", TICKET, "tasks"), _TICKETS),
    Probe(
        "configurations of a ticket",
        ("service", "tickets", TICKET, "configurations"),
        f"{_TICKETS}, and Companies, Configurations: Inquire All",
    ),
    Probe(
        "configurations",
        ("company", "configurations"),
        "Companies, Configurations: Inquire All",
        {**_ONE, "fields": "id"},
    ),
    Probe(
        "documents",
        ("system", "documents"),
        "Companies, Manage Attachments: Inquire All",
        {**_ONE, "recordType": "Ticket", "recordId": TICKET},
    ),
    Probe(
        "time entries",
        ("time", "entries"),
        "Time & Expense, Time Entry: Inquire All",
        {**_ONE, "fields": "id"},
    ),
    Probe("schedule", ("schedule", "entries"), "Service Desk, Resource Scheduling: Inquire All"),
    Probe("boards and statuses", ("service", "boards"), "System, Table Setup (Service Board): Inquire All"),
    Probe(
        "members", ("system", "members"), "System, Member Maintenance: Inquire All", {**_ONE, "fields": "id"}
    ),
    Probe(
        "audit trail",
        ("system", "audittrail"),
        "not documented; try System and Service Desk, Service Tickets: Inquire All. Only `shadow` needs it",
        {**_ONE, "type": "Ticket", "id": TICKET},
    ),
    Probe(
        "callbacks",
        ("system", "callbacks"),
        "not documented; try System, Table Setup and API Reports: Inquire All",
    ),
)
