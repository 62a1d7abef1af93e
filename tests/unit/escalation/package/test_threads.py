"""Thread files become evidence, and a malformed one says where."""

from __future__ import annotations

from typing import Any

import pytest

from escalation.package.build import bare, build
from escalation.package.threads import MalformedThread, evidence_from_thread


def thread(**changes: Any) -> dict[str, Any]:
    ticket = {
        "summary": "Printer offline",
        "initial_description": "The label printer shows offline since this morning.",
        "company": "Harbor Dental",
        "notes": [
            {"author": "System", "role": "system", "kind": "internal", "created": None, "text": "Ticket created"},
            {"author": "Dana", "role": "tech", "kind": "time_entry", "created": "2026-03-12T09:10:00Z",
             "text": "Restarted the spooler, no change."},
            {"author": "Dana", "role": "tech", "kind": "internal", "created": "2026-03-12T09:20:00Z",
             "text": "Replaced the cable, still offline."},
        ],
    }  # fmt: skip
    return {"id": "t-1", "ticket": {**ticket, **changes}}


def test_note_indexes_count_over_all_notes_in_the_records_order() -> None:
    evidence = evidence_from_thread(thread())
    package = build(
        evidence, episode=1, escalated_at=evidence.read_at, escalated_by=None, as_of=evidence.read_at
    )
    assert [(s.note_index, s.source, s.outcome) for s in package.steps_attempted] == [
        (1, "t1", "no_change"),
        (2, "n2", "no_change"),
    ]


def test_the_bare_package_holds_plain_strings() -> None:
    evidence = evidence_from_thread(
        thread(initial_description='It says "The printer could not be found" error 0x709.')
    )
    package = build(
        evidence, episode=1, escalated_at=evidence.read_at, escalated_by=None, as_of=evidence.read_at
    )
    body = bare(package, "t-1")
    assert body["id"] == "t-1"
    assert body["evidence_blocks"] == ["The printer could not be found"]
    assert body["error_codes"] == ["0x709"]
    assert body["domain"] == "printing"
    for name in ("schema_version", "problem", "steps_attempted", "dead_ends_flagged", "environment", "not_recorded",
                 "state_left_behind", "start_here", "ai_assessment_data"):  # fmt: skip
        assert name in body


@pytest.mark.parametrize(
    ("record", "where"),
    [
        ([], "thread: expected an object, found a list"),
        ({"ticket": {}}, "thread.id: is missing"),
        ({"id": "x"}, "ticket: expected an object, found null"),
        ({"id": 3, "ticket": {}}, "thread.id: expected a text, found a number"),
        (thread(summary=None), "ticket.summary: expected a text, found null"),
        (thread(notes={}), "ticket.notes: expected a list"),
        (thread(notes=["x"]), "ticket.notes[0]: expected an object"),
        (thread(notes=[{"role": "tech"}]), "ticket.notes[0].text: is missing"),
        (thread(notes=[{"text": "a", "role": "boss"}]), "ticket.notes[0].role: 'boss' is none of"),
        (thread(notes=[{"text": "a", "kind": "memo"}]), "ticket.notes[0].kind: 'memo' is none of"),
        (
            thread(notes=[{"text": "a", "created": "noon"}]),
            "ticket.notes[0].created: 'noon' is not an ISO 8601 time",
        ),
    ],
)
def test_a_malformed_thread_says_where(record: Any, where: str) -> None:
    with pytest.raises(MalformedThread) as caught:
        evidence_from_thread(record)
    assert where in str(caught.value)
