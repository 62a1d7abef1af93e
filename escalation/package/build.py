"""Build the escalation package: the structured content of one handoff, from evidence alone.

1. Put description, notes and time entries in order; each becomes a source that can be cited.
2. Read each text into stretches, and the stretches into steps, remarks and pasted output.
3. Say what is missing, what was left changed, where to start; leave out what nobody said.

Everything quoted is a slice of its source, so it stands there literally; nothing is invented.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rapidfuzz import fuzz

from escalation.evidence import Evidence, Note, Person, RelatedTicket, TimeEntry
from escalation.package.contents import (
    SCHEMA_VERSION,
    Assessment,
    Change,
    Contingency,
    DamagedPackage,
    Device,
    Event,
    Missing,
    OtherTicket,
    Package,
    Quote,
    Source,
    Step,
    UnknownPackageVersion,
    Unread,
    load,
)
from escalation.reading import deeds as telling
from escalation.reading import missing, pasted, remarks
from escalation.reading.codes import error_codes
from escalation.reading.passages import NOT_STAFF
from escalation.reading.steps import Deed, Passage, find_steps
from escalation.reading.text import stretches
from escalation.reading.vocabulary import domain_of, products_in

__all__ = ["DamagedPackage", "Package", "Step", "UnknownPackageVersion", "bare", "build", "load"]

_SIMILAR = 55
_SHORT_TICKET = 160


@dataclass(frozen=True, slots=True)
class _Record:
    """A text of the ticket with its source."""

    source: Source
    text: str
    passage: Passage


def build(
    evidence: Evidence,
    *,
    episode: int,
    escalated_at: datetime,
    escalated_by: str | None,
    as_of: datetime,
    time_zone: str = "UTC",
    assessment: Assessment | None = None,
) -> Package:
    """Return the package for one episode. `time_zone` is the account's, `as_of` when it is built."""
    records = _records(evidence)
    passages = [r.passage for r in records]
    deeds = find_steps(passages)
    steps = tuple(_step(deed, records) for deed in deeds)
    blocks = _evidence_blocks(records)
    codes = _first_mentions(records, error_codes)
    ticket = evidence.ticket
    domain = domain_of(
        [(ticket.summary, 4), *((r.text[:4000], 2 if r.source.id == "d" else 1) for r in records)]
    )
    said_of_it = [ticket.summary, *(s.text for r in records for s in r.passage.stretches)]
    gaps = missing.not_recorded(domain, said_of_it, has_error_text=bool(blocks or codes))
    devices, device_sources = _devices(evidence)
    similar, recent, other_sources = _other_tickets(evidence)
    ruled_out = tuple(_quotes(remarks.ruled_out(passages), records))
    requests = _quotes(remarks.requests(passages), records)
    reasons = _quotes(remarks.reasons(passages), records)
    said = sum(len(r.text) for r in records)
    return Package(
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
        problem=_problem(ticket.summary, records),
        ask=requests[0] if requests else None,
        why_escalated=reasons[0] if reasons else None,
        start_here=_start_here(passages, records, steps),
        steps_attempted=steps,
        dead_ends_flagged=_dead_ends(steps, ruled_out),
        ruled_out=ruled_out,
        contingency=_contingency(passages, records),
        promises=tuple(_quotes(remarks.promises(passages), records)),
        state_left_behind=_left_behind(passages, deeds, records),
        not_recorded=tuple(Missing(q.missing, q.ask) for q in gaps),
        evidence_blocks=blocks,
        error_codes=codes,
        devices=devices,
        products=_first_mentions(records, products_in),
        agreement=ticket.agreement,
        attachments=tuple(d.file_name or d.title for d in evidence.documents),
        open_tasks=tuple(t.text for t in evidence.tasks if not t.done),
        domain=domain,
        ai_assessment_data=assessment or Assessment(),
        timeline=_timeline(records),
        similar=similar,
        recent=recent,
        unread=(*(Unread(g.source, g.reason) for g in evidence.gaps), *_foreign(records)),
        sources=(_summary_source(evidence), *(r.source for r in records), *device_sources, *other_sources),
        notes_read=len(evidence.notes),
        time_entries_read=len(evidence.time_entries),
        thin=said < (_SHORT_TICKET if steps else 4 * _SHORT_TICKET),
    )


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


def _records(evidence: Evidence) -> list[_Record]:
    """Return the ticket's texts in order, the description first, with citation ids and note indexes."""
    description = next((n for n in evidence.notes if n.is_description), None)
    entries: list[Note | TimeEntry] = [n for n in evidence.notes if n is not description]
    noted = {_flat(n.text) for n in evidence.notes}
    entries += [e for e in evidence.time_entries if e.position is not None or _flat(e.text) not in noted]
    entries.sort(key=_place)
    made: list[_Record] = []
    if description is not None:
        made.append(_record(description, "d", -1, evidence.ticket.entered_at))
    counts = {"n": 0, "t": 0}
    for index, entry in enumerate(entries):
        letter = "t" if isinstance(entry, TimeEntry) else "n"
        counts[letter] += 1
        position = entry.position if entry.position is not None else index
        made.append(_record(entry, f"{letter}{counts[letter]}", position))
    return made


def _foreign(records: Sequence[_Record]) -> tuple[Unread, ...]:
    """Return, for each other language, which texts are quoted but not read for steps."""
    found: dict[str, list[str]] = {}
    for record in records:
        if record.passage.language:
            found.setdefault(record.passage.language, []).append(record.source.id)
    return tuple(
        Unread(f"steps in {', '.join(ids[:6])}{' and more' if len(ids) > 6 else ''}", f"written in {name}; quoted as it stands")
        for name, ids in found.items()
    )


def _place(entry: Note | TimeEntry) -> tuple[int, float, int]:
    if entry.position is not None:
        return (entry.position, 0.0, 0)
    at = entry.entered_at or entry.started_at if isinstance(entry, TimeEntry) else entry.created_at
    return (0, at.timestamp() if at else 0.0, entry.id)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _record(
    entry: Note | TimeEntry, source_id: str, note_index: int, entered_at: datetime | None = None
) -> _Record:
    if isinstance(entry, TimeEntry):
        at, record = entry.started_at or entry.entered_at, f"time entry {entry.id}"
    else:
        at = entry.created_at or (entered_at if entry.is_description else None)
        record = "description" if entry.is_description else f"{entry.kind} note {entry.id}"
    record += f" of ticket {entry.ticket}" if entry.ticket is not None else ""
    source = Source(source_id, record, entry.author.name, entry.author.role, at, note_index)
    solved = isinstance(entry, Note) and entry.kind == "resolution"
    begins = isinstance(entry, Note) and entry.is_description
    # A thread file does not say who wrote its description; in the PSA an author whom nobody knows is not one of ours.
    told = entry.author.role if entry.author != _NOT_RECORDED else "technician"
    passage = Passage(entry.text, tuple(stretches(entry.text)), told, solved, begins)
    return _Record(source, entry.text, passage)


_NOT_RECORDED = Person("not recorded")
"""The author of a thread file's description (`escalation.package.threads`)."""


def _summary_source(evidence: Evidence) -> Source:
    ticket = evidence.ticket
    return Source(
        "s", f"ticket {ticket.id}, summary", ticket.entered_by or "not recorded", "unknown", ticket.entered_at
    )


_FILLER = re.compile(
    r"^(?:\W{0,3}(?:edit|update|fixed|solved|resolved|resolution|solution)\s?\d{0,2}\s?:\W{0,3}(?=\w)"
    r"|(?:(?:i|we)(?:'ve|’ve)?|(?:have|had(?! (?:the|a|her|him|them|user)\b)|has|also|then|already|just|so|and|next|first|"
    r"finally|now|but|ok|okay|well)(?=[\s,]))[\s,]+)",
    re.IGNORECASE,
)


def _shorten(evidence: str, *, deed: bool = False) -> str:
    """Return the evidence on one line; a deed without words at its start that carry nothing."""
    text = _flat(evidence)
    while deed and (filler := _FILLER.match(text)) and len(text) > filler.end() + 8:
        text = text[filler.end() :]
    return text.rstrip(" .,;:")


def _step(deed: Deed, records: Sequence[_Record]) -> Step:
    record = records[deed.passage]
    evidence = record.text[deed.start : deed.end]
    return Step(
        text=_shorten(evidence, deed=True),
        evidence=evidence,
        note_index=record.source.note_index if record.source.note_index is not None else -1,
        outcome=deed.outcome,
        actor=deed.actor,
        source=record.source.id,
        result_stated=deed.result_stated,
        at=record.source.at,
        result_inferred=deed.inferred,
    )


def _quote(record: _Record, start: int, end: int) -> Quote:
    evidence = record.text[start:end]
    return Quote(_shorten(evidence), evidence, record.source.id)


def _quotes(found: Sequence[remarks.Remark], records: Sequence[_Record]) -> list[Quote]:
    quotes = [_quote(records[r.passage], r.start, r.end) for r in found]
    return [q for q in quotes if q.text]


def _dead_ends(steps: Sequence[Step], ruled_out: Sequence[Quote]) -> tuple[int, ...]:
    """Return the steps that failed, changed nothing, or ruled their subject out."""

    def closed(step: Step) -> bool:
        return step.outcome in ("failed", "no_change") or any(
            q.source == step.source and q.evidence in step.evidence
            for q in ruled_out
            if step.outcome == "unknown"
        )

    return tuple(index for index, step in enumerate(steps) if closed(step))


_GREETING = re.compile(
    r"^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|greetings|morning|all)\b[\w ,!.]{0,30}$",
    re.IGNORECASE,
)


_ABOUT_THE_POST = re.compile(
    r"\b(?:previous|first|earlier|other|last|this) (?:post|thread|ticket i opened)\b"
    r"|\b(?:i|was) (?:originally |already )?posted\b"
    r"|\blurker\b|\bbear with me\b|\b(?:new|not sure) (?:here|where to (?:post|ask))\b|\bright (?:place|forum|board|group)\b"
    r"|\bhope (?:this|you|someone|everyone)\b|\bhoping (?:someone|somebody)\b|\bthanks? (?:you )?in advance\b"
    r"|^\W*(?:tl;?dr|background|hi|hello)\W*$"
)
"""What is said of the message rather than of the fault."""


_HI = re.compile(r"(?:hi|hello|hey|dear|morning|good (?:morning|afternoon))\b[ \w]{0,20}[,!.]\s*(?=\S)", re.IGNORECASE)


def _problem(summary: str, records: Sequence[_Record]) -> Quote | None:
    """Return how the description begins, greetings left out; without one, the summary."""
    described = [r for r in records if r.source.id == "d"] or [
        r for r in records if r.source.role == "customer"
    ][:1]
    for record in described:
        spoken = [s for s in record.passage.stretches if s.kind in ("sentence", "item")]
        spoken = [s for s in spoken if not _GREETING.match(s.text) and any(c.isalnum() for c in s.text)]
        spoken = [s for s in spoken if not _ABOUT_THE_POST.search(s.text.lower())] or spoken
        if spoken:
            second = spoken[1] if len(spoken) > 1 and spoken[1].end - spoken[0].start <= 300 else spoken[0]
            greeting = _HI.match(spoken[0].text)
            return _quote(record, spoken[0].start + (greeting.end() if greeting else 0), second.end)
    return Quote(_flat(summary), summary, "s") if summary.strip() else None


def _start_here(
    passages: Sequence[Passage], records: Sequence[_Record], steps: Sequence[Step]
) -> Quote | None:
    """Return the newest lead that nobody followed yet, or None: silent rather than silly."""
    for quote in _quotes(remarks.leads(passages)[:5], records):
        if not any(
            fuzz.token_set_ratio(quote.text.lower(), s.text.lower()) >= 75
            for s in steps
            if s.evidence != quote.evidence
        ):
            return quote
    return _pointer(records, steps)


def _pointer(records: Sequence[_Record], steps: Sequence[Step]) -> Quote | None:
    """Return the row of the newest pasted output that names a fault, unless somebody did something after it."""
    for record in records[:-4:-1]:
        index = record.source.note_index or 0
        blocks = [s for s in record.passage.stretches if s.kind == "pasted"]
        row = next((r for s in blocks[::-1] if (r := pasted.fault_in(s.text))), None)
        if row and record.source.role not in NOT_STAFF:
            followed = any(s.note_index > index and s.actor == "tech" for s in steps)
            return None if followed else Quote(f'look into "{row}"', row, record.source.id)
    return None


def _contingency(passages: Sequence[Passage], records: Sequence[_Record]) -> Contingency | None:
    for condition, action in remarks.contingencies(passages)[:1]:
        record = records[condition.passage]
        return Contingency(
            record.text[condition.start : condition.end],
            record.text[action.start : action.end],
            record.source.id,
        )
    return None


def _left_behind(
    passages: Sequence[Passage], deeds: Sequence[Deed], records: Sequence[_Record]
) -> tuple[Change, ...]:
    found = []
    for remark in remarks.left_changed(passages, deeds):
        quote = _quote(records[remark.passage], remark.start, remark.end)
        found.append(Change(quote.text, quote.evidence, quote.source, records[remark.passage].source.at))
    return tuple(found)


def _evidence_blocks(records: Sequence[_Record]) -> tuple[Quote, ...]:
    """Return pasted output and quoted error texts, each wording once."""
    found: dict[str, Quote] = {}
    for record in records:
        for stretch in record.passage.stretches:
            if stretch.kind == "pasted" and not _advised(record, stretch.text):
                found.setdefault(stretch.text, Quote(stretch.text, stretch.text, record.source.id))
            elif stretch.kind in ("sentence", "item"):
                for begin, end in pasted.quoted_errors(stretch.text):
                    text = stretch.text[begin:end]
                    found.setdefault(text, Quote(text, text, record.source.id))
    return tuple(found.values())


def _advised(record: _Record, block: str) -> bool:
    """Whether a block holds only commands that somebody was advised to run."""
    return (
        record.source.role != "customer" and pasted.only_commands(block) and telling.advising(record.text)
    )


def _first_mentions(records: Sequence[_Record], finder: Any) -> tuple[Quote, ...]:
    found: dict[str, Quote] = {}
    for record in records:
        for start, end in finder(record.text):
            text = record.text[start:end]
            found.setdefault(_flat(text).lower(), Quote(_flat(text), text, record.source.id))
    return tuple(found.values())


def _devices(evidence: Evidence) -> tuple[tuple[Device, ...], list[Source]]:
    """Return the attached configurations; they have no author, so the source says when they were read."""
    devices, sources = [], []
    for number, device in enumerate(evidence.configurations, start=1):
        told = [device.type, device.model, device.os, device.ip_address]
        told += [f"serial {device.serial_number}"] if device.serial_number else []
        told += [f"last login {device.last_login}"] if device.last_login else []
        if device.warranty_expires_at:
            told.append(f"warranty until {device.warranty_expires_at.date().isoformat()}")
        text = f"{device.name}: {', '.join(t for t in told if t)}" if any(told) else device.name
        record = f"configuration {device.id}"
        devices.append(Device(device.name, text, f"c{number}"))
        sources.append(Source(f"c{number}", record, "as read from the PSA", "unknown", evidence.read_at))
    return tuple(devices), sources


def _other_tickets(
    evidence: Evidence,
) -> tuple[tuple[OtherTicket, ...], tuple[OtherTicket, ...], list[Source]]:
    """Return the customer's similar tickets, most alike first, then the recent ones that are not."""
    own = evidence.ticket.summary.lower()
    rated = []
    for number, other in enumerate(evidence.related, start=1):
        likeness = round(fuzz.token_set_ratio(own, other.summary.lower()))
        rated.append(_other(other, f"r{number}", likeness))
    similar = sorted((o for o in rated if o.similarity >= _SIMILAR), key=lambda o: (-o.similarity, -o.id))
    recent = [o for o in rated if o.similarity < _SIMILAR]
    sources = [Source(o.source, f"ticket {o.id}", o.owner or "not assigned", "unknown", o.at) for o in rated]
    return tuple(similar), tuple(recent), sources


def _other(other: RelatedTicket, source_id: str, likeness: int) -> OtherTicket:
    at = other.closed_at or other.entered_at
    return OtherTicket(
        other.id, other.summary, other.status, other.closed, at, other.owner, source_id, likeness
    )


def _timeline(records: Sequence[_Record]) -> tuple[Event, ...]:
    """Return a line a record in the order of time; a time entry stands where its work began."""
    events = [_event(r) for r in records if r.text.strip()]
    order, last = [], float("-inf")
    for event in events:
        last = event.at.timestamp() if event.at else last
        order.append(last)
    return tuple(events[i] for i in sorted(range(len(events)), key=lambda i: (order[i], i)))


def _event(record: _Record) -> Event:
    spoken = [
        s for s in record.passage.stretches if s.kind in ("sentence", "item") and not _GREETING.match(s.text)
    ]
    spoken = spoken or list(record.passage.stretches)
    begin = spoken[0].text if spoken else record.text.strip()
    return Event(record.source.at, record.source.author, _flat(begin[:300]), record.source.id)
