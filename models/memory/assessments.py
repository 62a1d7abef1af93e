"""What assessments were worth: compared with what solved the ticket as it closes, and judged by whoever read them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from escalation.memory.assess import Outcome, clauses_of, outcome
from escalation.memory.track_record import TrackRecord, track_record
from escalation.package import stored
from escalation.package.contents import Assessment, Package
from models.database.compare_and_set import changed
from models.database.sessions import insert_or_ignore
from models.tables import AssessmentOutcome, AssessmentVerdict, Handoff

Verdict = Literal["helpful", "wrong"]
Kind = Literal["local", "model"]
_NEWEST = 50
"""So many of a domain's make the record, so that it can recover."""


def compare(session: Session, account_id: int, handoff_id: int, *, fix: str | None, now: datetime) -> str | None:
    """Store whether the posted brief's assessment named what solved the ticket; return the outcome, None without one.

    Repeatable: a ticket that closes again is compared again.
    """
    package = _posted(session, account_id, handoff_id)
    if package is None:
        return None
    guess = package.ai_assessment_data
    came: Outcome = outcome(_said(package), fix)
    if _kind(guess) == "model" and came == "wrong" and not guess.against:
        came = "cannot tell"  # its words are its own: that they are not those of whoever solved it tells nothing
    row = {
        "domain": package.domain, "confidence": guess.confidence, "outcome": came, "withheld": guess.withheld, "at": now,
        "made_by": _kind(guess),
    }  # fmt: skip
    _put(session, AssessmentOutcome, {"account_id": account_id, "handoff_id": handoff_id}, row)
    return came


def judge(
    session: Session, account_id: int, handoff_id: int, *, member_id: int, verdict: Verdict, now: datetime
) -> tuple[str, Kind] | None:
    """Store what a member says of a posted brief's assessment, in place of what they said before.

    Return its domain and who made it; None where the brief shows none, or is not in the ticket yet.
    """
    package = _posted(session, account_id, handoff_id)
    if package is None or package.ai_assessment_data.withheld:
        return None
    key = {"account_id": account_id, "handoff_id": handoff_id, "member_id": member_id}
    made_by = _kind(package.ai_assessment_data)
    _put(session, AssessmentVerdict, key, {"domain": package.domain, "made_by": made_by, "verdict": verdict, "at": now})
    return package.domain, made_by


def verdict_of(session: Session, account_id: int, handoff_id: int, member_id: int) -> str:
    """Return what a member said last of a handoff's assessment; empty where nothing."""
    row = session.get(AssessmentVerdict, (account_id, handoff_id, member_id))
    return row.verdict if row is not None else ""


def record_of(session: Session, account_id: int, domain: str, made_by: Kind = "local") -> TrackRecord:
    """Return what the account's newest assessments of a domain were worth, those made here or those by a model."""
    compared, judged = AssessmentOutcome, AssessmentVerdict
    rows = session.execute(
        select(compared.handoff_id, compared.outcome).where(
            compared.account_id == account_id, compared.domain == domain, compared.made_by == made_by
        ).order_by(compared.handoff_id.desc()).limit(_NEWEST)
    ).all()  # fmt: skip
    outcomes = {handoff_id: came for handoff_id, came in rows}  # noqa: C416 - a row is no pair
    since = min(outcomes) if len(outcomes) == _NEWEST else 0
    said = session.execute(
        select(judged.handoff_id, judged.verdict).where(
            judged.account_id == account_id, judged.domain == domain, judged.made_by == made_by,
            judged.handoff_id >= since,
        )
    )
    return track_record(outcomes, [(handoff_id, verdict) for handoff_id, verdict in said])


def _kind(guess: Assessment) -> Kind:
    return "local" if guess.made_by == "local" else "model"


def _said(package: Package) -> list[str]:
    """Return what the assessment says of the cause: quoted clauses, and all of that ticket's fix."""
    guess = package.ai_assessment_data
    steps = guess.suggested_steps
    if guess.step_sources:
        pairs = zip(steps, guess.step_sources, strict=False)
        steps = tuple(step for step, source in pairs if source == guess.cause_source)
    whole = [clause for one in package.solved if one.source == guess.cause_source for clause in clauses_of(one.fix)]
    return [guess.likely_cause or "", *steps, *whole]


def _posted(session: Session, account_id: int, handoff_id: int) -> Package | None:
    """Return the package whose brief is in the ticket; None where it is not, or guesses nothing."""
    here = (Handoff.account_id == account_id, Handoff.id == handoff_id, Handoff.posted_at.is_not(None))
    body = session.scalar(select(Handoff.escalation_package).where(*here))
    try:
        package = stored.load(body) if body else None
    except (stored.UnknownPackageVersion, stored.DamagedPackage):
        return None  # a ticket ends all the same
    return package if package is not None and package.ai_assessment_data.likely_cause else None


def _put(
    session: Session, table: type[AssessmentOutcome | AssessmentVerdict], key: dict[str, int], row: dict[str, Any]
) -> None:
    new = insert_or_ignore(session, table).values(**key, **row)
    if session.scalar(new.returning(table.handoff_id)) is None:
        where = [getattr(table, name) == value for name, value in key.items()]
        changed(session, update(table).where(*where).values(**row))
