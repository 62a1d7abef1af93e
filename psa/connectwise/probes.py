"""What the set-up check reads, and the permission of the security role that each needs.

Permissions as listed by several vendors' set-up guides (System, Security Roles; level All, column Inquire).
Which ones govern callbacks and the audit trail is not documented.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_ONE = {"pageSize": 1}


@dataclass(frozen=True, slots=True)
class Probe:
    """One endpoint to try."""

    what: str
    path: tuple[str, ...]
    """Attributes from pyconnectwise's client down to the endpoint."""
    permission: str
    params: dict[str, Any] = field(default_factory=lambda: dict(_ONE))


PROBES: tuple[Probe, ...] = (
    Probe("system", ("system", "info"), "none beyond a valid login", {}),
    Probe("tickets", ("service", "tickets"), "Service Desk, Service Tickets: Inquire All"),
    Probe(
        "closed tickets",
        ("service", "tickets"),
        "Service Desk, Close Service Tickets: Inquire All",
        {**_ONE, "conditions": "closedFlag=true", "fields": "id"},
    ),
    Probe("boards and statuses", ("service", "boards"), "System, Table Setup (Service Board): Inquire All"),
    Probe(
        "members", ("system", "members"), "System, Member Maintenance: Inquire All", {**_ONE, "fields": "id"}
    ),
    Probe(
        "time entries",
        ("time", "entries"),
        "Time & Expense, Time Entry: Inquire All",
        {**_ONE, "fields": "id"},
    ),
    Probe("schedule", ("schedule", "entries"), "Service Desk, Resource Scheduling: Inquire All"),
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
        {**_ONE, "recordType": "Ticket", "recordId": 1},
    ),
    Probe(
        "audit trail",
        ("system", "audittrail"),
        "not documented; try System and Service Desk, Service Tickets: Inquire All. Only `shadow` needs it",
        {**_ONE, "type": "Ticket", "id": 1},
    ),
    Probe(
        "callbacks",
        ("system", "callbacks"),
        "not documented; try System, Table Setup and API Reports: Inquire All",
    ),
)
