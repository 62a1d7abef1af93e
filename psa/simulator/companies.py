"""Customers in ConnectWise's JSON shapes: companies, contacts, agreements and their machines."""

from __future__ import annotations

from typing import Final

from psa.simulator import shapes
from psa.simulator.answers import Record

_CHANNELS: Final = {
    "Email": {"id": 1, "name": "Email", "_info": {}},
    "Phone": {"id": 2, "name": "Direct", "_info": {}},
}


def full_name(record: Record) -> str:
    """Return first and last name, empty for a record without them."""
    return f"{record.get('firstName', '')} {record.get('lastName', '')}".strip()


def company(number: int, plain: Record, when: str) -> Record:
    """Return a customer."""
    return {
        "id": number,
        "identifier": plain["identifier"],
        "name": plain["name"],
        "status": {"id": 1, "name": "Active", "_info": {}},
        "addressLine1": "",
        "city": plain["sites"][0]["city"] if plain["sites"] else "",
        "phoneNumber": plain["contacts"][0]["phone"] if plain["contacts"] else "",
        "timeZoneSetup": dict(shapes.UTC_ZONE),
        "deletedFlag": False,
        "types": [{"id": 1, "name": "Customer", "_info": {}}],
        "mobileGuid": shapes.guid("company", plain["identifier"]),
        "customFields": [],
        "_info": shapes.trail(when, "admin"),
    }


def contact(number: int, plain: Record, of: Record, when: str) -> Record:
    """Return a contact with its e-mail address and telephone."""
    first, _, last = plain["name"].partition(" ")
    items: list[Record] = []
    for kind, value in (("Email", plain["email"]), ("Phone", plain["phone"])):
        if value:
            items.append(
                {
                    "id": number * 10 + len(items),
                    "type": dict(_CHANNELS[kind]),
                    "value": value,
                    "defaultFlag": True,
                    "communicationType": kind,
                }
            )
    return {
        "id": number,
        "firstName": first,
        "lastName": last,
        "company": shapes.company_ref(of),
        "inactiveFlag": False,
        "defaultPhoneType": "Direct",
        "defaultPhoneNbr": plain["phone"],
        "defaultFlag": False,
        "communicationItems": items,
        "customFields": [],
        "_info": shapes.trail(when, "admin"),
    }


def agreement(number: int, name: str, of: Record, when: str) -> Record:
    """Return an agreement."""
    return {
        "id": number,
        "name": name,
        "type": {"id": 1, "name": "Managed Services", "_info": {}},
        "company": shapes.company_ref(of),
        "startDate": when,
        "noEndingDateFlag": True,
        "cancelledFlag": False,
        "agreementStatus": "Active",
        "sla": {"id": 1, "name": "Standard", "_info": {}},
        "customFields": [],
        "_info": shapes.trail(when, "admin"),
    }


def configuration(number: int, plain: Record, of: Record, when: str) -> Record:
    """Return a machine; fields that nobody filled in are left out."""
    given = {
        "osType": plain.get("os"),
        "ipAddress": plain.get("ip"),
        "modelNumber": plain.get("model"),
        "serialNumber": plain.get("serial"),
        "lastLoginName": plain.get("last_login"),
        "notes": plain.get("notes"),
    }
    kinds = (
        "Workstation",
        "Server",
        "Laptop",
        "Firewall",
        "Switch",
        "Printer",
        "Access Point",
        "Phone",
        "Storage",
    )
    kind = plain["type"]
    return {
        "id": number,
        "name": plain["name"],
        "type": {"id": kinds.index(kind) + 1 if kind in kinds else 99, "name": kind, "_info": {}},
        "status": {"id": 1, "name": "Active", "_info": {}},
        "company": shapes.company_ref(of),
        "deviceIdentifier": shapes.guid("device", number),
        **{name: value for name, value in given.items() if value is not None},
        "activeFlag": True,
        "billFlag": False,
        "questions": [],
        "customFields": [],
        "_info": shapes.trail(when, "admin"),
    }
