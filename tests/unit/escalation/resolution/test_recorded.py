"""What was recorded in a session is in the note with its source, as a note's words are.

The kinds: a step by outcome (worked, in vain, not said), before and after the escalation, with what a program printed and
without; one that a note of the same person tells too; a finding that names the cause for sure, that only guesses, that was made
before the escalation; a change that is left, and one that was taken back.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from escalation.evidence import AiSession, Person, SessionStep
from escalation.resolution.note import ResolutionNote, draft
from escalation.resolution.text import drafted, fix_in
from tests.unit.escalation.resolution.endings import ESCALATED, Ending, course, evidence_of
from tests.unit.escalation.tickets import START

MARIA = Person("Maria Svensson", "engineer", "msvensson")
WRITTEN = Ending("Labels come out blank on LBL-3.", ("Asked Ellen which labels, all of them are blank.",))
DEEDS = ("swapped the print head of LBL-3", "loaded the new ribbon", "raised the darkness to 14", "renewed the port on SRV-PRT")
SURE = (
    "The cause was a worn print head.", "Root cause: the ribbon was of the wrong kind", "blank labels were caused by a cold head",
)  # fmt: skip
UNSURE = ("maybe the print head is worn", "I think it was the ribbon", "is it caused by the driver?")


def noted(*steps: tuple[int, str, dict[str, Any]], by: Person = MARIA, senior: tuple[str, ...] = ()) -> ResolutionNote:
    """Return the note of a ticket and a session; a step's first value is its minute from the escalation."""
    made = tuple(
        SessionStep(
            number, text=text, author=by, at=START + timedelta(minutes=ESCALATED + minute),
            **{"kind": "step", "state": "done", "outcome": "unknown", **more},
        )
        for number, (minute, text, more) in enumerate(steps, 1)
    )  # fmt: skip
    evidence = replace(evidence_of(replace(WRITTEN, senior=senior)), sessions=(AiSession(1, by, "Claude", START, made),))
    return draft(evidence, course())


@pytest.mark.parametrize(("text", "outcome", "minute", "output"), [*itertools.product(
    DEEDS, ("worked", "no_change", "failed", "unknown"), (-20, 20), ("", "Status: 3\ncalibrated"),
)])  # fmt: skip
def test_a_step_is_what_fixed_it_or_was_tried(text: str, outcome: str, minute: int, output: str) -> None:
    note = noted((minute, text, {"outcome": outcome, "output": output}))
    fixed, tried = [(s.text, s.source) for s in note.fix], [(s.text, s.source) for s in note.tried]
    mended = outcome == "worked" and minute > 0
    assert ((text, "a1") in fixed, (text, "a1") in tried) == (mended, not mended)
    internal = drafted(note, "internal")
    assert f"{text}" in internal
    assert "[a1] step 1 of session 1, Maria Svensson" in internal
    assert "calibrated" not in internal
    assert "[a1]" not in drafted(note, "resolution")
    if mended:
        assert fix_in(internal) == f"{text}."


def test_a_deed_that_a_note_tells_too_names_both() -> None:
    deed = "swapped the print head of LBL-3"
    note = noted((20, deed, {"outcome": "worked"}), senior=("Swapped the print head of LBL-3, works.",))
    (fix,) = note.fix
    assert fix.also == ("a1",)
    internal = drafted(note, "internal")
    assert f"[{fix.source}] [a1]" in internal
    assert {fix.source, "a1"} <= {source.id for source in note.sources}
    assert "[" not in (fix_in(internal) or "[")


@pytest.mark.parametrize(("text", "minute"), [*itertools.product((*SURE, *UNSURE), (-20, 20))])
def test_a_finding_names_the_cause_where_it_is_sure(text: str, minute: int) -> None:
    note = noted((minute, text, {"kind": "finding"}))
    told = [(text, "a1")] if text in SURE and minute > 0 else []
    assert [(s.text, s.source) for s in note.cause] == told


def test_the_newest_that_names_a_cause_counts() -> None:
    first, second = ((minute, text, {"kind": "finding"}) for minute, text in zip((10, 30), SURE[:2], strict=True))
    assert [s.source for s in noted(first, second).cause] == ["a2"]


def test_what_it_left_changed_and_what_was_taken_back_is_told() -> None:
    note = noted((20, "printed a test page", {"changed": "tray 2 is off"}), (30, "switched tray 2 back on", {}))
    assert [(s.text, s.source) for s in note.still_changed] == [("tray 2 is off", "a1")]
    back = noted((30, "re-enabled the firewall on SRV-PRT", {}))
    assert [(s.text, s.source) for s in back.taken_back] == [("re-enabled the firewall on SRV-PRT", "a1")]


def test_what_a_customer_recorded_names_no_cause() -> None:
    assert noted((20, SURE[0], {"kind": "finding"}), by=Person("Ellen", "customer")).cause == ()
