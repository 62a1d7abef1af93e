"""Load labelled tickets: threads as JSON with gold labels, and our own labelled tickets."""

# ruff: noqa: E501 - a table of names is easier to read in long rows

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from escalation.package.records import Record, records_of
from escalation.package.threads import evidence_from_thread
from tests.unit.escalation import own_set
from tests.unit.escalation.own_set import TAUGHT

MARKS = Path(__file__).with_name("left_marks.tsv")
"""Of own tickets the steps, counted from 1 in the order of their places, that left something changed."""
PASTED = 7
"""Of so many files all pasted output is marked; in later ones none that stands inside a step."""


@dataclass(frozen=True, slots=True)
class Span:
    """A labelled stretch of one text."""

    note: int
    start: int
    end: int
    outcome: str = ""
    actor: str = ""
    left: bool | None = None
    """Whether it left something changed; None where nobody said."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A ticket with its labels, each at its place."""

    id: str
    source: str
    """Where it comes from: `t` real threads, `w` written after real ones, `own` our own."""
    record: dict[str, Any]
    steps: tuple[Span, ...]
    optional: tuple[Span, ...]
    blocks: tuple[Span, ...]
    codes: frozenset[str]
    maybe_codes: frozenset[str]
    domains: tuple[str, ...]
    none: tuple[Span, ...] = ()
    """What looks like a step and is none."""
    only: frozenset[int] | None = None
    """The texts whose steps are labelled, if not all are."""
    pasted: bool = True
    """Whether all pasted output is marked."""

    def records(self) -> list[Record]:
        """Return the ticket's texts as the product reads them."""
        return records_of(evidence_from_thread({"id": self.id, "ticket": self.record["ticket"]}))


def threads(directory: Path) -> list[Labelled]:
    """Return the labelled threads of a directory in the order of their names. Raises `FileNotFoundError` if there are none."""
    files = sorted(directory.glob("*.json"))
    if not files:
        raise FileNotFoundError(f"no labelled threads in {directory}: give the directory that holds the JSON files")
    return [of_thread(json.loads(file.read_text(encoding="utf-8"))) for file in files]


def of_thread(record: dict[str, Any]) -> Labelled:
    """Return one thread with its labels; a label that does not stand where it says is left out."""
    gold = record["gold"]
    texts = texts_of(record)
    return Labelled(
        record["id"], record["id"].split("-")[0], record,
        tuple(_at(texts, s["evidence"], s["note_index"], s["outcome"], s["actor"]) for s in gold["steps_attempted"]),
        tuple(_at(texts, s["evidence"], s["note_index"]) for s in gold["optional_steps"]),
        tuple(span for block in gold["evidence_blocks"] if (span := _anywhere(texts, block))),
        frozenset(_plain(code) for code in gold["error_codes"]), frozenset(_plain(code) for code in gold.get("error_codes_optional", ())),
        tuple(domain for domain in (gold["domain"], gold.get("domain_alt")) if domain),
    )  # fmt: skip


def texts_of(record: dict[str, Any]) -> dict[int, str]:
    """Return the ticket's texts by note index, the description as -1."""
    ticket = record["ticket"]
    return {-1: ticket["initial_description"], **{index: note["text"] for index, note in enumerate(ticket["notes"])}}


def _at(texts: dict[int, str], said: str, note: int, outcome: str = "", actor: str = "") -> Span:
    start = texts[note].find(said)
    return Span(note, start, start + len(said), outcome, actor)


def _anywhere(texts: dict[int, str], said: str) -> Span | None:
    return next((Span(note, text.find(said), text.find(said) + len(said)) for note, text in texts.items() if said in text), None)


def _plain(code: str) -> str:
    return " ".join(str(code).lower().split())


def own(files: Sequence[str] = TAUGHT) -> Iterator[Labelled]:
    """Return our own labelled tickets, file after file."""
    marks = dict(row.split("\t") for row in MARKS.read_text(encoding="utf-8").splitlines())
    for name in files:
        for ticket in own_set.tickets(name):
            spans = [Span(x.note, x.start, x.end, x.what, x.actor) for x in ticket.labels]
            steps = sorted((s for s in spans if s.outcome not in ("-", "block")), key=lambda s: (s.note, s.start))
            marked = marks.get(f"{name}:{ticket.id}")
            left = None if marked is None else {int(n) for n in marked.split(",") if n}
            yield Labelled(
                f"{name}:{ticket.id}", "own", ticket.record, tuple(replace(s, left=None if left is None else n in left) for n, s in enumerate(steps, 1)), (),
                tuple(s for s in spans if s.outcome == "block"), ticket.codes, ticket.maybe_codes, (ticket.domain,),
                tuple(s for s in spans if s.outcome == "-"), pasted=name in TAUGHT[:PASTED],
            )  # fmt: skip
