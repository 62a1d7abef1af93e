"""The only file that knows pyconnectwise, which builds the URLs."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import requests
import structlog
from pyconnectwise import ConnectWiseManageAPIClient

from psa.connectwise.answers import NoSuchVersion
from psa.connectwise.transport import Transport
from psa.outbound.allowed_hosts import Site
from psa.outbound.throttle import Priority
from psa.port import Keys

log = structlog.get_logger()

MEDIA_TYPE = "application/vnd.connectwise.com+json"


class Manage(ConnectWiseManageAPIClient):  # type: ignore[misc]
    """pyconnectwise's client with its transport replaced: pooled, guarded, timed, failures named."""

    def __init__(self, keys: Keys, site: Site, transport: Transport, headers: Mapping[str, str]) -> None:
        # Any truthy codebase keeps the constructor from a network call; it then forgets to assign it.
        super().__init__(
            keys.company,
            site.api,
            keys.client_id,
            keys.public_key,
            keys.private_key,
            codebase="assigned below",
        )
        self.codebase = keys.codebase or ""
        self._origin, self._transport = site.api_origin, transport
        self._fixed_headers = {**self._get_headers(), **headers}

    # A tree takes a millisecond to build and pyconnectwise builds one at each access.
    @functools.cached_property
    def service(self) -> Any:
        return super().service

    @functools.cached_property
    def system(self) -> Any:
        return super().system

    @functools.cached_property
    def time(self) -> Any:
        return super().time

    @functools.cached_property
    def schedule(self) -> Any:
        return super().schedule

    @functools.cached_property
    def company(self) -> Any:
        return super().company

    def _get_url(self) -> str:
        return f"{self._origin}/{self.codebase.strip('/')}/apis/3.0"

    def _make_request(
        self,
        method: str,
        url: str,
        data: Any = None,
        params: Any = None,
        headers: dict[str, str] | None = None,
        retry_count: int = 0,  # noqa: ARG002 - pyconnectwise passes `stream` here by position
        stream: bool = False,  # noqa: ARG002
        priority: Priority = "gather",
    ) -> requests.Response:
        merged = {**self._fixed_headers, **(headers or {})}
        send = functools.partial(self._transport.send, method, url, body=data, params=params, priority=priority)
        try:
            return send(headers=merged)
        except NoSuchVersion as error:
            if merged["Accept"] == MEDIA_TYPE:
                raise
            # What is read of an answer stands in every version, so the latest is as good.
            log.warning("api_version_not_supported", asked=merged["Accept"], error=str(error)[:300])
            self._fixed_headers["Accept"] = MEDIA_TYPE
            return send(headers={**merged, "Accept": MEDIA_TYPE})
