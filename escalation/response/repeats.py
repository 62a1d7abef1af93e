"""Find what a senior does or asks again after the handoff although the brief holds it: the measure of a bad handoff.

A pure function of the package and the notes written after it.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from escalation.evidence import Note, TimeEntry
from escalation.package.contents import Package
from escalation.reading.alike import ALIKE, likeness, telling
from escalation.reading.reader import read_steps
from escalation.text.passages import Passage
from escalation.text.stretches import stretches
from escalation.wording.deeds import claims

STAFF = ("engineer", "technician", "admin", "owner")

@dataclass(frozen=True, slots=True)
class Repeat:
    """What was repeated: the step's place in the package, or None for a question the brief answers elsewhere."""

    kind: Literal["step", "question"]
    step: int | None
    note_id: int
    evidence: str
    """How the later note says it, verbatim."""
    held: str = ""
    """What the brief holds of it, verbatim."""
    source: str | None = None
    """The package's id of where that stands, "n3"."""


def repeats(package: Package, later: Sequence[Note | TimeEntry]) -> tuple[Repeat, ...]:
    """Return the repeats in what was written after the brief, in its order, each with what it repeats and where that stands.

    `later` are the notes and time entries after the brief, of anybody; only staff's are read. The same words in a note
    and in its time entry are one repeat.

    A step is repeated when a later deed shares its verb's kind and most telling words and its result was recorded.
    A question repeats when it asks for something that a recorded step or the package's own fields answer.
    """
    known = [(index, telling(step.evidence)) for index, step in enumerate(package.steps_attempted)]
    found: list[Repeat] = []
    for entry in later:
        if entry.author.role in STAFF:
            found += _of_entry(package, known, entry)
    return tuple({(r.kind, r.step, " ".join(r.evidence.split())): r for r in reversed(found)}.values())[::-1]


def _of_entry(
    package: Package, known: list[tuple[int, frozenset[str]]], entry: Note | TimeEntry
) -> list[Repeat]:
    passage = Passage(entry.text, tuple(stretches(entry.text)), entry.author.role)
    found = []
    for deed in read_steps([passage]):
        said = entry.text[deed.start : deed.end]
        if claims(said) != "deed":
            continue
        index = _nearest(known, telling(entry.text[deed.start : deed.deed_end]))
        if index is not None and package.steps_attempted[index].outcome != "unknown":
            step = package.steps_attempted[index]
            found.append(Repeat("step", index, entry.id, said, step.evidence, step.source))
    for stretch in passage.stretches:
        if stretch.kind in ("sentence", "item") and stretch.text.endswith("?"):
            asked = telling(stretch.text)
            index = _nearest(known, asked) if _ASKS_DEED.search(stretch.text) else None
            if index is not None:
                step = package.steps_attempted[index]
                found.append(Repeat("question", index, entry.id, stretch.text, step.evidence, step.source))
            elif answer := _answer(package, stretch.text):
                found.append(Repeat("question", None, entry.id, stretch.text, *answer))
    return found


_ASKS_DEED = re.compile(r"\b(?:have|has|did|was|were|do|any(?:one|body))\b.{0,40}\b(?:you|we|anyone|somebody|it|he|she|they|already|tried|been)\b|\b(?:tried|already)\b", re.I)
_FIELDS = (
    (re.compile(r"\bwhat (?:is|was|are) the (?:exact )?(?:error|message|code)\b|\bwhich (?:error|code)\b", re.I), "error_codes"),
    (re.compile(r"\bwhat (?:has|have|did|was) (?:been |you |we |he |she |they )?(?:already )?(?:tried|try|do|done|checked|check)\b", re.I), "steps_attempted"),
    (re.compile(r"\bwhat (?:is|was) the (?:problem|issue|symptom)\b", re.I), "problem"),
    (re.compile(r"\bwho (?:is|are) (?:affected|the contact)\b|\bwhich (?:customer|site|client)\b", re.I), "contact"),
    (re.compile(r"\b(?:what|which) (?:version|model|firmware|os|device|firewall|server)\b", re.I), "devices"),
    (re.compile(r"\b(?:any|are there|is there|where are the) (?:\w+ )?(?:logs?|screenshots?|output)\b", re.I), "evidence_blocks"),
)  # fmt: skip


def _answer(package: Package, question: str) -> tuple[str, str | None] | None:
    """Return what the package holds that answers the question, and its source, or None."""
    for pattern, name in _FIELDS:
        held = getattr(package, name)
        if held and pattern.search(question):
            first = held[0] if isinstance(held, tuple) else held
            if isinstance(first, str):
                return first, None
            return str(getattr(first, "evidence", None) or first.text), first.source
    return None


def _nearest(known: list[tuple[int, frozenset[str]]], words: frozenset[str]) -> int | None:
    """Return the step whose wording is most alike, if at least two telling words and most of the shorter are shared."""
    best, place = 0.0, None
    for index, step in known:
        alike = likeness(step, words)
        if alike >= ALIKE and alike > best:
            best, place = alike, index
    return place
