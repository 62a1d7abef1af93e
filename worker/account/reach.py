"""Whether anybody but this machine can be reached: ConnectWise must call us, and people must get our mail.

A trial against a ConnectWise on this very machine, as the simulator is one, needs neither.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from psa.outbound.allowed_hosts import Site
from worker.settings import Settings


def is_trial(site: str, *, allow_private: bool) -> bool:
    """Whether that ConnectWise is on this machine. Raises `ForbiddenAddress` for a site that may not be used."""
    return _is_this_machine(Site.parse(site, allow_private=allow_private).ui_origin)


def wrong_address(settings: Settings, site: str, *, allow_private: bool) -> list[str]:
    """Return what is wrong with our address: a private network's ConnectWise must reach it, any other over https."""
    url = settings.public_url
    local = _is_this_machine(url)
    if local and not is_trial(site, allow_private=allow_private):
        why = "which is this machine alone"
    elif urlsplit(url).scheme != "https" and not allow_private:
        why = "and ConnectWise's cloud calls https alone"
    else:
        return []
    mend = "the address" if allow_private else "the https address"
    return [f"PUBLIC_URL is {url}, {why}: ConnectWise could not call it. Set PUBLIC_URL to {mend} under which it reaches us"]


def wrong_mail(settings: Settings, site: str, *, allow_private: bool) -> list[str]:
    """Return that mail reaches nobody, if it is written to files and this is no trial."""
    if not settings.smtp_url.startswith("file:") or is_trial(site, allow_private=allow_private):
        return []
    return ["mail is written to files: set SMTP_URL, or nobody is told of anything"]


def _is_this_machine(url: str) -> bool:
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
