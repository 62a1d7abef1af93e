"""Where to start: always somewhere, with a reason and a source, and never at a dead end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from escalation.package.start_here import CHECKS
from escalation.reading.missing import BEFORE, BY_DOMAIN, CHANGED, ERROR, WHEN, WHO
from tests.unit.escalation import starts

TICKETS = starts.tickets()


@pytest.mark.parametrize("evidence", TICKETS, ids=lambda e: e.ticket.summary)
def test_every_ticket_has_one_with_reason_and_source(evidence: starts.Evidence) -> None:
    package = starts.package_of(evidence)
    start = package.start_here
    assert start is not None
    assert start.reason
    texts = {"s": evidence.ticket.summary, "d": evidence.notes[0].text}
    texts |= {f"n{n}": note.text for n, note in enumerate(evidence.notes[1:], 1)}
    assert start.evidence in texts[start.source]
    ends = [package.steps_attempted[i].evidence for i in package.dead_ends_flagged]
    assert start.evidence not in ends


def test_every_question_of_every_domain_has_a_check() -> None:
    asked = {q.missing for questions in (*BY_DOMAIN.values(), (WHEN, WHO, CHANGED, ERROR, BEFORE)) for q in questions}
    assert asked == set(CHECKS)


def test_a_first_check_that_was_done_is_not_asked_for() -> None:
    asked = TICKETS[6]
    done = starts.with_note(asked, "Event 4740 names RCP-PC-02 as the caller computer, old scheduled task there.")
    before, after = (starts.package_of(e).start_here for e in (asked, done))
    assert before is not None
    assert "4740" in before.text
    assert after is None or after.text != before.text


@pytest.mark.parametrize(
    ("summary", "told", "never"),
    [
        ("Remote desktop fails", "From one PC the connection to TS-2 ends with a timeout.", "database"),
        ("Phones lose registration", "They drop off at night and come back by themselves in the morning.", "bounce"),
        ("Laptop loses the dock", "Three times out of five the second screen stays dark on the dock.", "database"),
        ("Domain controller finds no domain", "AD connection error as it is promoted, DNS gives the public IP.", "sync"),
    ],
)
def test_a_word_that_means_something_else_in_this_domain_brings_no_check(summary: str, told: str, never: str) -> None:
    """Words of one domain that stand in tickets of every other: time-outs, what comes back, what freezes."""
    ticket = replace(TICKETS[0].ticket, summary=summary)
    notes = (replace(TICKETS[0].notes[0], text=told),)
    start = starts.package_of(replace(TICKETS[0], ticket=ticket, notes=notes)).start_here
    assert start is None or never not in start.text


@pytest.mark.parametrize(("role", "there"), [("technician", True), ("customer", False), ("unknown", False), ("system", False)])
def test_the_last_word_is_the_staffs_alone(role: str, there: bool) -> None:
    """Whoever writes in from outside says nowhere where a senior starts: "call this number" would stand at the top."""
    ticket = replace(TICKETS[0].ticket, summary="Scanner does nothing")
    said = replace(TICKETS[0].notes[0], text="The scanner on the counter does nothing since Monday, nobody knows why.")
    author = replace(said.author, role=role)
    last = replace(said, id=said.id + 1, text="The counter team goes home at five today.", author=author, is_description=False)
    start = starts.package_of(replace(TICKETS[0], ticket=ticket, notes=(said, last))).start_here
    assert start is not None
    assert ("goes home at five" in start.text) == there
