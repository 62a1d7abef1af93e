"""What sessions with an assistant add to the package: steps beside those from notes, each deed once, and what is pending.

A deed that its member tells in a note too is one step with both sources; where the two results contradict each other, both
are kept. Two people's deeds, and two sessions', are never made one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from escalation.evidence import AiSession, Evidence, SessionStep
from escalation.package.contents import CERTAIN, Change, Event, Lane, Quote, Source, Step, Told
from escalation.package.records import Record
from escalation.reading.alike import same_deed
from escalation.wording.codes import error_codes

RECORDED = -2
"""The `note_index` of a step that stands in no note."""
_SENSE = {"failed": "no", "no_change": "no", "partial": "partly", "worked": "yes"}


class Recorded:
    """A ticket's sessions, as parts of its package."""

    def __init__(self, evidence: Evidence, records: Sequence[Record]) -> None:
        self._sessions = evidence.sessions
        self._authors = {record.source.id: record.source.author for record in records}
        number = count(1)
        self._steps = [(one, step, f"a{next(number)}") for one in self._sessions for step in one.steps]
        self._by_time = sorted(((step, source) for _, step, source in self._steps), key=lambda one: one[0].at)
        self._ids = {(one.id, step.number): source for one, step, source in self._steps}

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(
            Source(source, f"step {step.number} of session {one.id}", step.author.name, step.author.role, step.at)
            for one, step, source in self._steps
        )

    @property
    def texts(self) -> list[str]:
        """Everything that was said, for telling what nobody said."""
        return [part for _, step, _ in self._steps for part in (step.text, step.output, step.changed) if part]

    def steps(self, told: Sequence[Step]) -> tuple[Step, ...]:
        """Return the steps from notes and those recorded, in the order of time as far as it is known."""
        merged, alone = list(told), []
        for step, source in self._by_time:
            if step.kind != "step" or step.state != "done":
                continue
            place = next((n for n, other in enumerate(merged) if self._same(other, step)), None)
            if place is None:
                alone.append(_made(step, source))
            else:
                merged[place] = _both(merged[place], step, source)
        return _in_order(merged, alone)

    @property
    def still_to_do(self) -> tuple[Quote, ...]:
        return self._quotes("pending")

    @property
    def findings(self) -> tuple[Quote, ...]:
        return self._quotes("done", "finding")

    @property
    def reason(self) -> Quote | None:
        """Why it is escalated, as said last."""
        return next(iter(self._quotes("done", "reason")[::-1]), None)

    def changes(self, known: Sequence[Change]) -> tuple[Change, ...]:
        """Return what was left changed, that of notes first; what a note tells too is told once."""
        found = list(known)
        for _, step, source in self._steps:
            if step.changed and step.state == "done" and not any(same_deed(one.evidence, step.changed) for one in found):
                found.append(Change(step.changed, step.changed, source, step.at))
        return tuple(found)

    def blocks(self, known: Sequence[Quote]) -> tuple[Quote, ...]:
        """Return pasted output, each wording once."""
        found = {" ".join(quote.evidence.split()): quote for quote in known}
        for _, step, source in self._steps:
            if step.output.strip():
                found.setdefault(" ".join(step.output.split()), Quote(step.output, step.output, source))
        return tuple(found.values())

    def codes(self, known: Sequence[Quote]) -> tuple[Quote, ...]:
        """Return error codes, each once."""
        found = {quote.text.lower(): quote for quote in known}
        for _, step, source in self._steps:
            for text in (step.text, step.output):
                for start, end in error_codes(text):
                    code = text[start:end]
                    found.setdefault(" ".join(code.lower().split()), Quote(" ".join(code.split()), code, source))
        return tuple(found.values())

    @property
    def events(self) -> tuple[Event, ...]:
        """A line a session, where it began."""
        return tuple(
            Event(one.started_at, one.author.name, f"{_tally(one)} with {one.client}", self._ids[one.id, one.steps[0].number])
            for one in self._sessions
            if one.steps
        )

    @property
    def lanes(self) -> tuple[Lane, ...]:
        spans = {one.id: (one.started_at, max((step.at for step in one.steps), default=one.started_at)) for one in self._sessions}
        return tuple(
            Lane(
                one.id, one.author.name, one.client, *spans[one.id],
                done=sum(step.state == "done" and step.kind == "step" for step in one.steps),
                pending=sum(step.state == "pending" for step in one.steps),
                beside=tuple(
                    other.id for other in self._sessions
                    if other.id != one.id and spans[other.id][0] <= spans[one.id][1] and spans[one.id][0] <= spans[other.id][1]
                ),
            )
            for one in self._sessions
        )  # fmt: skip

    def _quotes(self, state: str, kind: str | None = None) -> tuple[Quote, ...]:
        found = [(step, source) for step, source in self._by_time if step.state == state and kind in (None, step.kind)]
        return tuple(Quote(step.text, step.text, source) for step, source in found)

    def _same(self, told: Step, step: SessionStep) -> bool:
        """Tell whether a step from a note is this one; one that has taken a recorded step in takes no second."""
        mine = self._authors.get(told.source) == step.author.name
        return mine and not told.also and same_deed(told.evidence, step.text)


def _made(step: SessionStep, source: str) -> Step:
    evidence = f"{step.text}\n{step.output}" if step.output else step.text
    actor = "customer" if step.author.role == "customer" else "tech"
    return Step(step.text.rstrip(" .,;:"), evidence, RECORDED, step.outcome, actor, source, at=step.at)


def _both(told: Step, step: SessionStep, source: str) -> Step:
    """Return one step of both: recorded is sure, and says what came of it where the note does not."""
    also = (*told.also, Told(source, step.outcome, step.text))
    guessed = told.outcome_sure < CERTAIN and not told.result_stated
    unsaid = told.outcome == "unknown" or told.result_inferred or guessed
    if unsaid and step.outcome != "unknown":
        return replace(
            told, also=also, sure=1.0, outcome=step.outcome, outcome_sure=1.0, result_stated=False, result_inferred=False,
            result=None,
        )  # fmt: skip
    return replace(told, also=also, sure=1.0)


def contradicted(step: Step) -> list[Told]:
    """Return where else the same deed is told with a result that contradicts this one."""
    mine = _SENSE.get(step.outcome)
    return [told for told in step.also if mine and _SENSE.get(told.outcome, mine) != mine]


def _in_order(told: Sequence[Step], alone: Sequence[Step]) -> tuple[Step, ...]:
    """Return notes' steps in their order, each recorded one before the first that is later."""
    left, made = list(alone), []
    for step in told:
        while left and step.at and left[0].at and left[0].at < step.at:
            made.append(left.pop(0))
        made.append(step)
    return (*made, *left)


def _tally(one: AiSession) -> str:
    done, waits = sum(s.state == "done" for s in one.steps), sum(s.state == "pending" for s in one.steps)
    return f"recorded {done} step{'' if done == 1 else 's'}" + (f" ({waits} pending)" if waits else "")
