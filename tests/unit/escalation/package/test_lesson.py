"""What a new handoff asks the memory for, and by what a solved ticket is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from escalation.evidence import Evidence, Note, Person, Role, Ticket
from escalation.memory.terms import symptom_term
from escalation.package.build import build
from escalation.package.known_symptoms import REMEMBERED, symptoms_told
from escalation.package.lesson import Lesson, asked_in_words, asked_of

AT = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
ASKS = symptom_term("Outlook keeps asking for the password")
SAID = "Outlook keeps asking for the password."
SOLVED = Lesson(
    7, "Cannot get into mail", "It nags me all day", (), None, None, (), "email", None, None, "tobrien", AT
)  # fmt: skip


def asked(note: str, role: Role) -> tuple[str, ...]:
    """Return the symptoms asked for where a customer tells nothing of them and one note does."""
    ticket = Ticket(4711, "Cannot get in", 1, "Help Desk", 7, "Escalated", entered_at=AT)
    told = Note(1, "The box is there again, Anna", Person("Anna", "customer"), AT, "discussion", True)
    noted = Note(2, note, Person("Jonas", role, "jlind"), AT + timedelta(minutes=9), "internal")
    evidence = Evidence(ticket, AT + timedelta(hours=1), (told, noted))
    return asked_of(build(evidence, episode=1, escalated_at=AT, escalated_by=None, as_of=AT + timedelta(hours=1))).symptoms


@pytest.mark.parametrize(("role", "symptoms"), [("technician", (ASKS,)), ("us", ())])
def test_a_symptom_is_also_read_from_what_others_noted_not_from_our_own_note(role: Role, symptoms: tuple[str, ...]) -> None:
    assert asked(f"Saw it: {SAID}", role) == symptoms
    assert asked("Rebooted, same.", role) == ()


@pytest.mark.parametrize("where", [{"summary": SAID}, {"problem": SAID}, {"tried": ((SAID, "unknown"),)}, {"fix": SAID}])
def test_a_solved_ticket_is_known_by_a_symptom_wherever_it_is_told(where: dict[str, object]) -> None:
    assert SOLVED.terms().symptoms == ()
    assert replace(SOLVED, **where).terms().symptoms == (ASKS,)  # type: ignore[arg-type]


def test_words_told_in_two_sentences_are_no_symptom_and_many_symptoms_are_the_strongest_few() -> None:
    assert asked_in_words(SAID).symptoms == (ASKS,)
    assert symptoms_told("", "I opened Outlook. Then the phone rang. He keeps asking me. For the password I was late.") == ()
    every = "\n".join([SAID, "BSOD with a stop code.", "VPN site-to-site tunnel down.", "The printer shows offline.",
                       "No internet in the whole office.", "Slow internet."])  # fmt: skip
    assert len(symptoms_told("", every)) == REMEMBERED
