"""One account's way to its ConnectWise: keys, site, limits, and the calls that pass them."""

from __future__ import annotations

import contextlib
import copy
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Self

import requests

from psa.connectwise import links
from psa.connectwise.calls import Calls
from psa.connectwise.manage import MEDIA_TYPE, Manage
from psa.connectwise.transport import Timeouts, Transport
from psa.outbound.allowed_hosts import Site, guarded_session
from psa.outbound.throttle import NoThrottle, Throttle
from psa.port import Keys, PsaError


class Connection:
    """What every part of the client stands on. Safe to use from several threads."""

    def __init__(
        self,
        keys: Keys,
        *,
        throttle: Throttle | None = None,
        api_member: str | None = None,
        timeouts: Timeouts | None = None,
        accept_version: str | None = "2025.16",
        on_codebase: Callable[[str], None] | None = None,
        session: requests.Session | None = None,
        pool_maxsize: int = 32,
    ) -> None:
        """Prepare, without any network call.

        `on_codebase` is told a codebase that was found or moved, to be stored. `session` must come from
        `psa.outbound.allowed_hosts.guarded_session`. Raises its `ForbiddenAddress` for a site it may not talk to.
        """
        self._keys = keys
        self._site = Site.parse(keys.site, allow_private=keys.allow_private)
        self._session = session or guarded_session(
            self._site.hosts, allow_private=keys.allow_private, pool_maxsize=pool_maxsize, ca_bundle=keys.ca_bundle
        )
        transport = Transport(
            self._session,
            throttle=throttle or NoThrottle(),
            account=f"{self._site.api}/{keys.company.lower()}",
            timeouts=timeouts or Timeouts(),
            statuses=keys.escalation_statuses,
        )
        self._transport = transport
        self._manage = Manage(
            keys,
            self._site,
            transport,
            {"Accept": f"{MEDIA_TYPE}; version={accept_version}" if accept_version else MEDIA_TYPE},
        )
        self._calls = Calls(
            self._manage, self._session, site=self._site, company=keys.company, on_codebase=on_codebase
        )
        self._api_member = api_member
        self._former = keys.former_logins

    def __repr__(self) -> str:
        return f"ConnectWise({self._site.ui}, {self._keys.company})"

    def at_rest(self) -> Self:
        """Return the same PSA with every call in the last place, e.g. for an import."""
        other = copy.copy(self)
        other._calls = self._calls.at_priority("rest")
        return other

    def wait_for(self, calls: int) -> float:
        """Return the seconds until so many calls may begin under our own limit; 0: now. Asks the PSA nothing."""
        return self._transport.wait_for(calls)

    @property
    def api_member(self) -> str | None:
        """Login name of the member our keys belong to, once known."""
        return self._api_member

    def _is_us(self, login: str | None) -> bool:
        """Tell whether a login name is our API member's, or was."""
        name = (login or "").lower()
        return bool(name) and (name == (self._api_member or "").lower() or name in self._former)

    @property
    def codebase(self) -> str:
        """The codebase in use, e.g. `v2026_4/`; empty before the first call if none was given."""
        return str(self._manage.codebase)

    def ticket_url(self, ticket_id: int) -> str:
        """Return the ticket's address in the user interface."""
        return links.ticket_url(self._site, company=self._keys.company, ticket_id=ticket_id)

    def warm(self, connections: int = 8) -> None:
        """Load pyconnectwise's endpoint trees (2 s, once in a process) and open connections side by side.

        Never raises: a PSA that is down now will be found down by the call that needs it.
        """
        for tree in ("service", "system", "time", "schedule", "company"):
            getattr(self._manage, tree)
        gate = threading.Barrier(connections)

        def touch(_: int) -> None:
            with_gate = {"fields": "id", "pageSize": 1}
            with contextlib.suppress(threading.BrokenBarrierError):  # side by side only where all threads start in time
                gate.wait(timeout=5)
            try:
                self._calls.call("GET", self._manage.system.info, params=with_gate, priority="rest")
            except PsaError:
                return

        with ThreadPoolExecutor(connections) as pool:
            list(pool.map(touch, range(connections)))
