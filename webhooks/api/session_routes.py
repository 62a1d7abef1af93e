"""The API's routes of sessions: begin one on a ticket, record steps, correct them, read it all."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint, HTTPTokenAuth
from flask import Response, url_for

from escalation.sessions.exports import Unreadable
from escalation.sessions.steps import NewStep
from webhooks.api.answers import REFUSALS, UNREAD, WRONG, plain, says
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
    Transcript,
)
from webhooks.authorization import viewer
from webhooks.bulkhead import Bulkhead
from webhooks.problems import problem
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
    routes = APIBlueprint("sessions", __name__, url_prefix="/api/v1/sessions", tag="Sessions")
    _open(routes, auth, recording, bulkhead)
    _record(routes, auth, recording, bulkhead)
    _refusals(routes)
    return routes


def _open(routes: APIBlueprint, auth: HTTPTokenAuth, recording: Recording, bulkhead: Bulkhead) -> None:
    @routes.post("")
    @routes.auth_required(auth)
    @plain
    @routes.input(Key, location="headers", arg_name="header")
    @routes.input(NewSession, arg_name="body")
    @routes.output(SessionInFull, status_code=201, description="It is open, now or by an earlier request with this key.")
    @routes.doc(summary="Begin a session on a ticket", responses=REFUSALS | UNREAD | FULL | WRONG)
    def begin(header: dict[str, Any], body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
        who = viewer()
        view = bulkhead.do(lambda: recording.open(who, body["ticket"], client=body["client"], key=header["key"]))
        return _in_full(view), 201, {"Location": url_for("sessions.one", session_id=view.id)}

    @routes.get("")
    @routes.auth_required(auth)
    @routes.input(SessionQuery, location="query", arg_name="query")
    @routes.output(SessionList)
    @routes.doc(summary="A ticket's sessions", responses=REFUSALS | WRONG)
    def of_ticket(query: dict[str, Any]) -> dict[str, Any]:
        who = viewer()
        return {"sessions": [_told(view) for view in bulkhead.do(lambda: recording.of_ticket(who, query["ticket"]))]}

    @routes.get("/<int:session_id>")
    @routes.auth_required(auth)
    @routes.output(SessionInFull)
    @routes.doc(summary="A session with its steps, and its ticket as it was when it began", responses=REFUSALS | GONE)
    def one(session_id: int) -> dict[str, Any]:
        who = viewer()
        return _in_full(bulkhead.do(lambda: recording.look(who, _known(session_id))))


def _record(routes: APIBlueprint, auth: HTTPTokenAuth, recording: Recording, bulkhead: Bulkhead) -> None:
    @routes.post("/<int:session_id>/steps")
    @routes.auth_required(auth)
    @plain
    @routes.input(Key, location="headers", arg_name="header")
    @routes.input(NewSteps, arg_name="body")
    @routes.output(Session, status_code=201, description="They are recorded, now or by an earlier request with this key.")
    @routes.doc(summary="Record steps", responses=REFUSALS | UNREAD | GONE | FULL | WRONG | FAST)
    def record(session_id: int, header: dict[str, Any], body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        who, steps = viewer(), [NewStep(**step) for step in body["steps"]]
        return _told(bulkhead.do(lambda: recording.record(who, _known(session_id), steps, key=header["key"]))), 201

    @routes.post("/<int:session_id>/transcript")
    @routes.auth_required(auth)
    @plain
    @routes.input(Key, location="headers", arg_name="header")
    @routes.input(Transcript, arg_name="body")
    @routes.output(Session, status_code=201, description="What it holds is recorded: reports as done, instructions as pending.")
    @routes.doc(summary="Read a talk with an assistant into steps", responses=REFUSALS | UNREAD | GONE | FULL | WRONG | FAST)
    def transcribe(session_id: int, header: dict[str, Any], body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        who = viewer()
        known, key = _known(session_id), header["key"]
        return _told(bulkhead.do(lambda: recording.transcribe(who, known, body["text"], key=key))), 201

    @routes.post("/<int:session_id>/steps/<int:number>/corrections")
    @routes.auth_required(auth)
    @plain
    @routes.input(Key, location="headers", arg_name="header")
    @routes.input(Correction, arg_name="body")
    @routes.output(Session, status_code=201, description="It is recorded; what stood there before is kept beside it.")
    @routes.doc(
        summary="Correct a step, or say what came of a pending one",
        responses=REFUSALS | UNREAD | GONE | FULL | WRONG | FAST,
    )
    def correct(session_id: int, number: int, header: dict[str, Any], body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        who = viewer()
        return _told(
            bulkhead.do(lambda: recording.correct(who, _known(session_id), number, body, key=header["key"]))
        ), 201


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
        "steps": [
            {
                "number": one.step.number, "kind": one.step.kind, "state": one.step.state, "text": one.step.text,
                "outcome": one.step.outcome, "output": one.step.output, "changed": one.step.changed,
                "recorded_by": one.step.member, "at": one.step.at, "corrected": one.corrected,
            }
            for one in view.steps
        ],
    }  # fmt: skip


def _in_full(view: SessionView) -> dict[str, Any]:
    more = {"ticket": view.ticket, "ticket_read_at": view.ticket_read_at, "ticket_unread": view.ticket_unread, "over": view.over}
    return {**_told(view), **more}


def _refusals(routes: APIBlueprint) -> None:
    @routes.errorhandler(NoSuchSession)
    def none_such(_: NoSuchSession) -> Response:
        return problem(404, "this account has no such session")

    @routes.errorhandler(NoSuchStep)
    def no_step(error: NoSuchStep) -> Response:
        return problem(404, f"{error}; `steps` of the session lists them")

    @routes.errorhandler(NotTheirs)
    def not_theirs(error: NotTheirs) -> Response:
        return problem(403, str(error))

    @routes.errorhandler(Full)
    def full(error: Full) -> Response:
        return problem(409, str(error))

    @routes.errorhandler(OtherRequest)
    def other(error: OtherRequest) -> Response:
        return problem(409, str(error))

    @routes.errorhandler(Unreadable)
    def unreadable(error: Unreadable) -> Response:
        return problem(422, str(error))

    @routes.errorhandler(TooFast)
    def too_fast(error: TooFast) -> Response:
        return problem(429, str(error), retry_after=60)
