"""Warm up: the first escalation of the day must not pay for imports and handshakes."""

from __future__ import annotations

import threading
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from escalation.brief.render import render
from escalation.evidence import Evidence, Ticket
from escalation.package.build import build
from models.account import accounts
from models.handoff import briefs, handoffs
from models.work import inbox, ticket_watch
from worker.mail.handoff import HandoffMail, render_handoff
from worker.process.bell import Bell
from worker.wiring import Services, local_reader

log = structlog.get_logger()

MOST_ACCOUNTS = 50
"""More accounts than this warm up by being used."""
POLLS_A_SECOND = 5.0
"""So many accounts are polled at most when a worker starts; they are spread over one interval at most."""


def poll_soon(services: Services) -> int:
    """Have every account polled now, a little spread, and return how many would have waited.

    What happened while nobody was here raised callbacks that nobody took.
    """
    now, every_s = services.clock(), services.settings.intervals.poll
    with services.database.system(reading=True) as system:
        waiting = [a.id for a in accounts.list_accounts(system) if a.next_poll_at is not None and a.next_poll_at > now]
    apart_s = min(1 / POLLS_A_SECOND, every_s / max(1, len(waiting)))
    for number, account_id in enumerate(waiting):
        with services.database.account(account_id) as session:
            accounts.poll_by(session, account_id, at=now + timedelta(seconds=number * apart_s))
    return len(waiting)


def warm_in_background(services: Services) -> None:
    """Have the accounts polled, and open connections for them, without holding up the worker."""
    threading.Thread(target=_warm, args=(services,), name="warm-up", daemon=True).start()


def _warm(services: Services) -> None:
    try:
        log.info("polls_brought_forward", accounts=poll_soon(services))
    except SQLAlchemyError:
        log.warning("polls_not_brought_forward", exc_info=True)  # each comes when it would have come
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
        Evidence(ticket, now), episode=1, escalated_at=now, escalated_by=None, as_of=now, time_zone="UTC",
        known=local_reader(services.settings.encoder),
    )  # fmt: skip
    render(package, marker="RF-00000000")
    render_handoff(
        HandoffMail(
            account="", ticket_id=1, ticket_url="https://psa.example/1", ticket_summary="", client="", severity="",
            clock="", escalated_by="", recipient_name="", opening=(), brief_in_ticket=True, event_id="",
        )
    )  # fmt: skip
