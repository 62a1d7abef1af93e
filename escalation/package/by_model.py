"""Which of a ticket's texts a model has read, what it found there, and when the local reading stands all the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from escalation.evidence import Evidence
from escalation.model_reading.places import Place, writer_names
from escalation.model_reading.reading import FoundStep, Reading, Span
from escalation.package import highlights
from escalation.package.contents import CERTAIN, Change, Package, Quote, Step
from escalation.package.records import Record, records_of
from escalation.reading.remarks import Remark
from escalation.reading.weights import Learned, learned
from escalation.text.passages import Deed
from escalation.wording.codes import error_codes

LOCAL = "local"


class _InPassage(Protocol):
    @property
    def passage(self) -> int: ...


P = TypeVar("P", bound=_InPassage)


def places_of(evidence: Evidence) -> list[Place]:
    """Return the ticket's texts as a model may cite them, the description as number 0."""
    return _places(records_of(evidence))


def _places(records: Sequence[Record]) -> list[Place]:
    writers = writer_names([record.source.author for record in records])
    return [
        Place(number, record.kind, record.source.role, writer, record.text)
        for number, (record, writer) in enumerate(zip(records, writers, strict=True))
    ]


class Share:
    """Who read what: a model the texts that are word for word those it was shown, the local reader all others."""

    def __init__(self, reading: Reading | None, records: Sequence[Record], known: Learned | None = None) -> None:
        """Without a reading, or with one of other texts, everything is the local reader's."""
        covered = set(reading.covered) if reading else set()
        self._records = records
        self._known = known
        self._first: dict[str, int] = {}
        self._covered: set[int] = set()
        for place in _places(records):
            self._first.setdefault(place.key, place.number)
            if place.key in covered:
                self._covered.add(place.number)
        self._reading = reading if self._covered else None
        self.read_here = [record for index, record in enumerate(records) if index not in self._covered]
        """The texts that no model has read."""

    @property
    def reader(self) -> str:
        return self._reading.reader if self._reading else LOCAL

    @property
    def version(self) -> str:
        return self._reading.version if self._reading else (self._known or learned()).version

    @property
    def domain(self) -> str | None:
        return self._reading.domain if self._reading else None

    def steps(self, deeds: Sequence[Deed]) -> tuple[Step, ...]:
        """Return the steps in the ticket's order, each text's by the reader that read it."""
        found = [((deed.passage, deed.start), highlights.step_of(deed, self._records)) for deed in self._left(deeds)]
        for step in self._reading.steps if self._reading else ():
            if (index := self._index(step.span)) is not None:
                found.append(((index, step.span.start), _step(step, self._records[index], self._result(step))))
        return tuple(step for _, step in sorted(found, key=lambda one: one[0]))

    def _result(self, step: FoundStep) -> Quote | None:
        """Return the words that tell what came of a step, where they stand outside its own."""
        if step.result is None or step.result_inside or (index := self._index(step.result)) is None:
            return None
        return highlights.quote(self._records[index], step.result.start, step.result.end)

    def evidence_blocks(self) -> tuple[Quote, ...]:
        """Return pasted output and quoted error texts, each wording once."""
        found = {
            span.evidence: highlights.cited(self._records[index], span.start, span.end)
            for index, span in self._spans("evidence")
        }
        for quote in highlights.evidence_blocks(self.read_here, self._known):
            found.setdefault(quote.text, quote)
        return tuple(found.values())

    def error_codes(self) -> tuple[Quote, ...]:
        """Return the error codes, each once, however it is capitalised."""
        found: dict[str, Quote] = {}
        for quote in (*self._quotes("error_codes"), *highlights.first_mentions(self.read_here, error_codes)):
            found.setdefault(quote.text.lower(), quote)
        return tuple(found.values())

    def ruled_out(self, remarks: Sequence[Remark]) -> tuple[Quote, ...]:
        """Return what somebody says it is not: `remarks` of what is not covered, and the model's."""
        return (*highlights.quotes_of(self._left(remarks), self._records), *self._quotes("ruled_out"))

    def left_behind(self, remarks: Sequence[Remark]) -> tuple[Change, ...]:
        """Return what was changed and not changed back: `remarks` of what is not covered, and the model's."""
        places = [(remark.passage, remark.start, remark.end) for remark in self._left(remarks)]
        if self._reading:
            places = sorted([*places, *((index, s.start, s.end) for index, s in self._spans("left_changed"))])
        return tuple(highlights.change(self._records[index], start, end) for index, start, end in places)

    def _left(self, found: Sequence[P]) -> list[P]:
        """Return what was found here in the texts that no model has read."""
        return [one for one in found if one.passage not in self._covered]

    def _quotes(self, name: str) -> list[Quote]:
        return [highlights.quote(self._records[index], span.start, span.end) for index, span in self._spans(name)]

    def _spans(self, name: str) -> list[tuple[int, Span]]:
        """Return what a model found of one kind, each with its text's index."""
        spans: tuple[Span, ...] = getattr(self._reading, name) if self._reading else ()
        return [(index, span) for span in spans if (index := self._index(span)) is not None]

    def _index(self, span: Span) -> int | None:
        """Return the text a stretch stands in, None where it does not stand there now."""
        index = self._first.get(span.place)
        if index is None or self._records[index].text[span.start : span.end] != span.evidence or self._records[index].taken_back:
            return None
        return index


def _step(found: FoundStep, record: Record, result: Quote | None) -> Step:
    return Step(
        text=highlights.shorten(found.span.evidence, deed=True),
        evidence=record.plain.quote(found.span.start, found.span.end),
        note_index=record.source.note_index if record.source.note_index is not None else -1,
        outcome=found.outcome,
        actor=found.actor,
        source=record.source.id,
        result_stated=found.result_inside,
        at=record.source.at,
        result_inferred=found.outcome == "no_change" and found.result is None,
        result=result,
    )




def sure_steps(local: Package) -> int:
    """Return how many steps of a local reading it is sure of."""
    return sum(step.sure >= CERTAIN for step in local.steps_attempted)


def local_stands(local: Package, reading: Reading) -> bool:
    """Tell whether a model found fewer than half of the steps the local reader is sure of: then its reading is not used.

    Half, since of what the local reader is surest of one in ten is wrong too.
    """
    return 2 * len(reading.steps) < sure_steps(local)
