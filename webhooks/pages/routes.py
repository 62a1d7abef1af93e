"""The pages' addresses: shells that anybody may open and that hold nothing, and what is in them for whoever may look.

A shell is drawn in full where a cookie says who looks; else its script proves the member to us and asks for the content.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Blueprint, Response, g, render_template, request
from werkzeug.exceptions import HTTPException

from models.database.sessions import Database
from webhooks.authorization import (
    NotAllowed,
    NotMember,
    NotOurPage,
    NotSignedIn,
    TakenBack,
    door,
    frame_policy,
)
from webhooks.bulkhead import Away, Bulkhead
from webhooks.claims.claiming import Claiming, NoSuchHandoff
from webhooks.claims.keeping import Keeping
from webhooks.claims.noting import Noting
from webhooks.claims.wishing import Wishing
from webhooks.pages import assets, deeds
from webhooks.pages.analytics import routes as analytics
from webhooks.pages.desk import Desk
from webhooks.pages.frame import framed_by, key
from webhooks.pages.queue import routes as queue
from webhooks.pages.ticket import closing
from webhooks.pages.ticket import routes as ticket
from webhooks.sessions.recording import Full, NoSuchSession, NoSuchStep, NotTheirs, Recording, TooFast

log = structlog.get_logger()

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'"
)
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
}
YEAR_S = 31_536_000


def blueprint(
    *, database: Database, claiming: Claiming, wishing: Wishing, noting: Noting, keeping: Keeping, recording: Recording,
    bulkhead: Bulkhead, clock: Callable[[], datetime], public_url: str,
) -> Blueprint:
    """Return the pages' routes."""
    routes = Blueprint("pages", __name__, template_folder=".")
    root = f"{urlsplit(public_url).path.rstrip('/')}/"
    files = assets.load()
    desk = Desk(database, claiming, wishing, noting, keeping, recording, bulkhead, clock)

    @routes.get("/pages/<name>")
    def asset(name: str) -> Response:
        """Return a style, script or font; for a year where its address has its fingerprint."""
        found = files.get(name)
        if found is None:
            return Response(status=404)
        response = Response(found.content, mimetype=found.kind)
        kept = YEAR_S if request.args.get("v") == found.mark or found.kind.startswith("font/") else 0
        response.headers["Cache-Control"] = f"public, max-age={kept}, immutable" if kept else "no-cache"
        response.set_etag(found.mark)
        response.make_conditional(request)
        return response

    @routes.context_processor
    def of_every_page() -> dict[str, Any]:
        who = g.get("viewer")
        return {
            "root": root,
            "asset": lambda name: f"{root}pages/{name}?v={files[name].mark}",
            "viewer": who,
            "may_claim": bool(who and who.may_claim),
            "key": key(),
            "framed": request.headers.get("Sec-Fetch-Dest", "document") in ("iframe", "frame"),
        }

    for page in (queue, ticket, closing, analytics, deeds):
        page.add(routes, desk)
    _refusals(routes)
    routes.after_request(_guarded)
    return routes


def _guarded(response: Response) -> Response:
    if response.mimetype == "text/html":
        try:
            account = framed_by()
        except Away:  # which is what the page may be telling of
            account = door().page_account_before(key())
        response.headers["Content-Security-Policy"] = f"{POLICY}; {frame_policy(account)}"
        response.headers["Vary"] = "Authorization, Cookie, Sec-Fetch-Dest, HX-Request"
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response


def _refusals(routes: Blueprint) -> None:
    """Answer whoever cannot go on in a line of the page; what signs in again is told by the status alone."""

    @routes.errorhandler(NotSignedIn)
    @routes.errorhandler(TakenBack)
    @routes.errorhandler(NotMember)
    def unknown(_: Exception) -> Response:
        return _line(401, "Your session has ended. Reload the page.")

    @routes.errorhandler(NotOurPage)
    def not_ours(_: Exception) -> Response:
        return _line(403, "Nothing was changed. Reload the page and press again.")

    @routes.errorhandler(NotAllowed)
    def not_allowed(_: Exception) -> Response:
        what = "This is for engineers, admins and the owner. If you are one, ask whoever runs ResolutionFlow here to add you."
        return _line(403, what)

    @routes.errorhandler(NoSuchHandoff)
    def none_such(_: Exception) -> Response:
        return _line(404, "This escalation is not here (any more).")

    @routes.errorhandler(NoSuchSession)
    @routes.errorhandler(NoSuchStep)
    def no_step(_: Exception) -> Response:
        return _line(404, "This step is not here (any more).")

    @routes.errorhandler(NotTheirs)
    @routes.errorhandler(Full)
    @routes.errorhandler(TooFast)
    def not_recorded(error: Exception) -> Response:
        return _line(409, f"Not recorded: {error}.")

    @routes.errorhandler(Away)
    def away(_: Exception) -> Response:
        response = _line(503, "The database does not answer at the moment. It tries again by itself.")
        response.headers["Retry-After"] = "5"
        return response

    @routes.errorhandler(Exception)
    def unforeseen(error: Exception) -> Response:
        if isinstance(error, HTTPException):
            return _line(error.code or 500, "That address does not work here.")
        log.error("page_failed", exc_info=error)
        return _line(500, "That did not work. Nothing is known to have changed.")


def _line(status: int, text: str) -> Response:
    """Return a line for a person. Its header tells the page's script that it is no part of the page, which it may stand above."""
    alone = "HX-Request" not in request.headers
    shown = render_template("line.html", text=text, page="line", style="ticket.css", psa="", alone=alone)
    return Response(shown, status, {"X-ResolutionFlow": "line"})
