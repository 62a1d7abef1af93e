"""Who took it, seen from ConnectWise over real HTTP: each way to claim, what the others see, the first action."""

from __future__ import annotations

import email
import email.policy
import re
import time

from models.handoff.handoffs import Handoff
from tests.journeys.journey import Journey
from worker.demo.link_browser import Browser


def escalated(journey: Journey) -> int:
    (ticket,) = all_escalated(journey, 1)
    return ticket


def all_escalated(journey: Journey, count: int) -> list[int]:
    """Escalate so many tickets, side by side."""
    tickets = [journey.ticket("Scanner to mail stopped after the certificate change") for _ in range(count)]
    for ticket in tickets:
        journey.escalate(ticket)
    for ticket in tickets:
        journey.wait_posted(ticket)
    time.sleep(1.1)  # ConnectWise's times have whole seconds, and nobody claims within one
    return tickets


def newest(journey: Journey, ticket: int) -> Handoff:
    return journey.handoffs(ticket)[0]


def wait_for(journey: Journey, ticket: int, state: str) -> Handoff:
    journey.wait(
        lambda: newest(journey, ticket).response_state == state,
        f"ticket {ticket} is {newest(journey, ticket).response_state}, not {state}",
    )
    return newest(journey, ticket)


def test_a_senior_becomes_owner_acts_and_the_brief_says_so(journey: Journey) -> None:
    ticket = escalated(journey)
    journey.simulator.set_owner(ticket, "msvensson", member="msvensson")
    handoff = wait_for(journey, ticket, "claimed")
    assert handoff.claim_kind == "owner"
    journey.wait(
        lambda: "**Claimed by Maja Svensson**" in journey.briefs(ticket)[0]["text"], "the brief does not say so"
    )

    def told() -> list[str]:
        parsed = [email.message_from_bytes(p.read_bytes(), policy=email.policy.default) for p in journey.stack.mail]
        mine = [m for m in parsed if str(ticket) in str(m["Subject"]) and "Claimed by" in str(m["Subject"])]
        return sorted(str(m["To"]) for m in mine)

    journey.wait(lambda: len(told()) == 2, "the others were not told")
    assert told() == ["Gareth North <gareth.north@northgate.example>", "Tom O'Brien <tom.o'brien@northgate.example>"]
    time.sleep(1.1)
    journey.simulator.add_note(ticket, "Looking into it", member="msvensson")
    journey.simulator.add_time(
        ticket, member="msvensson", text="Imported the new root certificate on the scanner, test scan arrived.", minutes=5
    )
    handoff = wait_for(journey, ticket, "acted")
    assert handoff.first_action is not None
    assert handoff.first_action["kind"] == "time_entry"
    journey.wait(lambda: "first action" in journey.briefs(ticket)[0]["text"], "the brief does not tell of the action")


def test_by_a_claim_status_a_schedule_entry_a_time_entry_or_all_at_once(journey: Journey) -> None:
    """Each on a ticket of its own; the last is taken and closed before anybody looked, and counts both."""
    simulator, tom = journey.simulator, journey.member("tobrien")
    by_status, by_schedule, by_time, at_once = all_escalated(journey, 4)
    simulator.change_status(by_status, "Assigned to Engineer", member="tobrien")
    simulator.assign(by_schedule, "tobrien", member="jlind")
    simulator.acknowledge(by_schedule, member="tobrien")
    simulator.add_time(by_time, member="tobrien", minutes=1)
    simulator.add_time(at_once, member="tobrien", text="Replaced the toner sensor, prints fine.", minutes=2)
    simulator.close(at_once, member="tobrien")
    for ticket, kind in ((by_status, "status"), (by_schedule, "schedule"), (by_time, "time_entry")):
        handoff = wait_for(journey, ticket, "claimed")
        assert (handoff.claim_kind, handoff.claimed_by) == (kind, tom)
    handoff = wait_for(journey, at_once, "resolved")
    assert handoff.claimed_by == tom
    assert handoff.acted_at is not None


def test_a_note_which_raises_no_callback_is_found(journey: Journey) -> None:
    ticket = escalated(journey)
    journey.simulator.settings(notes_touch_ticket=False)
    try:
        journey.simulator.add_note(ticket, "I'll take this one", member="msvensson")
        assert wait_for(journey, ticket, "claimed").claim_kind == "note"
    finally:
        journey.simulator.settings(notes_touch_ticket=True)


def test_with_every_callback_lost_the_poller_finds_claim_and_action(journey: Journey) -> None:
    ticket = escalated(journey)
    journey.simulator.callbacks(drop_ratio=1.0)
    try:
        journey.simulator.set_owner(ticket, "msvensson", member="msvensson")
        wait_for(journey, ticket, "claimed")
        journey.simulator.add_note(ticket, "Rebuilt the mail profile, sending works again.", member="msvensson")
        wait_for(journey, ticket, "acted")
    finally:
        journey.simulator.callbacks(drop_ratio=0.0)


def test_claim_return_claim(journey: Journey) -> None:
    ticket = escalated(journey)
    journey.simulator.set_owner(ticket, "msvensson", member="msvensson")
    wait_for(journey, ticket, "claimed")
    journey.simulator.advance(2)
    journey.simulator.set_owner(ticket, None, member="msvensson")
    wait_for(journey, ticket, "open")
    journey.simulator.advance(2)
    journey.simulator.set_owner(ticket, "tobrien", member="tobrien")
    assert wait_for(journey, ticket, "claimed").claimed_by == journey.member("tobrien")


def test_the_psas_owner_follows_a_claim_by_link(journey: Journey) -> None:
    ticket = escalated(journey)
    journey.claim_by_link(ticket, "tobrien")
    handoff = wait_for(journey, ticket, "claimed")
    assert handoff.claim_kind == "link"
    journey.wait(
        lambda: (journey.simulator.ticket(ticket).get("owner") or {}).get("identifier") == "tobrien", "no owner was set"
    )
    journey.wait(lambda: newest(journey, ticket).owner_outcome, "the record does not say so")


def test_opening_the_link_changes_nothing_and_the_loser_is_told_who_won(journey: Journey) -> None:
    ticket = escalated(journey)
    links = [journey.claim_link(ticket, login) for login in ("msvensson", "tobrien")]
    browsers = [Browser(), Browser()]
    pages = [browser.show(link) for browser, link in zip(browsers, links, strict=True)]
    assert newest(journey, ticket).response_state == "open"
    first = browsers[0].press(links[0], pages[0])
    second = browsers[1].press(links[1], pages[1])
    assert (first.status, second.status) == (200, 409)
    assert re.fullmatch(r"Already claimed by Maja Svensson, \d s ago", second.notice)
    again = browsers[0].show(links[0])
    assert browsers[0].press(links[0], again, deed="give back").status == 200
    wait_for(journey, ticket, "open")
