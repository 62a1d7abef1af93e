"""The audit itself: one that sees nothing proves nothing."""

from __future__ import annotations

from tests.storm.audit import resolved_twice


def test_two_resolution_notes_in_one_ticket_are_seen_whatever_their_marks() -> None:
    said = [(7, "Replaced it.\n\n[ref: RN-AAAAAAAA]"), (7, "Swapped it.\n\n[ref: RN-BBBBBBBB]")]
    said += [(8, "Swapped it.\n\n[ref: RN-CCCCCCCC]"), (8, "[ref: RF-AAAAAAAA]"), (9, "Replaced it, see RN-AAAAAAAA")]
    notes = [{"id": number, "ticketId": ticket, "text": text} for number, (ticket, text) in enumerate(said)]
    assert resolved_twice(notes) == {7: [0, 1]}
