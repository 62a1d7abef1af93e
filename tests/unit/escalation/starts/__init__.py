"""Forty made-up tickets as juniors leave them, to judge where the brief says to start.

`forty.txt`: a ticket begins with `#` and its summary, then its description; a line that begins with `--` is a note by the
technician, one with `>>` an answer of the customer.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from escalation.evidence import Evidence, Note, Person, Ticket
from escalation.package.build import build
from escalation.package.contents import Package

_BEGAN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
_JUNIOR = Person("Dana Wells", "technician", "dwells")
_CUSTOMER = Person("Mia Brandt", "customer")


def tickets(name: str = "forty.txt") -> list[Evidence]:
    """Return the tickets of a file as evidence."""
    blocks = Path(__file__).with_name(name).read_text(encoding="utf-8").split("\n# ")
    return [_evidence(number, block.removeprefix("# ")) for number, block in enumerate(blocks, 1)]


def package_of(evidence: Evidence) -> Package:
    """Return the ticket's package, escalated when its last note was written."""
    at = evidence.read_at
    return build(evidence, episode=1, escalated_at=at, escalated_by="dwells", as_of=at)


def _evidence(number: int, block: str) -> Evidence:
    summary, *rows = [row for row in block.splitlines() if row.strip()]
    said: list[tuple[Person, list[str]]] = [(_CUSTOMER, [])]
    for row in rows:
        if row.startswith(("-- ", ">> ")):
            said.append((_JUNIOR if row[0] == "-" else _CUSTOMER, [row[3:]]))
        else:
            said[-1][1].append(row)
    notes = tuple(_note(n, who, "\n".join(lines)) for n, (who, lines) in enumerate(said))
    ticket = Ticket(number, summary, 1, "Help Desk", 7, "Escalated", company="Contoso", entered_at=_BEGAN)
    return Evidence(ticket=ticket, read_at=_BEGAN + timedelta(minutes=20 * len(notes)), notes=notes)


def _note(place: int, who: Person, text: str) -> Note:
    at = _BEGAN + timedelta(minutes=20 * place)
    return Note(place, text, who, at, "internal" if place else "discussion", is_description=place == 0)


def with_note(evidence: Evidence, text: str) -> Evidence:
    """Return a ticket with one more note of the technician's."""
    return replace(evidence, notes=(*evidence.notes, _note(len(evidence.notes), _JUNIOR, text)))
