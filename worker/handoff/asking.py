"""Ask a model one question about a handoff: within the month's cap, with a row before the call and what came of it after.

`read` and `assess` both ask so. Whatever the model does costs that row and nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from escalation.model_reading.answer import UnusableAnswer
from escalation.model_reading.request import Request
from models.handoff import readings
from models.handoff.handoffs import Handoff
from models.handoff.readings import Month
from worker.model_reading.model import Answer, Model, NotAnswered
from worker.process import crash
from worker.process.backoff import next_try
from worker.wiring import Desk, Services

log = structlog.get_logger()

SETTLED = frozenset({"read", "local stands", "abstained", "refused", "unusable", "rejected"})
"""Outcomes after which the same is not asked again."""
CHARACTERS_A_TOKEN = 3
"""Fewer than there are, so that what a call may cost is not estimated too low."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A handoff that is ours, to ask a model about, until a moment."""

    services: Services
    desk: Desk
    model: Model
    handoff: Handoff
    until: datetime

    @property
    def ids(self) -> tuple[int, int]:
        return self.desk.account_id, self.handoff.id


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored of an answer."""

    outcome: str
    """`read`, or why it is not used."""
    body: dict[str, Any] | None
    dropped: dict[str, int]
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of a question."""

    outcome: str
    again: datetime | None = None
    """When it is to be asked again; None where it rests."""
    new: bool = True
    """Whether it was asked just now."""


def tries(services: Services, calls: Sequence[tuple[str, str]], key: str, *, most_settled: int) -> int | None:
    """Return how often this was asked in vain, None if it is not to be asked (again). `calls` are keys with outcomes."""
    outcomes = [outcome for asked, outcome in calls if asked == key]
    if any(outcome in SETTLED for outcome in outcomes):
        return None
    if len({asked for asked, outcome in calls if outcome in SETTLED}) >= most_settled:
        return None
    tried = sum(outcome != "capped" for outcome in outcomes)
    return tried if tried < services.settings.intervals.model_tries else None


def ask(hold: Hold, kind: str, request: Request, tried: int, keep: Callable[[Answer], Kept]) -> Ended:
    """Ask, and store what `keep` leaves of the answer. `keep` may raise `UnusableAnswer`.

    1. Store a row with the most that the call can cost; do not ask if that is beyond the month's cap.
    2. Ask, check, and store what came of it; what may pass by itself is asked again later, a few times.
    """
    call_id = _begin(hold, kind, request)
    if call_id is None:
        return Ended("capped")
    began = time.monotonic()
    try:
        answer = hold.model.ask(request)
        kept = keep(answer)
    except NotAnswered as error:
        return _failed(hold, call_id, error, tried=tried, ms=_ms(began))
    except UnusableAnswer as error:
        tokens = (answer.tokens_in, answer.tokens_out)
        return _failed(hold, call_id, NotAnswered(str(error), outcome="unusable", tokens=tokens), tried=tried, ms=_ms(began))
    crash.point("read.answered")
    with hold.services.database.account(hold.desk.account_id) as session:
        readings.end_call(
            session, hold.desk.account_id, call_id, outcome=kept.outcome, now=hold.services.clock(), detail=kept.detail,
            ms=_ms(began), dropped=kept.dropped, reading=kept.body, **_took(hold, (answer.tokens_in, answer.tokens_out)),
        )  # fmt: skip
    crash.point("read.kept")
    dropped = sum(kept.dropped.values())
    log.info("model_answered", kind=kind, model=hold.model.name, ms=_ms(began), outcome=kept.outcome, dropped=dropped)
    return Ended(kept.outcome)


def _begin(hold: Hold, kind: str, request: Request) -> int | None:
    """Store the call with the most it can take; None, and a row that says so, where the month's cap has no room for it."""
    settings, now = hold.services.settings, hold.services.clock()
    most_in = (len(request.system) + len(request.user)) // CHARACTERS_A_TOKEN + 1
    most_out = settings.intervals.model_answer
    with hold.services.database.account(hold.desk.account_id) as session:
        call_id = readings.begin_call(
            session, *hold.ids, kind=kind, request_key=request.key, provider=hold.model.provider, model=hold.model.name,
            now=now, tokens_in=most_in, tokens_out=most_out, cost=settings.model.cost(most_in, most_out),
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


def _failed(hold: Hold, call_id: int, error: NotAnswered, *, tried: int, ms: int) -> Ended:
    """Store why there is no answer, and say when to ask again what may pass."""
    services = hold.services
    now, again = services.clock(), None
    if error.retry and tried + 1 < services.settings.intervals.model_tries:
        again = next_try(services.settings.intervals, now=now, attempt=tried + 3)
        if error.retry_after is not None:
            again = max(again, now + timedelta(seconds=error.retry_after))
    with services.database.account(hold.desk.account_id) as session:
        readings.end_call(
            session, hold.desk.account_id, call_id, outcome=error.outcome, now=now, detail=str(error)[:300], ms=ms,
            **_took(hold, error.tokens),
        )  # fmt: skip
    crash.point("read.failed")
    log.warning("model_did_not_answer", outcome=error.outcome, reason=str(error), ms=ms, again=again is not None)
    return Ended(error.outcome, again)


def _took(hold: Hold, tokens: tuple[int, int] | None) -> dict[str, Any]:
    """Return what a call took, for its row; nothing where nobody said, so that the most it can have been stays there."""
    if tokens is None or tokens == (0, 0):
        return {}
    return {"tokens_in": tokens[0], "tokens_out": tokens[1], "cost": hold.services.settings.model.cost(*tokens)}


def _ms(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
