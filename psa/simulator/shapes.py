"""Records in ConnectWise's own JSON shapes (its OpenAPI document; captured answers for what that leaves open)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Final

from psa.simulator.answers import Record

_HREFS: Final = (
    "activities",
    "scheduleentries",
    "documents",
    "configurations",
    "tasks",
    "notes",
    "products",
    "timeentries",
)


def stamp(moment: datetime) -> str:
    """Return a time as ConnectWise writes it: UTC to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def trail(when: str, by: str) -> Record:
    """Return the `_info` that nearly every record carries; its values are strings only."""
    return {"lastUpdated": when, "updatedBy": by}


def guid(*parts: object) -> str:
    """Return a stable GUID for a record."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "psa-simulator/" + "/".join(map(str, parts))))


def named(record: Record) -> Record:
    """Return a reference of id and name."""
    return {"id": record["id"], "name": record["name"], "_info": {}}


def status_ref(status: Record) -> Record:
    return {"id": status["id"], "name": status["name"], "sort": status["sortOrder"], "_info": {}}


def priority_ref(priority: Record) -> Record:
    return {
        "id": priority["id"],
        "name": priority["name"],
        "sort": priority["sortOrder"],
        "level": priority["level"],
        "_info": {},
    }


def company_ref(company: Record) -> Record:
    return {"id": company["id"], "identifier": company["identifier"], "name": company["name"], "_info": {}}


def contact_name(contact: Record) -> str:
    return f"{contact['firstName']} {contact['lastName']}".strip()


def contact_ref(contact: Record) -> Record:
    return {"id": contact["id"], "name": contact_name(contact), "_info": {}}


def member_name(member: Record) -> str:
    return f"{member['firstName']} {member['lastName']}".strip()


def member_ref(member: Record) -> Record:
    return {
        "id": member["id"],
        "identifier": member["identifier"],
        "name": member_name(member),
        "dailyCapacity": member.get("dailyCapacity"),
        "_info": {},
    }


def ticket_ref(ticket: Record) -> Record:
    return {"id": ticket["id"], "summary": ticket["summary"], "_info": {}}


MAIN: Final = {"id": 2, "name": "Main", "_info": {}}
UTC_ZONE: Final = {"id": 1, "name": "GMT/UTC", "_info": {}}


def board(number: int, name: str, *, project: bool, when: str) -> Record:
    return {
        "id": number,
        "name": name,
        "location": dict(MAIN),
        "department": {"id": 10, "identifier": "Service", "name": "Service", "_info": {}},
        "inactiveFlag": False,
        "sendToContactFlag": True,
        "sendToResourceFlag": True,
        "projectFlag": project,
        "problemSort": "Ascending",
        "resolutionSort": "Ascending",
        "internalAnalysisSort": "Ascending",
        "allSort": "Ascending",
        "billTime": "NoDefault",
        "billExpense": "NoDefault",
        "billProduct": "NoDefault",
        "autoAssignTicketOwnerFlag": False,
        "discussionsLockedFlag": False,
        "timeEntryLockedFlag": False,
        "markFirstNoteIssueFlag": True,
        "connectWiseId": guid("board", number),
        "_info": trail(when, "admin"),
    }


def status(
    number: int, name: str, on: Record, *, order: int, closed: bool, default: bool, when: str
) -> Record:
    return {
        "id": number,
        "name": name,
        "board": named(on),
        "sortOrder": order,
        "displayOnBoard": not closed,
        "inactive": False,
        "closedStatus": closed,
        "timeEntryNotAllowed": False,
        "roundRobinCatchall": False,
        "defaultFlag": default,
        "escalationStatus": "NotResponded" if default else "Resolved" if closed else "Responded",
        "customerPortalDescription": name,
        "customerPortalFlag": False,
        "customStatusIndicatorName": "",
        "saveTimeAsNote": False,
        "connectWiseId": guid("status", number),
        "_info": trail(when, "admin"),
    }


def kind(number: int, name: str, on: Record, *, when: str, default: bool = False) -> Record:
    return {
        "id": number,
        "name": name,
        "category": "Reactive",
        "defaultFlag": default,
        "inactiveFlag": False,
        "requestForChangeFlag": False,
        "board": named(on),
        "connectWiseId": guid("type", number),
        "_info": trail(when, "admin"),
    }


def member(number: int, plain: Record, when: str) -> Record:
    """Return a member; `primaryEmail` is the address, `defaultEmail` only says which field to use."""
    email = plain.get("email")
    return {
        "id": number,
        "identifier": plain["identifier"],
        "disableOnlineFlag": False,
        "licenseClass": plain.get("license", "F"),
        "inactiveFlag": bool(plain.get("inactive")),
        "firstName": plain["first"],
        "middleInitial": "",
        "lastName": plain["last"],
        "title": plain.get("title", ""),
        "hireDate": "2020-01-06T00:00:00Z",
        **({"officeEmail": email, "primaryEmail": email} if email else {}),
        "defaultEmail": "Office",
        "defaultPhone": "Office",
        "officePhone": "",
        "securityRole": {"id": 63, "name": plain.get("role", "Service Desk"), "_info": {}},
        "type": {"id": 1, "name": "Technician", "_info": {}},
        "timeZone": {**UTC_ZONE, "name": plain.get("time_zone", UTC_ZONE["name"])},
        "adminFlag": bool(plain.get("admin")),
        "dailyCapacity": 8.0,
        "structureLevel": {"id": 1, "name": "Corporate", "_info": {}},
        "defaultLocation": dict(MAIN),
        "serviceBoardTeamIds": [],
        "teams": [],
        "hourlyCost": 0.0,
        "hourlyRate": 0.0,
        "companyActivityTabFormat": "SummaryList",
        "invoiceTimeTabFormat": "SummaryList",
        "invoiceScreenDefaultTabFormat": "ShowInvoicingTab",
        "invoicingDisplayOptions": "RemainOnInvoicingScreen",
        "agreementInvoicingDisplayOptions": "RemainOnInvoicingScreen",
        "customFields": [],
        "_info": trail(when, "admin"),
    }


def member_light(full: Record, *, address: bool = True) -> Record:
    """Return a member as /system/info/members and /system/myMembers/info give it, `defaultEmail` a free string."""
    return {
        "id": full["id"],
        "identifier": full["identifier"],
        "firstName": full["firstName"],
        "middleInitial": "",
        "lastName": full["lastName"],
        "fullName": member_name(full),
        "defaultEmail": full.get("primaryEmail", "") if address else full["defaultEmail"],
        "licenseClass": full["licenseClass"],
        "inactiveFlag": full["inactiveFlag"],
        "_info": dict(full["_info"]),
    }


def my_member(full: Record) -> Record:
    """Return a member as /system/myMembers gives it: without the address that the full record may have."""
    return {
        name: value for name, value in full.items() if name not in ("primaryEmail", "teams", "customFields")
    }


def priority(
    number: int, name: str, *, level: str, color: str, order: int, default: bool, when: str
) -> Record:
    return {
        "id": number,
        "name": name,
        "color": color,
        "sortOrder": order,
        "defaultFlag": default,
        "level": level,
        "connectWiseId": guid("priority", number),
        "_info": trail(when, "admin"),
    }


def ticket(number: int, *, summary: str, on: Record, company: Record, when: str, by: str) -> Record:
    """Return a new ticket. It has no top-level dateEntered or lastUpdated: both lie under `_info`."""
    return {
        "id": number,
        "summary": summary,
        "recordType": "ProjectTicket" if on["projectFlag"] else "ServiceTicket",
        "board": named(on),
        "company": company_ref(company),
        "serviceLocation": {"id": 2, "name": "Remote", "_info": {}},
        "severity": "Medium",
        "impact": "Medium",
        "allowAllClientsPortalView": False,
        "customerUpdatedFlag": False,
        "automaticEmailContactFlag": False,
        "automaticEmailResourceFlag": False,
        "automaticEmailCcFlag": False,
        "automaticEmailCc": "",
        "closedFlag": False,
        "actualHours": 0.0,
        "approved": True,
        "subBillingMethod": "ActualRates",
        "resolveMinutes": 0,
        "resPlanMinutes": 0,
        "respondMinutes": 0,
        "isInSla": False,
        "hasChildTicket": False,
        "hasMergedChildTicketFlag": False,
        "billTime": "NoDefault",
        "billExpenses": "NoDefault",
        "billProducts": "NoDefault",
        "location": dict(MAIN),
        "department": {"id": 10, "identifier": "Service", "name": "Service", "_info": {}},
        "mobileGuid": guid("ticket", number),
        "sla": {"id": 1, "name": "Standard", "_info": {}},
        "requestForChangeFlag": False,
        "currency": {"id": 7, "symbol": "$", "currencyCode": "USD", "name": "US Dollars", "_info": {}},
        "escalationStartDateUTC": when,
        "escalationLevel": 0,
        "minutesBeforeWaiting": 0,
        "minutesWaiting": 0,
        "customFields": [],
        "_info": {"lastUpdated": when, "updatedBy": by, "dateEntered": when, "enteredBy": by},
    }


def ticket_hrefs(base: str, number: int) -> dict[str, str]:
    """Return the links a ticket's `_info` carries; the doubled slash is ConnectWise's own."""
    at = f"{base}//apis/3.0/service/tickets/{number}"
    return {f"{name}_href": f"{at}/{name}" for name in _HREFS}


def note(
    number: int, ticket_id: int, text: str, *, flags: tuple[bool, bool, bool], when: str, by: str
) -> Record:
    """Return a note; `flags` are Discussion, Internal, Resolution. The caller adds its member or contact."""
    discussion, internal, resolution = flags
    return {
        "id": number,
        "ticketId": ticket_id,
        "text": text,
        "detailDescriptionFlag": discussion,
        "internalAnalysisFlag": internal,
        "resolutionFlag": resolution,
        "issueFlag": False,
        "customerUpdatedFlag": False,
        "processNotifications": False,
        "dateCreated": when,
        "createdBy": by,
        # A captured Discussion note has internalFlag true: the pair does not tell who can see a note.
        "internalFlag": True,
        "externalFlag": False,
        "_info": trail(when, by),
    }


def picked(source: Record, names: tuple[str, ...]) -> Record:
    """Return the named fields of a record that it has."""
    return {name: source[name] for name in names if source.get(name) is not None}


def task(number: int, ticket_id: int, text: str, *, done: bool, when: str) -> Record:
    """Return a line of a ticket's task list."""
    return {
        "id": number,
        "ticketId": ticket_id,
        "notes": text,
        "closedFlag": done,
        "priority": 1,
        "_info": trail(when, "admin"),
    }


def document(number: int, plain: Record, when: str) -> Record:
    """Return what is known of an attached file."""
    suffix = plain["file"].rpartition(".")[2].lower()
    return {
        "id": number,
        "title": plain["document"],
        "fileName": plain["file"],
        "serverFileName": f"{guid('document', number)}.{suffix}",
        "owner": "admin",
        "linkFlag": False,
        "imageFlag": suffix in ("png", "jpg", "jpeg", "gif"),
        "publicFlag": False,
        "htmlTemplateFlag": False,
        "readOnlyFlag": False,
        "size": plain["size"],
        "urlFlag": False,
        "guid": guid("document", number),
        "createdOnDate": when,
        "_info": trail(when, "admin"),
    }
