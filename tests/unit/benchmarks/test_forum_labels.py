"""The labelled texts the reader is taught with: each label at its place, no text in the file, no names among the word classes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from training import forums
from training.classes import classes_of, word_classes
from training.examples import examples_of

QUESTION = "The label printer is offline.\nI restarted the spooler, still offline.\nDoes anybody know more?"


@pytest.fixture
def texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    answer = "Please restart the print server.\n" + "It helps mostly. " * 200
    begin = QUESTION.index("I restarted")
    case = {"id": "q-1", "note": -1, "steps": [[begin, begin + 39, "no_change"]], "maybe": []}
    (tmp_path / "labels.jsonl").write_text(json.dumps(case) + "\n")
    monkeypatch.setattr(forums, "LABELS", tmp_path / "labels.jsonl")
    file = tmp_path / "texts.gz"
    with gzip.open(file, "wt") as rows:
        for name in ("q-1", "q-2"):
            rows.write(json.dumps({"id": name, "title": "Printer", "question": QUESTION, "answers": [answer, " "]}) + "\n")
    return file


def test_only_the_texts_that_were_read_teach(texts: Path) -> None:
    (ticket,) = forums.forums(texts)
    assert [len(note["text"]) for note in ticket.record["ticket"]["notes"]] == [1600]
    taught = examples_of(ticket, {})
    assert [one.answer for one in taught.step] == ["none", "begins", "none"]
    assert [one.answer for one in taught.outcome] == ["no_change"]
    assert taught.row == taught.domain == []


def test_the_file_holds_places_and_no_words() -> None:
    for row in forums.LABELS.read_text().splitlines():
        case = json.loads(row)
        assert set(case) == {"id", "note", "steps", "maybe"}
        assert all(isinstance(start, int) and start < end for start, end, *_ in [*case["steps"], *case["maybe"]])


@pytest.mark.storm
def test_words_in_the_same_places_are_of_one_class_and_names_of_none() -> None:
    things = ("server", "switch", "router")
    told = [f"I {did} the {thing} again and Marlow {did} it too." for did in ("restarted", "rebooted") for thing in things]
    told += [f"the {thing} is {state} since monday" for thing in things for state in ("slow", "down")]
    made = classes_of(told * 20, sizes=(2, 4, 6))
    assert made["restarted"][2] == made["rebooted"][2] != made["slow"][2]
    assert "marlow" not in made


def test_the_classes_of_the_project_are_of_plain_words() -> None:
    made = word_classes()
    assert made["rebooted"][:2] == made["restarted"][:2]
    assert all(len(kinds) == 3 for kinds in made.values())
