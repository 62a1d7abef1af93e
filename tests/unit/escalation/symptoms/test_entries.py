"""The entries as data: each is found by each of its own lines, silent once its check is told, asked only what nobody answered.

Tickets are worded after the entries by a generator: of each term one alternative, in the order of the line, small words between.
What this proves is that an entry can be found; how often a found one fits is measured with marked tickets (`docs/memory.md`).
"""

# ruff: noqa: E501 - texts are easier to find in long lines

from __future__ import annotations

import random
from time import process_time

import pytest

from escalation.evidence import Note, Person
from escalation.package.known_symptoms import Symptoms
from escalation.package.records import records_of
from escalation.symptoms.entries import entries_of, knowledge, line_of
from escalation.symptoms.match import matches, stands
from escalation.symptoms.said import NOT, WITHIN, Line
from escalation.wording.vocabulary import DOMAINS
from tests.unit.escalation import starts

KNOWN = knowledge()
DRAW = random.Random(5)
TICKET = starts.tickets()[0]


def worded(line: Line, draw: random.Random, between: str = " ") -> str:
    """Return words in which the line stands."""
    said = [" ".join("won't" if w == NOT else w.rstrip("*") for w in draw.choice(term)) for term in line]
    return between.join(said)


@pytest.mark.parametrize("domain", sorted({e.domain for e in KNOWN.entries}))
def test_each_entry_is_found_by_each_of_its_lines(domain: str) -> None:
    for entry in (e for e in KNOWN.entries if e.domain == domain):
        for line in entry.words:
            text = worded(line, DRAW, DRAW.choice((" ", " in the ", ", today " if len(line) < 6 else " ")))
            found = matches(KNOWN, [(KNOWN.read(text), 1.0)], domain)
            assert entry in [m.entry for m in found if m.lines], (entry.when, text)


def test_a_check_that_somebody_made_is_known_as_done() -> None:
    for number, entry in enumerate(KNOWN.entries):
        symptom = worded(entry.words[0], DRAW)
        for line in entry.done:
            text = f"Today I saw {worded(line, DRAW)}, as it was last week."
            assert stands(entry.done, [KNOWN.read(text)]), (entry.when, text)
            if number % 12:
                continue
            note = Note(2, text, Person("Dana Wells", "technician", "dwells"), None, "internal")
            evidence = starts.replace(TICKET, notes=(TICKET.notes[0], note))
            found = Symptoms(symptom, records_of(evidence), entry.domain, KNOWN).found
            assert all(one.done for one in found if one.match.entry is entry), (entry.when, text)


def test_a_question_is_not_asked_once_it_is_answered() -> None:
    for entry in KNOWN.entries:
        for ask in entry.asks:
            assert ask.answered, ask.text
            for line in ask.answered:
                assert stands(ask.answered, [KNOWN.read(worded(line, DRAW))]), (ask.text, line)


def test_no_entry_stands_there_twice() -> None:
    checks = [e.check for e in KNOWN.entries]
    whens = [(e.domain, e.when) for e in KNOWN.entries]
    assert [c for c in set(checks) if checks.count(c) > 1] == []
    assert [w for w in set(whens) if whens.count(w) > 1] == []
    for entry in KNOWN.entries:
        assert len(set(entry.words)) == len(entry.words), entry.when


def test_checks_are_one_plain_line() -> None:
    for entry in KNOWN.entries:
        assert len(entry.check.split()) <= 30, entry.check
        assert not entry.check.endswith("."), entry.check
        assert entry.domain in {*DOMAINS, "other"}


def test_one_common_word_alone_is_no_line() -> None:
    """A line of one term finds whatever holds that word: it has to be a code, a phrase or a rare name."""
    assert [(e.when, line) for e in KNOWN.entries for line in e.words if len(line) == 1 for phrase in line[0] if len(phrase) == 1 and len(phrase[0]) < 4 and phrase[0].isalpha()] == []


@pytest.mark.parametrize(
    ("line", "text", "there"),
    [
        ("printer offline", "The printers on floor 2 all show offline.", True),
        ("printer offline", "The printer " + "is old and " * 12 + "offline", False),
        ("printer !print*", "This printer no longer prints", True),
        ("printer !print*", "The printer doesn't even print a test page", True),
        ("printer !print*", "The printer prints, the fax does not", False),
        ("access_denied", "Access is denied", False),
        ("access_denied", "It says: Access denied.", True),
        ("lock* account", "her account locked again", True),
        ("5.7.26", "550 5.7.26 unauthenticated.", True),
        ("wi-fi slow", "Wi-Fi is slow", True),
    ],
)
def test_lines_are_read_as_written(line: str, text: str, there: bool) -> None:
    assert (KNOWN.read(text).where(line_of(line)) is not None) == there or ("*" in line and stands_with(line, text) == there)


def stands_with(line: str, text: str) -> bool:
    """Whether a line stands in a text, its beginnings known."""
    entry = entries_of("x", f"when: a\nwords: {line}\ncheck: b")[0]
    beginnings = frozenset(w[:-1] for term in entry.words[0] for phrase in term for w in phrase if w.endswith("*"))
    return KNOWN.read(text).__class__(text, beginnings).where(entry.words[0]) is not None


@pytest.mark.parametrize("body", ["when: a\ncheck: b", "when: a\nwords: b c", "when: a\nwords: b\ncheck: c\nask: d?", "when: a\nwrods: b\ncheck: c"])
def test_what_is_not_of_the_format_is_refused(body: str) -> None:
    with pytest.raises(ValueError, match="x: "):
        entries_of("x", body)


def test_time_grows_with_the_text_alone() -> None:
    text = "the printer shows offline and the account is locked, outlook won't open since the update " * 15

    def taken(times: int) -> float:
        begun = process_time()
        matches(KNOWN, [(KNOWN.read(text * times), 1.0)], "printing")
        return process_time() - begun

    taken(1)
    small, large = min(taken(4) for _ in range(3)), min(taken(16) for _ in range(3))
    assert large < 8 * max(small, 0.01)
    assert WITHIN == 25
