"""What is worth keeping of a ticket that was solved, and what a new one asks the memory for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from escalation.evidence import Evidence
from escalation.memory.assess import Known, assess
from escalation.memory.rank import Terms
from escalation.memory.track_record import TrackRecord
from escalation.package.build import build
from escalation.package.contents import Assessment, Offered, Package, Solved, Source
from escalation.package.contradicted import out_from_the_start, ruled_out_in, tried_in, weighed
from escalation.package.known_symptoms import symptoms_told
from escalation.package.records import Record, flat, records_of
from escalation.package.start_here import from_memory

_PROBLEM, _FIX, _STEPS = 1500, 700, 12
"""Characters of the problem and of what solved it, and steps, that are kept."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A ticket that was solved."""

    ticket_id: int
    summary: str
    problem: str
    tried: tuple[tuple[str, str], ...]
    """What was done and with which outcome, in order."""
    fix: str | None
    """What solved it, in the words of whoever wrote it down; None where nobody did."""
    fix_source: str | None
    environment: tuple[str, ...]
    """Devices and products."""
    domain: str | None
    company_id: int | None
    company: str | None
    resolver: str | None
    closed_at: datetime

    def terms(self) -> Terms:
        """Return what it is found by."""
        later = [*(text for text, _ in self.tried), self.fix or ""]
        symptoms = symptoms_told(self.summary, self.problem, later)
        return Terms.of(self.summary, "\n".join([self.problem, *self.environment]), "\n".join(later), symptoms)


def lesson_of(evidence: Evidence) -> Lesson | None:
    """Return the lesson of a closed ticket; None for one that is open, merged into another or without any words."""
    ticket = evidence.ticket
    closed_at = ticket.closed_at or ticket.last_updated
    if not ticket.closed or ticket.merged_into is not None or closed_at is None:
        return None
    package = build(evidence, episode=1, escalated_at=closed_at, escalated_by=None, as_of=closed_at)
    records = records_of(evidence)
    fix, source, resolver = _fix(package, records)
    problem = _problem(package, records)
    if not (problem or fix):
        return None
    return Lesson(
        ticket_id=ticket.id,
        summary=flat(ticket.summary)[:300],
        problem=problem,
        tried=tuple((s.text[:300], s.outcome) for s in package.steps_attempted[:_STEPS]),
        fix=fix,
        fix_source=source,
        environment=tuple(dict.fromkeys([*(d.name for d in package.devices), *(q.text for q in package.products)]))[:20],
        domain=package.domain,
        company_id=ticket.company_id,
        company=ticket.company,
        resolver=resolver or ticket.owner,
        closed_at=closed_at,
    )


def asked_of(package: Package) -> Terms:
    """Return the terms of a new handoff: its problem, error codes, devices and products, and the symptoms it tells.

    Not the words of what was tried: what the juniors of a shop try first is alike whatever is wrong. But for symptoms their
    notes are read too: there a technician often says what a customer has told in a customer's words.
    """
    problem = package.problem.evidence if package.problem else ""
    ours = {source.id for source in package.sources if source.role == "us"}
    noted = [event.text for event in package.timeline if event.source not in ours]
    told = [
        problem,
        *(q.evidence for q in package.error_codes),
        *(d.name for d in package.devices),
        *(q.text for q in package.products),
        *(step.text for step in package.steps_attempted if step.outcome in ("partial", "worked")),
    ]
    return Terms.of(package.summary, "\n".join(told), symptoms=symptoms_told(package.summary, problem, noted))


def asked_in_words(words: str) -> Terms:
    """Return the terms of what somebody searches by."""
    return Terms.of(words, "", symptoms=symptoms_told(words, ""))


def with_solved(
    package: Package, solved: Sequence[Solved], assessment: Assessment | None = None, runbooks: Sequence[Offered] = ()
) -> Package:
    """Return the package with what was solved before, what is guessed from it, a start that knows of it, runbooks that fit."""
    sources = [
        Source(s.source, f"ticket {s.id}, {s.record or 'resolved'}", s.resolver or "not recorded", "unknown", s.at)
        for s in solved
    ]
    sources += [Source(r.source, f"runbook {r.id}, version {r.version}", "this account", "unknown", None) for r in runbooks]
    informed = replace(
        package, solved=tuple(solved), runbooks=tuple(runbooks), sources=(*package.sources, *sources),
        ai_assessment_data=assessment or package.ai_assessment_data,
    )  # fmt: skip
    return weighed(from_memory(informed))


def assessed(package: Package, known: Sequence[Known], record: TrackRecord) -> Assessment:
    """Return what is guessed from solved tickets that are alike, the most alike first; empty where support is thin.

    What was tried here in vain is told all the same, as a theory that is out.
    """
    guess = assess(known, tried_in(package), ruled_out_in(package))
    out = out_from_the_start(package, known)
    if guess is None:
        return Assessment(discounted=out)
    return Assessment(
        guess.cause.text, tuple(step.text for step in guess.steps), guess.confidence, guess.cause.source,
        tuple(step.source for step in guess.steps), record.right, record.known, record.withholds,
        discounted=out,
    )  # fmt: skip


def _problem(package: Package, records: list[Record]) -> str:
    described = next((r.passage.own for r in records if r.source.id == "d"), "")
    codes = [q.evidence for q in package.error_codes if q.evidence not in described]
    return flat("\n".join([described, *codes]))[:_PROBLEM]


def _fix(package: Package, records: list[Record]) -> tuple[str | None, str | None, str | None]:
    """Return what solved it, which record says so and who wrote that: the resolution, else what worked in the last record."""
    for record in reversed(records):
        if record.kind == "resolution note" and (said := flat(record.passage.own)):
            return said[:_FIX], record.source.record, record.source.author
    worked = [step for step in package.steps_attempted if step.outcome == "worked"]
    if worked:
        source = package.source(worked[-1].source)
        told = ". ".join(step.text.rstrip(". ") for step in worked if step.source == worked[-1].source)
        return told[:_FIX], source.record if source else None, source.author if source else None
    return None, None, None
