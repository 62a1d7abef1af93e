"""The API's routes about how an episode ended: its resolution note."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import url_for

from escalation.resolution.text import NoNote
from models.handoff.resolution_notes import CannotBeNoted
from webhooks.api.answers import GONE, Routes, known, says
from webhooks.api.closing_schemas import NoteToPost, ResolutionNote
from webhooks.authorization import Viewer
from webhooks.claims.noting import NoteView, Noting

DRY = says(409, "Its board is in dry run: nothing is posted there.")


def add(routes: Routes, noting: Noting) -> None:
    """Add the routes."""

    def at(note: dict[str, Any]) -> str:
        return url_for("api.resolution_note", handoff_id=note["handoff_id"])

    @routes.add(
        "GET", "/handoffs/<int:handoff_id>/resolution-note", ResolutionNote,
        "Its resolution note: a draft, or what became of the one asked for", tag="Resolution", refuses=GONE,
    )  # fmt: skip
    def resolution_note(who: Viewer, handoff_id: int) -> dict[str, Any]:
        return _told(noting.look(who, known(handoff_id)))

    @routes.add(
        "POST", "/handoffs/<int:handoff_id>/resolution-note/draft", ResolutionNote,
        "Have the ticket read again for a newer draft", tag="Resolution", status=202, at=at, refuses=GONE,
        gives="It is being read again; `as_of` dates a draft.",
    )  # fmt: skip
    def read_again(who: Viewer, handoff_id: int) -> dict[str, Any]:
        return _told(noting.read_again(who, known(handoff_id)))

    @routes.add(
        "POST", "/handoffs/<int:handoff_id>/resolution-note", ResolutionNote, "Post a text as its resolution note, once",
        body=NoteToPost, tag="Resolution", status=202, at=at, refuses=GONE | DRY,
        gives="It is stored, now or by an earlier call; of several the first counts.",
    )  # fmt: skip
    def post_note(who: Viewer, handoff_id: int, body: dict[str, Any]) -> dict[str, Any]:
        return _told(noting.post(who, known(handoff_id), form=body["form"], text=body["text"]))

    routes.refuse(409, CannotBeNoted)
    routes.refuse(422, NoNote)


def _told(view: NoteView) -> dict[str, Any]:
    return {name: value for name, value in asdict(view).items() if name != "changed"}
