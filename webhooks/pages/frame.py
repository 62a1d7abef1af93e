"""Who looks at a page, and whose ConnectWise may show it."""

from __future__ import annotations

from flask import g, request

from models.account.accounts import PageAccount
from psa.outbound.allowed_hosts import ForbiddenAddress
from webhooks.authorization import NotAllowed, NotSignedIn, TakenBack, Viewer, door, ui_origin, viewer
from webhooks.claims.claiming import NoSuchHandoff

LONGEST_KEY = 64
LARGEST_ID = 2**63 - 1


def known(number: int) -> int:
    """Return the number of a handoff if it can be one. Raises `NoSuchHandoff`."""
    if number > LARGEST_ID:
        raise NoSuchHandoff(f"handoff {number}")
    return number


def whoever() -> Viewer | None:
    """Return who looks, None for nobody known: a shell is shown to anybody."""
    try:
        return viewer()
    except (NotSignedIn, TakenBack, NotAllowed):
        return None


def key() -> str:
    """Return the account's key in the address; it says whose page is meant and opens nothing."""
    return request.args.get("account", "")[:LONGEST_KEY]


def framed_by() -> PageAccount | None:
    """Return the account whose ConnectWise may show this page, looked up once for each request."""
    if "framed_by" not in g:
        g.framed_by = door().page_account(key()) if key() else None
    found: PageAccount | None = g.framed_by
    return found


def psa_origin() -> str:
    """Return the exact origin that the page's messages go to and come from; empty where no account is named."""
    account = framed_by()
    try:
        return ui_origin(account) if account else ""
    except ForbiddenAddress:
        return ""
