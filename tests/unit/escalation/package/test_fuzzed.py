"""Nothing is quoted that does not stand in its source: 400 tickets put together at random from a fixed seed."""

from __future__ import annotations

import random
import re

from escalation.package.build import build
from escalation.package.threads import evidence_from_thread
from tests.unit.escalation import own_set
from tests.unit.escalation.brief.test_sanitize import HOSTILE
from tests.unit.escalation.reading.test_time import PIECES

_ODD = ("\n", "\r\n", "\n\n", "é", "İ", "ß", "\u200b", "\u202e", "```\n", "> ", "- ")


def test_every_quotation_of_fuzzed_tickets_is_literal() -> None:
    notes = [note["text"] for ticket in own_set.tickets() for note in ticket.record["ticket"]["notes"]]
    pieces = [p for text in notes for p in re.split(r"(?<=[.,])", text)] + [*PIECES, *map(str, HOSTILE), *_ODD]
    draw = random.Random(7)

    def text() -> str:
        return "".join(draw.choices(pieces, k=draw.randint(1, 14)))

    for number in range(200):
        made = [
            {"role": draw.choice(["tech", "customer", "system"]), "kind": draw.choice(["internal", "resolution"]), "text": text()}
            for _ in range(draw.randint(0, 3))
        ]  # fmt: skip
        body = {"summary": text()[:80], "initial_description": text(), "notes": made}
        evidence = evidence_from_thread({"id": f"f-{number}", "ticket": body})
        package = build(
            evidence, episode=1, escalated_at=evidence.read_at, escalated_by=None, as_of=evidence.read_at
        )
        texts = {-1: body["initial_description"], **{i: note["text"] for i, note in enumerate(made)}}
        assert all(step.evidence.strip() and step.evidence in texts[step.note_index] for step in package.steps_attempted)
        quotes = [*package.evidence_blocks, *package.error_codes, *package.ruled_out, *package.promises]
        quotes += [step.result for step in package.steps_attempted if step.result]
        quotes += [q for q in (package.problem, package.ask, package.why_escalated, package.start_here) if q]
        quoted = [q.evidence for q in quotes] + [c.evidence for c in package.state_left_behind]
        assert all(any(q in t for t in (*texts.values(), body["summary"])) for q in quoted)
