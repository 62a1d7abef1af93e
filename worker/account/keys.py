"""Try keys before anything is stored, and say in an owner's words what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass

from psa.connectwise.regions import CLOUD, regions_of
from psa.outbound.allowed_hosts import Site
from psa.port import Forbidden, Keys, Psa, PsaError, Refused, SystemInfo, Unauthorized
from worker.wiring import Services


@dataclass(frozen=True, slots=True)
class Refusal(Exception):
    """The keys do not open the PSA: which answers may be wrong, the likeliest first, and why."""

    fields: tuple[str, ...]
    why: str

    def __str__(self) -> str:
        return self.why

    @property
    def answered(self) -> bool:
        """Whether the PSA said so; else it could not be asked, and the keys may be right."""
        return isinstance(self.__cause__, Unauthorized | Forbidden | Refused)


def try_keys(services: Services, keys: Keys) -> tuple[Psa, SystemInfo]:
    """Make one call with these keys; return the client and what it said. Raises `Refusal`, `ForbiddenAddress`."""
    psa = services.psa_with(keys)
    try:
        return psa, psa.system_info()
    except Unauthorized as error:
        raise Refusal(("public_key", "private_key", "client_id"), refused(error)) from error
    except Forbidden as error:
        raise Refusal((), f"{error}. The keys are right and their security role may read nothing: give the API member the "
                      "role of docs/connectwise.md (System, Members, API Members), then go on") from error  # fmt: skip
    except Refused as error:
        region = elsewhere(keys)
        raise Refusal(("site", "company") if region else ("company", "site"), f"{error}{region}") from error
    except PsaError as error:
        raise Refusal(("site",), f"{error}. Is that the host you log in to, and can this machine reach it?") from error


def refused(error: Unauthorized) -> str:
    """Say what a 401 can mean."""
    return (
        f"the keys were refused ({error.status or 401}): wrong, withdrawn, of another company, or the client id is not known. "
        "Make keys under System, Members, API Members, tab API Keys; the private key is shown once, when it is made. The "
        "client id is from developer.connectwise.com"
    )


def elsewhere(keys: Keys) -> str:
    """Say in which other region a company is known, if the site is a cloud one; else nothing."""
    site = Site.parse(keys.site, allow_private=keys.allow_private).ui
    if site not in CLOUD:
        return ""
    found = [region for region in regions_of(keys.company) if region != site]
    return f". That company is known at {', '.join(found)}: give that as the site" if found else ""
