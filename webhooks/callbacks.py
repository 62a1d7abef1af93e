"""Receive ConnectWise's callbacks: store first, then ring the bell, then answer.

The answers follow from how ConnectWise delivers (ConnectWise developer guide, callbacks): it waits five seconds,
repeats only after 404, 409, 419 and 429, and takes anything else for a loss. So a row that cannot be written is
answered with 429 and never with a 5xx.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog
from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError

from escalation.rules import StatusRules
from models import accounts, inbox
from models.accounts import Sealer
from models.base import Database
from psa.callbacks import CallbackBody, Forged, Malformed, Pin, Verifier, parse, without_details

log = structlog.get_logger()

LARGEST_BODY = 256 * 1024
"""Bytes. A ticket with everything in it is about 10 kB."""

TICKET_TYPES = frozenset({"ticket", "time", "schedule"})
"""Callback types that can mean something for an escalation."""


class Rings(Protocol):
    """Whatever can ring a worker."""

    def ring(self, task: str, **ids: object) -> bool: ...


@dataclass(frozen=True, slots=True)
class Known:
    """What the receiver must know of an account, kept for a few seconds."""

    account_id: int
    name: str
    pin: Pin
    rules: StatusRules
    api_member: str | None
    read_at: float


class Directory:
    """Finds the account behind a path token; remembers it for a few seconds, and unknown tokens too."""

    def __init__(self, database: Database, sealer: Sealer, *, keep_s: float = 5.0) -> None:
        self._database = database
        self._sealer = sealer
        self._keep_s = keep_s
        self._known: dict[str, Known | None] = {}
        self._since: dict[str, float] = {}
        self._lock = threading.Lock()

    def find(self, token: str) -> Known | None:
        """Return the account, or None for a token nobody has. Raises `SQLAlchemyError` if it cannot look."""
        moment = time.monotonic()
        with self._lock:
            if token in self._since and moment - self._since[token] < self._keep_s:
                return self._known[token]
        known = self._look_up(token, moment)
        with self._lock:
            if len(self._since) > 10_000:  # a scanner trying tokens must not fill the memory
                self._since.clear()
                self._known.clear()
            self._known[token], self._since[token] = known, moment
        return known

    def forget(self, token: str) -> None:
        with self._lock:
            self._since.pop(token, None)

    def _look_up(self, token: str, moment: float) -> Known | None:
        if not 20 <= len(token) <= 100:
            return None
        with self._database.system(reading=True) as session:
            account = accounts.account_by_token(session, token, self._sealer)
        if account is None:
            return None
        with self._database.account(account.id, reading=True) as session:
            rows = accounts.statuses(session, account.id)
        return Known(
            account_id=account.id,
            name=account.name,
            pin=Pin(
                site=account.site,
                company=account.company,
                key_id=account.callback_key_id,
                allow_private=account.allow_private,
            ),
            rules=StatusRules(
                escalate=frozenset((r.board_id, r.status_id) for r in rows if r.kind == "escalate"),
                claim=frozenset((r.board_id, r.status_id) for r in rows if r.kind == "claim"),
            ),
            api_member=account.api_member,
            read_at=moment,
        )


def blueprint(
    *,
    database: Database,
    directory: Directory,
    verifier: Verifier,
    bell: Rings,
    clock: Callable[[], datetime],
) -> Blueprint:
    """Return the routes under `/callbacks`."""
    routes = Blueprint("callbacks", __name__)

    @routes.post("/callbacks/connectwise/<token>")
    def receive(token: str) -> Response:
        """Take one callback.

        204 stored, repeated or irrelevant; 403 unknown token or bad signature; 400 malformed; 413 too large;
        429 not stored, please repeat.
        """
        if request.content_length is not None and request.content_length > LARGEST_BODY:
            return _answer(413, f"body larger than {LARGEST_BODY} bytes")
        raw = request.get_data(cache=False)
        if len(raw) > LARGEST_BODY:
            return _answer(413, f"body larger than {LARGEST_BODY} bytes")
        signature = request.headers.get("x-content-signature", "")
        try:
            return _take(token, raw, signature)
        except SQLAlchemyError as error:
            log.error("callback_not_stored", error=type(error).__name__)
            return _answer(429, "not stored, please repeat", retry_after=2)

    def _take(token: str, raw: bytes, signature: str) -> Response:
        known = directory.find(token)
        if known is None:
            log.warning("callback_refused", reason="unknown token")
            return _answer(403, "unknown address")
        try:
            body = parse(raw)
        except Malformed as error:
            log.warning("callback_refused", account=known.name, reason=str(error))
            return _answer(400, str(error))
        try:
            check = verifier.verify(raw, signature, body, known.pin)
        except Forged as error:
            log.warning("callback_refused", account=known.name, reason=str(error))
            return _answer(403, "signature not accepted")
        if check.verified and known.pin.key_id is None and check.key_id:
            with database.account(known.account_id) as session:
                accounts.pin_callback_key(session, known.account_id, check.key_id)
            directory.forget(token)
        if not _matters(known, body):
            return _answer(204)
        return _store(known, body, raw, signature, verified=check.verified)

    def _matters(known: Known, body: CallbackBody) -> bool:
        """Tell most callbacks, which mean nothing to us, from the few that might, without asking ConnectWise."""
        if body.type not in TICKET_TYPES:
            return False
        ours = known.api_member is not None and (body.member_id or "").lower() == known.api_member.lower()
        if ours and body.action != "deleted":
            return False
        hint = body.hint
        ticket_id = body.ticket_id
        if ticket_id is None:
            return False
        if body.type == "ticket" and body.action != "deleted":
            if hint is None or hint.board_id is None or hint.status_id is None:
                return True  # nothing to tell by: let the worker read the ticket
            if known.rules.is_escalation(hint.board_id, hint.status_id):
                return True
        with database.account(known.account_id, reading=True) as session:
            return inbox.is_watched(session, known.account_id, ticket_id)

    def _store(known: Known, body: CallbackBody, raw: bytes, signature: str, *, verified: bool) -> Response:
        event_id = uuid.uuid4().hex
        now = clock()
        with database.account(known.account_id) as session:
            row = inbox.store(
                session,
                account_id=known.account_id,
                event_id=event_id,
                dedupe_key=body.dedupe_key,
                message_id=body.message_id,
                type=body.type,
                action=body.action,
                record_id=body.ticket_id or body.id,
                member_identifier=body.member_id,
                raw=without_details(raw) if verified else raw,
                signature=signature,
                verified=verified,
                now=now,
            )
        if row is None:
            return _answer(204)
        log.info(
            "callback_stored",
            event_id=event_id,
            account=known.name,
            inbox_id=row,
            ticket_id=body.ticket_id,
            action=body.action,
            verified=verified,
        )
        bell.ring("triage", account_id=known.account_id, inbox_id=row)
        return _answer(204)

    return routes


def _answer(status: int, text: str = "", *, retry_after: int | None = None) -> Response:
    if status == 204:
        return Response(status=204)
    response = Response(text + "\n", status=status, mimetype="text/plain")
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


