"""What the set-up check reads, and the permission of the security role that each needs.

Permissions as listed by several vendors' set-up guides (System, Security Roles; level All, column Inquire).
Which ones govern callbacks and the audit trail is not documented.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from psa.connectwise.answers import internal_note, replacing

_ONE = {"pageSize": 1}
TICKET = "{ticket}"
"""Stands for a ticket that exists, in `Probe.path` and `Probe.params`."""
NOWHERE = 2_147_483_647
"""The number of no ticket, note, callback or pod: what is tried on it changes nothing, whoever may do it."""

_TICKETS = "Service Desk, Service Tickets: Inquire All"
_CLOSED = "Service Desk, Close Service Tickets: Inquire All"
_CONFIGURATIONS = "Companies, Configurations: Inquire All"
_CALLBACKS = "System, Table Setup, and where that is not enough API Reports (ConnectWise documents neither)"
_HOSTED = "System, Table Setup (General, Manage Hosted API)"


@dataclass(frozen=True, slots=True)
class Probe:
    """One endpoint to try."""

    what: str
    path: tuple[str, ...]
    """Attributes from pyconnectwise's client down to the endpoint."""
    needs: tuple[str, ...]
    """The rights it takes, as the security role's screen calls them: module, function: column and level."""
    params: dict[str, Any] = field(default_factory=lambda: dict(_ONE))
    may_lack: str = ""
    """What to say where this version of ConnectWise has no such endpoint and the product does without."""

    @property
    def permission(self) -> str:
        """Return the rights it takes, in words."""
        return ", and ".join(self.needs)

    @property
    def of_a_ticket(self) -> bool:
        """Whether it takes a ticket to try it on."""
        return TICKET in self.path or TICKET in self.params.values()


PROBES: tuple[Probe, ...] = (
    Probe("tickets", ("service", "tickets"), (_TICKETS,)),
    Probe(
        "closed tickets",
        ("service", "tickets"),
        (_TICKETS, _CLOSED),
        {**_ONE, "conditions": "closedFlag=true", "fields": "id"},
    ),
    Probe("ticket notes", ("service", "tickets", TICKET, "notes"), (_TICKETS,)),
    Probe(
        "notes of merged tickets",
        ("service", "tickets", TICKET, "all_notes"),
        (_TICKETS,),
        may_lack="not in this version of ConnectWise; the ticket's own notes are read",
    ),
    Probe("tasks", ("service", "tickets", TICKET, "tasks"), (_TICKETS,)),
    Probe(
        "configurations of a ticket",
        ("service", "tickets", TICKET, "configurations"),
        (_TICKETS, _CONFIGURATIONS),
    ),
    Probe(
        "configurations",
        ("company", "configurations"),
        (_CONFIGURATIONS,),
        {**_ONE, "fields": "id"},
    ),
    Probe(
        "documents",
        ("system", "documents"),
        ("Companies, Manage Attachments: Inquire All",),
        {**_ONE, "recordType": "Ticket", "recordId": TICKET},
    ),
    Probe(
        "time entries",
        ("time", "entries"),
        ("Time & Expense, Time Entry: Inquire All",),
        {**_ONE, "fields": "id"},
    ),
    Probe("schedule", ("schedule", "entries"), ("Service Desk, Resource Scheduling: Inquire All",)),
    Probe("boards and statuses", ("service", "boards"), ("System, Table Setup (Service Board): Inquire All",)),
    Probe(
        "members", ("system", "members"), ("System, Member Maintenance: Inquire All",), {**_ONE, "fields": "id"}
    ),
    Probe(
        "audit trail",
        ("system", "audittrail"),
        ("not documented; try System and Service Desk, Service Tickets: Inquire All. Only `setup` and `shadow` need it",),
        {**_ONE, "type": "Ticket", "id": TICKET},
    ),
    Probe("callbacks", ("system", "callbacks"), (f"{_CALLBACKS}: Inquire All",)),
    Probe("hosted pods", ("system", "connectwisehostedsetups"), (f"{_HOSTED}: Inquire All",)),
)


@dataclass(frozen=True, slots=True)
class Trial:
    """One write, tried where there is nothing to write to."""

    what: str
    method: str
    path: tuple[str | int, ...]
    needs: str
    body: Any = None


TRIALS: tuple[Trial, ...] = (
    Trial(
        "adding notes", "POST", ("service", "tickets", NOWHERE, "notes"), "Service Desk, Service Tickets: Add All",
        internal_note("a trial of rights, on no ticket"),
    ),
    Trial(
        "editing notes", "PATCH", ("service", "tickets", NOWHERE, "notes", NOWHERE), "Service Desk, Service Tickets: Edit All",
        replacing("text", "a trial of rights, on no ticket"),
    ),
    Trial(
        "removing notes", "DELETE", ("service", "tickets", NOWHERE, "notes", NOWHERE),
        "Service Desk, Service Tickets: Delete All (else a repeated or visible note of ours stays)",
    ),
    Trial("registering callbacks", "DELETE", ("system", "callbacks", NOWHERE), f"{_CALLBACKS}: Add, Edit, Delete All"),
    Trial("placing pods", "DELETE", ("system", "connectwisehostedsetups", NOWHERE), f"{_HOSTED}: Add, Edit, Delete All"),
)  # fmt: skip
