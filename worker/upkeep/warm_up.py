"""Warm up: the first escalation of the day must not pay for imports and handshakes."""

from __future__ import annotations

import threading

import structlog

from escalation.brief.render import render
from escalation.evidence import Evidence, Ticket
from escalation.package.build import build
from models.account import accounts
from models.handoff import briefs, handoffs
from models.work import inbox, ticket_watch
from worker.mail.handoff import HandoffMail, render_handoff
from worker.process.bell import Bell
from worker.wiring import Services

log = structlog.get_logger()

MOST_ACCOUNTS = 50
"""More accounts than this warm up by being used."""


def warm_in_background(services: Services) -> None:
    """Open connections for the connected accounts, without holding up the worker."""
    threading.Thread(target=_warm, args=(services,), name="warm-up", daemon=True).start()


def _warm(services: Services) -> None:
    if isinstance(services.bell, Bell):
        services.bell.warm()
    _rehearse(services)
    with services.database.system(reading=True) as system:
        ids = [a.id for a in accounts.list_accounts(system) if a.connected_at is not None][:MOST_ACCOUNTS]
    for account_id in ids:
        try:
            services.psa(account_id).warm()
        except Exception:
            log.warning("not_warmed", account_id=account_id, exc_info=True)
    log.info("warm", accounts=len(ids))


def _rehearse(services: Services) -> None:
    """Go through the motions without a row, a call or a message: statements get compiled, templates loaded."""
    nobody, nothing, now = -1, -1, services.clock()
    with services.database.account(nobody) as session:
        inbox.take(session, nobody, nothing, now=now, lease_s=1)
        ticket_watch.seen(session, nobody, nothing)
        handoffs.by_ticket(session, nobody, nothing)
        handoffs.latest_snapshot(session, nobody, nothing)
        briefs.lease(session, nobody, nothing, now=now, lease_s=1, holder=services.holder)
        accounts.roster(session, nobody, us=None)
        accounts.statuses(session, nobody)
    ticket = Ticket(id=1, summary="warm-up", board_id=1, board="", status_id=1, status="")
    package = build(
        Evidence(ticket, now), episode=1, escalated_at=now, escalated_by=None, as_of=now, time_zone="UTC"
    )
    render(package, marker="RF-00000000")
    render_handoff(
        HandoffMail(
            account="", ticket_id=1, ticket_url="https://psa.example/1", ticket_summary="", client="", severity="",
            waiting="", escalated_by="", recipient_name="", opening=(), brief_in_ticket=True, event_id="",
        )
    )  # fmt: skip
