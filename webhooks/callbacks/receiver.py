"""Receive ConnectWise's callbacks: store first, then ring the bell, then answer.

The answers follow from how ConnectWise delivers (ConnectWise developer guide, callbacks): it waits five seconds,
repeats only after 404, 409, 419 and 429, and takes anything else for a loss. So a row that cannot be written is
answered with 429 and never with a 5xx.
"""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import structlog
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from models.account import accounts
from models.database.sessions import Database
from models.work import canaries, inbox, jobs, ticket_watch
from models.work.alert_kinds import Kind
from psa.connectwise.callbacks import (
    LARGEST_BODY,
    CallbackBody,
    Malformed,
    parse,
    without_details,
)
from psa.connectwise.signatures import Forged, OtherKey, Verifier
from webhooks.bulkhead import Away, Bulkhead, Busy
from webhooks.callbacks import coalescing
from webhooks.callbacks.coalescing import Reading
from webhooks.callbacks.token_lookup import Known, TokenLookup, Unsure
from webhooks.problems import problem
from webhooks.refused_callers import RefusedCallers
from worker.process import crash
from worker.process.links import BadPass, Passes

log = structlog.get_logger()

TICKET_TYPES = frozenset({"ticket", "time", "schedule"})
"""Callback types that can mean something for an escalation."""
RETRY_AFTER_S = 2
"""ConnectWise repeats after two and after four more seconds, whatever we say; this is for others."""
IN_A_ROW = 3
"""Callbacks refused in a row, as one process saw them, that are no accident any more; a repeat of one is none."""


class Rings(Protocol):
    """Whatever can ring a worker."""

    def ring(self, task: str, **ids: object) -> bool: ...


class Refused(Exception):
    """This caller gets no further. Holds the status, what the caller is told and what the log."""

    def __init__(self, status: int, told: str, reason: str, account: str | None = None) -> None:
        super().__init__(reason)
        self.status, self.told, self.reason, self.account = status, told, reason, account


@dataclass
class _Refusals:
    """An account's callbacks that were refused in a row."""

    count: int = 0
    latest: deque[int] = field(default_factory=lambda: deque(maxlen=16))
    """The hashes of their bodies, to know a repeat by."""


class Receiver:
    """Takes one callback after another; knows nothing of HTTP."""

    def __init__(
        self,
        *,
        database: Database,
        token_lookup: TokenLookup,
        verifier: Verifier,
        bell: Rings,
        passes: Passes,
        clock: Callable[[], datetime],
        longest_pause_s: float = 60.0,
    ) -> None:
        """`longest_pause_s`: so long a ticket that is saved again and again waits for its next reading at most."""
        self._refused: dict[int, _Refusals] = {}
        """By account, as this process saw them; none in a row once one was accepted."""
        self._passes, self._longest_pause_s = passes, longest_pause_s
        self._database, self._token_lookup, self._verifier = database, token_lookup, verifier
        self._bell, self._clock = bell, clock

    def take(self, token: str, raw: bytes, signature: str, *, event_id: str, stranger: bool) -> None:
        """Store a callback that is genuine and can matter, and ring for it; return when it is safe to say so.

        1. Whose is it? A `stranger`'s unknown token is not looked up each time.
        2. Read it, check its signature, pin the key that signed the first one.
        3. Leave what cannot matter, or what a reading that is still to begin will show; else store it, once. A key that
           cannot be fetched now is no reason not to.

        Raises `Refused`, `Unsure`, and `SQLAlchemyError` when it could not be stored.
        """
        known = self._token_lookup.find(token, stranger=stranger)
        if known is None:
            raise Refused(403, "unknown address", "unknown token")
        try:
            body = parse(raw)
        except Malformed as error:
            self._tell_refused(known, raw, error)
            raise Refused(400, str(error), str(error), known.name) from error
        if body.type == canaries.TYPE:
            self._take_canary(known, body, raw, signature, event_id=event_id)
            return
        try:
            check = self._verifier.verify(raw, signature, body, known.pin)
            if check.verified and check.key_id and known.pin.key_id is None:
                self._pin(known, check.key_id)
        except Forged as error:
            self._tell_refused(known, raw, error)
            raise Refused(403, "signature not accepted", str(error), known.name) from error
        if check.verified:
            self._accept(known)
        reading = self._reading(known, body, verified=check.verified)
        if reading is not None:
            self._store(known, body, raw, signature, reading, verified=check.verified, event_id=event_id)

    def _take_canary(self, known: Known, body: CallbackBody, raw: bytes, signature: str, *, event_id: str) -> None:
        """Store our own canary, once: signed by us, for this account, sent moments ago. It can name no ticket."""
        now = self._clock()
        try:
            self._passes.check_canary(raw, signature, account_id=known.account_id)
        except BadPass as error:
            raise Refused(403, "signature not accepted", str(error), known.name) from error
        with self._database.account(known.account_id) as session:
            if not canaries.receive(session, known.account_id, body.id, nonce=body.message_id or "", now=now):
                raise Refused(403, "signature not accepted", "a canary that is old or came before", known.name)
            row = inbox.store(
                session, account_id=known.account_id, event_id=event_id, dedupe_key=f"{canaries.TYPE}/{body.id}",
                type=canaries.TYPE, action=body.action, record_id=None, raw=b"", verified=True, now=now,
            )  # fmt: skip
        crash.point("callback.canary")
        if row is not None:
            log.info("canary_stored", event_id=event_id, account=known.name, inbox_id=row, canary_id=body.id)
            self._bell.ring("triage", account_id=known.account_id, inbox_id=row)

    def _tell_refused(self, known: Known, raw: bytes, error: Malformed | Forged) -> None:
        """Say, once a few were refused in a row, that callbacks are: else nobody knows that only polls find escalations.

        Of another key the worker asks for a new address then. The callback itself decides nothing: whoever knows the address
        could send one. ConnectWise sends each that is refused three times: they count as one.
        """
        refusals = self._refused.setdefault(known.account_id, _Refusals())
        if hash(raw) in refusals.latest:
            return
        refusals.latest.append(hash(raw))
        refusals.count = count = refusals.count + 1
        if count % IN_A_ROW == 0:
            kind = Kind.OTHER_KEY if isinstance(error, OtherKey) else Kind.CALLBACKS_REFUSED
            with self._database.account(known.account_id) as session:
                jobs.raise_alert(
                    session, known.account_id, kind=kind, subject=known.name, now=self._clock(),
                    detail=f"{count} callbacks in a row were refused, the last since {error}"[:500],
                )  # fmt: skip
            log.error("callbacks_refused", account=known.name, kind=kind, count=count)

    def _accept(self, known: Known) -> None:
        """Close what was told of refused callbacks, by this process or, as far as this one knows, by one before it."""
        refusals = self._refused.get(known.account_id)
        if refusals is None or refusals.count >= IN_A_ROW:
            with self._database.account(known.account_id) as session:
                jobs.clear_alert(
                    session, known.account_id, kind=Kind.CALLBACKS_REFUSED, subject=known.name, now=self._clock()
                )
        if refusals is None or refusals.count:
            self._refused[known.account_id] = _Refusals()

    def _pin(self, known: Known, key_id: str) -> None:
        """Tie the account to the key that signed its first callback. Raises `Forged` if another was first."""
        with self._database.account(known.account_id) as session:
            ours = accounts.pin_callback_key(session, known.account_id, key_id)
        crash.point("callback.pinned")
        self._token_lookup.forget(known.account_id)
        if not ours:
            raise Forged(f"key_url id {key_id!r} is not the account's key, which was pinned meanwhile")

    def _reading(self, known: Known, body: CallbackBody, *, verified: bool) -> Reading | None:
        """Tell most callbacks, which mean nothing to us, from the few that might, and when those are to be read.

        None: it need not be. ConnectWise is not asked.
        """
        ticket_id = body.ticket_id
        if body.type not in TICKET_TYPES or ticket_id is None or not 0 < ticket_id < 2**63:
            return None
        ours = known.api_member is not None and (body.member_id or "").lower() == known.api_member.lower()
        ours = ours and body.action != "deleted"
        escalates = body.type == "ticket" and body.action != "deleted" and _may_escalate(known, body)
        if ours and not escalates:
            return None
        with self._database.account(known.account_id, reading=True) as session:
            # An echo of ours is of a ticket that stands there; another program with our keys may escalate one, or once more.
            if ours and ticket_watch.stands_escalated(session, known.account_id, ticket_id):
                return None
            if not escalates and not inbox.is_watched(session, known.account_id, ticket_id):
                return None
            return coalescing.reading(
                session, known.account_id, body, escalates=escalates, verified=verified, now=self._clock(),
                longest_s=self._longest_pause_s,
            )  # fmt: skip

    def _store(
        self,
        known: Known,
        body: CallbackBody,
        raw: bytes,
        signature: str,
        reading: Reading,
        *,
        verified: bool,
        event_id: str,
    ) -> None:
        crash.point("callback.checked")
        with self._database.account(known.account_id) as session:
            row = inbox.store(
                session,
                account_id=known.account_id,
                event_id=event_id,
                dedupe_key=body.dedupe_key,
                message_id=body.message_id,
                type=body.type,
                action=body.action,
                record_id=body.ticket_id,
                member_identifier=body.member_id,
                raw=without_details(raw) if verified else raw,
                signature=signature,
                verified=verified,
                now=self._clock(),
                urgent=reading.urgent,
                pause_s=reading.pause_s,
            )
        crash.point("callback.stored")
        if row is None:
            log.debug("callback_repeated", event_id=event_id, account=known.name, ticket_id=body.ticket_id)
            return
        log.info(
            "callback_stored",
            event_id=event_id,
            account=known.name,
            inbox_id=row,
            ticket_id=body.ticket_id,
            action=body.action,
            verified=verified,
            pause_s=round(reading.pause_s, 1),
        )
        if not reading.pause_s:  # else the sweeper rings, once it is over
            self._bell.ring("triage" if reading.urgent else "look_again", account_id=known.account_id, inbox_id=row)


def _may_escalate(known: Known, body: CallbackBody) -> bool:
    """Tell whether a ticket stands in an escalation status, as far as a callback of it says where it stands."""
    hint = body.hint
    if hint is None or hint.board_id is None or hint.status_id is None:
        return True  # nothing to tell by: let the worker read the ticket
    return known.rules.is_escalation(hint.board_id, hint.status_id)


def blueprint(receiver: Receiver, bulkhead: Bulkhead, refused_callers: RefusedCallers) -> Blueprint:
    """Return the routes under `/callbacks`."""
    routes = Blueprint("callbacks", __name__)

    @routes.post("/callbacks/connectwise/<token>")
    def receive(token: str) -> Response:
        """Take one callback.

        204 stored, repeated, irrelevant or about to be read anyway; 403 unknown token or bad signature; 400 malformed;
        413 too large; 429 not stored, please repeat. Query parameters, which ConnectWise adds and does not sign, are ignored.
        """
        raw = _read()
        if isinstance(raw, Response):
            return raw
        signature = request.headers.get("x-content-signature", "")
        address, event_id = request.remote_addr or "", uuid.uuid4().hex
        stranger = refused_callers.is_one(address)
        try:
            bulkhead.do(lambda: receiver.take(token, raw, signature, event_id=event_id, stranger=stranger))
        except Refused as refusal:
            count = refused_callers.refused(address)
            if refused_callers.worth_a_line(count):
                log.warning(
                    "callback_refused", event_id=event_id, account=refusal.account, reason=refusal.reason,
                    address=address, refusals=count,
                )  # fmt: skip
            return problem(refusal.status, refusal.told)
        except Unsure:
            refused_callers.refused(address)
            return problem(429, "too many refused callbacks from this address", retry_after=RETRY_AFTER_S)
        except Busy as error:
            log.warning("callback_put_off", event_id=event_id, reason=str(error))
            return problem(429, "busy, please repeat", retry_after=RETRY_AFTER_S)
        except Away as error:
            log.error("callback_not_stored", event_id=event_id, reason=str(error))
            return problem(429, "not stored, please repeat", retry_after=RETRY_AFTER_S)
        except Exception:
            # Ours to mend; and still ConnectWise repeats only what was answered so.
            log.exception("callback_failed", event_id=event_id)
            return problem(429, "not stored, please repeat", retry_after=RETRY_AFTER_S)
        return Response(status=204)

    return routes


def _read() -> bytes | Response:
    """Return the body as it came, or the answer to one that is too large or does not come to its end.

    Raises werkzeug's 413 for what announces more than is allowed, and its 400 for callers who fall silent (`callers.py`).
    """
    try:
        raw = request.get_data(cache=False)
    except HTTPException:
        raise
    except Exception as error:  # the server's own, for chunks that are none
        log.info("callback_unreadable", error=type(error).__name__)
        return problem(400, "the body's transfer encoding is broken")
    if len(raw) > LARGEST_BODY:
        return problem(413, f"{LARGEST_BODY} bytes are the most")
    return raw
