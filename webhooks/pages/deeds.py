"""What one can press on a page: claim it, say what one starts with, give it back, dismiss it, judge its assessment.

Each answers with what the page then shows: the queue's cards, or the handoff as the place shows it that sent the form.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, render_template, request

from escalation.brief.sanitize import printable
from webhooks.authorization import Viewer, senior, viewer
from webhooks.claims.claiming import ClaimView, NoAssessment, verdict_in
from webhooks.pages.desk import Desk
from webhooks.pages.frame import known
from webhooks.pages.handoff.view import shown
from webhooks.pages.queue.routes import drawn_cards

PLACES = {"panel": "handoff/panel.html", "pod": "ticket/handoff.html"}
SHORTEST, LONGEST = 3, 200


def add(routes: Blueprint, desk: Desk) -> None:
    """Add the deeds' routes."""

    def done(deed: Callable[[Viewer], ClaimView], *, status: Callable[[ClaimView], int] = lambda _: 200) -> Response:
        who = senior(viewer())
        view = desk.bulkhead.do(lambda: deed(who))
        return Response(_answer(desk, who, view), status(view))

    @routes.post("/escalations/<int:handoff_id>/claim")
    def claim(handoff_id: int) -> Response:
        """Claim it. 200; 409 for whoever comes second, with who was first."""
        return done(
            lambda who: desk.claiming.claim(who, known(handoff_id), way="api"),
            status=lambda view: 200 if view.is_theirs else 409,
        )

    @routes.post("/escalations/<int:handoff_id>/release")
    def release(handoff_id: int) -> Response:
        return done(lambda who: desk.claiming.give_back(who, known(handoff_id)))

    @routes.post("/escalations/<int:handoff_id>/start")
    def start(handoff_id: int) -> Response:
        """Keep what its claimant starts with. 422 where nothing is said."""
        text = _said("text")
        if text is None:
            return _too_short("Say what you start with")
        return done(lambda who: desk.claiming.start_with(who, known(handoff_id), text=text))

    @routes.post("/escalations/<int:handoff_id>/dismiss")
    def dismiss(handoff_id: int) -> Response:
        """End it without anybody claiming it. 422 without a reason."""
        reason = _said("reason")
        if reason is None:
            return _too_short("Say why")
        return done(lambda who: desk.claiming.dismiss(who, known(handoff_id), reason=reason))

    @routes.post("/escalations/<int:handoff_id>/assessment")
    def judge(handoff_id: int) -> Response:
        """Say that its assessment was helpful or wrong. 409 where the brief shows none; 422 for another word."""
        verdict = verdict_in(request.form.get("verdict"))
        if verdict is None:
            return _line("Press one of the two: helpful or wrong.", 422)
        try:
            return done(lambda who: desk.claiming.judge(who, known(handoff_id), verdict=verdict).view)
        except NoAssessment:
            return _line("Its brief shows no assessment (any more).", 409)


def _answer(desk: Desk, who: Viewer, view: ClaimView) -> str:
    lost = request.path.endswith("/claim") and not view.is_theirs
    place = request.args.get("as", "")
    if place not in PLACES:
        return drawn_cards(desk, who, lost=view.handoff.id if lost else 0)
    return render_template(PLACES[place], one=shown(view, desk.clock()), place=place, lost=lost)


def _said(name: str) -> str | None:
    text = " ".join(printable(request.form.get(name, "")).split())
    return text if SHORTEST <= len(text) <= LONGEST else None


def _too_short(what: str) -> Response:
    return _line(f"{what}, in {SHORTEST} to {LONGEST} characters.", 422)


def _line(text: str, status: int) -> Response:
    response = Response(render_template("line.html", text=text, page="line", style="ticket.css", psa="", alone=False), status)
    response.headers["HX-Reswap"] = "none"
    return response
