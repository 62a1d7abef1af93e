"""ConnectWise's cloud: the hosts people log in to, and where a company is known (developer guide; sandboxes: public code)."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import requests

from psa.outbound.allowed_hosts import fetch, guarded_session

CLOUD: dict[str, str] = {
    "na.myconnectwise.net": "North America",
    "eu.myconnectwise.net": "Europe",
    "au.myconnectwise.net": "Australia",
    "aus.myconnectwise.net": "Australia, the newer host",
    "za.myconnectwise.net": "South Africa",
    "staging.connectwisedev.com": "Staging",
}


def regions_of(company: str, sites: Iterable[str] = tuple(CLOUD)) -> list[str]:
    """Return the cloud sites that know a login company. Public, so no keys are sent; what does not answer knows none."""
    hosts = list(sites)
    with ThreadPoolExecutor(len(hosts) or 1) as pool:
        known = list(pool.map(lambda host: _knows(host, company), hosts))
    return [host for host, yes in zip(hosts, known, strict=True) if yes]


def _knows(host: str, company: str) -> bool:
    try:
        url = f"https://{host}/login/companyinfo/{quote(company, safe='')}"
        status, body = fetch(guarded_session([host]), url, deadline=4.0)
    except (requests.RequestException, OSError, ValueError):
        return False
    return status == 200 and body.strip().startswith(b"{")
