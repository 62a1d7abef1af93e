"""Score a reading of labelled threads: steps, outcomes, dead ends, pasted text, codes, domain, non-steps taken.

An own implementation of the labelled set's definitions, which `benchmarks.threads` checks against the set's scorer in each run. Two
stretches are the same if half of the shorter is in both. Every quotation is literal, so it is looked for as it stands.
"""

# ruff: noqa: E501 - a table is easier to read in rows

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

Span = tuple[int, int]
BETWEEN = "\n\x00\n"
_COARSE = {"failed": "no", "no_change": "no"}


class Text:
    """A ticket's texts in a row, so that a place in one is a place in all."""

    def __init__(self, record: dict[str, Any]) -> None:
        ticket = record["ticket"]
        self.at: dict[int, Span] = {}
        whole = ""
        for index, text in [(-1, ticket["initial_description"]), *enumerate(n["text"] for n in ticket["notes"])]:
            self.at[index] = (len(whole), len(whole) + len(text))
            whole += text + BETWEEN
        self.whole = whole[: -len(BETWEEN)]
        self.low = self.whole.lower()

    def first(self, words: str, note: int | None = None) -> Span | None:
        """Return where a label stands first."""
        begin, end = self.at[note] if note is not None else (0, len(self.whole))
        start = self.whole.find(words, begin, end)
        return (start, start + len(words)) if start >= 0 else None

    def all_of(self, words: str, note: int | None = None) -> list[Span]:
        """Return every place where a quotation stands, however capitalised."""
        words = words.strip().lower()
        begin, end = self.at.get(note, (0, len(self.whole))) if note is not None else (0, len(self.whole))
        found, start = [], self.low.find(words, begin, end) if words else -1
        while start >= 0:
            found.append((start, start + len(words)))
            start = self.low.find(words, start + 1, end)
        return found


def shared(one: Span, other: Span) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def same(one: Span, other: Span) -> bool:
    return shared(one, other) >= 0.5 * max(1, min(one[1] - one[0], other[1] - other[0]))


def pairs(made: Sequence[Sequence[Span]], labels: Sequence[Span | None]) -> dict[int, int]:
    """Return as many pairs of a prediction and a label as there can be, each in one pair: augmenting paths."""
    near = [
        sorted(
            (number for number, label in enumerate(labels) if label and any(same(span, label) for span in spans)),
            key=lambda number: -max(shared(span, labels[number] or (0, 0)) for span in spans),
        )
        for spans in made
    ]
    owner: dict[int, int] = {}

    def give(place: int, tried: set[int]) -> bool:
        for number in near[place]:
            if number not in tried:
                tried.add(number)
                if number not in owner or give(owner[number], tried):
                    owner[number] = place
                    return True
        return False

    for place in sorted(range(len(made)), key=lambda place: len(near[place])):
        give(place, set())
    return {place: number for number, place in owner.items()}


def counts(record: dict[str, Any], made: dict[str, Any]) -> Counter[str]:
    """Return what a reading of one thread found, missed and made up, as counts that add up over threads."""
    text, gold, told = Text(record), record["gold"], Counter[str]()
    labels = [text.first(s["evidence"], s["note_index"]) for s in gold["steps_attempted"]]
    maybe = [span for s in gold["optional_steps"] if (span := text.first(s["evidence"], s["note_index"]))]
    steps = made["steps_attempted"]
    places = [text.all_of(s["evidence"], s["note_index"]) for s in steps]
    matched = pairs(places, labels)
    extra = [i for i in range(len(steps)) if i not in matched and not _any_same(places[i], maybe)]
    told.update(right=len(matched), extra=len(extra), missed=len(labels) - len(matched))
    for place, number in matched.items():
        here, there = steps[place]["outcome"], gold["steps_attempted"][number]["outcome"]
        told.update(outcomes=here == there, coarse=_COARSE.get(here, here) == _COARSE.get(there, there))
    none = [span for words in gold["non_steps"] if (span := text.first(words))]
    told.update(non=len(none), non_taken=sum(any(_any_same(places[i], [span]) for i in extra) for span in none))
    dead = [places[i] for i in made["dead_ends"]]
    ends = pairs(dead, [labels[i] for i in gold["dead_ends"]])
    told.update(dead_right=len(ends), dead_missed=len(gold["dead_ends"]) - len(ends))
    told.update(dead_extra=sum(i not in ends and not _any_same(spans, maybe) for i, spans in enumerate(dead)))
    pasted = _characters(span for words in gold["evidence_blocks"] if (span := text.first(words)))
    taken = _characters(span for words in made["evidence_blocks"] for span in text.all_of(words)[:1])
    told.update(pasted=len(pasted), pasted_taken=len(taken), pasted_found=len(pasted & taken))
    codes = {_plain(code) for code in gold["error_codes"]}
    read = {_plain(code) for code in made["error_codes"]} - {_plain(code) for code in gold.get("error_codes_optional", ())}
    told.update(code_right=len(codes & read), code_extra=len(read - codes), code_missed=len(codes - read))
    told.update(threads=1, domain=made["domain"] in (gold["domain"], gold.get("domain_alt")))
    return told


def _any_same(spans: Iterable[Span], others: Sequence[Span]) -> bool:
    return any(same(span, other) for span in spans for other in others)


def _characters(spans: Iterable[Span]) -> set[int]:
    return {place for start, end in spans for place in range(start, end)}


def _plain(code: Any) -> str:
    return re.sub(r"\s+", " ", str(code)).strip().lower()


def figures(told: Counter[str]) -> dict[str, float]:
    """Return the figures of added counts, by the names of `benchmarks.threads.FIGURES`."""

    def part(one: str, *whole: str) -> float:
        total = sum(told[name] for name in whole)
        return told[one] / total if total else 0.0

    def f1(right: str, extra: str, missed: str) -> float:
        total = 2 * told[right] + told[extra] + told[missed]
        return 2 * told[right] / total if total else 0.0

    return {
        "step_precision": part("right", "right", "extra"), "step_recall": part("right", "right", "missed"), "step_f1": f1("right", "extra", "missed"),
        "outcome_accuracy": part("outcomes", "right"), "outcome_accuracy_coarse": part("coarse", "right"), "dead_end_f1": f1("dead_right", "dead_extra", "dead_missed"),
        "non_step_fp_rate": part("non_taken", "non"), "evidence_char_recall": part("pasted_found", "pasted"), "evidence_char_precision": part("pasted_found", "pasted_taken"),
        "error_code_f1": f1("code_right", "code_extra", "code_missed"), "domain_accuracy": part("domain", "threads"),
    }  # fmt: skip
