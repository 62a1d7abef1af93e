"""Tickets as they were left before anybody solved them: our own and labelled threads, each cut where its solution begins."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from escalation.evidence import Evidence
from escalation.package.build import build
from escalation.package.contents import Package
from escalation.package.threads import evidence_from_thread
from escalation.redaction.redact import redact_evidence
from tests.unit.escalation.own_set import UNSEEN
from training.tickets import Labelled, own, texts_of, threads
from worker.settings import encoder_wanted
from worker.wiring import local_reader

ASIDE = Path(__file__).with_name("starts_set_aside.txt")
_LEAST = 12
"""Words that a cut ticket has to have."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A ticket as it was left."""

    id: str
    source: str
    record: dict[str, Any]
    solution: str
    """What was written from there on; empty where nobody solved it."""

    def evidence(self) -> Evidence:
        """Return it as the product stores it."""
        return redact_evidence(evidence_from_thread({"id": self.id, "ticket": self.record["ticket"]}))


def package_of(evidence: Evidence) -> Package:
    """Return the package as the first brief shows it."""
    at = evidence.read_at
    return build(evidence, episode=1, escalated_at=at, escalated_by=None, as_of=at, known=local_reader(encoder_wanted()))


def cut(ticket: Labelled) -> Cut | None:
    """Return the ticket up to where the first deed that worked, or its resolution, is told; None if next to nothing is left."""
    body = ticket.record["ticket"]
    ends = [(s.note, s.start) for s in ticket.steps if s.outcome == "worked"]
    ends += [(place, 0) for place, note in enumerate(body["notes"]) if note.get("kind") == "resolution"]
    note, start = min(ends, default=(len(body["notes"]), 0))
    texts = texts_of(ticket.record)
    kept = {place: text if place < note else text[:start].rstrip(" \n-*•,;:") for place, text in texts.items() if place <= note}
    notes = [{**raw, "text": kept[place]} for place, raw in enumerate(body["notes"]) if kept.get(place, "").strip()]
    left = {**ticket.record, "ticket": {**body, "initial_description": kept.get(-1, ""), "notes": notes}}
    if sum(len(text.split()) for text in kept.values()) < _LEAST:
        return None
    rest = [texts[place][start if place == note else 0 :] for place in sorted(texts) if place >= note]
    return Cut(ticket.id, ticket.source, left, "\n".join(rest))


def cuts(directory: Path) -> list[Cut]:
    """Return all tickets, cut, in an order that has nothing to do with what is in them."""
    made = [one for ticket in (*threads(directory), *own()) if (one := cut(ticket))]
    return sorted(made, key=lambda one: hashlib.sha256(one.id.encode()).hexdigest())


def unseen() -> list[Cut]:
    """Return our own tickets that nothing is taught with, cut."""
    return [one for ticket in own(UNSEEN) if (one := cut(ticket))]


def set_aside() -> frozenset[str]:
    """Return the tickets that nobody marks: they are for a judge at the end."""
    return frozenset(row for row in ASIDE.read_text(encoding="utf-8").splitlines() if not row.startswith("#"))
