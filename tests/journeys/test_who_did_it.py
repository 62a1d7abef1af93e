"""Programs and skewed clocks over real HTTP: what a rule sets takes nothing and withdraws nothing, and waits are as they were."""

from __future__ import annotations

import time

import pytest

from models.figures.scoring import scorecard_of
from tests.journeys.journey import Journey
from worker.account.onboarding import measure_skew

RULE = "program:wf-dispatch"


def settled(journey: Journey) -> None:
    """Give callbacks, readings and a poll the time they take."""
    time.sleep(4)


def escalated(journey: Journey, summary: str) -> int:
    ticket = journey.ticket(summary)
    journey.escalate(ticket)
    journey.wait_posted(ticket)
    time.sleep(1.1)
    return ticket


def test_a_rule_assigns_moves_and_plans_and_the_escalation_goes_on_until_an_engineer_acts(journey: Journey) -> None:
    ticket = escalated(journey, "Label printer offline after the switch was replaced")
    other = "Escalations"
    journey.simulator.set_owner(ticket, "msvensson", member=RULE)
    journey.simulator.move_board(ticket, other, member=RULE, status="New")
    settled(journey)
    handoff = journey.handoffs(ticket)[0]
    assert (handoff.response_state, handoff.board) == ("open", other)
    journey.simulator.add_note(ticket, "Set the port to 100 Mbit, labels come out.", member="msvensson")
    journey.wait(lambda: journey.handoffs(ticket)[0].response_state == "acted", "her deed did not claim it")
    assert len(journey.handoffs(ticket)) == 1


@pytest.mark.parametrize("apart", [pytest.param(300, marks=pytest.mark.storm), pytest.param(-300, marks=pytest.mark.storm)])
def test_with_clocks_five_minutes_apart_a_new_ticket_waits_no_minute_and_counts(journey: Journey, apart: float) -> None:
    stack = journey.stack

    def measured() -> float:
        measure_skew(stack.services, stack.account_id, stack.services.psa(stack.account_id))
        return stack.services.desk(stack.account_id).clock_ahead.total_seconds()

    at_first = measured()  # the simulated ConnectWise gives each save a second of its own, so its clock may run ahead
    journey.simulator.advance(apart)
    try:
        assert abs(measured() - at_first - apart) < 2
        _waits_no_minute_and_counts(journey)
    finally:
        journey.simulator.advance(-apart)
        measured()


def _waits_no_minute_and_counts(journey: Journey) -> None:
    stack = journey.stack
    before = stack.look(lambda s: scorecard_of(s, stack.account_id, as_of=stack.services.clock()))
    ticket = escalated(journey, "Door controller lost its network")
    assert "ticket open for 0 min at " in journey.briefs(ticket)[0]["text"]
    now = stack.services.clock()
    card = stack.look(lambda s: scorecard_of(s, stack.account_id, as_of=now))
    assert card.counts.escalated == before.counts.escalated + 1
    latency = card.clocks["brief_latency"]["calendar"]
    assert latency.n == before.clocks["brief_latency"]["calendar"].n + 1
    assert latency.mean is None or latency.mean < 0.5
    assert all(wait.calendar < 2 for wait in card.worst_waits if wait.ticket_id == ticket)
