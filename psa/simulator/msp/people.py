"""Northgate's boards and members."""

from __future__ import annotations

from typing import Any

TYPES = ["Incident", "Service Request", "Problem", "Change", "Alert"]


def _statuses(*names: str) -> list[dict[str, Any]]:
    """The first name is the board's default; names that begin with Closed, >Closed or Completed close the ticket."""
    closing = ("Closed", ">Closed", "Completed")
    return [{"name": n, "closed": n.startswith(closing), "default": n == names[0]} for n in names]


def boards() -> list[dict[str, Any]]:
    """Return the four boards; the same status name on two boards is two statuses."""
    return [
        {
            "name": "Help Desk",
            "statuses": _statuses(
                "New", "New (email connector)", "In Progress", "Scheduled", "Waiting on Customer",
                "Customer Replied", "Waiting on Vendor", "Escalate to Tier 2", "Escalated", "Assigned to Engineer",
                "Completed", "Closed", ">Closed - Merged",
            ),
            "types": TYPES,
            "project": False,
            "teams": {"Tier 2": [*ENGINEERS]},
        },
        {
            "name": "Escalations",
            "statuses": _statuses(
                "New", "Assigned to Engineer", "In Progress", "Waiting on Customer", "Waiting on Vendor",
                "Completed", "Closed", ">Closed - Merged",
            ),
            "types": TYPES,
            "project": False,
        },
        {
            "name": "Network/NOC",
            "statuses": _statuses(
                "New", "In Progress", "Waiting on Customer", "Waiting on Carrier", "Escalated",
                "Assigned to Engineer", "Completed", "Closed", ">Closed - Merged",
            ),
            "types": [*TYPES, "Circuit"],
            "project": False,
        },
        {
            "name": "Projects",
            "statuses": _statuses("New", "In Progress", "Waiting on Customer", "Completed", "Closed"),
            "types": ["Change", "Implementation"],
            "project": True,
        },
    ]  # fmt: skip


def _member(
    identifier: str, first: str, last: str, title: str, *, mail: bool = True, license_: str = "F", inactive: bool = False,
    role: str = "Service Desk",
) -> dict[str, Any]:
    return {
        "role": role,
        "time_zone": "GMT/UK Time: Dublin, Edinburgh, Lisbon, London",
        "identifier": identifier,
        "first": first,
        "last": last,
        "email": f"{first}.{last}@northgate.example".lower() if mail else None,
        "license": license_,
        "inactive": inactive,
        "title": title,
    }


ENGINEERS = ("msvensson", "tobrien", "akhan", "rdubois")
API_MEMBER = "resolutionflow"


def members() -> list[dict[str, Any]]:
    """Return everybody; Remy Dubois has no e-mail address, Bryn Wells has left."""
    return [
        _member("jlind", "Jonas", "Lind", "Service Desk Technician"),
        _member("skaur", "Simran", "Kaur", "Service Desk Technician"),
        _member("mbaker", "Molly", "Baker", "Junior Technician"),
        _member("ctanaka", "Chris", "Tanaka", "Service Desk Technician"),
        _member("lpetrov", "Lena", "Petrov", "Junior Technician"),
        _member("msvensson", "Maja", "Svensson", "Senior Engineer, Network"),
        _member("tobrien", "Tom", "O'Brien", "Senior Engineer, Servers and Cloud"),
        _member("akhan", "Adeel", "Khan", "Engineer"),
        _member("rdubois", "Remy", "Dubois", "Field Engineer", mail=False),
        _member("hmoore", "Holly", "Moore", "Dispatcher", role="Dispatch"),
        _member("gnorth", "Gareth", "North", "Managing Director", role="Admin"),
        _member("bwells", "Bryn", "Wells", "Service Desk Technician", inactive=True),
        _member("resolutionflow", "ResolutionFlow", "Integration", "API", mail=False, license_="A", role="API ResolutionFlow"),
    ]
