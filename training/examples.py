"""Say what there is to learn from a labelled ticket: stretches, outcomes, joints and rows, each with what it is."""



from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from escalation.package.records import Record, described
from escalation.reading.domain import domain_features
from escalation.reading.features import (
    Classes,
    Look,
    Vector,
    joint_features,
    joints,
    looks,
    outcome_features,
    step_features,
)
from escalation.reading.rows import row_features, rows
from training.tickets import Labelled, Span


@dataclass(frozen=True, slots=True)
class Example:
    """What a stretch looks like, and what it is."""

    features: Vector
    answer: str
    weight: float = 1.0


@dataclass(slots=True)
class Examples:
    """All that one ticket teaches."""

    ticket: str
    step: list[Example] = field(default_factory=list)
    outcome: list[Example] = field(default_factory=list)
    left: list[Example] = field(default_factory=list)
    """Whether a step left something changed."""
    joint: list[Example] = field(default_factory=list)
    row: list[Example] = field(default_factory=list)
    domain: list[Example] = field(default_factory=list)


def examples_of(ticket: Labelled, classes: Classes) -> Examples:
    """Return what a ticket teaches. A stretch that readers may or may not take for a step teaches nothing."""
    records = ticket.records()
    made = Examples(ticket.id)
    _steps(ticket, records, made, classes)
    if ticket.only is None and ticket.pasted:
        for record in records:
            _rows(ticket, record, made)
    if ticket.domains:
        description, texts = described(records)
        made.domain.append(Example(domain_features(ticket.record["ticket"]["summary"], description, texts), ticket.domains[0]))
    return made


def _note(record: Record) -> int:
    return -1 if record.source.note_index is None else record.source.note_index


def hit(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Tell whether two stretches are taken for the same: half of the shorter is in both."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return shared >= 0.5 * max(1, min(one[1] - one[0], other[1] - other[0]))


def _places(spans: Sequence[Span], record: Record) -> list[tuple[tuple[int, int], Span]]:
    """Return the spans of one text where they stand in it as it is read, which is mostly where they stand as stored."""
    made = []
    for span in spans:
        if span.note == _note(record) and span.start >= 0:
            made.append(((span.start, span.end), span))
    return made


def answers(
    ticket: Labelled, records: Sequence[Record], all_of: Sequence[Look]
) -> Iterator[tuple[int, str, list[tuple[int, Span]]]]:
    """Return of each stretch that teaches something its place, what it is, and which steps begin in it, with where."""
    taken: set[Span] = set()
    for place, look in enumerate(all_of):
        record = records[look.passage]
        if ticket.only is not None and _note(record) not in ticket.only:
            continue
        here = (look.stretch.start, look.stretch.end)
        hits = [(at, span) for at, span in _places(ticket.steps, record) if hit(here, at)]
        new = [(at, span) for at, span in hits if span not in taken]
        taken.update(span for _, span in hits)
        answer = "begins" if new else "goes on" if hits else "none"
        if answer == "none" and any(hit(here, at) for at, _ in _places(ticket.optional, record)):
            continue
        yield place, answer, sorted(((at[0] - here[0], span) for at, span in new), key=lambda one: one[0])


def _steps(ticket: Labelled, records: list[Record], made: Examples, classes: Classes) -> None:
    all_of = looks([record.passage for record in records], classes)
    for place, answer, begun in answers(ticket, records, all_of):
        made.step.append(Example(step_features(all_of, place), answer))
        if begun:
            _inside(all_of, place, begun, made)


def _inside(all_of: list[Look], place: int, begun: list[tuple[int, Span]], made: Examples) -> None:
    """Add what the steps of one stretch teach: where the second begins, and what came of each."""
    look = all_of[place]
    text = look.stretch.text
    cuts = [0]
    for at, kind in joints(text):
        second = any(abs(at - start) <= 4 for start, _ in begun[1:])
        made.joint.append(Example(joint_features(look, at, kind), "yes" if second else "no"))
    cuts += [max(0, start) for start, _ in begun[1:]] + [len(text)]
    for (_, span), start, end in zip(begun, cuts, cuts[1:], strict=False):
        if span.outcome:
            features = outcome_features(all_of, place, text[start:end])
            made.outcome.append(Example(features, span.outcome))
            if span.left is not None:
                made.left.append(Example(features, "yes" if span.left else "no"))


def _rows(ticket: Labelled, record: Record, made: Examples) -> None:
    labelled = [at for at, _ in _places(ticket.blocks, record)]
    all_of = rows(record.passage)
    for place, row in enumerate(all_of):
        inside = sum(max(0, min(row.end, end) - max(row.start, start)) for start, end in labelled)
        size = row.end - row.start
        features = row_features(all_of, place, description=record.passage.description)
        made.row.append(Example(features, "yes" if 2 * inside > size else "no", min(6.0, 1 + size / 60)))
