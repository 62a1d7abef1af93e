"""Our pages inside ConnectWise: the pod on the ticket and the queue as a tab, registered and checked.

Where the role of our keys may not do it, a person does it by hand in a minute: `account check` says what to click. So
connecting never fails over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import structlog

from models.account.accounts import Account
from psa.port import Hosted, ProbeResult, Psa, PsaError
from worker.wiring import Services

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page that ConnectWise is to show."""

    kind: Literal["Pod", "Tab"]
    screens: tuple[str, ...]
    """The first that there is: which screens can host a page differs between versions (unverified)."""
    description: str
    url: str


def wanted(public_url: str, page_key: str) -> list[Wanted]:
    """Return the account's pages at their addresses."""
    return [
        Wanted("Pod", ("ticket",), "Handoff", f"{public_url}/pod/ticket?account={page_key}"),
        Wanted("Tab", ("today", "ticket"), "Escalations", f"{public_url}/escalations?account={page_key}"),
    ]


def register_pages(services: Services, account: Account, psa: Psa) -> list[str]:
    """Have ConnectWise show our pages; repeatable. Return a line about each, also where it may not be done."""
    public_url = services.settings.public_url
    told = []
    there: list[Hosted] | None = None
    for page in wanted(public_url, account.page_key or ""):
        try:
            there = psa.hosted() if there is None else there
            psa.host_page(
                kind=page.kind, screens=page.screens, description=page.description, url=page.url, origin=_origin(public_url),
                there=there,
            )  # fmt: skip
        except PsaError as error:
            log.warning("page_not_hosted", account=account.name, kind=page.kind, reason=str(error)[:300])
            told.append(f"{page.kind} {page.description}: not registered ({error}); `account check` says what to click")
        else:
            told.append(f"{page.kind} {page.description}")
    return told


def check_pages(services: Services, account: Account, psa: Psa) -> ProbeResult:
    """Say whether ConnectWise shows our pages, and what to click where it does not; reads only."""
    pages = wanted(services.settings.public_url, account.page_key or "")
    try:
        there = psa.hosted()
    except PsaError as error:
        by_hand = f"or see there yourself: {_by_hand(pages, services.settings.public_url)}"
        return ProbeResult("pod and tab", True, f"{error}; give the role System, Table Setup: Inquire All, {by_hand}")
    shown = {(page.type, page.url) for page in there if not page.disabled}
    missing = [page for page in pages if (page.kind, page.url) not in shown]
    if not missing:
        detail = "registered; who does not see them adds them to the screen by its cog wheel"
        return ProbeResult("pod and tab", True, detail)
    if account.connected_at is None:
        kinds = " and ".join(page.kind.lower() for page in missing)
        return ProbeResult("pod and tab", True, f"not shown yet: `account connect {account.name}` registers {kinds}")
    # Nothing of a handoff hangs on them, and an MSP may want none: so this is no failure.
    detail = (
        f"not shown: {', '.join(page.kind for page in missing)}. "
        f"Run `account connect {account.name}` with a role that may add to System, Table Setup; or by hand: "
        f"{_by_hand(missing, services.settings.public_url)}"
    )
    return ProbeResult("pod and tab", True, detail)


def _by_hand(pages: list[Wanted], public_url: str) -> str:
    each = "; ".join(
        f"screen {page.screens[0].title()}, description {page.description}, URL {page.url}, display as {page.kind}"
        for page in pages
    )
    return f"System > Setup Tables > Manage Hosted API > +, origin {_origin(public_url)}: {each}"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
