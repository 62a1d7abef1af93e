"""The MSPs the simulated ConnectWise can hold: plain values for its engine to load.

Everything is fictional. A given `now` always gives the same result.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psa.simulator.msp import (
    customers,
    flagship,
    history,
    people,
    tickets_accounts,
    tickets_machines,
    tickets_network,
    tickets_odd,
)
from psa.simulator.msp import lakeside as second

FLAGSHIP_TICKET = flagship.NUMBER
JUNIOR = "jlind"
SENIOR = "msvensson"
ESCALATED = "Escalated"
CLAIMED = "Assigned to Engineer"
HELP_DESK = "Help Desk"
MINUTES_A_TICKET = 35


def northgate(now: datetime) -> dict[str, Any]:
    """Return Northgate IT, an MSP of a dozen people, as it stands at `now` (aware)."""
    return {
        "company": "northgate",
        "company_name": "Northgate IT Services Ltd",
        "public_key": "nGtPub7Qx2LmVd9R",
        "private_key": "nGtPrv4Zk8HsWc1T",
        "client_id": "5b0c6f1e-7a43-4f0e-9a53-0d7c2f6e1b88",
        "signing_key": "northgate-callback-signing-key-7f3a91",
        "api_member": people.API_MEMBER,
        "boards": people.boards(),
        "members": people.members(),
        "companies": customers.companies(),
        "tickets": _numbered(_northgate_tickets(now)),
    }


def _northgate_tickets(now: datetime) -> list[dict[str, Any]]:
    return [
        *flagship.tickets(now),
        *tickets_network.tickets(),
        *tickets_accounts.tickets(),
        *tickets_machines.tickets(),
        *tickets_odd.tickets(),
        *history.tickets(),
    ]


def lakeside(now: datetime) -> dict[str, Any]:
    """Return Lakeside Computers, a small second tenant with keys, words and people of its own."""
    return {
        "company": "lakeside",
        "company_name": "Lakeside Computers",
        "public_key": "lkSdPub3Ny6QwXe2",
        "private_key": "lkSdPrv8Tb5MrUf0",
        "client_id": "c2d9e7a4-1b36-4c58-8f02-93ab5d10e7f4",
        "signing_key": "lakeside-callback-signing-key-c05d28",
        "api_member": "rflow",
        "boards": second.boards(),
        "members": second.members(),
        "companies": second.companies(),
        "tickets": _numbered(second.tickets()),
    }


def _numbered(tickets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each ticket without an id the one it would have had: this MSP opens a ticket about every 35 minutes."""
    fixed = next(t for t in tickets if t["id"] is not None)
    taken = {fixed["id"]}
    for ticket in sorted(tickets, key=lambda t: -int(t["entered"])):
        if ticket["id"] is None:
            number = fixed["id"] + (fixed["entered"] - ticket["entered"]) // MINUTES_A_TICKET
            while number in taken:
                number += 1
            ticket["id"] = number
            taken.add(number)
    return tickets
