"""Carry out a member's wish that a ticket be escalated: set the status that a junior would set, and let triage see it.

What makes the episode is the status alone, as ever. Our own saves are told to nobody by callback, so the ticket is put
before triage as the poller would put it.
"""

from __future__ import annotations

from datetime import datetime

import structlog

from models.account import accounts
from models.work import inbox, refusals, ticket_watch, wishes
from models.work.refusals import Write
from models.work.wishes import TOO_LATE, Wish
from psa.port import Ambiguous, Forbidden, NotFound, PsaError, Unauthorized
from worker.process import crash
from worker.process.backoff import next_try, refusal, refused_since
from worker.response.settle import Frozen
from worker.wiring import Desk, Services

log = structlog.get_logger()


class Impossible(Exception):
    """What is wished cannot be done; the message is for whoever asked."""


def grant(services: Services, *, account_id: int, wish_id: int) -> list[int]:
    """Set the status; return the inbox rows to be triaged now.

    1. Take the wish under a lease; one that has ended, as by somebody who set the status meanwhile, is left alone, and one
       that waited too long for us, as while everything was down, ends here.
    2. Read the ticket: where it stands in an escalation status already, nothing is written.
    3. Store which status is to be set, then set it.
    4. Store that it is, with an inbox row for triage, which ends the wish by the episode.
    """
    crash.point("wish.rung")
    now = services.clock()
    with services.database.account(account_id) as session:
        wish = wishes.take(session, account_id, wish_id, now=now, lease_s=services.settings.intervals.lease)
    crash.point("wish.taken")
    if wish is None:
        return []
    structlog.contextvars.bind_contextvars(ticket_id=wish.ticket_id)
    desk = services.desk(account_id)
    try:
        wrote = _set_status(services, desk, wish)
    except Impossible as error:
        _end(services, desk, wish, str(error))
        return []
    except PsaError as error:
        _try_again(services, desk, wish, error)
        return []
    row = None
    with services.database.account(account_id) as session:
        mine = wishes.written(session, wish, now=services.clock())
        if mine:
            row = inbox.store(
                session, account_id=account_id, dedupe_key=f"wish/{wish_id}", type="ticket", action="updated",
                record_id=wish.ticket_id, member_identifier=desk.api_member, raw=b"", verified=True, now=services.clock(),
            )  # fmt: skip
        if wrote:
            refusals.succeeded(session, account_id, Write.STATUS, now=services.clock())
    crash.point("wish.stored")
    if mine:  # else it ended meanwhile, or somebody else has it and tells of it
        log.info("wish_written", wish_id=wish_id, member=wish.member)
    return [row] if row is not None else []


def _set_status(services: Services, desk: Desk, wish: Wish) -> bool:
    """Have the ticket stand in an escalation status; return whether that took a write. Raises `Impossible` and `PsaError`."""
    if not wishes.waits(wish, now=services.clock()):
        raise Impossible(": ".join(filter(None, (TOO_LATE, wish.outcome)))[:500])
    if desk.suspended:
        raise Impossible("the account is suspended")
    if not desk.roster.decides(wish.member):
        raise Impossible(f"{wish.member} is no active member any more")
    if desk.frozen:
        raise Frozen(f"{desk.name} is frozen: {desk.frozen}")
    psa = services.psa(desk.account_id)
    try:
        ticket = psa.ticket(wish.ticket_id)
    except NotFound as error:
        raise Impossible(f"ConnectWise has no ticket {wish.ticket_id}") from error
    if ticket.closed or ticket.merged_into is not None:
        raise Impossible(f"ticket {wish.ticket_id} is {'merged' if ticket.merged_into is not None else 'closed'}")
    if desk.rules.is_escalation(ticket.board_id, ticket.status_id):
        if _known(services, desk, wish):
            raise Impossible(f"it stands in {ticket.status} already, and that is known: set another status first")
        return False
    with services.database.account(desk.account_id, reading=True) as session:
        account = accounts.get(session, desk.account_id)
        names = account.escalate_status_names if account else []
        status = accounts.first_escalation(ticket.board_id, names, accounts.statuses(session, desk.account_id))
    if status is None:
        raise Impossible(f"board {ticket.board} has no escalation status; `account set --escalate-status` names one")
    with services.database.account(desk.account_id) as session:
        mine = wishes.attempt(session, wish, status_id=status, now=services.clock())
    if not mine:
        return False
    crash.point("wish.attempted")
    try:
        psa.escalate(wish.ticket_id, status)
    except PsaError as error:
        if error.retry or isinstance(error, Ambiguous | Unauthorized | Forbidden):
            raise
        raise Impossible(f"ConnectWise refused the status: {error}") from error
    crash.point("wish.written")
    return True


def _known(services: Services, desk: Desk, wish: Wish) -> bool:
    """Tell whether triage has seen it stand there, so that no episode will come of it any more."""
    with services.database.account(desk.account_id, reading=True) as session:
        watch = ticket_watch.seen(session, desk.account_id, wish.ticket_id)
    return watch is not None and watch.in_escalation


def _try_again(services: Services, desk: Desk, wish: Wish, error: PsaError) -> None:
    """Wait longer each time; a wrong key or role too, since a person can mend it. Whoever takes one that is too old ends it."""
    now, refused = services.clock(), isinstance(error, Unauthorized | Forbidden)
    at = next_try(services.settings.intervals, now=now, attempt=wish.attempts, error=error)
    since = refused_since(wish.outcome, now=now)
    reason = refusal(error, since=since) if refused else str(error)[:500]
    with services.database.account(desk.account_id) as session:
        wishes.put_off(session, wish, at=at, reason=reason)
        if refused and (now - since).total_seconds() >= services.settings.intervals.refusal_patience:
            refusals.tell(session, desk.account_id, Write.STATUS, detail=str(error), now=now)
    crash.point("wish.waits")
    log.warning("wish_waits", error=type(error).__name__, status=error.status, until=at.isoformat())


def _end(services: Services, desk: Desk, wish: Wish, reason: str) -> None:
    now: datetime = services.clock()
    with services.database.account(desk.account_id) as session:
        wishes.give_up(session, wish, now=now, reason=reason)
    crash.point("wish.ended")
    log.info("wish_impossible", wish_id=wish.id, reason=reason)
