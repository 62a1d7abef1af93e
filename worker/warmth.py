"""Warm up: the first escalation of the day must not pay for imports and handshakes."""

from __future__ import annotations

import threading

import structlog

from models import accounts
from worker.wiring import Services

log = structlog.get_logger()

MOST_ACCOUNTS = 50
"""More accounts than this warm up by being used."""


def warm_in_background(services: Services) -> None:
    """Open connections for the connected accounts, without holding up the worker."""
    threading.Thread(target=_warm, args=(services,), name="warm-up", daemon=True).start()


def _warm(services: Services) -> None:
    with services.database.system(reading=True) as system:
        ids = [a.id for a in accounts.list_accounts(system) if a.connected_at is not None][:MOST_ACCOUNTS]
    for account_id in ids:
        try:
            services.psa(account_id).warm()
        except Exception:
            log.warning("not_warmed", account_id=account_id, exc_info=True)
    log.info("warm", accounts=len(ids))
