"""A ticket saved again and again is read a few times and its last save is; a note that nobody told of is in the brief."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.tables import Inbox
from models.work import ticket_watch
from tests.journeys.journey import Journey

SAVES = 60


def stored(session: Session, ticket: int) -> int:
    return session.scalar(select(func.count()).select_from(Inbox).where(Inbox.record_id == ticket)) or 0


@pytest.mark.storm
def test_an_echo_storm_is_a_handful_of_readings_and_holds_up_nobody(journey: Journey) -> None:
    simulator, stack = journey.simulator, journey.stack
    ticket, other = journey.ticket("Scanner does not send"), journey.ticket("All phones are down")
    journey.escalate(ticket)
    journey.wait_posted(ticket)
    before = stack.look(lambda session: stored(session, ticket))
    for number in range(SAVES):
        last = simulator.change(ticket, member="tobrien", summary=f"Scanner does not send ({number})")
        if number == SAVES // 2:
            journey.escalate(other)
        time.sleep(0.05)
    journey.wait_posted(other)
    saved = str(last["record"]["_info"]["lastUpdated"])

    def read() -> bool:
        watch = stack.look(lambda session: ticket_watch.seen(session, stack.account_id, ticket))
        return bool(watch and watch.last_updated and f"{watch.last_updated:%Y-%m-%dT%H:%M:%SZ}" >= saved)

    journey.wait(read, "the last save was not read")
    journey.wait(lambda: f"({SAVES - 1})" in journey.briefs(ticket)[0]["text"], "the brief does not know the last save")
    rows = stack.look(lambda session: stored(session, ticket)) - before
    assert rows <= 12, f"{rows} rows for {SAVES} saves"


@pytest.mark.storm
def test_a_note_that_raises_no_callback_is_in_the_brief_soon(journey: Journey) -> None:
    ticket = journey.ticket("Label printer jams")
    journey.escalate(ticket)
    journey.wait_posted(ticket)
    usual = journey.simulator.settings()["notes_touch_ticket"]
    journey.simulator.settings(notes_touch_ticket=False)
    try:
        journey.simulator.add_note(ticket, "Swapped the ribbon for the one of spare 14, no change.", member="jlind")
    finally:
        journey.simulator.settings(notes_touch_ticket=usual)
    journey.wait(lambda: "spare 14" in journey.briefs(ticket)[0]["text"], "the brief does not know the note", within_s=60)
