"""What a browser does with a claim link: get the page, keep its cookie, send its form. For demo, journeys, benchmarks."""

from __future__ import annotations

import html
import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass

_FORM = re.compile(r'name="form" value="([^"]+)"')
_NOTICE = re.compile(r'<p class="notice[^"]*"[^>]*>(.*?)</p>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Answer:
    """A page as it came back."""

    status: int
    page: str

    @property
    def notice(self) -> str:
        """Return what the page says first, in one line; empty if it says nothing."""
        found = _NOTICE.search(self.page)
        return " ".join(html.unescape(_TAG.sub(" ", found.group(1))).split()) if found else ""


class Browser:
    """One person's browser, with cookies of its own."""

    def __init__(self, *, timeout_s: float = 20.0) -> None:
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._open = urllib.request.build_opener(cookies).open
        self._timeout_s = timeout_s

    def show(self, url: str) -> Answer:
        """Open a page."""
        return self._ask(urllib.request.Request(url))  # noqa: S310 - our own address

    def press(self, url: str, answer: Answer, *, deed: str = "claim") -> Answer:
        """Press a button of a page that was shown. Raises `LookupError` if it has no form."""
        token = _FORM.search(answer.page)
        if token is None:
            raise LookupError(f"{url}: no button on the page, which says {answer.notice!r}")
        form = urllib.parse.urlencode({"form": html.unescape(token.group(1)), "deed": deed}).encode()
        return self._ask(urllib.request.Request(url, form))  # noqa: S310

    def _ask(self, request: urllib.request.Request) -> Answer:
        try:
            with self._open(request, timeout=self._timeout_s) as response:
                return Answer(response.status, response.read().decode())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read().decode())
