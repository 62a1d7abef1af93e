"""Whose address a request comes from when a proxy stands in front: what limits for each caller count by."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from worker.settings import Network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_PEER, _FORWARDED = "REMOTE_ADDR", "HTTP_X_FORWARDED_FOR"
_WITH_PORT = re.compile(r"\[(?P<six>[^\]]+)\](?::\d+)?|(?P<four>[\d.]+):\d+")


class ClientAddress:
    """Puts into `REMOTE_ADDR` who asked the outermost of our proxies, as that one says in `X-Forwarded-For`.

    Each proxy appends who asked it, so the list is read from its end, and no further than to the first address that is
    none of ours: whatever stands before that the caller may have written. Who does not come by a proxy of ours is nobody
    but themselves.
    """

    def __init__(self, app: WSGIApplication, proxies: Iterable[Network]) -> None:
        """`proxies`: those on other machines; whoever forwards on this one is believed as it is."""
        self._app, self._proxies = app, tuple(proxies)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        address = _address(environ.get(_PEER, ""))
        for entry in reversed(environ.get(_FORWARDED, "").split(",")):
            before = _address(entry) if address and self._is_ours(address) else None
            if before is None:
                break
            address = before
        if address is not None:
            environ[_PEER] = str(address)
        return self._app(environ, start_response)

    def _is_ours(self, address: Address) -> bool:
        return address.is_loopback or any(address in network for network in self._proxies)


def _address(text: str) -> Address | None:
    """Return an address as proxies write it, with a port or without; None for anything else."""
    text = text.strip()
    found = _WITH_PORT.fullmatch(text)
    try:
        address = ipaddress.ip_address((found["six"] or found["four"]) if found else text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
