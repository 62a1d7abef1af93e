"""How it ended, in the pod: draft the resolution note, edit and post it; save a runbook's first wording. Any member may."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from escalation.brief.spans import Clock
from escalation.resolution.text import FORMS, LONGEST, SHORTEST, Form, NoNote
from escalation.runbook.contents import NoRunbook
from models.handoff.resolution_notes import CannotBeNoted
from webhooks.authorization import Viewer, viewer
from webhooks.claims.noting import NoteView
from webhooks.pages.desk import Desk
from webhooks.pages.frame import known

SHARED = {"shortest": SHORTEST, "longest": LONGEST}


def add(routes: Blueprint, desk: Desk) -> None:
    """Add the note's routes. Each answers with the section as it then stands."""

    @routes.post("/escalations/<int:handoff_id>/resolution-note/draft")
    def draft(handoff_id: int) -> str:
        """Open a draft of what is stored, and have the ticket read again for a newer one."""
        who = viewer()
        return _editor(who, desk.bulkhead.do(lambda: desk.noting.read_again(who, known(handoff_id))), _form(), desk)

    @routes.get("/escalations/<int:handoff_id>/resolution-note/draft")
    def newer(handoff_id: int) -> str | Response:
        """Return the newest draft; asked with `read`, what there is newer than that reading, 204 where nothing will come."""
        who = viewer()
        view = desk.bulkhead.do(lambda: desk.noting.look(who, known(handoff_id)))
        read = request.args.get("read", "")
        if not read:
            return _editor(who, view, _form(), desk)
        if (view.as_of.isoformat() if view.as_of else "") == read and not view.being_read:
            return Response(status=204)
        return render_template("ticket/newer.html", note=view, form=_form(), read=read, moment=_moment(who, desk))

    @routes.post("/escalations/<int:handoff_id>/resolution-note")
    def post_note(handoff_id: int) -> Response:
        """Have the text posted. 422 for one that is too short or long, 409 where nothing may be posted."""
        who, form, text = viewer(), _form(), request.form.get("text", "")
        try:
            view = desk.bulkhead.do(lambda: desk.noting.post(who, known(handoff_id), form=form, text=text))
        except (NoNote, CannotBeNoted) as error:
            return _refused(f"Not posted: {error}.", 409 if isinstance(error, CannotBeNoted) else 422)
        return Response(render_template("ticket/closing.html", note=view, moment=_moment(who, desk), **SHARED))

    @routes.post("/escalations/<int:handoff_id>/runbook")
    def save_runbook(handoff_id: int) -> Response:
        """Save the first wording of a runbook. 409 where the ticket does not say what fixed it, or there are too many."""
        who = viewer()
        try:
            saved = desk.bulkhead.do(lambda: desk.keeping.save_first(who, known(handoff_id)))
        except NoRunbook as error:
            return _refused(f"Not saved: {error}.", 409)
        return Response(render_template("ticket/runbook.html", handoff_id=handoff_id, saved=saved))


def _refused(text: str, status: int) -> Response:
    line = {"text": text, "page": "line", "style": "ticket.css", "psa": "", "alone": False}
    return Response(render_template("line.html", **line), status, {"HX-Reswap": "none"})


def _editor(who: Viewer, view: NoteView, form: Form, desk: Desk) -> str:
    edits = form if view.state in ("draft", "failed") else ""
    return render_template("ticket/closing.html", note=view, edits=edits, moment=_moment(who, desk), **SHARED)


def _form() -> Form:
    # Not called `form`: a field of that name hides the property by which scripts find a field's form.
    given = request.values.get("kind", "")
    return next((form for form in FORMS if form == given), "internal")


def _moment(who: Viewer, desk: Desk) -> object:
    return Clock(who.time_zone, who.psa_time(desk.clock())).moment
