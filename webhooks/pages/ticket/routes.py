"""The pod's addresses: the frame, its content for whoever may look, a handoff asked for by hand."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request

from escalation.brief.sanitize import printable
from escalation.sessions.steps import LONGEST_OUTPUT, OUTCOMES
from webhooks.authorization import Viewer, viewer
from webhooks.claims.claiming import NoSuchHandoff
from webhooks.claims.wishing import CannotBeEscalated
from webhooks.pages.desk import Desk
from webhooks.pages.frame import LARGEST_ID, psa_origin, whoever
from webhooks.pages.ticket.view import pod
from webhooks.sessions.recording import NoSuchStep


def add(routes: Blueprint, desk: Desk) -> None:
    """Add the pod's routes."""

    @routes.get("/pod/ticket")
    def ticket() -> str:
        """Show the frame; which ticket it stands in is said by its host, or by `?ticket=` in a window of its own."""
        who = whoever()
        values = _pod(desk, who) if who and request.args.get("ticket") else None
        return render_template(
            "ticket/template.html", page="ticket", style="ticket.css", psa=psa_origin(), content="pod/ticket/content",
            heading="Handoff", known=values is not None, **(values or {"ticket_id": _ticket_in_address()}),
        )  # fmt: skip

    @routes.get("/pod/ticket/content")
    def ticket_content() -> str | Response:
        """Return what the ticket's handoff says; 204 where the page already shows it so."""
        values = _pod(desk, viewer())
        if request.args.get("version") == values["version"]:
            return Response(status=204)
        return render_template("ticket/content.html", **values)

    @routes.post("/pod/ticket/step")
    def tick() -> str:
        """Say what came of a pending step: for its member, and for a senior who takes over."""
        who = viewer()
        _ticked(desk, who)
        return render_template("ticket/content.html", **_pod(desk, who))

    @routes.post("/pod/ticket/handoff")
    def hand_off() -> tuple[str, int]:
        """Have the ticket escalated, for any member. 202; 409 where it is already or cannot be."""
        who, number = viewer(), _number()
        try:
            desk.bulkhead.do(lambda: desk.wishing.ask(who, number))
            status, refused = 202, ""
        except CannotBeEscalated as error:
            status, refused = 409, str(error)
        return render_template("ticket/content.html", refused=refused, **_pod(desk, who)), status


def _ticked(desk: Desk, who: Viewer) -> None:
    """Record what came of a pending step. Raises what `Recording.correct` does, and `NoSuchStep` for no number."""
    session, number, outcome = (request.form.get(name, "") for name in ("session", "number", "outcome"))
    if not (session.isdecimal() and number.isdecimal() and len(session) < 19 and len(number) < 9) or outcome not in OUTCOMES:
        raise NoSuchStep("no step's number")
    note = printable(request.form.get("note", ""))[:LONGEST_OUTPUT].strip()
    change = {"state": "done", "outcome": outcome} | ({"output": note} if note else {})
    desk.bulkhead.do(lambda: desk.recording.correct(who, int(session), int(number), change, key=None))


def _pod(desk: Desk, who: Viewer) -> dict[str, Any]:
    number, episode = _number(), request.args.get("episode", "")
    chosen = int(episode) if episode.isascii() and episode.isdigit() and len(episode) < 6 else None
    now = desk.clock()
    values = desk.read(who, lambda session: pod(session, who, ticket_id=number, episode=chosen, now=now))
    if (one := values["one"]) is not None and request.args.get("version") != one.version:
        desk.note_opened(who, one.id)
    return values


def _number() -> int:
    """Return the ticket that is asked for. Raises `NoSuchHandoff`."""
    if (number := _ticket_in_address()) is None:
        raise NoSuchHandoff("no ticket's number")
    return number


def _ticket_in_address() -> int | None:
    number = request.args.get("ticket", "")
    return int(number) if number.isascii() and number.isdigit() and 0 < int(number) <= LARGEST_ID else None
