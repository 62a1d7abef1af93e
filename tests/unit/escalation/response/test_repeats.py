"""A senior who does or asks again what the brief holds is noticed; one who does something new is not."""

from __future__ import annotations

import pytest

from escalation.evidence import Note, Person, TimeEntry
from escalation.response.repeats import repeats
from tests.unit.escalation.tickets import at, evidence_of, package_of

SENIOR = Person("Kit Patel", "engineer", "kpatel")
HELD = package_of(
    evidence_of(
        "Flushed DNS on PC-14, no change.",
        "Rebooted the firewall, worked for 8 hours, then failed again.",
        "Replaced the patch cable of PC-14: same drop. Error 0x80070005 in the log.",
    )
)


def after(text: str, who: Person = SENIOR) -> list[tuple[str, int | None]]:
    note = Note(900, text, who, at(200), "internal")
    return [(r.kind, r.step) for r in repeats(HELD, [note])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Flushed DNS on PC-14 again, still the same.", [("step", 0)]),
        ("I have rebooted the FW.", [("step", 1)]),
        ("Rebooted the firewall once more.", [("step", 1)]),
        ("Have you tried replacing the patch cable on PC-14?", [("question", 2)]),
        ("What is the exact error?", [("question", None)]),
        ("What has been tried already?", [("question", None)]),
        ("Compared the phase-2 lifetimes: 28800 on ours, 3600 on theirs.", []),
        ("I start with the lifetimes.", []),
        ("Can you send me the Wi-Fi password?", []),
    ],
)
def test_repeats(text: str, expected: list[tuple[str, int | None]]) -> None:
    assert after(text) == expected


def test_only_staff_count() -> None:
    assert after("I rebooted the firewall once more.", Person("Mia", "customer")) == []


def test_a_repeat_says_what_it_repeats_and_where_that_stands() -> None:
    again = Note(901, "Rebooted the firewall once more. What is the exact error?", SENIOR, at(210), "internal")
    done, asked = repeats(HELD, [again])
    step = HELD.steps_attempted[1]
    assert (done.held, done.source, done.note_id) == (step.evidence, step.source, 901)
    assert (asked.held, asked.source) == ("0x80070005", HELD.error_codes[0].source)


def test_the_same_words_in_a_note_and_its_time_entry_are_one_repeat() -> None:
    text = "Rebooted the firewall once more."
    entry = TimeEntry(31, text, SENIOR, at(200), at(210), at(211), 0.2)
    assert len(repeats(HELD, [Note(902, text, SENIOR, at(211), "internal"), entry])) == 1
