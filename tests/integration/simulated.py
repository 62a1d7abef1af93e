"""The real client in front of the simulated ConnectWise."""

from __future__ import annotations

from typing import Any

from psa.connectwise.client import ConnectWise
from psa.port import Keys
from psa.simulator.remote import Remote


def client(remote: Remote, **more: Any) -> ConnectWise:
    """Return a client with the simulator's own keys; `more` are further fields of `Keys`."""
    keys = remote.credentials()
    return ConnectWise(Keys(
        site=remote.url, company=keys["company"], public_key=keys["public_key"], private_key=keys["private_key"],
        client_id=keys["client_id"], allow_private=True, **more,
    ))  # fmt: skip
