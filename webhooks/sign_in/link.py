"""Signing in outside the PSA: a link by e-mail, and a button behind it that puts a cookie into this browser.

Opening the link changes nothing, since mail scanners open links; the button uses it up. Whoever asks for a link reads the
same answer whether anybody has that address or not, and as fast: who has it is looked up after the answer.
"""

from __future__ import annotations

import queue
import re
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

import structlog
from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import HTTPException

from models.database.sessions import Database
from models.work import sign_ins
from webhooks.authorization import COOKIE, NotAllowed, NotOurPage, TakenBack, door, require_member
from webhooks.bulkhead import Away, Bulkhead
from webhooks.own_forms import NotOurButton, OwnForms, guard
from webhooks.refused_callers import RefusedCallers
from worker.process.links import BadPass, Passes
from worker.process.tokens import LIFETIME_S, Audience, MemberPass, as_sent

log = structlog.get_logger()

PLAUSIBLE = re.compile(r"[^\s@<>\"(),:;\\\x00-\x1f\x7f]{1,64}@[^\s@<>\"(),:;\\\x00-\x1f\x7f]{1,190}")
MINUTES = LIFETIME_S[Audience.SIGN_IN] // 60
FORM_COOKIE = "sign_in_page"
TICKET_COOKIE = "sign_in_ticket"


class Rings(Protocol):
    """Whatever can ring a worker."""

    def ring(self, task: str, **ids: object) -> bool: ...


class UsedUp(PermissionError):
    """The link was good once."""


class Links:
    """Takes wishes for links, and links."""

    def __init__(
        self, database: Database, passes: Passes, bell: Rings, clock: Callable[[], datetime], *, message_domain: str,
        most: int = 200,
    ) -> None:  # fmt: skip
        """At most `most` wishes wait to be looked up; what comes beyond is dropped, since asking again is easy."""
        self._message_domain = message_domain
        self._database, self._passes, self._bell, self._clock = database, passes, bell, clock
        self._wishes: queue.Queue[str] = queue.Queue(most)
        threading.Thread(target=self._work, name="sign-in-links", daemon=True).start()

    def wish(self, address: str) -> None:
        """Take an address, known or not; takes no time and says nothing about it."""
        if PLAUSIBLE.fullmatch(address):
            try:
                self._wishes.put_nowait(address)
            except queue.Full:
                log.warning("sign_in_wish_dropped", reason="too many waiting")

    def read(self, token: str) -> MemberPass:
        """Return what a link says. Raises `BadPass`."""
        return self._passes.tokens.read(as_sent(token), Audience.SIGN_IN)

    def use(self, who: MemberPass) -> str:
        """Use a link up and return the cookie for it. Raises `UsedUp`, `TakenBack` and `NotMember`."""
        now = self._clock()
        with self._database.account(who.account_id) as session:
            member = require_member(session, who)
            if not sign_ins.use(session, who.account_id, who.subject or 0, member_id=who.member_id, now=now):
                raise UsedUp("the link was used before")
        log.info("signed_in", account_id=who.account_id, member_id=who.member_id)
        return self._passes.tokens.sign(
            Audience.BROWSER, account_id=who.account_id, member_id=who.member_id, epoch=member.epoch
        )

    def _work(self) -> None:
        while True:
            address = self._wishes.get()
            try:
                self._look_up(address)
            except Exception:  # whatever it was: without this thread nobody would be sent a link any more
                log.exception("sign_in_wish_lost")

    def _look_up(self, address: str) -> None:
        with self._database.system(reading=True) as system:
            found = sign_ins.members_at(system, address)
        for account_id, member_id in found:
            with self._database.account(account_id) as session:
                row = sign_ins.ask(session, account_id, member_id, now=self._clock(), message_domain=self._message_domain)
            log.info("sign_in_asked", account_id=account_id, member_id=member_id, queued=row is not None)
            if row is not None:
                self._bell.ring("report", account_id=account_id, report_id=row)


class Page:
    """Draws the pages under `/sign-in`, knows their form again, and what cookies are kept by."""

    def __init__(self, passes: Passes, *, public_url: str) -> None:
        self.base = urlsplit(public_url).path.rstrip("/")
        self.forms = OwnForms(passes, public_url=public_url, under="/sign-in", cookie=FORM_COOKIE, keep_s=86_400)
        self.kept: dict[str, Any] = {
            "path": f"{self.base}/", "httponly": True, "samesite": "Lax", "secure": public_url.startswith("https:"),
        }  # fmt: skip

    def says(self, status: int, title: str, what: str, *, again: bool = False) -> Response:
        """Return a page that says something; with `again`, and where to ask for a link."""
        return Response(self._drawn(title=title, what=what, again=again), status)

    def asks(self, link: str, *, title: str, button: str, **values: object) -> Response:
        """Return a page with a button, whose form is good for `link` and this browser."""
        browser = self.forms.browser()
        drawn = self._drawn(title=title, button=button, form=self.forms.form(link, browser), **values)
        return self.forms.keep(Response(drawn), browser)

    def _drawn(self, **values: object) -> str:
        return render_template("sign_in.html", css=f"{self.base}/pages/plain.css", **values)


def blueprint(
    links: Links, passes: Passes, bulkhead: Bulkhead, *, public_url: str, callers: RefusedCallers | None = None
) -> Blueprint:
    """Return the routes under `/sign-in`, and `/sign-out`. `callers` counts wishes for each address they come from."""
    routes = Blueprint("sign_in", __name__, template_folder="../templates")
    page = Page(passes, public_url=public_url)
    _ask(routes, page, links, callers or RefusedCallers(free=30, window_s=600))
    _use(routes, page, links, bulkhead)
    _refusals(routes, page)
    routes.after_request(guard)
    return routes


def _ask(routes: Blueprint, page: Page, links: Links, callers: RefusedCallers) -> None:
    @routes.get("/sign-in")
    def ask() -> Response:
        """Show where to ask for a link; whoever comes from a ticket's pod (`?ticket=`) is led back there in this browser."""
        shown = page.asks("wish", title="See your escalations", button="Send me a link", ask=True)
        if _is_ticket(ticket := request.args.get("ticket", "")):
            shown.set_cookie(TICKET_COOKIE, ticket, max_age=LIFETIME_S[Audience.SIGN_IN], **page.kept)
        return shown

    @routes.post("/sign-in")
    def wish() -> Response:
        """Send a link to an address if it is a member's. The same answer for every address."""
        page.forms.check("wish")
        caller = request.remote_addr or ""
        if callers.is_one(caller):
            shown = page.says(429, "Too many links", "Many links were asked for from here. Try again in ten minutes.")
            shown.headers["Retry-After"] = "600"
            return shown
        callers.refused(caller)
        links.wish(request.form.get("address", "").strip()[:256])
        what = (
            "If that address belongs to an active member of an account here, a link is on its way to it. It works for "
            f"{MINUTES} minutes, once. Nothing there after a few minutes? Use the address that ConnectWise has for you."
        )
        return page.says(200, "Look into your mailbox", what)


def _use(routes: Blueprint, page: Page, links: Links, bulkhead: Bulkhead) -> None:
    @routes.get("/sign-in/<token>")
    def show(token: str) -> Response:
        """Show the button. Changes nothing."""
        who = links.read(token)
        let_in = door().let_in
        viewer = bulkhead.do(lambda: let_in(who))
        return page.asks(token, title=f"Sign in to {viewer.account}", button="Sign in", you=viewer.name)

    @routes.post("/sign-in/<token>")
    def use(token: str) -> Response:
        """Use the link up, and go with a cookie to the ticket one came from, else to the queue."""
        page.forms.check(token)
        who = links.read(token)
        cookie = bulkhead.do(lambda: links.use(who))
        ticket = request.cookies.get(TICKET_COOKIE, "")
        where = f"/pod/ticket?ticket={ticket}" if _is_ticket(ticket) else "/escalations"
        answer = Response(status=303, headers={"Location": f"{page.base}{where}"})
        answer.delete_cookie(TICKET_COOKIE, **page.kept)
        answer.set_cookie(COOKIE, cookie, max_age=LIFETIME_S[Audience.BROWSER], **page.kept)
        return answer

    @routes.post("/sign-out")
    def leave() -> Response:
        """Take the cookie out of this browser; asked for by a page of ours."""
        door().require_our_page()
        answer = Response(status=204)
        answer.delete_cookie(COOKIE, **page.kept)
        return answer


def _is_ticket(said: str) -> bool:
    return said.isascii() and said.isdigit() and len(said) < 20


def _refusals(routes: Blueprint, page: Page) -> None:
    """Answer whoever cannot go on: what is the matter and what to do."""

    @routes.errorhandler(BadPass)
    @routes.errorhandler(UsedUp)
    @routes.errorhandler(TakenBack)
    def useless(error: Exception) -> Response:
        log.info("sign_in_refused", reason=str(error))
        what = f"A sign-in link works for {MINUTES} minutes, once. Ask for another."
        return page.says(410, "This link does not work any more", what, again=True)

    @routes.errorhandler(NotAllowed)
    def no_member(error: NotAllowed) -> Response:
        log.info("sign_in_refused", reason=str(error))
        return page.says(403, "You cannot sign in", "You are not an active member of that account in ConnectWise now.")

    @routes.errorhandler(NotOurButton)
    @routes.errorhandler(NotOurPage)
    def not_ours(error: PermissionError) -> Response:
        log.info("sign_in_refused", reason=str(error))
        what = "Nothing was changed. The page was open for too long, or this browser keeps no cookies for it."
        return page.says(403, "Please press the button again", what, again=True)

    @routes.errorhandler(Exception)
    def failed(error: Exception) -> Response:  # everything: Flask would log what it does not know together with the address
        code = error.code if isinstance(error, HTTPException) and error.code else 500
        if code == 500:
            log.error("sign_in_failed", exc_info=error)
        return page.says(code, "That did not work", "Nothing is known to have changed. Try again in a few seconds.")

    @routes.errorhandler(Away)
    def away(_: Away) -> Response:
        shown = page.says(503, "Not at this moment", "Nothing was changed. Try again in a few seconds.")
        shown.headers["Retry-After"] = "5"
        return shown
