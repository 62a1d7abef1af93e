"""Build the escalation package: the structured content of one handoff, from evidence alone.

1. Put description, notes and time entries in order; each becomes a source that can be cited.
2. Read each text into stretches, and the stretches into steps, remarks and pasted output.
3. Say what is missing, what was left changed, where to start; leave out what nobody said.

Everything quoted is a slice of its source, so it stands there literally; nothing is invented.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from escalation.evidence import Evidence
from escalation.model_reading.reading import Reading
from escalation.package import highlights, start_here
from escalation.package.by_model import Share
from escalation.package.by_session import Recorded
from escalation.package.candidates import Candidate, Candidates
from escalation.package.contents import SCHEMA_VERSION, Assessment, Package, Unread
from escalation.package.in_context import asked, in_context
from escalation.package.known_symptoms import Symptoms
from escalation.package.last_notes import forbidden, last_word, left_over, unread_words
from escalation.package.records import (
    described,
    languages_unread,
    records_of,
    summary_source,
    time_without_words,
    timeline,
    unread_texts,
    with_events,
)
from escalation.package.surroundings import devices_of, other_tickets
from escalation.reading import asks, remarks
from escalation.reading.domain import read_domain
from escalation.reading.reader import read_steps
from escalation.reading.results import with_results
from escalation.reading.weights import Learned
from escalation.text.stretches import OTHERS
from escalation.wording.vocabulary import products_in

_SHORT_TICKET = 160


def build(
    evidence: Evidence,
    *,
    episode: int,
    escalated_at: datetime,
    escalated_by: str | None,
    as_of: datetime,
    time_zone: str = "UTC",
    assessment: Assessment | None = None,
    reading: Reading | None = None,
    known: Learned | None = None,
    explain: bool = False,
) -> Package:
    """Return the package for one episode. `time_zone` is the account's, `as_of` when it is built.

    `known` are other weights than the product's own, as a measurement on folds needs them.
    `explain` has each step say which features spoke for it.
    With `reading`, a model's, that reading stands for the texts it covers; what it was not shown is read here.
    """
    records = records_of(evidence)
    passages = [r.passage for r in records]
    deeds = with_results(read_steps(passages, known, title=evidence.ticket.summary, explain=explain), passages)
    share = Share(reading, records, known)
    recorded = Recorded(evidence, records)
    steps = recorded.steps(share.steps(deeds))
    blocks = recorded.blocks(share.evidence_blocks())
    codes = recorded.codes(share.error_codes())
    ticket = evidence.ticket
    domain = share.domain or read_domain(ticket.summary, *described(records), known)
    said_of_it = [ticket.summary, *(s.text for r in records for s in r.passage.stretches if s.kind not in OTHERS)]
    said_of_it += recorded.texts
    symptoms = Symptoms(ticket.summary, records, domain)
    devices, device_sources = devices_of(evidence)
    similar, recent, other_sources = other_tickets(evidence)
    ruled_out = share.ruled_out(remarks.ruled_out(passages))
    reasons = highlights.quotes_of(asks.reasons(passages), records)
    said = sum(len(r.passage.own) for r in records) + sum(map(len, recorded.texts))
    unread = unread_texts(records, share.read_here)
    thin = said < (_SHORT_TICKET if steps else 4 * _SHORT_TICKET)
    package = Package(
        schema_version=SCHEMA_VERSION,
        ticket_id=ticket.id,
        episode=episode,
        summary=ticket.summary,
        escalated_at=escalated_at,
        escalated_by=escalated_by,
        as_of=as_of,
        time_zone=time_zone,
        company=ticket.company,
        contact=ticket.contact,
        site=ticket.site,
        board=ticket.board,
        status=ticket.status,
        priority=ticket.priority,
        severity=ticket.severity,
        impact=ticket.impact,
        required_at=ticket.required_at,
        waiting_since=ticket.entered_at,
        problem=highlights.problem(ticket.summary, records),
        ask=asked(asks.requests(passages), records),
        why_escalated=recorded.reason or (reasons[0] if reasons else None),
        start_here=None,
        steps_attempted=steps,
        dead_ends_flagged=highlights.dead_ends(steps, ruled_out),
        ruled_out=ruled_out,
        contingency=highlights.contingency(passages, records),
        promises=tuple(highlights.quotes_of(remarks.promises(passages), records)),
        state_left_behind=recorded.changes(share.left_behind(remarks.left_changed(passages, deeds))),
        # What nobody recorded cannot be told of words that nobody has read.
        not_recorded=()
        if languages_unread(unread)
        else (*symptoms.missing(said_of_it, has_error_text=bool(blocks or codes), thin=thin), *time_without_words(evidence)),
        evidence_blocks=blocks,
        error_codes=codes,
        devices=devices,
        products=highlights.first_mentions(records, products_in),
        agreement=ticket.agreement,
        attachments=tuple(d.file_name or d.title for d in evidence.documents),
        open_tasks=tuple(t.text for t in evidence.tasks if not t.done),
        domain=domain,
        ai_assessment_data=assessment or Assessment(),
        timeline=with_events(timeline(records), recorded.events),
        similar=similar,
        recent=recent,
        unread=(*(Unread(g.source, g.reason) for g in evidence.gaps), *unread),
        sources=(summary_source(evidence), *(r.source for r in records), *recorded.sources, *device_sources, *other_sources),
        notes_read=len(evidence.notes),
        time_entries_read=len(evidence.time_entries),
        thin=thin,
        reader=share.reader,
        reader_version=share.version,
        still_to_do=recorded.still_to_do,
        findings=recorded.findings,
        lanes=recorded.lanes,
        last_word=last_word(records, steps),
        unread_words=unread_words(share.read_here),
        forbidden=forbidden(records),
    )
    start, otherwise = start_here.choose(Candidates(package, records, symptoms.found).all())
    package = replace(package, start_here=in_context(start, records), start_otherwise=in_context(otherwise, records))
    to_do, found = left_over(package, records)
    return replace(package, still_to_do=(*package.still_to_do, *to_do), findings=(*package.findings, *found))


def candidates_of(evidence: Evidence, package: Package) -> list[Candidate]:
    """Return what could stand under *Start here*, of which `build` chose one."""
    records = records_of(evidence)
    return Candidates(package, records, Symptoms(package.summary, records, package.domain).found).all()


def bare(package: Package, thread_id: str) -> dict[str, Any]:
    """Return the package as `package FILE…` prints it: the file's id, and plain verbatim strings for evidence."""
    body = package.to_json()
    return {
        "id": thread_id,
        **body,
        "problem": package.problem.evidence if package.problem else package.summary,
        "evidence_blocks": [quote.evidence for quote in package.evidence_blocks],
        "error_codes": [quote.evidence for quote in package.error_codes],
        "environment": [d.text for d in package.devices] + [quote.evidence for quote in package.products],
        "not_recorded": [gap.text for gap in package.not_recorded],
        "start_here": package.start_here.evidence if package.start_here else None,
        "dead_ends": list(package.dead_ends_flagged),
    }
