"""What may fail on the way, and what must still hold: one internal brief, nothing lost."""

from __future__ import annotations

import signal
import time
from typing import Any

import pytest

from tests.journeys.journey import Journey, is_internal

pytestmark = pytest.mark.storm

POST_FAULTS: dict[str, dict[str, Any]] = {
    "applied, then reset": {"kind": "reset", "applied": True},
    "applied, then no answer": {"kind": "hang", "applied": True},
    "applied, then 504": {"kind": "status", "status": 504, "applied": True},
    "not applied, reset": {"kind": "reset"},
    "not applied, 500": {"kind": "status", "status": 500},
    "answered with HTML": {"kind": "html", "status": 200},
    "throttled with a wait": {"kind": "throttle", "retry_after": 1},
    "throttled without one": {"kind": "throttle"},
}


def test_a_post_that_goes_wrong_leaves_one_brief(journey: Journey) -> None:
    """Each ticket has its own fault, met once; all are under way at the same time."""
    tickets = {fault: journey.ticket(f"Teams call drops ({fault})") for fault in POST_FAULTS}
    for fault, ticket in tickets.items():
        journey.simulator.fault(method="POST", path=rf"/service/tickets/{ticket}/notes$", count=1, **POST_FAULTS[fault])
    try:
        for ticket in tickets.values():
            journey.escalate(ticket)
        for ticket in tickets.values():
            journey.wait_posted(ticket)
        assert [rule["hits"] for rule in journey.simulator.faults()] == [1] * len(POST_FAULTS), "a fault was not met"
    finally:
        journey.simulator.clear_faults()
    found = {fault: [is_internal(note) for note in journey.briefs(ticket)] for fault, ticket in tickets.items()}
    assert found == {fault: [True] for fault in POST_FAULTS}


def test_a_psa_that_is_down_for_a_while_loses_nothing(journey: Journey) -> None:
    ticket = journey.ticket("Scan to mail stopped")
    journey.simulator.fault(path=r"/apis/", kind="status", status=503)
    try:
        journey.escalate(ticket)
        time.sleep(4)
        assert journey.briefs(ticket) == []
    finally:
        journey.simulator.clear_faults()
    journey.wait_posted(ticket)
    assert len(journey.briefs(ticket)) == 1


def test_what_our_role_may_not_read_is_said_in_the_brief(journey: Journey) -> None:
    ticket = journey.ticket("New starter has no mailbox")
    journey.simulator.fault(path=r"/system/documents", kind="forbidden")
    try:
        journey.escalate(ticket)
        journey.wait_posted(ticket)
    finally:
        journey.simulator.clear_faults()
    assert "Could not be read" in journey.briefs(ticket)[0]["text"]


@pytest.mark.parametrize("part", ["worker", "broker", "web", "beat"])
def test_killing_a_part_loses_no_escalation(journey: Journey, part: str) -> None:
    ticket = journey.ticket(f"Wi-Fi in the meeting room is slow ({part})")
    journey.escalate(ticket)
    process = journey.stack.part(part).process
    assert process is not None
    process.send_signal(signal.SIGKILL)
    journey.wait_posted(ticket, within_s=45)
    assert len(journey.briefs(ticket)) == 1
