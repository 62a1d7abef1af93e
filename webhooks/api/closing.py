"""The API's routes about how an episode ended: its resolution note."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint, HTTPTokenAuth
from flask import Response, url_for

from webhooks.api.answers import GONE, REFUSALS, UNREAD, WRONG, known, plain, says
from webhooks.api.closing_schemas import NoteToPost, ResolutionNote
from webhooks.authorization import viewer
from webhooks.bulkhead import Bulkhead
from webhooks.claims.noting import CannotBeNoted, NoteView, Noting
from webhooks.problems import problem

DRY = says(409, "Its board is in dry run: nothing is posted there.")


def add(routes: APIBlueprint, auth: HTTPTokenAuth, noting: Noting, bulkhead: Bulkhead) -> None:
    """Add the routes."""

    @routes.get("/handoffs/<int:handoff_id>/resolution-note")
    @routes.auth_required(auth)
    @routes.output(ResolutionNote)
    @routes.doc(summary="Its resolution note: a draft, or what became of the one asked for", tags=["Resolution"],
                responses=REFUSALS | GONE)  # fmt: skip
    def resolution_note(handoff_id: int) -> dict[str, Any]:
        who = viewer()
        return _told(bulkhead.do(lambda: noting.look(who, known(handoff_id))))

    @routes.post("/handoffs/<int:handoff_id>/resolution-note/draft")
    @routes.auth_required(auth)
    @routes.output(ResolutionNote, status_code=202, description="It is being read again; `as_of` dates a draft.")
    @routes.doc(summary="Have the ticket read again for a newer draft", tags=["Resolution"], responses=REFUSALS | GONE)
    def read_again(handoff_id: int) -> tuple[dict[str, Any], int, dict[str, str]]:
        who = viewer()
        view = bulkhead.do(lambda: noting.read_again(who, known(handoff_id)))
        return _told(view), 202, {"Location": url_for("api.resolution_note", handoff_id=handoff_id)}

    @routes.post("/handoffs/<int:handoff_id>/resolution-note")
    @routes.auth_required(auth)
    @plain
    @routes.input(NoteToPost, arg_name="body")
    @routes.output(ResolutionNote, status_code=202,
                   description="It is stored, now or by an earlier call; of several the first counts.")  # fmt: skip
    @routes.doc(summary="Post a text as its resolution note, once", tags=["Resolution"],
                responses=REFUSALS | UNREAD | GONE | DRY | WRONG)  # fmt: skip
    def post_note(handoff_id: int, body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
        who = viewer()
        view = bulkhead.do(lambda: noting.post(who, known(handoff_id), form=body["form"], text=body["text"]))
        return _told(view), 202, {"Location": url_for("api.resolution_note", handoff_id=handoff_id)}

    @routes.errorhandler(CannotBeNoted)
    def not_possible(error: CannotBeNoted) -> Response:
        return problem(409, str(error))


def _told(view: NoteView) -> dict[str, Any]:
    return {name: value for name, value in asdict(view).items() if name != "changed"}
