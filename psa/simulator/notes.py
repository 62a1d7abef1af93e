"""Ticket notes: written, changed, deleted, and refused when nobody said where to show them."""

from __future__ import annotations

import time

from psa.simulator import shapes
from psa.simulator.answers import Record, inner, invalid, missing_field
from psa.simulator.deeds import resolve, saved_under, touch
from psa.simulator.world import World


def add_note(world: World, by: str, ticket: Record, body: Record, *, visible: bool = False) -> Record:
    """Add a note; without a place to show it the answer is 400 (reported by a public client)."""
    check_note(body)
    flags = (
        bool(body.get("detailDescriptionFlag")) or visible,
        bool(body.get("internalAnalysisFlag")),
        bool(body.get("resolutionFlag")),
    )
    note = shapes.note(
        world.number("notes"), ticket["id"], str(body["text"]), flags=flags, when=world.stamp(), by=by
    )
    if body.get("contact"):
        note["contact"] = shapes.contact_ref(
            resolve(world, "contacts", body["contact"], resource="serviceNote", name="contact")
        )
        note["createdBy"] = note["contact"]["name"]
        ticket["customerUpdatedFlag"] = True
    elif body.get("member") or world.find("members", identifier=by):
        wanted = body.get("member") or {"identifier": by}
        note["member"] = shapes.member_ref(
            resolve(world, "members", wanted, resource="serviceNote", name="member")
        )
    world.add("notes", note, ticket_id=ticket["id"])
    if world.note_lag_s:
        world.hidden_until[note["id"]] = time.monotonic() + world.note_lag_s
    saved_under(world, by, ticket)
    return note


def check_note(body: Record) -> None:
    """Refuse a note without text or without a place."""
    if not body.get("text"):
        raise missing_field("serviceNote", "text")
    if not any(
        body.get(name) for name in ("detailDescriptionFlag", "internalAnalysisFlag", "resolutionFlag")
    ):
        message = "Please choose where to display the notes in order to save this record."
        raise invalid("serviceNote", inner("InvalidObject", message, "serviceNote", "detailDescriptionFlag"))


def change_note(world: World, by: str, ticket: Record, note: Record, changes: Record) -> Record:
    """Change a note's text or flags."""
    names = ("text", "detailDescriptionFlag", "internalAnalysisFlag", "resolutionFlag", "issueFlag")
    after = {**note, **{name: changes[name] for name in names if name in changes}}
    check_note(after)
    note.update(after)
    touch(world, note, by)
    saved_under(world, by, ticket)
    return note


def delete_note(world: World, by: str, ticket: Record, note: Record) -> None:
    """Delete a note."""
    world.remove("notes", note["id"], ticket_id=ticket["id"])
    saved_under(world, by, ticket)
