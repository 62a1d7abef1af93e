"""Have a model assess a handoff once its ticket was read: one opinion for each handoff, checked statement by statement."""

from __future__ import annotations

from escalation.evidence import Evidence
from escalation.model_reading import assessing
from escalation.model_reading.opinion import Opinion, check
from escalation.model_reading.reading import Reading
from escalation.package import stored
from escalation.package.contents import Package
from escalation.package.contradicted import ruled_out_in, tried_in
from escalation.package.second_opinion import asked_about, with_opinion
from models.handoff import readings
from models.memory import assessments
from worker.handoff.asking import Ended, Hold, Kept, ask, tries
from worker.handoff.publish import package_of
from worker.model_reading.model import Answer, fresh_request
from worker.wiring import Desk, Services

KIND = "assessment"


def opinion_of(services: Services, desk: Desk, handoff_id: int) -> Opinion | None:
    """Return the model's opinion of a handoff; None without one or where the local reader is wanted."""
    if desk.reader != "model":
        return None
    with services.database.account(desk.account_id, reading=True) as session:
        body = readings.latest(session, desk.account_id, handoff_id, kind=KIND)
    return Opinion.from_json(body) if body is not None else None


def second_opinion(package: Package, evidence: Evidence, opinion: Opinion | None) -> Package:
    """Return the package with a model's opinion, if there is one."""
    return package if opinion is None else with_opinion(package, evidence, opinion)


def assess(hold: Hold, evidence: Evidence, reading: Reading | None) -> Ended | None:
    """Ask for an assessment of what was read; None where none is to be asked for (any more)."""
    services, (account_id, handoff_id) = hold.services, hold.ids
    body = hold.handoff.escalation_package
    package = package_of(hold.handoff, hold.desk, evidence, reading)
    places = asked_about(evidence, stored.load(body).solved if body else ())
    request = fresh_request(evidence.ticket.summary, places, make=assessing.request_for)
    with services.database.account(account_id, reading=True) as session:
        calls = [(call.request_key, call.outcome) for call in readings.calls(session, account_id, handoff_id, kind=KIND)]
        record = assessments.record_of(session, account_id, package.domain, "model")
    tried = tries(services, calls, request.key, most_settled=1) if request else None
    if request is None or tried is None:
        return None

    def keep(answer: Answer) -> Kept:
        checked = check(
            answer.text, request.covered, tried=tried_in(package), ruled_out=ruled_out_in(package), made_by=hold.model.name,
            record=record,
        )
        opinion = checked.opinion
        return Kept("read" if opinion else "abstained", opinion.to_json() if opinion else None, checked.dropped)

    return ask(hold, KIND, request, tried, keep)
