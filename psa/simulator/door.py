"""The front door: which company a request is for, who sends it, what goes wrong with it, and the log of it all."""

from __future__ import annotations

import base64
import binascii
import itertools
import json
import re
import threading
import time
from collections import deque
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final

from psa.simulator import boards, screens, service, system
from psa.simulator.answers import Answer, Refused, forbidden, no_route, throttled, unauthorized
from psa.simulator.callbacks import Callbacks
from psa.simulator.faults import HTML, Faults, RateLimit, Rule
from psa.simulator.routing import Call, Routes
from psa.simulator.wire import Reply, Request
from psa.simulator.world import World

VENDOR: Final = "application/vnd.connectwise.com+json"
_API: Final = re.compile(r"/(?P<codebase>v[\w.]+)/+apis/3\.0/(?P<path>[^?]*)", re.IGNORECASE)
_COMPANY: Final = re.compile(r"/login/companyinfo/(?P<company>[^/]+)/?", re.IGNORECASE)
_KEY: Final = re.compile(r"/(?P<codebase>v[\w.]+)/+system/callbackkey/index\.rails", re.IGNORECASE)
_VERSION: Final = re.compile(r"version=([\w.]+)")
_ALWAYS: Final = "v4_6_release"


@dataclass(frozen=True, slots=True)
class Office:
    """One company of the simulated PSA with its callbacks."""

    world: World
    callbacks: Callbacks
    limit: RateLimit


class RequestLog:
    """Every request with its times, monotonic and on the wall, and how many were open at once."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._numbers = itertools.count(1)
        self.clear()

    def clear(self) -> None:
        """Forget them."""
        self._rows: deque[dict[str, Any]] = deque(maxlen=200_000)
        self._open = 0
        self.peak = 0

    def begin(self, request: Request) -> dict[str, Any]:
        """Note that a request has come in."""
        row = {
            "number": next(self._numbers),
            "method": request.method,
            "path": request.target,
            "status": None,
            "start": time.monotonic(),
            "end": None,
            "at": time.time(),
            "company": None,
            "fault": None,
        }
        with self._guard:
            self._rows.append(row)
            self._open += 1
            self.peak = max(self.peak, self._open)
        return row

    def end(self, row: dict[str, Any], status: int | None) -> None:
        """Note how it was answered."""
        row["status"], row["end"] = status, time.monotonic()
        with self._guard:
            self._open = max(0, self._open - 1)

    def shown(self) -> dict[str, Any]:
        """Return all rows in the order they came, and the peak."""
        with self._guard:
            return {"requests": [dict(row) for row in self._rows], "peak": self.peak}


class Door:
    """Answer everything but the control endpoint."""

    def __init__(self, offices: dict[str, Office], faults: Faults, stopping: threading.Event) -> None:
        self.offices = offices
        self.faults = faults
        self.log = RequestLog()
        self.learns_origin = False
        self._stopping = stopping
        self._routes = Routes()
        service.add_routes(self._routes)
        service.add_routes(self._routes, "project/tickets")
        boards.add_routes(self._routes)
        system.add_routes(self._routes)

    def answer(self, request: Request) -> Reply:
        """Answer one request, or spoil it as the faults say."""
        row = self.log.begin(request)
        status: int | None = None
        try:
            reply = self._spoilt(request, row)
            status = None if reply.reset or reply.silent else reply.status
            return reply
        finally:
            self.log.end(row, status)

    def _spoilt(self, request: Request, row: dict[str, Any]) -> Reply:
        wait, rule = self.faults.match(request.method, request.target, _company_of(request))
        if wait:
            self._stopping.wait(wait)
        if rule is None:
            return self._good(request, row)
        row["fault"] = rule.kind
        if rule.kind == "visible":
            return self._good(request, row, visible=True)
        good = self._good(request, row) if rule.applied or rule.kind == "truncate" else None
        return self._bad(rule, good)

    def _bad(self, rule: Rule, good: Reply | None) -> Reply:
        if rule.kind == "hang":
            self._hang(rule.seconds)
            return Reply(0, silent=True)
        if rule.kind == "reset":
            return Reply(0, reset=True)
        if rule.kind == "truncate" and good is not None:
            good.cut = len(good.body) // 2
            return good
        if rule.kind == "html":
            return Reply(rule.status, HTML.format(status=rule.status).encode(), {"Content-Type": "text/html"})
        if rule.kind == "empty":
            return Reply(rule.status, b"", {"Content-Type": f"{VENDOR}; charset=utf-8"})
        if rule.kind == "forbidden":
            return reply(forbidden().answer)
        if rule.kind == "throttle":
            return reply(throttled(rule.wait_header()).answer)
        body = {"code": "Error", "message": "An error has occurred.", "errors": None}
        return reply(Answer(rule.status, body))

    def _hang(self, seconds: float) -> None:
        """Wait until the time is over, the faults are cleared, or the simulator stops."""
        cleared = self.faults.cleared
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self._stopping.is_set():
            if cleared.wait(min(0.1, max(0.0, end - time.monotonic()))):
                return

    def _good(self, request: Request, row: dict[str, Any], *, visible: bool = False) -> Reply:
        try:
            if match := _API.fullmatch(request.path):
                return self._api(request, match["codebase"], match["path"].strip("/"), row, visible=visible)
            if match := _COMPANY.fullmatch(request.path):
                return reply(self._company(match["company"]))
            if match := _KEY.fullmatch(request.path):
                return reply(self._key(request, match["codebase"]))
            if screens.PATH.fullmatch(request.path):
                office = self.offices.get(request.query.get("companyName", "").casefold()) or self._first()
                with office.world.lock:
                    return screens.ticket_screen(office.world, request)
            raise no_route()
        except Refused as refused:
            return reply(refused.answer, request)

    def _api(
        self, request: Request, codebase: str, path: str, row: dict[str, Any], *, visible: bool
    ) -> Reply:
        office, member = self._who(request)
        world = office.world
        row["company"] = world.tenant.company
        if codebase not in (_ALWAYS, world.tenant.codebase.rstrip("/")):
            raise no_route()
        if not office.limit.allows():
            wait = office.limit.retry_after
            raise throttled(None if wait is None else str(wait), wait or 30)
        with world.lock:
            if self.learns_origin and request.headers.get("host"):
                world.origin = f"http://{request.headers['host']}"
            if any(pattern.search(f"{request.method} /{path}") for pattern in world.revoked):
                raise forbidden()
            answering, numbers = self._routes.find(request.method, path)
            url = f"{world.base}/apis/3.0/{path}"
            call = Call(world, request, member, path, numbers, visible=visible, page_url=url)
            return reply(answering(call), request)

    def _who(self, request: Request) -> tuple[Office, str]:
        """Return the company and the member that a request proves to be; refuse with 401.

        API keys, a member's hash as the password, or the four cookies of a hosted page.
        """
        company, user, secret = _basic(request.headers.get("authorization", ""))
        cookies = {} if company else _cookies(request.headers.get("cookie", ""))
        office = self.offices.get((company or cookies.get("companyName", "")).casefold())
        if office is None:
            raise unauthorized("Your request is not authorized: check company and keys.")
        tenant = office.world.tenant
        client_id = request.headers.get("clientid", "")
        if client_id.casefold() != tenant.client_id.casefold():
            message = "The clientId header is missing." if not client_id else "The clientId is not known."
            raise unauthorized(message)
        if company and (user, secret) == (tenant.public_key, tenant.private_key):
            return office, tenant.api_member
        if cookies and cookies.get("memberContext"):
            user, secret = cookies.get("memberId", ""), cookies.get("memberHash", "")
        with office.world.lock:
            try:
                member = office.world.member(user)
            except KeyError:
                member = {}
            right = (
                secret
                and secret == office.world.member_hash(user)
                and user.casefold() not in office.world.expired_hashes
            )
        if not member or not right or member["inactiveFlag"]:
            raise unauthorized("Your request is not authorized: check company and keys.")
        return office, str(member["identifier"])

    def _first(self) -> Office:
        return next(iter(self.offices.values()))

    def _company(self, company: str) -> Answer:
        """Answer where a company lives; an unknown one is JSON null with 200 (public client code)."""
        office = self.offices.get(company.casefold())
        if office is None:
            return Answer(200, None)
        tenant = office.world.tenant
        return Answer(
            200,
            {
                "CompanyName": tenant.company_name,
                "Codebase": tenant.codebase,
                "VersionCode": tenant.version,
                "VersionNumber": "v4.6.103482",
                "CompanyID": tenant.company,
                "IsCloud": "True",
                "SiteUrl": office.world.origin.partition("://")[2],
            },
        )

    def _key(self, request: Request, codebase: str) -> Answer:
        """Answer the key that callbacks are signed with. No authentication, as public clients fetch it."""
        office = self.offices.get(request.query.get("companyName", "").casefold())
        if office is None or request.query.get("id") != office.world.tenant.key_id:
            raise no_route()
        if codebase not in (_ALWAYS, office.world.tenant.codebase.rstrip("/")):
            raise no_route()
        body = json.dumps({"signing_key": office.world.tenant.signing_key}).encode()
        return Answer(200, body, {"Content-Type": "text/html; charset=utf-8"})


def reply(answer: Answer, request: Request | None = None) -> Reply:
    """Return an answer as bytes, in the vendor's content type unless it has one."""
    headers = dict(answer.headers)
    if not answer.empty and "Content-Type" not in headers:
        asked = _VERSION.search(request.headers.get("accept", "")) if request else None
        headers["Content-Type"] = f"{VENDOR}; version={asked[1] if asked else '2026.4'}; charset=utf-8"
    return Reply(answer.status, answer.encoded(), headers)


def _company_of(request: Request) -> str:
    """Return which company a request says it is for, before anything is checked."""
    company, _, _ = _basic(request.headers.get("authorization", ""))
    if not company and (match := _COMPANY.fullmatch(request.path)):
        company = match["company"]
    return (company or request.query.get("companyName", "")).casefold()


def _basic(header: str) -> tuple[str, str, str]:
    """Return company, user and secret of `Basic base64(company+user:secret)`, empty when it is something else."""
    scheme, _, coded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", "", ""
    try:
        text = base64.b64decode(coded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return "", "", ""
    name, _, secret = text.partition(":")
    company, plus, user = name.partition("+")
    return (company, user, secret) if plus else ("", "", "")


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}
