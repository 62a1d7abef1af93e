"""Tickets cut before their solution, and what their marks teach: nothing of the solution is left, and no text is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from training import starts
from training.cuts import Cut, cut, set_aside
from training.tickets import own, texts_of

TICKETS = list(own())
CUTS = {t.id: made for t in TICKETS if (made := cut(t)) is not None}


def test_nothing_is_left_from_the_first_deed_that_worked() -> None:
    solved = 0
    for ticket in TICKETS:
        made = CUTS.get(ticket.id)
        worked = [(s.note, s.start, s.end) for s in ticket.steps if s.outcome == "worked"]
        if made is None or not worked:
            continue
        solved += 1
        note, start, end = min(worked)
        deed = texts_of(ticket.record)[note][start:end]
        assert deed in made.solution
        assert not any(deed in text for text in texts_of(made.record).values() if len(deed) > 20), ticket.id
    assert solved > 200


def test_what_nobody_solved_is_whole() -> None:
    whole = [t for t in TICKETS if t.id in CUTS and not CUTS[t.id].solution]
    assert len(whole) > 10
    for ticket in whole:
        assert texts_of(CUTS[ticket.id].record) == texts_of(ticket.record), ticket.id
        assert not any(step.outcome == "worked" for step in ticket.steps), ticket.id


def test_the_tickets_set_aside_are_never_marked() -> None:
    aside = set_aside()
    assert len(aside) == 40
    assert not aside & {one.id for one in starts.chosen(list(CUTS.values()), aside)}
    assert not aside & {json.loads(row)["id"] for row in starts.LABELS.read_text(encoding="utf-8").splitlines()}


def test_labels_are_places_and_marks_without_text() -> None:
    for row in map(json.loads, starts.LABELS.read_text(encoding="utf-8").splitlines()):
        assert set(row) == {"id", "marks", "asked"}
        for key, mark in row["marks"].items():
            kind, source, digest = key.split(" ")
            assert kind.isalpha()
            assert source.isalnum()
            assert len(digest) == 12
            assert mark in "012x"


def test_marks_are_read_as_written_and_a_mark_of_no_ticket_is_refused(tmp_path: Path) -> None:
    some = list(CUTS.values())[:2]
    assert starts.write(some, tmp_path) == 1
    lines = []
    for one in some:
        candidates, _ = starts.read(one)
        lines.append(" ".join([one.id, *(f"{n}={'12x0'[n % 4]}" for n in range(1, len(candidates) + 1))]))
    lab = tmp_path / "out" / "01.lab"
    lab.write_text("\n".join(lines), encoding="utf-8")
    rows = starts.marked(tmp_path)
    assert [row["id"] for row in rows] == sorted(one.id for one in some)
    for row in rows:
        assert list(row["marks"].values()) == ["12x0"[n % 4] for n in range(1, len(row["marks"]) + 1)]
    lab.write_text("nobody 1=1", encoding="utf-8")
    with pytest.raises(ValueError, match="nobody"):
        starts.marked(tmp_path)


@pytest.mark.storm
def test_what_is_taught_prefers_what_was_marked_and_is_the_same_each_time() -> None:
    def taught(number: int, one: Cut) -> starts.Taught:
        candidates, questions = starts.read(one)
        marks = tuple({"finding": "2", "check": "x", "near": "x"}.get(c.kind, "0") for c in candidates)
        return starts.Taught(f"{number}", one.source, tuple(candidates), marks, {}, tuple(questions))

    some = [taught(n, one) for n, one in enumerate(list(CUTS.values())[:16])]
    body = starts.teach(some)
    assert body == starts.teach(some)
    known = starts.parsed(body)
    both = next(t for t in some if {"finding", "last"} <= {c.kind for c in t.candidates})
    assert starts.weigh(both.candidates, known)[0].candidate.kind == "finding"
