"""Who is asking, and what they may do: looked up when a pass is used, not when it was signed.

`viewer()` says who sent the current request: by a token in `Authorization: Bearer`, or outside the PSA by the cookie of
`webhooks/sign_in/`. Any active member of an account may look at its handoffs; engineers, admins and the owner may act.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from escalation.response.sightings import CLAIMING_ROLES
from models.account import accounts
from models.account.accounts import PageAccount
from models.database.sessions import Database
from models.tables import Account, Member
from psa.outbound.allowed_hosts import ForbiddenAddress, Site
from webhooks.bulkhead import Away, Bulkhead
from webhooks.problems import problem
from worker.process.tokens import Audience, BadPass, MemberPass, Tokens

COOKIE = "resolutionflow"
"""The cookie of a browser outside the PSA. Never sent along from other sites' forms or frames (SameSite=Lax)."""
OUR_HEADER = "X-ResolutionFlow"
"""With any value on whatever changes something by cookie: another site's page cannot send it without our leave."""
CHANGES_NOTHING = frozenset({"GET", "HEAD", "OPTIONS"})
PAGE_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
DOOR = "resolutionflow.door"
TOKEN_HELP = "send `Authorization: Bearer TOKEN`; a token comes from `resolutionflow account token`"  # noqa: S105


class NotSignedIn(PermissionError):
    """No token and no cookie, or one that is forged, expired or made for something else."""


class TakenBack(PermissionError):
    """The pass was good once: the account is gone, or took back all links and tokens."""


class NotAllowed(PermissionError):
    """The pass is good, but whoever it was made for may not do this (any more)."""


class NotMember(NotAllowed):
    """Whoever it was made for is no active member of the account."""


class NotSenior(NotAllowed):
    """Whoever it was made for is no active engineer, admin or owner."""


class NotOurPage(PermissionError):
    """A change asked for by cookie that did not come from a page of ours."""


class Pass(Protocol):
    """Whatever says who somebody is."""

    @property
    def account_id(self) -> int: ...
    @property
    def member_id(self) -> int: ...
    @property
    def epoch(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody of an account, and what their pages need. Is itself a `Pass`."""

    account_id: int
    member_id: int
    epoch: int
    login: str
    name: str
    role: str
    account: str
    site: str
    company: str
    allow_private: bool
    time_zone: str
    clock_ahead: timedelta
    """How far the PSA's clock is ahead of ours, as last compared."""
    suspended: bool = False
    """Whether the account is: what they press does not reach ConnectWise meanwhile."""
    audience: Audience | None = None
    """By what kind of token they came; None for the link in an e-mail."""
    expires_at: datetime | None = None
    """When that token runs out."""

    @property
    def may_claim(self) -> bool:
        """Whether they may claim, dismiss and see the figures."""
        return self.role in CLAIMING_ROLES

    def psa_time(self, now: datetime) -> datetime:
        """Return a moment of ours by the PSA's clock, which tells when notes and time entries were made."""
        return now + self.clock_ahead


def require_member(session: Session, who: Pass) -> Viewer:
    """Return who it is, in the account's own session. Raises `TakenBack` and `NotMember`."""
    account = session.execute(
        select(
            Account.name, Account.site, Account.company, Account.allow_private, Account.time_zone, Account.token_epoch,
            Account.clock_skew_s, Account.suspended_at,
        ).where(Account.id == who.account_id)
    ).one_or_none()  # fmt: skip
    if account is None:
        raise TakenBack("the account was removed")
    if account.token_epoch != who.epoch:
        raise TakenBack("all links and tokens made before were taken back")
    member = session.scalar(
        select(Member).where(Member.account_id == who.account_id, Member.id == who.member_id)
    )
    if member is None or not member.active:
        raise NotMember("not an active member of this account any more")
    if member.is_api:
        raise NotMember(f"{member.name} is an API member here")
    return Viewer(
        account_id=who.account_id,
        member_id=member.id,
        epoch=who.epoch,
        login=member.identifier,
        name=member.name,
        role=member.role,
        account=account.name,
        site=account.site,
        company=account.company,
        allow_private=account.allow_private,
        time_zone=account.time_zone,
        clock_ahead=timedelta(seconds=account.clock_skew_s or 0.0),
        suspended=account.suspended_at is not None,
        audience=who.audience if isinstance(who, MemberPass) else None,
        expires_at=who.expires_at if isinstance(who, MemberPass) else None,
    )


def require_engineer_or_admin(session: Session, who: Pass) -> Viewer:
    """Return who it is if they may act. Raises `TakenBack`, `NotMember` and `NotSenior`."""
    return senior(require_member(session, who))


def senior(viewer: Viewer) -> Viewer:
    """Return the viewer if they may act. Raises `NotSenior`."""
    if not viewer.may_claim:
        raise NotSenior(f"{viewer.name} is a {viewer.role} here")
    return viewer


class Door:
    """Knows who sends a request, and which account a page in the PSA belongs to. One for each process."""

    def __init__(self, database: Database, tokens: Tokens, bulkhead: Bulkhead, *, public_url: str) -> None:
        self._database, self._tokens, self._bulkhead = database, tokens, bulkhead
        self._origin = origin_of(public_url)
        self._pages: dict[str, PageAccount] = {}
        """By their keys, as this process last found them."""

    def viewer(self) -> Viewer:
        """Return who sent the current request.

        Raises `NotSignedIn`, `NotOurPage`, `TakenBack`, `NotMember`, and `Away` while the database is.
        """
        who = self._pass()
        return self._bulkhead.do(lambda: self.let_in(who))

    def let_in(self, who: Pass) -> Viewer:
        """Return who a pass belongs to, by the database. Raises `TakenBack` and `NotMember`."""
        with self._database.account(who.account_id, reading=True) as session:
            return require_member(session, who)

    def read(self, authorization: str, cookie: str) -> MemberPass:
        """Return what an `Authorization` header says, or without one the cookie. Raises `NotSignedIn`."""
        scheme, _, token = authorization.strip().partition(" ")
        try:
            if authorization.strip():
                if scheme.lower() != "bearer":
                    raise BadPass("no bearer token")
                return self._tokens.read(token.strip(), Audience.API, Audience.POD)
            if cookie:
                return self._tokens.read(cookie, Audience.BROWSER)
        except BadPass as error:
            raise NotSignedIn(str(error)) from error
        raise NotSignedIn("no token")

    def _pass(self) -> MemberPass:
        who = self.read(request.headers.get("Authorization", ""), request.cookies.get(COOKIE, ""))
        if who.audience is Audience.BROWSER and request.method not in CHANGES_NOTHING:
            self.require_our_page()
        return who

    def require_our_page(self) -> None:
        """Raise `NotOurPage` unless a script of a page of ours sent this."""
        if OUR_HEADER not in request.headers:
            raise NotOurPage(f"a change by cookie needs the header {OUR_HEADER}")
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        origin = request.headers.get("Origin", "")
        if site != "same-origin" or origin not in (self._origin, origin_of(request.host_url)):
            raise NotOurPage(f"sent from {origin or 'nowhere'}, {site}")

    def page_account(self, key: str) -> PageAccount | None:
        """Return whose page it is by the key in its address, or None; says nothing about who looks at it."""

        if not PAGE_KEY.fullmatch(key):
            return None

        def find() -> PageAccount | None:
            with self._database.system(reading=True) as system:
                return accounts.account_by_page_key(system, key)

        found = self._bulkhead.do(find)
        if found is None:
            self._pages.pop(key, None)
        else:
            self._pages[key] = found
        return found

    def page_account_before(self, key: str) -> PageAccount | None:
        """Return whose page it was when this process last looked: enough to say in whose frame that the database is away."""
        return self._pages.get(key)


def door() -> Door:
    """Return the current application's door."""
    return cast(Door, current_app.extensions[DOOR])


def viewer() -> Viewer:
    """Return who sent the current request, looked up once for each. Raises what `Door.viewer` does."""
    if "viewer" not in g:
        g.viewer = door().viewer()
    return cast(Viewer, g.viewer)


def refuse(app: Flask) -> None:
    """Let the application answer whoever may not, as problem documents; a wing may answer its own people otherwise."""

    @app.errorhandler(NotSignedIn)
    @app.errorhandler(TakenBack)
    def unknown(error: PermissionError) -> Response:
        response = problem(401, f"{error}: {TOKEN_HELP}")
        response.headers["WWW-Authenticate"] = 'Bearer realm="resolutionflow"'
        return response

    @app.errorhandler(NotAllowed)
    def not_allowed(error: NotAllowed) -> Response:
        who = "active engineers, admins and the owner" if isinstance(error, NotSenior) else "active members of the account"
        return problem(403, f"{error}: only {who} may do this")

    @app.errorhandler(NotOurPage)
    def not_our_page(error: NotOurPage) -> Response:
        return problem(403, f"{error}; nothing was changed")

    @app.errorhandler(Away)
    def away(_: Away) -> Response:
        return problem(503, "the database does not answer now; try again", retry_after=5)


class FramedBy(Protocol):
    """Whose page may be shown inside the PSA."""

    @property
    def site(self) -> str: ...
    @property
    def allow_private(self) -> bool: ...


def frame_policy(account: FramedBy | None) -> str:
    """Return the `frame-ancestors` directive with the exact origin of this account's PSA; none for nobody's page.

    A pattern would admit every other customer of the same cloud's other regions, and whoever registers a host there.
    """
    if account is None:
        return "frame-ancestors 'none'"
    try:
        return f"frame-ancestors {ui_origin(account)}"
    except ForbiddenAddress:
        return "frame-ancestors 'none'"


def ui_origin(account: FramedBy) -> str:
    """Return the origin that messages from the PSA's page come from. Raises `ForbiddenAddress`."""
    return Site.parse(account.site, allow_private=account.allow_private).ui_origin


def origin_of(url: str) -> str:
    """Return scheme and host of an address, as browsers write them in `Origin`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
