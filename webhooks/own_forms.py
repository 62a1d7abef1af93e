"""Forms on pages whose address is a credential: what they send is known again, in the browser they were given to."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import Response, request

from webhooks.authorization import origin_of
from worker.process.links import BadPass, Passes

LARGEST_FORM = 4096
GUARDS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}
"""Such a page leaks its address nowhere: no referrer, nothing loaded from elsewhere, nothing kept, no frame."""


class NotOurButton(PermissionError):
    """The form did not come from the page that this browser was given for this address."""


def guard(response: Response) -> Response:
    """Add the headers of such a page."""
    for name, value in GUARDS.items():
        response.headers[name] = value
    return response


class OwnForms:
    """Makes forms of one kind of page, and knows them again."""

    def __init__(self, passes: Passes, *, public_url: str, under: str, cookie: str, keep_s: int) -> None:
        """`under` is the path below which the cookie is sent back, for `keep_s` seconds."""
        self._passes, self._cookie, self._keep_s = passes, cookie, keep_s
        self._origin = origin_of(public_url)
        self._secure = public_url.startswith("https:")
        self._path = f"{urlsplit(public_url).path.rstrip('/')}{under}"

    def browser(self) -> str:
        """Return what this browser is known by: what it sent, or a new name for it."""
        return request.cookies.get(self._cookie) or secrets.token_urlsafe(24)

    def form(self, link: str, browser: str) -> str:
        """Return what the form must carry."""
        return self._passes.form_token(link=link, browser=browser)

    def keep(self, response: Response, browser: str) -> Response:
        """Let the browser know its name again when it sends the form."""
        response.set_cookie(
            self._cookie, browser, max_age=self._keep_s, path=self._path, httponly=True, samesite="Strict",
            secure=self._secure,
        )  # fmt: skip
        return response

    def check(self, link: str) -> None:
        """Raise `NotOurButton` unless it was our page's button, in this browser.

        With `no-referrer`, browsers send `Origin: null` for our own form too (Fetch standard, "append a request Origin
        header"); there `Sec-Fetch-Site` decides, and the form's token in any case.
        """
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        origin = request.headers.get("Origin", "null")
        if site != "same-origin" or origin not in ("null", self._origin, origin_of(request.host_url)):
            raise NotOurButton(f"sent from {origin}, {site}")
        # In chunks no length is told before; the form is read from what is held here.
        if (request.content_length or 0) > LARGEST_FORM or len(request.get_data()) > LARGEST_FORM:
            raise NotOurButton("larger than our form")
        try:
            self._passes.check_form(
                request.form.get("form", ""), link=link, browser=request.cookies.get(self._cookie, "")
            )
        except BadPass as error:
            raise NotOurButton(str(error)) from error
