"""Have a model read a handoff's ticket, after the local reader has written the brief; nobody waits for it.

Whatever the model does, the brief stands: an answer that is late, broken, refused or invented costs a row that says so.
What it read is used only as far as it stands word for word in the evidence (`escalation/model_reading/answer.py`).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from escalation.evidence import Evidence
from escalation.model_reading.answer import Checked, UnusableAnswer, check
from escalation.model_reading.reading import Reading, UnknownReadingVersion
from escalation.model_reading.request import Request, chosen, request_key
from escalation.package.by_model import local_stands, places_of
from models.handoff import briefs, handoffs, readings
from models.handoff.handoffs import Handoff
from models.handoff.readings import Month
from worker.handoff.publish import ENDED, package_of
from worker.model_reading.model import Answer, Model, NotAnswered, fresh_request
from worker.process import crash
from worker.process.backoff import next_try
from worker.wiring import Desk, Services

log = structlog.get_logger()

SETTLED = frozenset({"read", "local stands", "refused", "unusable", "rejected"})
"""Outcomes after which the same evidence is not asked about again."""
MOST_READINGS = 8
"""Of one handoff: a ticket that changes all day is not read all day."""
MARGIN_S = 15.0
CHARACTERS_A_TOKEN = 3
"""Fewer than there are, so that what a call may cost is not estimated too low."""


@dataclass(frozen=True, slots=True)
class _Hold:
    """A reading that is ours until a moment."""

    services: Services
    desk: Desk
    model: Model
    handoff: Handoff
    until: datetime

    @property
    def ids(self) -> tuple[int, int]:
        return self.desk.account_id, self.handoff.id


def reading_of(services: Services, desk: Desk, handoff_id: int) -> Reading | None:
    """Return the newest reading of a handoff that is used, None without one or where the local reader is wanted."""
    if desk.reader != "model":
        return None
    with services.database.account(desk.account_id, reading=True) as session:
        body = readings.latest(session, desk.account_id, handoff_id)
    try:
        return Reading.from_json(body) if body is not None else None
    except UnknownReadingVersion as error:
        log.warning("reading_unknown", reason=str(error))
        return None


def to_be_read(services: Services, desk: Desk, handoff: Handoff, evidence: Evidence) -> bool:
    """Tell whether a model should read this evidence: nothing with the same words was read, and it is not too often."""
    if not services.has_reader(desk) or handoff.response_state in ENDED:
        return False
    key = request_key(evidence.ticket.summary, chosen(places_of(evidence)))
    with services.database.account(desk.account_id, reading=True) as session:
        calls = readings.calls(session, desk.account_id, handoff.id)
    return _tries(services, [(call.request_key, call.outcome) for call in calls], key) is not None


def read(services: Services, *, account_id: int, handoff_id: int) -> bool:
    """Have the newest evidence of a handoff read; return whether its brief is to be brought up to date.

    1. Take the reading that is due, until a moment by which any call must have ended.
    2. Store a row with the most that the call can cost; do not ask if that is beyond the month's cap.
    3. Ask, check the answer word by word, and store what came of it.
    """
    crash.point("read.rung")
    hold = _take(services, account_id, handoff_id)
    crash.point("read.taken")
    if hold is None:
        return False
    structlog.contextvars.bind_contextvars(event_id=hold.handoff.event_id, ticket_id=hold.handoff.ticket_id)
    with services.database.account(account_id, reading=True) as session:
        evidence = handoffs.latest_snapshot(session, account_id, handoff_id)
        calls = [(call.request_key, call.outcome) for call in readings.calls(session, account_id, handoff_id)]
    request = fresh_request(evidence.ticket.summary, places_of(evidence)) if evidence else None
    tries = _tries(services, calls, request.key) if request else None
    if evidence is None or request is None or tries is None:
        return _finish(hold)
    call_id = _begin(hold, request)
    if call_id is None:
        return _finish(hold)
    began = time.monotonic()
    try:
        answer = hold.model.ask(request)
        checked = check(answer.text, request.covered, reader=hold.model.name)
    except NotAnswered as error:
        return _failed(hold, call_id, error, tries=tries, ms=_ms(began))
    except UnusableAnswer as error:
        return _failed(
            hold, call_id, NotAnswered(str(error), outcome="unusable", tokens=(answer.tokens_in, answer.tokens_out)),
            tries=tries, ms=_ms(began),
        )  # fmt: skip
    crash.point("read.answered")
    return _store(hold, call_id, evidence, answer, checked, ms=_ms(began))


def _take(services: Services, account_id: int, handoff_id: int) -> _Hold | None:
    desk, model = services.desk(account_id), services.model
    now = services.clock()
    # A body may begin just before the deadline, and its last piece may take as long again.
    until = now + timedelta(seconds=2 * services.settings.intervals.model_deadline + MARGIN_S)
    with services.database.account(account_id) as session:
        if not readings.take(session, account_id, handoff_id, now=now, until=until):
            return None
        handoff = handoffs.get(session, account_id, handoff_id)
        off = not services.has_reader(desk) or desk.frozen
        if handoff is None or model is None or off or handoff.response_state in ENDED:
            readings.finish(session, account_id, handoff_id, taken_until=until)
            handoff = None
    if handoff is None or model is None:
        return None
    return _Hold(services, desk, model, handoff, until)


def _tries(services: Services, calls: list[tuple[str, str]], key: str) -> int | None:
    """Return how often this was asked in vain, None if it is not to be asked (again)."""
    outcomes = [outcome for asked, outcome in calls if asked == key]
    if any(outcome in SETTLED for outcome in outcomes):
        return None
    if len({asked for asked, outcome in calls if outcome in SETTLED}) >= MOST_READINGS:
        return None
    tries = sum(outcome != "capped" for outcome in outcomes)
    return tries if tries < services.settings.intervals.model_tries else None


def _begin(hold: _Hold, request: Request) -> int | None:
    """Store the call with the most it can take; None, and a row that says so, where the month's cap has no room for it."""
    settings, now = hold.services.settings, hold.services.clock()
    most_in = (len(request.system) + len(request.user)) // CHARACTERS_A_TOKEN + 1
    most_out = settings.intervals.model_answer
    with hold.services.database.account(hold.desk.account_id) as session:
        call_id = readings.begin_call(
            session, *hold.ids, request_key=request.key, provider=hold.model.provider, model=hold.model.name, now=now,
            tokens_in=most_in, tokens_out=most_out, cost=settings.model.cost(most_in, most_out),
        )  # fmt: skip
    crash.point("read.noted")
    # Counted after it was stored, so that of two calls at once neither overlooks the other.
    with hold.services.database.account(hold.desk.account_id) as session:
        spent = readings.month(session, hold.desk.account_id, now=now)
        if within(hold.desk.model_cap, spent, priced=settings.model.price is not None):
            return call_id
        readings.end_call(
            session, hold.desk.account_id, call_id, outcome="capped", now=now, detail="the month's cap is reached",
            tokens_in=0, tokens_out=0, cost=None if settings.model.price is None else 0,
        )  # fmt: skip
    crash.point("read.capped")
    log.warning("model_capped", cap=hold.desk.model_cap)
    return None


def within(cap: float | None, spent: Month, *, priced: bool) -> bool:
    """Tell whether what was spent is within the cap: money where prices are known, else tokens. No cap: always."""
    return cap is None or (spent.cost if priced else spent.tokens) <= cap


def _store(
    hold: _Hold, call_id: int, evidence: Evidence, answer: Answer, checked: Checked, *, ms: int
) -> bool:
    services, (account_id, handoff_id) = hold.services, hold.ids
    local = package_of(hold.handoff, hold.desk, evidence)
    stands = local_stands(local, checked.reading)
    detail = None
    if stands:
        detail = f"{len(checked.reading.steps)} steps stand in the ticket; the local reader is sure of more than twice as many"
    now = services.clock()
    with services.database.account(account_id) as session:
        readings.end_call(
            session, account_id, call_id, outcome="local stands" if stands else "read", now=now, detail=detail, ms=ms,
            dropped=checked.dropped, reading=checked.reading.to_json(), **_took(hold, (answer.tokens_in, answer.tokens_out)),
        )  # fmt: skip
        readings.finish(session, account_id, handoff_id, taken_until=hold.until)
        if not stands:
            briefs.ask_refresh(session, account_id, handoff_id, due_at=now)
    crash.point("read.stored")
    log.info(
        "ticket_read", model=hold.model.name, ms=ms, steps=len(checked.reading.steps), dropped=sum(checked.dropped.values()),
        used=not stands,
    )  # fmt: skip
    return not stands


def _failed(hold: _Hold, call_id: int, error: NotAnswered, *, tries: int, ms: int) -> bool:
    """Store why there is no reading; ask again later what may pass, a few times, then rest."""
    services, (account_id, handoff_id) = hold.services, hold.ids
    now, again = services.clock(), None
    if error.retry and tries + 1 < services.settings.intervals.model_tries:
        again = next_try(services.settings.intervals, now=now, attempt=tries + 3)
        if error.retry_after is not None:
            again = max(again, now + timedelta(seconds=error.retry_after))
    with services.database.account(account_id) as session:
        readings.end_call(
            session, account_id, call_id, outcome=error.outcome, now=now, detail=str(error)[:300], ms=ms,
            **_took(hold, error.tokens),
        )  # fmt: skip
        if again is None:
            readings.finish(session, account_id, handoff_id, taken_until=hold.until)
        else:
            readings.later(session, account_id, handoff_id, taken_until=hold.until, at=again)
    crash.point("read.waits")
    log.warning("ticket_not_read", outcome=error.outcome, reason=str(error), ms=ms, again=again is not None)
    return False


def _took(hold: _Hold, tokens: tuple[int, int] | None) -> dict[str, Any]:
    """Return what a call took, for its row; nothing where nobody said, so that the most it can have been stays there."""
    if tokens is None or tokens == (0, 0):
        return {}
    return {"tokens_in": tokens[0], "tokens_out": tokens[1], "cost": hold.services.settings.model.cost(*tokens)}


def _finish(hold: _Hold) -> bool:
    with hold.services.database.account(hold.desk.account_id) as session:
        readings.finish(session, *hold.ids, taken_until=hold.until)
    crash.point("read.ended")
    return False


def _ms(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
