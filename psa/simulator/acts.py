"""What members of the MSP do when the control endpoint tells them to: the deeds of the API, under their names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from psa.simulator import deeds, notes, shapes, timing
from psa.simulator.answers import Record
from psa.simulator.world import World

_KINDS: Final = {
    "internal": "internalAnalysisFlag",
    "discussion": "detailDescriptionFlag",
    "resolution": "resolutionFlag",
}


def _ticket(world: World, wanted: int | str) -> Record:
    return world.tables["tickets"][world.ticket_id(wanted)]


def add_ticket(
    world: World, *, summary: str, member: str, company: str | None = None, board: str | None = None,
    configurations: int = 0, description: str = "", owner: str | None = "", status: str | None = None,
) -> Record:  # fmt: skip
    """Open a ticket; its first `configurations` machines are the company's, the owner is who opens it."""
    rows = list(world.tables["companies"].values())
    customer = next((row for row in rows if company in (None, row["identifier"])), None)
    if customer is None:
        raise LookupError(f"no company {company}")
    body: Record = {"summary": summary, "company": {"id": customer["id"]}}
    if description:
        body["initialDescription"] = description
    if board:
        body["board"] = {"name": board}
    if status:
        body["status"] = {"name": status}
    named = member if owner == "" else owner
    if named:
        body["owner"] = {"identifier": world.member(named)["identifier"]}
    if contact := next(
        (c for c in world.tables["contacts"].values() if c["company"]["id"] == customer["id"]), None
    ):
        body["contact"] = {"id": contact["id"]}
    made = deeds.create_ticket(world, member, body)
    machines = [
        row["id"] for row in world.tables["configurations"].values() if row["company"]["id"] == customer["id"]
    ]
    world.attached[made["id"]] = machines[:configurations]
    return dict(made)


def change_status(world: World, *, ticket: int | str, status: str, member: str) -> Record:
    """Set a ticket's status by its name on the ticket's board."""
    return dict(deeds.change_ticket(world, member, _ticket(world, ticket), {"status": {"name": status}}))


def set_owner(world: World, *, ticket: int | str, owner: str | None, member: str) -> Record:
    """Make a member the owner, or nobody."""
    wanted = {"identifier": owner} if owner else None
    return dict(deeds.change_ticket(world, member, _ticket(world, ticket), {"owner": wanted}))


def move_board(
    world: World, *, ticket: int | str, board: str, member: str, status: str | None = None
) -> Record:
    """Move a ticket to another board; the status keeps its name there if it can."""
    changes: Record = {"board": {"name": board}}
    if status:
        changes["status"] = {"name": status}
    return dict(deeds.change_ticket(world, member, _ticket(world, ticket), changes))


def change(world: World, *, ticket: int | str, member: str, fields: Record) -> Record:
    """Change any fields of a ticket, as a PATCH would."""
    return dict(deeds.change_ticket(world, member, _ticket(world, ticket), fields))


def add_note(
    world: World,
    *,
    ticket: int | str,
    text: str,
    member: str,
    kind: str = "internal",
    contact: str | None = None,
) -> Record:
    """Add a note: internal, discussion or resolution; with `contact` it is the customer who writes."""
    body: Record = {"text": text, _KINDS[kind]: True}
    if contact:
        body["contact"] = _contact(world, _ticket(world, ticket), contact)
    return dict(notes.add_note(world, member, _ticket(world, ticket), body))


def _contact(world: World, ticket: Record, name: str) -> Record:
    for row in world.tables["contacts"].values():
        if shapes.contact_name(row) == name and row["company"]["id"] == ticket["company"]["id"]:
            return {"id": row["id"]}
    raise LookupError(f"no contact {name} at {ticket['company']['name']}")


def edit_note(world: World, *, ticket: int | str, note: int, text: str, member: str) -> Record:
    """Change a note's text."""
    found = world.get("notes", note)
    return dict(notes.change_note(world, member, _ticket(world, ticket), found, {"text": text}))


def delete_note(world: World, *, ticket: int | str, note: int, member: str) -> Record:
    """Delete a note."""
    notes.delete_note(world, member, _ticket(world, ticket), world.get("notes", note))
    return {}


def add_time(
    world: World, *, ticket: int | str, member: str, text: str = "", minutes: float = 15,
    started_ago_s: float | None = None,
    internal: bool = True,
) -> Record:  # fmt: skip
    """Add a time entry that ends now, or that began so many seconds ago."""
    start = world.now() - (
        timedelta(minutes=minutes) if started_ago_s is None else timedelta(seconds=started_ago_s)
    )
    body = {
        "chargeToId": world.ticket_id(ticket),
        "chargeToType": "ServiceTicket",
        "timeStart": shapes.stamp(start),
        "timeEnd": shapes.stamp(start + timedelta(minutes=minutes)),
        "notes": text,
        "addToInternalAnalysisFlag": internal,
        "addToDetailDescriptionFlag": not internal,
    }
    return dict(timing.create_time(world, member, body))


def assign(world: World, *, ticket: int | str, resource: str, member: str) -> Record:
    """Schedule a member on a ticket."""
    body = {
        "objectId": world.ticket_id(ticket),
        "type": {"identifier": "S"},
        "member": {"identifier": resource},
    }
    return dict(timing.create_schedule(world, member, body))


def acknowledge(world: World, *, ticket: int | str, member: str) -> Record:
    """Let a member acknowledge their own assignment."""
    for entry in world.children("schedule", world.ticket_id(ticket)):
        if entry["member"]["identifier"].casefold() == member.casefold():
            return dict(timing.change_schedule(world, member, entry, {"acknowledgedFlag": True}))
    raise LookupError(f"{member} is not scheduled on ticket {ticket}")


def merge(
    world: World, *, ticket: int | str, children: list[int | str], member: str, status: str | None = None
) -> Record:
    """Merge tickets into one."""
    parent = _ticket(world, ticket)
    closing = [row for row in world.statuses_of(parent["board"]["id"]) if row["closedStatus"]]
    wanted = next((row for row in closing if row["name"] == (status or ">Closed - Merged")), closing[-1])
    deeds.merge(world, member, parent, [_ticket(world, child) for child in children], wanted)
    return dict(parent)


def bundle(world: World, *, ticket: int | str, children: list[int | str], member: str, joined: bool = True) -> Record:
    """Put tickets under one, which stay tickets of their own; without `joined` `/allNotes` leaves them out."""
    parent = _ticket(world, ticket)
    for child in children:
        deeds.change_ticket(world, member, _ticket(world, child), {"parentTicketId": parent["id"]})
        if not joined:
            world.unjoined.add(world.ticket_id(child))
    parent["hasChildTicket"] = True
    return dict(deeds.change_ticket(world, member, parent, {}))


def close(world: World, *, ticket: int | str, member: str, status: str | None = None) -> Record:
    """Close a ticket with the board's status Closed, or another closing one."""
    found = _ticket(world, ticket)
    closing = [row for row in world.statuses_of(found["board"]["id"]) if row["closedStatus"]]
    wanted = next((row for row in closing if row["name"] == (status or "Closed")), closing[0])
    return change_status(world, ticket=found["id"], status=wanted["name"], member=member)


def delete(world: World, *, ticket: int | str, member: str) -> Record:
    """Delete a ticket."""
    deeds.delete_ticket(world, member, _ticket(world, ticket))
    return {}


def leave(world: World, *, member: str, gone: bool = False) -> Record:
    """Make a member inactive, as an owner does who lets somebody go; with `gone` their record is there no more."""
    found = world.member(member)
    found["inactiveFlag"] = True
    if gone:
        del world.tables["members"][found["id"]]
    return dict(found)


def come_back(world: World, *, member: str) -> Record:
    """Make a member active again."""
    found = world.member(member)
    found["inactiveFlag"] = False
    return dict(found)


ACTS: Final[dict[str, Callable[..., Any]]] = {
    act.__name__: act
    for act in (
        add_ticket, change_status, set_owner, move_board, change, add_note, edit_note, delete_note, add_time, assign,
        acknowledge, merge, bundle, close, delete, leave, come_back,
    )
}  # fmt: skip
