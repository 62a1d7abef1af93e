"""Forum threads that a large model labelled, whole: half of them chosen where a reader was least sure.

`forum_labels.jsonl` holds for each text where it stands, which stretches of it are steps with their outcomes, and which may be; no
text. The threads themselves are kept outside this project: JSON lines packed with gzip, each `{"id", "title", "question", "answers": [""]}`.
A text of which nothing is named holds no step.
"""

# ruff: noqa: E501 - a record is easier to read in one row

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training.tickets import Labelled, Span

LABELS = Path(__file__).with_name("forum_labels.jsonl")
ANSWERS, LONGEST = 5, 1600
"""So many answers of a thread are read, each cut at the end of a line before so many characters."""


def questions(file: Path) -> list[dict[str, Any]]:
    """Return the threads of a file. Raises `FileNotFoundError` if it is not there."""
    with gzip.open(file, "rt", encoding="utf-8") as rows:
        return [json.loads(row) for row in rows]


def texts_in(question: dict[str, Any]) -> list[str]:
    """Return a thread's question and all its answers."""
    return [question["question"], *(a if isinstance(a, str) else a.get("text", "") for a in question["answers"] or ())]


def forums(file: Path) -> Iterator[Labelled]:
    """Return the threads as labelled tickets, each with the texts that were read."""
    cases: dict[str, list[dict[str, Any]]] = {}
    for row in LABELS.read_text(encoding="utf-8").splitlines():
        case = json.loads(row)
        cases.setdefault(case["id"], []).append(case)
    for question in questions(file):
        if found := cases.get(question["id"]):
            yield Labelled(
                question["id"], "forum", _as_ticket(question),
                tuple(Span(c["note"], start, end, outcome) for c in found for start, end, outcome in c["steps"]),
                tuple(Span(c["note"], start, end) for c in found for start, end in c["maybe"]), (), frozenset(), frozenset(), (),
                only=frozenset(c["note"] for c in found),
            )  # fmt: skip


def _as_ticket(question: dict[str, Any]) -> dict[str, Any]:
    answers = [_cut(text) for text in texts_in(question)[1 : ANSWERS + 1] if text.strip()]
    notes = [{"author": "tech", "role": "tech", "kind": "discussion", "created": f"2026-03-{2 + place:02d}T09:00:00Z", "text": text} for place, text in enumerate(answers)]
    return {"id": question["id"], "ticket": {"summary": question["title"], "initial_description": question["question"], "company": "x", "notes": notes}}


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    end = text.rfind("\n", 300, LONGEST)
    return text[: end if end > 0 else LONGEST]
