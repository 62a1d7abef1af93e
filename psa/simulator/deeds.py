"""What people and integrations do in the PSA. The REST answers and the control endpoint both go through here.

Every deed takes who does it, keeps `_info`, the audit trail and `resources` right, and tells the callbacks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from psa.simulator import shapes
from psa.simulator.answers import Record, inner, invalid, missing_field
from psa.simulator.world import World

_REFERENCES: Final[dict[str, tuple[str, Callable[[Record], Record]]]] = {
    "board": ("boards", shapes.named),
    "company": ("companies", shapes.company_ref),
    "contact": ("contacts", shapes.contact_ref),
    "owner": ("members", shapes.member_ref),
    "priority": ("priorities", shapes.priority_ref),
    "type": ("types", shapes.named),
    "subType": ("subtypes", shapes.named),
    "item": ("items", shapes.named),
    "team": ("teams", shapes.named),
    "source": ("sources", shapes.named),
    "site": ("sites", shapes.named),
    "agreement": ("agreements", shapes.named),
}
_ON_BOARD: Final = frozenset({"type", "subType", "item", "team"})
_PLAIN: Final = frozenset(
    {
        "summary", "severity", "impact", "customerUpdatedFlag", "automaticEmailContactFlag", "skipCallback",
        "automaticEmailResourceFlag", "automaticEmailCcFlag", "automaticEmailCc", "externalXRef", "poNumber",
        "requiredDate", "budgetHours", "contactName", "contactPhoneNumber", "contactEmailAddress", "siteName",
        "addressLine1", "addressLine2", "city", "zip", "parentTicketId", "customFields", "approved", "integratorTags",
        "processNotifications", "allowAllClientsPortalView", "requestForChangeFlag", "billTime", "billExpenses",
        "billProducts", "estimatedStartDate", "duration", "serviceLocation",
    }
)  # fmt: skip
READ_ONLY: Final = frozenset(
    {"id", "_info", "recordType", "closedFlag", "closedDate", "closedBy", "resources", "mergedParentTicket",
     "hasChildTicket", "hasMergedChildTicketFlag", "actualHours", "mobileGuid", "isInSla", "slaStatus"}
)  # fmt: skip
_LIMITS: Final = {"summary": 100, "externalXRef": 100, "poNumber": 50, "siteName": 156, "contactName": 62}
WRITABLE: Final = frozenset(_REFERENCES) | _PLAIN | READ_ONLY | {"status"}


def resolve(world: World, table: str, wanted: Any, *, resource: str, name: str) -> Record:
    """Return the record that a reference names by id, identifier or name; refuse with 400."""
    if isinstance(wanted, dict):
        number = wanted.get("id")
        if number is not None and number in world.tables[table]:
            return world.tables[table][number]
        for key in ("identifier", "name"):
            if number is None and wanted.get(key) is not None:
                text = str(wanted[key]).casefold()
                for record in world.tables[table].values():
                    if str(record.get(key, "")).casefold() == text:
                        return record
    raise invalid(resource, inner("InvalidObject", f"The {name} is invalid.", resource, name))


def touch(world: World, record: Record, by: str) -> None:
    """Note who changed a record, and when."""
    record["_info"]["lastUpdated"] = world.stamp()
    record["_info"]["updatedBy"] = by


def create_ticket(world: World, by: str, body: Record) -> Record:
    """Add a ticket; what is left out gets the board's defaults."""
    if not body.get("summary"):
        raise missing_field("ticket", "summary")
    if not body.get("company"):
        raise missing_field("ticket", "company")
    company = resolve(world, "companies", body["company"], resource="ticket", name="company")
    board = (
        resolve(world, "boards", body["board"], resource="ticket", name="board")
        if body.get("board")
        else next(iter(world.tables["boards"].values()))
    )
    made = shapes.ticket(
        world.number("tickets"),
        summary=str(body["summary"]),
        on=board,
        company=company,
        when=world.stamp(),
        by=by,
    )
    made["status"] = shapes.status_ref(world.default_status(board["id"]))
    priority = world.find("priorities", defaultFlag=True)
    if priority is not None:
        made["priority"] = shapes.priority_ref(priority)
    changes = {name: value for name, value in body.items() if name not in ("company", "board")}
    _apply(world, by, made, changes, new=True)
    world.add("tickets", made)
    world.audit(
        made["id"], "Ticket", f"Ticket #{made['id']} was created.", by=by, when=made["_info"]["dateEntered"]
    )
    _opening_notes(world, by, made, body)
    world.tell("ticket", "added", made, by)
    return made


def _opening_notes(world: World, by: str, ticket: Record, body: Record) -> None:
    kinds = {
        "initialDescription": (True, False, False),
        "initialInternalAnalysis": (False, True, False),
        "initialResolution": (False, False, True),
    }
    for name, flags in kinds.items():
        if body.get(name):
            note = shapes.note(
                world.number("notes"), ticket["id"], str(body[name]), flags=flags, when=world.stamp(), by=by
            )
            note["member"] = shapes.member_ref(world.member(by))
            world.add("notes", note, ticket_id=ticket["id"])


def change_ticket(world: World, by: str, ticket: Record, changes: Record) -> Record:
    """Change fields of a ticket; a value of None empties one."""
    _apply(world, by, ticket, changes)
    touch(world, ticket, by)
    world.tell("ticket", "updated", ticket, by)
    return ticket


def _apply(world: World, by: str, ticket: Record, changes: Record, *, new: bool = False) -> None:
    """Set fields; all references are resolved before the first is set, so that a refusal changes nothing."""
    board_ref = changes.get("board") or ticket["board"]
    board = resolve(world, "boards", board_ref, resource="ticket", name="board")
    moved = board["id"] != ticket["board"]["id"]
    status = _status_for(world, ticket, board, changes.get("status"), moved=moved)
    found = {
        name: _reference(world, board, name, changes[name])
        for name in _REFERENCES
        if name in changes and name != "board" and changes[name] is not None
    }
    for name, limit in _LIMITS.items():
        if len(str(changes.get(name) or "")) > limit:
            raise invalid(
                "ticket", inner("MaxLengthExceeded", f"The {name} must be {limit} or less.", "ticket", name)
            )
    if moved:
        _set(world, by, ticket, "Board", "board", shapes.named(board), new=new)
    if status is not None and status["id"] != ticket["status"]["id"]:
        _set_status(world, by, ticket, status, new=new)
    for name, record in found.items():
        _set(world, by, ticket, name.title(), name, _REFERENCES[name][1](record), new=new)
    for name, value in changes.items():
        if value is None and name in _REFERENCES and name not in ("board", "company"):
            _set(world, by, ticket, name.title(), name, None, new=new)
        elif name in _PLAIN:
            _set(world, by, ticket, name.title(), name, value, new=new)
    if "contact" in found:
        _contact_details(ticket, found["contact"])
    if "owner" in changes:
        mirror_resources(world, ticket)


def _reference(world: World, board: Record, name: str, wanted: Any) -> Record:
    record = resolve(world, _REFERENCES[name][0], wanted, resource="ticket", name=name)
    if name in _ON_BOARD and record.get("board", {}).get("id", record.get("boardId")) != board["id"]:
        by_name = isinstance(wanted, dict) and "id" not in wanted
        other = next(
            (
                row
                for row in world.tables[_REFERENCES[name][0]].values()
                if by_name
                and row["name"] == record["name"]
                and row.get("board", {}).get("id", row.get("boardId")) == board["id"]
            ),
            None,
        )
        if other is None:
            raise invalid(
                "ticket", inner("InvalidObject", f"The {name} does not belong to the board.", "ticket", name)
            )
        return other
    return record


def _status_for(world: World, ticket: Record, board: Record, wanted: Any, *, moved: bool) -> Record | None:
    """Return the status a ticket shall have: a wanted one must be of the board; a move keeps the name if it can."""
    rows = list(world.statuses_of(board["id"]))
    if wanted is None:
        if not moved:
            return None
        same = [row for row in rows if row["name"] == ticket["status"]["name"]]
        return same[0] if same else world.default_status(board["id"])
    if isinstance(wanted, dict):
        for row in rows:
            if row["id"] == wanted.get("id") or ("id" not in wanted and row["name"] == wanted.get("name")):
                return row
    raise invalid(
        "ticket",
        inner("InvalidObject", f"The status does not belong to board {board['name']}.", "ticket", "status"),
    )


def _set(world: World, by: str, ticket: Record, label: str, name: str, value: Any, *, new: bool) -> None:
    old = ticket.get(name)
    if old == value:
        return
    if value is None:
        ticket.pop(name, None)
    else:
        ticket[name] = value
    if not new:
        world.audit_change(ticket["id"], label, _plain(old), _plain(value), by=by, when=world.stamp())


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("name") or value.get("identifier") or value.get("id"))
    return "" if value is None else str(value)


def _set_status(world: World, by: str, ticket: Record, status: Record, *, new: bool) -> None:
    _set(world, by, ticket, "Status", "status", shapes.status_ref(status), new=new)
    now = world.stamp()
    if status["closedStatus"] and not ticket["closedFlag"]:
        ticket.update(closedFlag=True, closedDate=now, closedBy=by)
        ticket.setdefault("dateResolved", now)
        ticket.setdefault("resolvedBy", by)
    elif not status["closedStatus"] and ticket["closedFlag"]:
        ticket["closedFlag"] = False
        for name in ("closedDate", "closedBy", "dateResolved", "resolvedBy"):
            ticket.pop(name, None)
    if not status["defaultFlag"] and not new:
        ticket.setdefault("dateResponded", now)
        ticket.setdefault("respondedBy", by)


def _contact_details(ticket: Record, contact: Record) -> None:
    ticket["contactName"] = shapes.contact_name(contact)
    for item in contact.get("communicationItems", ()):
        name = "contactEmailAddress" if item["communicationType"] == "Email" else "contactPhoneNumber"
        ticket[name] = item["value"]


def delete_ticket(world: World, by: str, ticket: Record) -> None:
    """Delete a ticket and what lies under it."""
    number = ticket["id"]
    for table in ("notes", "tasks", "time", "schedule", "documents"):
        for child in world.children(table, number):
            world.remove(table, child["id"], ticket_id=number)
    world.attached.pop(number, None)
    world.remove("tickets", number)
    world.tell("ticket", "deleted", ticket, by)


def merge(world: World, by: str, parent: Record, children: list[Record], status: Record) -> None:
    """Merge tickets into `parent`: they get the closing status and point to it."""
    for child in children:
        child["mergedParentTicket"] = shapes.ticket_ref(parent)
        wanted = next(
            (row for row in world.statuses_of(child["board"]["id"]) if row["name"] == status["name"]), status
        )
        _set_status(world, by, child, wanted, new=False)
        world.audit(child["id"], "Merge", f"Merged into ticket #{parent['id']}.", by=by, when=world.stamp())
        touch(world, child, by)
        world.tell("ticket", "updated", child, by)
    parent["hasMergedChildTicketFlag"] = True
    touch(world, parent, by)
    world.tell("ticket", "updated", parent, by)


def mirror_resources(world: World, ticket: Record) -> None:
    """Write `resources` anew: one string that mirrors the schedule entries (inferred from public code)."""
    names: list[str] = []
    for entry in world.children("schedule", ticket["id"]):
        entry["ownerFlag"] = entry["member"]["id"] == ticket.get("owner", {}).get("id")
        if entry["member"]["identifier"] not in names:
            names.append(entry["member"]["identifier"])
    if names:
        ticket["resources"] = ", ".join(names)
    else:
        ticket.pop("resources", None)


def saved_under(world: World, by: str, ticket: Record) -> None:
    """Count a change under a ticket as an update of it, unless that is switched off: ConnectWise does not document it."""
    if world.notes_touch_ticket:
        touch(world, ticket, by)
        world.tell("ticket", "updated", ticket, by)
