"""The page behind a claim link: who has this escalation, and a button.

Opening it changes nothing, since mail scanners open links. The address is a credential, so the page leaks it
nowhere: no referrer, nothing loaded from elsewhere, nothing kept, no frame.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import HTTPException

from escalation.brief.outline import Limits, outline
from escalation.brief.sanitize import printable
from escalation.brief.spans import Clock, span
from escalation.brief.urgency import urgency
from escalation.lifecycle import Response as State
from models.memory.assessments import Verdict
from psa.connectwise.links import ticket_url
from psa.outbound.allowed_hosts import Site
from webhooks.authorization import NotAllowed, TakenBack
from webhooks.bulkhead import Away, Bulkhead
from webhooks.claims.claiming import Claiming, ClaimView, NoAssessment, NoSuchHandoff, verdict_in
from webhooks.own_forms import NotOurButton, OwnForms, guard
from worker.process.links import CLAIM_LINK_S, BadPass, ClaimPass, Passes

log = structlog.get_logger()

COOKIE = "claim_page"
DEEDS = ("claim", "give back", "helpful", "wrong")
MOST_STEPS = 6
CSS = "../pages/plain.css"
"""Seen from `/claim/…`, so that a proxy may put us below a path of its own."""


def blueprint(
    claiming: Claiming, passes: Passes, bulkhead: Bulkhead, *, public_url: str, clock: Callable[[], datetime]
) -> Blueprint:
    """Return the routes under `/claim`."""
    routes = Blueprint("claims", __name__, template_folder="templates")
    page = Page(passes, public_url=public_url, clock=clock)

    @routes.get("/claim/<token>")
    def show(token: str) -> Response:
        """Show how the escalation stands. 200, or a page that says why not and what to do."""
        who = passes.read_claim(token)
        view = bulkhead.do(lambda: claiming.look(who, who.handoff_id))
        return page.show(token, view)

    @routes.post("/claim/<token>")
    def act(token: str) -> Response:
        """Claim it, give it back, or say what its assessment was worth.

        200 it is theirs, was given back or judged; 409 somebody else has it, it has ended, or it shows no assessment;
        403 not by this page's button.
        """
        who = passes.read_claim(token)
        deed = page.pressed(token)
        if (verdict := verdict_in(deed)) is not None:
            return judged(token, who, verdict)
        if deed == "give back":
            view = bulkhead.do(lambda: claiming.give_back(who, who.handoff_id))
            return page.show(token, view, status=200 if view.changed or view.is_open else 409)
        view = bulkhead.do(lambda: claiming.claim(who, who.handoff_id, way="link"))
        return page.show(token, view, status=200 if view.is_theirs else 409)

    def judged(token: str, who: ClaimPass, verdict: Verdict) -> Response:
        try:
            return page.show(token, bulkhead.do(lambda: claiming.judge(who, who.handoff_id, verdict=verdict)).view)
        except NoAssessment:
            return page.show(token, bulkhead.do(lambda: claiming.look(who, who.handoff_id)), status=409)

    # Everything: Flask would log what it does not know together with the address.
    routes.register_error_handler(Exception, sorry)
    routes.after_request(guard)
    return routes


class Page:
    """Draws the page of one handoff and knows its own form again."""

    def __init__(self, passes: Passes, *, public_url: str, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._forms = OwnForms(passes, public_url=public_url, under="/claim", cookie=COOKIE, keep_s=CLAIM_LINK_S)

    def show(self, token: str, view: ClaimView, *, status: int = 200) -> Response:
        """Return the page, with a form that is good in this browser."""
        browser = self._forms.browser()
        # All moments shown are by the PSA's clock, so their ages are too.
        values = _values(view, view.senior.psa_time(self._clock()))
        form = self._forms.form(token, browser)
        return self._forms.keep(Response(render_template("claim.html", css=CSS, form=form, **values), status), browser)

    def pressed(self, token: str) -> str:
        """Return which button was pressed. Raises `NotOurButton` unless it was our page's, in this browser."""
        self._forms.check(token)
        deed = request.form.get("deed", "")
        if deed not in DEEDS:
            raise NotOurButton("no button of ours")
        return deed


def _values(view: ClaimView, now: datetime) -> dict[str, object]:
    """Return what the page says, as plain values."""
    handoff, senior = view.handoff, view.senior
    moment = Clock(senior.time_zone, now).moment
    package = view.package
    brief = outline(package, Limits.all_of(package)) if package else None
    words = (brief.problem or brief.ask or brief.summary).text if brief else ""
    has_it = view.claimed_by.name if view.claimed_by else ""
    site = Site.parse(senior.site, allow_private=senior.allow_private)
    return {
        "viewer": senior,
        "account": printable(senior.account),
        "you": printable(senior.name),
        "number": handoff.ticket_id,
        "url": ticket_url(site, company=senior.company, ticket_id=handoff.ticket_id),
        "brief": brief,
        "problem": words,
        "MOST_STEPS": MOST_STEPS,
        "summary": printable(handoff.summary or "") or f"Ticket {handoff.ticket_id}",
        "company": printable(handoff.company or ""),
        "priority": printable(handoff.priority or ""),
        "urgent": urgency(handoff.priority),
        "escalated_by": printable(view.escalated_by),
        "by_hand": handoff.origin == "hand",
        "escalated_at": moment(handoff.escalated_at),
        "waiting": span(now - handoff.escalated_at),
        "state": view.state,
        "changed": view.changed,
        "claimed_by": printable(has_it),
        "claimed_ago": ago(handoff.claimed_at, now) if handoff.claimed_at else "",
        "runs_out": moment(handoff.claim_expires_at) if handoff.claim_expires_at else "",
        "owner": printable(handoff.owner_outcome or ""),
        "brief_in_ticket": handoff.brief_state == "posted",
        # An assessment is judged by whoever has read it: the brief is in the ticket, and somebody has taken it.
        "guess": brief.assessment.text if brief and brief.assessment and handoff.posted_at and not view.is_open else "",
        "verdict": view.verdict,
        "acted_ago": ago(handoff.acted_at, now) if handoff.acted_at else "",
        "ended_ago": ago(handoff.ended_at, now) if handoff.ended_at else "",
        "end_reason": printable(handoff.end_reason or ""),
        "resolved": handoff.response_state == State.RESOLVED,
    }


def ago(moment: datetime, now: datetime) -> str:
    """Return how long ago in one unit: `40 s`, `12 min`, `5 h`, `3 days`. A moment in the future (another clock) is 0 s ago."""
    seconds = max(0, int((now - moment).total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds < 48 * 3600 else f"{seconds // 86400} days"


def sorry(error: Exception) -> Response:
    """Return the page for whoever cannot go on: what is the matter and what to do."""
    status, title, what, again = _trouble(error)
    if status == 500:
        log.error("claim_page_failed", exc_info=error)
    else:
        log.info("claim_refused", status=status, reason=str(error))
    response = Response(render_template("sorry.html", css=CSS, title=title, what=what, again=again), status)
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


OWNER = "To claim the ticket, open it in ConnectWise and make yourself its owner."


def _trouble(error: Exception) -> tuple[int, str, str, bool]:
    """Return status, title, what to do, and whether trying this address again can help."""
    if isinstance(error, BadPass) and str(error) == "expired":
        return 410, "This link has expired", f"Claim links work for {CLAIM_LINK_S // 86_400} days. {OWNER}", False
    if isinstance(error, BadPass):
        what = "It may have been cut when it was copied. Use the button in the e-mail itself."
        return 404, "This link does not work", f"{what} {OWNER}", False
    if isinstance(error, TakenBack):
        what = "All earlier links of your company were taken back. The button in a newer e-mail works."
        return 410, "This link was taken back", f"{what} {OWNER}", False
    if isinstance(error, NotAllowed):
        what = (
            "Only active engineers, admins and the owner claim escalations, and you are none of them now. If that is "
            "wrong, ask whoever runs ResolutionFlow at your company to add you to the engineers and connect again."
        )
        return 403, "You cannot claim this", what, False
    if isinstance(error, NoSuchHandoff):
        return 410, "This escalation is gone", f"Its record was removed. {OWNER}", False
    if isinstance(error, NotOurButton):
        what = (
            "Nothing was changed. The page was open for too long, or this browser keeps no cookies for it. Open it "
            f"again and press its button. {OWNER}"
        )
        return 403, "Please press the button again", what, True
    what = f"Nothing is known to have changed. Try again in a few seconds. {OWNER}"
    if isinstance(error, Away):
        return 503, "Not at this moment", what, True
    code = error.code if isinstance(error, HTTPException) and error.code else 500
    return code, "That did not work", what, True
