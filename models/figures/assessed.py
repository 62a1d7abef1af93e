"""What became of the assessments in an account's briefs, from the rows."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from escalation.figures.assessed import Brief
from escalation.memory.track_record import decided
from models.tables import AssessmentOutcome, AssessmentVerdict, Handoff


def assessed(session: Session, account_id: int, *, since: datetime, until: datetime) -> list[Brief]:
    """Return the briefs of episodes escalated after `since`, with what was known of their assessments at `until`.

    A verdict that was changed later is not known at all before that: only the last word is kept.
    """
    rows = session.execute(
        select(Handoff.id, Handoff.ticket_id, Handoff.episode, Handoff.assessed_by).where(
            Handoff.account_id == account_id, Handoff.escalated_at > since, Handoff.escalated_at <= until,
            Handoff.posted_at <= until, Handoff.dry_run.is_(False),
        )
    ).all()  # fmt: skip
    ids = [row.id for row in rows if row.assessed_by]
    outcomes, said = _known(session, account_id, ids, until) if ids else ({}, {})
    briefs = []
    for row in rows:
        known = row.id in outcomes or row.id in said
        came = decided(outcomes.get(row.id, "cannot tell"), said.get(row.id, ())) if known else "open"
        briefs.append(Brief(f"{row.ticket_id}/{row.episode}", bool(row.assessed_by), came))
    return briefs


def _known(
    session: Session, account_id: int, ids: list[int], until: datetime
) -> tuple[dict[int, str], dict[int, list[str]]]:
    """Return the outcome of each handoff, and what members said of it."""
    compared, judged = AssessmentOutcome, AssessmentVerdict
    found = session.execute(
        select(compared.handoff_id, compared.outcome).where(
            compared.account_id == account_id, compared.handoff_id.in_(ids), compared.at <= until
        )
    )
    outcomes = {handoff_id: outcome for handoff_id, outcome in found}  # noqa: C416 - rows are no pairs to mypy
    said: dict[int, list[str]] = defaultdict(list)
    verdicts = select(judged.handoff_id, judged.verdict).where(
        judged.account_id == account_id, judged.handoff_id.in_(ids), judged.at <= until
    )
    for handoff_id, verdict in session.execute(verdicts):
        said[handoff_id].append(verdict)
    return outcomes, said
