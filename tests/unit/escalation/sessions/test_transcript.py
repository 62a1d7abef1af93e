"""Transcripts: figures on the labelled ones are kept, hostile ones are capped, refused in words or read as plain text."""

from __future__ import annotations

import json
import time

import pytest

from benchmarks.transcripts import count
from escalation.sessions.exports import LONGEST, Unreadable, turns_of
from escalation.sessions.steps import LONGEST_TEXT
from escalation.sessions.transcript import MOST_STEPS, read_transcript
from tests.unit.escalation.sessions import all_transcripts


def test_forty_labelled_ones_are_read_as_well_as_they_were() -> None:
    """`python -m benchmarks.transcripts` tells each; floors two below what it said when this was written."""
    every = all_transcripts()
    assert len(every) == 40
    figures = count(every)
    assert figures["invented"] == 0
    assert figures["found"] >= 97
    assert figures["apart"] >= 92
    assert figures["more"] <= 17
    unseen = count([one for one in every if one.unseen])
    assert unseen["found"] >= 27
    assert unseen["apart"] >= 26


def talk(*said: str) -> str:
    names = ("user", "assistant")
    return json.dumps([{"role": names[n % 2], "content": text} for n, text in enumerate(said)])


def test_a_branch_that_was_given_up_is_not_read() -> None:
    node = {"parent": "r", "children": []}

    def message(role: str, text: str) -> dict[str, object]:
        return {"author": {"role": role}, "content": {"parts": [text]}}

    mapping = {
        "r": {"parent": None, "children": ["old", "new"], "message": None},
        "old": {**node, "message": message("user", "Reinstalled the driver.")},
        "new": {**node, "message": message("user", "Replaced the cable, no change.")},
    }
    export = json.dumps({"title": "t", "mapping": mapping, "current_node": "new"})
    assert [turn.text for turn in turns_of(export)] == ["Replaced the cable, no change."]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x" * (LONGEST + 1), "of at most"),
        (" \n ", "holds no words"),
        ('{"a": 1}', "no export that is known"),
        (json.dumps([{"mapping": {}, "title": "one"}, {"mapping": {}, "title": "two"}]), "holds 2 talks ('one', 'two'"),
        (json.dumps({"mapping": {"a": {"parent": "b"}, "b": {"parent": "a"}}, "current_node": "a"}), "holds no words"),
        (json.dumps({"chat_messages": [None, 5, {"sender": "human", "content": {"x": []}}]}), "holds no words"),
        (json.dumps({"mapping": [], "current_node": {}}), "holds no words"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(text: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says.replace("(", r"\(")):
        read_transcript(text)


def test_whatever_is_sent_is_cut_and_costs_little() -> None:
    begun = time.process_time()
    many = "\n".join(f"{n}. Restart the service number {n}" for n in range(2_000))
    long = ("[" * 50_000, "- [ ] check " + "a " * 90_000, "user: " * 30_000, "1. Restart the spooler\n" * 8_000, "**" * 90_000)
    for text in (*long, many):
        for steps in (read_transcript(text), read_transcript(talk("help", text))):
            assert len(steps) <= MOST_STEPS
            assert all(len(step.text) <= LONGEST_TEXT for step in steps)
    assert len(read_transcript(many)) == MOST_STEPS, "what is cut is cut there, and is read up to there"
    assert time.process_time() - begun < 5
