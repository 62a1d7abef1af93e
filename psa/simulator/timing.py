"""Time entries and schedule entries: what says who worked when, and who is assigned."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from psa.simulator import shapes
from psa.simulator.answers import Record, inner, invalid, missing_field
from psa.simulator.deeds import mirror_resources, resolve, saved_under, touch
from psa.simulator.world import World

SCHEDULE_TYPES: Final = (
    {"id": 1, "name": "Holiday", "identifier": "H", "systemFlag": True, "_info": {}},
    {"id": 3, "name": "Sales Activity", "identifier": "C", "systemFlag": True, "_info": {}},
    {"id": 4, "name": "Service", "identifier": "S", "systemFlag": True, "_info": {}},
)
_TIME_PLAIN: Final = (
    "timeEnd", "hoursDeduct", "billableOption", "notes", "internalNotes", "addToDetailDescriptionFlag",
    "addToInternalAnalysisFlag", "addToResolutionFlag", "emailResourceFlag", "emailContactFlag", "emailCcFlag",
    "emailCc",
)  # fmt: skip


def hours(start: str, end: str | None) -> float:
    """Return the hours between two stamps, 0 without an end."""
    if not end:
        return 0.0
    seconds = (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
    return round(max(0.0, seconds) / 3600, 2)


def moment(body: Record, name: str, resource: str) -> str:
    """Return a timestamp of a body in ConnectWise's form; refuse what is none."""
    try:
        read = datetime.fromisoformat(str(body[name]))
    except ValueError:
        raise invalid(resource, inner("InvalidField", f"The {name} is not a date.", resource, name)) from None
    return shapes.stamp(read if read.tzinfo else read.replace(tzinfo=UTC))


def create_time(world: World, by: str, body: Record) -> Record:
    """Add a time entry. `timeStart` may lie in the past, `dateEntered` is now."""
    if not body.get("timeStart"):
        raise missing_field("timeEntry", "timeStart")
    wanted = body.get("member") or {"identifier": by}
    member = resolve(world, "members", wanted, resource="timeEntry", name="member")
    ticket = None
    if body.get("chargeToType", "ServiceTicket") in ("ServiceTicket", "ProjectTicket"):
        ticket = world.tables["tickets"].get(body.get("chargeToId") or 0)
        if ticket is None:
            raise invalid(
                "timeEntry", inner("InvalidObject", "The chargeToId is invalid.", "timeEntry", "chargeToId")
            )
    start = moment(body, "timeStart", "timeEntry")
    entry = time_entry(
        world.number("time"), member=member, start=start, ticket=ticket, when=world.stamp(), by=by
    )
    if ticket is None:
        entry.update(shapes.picked(body, ("chargeToId", "chargeToType")))
    _fill_time(entry, body)
    world.add("time", entry, ticket_id=ticket["id"] if ticket else None)
    world.tell("time", "added", entry, by)
    if ticket is not None:
        ticket["actualHours"] = round(ticket["actualHours"] + entry["actualHours"], 2)
        saved_under(world, by, ticket)
    return entry


def time_entry(
    number: int, *, member: Record, start: str, ticket: Record | None, when: str, by: str
) -> Record:
    """Return a time entry in ConnectWise's shape."""
    entry: Record = {
        "id": number,
        "member": shapes.member_ref(member),
        "workType": {"id": 3, "name": "Regular", "_info": {}},
        "workRole": {"id": 11, "name": "Engineer", "_info": {}},
        "timeStart": start,
        "hoursDeduct": 0.0,
        "actualHours": 0.0,
        "billableOption": "Billable",
        "addToDetailDescriptionFlag": False,
        "addToInternalAnalysisFlag": False,
        "addToResolutionFlag": False,
        "emailResourceFlag": False,
        "emailContactFlag": False,
        "emailCcFlag": False,
        "enteredBy": by,
        "dateEntered": when,
        "status": "Open",
        "mobileGuid": shapes.guid("time", number),
        "customFields": [],
        "_info": shapes.trail(when, by),
    }
    if ticket is not None:
        project = ticket["recordType"] == "ProjectTicket"
        entry.update(
            company=ticket["company"],
            chargeToId=ticket["id"],
            chargeToType="ProjectTicket" if project else "ServiceTicket",
            ticket=shapes.ticket_ref(ticket),
            ticketBoard=ticket["board"]["name"],
            ticketStatus=ticket["status"]["name"],
        )
    return entry


def _fill_time(entry: Record, body: Record) -> None:
    entry.update({name: body[name] for name in _TIME_PLAIN if body.get(name) is not None})
    for name in ("timeStart", "timeEnd"):
        if body.get(name):
            entry[name] = moment(body, name, "timeEntry")
    entry["actualHours"] = hours(entry["timeStart"], entry.get("timeEnd")) or float(
        body.get("actualHours") or 0
    )


def change_time(world: World, by: str, entry: Record, changes: Record) -> Record:
    """Change a time entry."""
    _fill_time(entry, changes)
    touch(world, entry, by)
    world.tell("time", "updated", entry, by)
    return entry


def delete_time(world: World, by: str, entry: Record) -> None:
    """Delete a time entry."""
    world.remove("time", entry["id"], ticket_id=entry.get("ticket", {}).get("id"))
    world.tell("time", "deleted", entry, by)


def create_schedule(world: World, by: str, body: Record) -> Record:
    """Assign a member to a ticket for a span of time; the ticket's `resources` follow."""
    kind = _schedule_type(body.get("type"))
    ticket = world.tables["tickets"].get(body.get("objectId") or 0)
    if ticket is None:
        raise invalid(
            "scheduleEntry", inner("InvalidObject", "The objectId is invalid.", "scheduleEntry", "objectId")
        )
    member = resolve(
        world, "members", body.get("member") or {"identifier": by}, resource="scheduleEntry", name="member"
    )
    start = moment(body, "dateStart", "scheduleEntry") if body.get("dateStart") else world.stamp()
    end = moment(body, "dateEnd", "scheduleEntry") if body.get("dateEnd") else start
    number = world.number("schedule")
    entry = schedule_entry(
        number, ticket=ticket, member=member, kind=kind, span=(start, end), when=world.stamp(), by=by
    )
    world.add("schedule", entry, ticket_id=ticket["id"])
    mirror_resources(world, ticket)
    world.audit_change(ticket["id"], "Resources", "", member["identifier"], by=by, when=world.stamp())
    world.tell("schedule", "added", entry, by)
    saved_under(world, by, ticket)
    return entry


def _schedule_type(wanted: Any) -> Record:
    if not wanted:
        raise missing_field("scheduleEntry", "type")
    for kind in SCHEDULE_TYPES:
        if isinstance(wanted, dict) and (
            kind["id"] == wanted.get("id") or kind["identifier"] == wanted.get("identifier")
        ):
            return dict(kind)
    raise invalid("scheduleEntry", inner("InvalidObject", "The type is invalid.", "scheduleEntry", "type"))


def schedule_entry(
    number: int, *, ticket: Record, member: Record, kind: Record, span: tuple[str, str], when: str, by: str
) -> Record:
    """Return a schedule entry in ConnectWise's shape."""
    return {
        "id": number,
        "objectId": ticket["id"],
        "name": f"{ticket['company']['name']} / Ticket# {ticket['id']} / {ticket['summary']}"[:250],
        "member": shapes.member_ref(member),
        "where": {"id": 2, "name": "Remote", "_info": {}},
        "dateStart": span[0],
        "dateEnd": span[1],
        "status": {"id": 2, "name": "Firm", "_info": {}},
        "type": {"id": kind["id"], "identifier": kind["identifier"], "_info": {}},
        "doneFlag": False,
        "acknowledgedFlag": False,
        "ownerFlag": ticket.get("owner", {}).get("id") == member["id"],
        "meetingFlag": False,
        "hours": hours(*span),
        "mobileGuid": shapes.guid("schedule", number),
        "_info": shapes.trail(when, by),
    }


def change_schedule(world: World, by: str, entry: Record, changes: Record) -> Record:
    """Change a schedule entry; acknowledging it stamps the moment."""
    for name in ("dateStart", "dateEnd"):
        if changes.get(name):
            entry[name] = moment(changes, name, "scheduleEntry")
    entry.update(shapes.picked(changes, ("doneFlag", "acknowledgedFlag", "name")))
    if changes.get("member"):
        member = resolve(world, "members", changes["member"], resource="scheduleEntry", name="member")
        entry["member"] = shapes.member_ref(member)
    if entry["acknowledgedFlag"]:
        entry.setdefault("acknowledgedDate", world.stamp())
    entry["hours"] = hours(entry["dateStart"], entry["dateEnd"])
    touch(world, entry, by)
    mirror_resources(world, world.get("tickets", entry["objectId"]))
    world.tell("schedule", "updated", entry, by)
    return entry


def delete_schedule(world: World, by: str, entry: Record) -> None:
    """Take an assignment away."""
    ticket = world.get("tickets", entry["objectId"])
    world.remove("schedule", entry["id"], ticket_id=ticket["id"])
    mirror_resources(world, ticket)
    world.audit_change(
        ticket["id"], "Resources", entry["member"]["identifier"], "", by=by, when=world.stamp()
    )
    world.tell("schedule", "deleted", entry, by)
    saved_under(world, by, ticket)
