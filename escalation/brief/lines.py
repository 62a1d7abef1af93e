"""What each line of a brief says: inert text of one package, with the source it cites."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from escalation.brief.sanitize import Inert, in_quotes, inline, line
from escalation.brief.spans import Clock, span
from escalation.memory.track_record import ENOUGH
from escalation.package.by_session import contradicted
from escalation.package.contents import (
    Assessment,
    Contingency,
    Offered,
    OtherTicket,
    Package,
    Quote,
    Solved,
    Start,
    Step,
)
from escalation.package.highlights import never_tried
from escalation.package.start_here import quotation_in
from escalation.wording.deeds import claims, starts_with_deed
from escalation.wording.pasted import troubled
from escalation.wording.told import ends_in_result

TOLD = 0.8
"""From which probability on an outcome is said that the quotation does not say itself."""
MOST_LANES = 4
"""Sessions named that ran side by side."""
LABELS = {
    "failed": "failed",
    "no_change": "no change",
    "partial": "partly",
    "worked": "worked",
    "unknown": "result not recorded",
}
"""What a step's outcome is called, in the note and on the pages."""
NOT_CLEAR = "result not clear"
_RESULT_BYTES = 120
_LONGEST_ROW = 500


def closes(evidence: str, outcome_sure: float) -> bool:
    """Tell of a step that is flagged as a dead end whether one is counted and shown: one that was never tried closes no way."""
    return outcome_sure >= TOLD and not never_tried(evidence)


def result(step: Step) -> str:
    """Return what is said of what came of a step: no outcome that is neither in its words nor sure."""
    if step.outcome_sure < TOLD and not step.result_stated:
        return NOT_CLEAR
    return "problem stayed" if step.result_inferred else LABELS.get(step.outcome, "result not recorded")


def quoting(text: str, start: Start, *, limit: int) -> Inert:
    """Return where to start, or why, in at most `limit` bytes: the quotation in it in marks that it does not hold itself."""
    before, quoted, after = quotation_in(text, start)
    if not quoted:
        return inline(text, limit=limit)
    room = limit - len(f"{before}{after}“”".encode())
    return Inert(f"{before}{in_quotes(inline(quoted, limit=room))}{after}")


def label(step: Step) -> str | None:
    """Return what stands beside a step: the words elsewhere that tell what came of it, else what is known of that.

    None where its own words tell it, whether or not that was understood.
    """
    if step.result and (words := inline(step.result.text, limit=_RESULT_BYTES)):
        return in_quotes(words)
    said = result(step)
    told = said in (NOT_CLEAR, LABELS["unknown"]) and (ends_in_result(step.evidence) or not _did(step.evidence))
    return None if step.result_stated or told else said


def _did(evidence: str) -> bool:
    """Whether a step's words say that something was done; what only says how something is has no result to be told."""
    return starts_with_deed(evidence) or claims(evidence) == "deed"


def told_elsewhere(steps: Sequence[Step]) -> frozenset[int]:
    """Return the places of steps that are only the words which another one's result is told in."""
    results = [(n, step.result) for n, step in enumerate(steps) if step.result is not None]
    return frozenset(
        place
        for place, step in enumerate(steps)
        if any(n < place and said.source == step.source and step.evidence in said.evidence for n, said in results)
    )


_STEP_BYTES = 220
_EVIDENCE_ROWS = 12


@dataclass(frozen=True, slots=True)
class Line:
    """Inert text with its citation."""

    text: Inert
    cite: Inert
    since: Inert | None = None
    when: Inert | None = None
    who: Inert | None = None
    label: Inert | None = None
    dead_end: bool = False
    """Whether the step failed, changed nothing or ruled something out."""
    evidence: tuple[Inert, ...] = ()
    """Of a step: the rows of its source as they were written, for where they can be folded away."""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of pasted output with their citation."""

    rows: tuple[Inert, ...]
    cite: Inert


@dataclass(frozen=True, slots=True)
class Head:
    """Severity, clock and the oldest open promise."""

    severity: Inert
    clock: Inert
    promise: Line | None


@dataclass(frozen=True, slots=True)
class Condition:
    condition: Inert
    action: Inert
    cite: Inert


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The one question to the junior."""

    to: Inert
    text: Inert


@dataclass(frozen=True, slots=True)
class Guess:
    """An assessment; what is quoted from earlier tickets has its citation."""

    cause: Inert
    steps: tuple[Inert, ...]
    confidence: int | None
    """In per cent."""
    worth: Inert | None = None
    """How often right here, which says more than the confidence once enough are known."""
    quoted: Line | None = None
    """The cause with the ticket it is quoted from."""
    to_try: tuple[Line, ...] = ()
    """The steps with the tickets they are quoted from."""
    made_by: Inert | None = None
    """The model whose words these are; None for what is quoted from tickets solved here."""
    against: tuple[Line, ...] = ()
    """What contradicts it by now."""

    @property
    def text(self) -> Inert:
        """Return the cause with where it is from, how sure that is, and what to try."""
        sure = "" if self.confidence is None else f" (confidence {self.confidence}%)"
        sure = f" ({self.worth})" if self.worth else sure
        told = f"{self.quoted.text} {self.quoted.cite}" if self.quoted else self.cause
        steps = [f"try {line.text} {line.cite}" for line in self.to_try] or list(self.steps)
        by = f"by {self.made_by}: " if self.made_by else ""
        against = "; ".join(f"{in_quotes(line.text)} {line.cite}" for line in self.against)
        return Inert(by + "; ".join([f"{told}{sure}", *steps]) + (f". **Contradicted** by {against}" if against else ""))


class Wording:
    """Makes lines of one package and remembers which sources they cite."""

    def __init__(self, package: Package, clock: Clock, cited: Iterable[str] = ()) -> None:
        self._package = package
        self._clock = clock
        self._known = {s.id: s for s in package.sources}
        self._cited: set[str] = set(cited)

    def cited(self, text: str, source: str, limit: int) -> Line | None:
        """Return the line, or None where there is nothing to say or no source to name."""
        said = inline(text, limit=limit)
        if not said or source not in self._known:
            return None
        self._cited.add(source)
        return Line(said, Inert(f"[{source}]"))

    def other(self, other: OtherTicket) -> Line | None:
        told = f"{other.id} {other.summary} ({other.status}, {self._clock.moment(other.at)})"
        return self.cited(told, other.source, 160)

    def quote(self, quote: Quote | None, limit: int) -> Line | None:
        return self.cited(quote.text, quote.source, limit) if quote else None

    def start(self, start: Start | None) -> Line | None:
        told = self.cited(quoting(start.text, start, limit=280), start.source, 280) if start else None
        if not told or not start or not start.reason:
            return told
        return Line(told.text, told.cite, label=quoting(start.reason, start, limit=160))

    def solved(self, solved: Solved) -> Line | None:
        whose = "this customer" if solved.same_customer else inline(solved.company, limit=40) if solved.company else "another"
        by = f" by {inline(solved.resolver, limit=40)}" if solved.resolver else ""
        told = self.cited(f"{solved.id} {solved.summary}", solved.source, 100)
        fix, why = inline(solved.fix, limit=220), inline(solved.why, limit=120)
        if not told or not fix:
            return None
        when = f"{whose}, solved {self._clock.moment(solved.at)}{by}"
        return Line(Inert(f'{told.text} ({when}): {in_quotes(fix)} ({why})'), told.cite)

    def runbook(self, book: Offered) -> Line | None:
        told = self.cited(book.title, book.source, 100)
        stale = f"; stale: {inline(book.stale, limit=60)}" if book.stale else ""
        worth = f"runbook {book.id}, version {book.version}, {inline(book.worth, limit=60)}{stale}"
        return told and Line(Inert(f'{told.text} ({worth}). First: {in_quotes(inline(book.first, limit=140))}'), told.cite)

    def quotes(self, quotes: tuple[Quote, ...], limit: int) -> tuple[Line, ...]:
        return tuple(line for q in quotes if (line := self.quote(q, limit)))

    def steps(self, places: list[int]) -> tuple[Line, ...]:
        made = []
        for place in places:
            step = self._package.steps_attempted[place]
            if told := self.cited(step.text, step.source, _STEP_BYTES):
                by = {"tech": "", "unknown": " (by somebody who is not known here)"}.get(step.actor, f" (by the {step.actor})")
                told_of = label(step)
                if against := contradicted(step):
                    said = ", ".join(f"[{one.source}] says: {LABELS[one.outcome]}" for one in against)
                    told_of = f"{result(step)}; {said}"
                dead = place in self._package.dead_ends_flagged and closes(step.evidence, step.outcome_sure)
                rows = _rows(step.evidence, _EVIDENCE_ROWS)
                beside = Inert(told_of) if told_of else None
                made.append(Line(Inert(told.text + by), self._cites(told.cite, step), label=beside, dead_end=dead, evidence=rows))
        return tuple(made)

    def _cites(self, first: Inert, step: Step) -> Inert:
        """Return the citation of a step with those of where its result and where else it is told."""
        also = [one.source for one in step.also if one.source in self._known]
        if step.result and step.result.source != step.source and step.result.source in self._known:
            also.insert(0, step.result.source)
        self._cited.update(also)
        return Inert(" ".join([first, *(f"[{source}]" for source in also)]))

    def lanes(self) -> tuple[Inert, ...]:
        """Return who worked with an assistant at the same time as somebody else, in the order they began."""
        made = []
        for lane in [lane for lane in self._package.lanes if lane.beside][:MOST_LANES]:
            who, client = inline(lane.who, limit=40), inline(lane.client, limit=40)
            waits = f", {lane.pending} pending" if lane.pending else ""
            span_ = f"{self._clock.moment(lane.begun)} to {self._clock.moment(lane.last)}"
            made.append(Inert(f"session {lane.session}, {who} with {client}, {span_}: {lane.done} done{waits}"))
        return tuple(made)

    def changes(self, count: int) -> tuple[Line, ...]:
        made = []
        for change in self._package.state_left_behind[:count]:
            if told := self.cited(change.text, change.source, 140):
                since = Inert(self._clock.moment(change.since)) if change.since else None
                made.append(Line(told.text, told.cite, since=since))
        return tuple(made)

    def event(self, at: object, who: str, text: str, source: str) -> Line:
        said = inline(text, limit=110)
        self._cited.add(source)
        when = Inert(self._clock.moment(at))  # type: ignore[arg-type]
        return Line(said, Inert(f"[{source}]"), when=when, who=inline(who, limit=40))

    def blocks(self, budget: int) -> tuple[tuple[Block, ...], int]:
        """Return the evidence within a number of rows, and how many rows are left out; no row is ever cut."""
        blocks = [b for b in self._package.evidence_blocks if b.source in self._known]
        total = sum(
            len([r for r in b.evidence.splitlines() if r.strip()]) for b in self._package.evidence_blocks
        )
        made, used = [], 0
        for place, block in enumerate(blocks):
            share = max(1, (budget - used) // (len(blocks) - place)) if budget > used else 0
            rows = _rows(block.evidence, min(12, share))
            if rows:
                self._cited.add(block.source)
                made.append(Block(rows, Inert(f"[{block.source}]")))
                used += len(rows)
        return tuple(made), total - used

    def severity(self) -> Inert:
        p = self._package
        named = [inline(p.priority, limit=40)] if p.priority else [Inert("no priority recorded")]
        named += [Inert(f"severity {inline(p.severity, limit=20)}")] if p.severity else []
        return Inert(", ".join(named))

    def age(self) -> Inert:
        """Return how old the ticket is. How long it waits, which is since the escalation, is soon wrong in a note."""
        p = self._package
        due = f", due {self._clock.moment(p.required_at)}" if p.required_at else ""
        if p.waiting_since is None:
            return Inert(f"escalated {self._clock.moment(p.escalated_at)}{due}")
        return Inert(f"ticket open for {span(p.as_of - p.waiting_since)} at {self._clock.moment(p.as_of)}{due}")

    def question(self) -> Inquiry | None:
        p = self._package
        if not p.thin or not p.not_recorded:
            return None
        to = inline(p.escalated_by, limit=40) if p.escalated_by else Inert("the technician")
        return Inquiry(to or Inert("the technician"), Inert(p.not_recorded[0].question))

    def contingency(self) -> Condition | None:
        found = self._package.contingency
        if not found or any(self._says(start, found) for start in (self._package.start_here, self._package.start_otherwise)):
            return None
        told = self.cited(found.condition, found.source, 120)
        action = inline(found.action, limit=160)
        return Condition(told.text, action, told.cite) if told and action else None

    def _says(self, start: Start | None, found: Contingency) -> bool:
        """Whether a place to start is this very condition with its action."""
        return start is not None and start.source == found.source and all(
            words in start.evidence for words in (found.condition, found.action)
        )

    def assessment(self) -> Guess | None:
        guess = self._package.ai_assessment_data
        if not guess.likely_cause or guess.withheld:
            return None
        times = f"right {guess.domain_right} of {guess.domain_known} times on {inline(self._package.domain, limit=40)}"
        worth = Inert(times) if guess.domain_known >= ENOUGH else None
        sure = None if guess.confidence is None else round(guess.confidence * 100)
        steps = tuple(inline(s, limit=200) for s in guess.suggested_steps[:3])
        cause = inline(guess.likely_cause, limit=200)
        against = tuple(line for quote in guess.against if (line := self.cited(quote.text, quote.source, 120)))
        cited = (guess.cause_source or "", *guess.step_sources[:3])
        if len(cited) != len(steps) + 1 or not set(cited) <= self._known.keys():
            return Guess(cause, steps, sure, worth, against=against)
        if guess.made_by != "local":
            return self._by_model(guess, Guess(cause, steps, sure, worth, against=against))
        solved = {s.source: s.id for s in self._package.solved}
        if not solved.keys() >= set(cited):
            return Guess(cause, steps, sure, worth, against=against)
        self._cited.update(cited)
        quoted = Line(Inert(f'as in ticket {solved[cited[0]]}, {in_quotes(cause)}'), Inert(f"[{cited[0]}]"))
        to_try = tuple(Line(Inert(in_quotes(step)), Inert(f"[{source}]")) for step, source in zip(steps, cited[1:], strict=True))
        return Guess(cause, steps, sure, worth, quoted, to_try, against=against)

    def _by_model(self, guess: Assessment, plain: Guess) -> Guess:
        """Return a model's statements, each with the words it rests on."""

        def told(text: Inert, evidence: str, source: str) -> Line:
            self._cited.add(source)
            return Line(Inert(f'{text} (from {in_quotes(inline(evidence, limit=120))})'), Inert(f"[{source}]"))

        quoted = told(plain.cause, guess.cause_evidence, guess.cause_source or "")
        to_try = tuple(map(told, plain.steps, guess.step_evidence, guess.step_sources))
        return replace(plain, quoted=quoted, to_try=to_try, made_by=inline(guess.made_by, limit=60))

    def discounted(self) -> tuple[Line, ...]:
        """Return the theories that are out with where they are from, each labelled by the words that put it out."""
        made = []
        for one in self._package.ai_assessment_data.discounted[:3]:
            proof = self.cited(one.evidence, one.source, 120)
            theory = self.cited(one.theory, one.theory_source, 120) if proof else None
            if proof and theory:
                made.append(Line(theory.text, theory.cite, label=Inert(f"{in_quotes(proof.text)} {proof.cite}")))
        return tuple(made)

    def sources(self) -> tuple[Line, ...]:
        """Return who, when and which record for each id cited, in the order of the package."""
        made = []
        for source in self._package.sources:
            if source.id in self._cited:
                role = f", {source.role}" if source.role != "unknown" else ""
                who, record = inline(source.author, limit=40), inline(source.record, limit=40)
                told = f"{who}{role}, {self._clock.moment(source.at)}, {record}"
                made.append(Line(Inert(told), Inert(f"[{source.id}]")))
        return tuple(made)

    def left_out(self, **counts: int) -> tuple[Inert, ...]:
        words = {
            "steps": ("step", "steps"),
            "evidence": ("line of evidence", "lines of evidence"),
            "timeline": ("line of the timeline", "lines of the timeline"),
            "environment": ("line of the environment", "lines of the environment"),
            "others": ("other ticket", "other tickets"),
            "codes": ("error code", "error codes"),
            "changes": ("change left behind", "changes left behind"),
            "ruled_out": ("thing ruled out", "things ruled out"),
            "promises": ("younger promise", "younger promises"),
            "still_to_do": ("pending step", "pending steps"),
            "findings": ("finding", "findings"),
        }
        return tuple(Inert(f"{n} {words[name][n > 1]}") for name, n in counts.items() if n > 0)

    def reader(self) -> Inert:
        name = self._package.reader
        return Inert("the local reader" if name == "local" else f"{inline(name, limit=60)} (each quotation checked)")

    def counts(self) -> Inert:
        notes, entries = self._package.notes_read, self._package.time_entries_read
        return Inert(
            f"{notes} note{'' if notes == 1 else 's'} and {entries} time entr{'y' if entries == 1 else 'ies'}"
        )


def _rows(evidence: str, count: int) -> tuple[Inert, ...]:
    """Return up to `count` rows in order: those that speak of trouble first, then from the top."""
    rows = [
        line(r, limit=_LONGEST_ROW + 100)
        for r in evidence.splitlines()
        if r.strip() and len(r.encode(errors="replace")) <= _LONGEST_ROW
    ]
    ranked = sorted(range(len(rows)), key=lambda i: (not troubled(rows[i]), i))
    return tuple(rows[i] for i in sorted(ranked[:count]))
