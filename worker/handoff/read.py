"""Have a model read a handoff's ticket, after the local reader has written the brief, and say what is likely wrong.

Nobody waits for it. Whatever the model does, the brief stands: an answer that is late, broken, refused or invented costs a
row that says so. What it read is used only as far as it stands word for word in the evidence
(`escalation/model_reading/answer.py`), what it thinks only with words that do (`escalation/model_reading/opinion.py`).
"""

from __future__ import annotations

from datetime import timedelta

import structlog

from escalation.evidence import Evidence
from escalation.lifecycle import ENDED
from escalation.model_reading.answer import check
from escalation.model_reading.reading import Reading, UnknownReadingVersion
from escalation.model_reading.request import Request, chosen, request_key
from escalation.package.by_model import local_stands, places_of
from models.handoff import briefs, handoffs, readings
from models.handoff.handoffs import Handoff
from worker.handoff.asking import SETTLED, Ended, Hold, Kept, ask, tries
from worker.handoff.assess import assess
from worker.handoff.publish import package_of
from worker.model_reading.model import Answer, fresh_request
from worker.process import crash
from worker.wiring import Desk, Services

log = structlog.get_logger()

MOST_READINGS = 8
"""Of one handoff: a ticket that changes all day is not read all day."""
MARGIN_S = 15.0


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
    return tries(services, _calls(services, desk.account_id, handoff.id), key, most_settled=MOST_READINGS) is not None


def read(services: Services, *, account_id: int, handoff_id: int) -> bool:
    """Have the newest evidence of a handoff read and assessed; return whether its brief is to be brought up to date.

    1. Take what is due, until a moment by which both calls must have ended.
    2. Have the ticket read, if its words were not read yet. What failed and may pass is asked again later.
    3. Have it assessed, if it was read and nobody assessed this handoff yet.
    4. Ask for one edit of the note, whatever is new.
    """
    crash.point("read.rung")
    hold = _take(services, account_id, handoff_id)
    crash.point("read.taken")
    if hold is None:
        return False
    structlog.contextvars.bind_contextvars(event_id=hold.handoff.event_id, ticket_id=hold.handoff.ticket_id)
    with services.database.account(account_id, reading=True) as session:
        evidence = handoffs.latest_snapshot(session, account_id, handoff_id)
    request = fresh_request(evidence.ticket.summary, places_of(evidence)) if evidence else None
    if evidence is None or request is None:
        return _finish(hold)
    was_read = _read(hold, evidence, request)
    was_assessed = None
    if was_read.outcome in ("read", "local stands"):
        was_assessed = assess(hold, evidence, reading_of(services, hold.desk, handoff_id))
    return _finish(hold, was_read, *([was_assessed] if was_assessed else []))


def _read(hold: Hold, evidence: Evidence, request: Request) -> Ended:
    calls = _calls(hold.services, *hold.ids)
    tried = tries(hold.services, calls, request.key, most_settled=MOST_READINGS)
    if tried is None:
        settled = [outcome for key, outcome in calls if key == request.key and outcome in SETTLED]
        return Ended(settled[-1] if settled else "not again", new=False)

    def keep(answer: Answer) -> Kept:
        checked = check(answer.text, request.covered, reader=hold.model.name)
        local, reading = package_of(hold.handoff, hold.desk, evidence), checked.reading
        if not local_stands(local, reading):
            return Kept("read", reading.to_json(), checked.dropped)
        detail = f"{len(reading.steps)} steps stand in the ticket; the local reader is sure of more than twice as many"
        return Kept("local stands", reading.to_json(), checked.dropped, detail)

    return ask(hold, "reading", request, tried, keep)


def _calls(services: Services, account_id: int, handoff_id: int) -> list[tuple[str, str]]:
    with services.database.account(account_id, reading=True) as session:
        return [(call.request_key, call.outcome) for call in readings.calls(session, account_id, handoff_id)]


def _take(services: Services, account_id: int, handoff_id: int) -> Hold | None:
    desk, model = services.desk(account_id), services.model
    now = services.clock()
    # A body may begin just before the deadline, and its last piece may take as long again; and there may be two.
    until = now + timedelta(seconds=4 * services.settings.intervals.model_deadline + MARGIN_S)
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
    return Hold(services, desk, model, handoff, until)


def _finish(hold: Hold, *ended: Ended) -> bool:
    """Give it back until what may pass is asked again, or for good; have the note edited where anything new is used."""
    again = min((one.again for one in ended if one.again), default=None)
    edit = any(one.new and one.outcome == "read" for one in ended)
    with hold.services.database.account(hold.desk.account_id) as session:
        if again is None:
            readings.finish(session, *hold.ids, taken_until=hold.until)
        else:
            readings.later(session, *hold.ids, taken_until=hold.until, at=again)
        if edit:
            briefs.ask_refresh(session, *hold.ids, due_at=hold.services.clock())
    crash.point("read.ended")
    return edit
