"""Draft the note that says how an episode ended, from its record alone.

1. The problem, as the brief quotes it.
2. The cause: sentences of ours that name one and are sure of it, those of the resolution first, else the newest.
3. What fixed it: what the resolution says was done, else the steps after the escalation that worked, of whoever did the
   last of them; else what was done in the record that names the cause.
4. What else was tried; what was changed and taken back, and what is still changed; the time it took.

Steps and findings recorded in a session with an assistant count like a colleague's note. A line is a stretch
of a record and names it. Nothing is put in where nobody said it: `missing` names what is not recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from escalation.evidence import Evidence, TimeEntry, plain
from escalation.memory.assess import tells_deed
from escalation.package.build import build
from escalation.package.by_session import RECORDED
from escalation.package.contents import Package, Source, Step
from escalation.package.records import Record, flat, languages_unread, records_of
from escalation.resolution.said import Strength, cause_in, looks_only, only_good_news, points_back, taken_back
from escalation.text.passages import NOT_STAFF

LONGEST, MOST_FIXES, MOST_CAUSES = 400, 4, 2
NEAR = 200
"""Characters that are quoted of what stands before a line that points back."""


@dataclass(frozen=True, slots=True)
class Said:
    """A stretch of a record: verbatim but for its white space, and cut at `LONGEST`."""

    text: str
    source: str
    """Citation id, as in the package."""
    outcome: str = ""
    """Of a step that was tried."""
    also: tuple[str, ...] = ()
    """Where the same deed is told too."""
    before: str = ""
    """The words that stand right before it in its record, where "set both" says what was done and not to what."""


@dataclass(frozen=True, slots=True)
class Course:
    """The moments of the episode as we recorded them, by the PSA's clock, and the names of who was in it."""

    escalated_at: datetime
    escalated_by: str = ""
    claimed_at: datetime | None = None
    claimed_by: str = ""
    acted_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Worked:
    """Time charged to the ticket by one person."""

    who: str
    hours: float
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResolutionNote:
    """What is known of how an episode ended."""

    ticket_id: int
    as_of: datetime
    """When the ticket was read."""
    problem: Said
    cause: tuple[Said, ...]
    fix: tuple[Said, ...]
    tried: tuple[Said, ...]
    taken_back: tuple[Said, ...]
    still_changed: tuple[Said, ...]
    worked: tuple[Worked, ...]
    course: Course
    sources: tuple[Source, ...]
    """Those that are cited."""
    domain: str = ""
    summary: str = ""
    """The ticket's."""
    unread: str = ""
    """Languages in which words stand that nobody has read."""

    @property
    def missing(self) -> tuple[str, ...]:
        """What nobody wrote down."""
        told = {"the cause": self.cause, "what fixed it": self.fix, "what was tried": self.tried, "the time it took": self.worked}
        return tuple(name for name, lines in told.items() if not lines)

    def to_json(self) -> dict[str, object]:
        """Return plain JSON values, with `missing`."""
        return {**plain(self), "missing": list(self.missing)}


def draft(evidence: Evidence, course: Course, *, package: Package | None = None) -> ResolutionNote:
    """Return the note of an episode. `package`: the one of exactly this evidence, where it is built already."""
    package = package or build(
        evidence, episode=1, escalated_at=course.escalated_at, escalated_by=None, as_of=evidence.read_at
    )
    records = [r for r in records_of(evidence) if r.source.role not in ("us", "system")]
    ours = [r for r in records if r.source.role not in NOT_STAFF or r.kind == "resolution note"]
    staff = {r.source.id for r in ours} | {s.id for s in package.sources if s.role not in NOT_STAFF}
    found = [Said(flat(quote.text)[:LONGEST], quote.source) for quote in package.findings if quote.source in staff]
    causes = _causes([r for r in ours if r.kind == "resolution note" or _after(r.source.at, course.escalated_at)],
                     [(at, said) for said in found if _after(at := _at(package, said), course.escalated_at)])  # fmt: skip
    fix = _fix(package, ours, causes)
    recorded = [step for step in package.steps_attempted if step.note_index == RECORDED]
    back = _unique([
        *(_said(s.text, r) for r in ours for s in r.spoken if taken_back(s.text) and r.source.id != "d"),
        *(_deed(step) for step in recorded if taken_back(step.text)),
    ])  # fmt: skip
    problem = Said(flat(package.problem.text), package.problem.source) if package.problem else Said(flat(package.summary), "s")
    left = _unique(Said(flat(change.text)[:LONGEST], change.source) for change in package.state_left_behind)
    left = tuple(one for one in left if not _among(one.text, {s.text for s in back}))
    told = {s.text for s in (*fix, *causes, *back, *left)}
    tried = tuple(
        Said(flat(step.text)[:LONGEST], step.source, "" if step.result_stated else step.outcome, _also(step))
        for step in package.steps_attempted
        if step.sure >= (SURE if step.source in staff else SURELY) and not _among(_deed(step).text, told)
    )
    worked = _worked(evidence.time_entries, records)
    cited = {source for group in ((problem,), causes, fix, tried, back, left) for s in group for source in (s.source, *s.also)}
    cited |= {source for one in worked for source in one.sources}
    fix, tried, back = (_understood(lines, ours) for lines in (fix, tried, back))
    return ResolutionNote(
        ticket_id=package.ticket_id, as_of=evidence.read_at, problem=problem, cause=causes, fix=fix, tried=tried, taken_back=back,
        still_changed=left, worked=worked, course=course,
        sources=tuple(s for s in package.sources if s.id in cited), domain=package.domain,
        summary=flat(package.summary), unread=languages_unread(package.unread),
    )  # fmt: skip


SURE, SURELY = 0.5, 0.8
"""How sure the reader must be of a step that our own people tell, and of one that somebody else does."""


def _causes(records: list[Record], recorded: Sequence[tuple[datetime | None, Said]]) -> tuple[Said, ...]:
    """Return the sentences that name the cause: of the resolution, else of the newest record or recorded finding that has any."""
    found: dict[Strength, list[tuple[bool, tuple[int, int], Said]]] = {"named": [], "told": [], "given": []}
    for number, (at, said) in enumerate(recorded, 1):
        place = (sum(at is None or _after(at, r.source.at or at) for r in records), number)
        how = cause_in(said.text)
        if how and how != "given":
            found[how].append((False, place, said))
    for number, record in enumerate(records, 1):
        resolution = record.kind == "resolution note"
        for stretch in record.spoken:
            how = cause_in(stretch.text)
            if how and (how != "given" or resolution) and record.source.id != "d":
                found[how].append((resolution, (number, 0), _said(stretch.text, record)))
    for told in found.values():
        if told:
            best = max((resolution, place) for resolution, place, _ in told)
            same = [said for resolution, place, said in told if (resolution, place) == best]
            return _unique(same)[:MOST_CAUSES]
    return ()


def _fix(package: Package, records: list[Record], causes: tuple[Said, ...]) -> tuple[Said, ...]:
    """Return what mended it; see the module's third point."""
    for record in reversed(records):
        if record.kind != "resolution note":
            continue
        lines = [s.text for s in record.spoken] or [row for row in record.passage.own.splitlines() if row.strip()]
        named = {c.text for c in causes if cause_in(c.text) != "given"}
        done = [text for text in lines if flat(text)[:LONGEST] not in named and not only_good_news(text) and not taken_back(text)]
        if done or lines:
            return _unique(_said(text, record) for text in done or lines)[:MOST_FIXES]
    # What worked before it was escalated did not solve it, or it would not have been.
    named = {cause.text for cause in causes}
    later = [s for s in package.steps_attempted if s.sure >= SURE and (s.at is None or s.at > package.escalated_at)]
    did = [step for step in later if not looks_only(step.text) and not _among(_deed(step).text, named)]
    good = [step for step in did if step.outcome == "worked"]
    # What was changed for a test and taken back mended it only where nothing else is told.
    worked = [step for step in good if not taken_back(_deed(step).text)]
    if not worked:
        if beside := _beside_cause(package, records, causes):
            return beside
        worked = good
    if not worked:
        return ()
    last = package.source(worked[-1].source)
    by = {s.id for s in package.sources if last is not None and s.author == last.author}
    return _unique(_deed(step) for step in worked if step.source in by)[-MOST_FIXES:]


def _beside_cause(package: Package, records: list[Record], causes: tuple[Said, ...]) -> tuple[Said, ...]:
    """Return what was done by the record that names the cause, where nobody says that it did not help."""
    said = [step for step in package.steps_attempted if step.result_stated]
    vain = {flat(step.evidence) for step in said if step.outcome in ("failed", "no_change")}
    found = []
    for record in records:
        lines, named = [flat(s.text) for s in record.spoken], {c.text for c in causes if c.source == record.source.id}
        done = [line for line in lines if named and line[:LONGEST] not in named and tells_deed(line)]
        found += [_said(line, record) for line in done if not (taken_back(line) or looks_only(line) or _among(line, vain))]
    return _unique(found)[:MOST_FIXES]


def _after(at: datetime | None, moment: datetime) -> bool:
    return at is None or at >= moment


def finding_step(package: Package, fix: tuple[Said, ...]) -> Step | None:
    """Return the step in which what mended it was found or done: the last that worked in the record of the fix."""
    sources = {s.source for s in fix}
    worked = [step for step in package.steps_attempted if step.outcome == "worked"]
    return next((step for step in reversed(worked) if step.source in sources), worked[-1] if worked else None)


def _worked(entries: Iterable[TimeEntry], records: list[Record]) -> tuple[Worked, ...]:
    """Return the hours that each person charged, in the order of their first."""
    cited = {r.source.record: r.source.id for r in records}
    hours: dict[str, float] = {}
    sources: dict[str, list[str]] = {}
    for entry in entries:
        spent = entry.hours
        if spent is None and entry.started_at and entry.ended_at and entry.ended_at > entry.started_at:
            spent = (entry.ended_at - entry.started_at) / timedelta(hours=1)
        if not spent or spent <= 0 or entry.author.role == "us":
            continue
        hours[entry.author.name] = hours.get(entry.author.name, 0.0) + spent
        if (source := cited.get(f"time entry {entry.id}")) is not None:
            sources.setdefault(entry.author.name, []).append(source)
    return tuple(Worked(who, round(spent, 2), tuple(sources.get(who, ()))) for who, spent in hours.items())


def _deed(step: Step) -> Said:
    """Return a step in its record's words; what a program printed is not told again."""
    return Said(flat(step.text if step.note_index == RECORDED else step.evidence)[:LONGEST], step.source, also=_also(step))


def _also(step: Step) -> tuple[str, ...]:
    return tuple(told.source for told in step.also)


def _at(package: Package, said: Said) -> datetime | None:
    source = package.source(said.source)
    return source.at if source else None


def _said(text: str, record: Record) -> Said:
    return Said(flat(text)[:LONGEST], record.source.id)


def _understood(lines: Sequence[Said], records: Sequence[Record]) -> tuple[Said, ...]:
    """Return the lines, those that point back with what stands before; not where the line above them says that already."""
    made: list[Said] = []
    for line in lines:
        before = _before(line.text, [r for r in records if r.source.id == line.source]) if points_back(line.text) else ""
        above = made[-1].text if made else ""
        made.append(replace(line, before=before) if before and before.rstrip(" .") not in above else line)
    return tuple(made)


def _before(text: str, records: Sequence[Record]) -> str:
    """Return what stands right before a text: the beginning of its own sentence, else the sentence before. Empty: no such."""
    for record in records:
        spoken = record.spoken
        for place, stretch in enumerate(spoken):
            at = (own := flat(stretch.text)).find(text.rstrip(" ."))
            if at > 0:
                return own[:at].strip() if at <= NEAR else ""
            if at == 0:
                last = spoken[place - 1] if place else None
                apart = last is None or record.text[last.end : stretch.start].strip(" \t\r\n.-*•") or "?" in last.text
                told = "" if last is None or apart or points_back(last.text) else flat(last.text)
                return told if len(told) <= NEAR else ""
    return ""


def _unique(lines: Iterable[Said]) -> tuple[Said, ...]:
    kept: dict[str, Said] = {}
    for line in lines:
        kept.setdefault(line.text.casefold(), line)
    return tuple(kept.values())


def _among(text: str, told: set[str]) -> bool:
    return any(text in one or one in text for one in told)
