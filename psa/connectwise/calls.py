"""Calls to one ConnectWise: where its codebase is now, answers into rows, pages into whole lists."""

from __future__ import annotations

import copy
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import msgspec
import requests
import structlog

from psa.connectwise.answers import NoSuchEndpoint, http_date, next_page
from psa.connectwise.schemas import decode
from psa.connectwise.schemas.row import Row, fields_of
from psa.connectwise.schemas.set_up import CompanyInfo
from psa.connectwise.transport import plainly
from psa.outbound.allowed_hosts import Site, fetch
from psa.outbound.throttle import Priority
from psa.port import Ambiguous, Forbidden, NotFound, NotPermitted, PsaError, Refused, Unavailable

log = structlog.get_logger()

PAGE = 1000
"""Rows a page; ConnectWise gives 25 unasked and 1000 at most (developer guide)."""
MOST_PAGES = 60
_ON_PREM_CODEBASE = "v4_6_release/"
"""Also right in the cloud, until a version is asked for by its own (developer guide)."""
_CODEBASE = re.compile(r"v[A-Za-z0-9_.]{1,40}")
_REDISCOVER_AFTER = 60.0
"""Seconds between two looks at whether the codebase moved."""
_AHEAD = timedelta(days=1)
"""A stamp this far ahead of the answer's own Date header was not written by that clock."""
_KNOWN_ODD = 10_000
_TICKET = re.compile(r"/service/tickets/([1-9]\d*)(?=/|$)")

RowT = TypeVar("RowT", bound=Row)


class Endpoint(Protocol):
    """A node of pyconnectwise's tree of URLs."""

    def _get_endpoint_url(self) -> str: ...


class Client(Protocol):
    """What is used of the ConnectWise client."""

    codebase: str

    def _make_request(
        self,
        method: str,
        url: str,
        data: Any = None,
        params: Any = None,
        *,
        priority: Priority,
    ) -> requests.Response: ...


class Calls:
    """Reads and writes against endpoints, for one account. Safe to use from several threads."""

    def __init__(
        self,
        client: Client,
        session: requests.Session,
        *,
        site: Site,
        company: str,
        on_codebase: Callable[[str], None] | None,
    ) -> None:
        self._client, self._session, self._site, self._company = client, session, site, company
        self._on_codebase = on_codebase
        self._looked_at = float("-inf")
        self._lock = threading.Lock()
        self._whole: set[type[Row]] = set()
        self._priority: Priority | None = None
        self._odd: set[tuple[str, int | None, tuple[str, ...]]] = set()
        """What was logged already, so that a poll says each odd record once."""
        self._in_projects: set[int] = set()
        """Tickets that were last found among the projects' ones. Shared by `at_priority`, so changed in place."""

    def at_priority(self, priority: Priority) -> Calls:
        """Return the same calls, all at one priority."""
        other = copy.copy(self)
        other._priority = priority
        return other

    def discover(self) -> str:
        """Ask which codebase the company is on. Public, so no keys are sent.

        Raises `Unavailable`, `Refused`.
        """
        where = f"GET /login/companyinfo at {self._site.ui}"
        url = f"{self._site.ui_origin}/login/companyinfo/{quote(self._company, safe='')}"
        try:
            status, body = fetch(self._session, url, deadline=10.0)
            if status == 200 and body.strip() != b"null":
                answer = decode.record(body, CompanyInfo)
                if odd := getattr(answer, "odd", ()):
                    log.warning("not_readable", path="/login/companyinfo", ids=[], fields=sorted(odd), count=1)
                found = (answer.codebase or "").strip("/")
                return f"{found}/" if _CODEBASE.fullmatch(found) else _ON_PREM_CODEBASE
        except (requests.RequestException, OSError, ValueError) as error:
            raise Unavailable(f"{where}: {plainly(error)}") from error
        if status in (200, 404):
            raise Refused(
                f"{where}: unknown company {self._company!r} at {self._site.ui}; "
                "check the site and the login company id",
                status=status,
            )
        raise Unavailable(f"{where}: {status}", status=status)

    def _ensure_codebase(self) -> str:
        if not self._client.codebase:
            with self._lock:
                if not self._client.codebase:
                    self._take(self.discover())
        return self._client.codebase

    def _take(self, codebase: str) -> None:
        self._looked_at = time.monotonic()
        self._client.codebase = codebase
        if self._on_codebase:
            try:
                self._on_codebase(codebase)
            except Exception as error:  # whoever stores it may fail in their own ways; the call must not
                log.warning("codebase_not_stored", codebase=codebase, error=type(error).__name__)

    def _moved(self, used: str) -> bool:
        """Look, at most once a minute, whether the codebase is another one than the call used."""
        with self._lock:
            if self._client.codebase != used:
                return True
            if time.monotonic() - self._looked_at < _REDISCOVER_AFTER:
                return False
            self._looked_at = time.monotonic()
            try:
                found = self.discover()
            except PsaError:
                return False
            if found.strip("/").lower() == used.strip("/").lower():
                return False
            self._take(found)
            return True

    def call(
        self,
        method: str,
        endpoint: Endpoint,
        *,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        priority: Priority = "gather",
    ) -> requests.Response:
        """Send one request.

        A read or a deletion follows a codebase that moved, once; another write is left to its next attempt. A ticket that is
        not there is asked for among the projects' tickets, where a service ticket goes that is turned into one, and back.
        """
        used = self._ensure_codebase()
        chosen = self._priority or priority

        ticket = _TICKET.search(endpoint._get_endpoint_url())
        number = int(ticket[1]) if ticket else 0
        there = number in self._in_projects

        def send(*, in_project: bool = there) -> requests.Response:
            url = endpoint._get_endpoint_url()
            url = url.replace("/service/tickets/", "/project/tickets/", 1) if in_project else url
            return self._client._make_request(method, url, body, params, priority=chosen)

        try:
            return send()
        except NoSuchEndpoint:
            if not self._moved(used) or method not in ("GET", "DELETE"):
                raise
            return send()
        except NotFound as missing:
            if not number:
                raise
            try:
                answer = send(in_project=not there)
            except (NotFound, Forbidden, NotPermitted, Refused, NoSuchEndpoint):
                raise missing from None  # nor there, as far as our role lets us see
            (self._in_projects.discard if there else self._in_projects.add)(number)
            return answer

    def read(
        self,
        endpoint: Endpoint,
        row: type[RowT],
        *,
        params: Mapping[str, Any] | None = None,
        priority: Priority = "gather",
    ) -> tuple[RowT, requests.Response]:
        """GET one record. Raises `Unavailable` for HTML, garbage or what is no record."""
        answer = self.call("GET", endpoint, params=params, priority=priority)
        try:
            found = decode.record(answer.content, row, latest=_latest(answer))
        except decode.Unusable as error:
            raise Unavailable(unusable("GET", answer, error), status=answer.status_code) from error
        self._say_odd(answer, [found])
        return found, answer

    def check(self, endpoint: Endpoint, params: Mapping[str, Any], priority: Priority) -> None:
        """GET and see that JSON came back, whatever it says. Raises as `read`."""
        answer = self.call("GET", endpoint, params=params, priority=priority)
        try:
            decode.any_json(answer.content)
        except decode.Unusable as error:
            raise Unavailable(unusable("GET", answer, error), status=answer.status_code) from error

    def write(
        self, method: str, endpoint: Endpoint, body: Any, type_: type[RowT], priority: Priority
    ) -> RowT:
        """Write and return the record that came back. Raises `Ambiguous` unless it has an id."""
        answer = self.call(method, endpoint, body=body, priority=priority)
        try:
            row = decode.record(answer.content, type_, latest=_latest(answer))
        except decode.Unusable as error:
            raise Ambiguous(unusable(method, answer, error), status=answer.status_code) from error
        if not row.id:
            raise Ambiguous(unusable(method, answer, "no id in it"), status=answer.status_code)
        self._say_odd(answer, [row])
        return row

    def pages(
        self, endpoint: Endpoint, row: type[RowT], params: Mapping[str, Any], priority: Priority
    ) -> Iterator[RowT]:
        """Read all pages. Raises `Unavailable` rather than returning a part of them."""
        page: int | None = 1
        seen: set[tuple[int | None, str | None]] = set()
        for _ in range(MOST_PAGES):
            asked = {**params, "page": page, "pageSize": PAGE}
            rows, answer = self.rows(endpoint, row, asked, priority)
            fresh = [r for r in rows if r.id is None or r.numbered not in seen]  # what came meanwhile shifts the pages
            yield from fresh
            seen.update(r.numbered for r in rows)
            link = answer.headers.get("Link")
            page = next_page(link, page=page or 1, rows=len(rows), size=PAGE)
            if page is None or not (fresh or link):  # without links the same again: a server that knows no pages
                return
        raise _too_many(endpoint)

    def by_id(
        self, endpoint: Endpoint, row: type[RowT], conditions: str, priority: Priority
    ) -> Iterator[RowT]:
        """Read all rows in the order of their ids, by `id >`: rows that come or go shift no page.

        Goes on from a page's last id but one: a single id that is none must not skip the rows after it.
        """
        last = 0
        seen: set[int] = set()
        for _ in range(MOST_PAGES):
            asked = {
                "conditions": f"({conditions}) and id > {last}" if last else conditions,
                "orderBy": "id asc",
                "fields": fields_of(row),
                "pageSize": PAGE,
            }
            rows, answer = self.rows(endpoint, row, asked, priority)
            yield from (r for r in rows if r.id is None or r.id not in seen)
            fresh = sorted({r.id for r in rows if r.id is not None and r.id > last} - seen)
            if len(fresh) < 2 or not is_part(answer, len(rows)):
                return
            seen.update(fresh)
            last = fresh[-2]
        raise _too_many(endpoint)

    def rows(
        self, endpoint: Endpoint, row: type[RowT], asked: Mapping[str, Any], priority: Priority
    ) -> tuple[list[RowT], requests.Response]:
        """Read one page; whole records where `fields` makes the server leave out a needed `_info`.

        Whether `fields` may name `_info` is not documented.
        """
        if row in self._whole:
            asked = {k: v for k, v in asked.items() if k != "fields"}
        answer = self.call("GET", endpoint, params=asked, priority=priority)
        try:
            found = decode.records(answer.content, row, latest=_latest(answer))
        except decode.Unusable as error:
            raise Unavailable(unusable("GET", answer, error), status=answer.status_code) from error
        if row.needs_info and "fields" in asked and found and not any(r.info or r.odd for r in found):
            self._whole.add(row)
            return self.rows(endpoint, row, asked, priority)
        self._say_odd(answer, found)
        return found, answer

    def _say_odd(self, answer: requests.Response, rows: Sequence[msgspec.Struct]) -> None:
        """Log what could not be read, by number and field, each once; never what stood there."""
        odd = [(_path(answer), r.id, r.odd) for r in rows if isinstance(r, Row) and r.odd]
        new = [entry for entry in odd if entry not in self._odd]
        if not new:
            return
        if len(self._odd) > _KNOWN_ODD:
            self._odd.clear()
        self._odd.update(new)
        fields = sorted({name or "record" for _, _, names in new for name in names})
        log.warning(
            "not_readable", path=new[0][0], ids=[number for _, number, _ in new[:20]], fields=fields[:20], count=len(new)
        )


def is_part(answer: requests.Response, rows: int, page: int = 1) -> bool:
    """Tell whether more rows follow a page: a server may give fewer than it was asked for, and says so in its links."""
    return next_page(answer.headers.get("Link"), page=page, rows=rows, size=PAGE) is not None


def _latest(answer: requests.Response) -> datetime | None:
    date = http_date(answer.headers.get("Date"))
    return date + _AHEAD if date else None


def _path(answer: requests.Response) -> str:
    return (answer.request.path_url or "").split("?", 1)[0].rsplit("/apis/3.0", 1)[-1]


def _too_many(endpoint: Endpoint) -> Unavailable:
    path = endpoint._get_endpoint_url().rsplit("/apis/3.0", 1)[-1]
    return Unavailable(
        f"GET {path}: more than {MOST_PAGES} pages; returning nothing rather than a part"
    )


def unusable(method: str, answer: requests.Response, why: object) -> str:
    """Return the message for a 2xx answer whose body cannot be used."""
    path = (answer.request.path_url or "").split("?", 1)[0]
    kind = answer.headers.get("Content-Type", "no content type")
    return (
        f"{method} {path}: {answer.status_code}, unusable body ({kind}, {len(answer.content)} bytes: {why})"
    )
