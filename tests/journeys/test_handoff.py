"""From a status change to the note in the ticket and the mail at the engineer, over real HTTP, broker and SMTP."""

from __future__ import annotations

import email
import email.policy
import time

from tests.journeys.journey import Journey, is_internal


def test_a_status_change_becomes_a_brief_and_a_mail(journey: Journey) -> None:
    ticket = journey.ticket()
    journey.escalate(ticket)
    journey.wait_posted(ticket)
    (note,) = journey.briefs(ticket)
    assert is_internal(note)
    assert "Changed the toner" in note["text"]

    def mails() -> list[str]:
        parsed = [email.message_from_bytes(p.read_bytes(), policy=email.policy.default) for p in journey.stack.mail]
        return [str(m["To"]) for m in parsed if str(ticket) in str(m["Subject"])]

    everybody = [
        "Gareth North <gareth.north@northgate.example>", "Maja Svensson <maja.svensson@northgate.example>",
        "Tom O'Brien <tom.o'brien@northgate.example>",
    ]  # fmt: skip
    journey.wait(lambda: len(mails()) == len(everybody), "not everybody was told")
    assert sorted(mails()) == everybody


def test_our_own_note_does_not_escalate_anything_again(journey: Journey) -> None:
    ticket = journey.ticket()
    journey.escalate(ticket)
    journey.wait_posted(ticket)
    time.sleep(3)  # our own callback, a poll and several sweeps
    assert [h.episode for h in journey.handoffs(ticket)] == [1]
    assert len(journey.briefs(ticket)) == 1


def test_new_facts_are_edited_into_the_note(journey: Journey) -> None:
    ticket = journey.ticket()
    journey.escalate(ticket)
    journey.wait_posted(ticket)
    journey.simulator.add_note(ticket, "Replaced the fuser, no change.", member="jlind")
    journey.wait(lambda: "Replaced the fuser" in journey.briefs(ticket)[0]["text"], "the note was not edited")
    assert len(journey.briefs(ticket)) == 1


def test_a_dropped_callback_is_found_by_the_poller(journey: Journey) -> None:
    ticket = journey.ticket()
    journey.simulator.callbacks(drop_ratio=1.0)
    try:
        journey.escalate(ticket)
        journey.wait_posted(ticket)
    finally:
        journey.simulator.callbacks(drop_ratio=0.0)
    assert len(journey.briefs(ticket)) == 1


def test_repeated_and_shuffled_callbacks_are_one_handoff(journey: Journey) -> None:
    journey.simulator.callbacks(repeat=3, shuffle=True)
    try:
        tickets = [journey.ticket(f"Outlook asks for the password again {n}") for n in range(3)]
        for ticket in tickets:
            journey.escalate(ticket)
        for ticket in tickets:
            journey.wait_posted(ticket)
    finally:
        journey.simulator.callbacks(repeat=0, shuffle=False)
    time.sleep(1)
    assert [len(journey.briefs(ticket)) for ticket in tickets] == [1, 1, 1]
    assert [len(journey.handoffs(ticket)) for ticket in tickets] == [1, 1, 1]


def test_closing_the_ticket_ends_it(journey: Journey) -> None:
    ticket = journey.ticket()
    journey.escalate(ticket)
    journey.wait_posted(ticket)
    journey.simulator.close(ticket, member="jlind")
    journey.wait(lambda: journey.handoffs(ticket)[0].response_state == "withdrawn", "it did not end")
