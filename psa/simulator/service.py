"""The service desk's answers: tickets and what lies under them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from psa.simulator import deeds, notes, shapes
from psa.simulator.answers import Answer, Record, bad_request, inner, invalid, missing_field, not_found
from psa.simulator.boards import SETUP_FIELDS
from psa.simulator.routing import GONE, Call, Routes
from psa.simulator.wire import Request

_INFO: Final = frozenset({"_info", "lastUpdated", "updatedBy", "dateEntered", "enteredBy"})
TICKET_FIELDS: Final = deeds.WRITABLE | _INFO | frozenset(
    {
        "dateResolved", "dateResplan", "dateResponded", "resolvedBy", "resplanBy", "respondedBy", "sla", "location",
        "department", "workRole", "workType", "currency", "agreementType", "escalationLevel", "minutesWaiting",
        "escalationStartDateUTC", "respondByGoalUTC", "resplanGoalUTC", "resolutionGoalUTC", "subBillingMethod",
        "resolveMinutes", "resPlanMinutes", "respondMinutes", "project", "phase", "minutesBeforeWaiting",
    }
)  # fmt: skip
NOTE_FIELDS: Final = _INFO | frozenset(
    {
        "id", "ticketId", "text", "detailDescriptionFlag", "internalAnalysisFlag", "resolutionFlag", "issueFlag",
        "member", "contact", "customerUpdatedFlag", "processNotifications", "dateCreated", "createdBy", "internalFlag",
        "externalFlag", "sentimentScore",
    }
)  # fmt: skip
ALL_NOTE_FIELDS: Final = NOTE_FIELDS | {"noteType", "timeStart", "timeEnd", "ticket", "originalAuthor"}
TASK_FIELDS: Final = _INFO | {
    "id",
    "ticketId",
    "notes",
    "closedFlag",
    "priority",
    "member",
    "resolution",
    "summary",
}


def add_routes(routes: Routes, kind: str = "service/tickets") -> None:
    """Add the routes of tickets under `kind`, which is service/tickets or project/tickets."""
    routes.add("GET", kind, lambda call: call.page(_tickets(call), TICKET_FIELDS, show=_shown(call)))
    routes.add("GET", f"{kind}/count", lambda call: call.count(_tickets(call), TICKET_FIELDS))
    routes.add("POST", f"{kind}/search", _search)
    routes.add("POST", kind, _create)
    one = f"{kind}/{{}}"
    routes.add("GET", one, lambda call: call.one(shown(call, ticket_of(call))))
    routes.add("PATCH", one, _patch)
    routes.add("PUT", one, _put)
    routes.add("DELETE", one, _delete)
    routes.add("POST", f"{one}/merge", _merge)
    routes.add("GET", f"{one}/notes", lambda call: call.page(_notes(call), NOTE_FIELDS))
    routes.add("GET", f"{one}/notes/count", lambda call: call.count(_notes(call), NOTE_FIELDS))
    routes.add("POST", f"{one}/notes", _add_note)
    routes.add("GET", f"{one}/notes/{{}}", lambda call: call.one(_note(call)))
    routes.add("PATCH", f"{one}/notes/{{}}", _patch_note)
    routes.add("PUT", f"{one}/notes/{{}}", _put_note)
    routes.add("DELETE", f"{one}/notes/{{}}", _delete_note)
    routes.add("GET", f"{one}/allNotes", _all_notes)
    routes.add("GET", f"{one}/tasks", lambda call: call.page(_under(call, "tasks"), TASK_FIELDS))
    routes.add("GET", f"{one}/tasks/count", lambda call: call.count(_under(call, "tasks"), TASK_FIELDS))
    routes.add("POST", f"{one}/tasks", _add_task)
    routes.add("GET", f"{one}/configurations", lambda call: call.page(_configurations(call), SETUP_FIELDS))
    routes.add("POST", f"{one}/configurations", _attach)
    for path, table in (("documents", "documents"), ("scheduleentries", "schedule"), ("timeentries", "time")):
        _add_references(routes, f"{one}/{path}", table)
    routes.add(
        "GET", f"{one}/activities", lambda call: call.page((), SETUP_FIELDS) if ticket_of(call) else GONE
    )
    routes.add(
        "GET", f"{one}/products", lambda call: call.page((), SETUP_FIELDS) if ticket_of(call) else GONE
    )


def _add_references(routes: Routes, path: str, table: str) -> None:
    """Add a child list that gives references only (the OpenAPI's own text says so for time entries)."""

    def references(call: Call) -> list[Record]:
        rows = _under(call, table)
        if table == "documents":
            return [
                {"id": row["id"], "_info": {"name": row["title"], "filename": row["fileName"]}}
                for row in rows
            ]
        if table == "schedule":
            return [{"id": row["id"], "description": row["name"], "_info": {}} for row in rows]
        return [{"id": row["id"], "_info": {}} for row in rows]

    routes.add("GET", path, lambda call: call.page(references(call), SETUP_FIELDS))
    routes.add("GET", f"{path}/count", lambda call: call.count(references(call), SETUP_FIELDS))


def ticket_of(call: Call) -> Record:
    """Return the ticket that the path names."""
    return call.world.get("tickets", call.numbers[0])


def _tickets(call: Call) -> list[Record]:
    project = call.path.lower().startswith("project/")
    rows = call.world.tables["tickets"].values()
    return (
        [row for row in rows if (row["recordType"] == "ProjectTicket") == project] if project else list(rows)
    )


def _shown(call: Call) -> Callable[[Record], Record]:
    return lambda ticket: shown(call, ticket)


def shown(call: Call, ticket: Record) -> Record:
    """Return a ticket with the links that its `_info` carries."""
    return {**ticket, "_info": {**ticket["_info"], **shapes.ticket_hrefs(call.world.base, ticket["id"])}}


def _search(call: Call) -> Answer:
    """Answer POST /search: the expressions come in the body, the page in the query."""
    body = call.record()
    if unknown := set(body) - {"conditions", "orderBy", "childConditions", "customFieldConditions"}:
        raise bad_request(f"{', '.join(sorted(unknown))} cannot be searched by.")
    query = call.request.query | {name: str(value) for name, value in body.items() if value}
    request = Request("POST", call.request.target, call.request.path, query, call.request.headers, b"")
    inside = Call(call.world, request, call.member, call.path, call.numbers, page_url=call.page_url)
    return inside.page(_tickets(inside), TICKET_FIELDS, show=_shown(call))


def _create(call: Call) -> Answer:
    return call.created(shown(call, deeds.create_ticket(call.world, call.member, call.record())))


def _patch(call: Call) -> Answer:
    ticket = ticket_of(call)
    changes = {k: v for k, v in call.patch("ticket", deeds.WRITABLE).items() if k not in deeds.READ_ONLY}
    if changes:
        deeds.change_ticket(call.world, call.member, ticket, changes)
    return call.one(shown(call, ticket))


def _put(call: Call) -> Answer:
    """Replace a ticket: what is missing is emptied, severity and impact are required (OpenAPI)."""
    ticket, body = ticket_of(call), call.record()
    for name in ("summary", "company", "severity", "impact"):
        if not body.get(name):
            raise missing_field("ticket", name)
    emptied: dict[str, Any] = dict.fromkeys(
        ("contact", "owner", "site", "subType", "item", "externalXRef", "poNumber")
    )
    changes = {
        k: v for k, v in {**emptied, **body}.items() if k in deeds.WRITABLE and k not in deeds.READ_ONLY
    }
    deeds.change_ticket(call.world, call.member, ticket, changes)
    return call.one(shown(call, ticket))


def _delete(call: Call) -> Answer:
    deeds.delete_ticket(call.world, call.member, ticket_of(call))
    return GONE


def _merge(call: Call) -> Answer:
    """Merge tickets into the one in the path, as posted on the parent."""
    parent, body = ticket_of(call), call.record()
    numbers = body.get("mergeTicketIds")
    if not isinstance(numbers, list) or not numbers:
        raise missing_field("ticketMerge", "mergeTicketIds")
    if not isinstance(body.get("status"), dict):
        raise missing_field("ticketMerge", "status")
    children = [call.world.get("tickets", int(number)) for number in numbers]
    if any(child["id"] == parent["id"] for child in children):
        raise bad_request("A ticket cannot be merged into itself.")
    status = deeds.resolve(call.world, "statuses", body["status"], resource="ticketMerge", name="status")
    if not status["closedStatus"]:
        raise invalid(
            "ticketMerge", inner("InvalidObject", "The status must be closed.", "ticketMerge", "status")
        )
    deeds.merge(call.world, call.member, parent, children, status)
    return Answer(200, {"success": True, "message": "Tickets were merged."})


def _under(call: Call, table: str) -> list[Record]:
    return call.world.children(table, ticket_of(call)["id"])


def _notes(call: Call) -> list[Record]:
    """Return the notes that lists show already."""
    rows = _under(call, "notes")
    hidden = call.world.hidden_until
    if not hidden:
        return rows
    now = time.monotonic()
    return [row for row in rows if hidden.get(row["id"], 0) <= now]


def _note(call: Call) -> Record:
    for row in _under(call, "notes"):
        if row["id"] == call.numbers[1]:
            return row
    raise not_found("ServiceNote", call.numbers[1])


def _add_note(call: Call) -> Answer:
    ticket = ticket_of(call)
    return call.created(notes.add_note(call.world, call.member, ticket, call.record(), visible=call.visible))


def _patch_note(call: Call) -> Answer:
    changes = call.patch("serviceNote", NOTE_FIELDS)
    return call.one(notes.change_note(call.world, call.member, ticket_of(call), _note(call), changes))


def _put_note(call: Call) -> Answer:
    body = call.record()
    flags = ("detailDescriptionFlag", "internalAnalysisFlag", "resolutionFlag", "issueFlag")
    changes = {"text": body.get("text"), **{name: bool(body.get(name)) for name in flags}}
    return call.one(notes.change_note(call.world, call.member, ticket_of(call), _note(call), changes))


def _delete_note(call: Call) -> Answer:
    notes.delete_note(call.world, call.member, ticket_of(call), _note(call))
    return GONE


def _all_notes(call: Call) -> Answer:
    """Return notes and the notes of time entries in one list, which has no dateCreated and takes no orderBy."""
    ticket = ticket_of(call)
    rows = [_joined_note(ticket, note) for note in _notes(call)]
    rows += [_joined_time(ticket, entry) for entry in _under(call, "time") if entry.get("notes")]
    for child in call.world.tables["tickets"].values():
        merged = child.get("mergedParentTicket", {}).get("id") == ticket["id"]
        bundled = child.get("parentTicketId") == ticket["id"]
        if not (merged or bundled) or child["id"] in call.world.unjoined:
            continue
        notes = [_joined_note(child, note) for note in call.world.children("notes", child["id"])]
        times = [_joined_time(child, e) for e in call.world.children("time", child["id"]) if e.get("notes")]
        rows += [{**row, "mergedFlag": merged, "bundledFlag": bundled} for row in [*notes, *times]]
    return call.page(rows, ALL_NOTE_FIELDS, may_order=False)


def _joined_note(ticket: Record, note: Record) -> Record:
    names = (
        "id",
        "text",
        "detailDescriptionFlag",
        "internalAnalysisFlag",
        "resolutionFlag",
        "issueFlag",
        "member",
        "contact",
    )
    return {
        **shapes.picked(note, names),
        "noteType": "TicketNote",
        "ticket": shapes.ticket_ref(ticket),
        "isMarkdownFlag": True,
        "bundledFlag": False,
        "mergedFlag": False,
        "originalAuthor": note["createdBy"],
        "createdByParentFlag": False,
        "_info": dict(note["_info"]),
    }


def _joined_time(ticket: Record, entry: Record) -> Record:
    return {
        **shapes.picked(entry, ("id", "timeStart", "timeEnd", "member")),
        "noteType": "TimeEntryNote",
        "ticket": shapes.ticket_ref(ticket),
        "text": entry["notes"],
        "isMarkdownFlag": True,
        "detailDescriptionFlag": entry["addToDetailDescriptionFlag"],
        "internalAnalysisFlag": entry["addToInternalAnalysisFlag"],
        "resolutionFlag": entry["addToResolutionFlag"],
        "bundledFlag": False,
        "mergedFlag": False,
        "issueFlag": False,
        "originalAuthor": entry["enteredBy"],
        "createdByParentFlag": False,
        "_info": dict(entry["_info"]),
    }


def _add_task(call: Call) -> Answer:
    ticket, body = ticket_of(call), call.record()
    world = call.world
    task = shapes.task(world.number("tasks"), ticket["id"], str(body.get("notes", "")), done=bool(body.get("closedFlag")),
                       when=world.stamp())  # fmt: skip
    return call.created(world.add("tasks", task, ticket_id=ticket["id"]))


def _configurations(call: Call) -> list[Record]:
    rows = call.world.tables["configurations"]
    return [
        _configuration_ref(rows[n]) for n in call.world.attached.get(ticket_of(call)["id"], ()) if n in rows
    ]


def _configuration_ref(row: Record) -> Record:
    return {"id": row["id"], "deviceIdentifier": row["deviceIdentifier"], "_info": {"name": row["name"]}}


def _attach(call: Call) -> Answer:
    ticket = ticket_of(call)
    row = call.world.get("configurations", int(call.record().get("id") or 0))
    attached = call.world.attached.setdefault(ticket["id"], [])
    if row["id"] not in attached:
        attached.append(row["id"])
    return call.created(_configuration_ref(row))
