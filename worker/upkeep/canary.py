"""A canary: what we send ourselves the way of a callback, to know before a customer does that the way is open.

It goes over real HTTP to the public address, to an account's own path, and is signed with our own secret keys; what the
receiver stores names no ticket, so nothing can follow from it. Where an account has lent a ticket, that one ticket is
read, and written to if it was said so; no other.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import Message
from http.client import HTTPException
from typing import IO

import structlog

from escalation.brief.marker import begins
from models.account import accounts
from models.work import canaries, jobs
from models.work.canaries import Canary
from models.work.jobs import EVERYONE
from psa.port import Psa, PsaError, VisibleNote
from worker.account.onboarding import callback_url
from worker.handoff import visible
from worker.process import crash
from worker.process.backoff import next_try
from worker.wiring import Desk, Services

log = structlog.get_logger()

NAME = "canary"
"""Of the job that sends one, and of its sign of life."""
ANSWER_S = 10.0
"""Twice as long as ConnectWise waits."""
MARK = "[resolutionflow: canary]"


def send(services: Services) -> list[int]:
    """Send a canary for the account in turn, and for those whose last one failed; return the canaries.

    1. Take this period, so that two beats send once.
    2. Store a row for each, call the receiver as ConnectWise does, and store what it answered.
    """
    crash.point("canary.rung")
    now, waits = services.clock(), services.settings.intervals
    period = str(int(now.timestamp() // waits.canary))
    with services.database.system() as system:
        mine = jobs.claim_job(system, EVERYONE, NAME, period, now, lease_s=waits.canary)
        in_turn = canaries.in_turn(system) if mine else []
    crash.point("canary.taken")
    sent = [send_one(services, account_id) for account_id in in_turn]
    if mine:
        with services.database.system() as system:
            jobs.beat(system, NAME, services.clock())
            jobs.finish_job(system, EVERYONE, NAME, period, services.clock(), outcome=f"{len(sent)} sent")
        crash.point("canary.ended")
    return sent


def send_one(services: Services, account_id: int) -> int:
    """Send one canary for an account, and store what the receiver answered; return its number."""
    with services.database.account(account_id) as session:
        account = accounts.get(session, account_id)
        assert account is not None
        token = accounts.path_token(account, services.cipher)
        company = account.company
        canary = canaries.note(session, account_id, ticket_id=account.canary_ticket or None, now=services.clock())
    crash.point("canary.noted")
    failure = _call(services, account_id, callback_url(services.settings.canary_url, token), _body(canary, company))
    crash.point("canary.called")
    with services.database.account(account_id) as session:
        canaries.answered(session, account_id, canary.id, failure=failure, now=services.clock())
    crash.point("canary.answered")
    if failure:
        log.error("canary_refused", account_id=account_id, canary_id=canary.id, reason=failure)
    return canary.id


def _body(canary: Canary, company: str) -> bytes:
    return json.dumps({
        "Action": "updated", "Type": canaries.TYPE, "ID": canary.id, "CompanyId": company, "MessageId": canary.nonce,
    }).encode()  # fmt: skip


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """Take a redirect for the refusal that it is to ConnectWise."""


def _call(services: Services, account_id: int, url: str, body: bytes) -> str | None:
    """Call the receiver; return why it did not take the body, None if it did. The address is secret and never told."""
    signature = services.passes.sign_canary(body, account_id=account_id)
    headers = {"Content-Type": "application/json", "x-content-signature": signature}
    request = urllib.request.Request(url, body, headers)  # noqa: S310 - our own setting
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)
    try:
        with opener.open(request, timeout=ANSWER_S) as answer:
            return None if answer.status == 204 else f"it answered {answer.status}"
    except urllib.error.HTTPError as error:
        return f"it answered {error.code}"
    except urllib.error.URLError as error:
        return f"no connection: {type(error.reason).__name__}: {error.reason}"[:300]
    except (OSError, HTTPException, ValueError) as error:
        return f"no answer: {type(error).__name__}"


def try_ticket(services: Services, *, account_id: int, canary_id: int) -> bool:
    """Try what it takes to read, and where wanted to write, the ticket an account lent; return whether all went well.

    1. Take it under a lease.
    2. Read the ticket and our own notes there; remove what an earlier canary left.
    3. Where the account wants it: add an internal note, which is checked as it comes back, and remove it again.

    A note that comes back visible is removed, and the account frozen: briefs would be visible too.
    """
    crash.point("try_ticket.rung")
    with services.database.account(account_id) as session:
        lease_s = services.settings.intervals.lease
        canary = canaries.take(session, account_id, canary_id, now=services.clock(), lease_s=lease_s)
        account = accounts.get(session, account_id)
    crash.point("try_ticket.taken")
    if canary is None or account is None or canary.ticket_id is None:
        return False
    desk, psa = services.desk(account_id), services.psa(account_id)
    try:
        with _visible_freezes(services, desk, canary.ticket_id):
            psa.ticket(canary.ticket_id)
            _clean(psa, canary.ticket_id)
            if account.canary_posts and not desk.frozen:
                _write(psa, canary.ticket_id, services.clock())
    except PsaError as error:
        return _failed(services, canary, error)
    with services.database.account(account_id) as session:
        canaries.end(session, canary, now=services.clock())
    crash.point("try_ticket.ended")
    return True


def _clean(psa: Psa, ticket_id: int) -> None:
    """Remove the notes that earlier canaries left, ours by their author and mark. Raises `PsaError`, `VisibleNote`."""
    us = (psa.api_member or "").lower()
    for left in psa.own_notes(ticket_id):
        if not begins(left.text, MARK) or not us or (left.created_by or "").lower() != us:
            continue
        if not left.internal:
            raise VisibleNote(f"note {left.id} of a canary is visible to customers", note_id=left.id)
        psa.delete_note(ticket_id, left.id)
        crash.point("try_ticket.cleaned")


def _write(psa: Psa, ticket_id: int, now: datetime) -> None:
    """Add a note and remove it again. Raises `PsaError`, `VisibleNote` if it came back visible."""
    note = psa.post_internal_note(ticket_id, f"{MARK} A trial of {now:%Y-%m-%d %H:%M} UTC; it removes itself.")
    crash.point("try_ticket.posted")
    psa.delete_note(ticket_id, note.id)
    crash.point("try_ticket.removed")


@contextmanager
def _visible_freezes(services: Services, desk: Desk, ticket_id: int) -> Iterator[None]:
    try:
        yield
    except VisibleNote as error:
        visible.freeze(services, desk.account_id, ticket_id, error, subject=f"ticket {ticket_id}", what="canary's ")
        raise


def _failed(services: Services, canary: Canary, error: PsaError) -> bool:
    """Try again what may pass; what does not waits for the next canary. The auditor tells of either in time."""
    now = services.clock()
    at = next_try(services.settings.intervals, now=now, attempt=canary.attempts, error=error) if error.retry else None
    with services.database.account(canary.account_id) as session:
        canaries.put_off(session, canary, at=at, failure=f"{type(error).__name__}: {error}"[:500])
    crash.point("try_ticket.waits")
    log.warning("canary_waits", account_id=canary.account_id, error=type(error).__name__, status=error.status)
    return False
