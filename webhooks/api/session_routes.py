"""The API's routes of sessions: begin one on a ticket, record steps, correct them, read it all."""

from __future__ import annotations

from functools import partial
from typing import Any

from apiflask import APIBlueprint, HTTPTokenAuth
from flask import url_for

from escalation.sessions.exports import Unreadable
from escalation.sessions.steps import NewStep
from webhooks.api.answers import Routes, says
from webhooks.api.schemas import LARGEST_ID
from webhooks.api.session_schemas import (
    Correction,
    Key,
    NewSession,
    NewSteps,
    Session,
    SessionInFull,
    SessionList,
    SessionQuery,
    StepsQuery,
    Transcript,
)
from webhooks.authorization import Viewer
from webhooks.bulkhead import Bulkhead
from webhooks.sessions.recording import (
    Full,
    NoSuchSession,
    NoSuchStep,
    NotTheirs,
    OtherRequest,
    Recording,
    SessionView,
    TooFast,
)

GONE = says(404, "This account has no such session, or the session no such step.")
FULL = says(409, "A limit is reached, which the detail names, or the session has no room for it.")
FAST = says(429, "The member records faster than a person can; `Retry-After` says when to go on.")


def blueprint(recording: Recording, bulkhead: Bulkhead, auth: HTTPTokenAuth) -> APIBlueprint:
    """Return the routes under `/api/v1/sessions`."""
    blueprint = APIBlueprint("sessions", __name__, url_prefix="/api/v1/sessions", tag="Sessions")
    routes = Routes(blueprint, auth, bulkhead)
    _open(routes, recording)
    _record(routes, recording)
    routes.refuse(404, NoSuchSession, detail="this account has no such session")
    routes.refuse(404, NoSuchStep, detail="{}; `steps` of the session lists them")
    routes.refuse(403, NotTheirs)
    routes.refuse(409, Full, OtherRequest)
    routes.refuse(422, Unreadable)
    routes.refuse(429, TooFast, retry_after=60)
    return blueprint


def _open(routes: Routes, recording: Recording) -> None:
    @routes.add(
        "POST", "", SessionInFull, "Begin a session on a ticket", header=Key, body=NewSession, status=201, refuses=FULL,
        gives="It is open, now or by an earlier request with this key.",
        at=lambda session: url_for("sessions.one", session_id=session["id"]),
    )  # fmt: skip
    def begin(who: Viewer, header: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        return _in_full(recording.open(who, body["ticket"], client=body["client"], key=header["key"]))

    @routes.add("GET", "", SessionList, "A ticket's sessions", query=SessionQuery)
    def of_ticket(who: Viewer, query: dict[str, Any]) -> dict[str, Any]:
        views, older = recording.of_ticket(who, query["ticket"])
        return {"sessions": [_told(view) for view in views], "older": older}

    @routes.add(
        "GET", "/<int:session_id>", SessionInFull, "A session with its steps, and its ticket as it was when it was opened last",
        query=StepsQuery, refuses=GONE,
    )  # fmt: skip
    def one(who: Viewer, session_id: int, query: dict[str, Any]) -> dict[str, Any]:
        return _in_full(recording.look(who, _known(session_id), newest=query["newest"]))


def _record(routes: Routes, recording: Recording) -> None:
    frame = partial(routes.add, "POST", shape=Session, header=Key, status=201, refuses=GONE | FULL | FAST)

    @frame(
        "/<int:session_id>/steps", summary="Record steps", body=NewSteps,
        gives="They are recorded, now or by an earlier request with this key.",
    )  # fmt: skip
    def record(who: Viewer, session_id: int, header: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        steps = [NewStep(**step) for step in body["steps"]]
        return _told(recording.record(who, _known(session_id), steps, key=header["key"]))

    @frame(
        "/<int:session_id>/transcript", summary="Read a talk with an assistant into steps", body=Transcript,
        gives="What it holds is recorded: reports as done, instructions as pending.",
    )  # fmt: skip
    def transcribe(who: Viewer, session_id: int, header: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        return _told(recording.transcribe(who, _known(session_id), body["text"], key=header["key"]))

    @frame(
        "/<int:session_id>/steps/<int:number>/corrections", summary="Correct a step, or say what came of a pending one",
        body=Correction, gives="It is recorded; what stood there before is kept beside it.",
    )  # fmt: skip
    def correct(
        who: Viewer, session_id: int, number: int, header: dict[str, Any], body: dict[str, Any]
    ) -> dict[str, Any]:
        return _told(recording.correct(who, _known(session_id), number, body, key=header["key"]))


def _known(session_id: int) -> int:
    if session_id > LARGEST_ID:
        raise NoSuchSession(f"session {session_id}")
    return session_id


def _told(view: SessionView) -> dict[str, Any]:
    return {
        "id": view.id,
        "ticket_id": view.ticket_id,
        "member": view.member,
        "client": view.client,
        "started_at": view.started_at,
        "last_at": view.last_at,
        "added": view.numbers,
        "new": view.changed,
        "pending": view.pending,
        "older": view.older,
        "steps": [
            {
                "number": one.step.number, "kind": one.step.kind, "state": one.step.state, "text": one.step.text,
                "outcome": one.step.outcome, "output": one.step.output, "changed": one.step.changed,
                "recorded_by": one.into.member, "at": one.step.at, "corrected": one.corrected,
            }
            for one in view.steps
        ],
    }  # fmt: skip


def _in_full(view: SessionView) -> dict[str, Any]:
    more = {"ticket": view.ticket, "ticket_read_at": view.ticket_read_at, "ticket_unread": view.ticket_unread, "over": view.over}
    return {**_told(view), **more}
