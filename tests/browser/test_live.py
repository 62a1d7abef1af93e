"""What stays right while things break: streams killed, a deploy, sessions that end, two seniors at once, in real browsers.

The whole product runs. Nothing may be lost and nothing come twice: each arrival is counted in the page, from before its own
scripts ran to the end.
"""

from __future__ import annotations

import time
from collections import Counter

import pytest

from models.account import accounts
from models.tables import Account, Member
from tests.browser.conftest import PICTURES
from tests.browser.screens import (
    HELD,
    POD,
    card,
    open_queue,
    open_ticket,
    pod_says,
    press_in_pod,
    streams,
    wait_for_stream,
)
from tests.hostile.knock import Ask, Knocker
from tests.journeys.journey import Journey
from worker.demo.chromium import Chromium
from worker.process import tokens
from worker.process.tokens import Audience


def _arrivals(browser: Chromium, tickets: list[int]) -> Counter[int]:
    """Return how often each ticket slid in."""
    texts = browser.run("arrived.map(each => each.text)")
    return Counter({ticket: sum(f"#{ticket}" in text for text in texts) for ticket in tickets})


def _wait_for_all(journey: Journey, browser: Chromium, tickets: list[int]) -> None:
    """Wait until each ticket's card is there, and for whatever else might still come of it."""
    for ticket in tickets:
        journey.wait_posted(ticket, within_s=60)
        browser.wait(card(ticket), within_s=60)
    time.sleep(1.5)


def _once_each(browser: Chromium, tickets: list[int]) -> None:
    assert _arrivals(browser, tickets) == Counter(dict.fromkeys(tickets, 1))
    there = browser.run("[...document.querySelectorAll('.one')].map(each => each.id)")
    assert len(there) == len(set(there)), "a card stands there twice"


def _new_epoch(journey: Journey) -> None:
    """Take back every session of the account, as `account token --revoke` does."""
    account_id, database = journey.stack.account_id, journey.stack.services.database
    with database.account(account_id) as session:
        account = session.get(Account, account_id)
        assert account is not None
        accounts.set_account(session, account_id, token_epoch=account.token_epoch + 1)


def _give_back(journey: Journey, ticket: int, login: str) -> None:
    """Give a claim back through the API."""
    stack, handoff = journey.stack, journey.handoffs(ticket)[0]
    token = stack.services.passes.api_token(
        account_id=stack.account_id, member_id=journey.member(login), epoch=stack.services.desk(stack.account_id).token_epoch
    )
    knocker = Knocker(stack.web_url)
    answer = knocker.ask(Ask("POST", f"/api/v1/handoffs/{handoff.id}/release", headers={"Authorization": f"Bearer {token}"}))
    assert answer.status == 200, answer.text


def test_the_streams_are_killed_and_nothing_is_lost_nor_comes_twice(journey: Journey, browser: Chromium) -> None:
    open_queue(journey, browser)
    tickets = [journey.ticket()]
    journey.escalate(tickets[0])
    browser.wait(card(tickets[0]), within_s=15)
    for _ in range(2):
        opened = streams(browser)
        journey.stack.part("streams").kill()
        tickets += [journey.ticket(), journey.ticket()]
        journey.escalate(tickets[-2])
        journey.escalate(tickets[-1])
        wait_for_stream(browser, opened + 1)
        _wait_for_all(journey, browser, tickets)
    again = browser.run("streams.filter(each => each.status === 200).slice(1)")
    assert all(each["from"] for each in again), "it says where it was"
    tickets.append(journey.ticket())
    begun = time.monotonic()
    journey.escalate(tickets[-1])
    browser.wait(card(tickets[-1]), within_s=15)
    assert time.monotonic() - begun < 8, "by the stream, before anybody would have asked"
    _wait_for_all(journey, browser, tickets)
    _once_each(browser, tickets)


def test_a_deploy_under_an_open_queue_loses_nothing_and_says_what_happens(journey: Journey, browser: Chromium) -> None:
    open_queue(journey, browser)
    tickets = [journey.ticket()]
    journey.escalate(tickets[0])
    _wait_for_all(journey, browser, tickets)
    web, listening = journey.stack.part("web"), journey.stack.part("streams")
    opened, starts = streams(browser), (web.starts, listening.starts)
    web.stop()
    listening.stop()
    journey.wait(lambda: not web.alive() or web.starts > starts[0], "the web did not go")
    tickets.append(journey.ticket())
    journey.escalate(tickets[1])
    browser.run(f"{card(tickets[0])}.querySelector('.main').click()")
    browser.wait("!document.querySelector('#trouble').hidden || document.querySelector('.one.yours')", within_s=30)
    browser.picture(PICTURES / "deploy.png")
    journey.wait(lambda: web.starts > starts[0] and listening.starts > starts[1], "nothing was started again", 40)
    wait_for_stream(browser, opened + 1, within_s=60)
    tickets.append(journey.ticket())
    journey.escalate(tickets[2])
    _wait_for_all(journey, browser, tickets)
    browser.run(f"{card(tickets[0])}?.querySelector('.main')?.click()")
    browser.wait(f"{card(tickets[0])}.textContent.includes('You have it')")
    assert browser.run("document.querySelector('#trouble').hidden"), "it is over, and nobody is told otherwise"
    _once_each(browser, tickets)


def test_a_session_that_is_taken_back_under_an_open_stream_is_proven_again(journey: Journey, browser: Chromium) -> None:
    ticket = journey.ticket()
    journey.escalate(ticket)
    journey.wait_posted(ticket)
    open_ticket(journey, browser, ticket, "tobrien")
    pod_says(browser, "Claim this ticket")
    _new_epoch(journey)
    journey.claim_by_link(ticket, "msvensson")
    pod_says(browser, "Maja Svensson has it", within_s=15)
    started = journey.stack.part("streams").starts
    journey.stack.part("streams").kill()
    journey.wait(lambda: journey.stack.part("streams").starts > started, "no streams", 30)
    _give_back(journey, ticket, "msvensson")
    browser.wait("document.querySelector('.start.open')", frame=POD, within_s=30)


def test_whoever_may_not_look_any_more_is_told_so_and_reads_nothing_on(journey: Journey, browser: Chromium) -> None:
    ticket = journey.ticket()
    journey.escalate(ticket)
    journey.wait_posted(ticket)
    open_ticket(journey, browser, ticket, "tobrien")
    pod_says(browser, "Claim this ticket")
    pod_says(browser, "Changed the toner")
    with journey.stack.services.database.account(journey.stack.account_id) as session:
        left = session.get(Member, (journey.stack.account_id, journey.member("tobrien")))
        assert left is not None
        left.active = False
    try:
        press_in_pod(browser, ".start .main")
        pod_says(browser, "not an active member")
        assert not browser.run_in(POD, "document.body.innerText.includes('Changed the toner')")
        browser.picture(PICTURES / "not-any-more.png")
    finally:
        with journey.stack.services.database.account(journey.stack.account_id) as session:
            back = session.get(Member, (journey.stack.account_id, journey.member("tobrien")))
            assert back is not None
            back.active = True
    assert journey.handoffs(ticket)[0].response_state == "open"


def test_a_cookie_that_runs_out_under_an_open_stream_leads_to_the_door(
    journey: Journey, browser: Chromium, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = journey.ticket()
    journey.escalate(ticket)
    journey.wait_posted(ticket)
    monkeypatch.setitem(tokens.LIFETIME_S, Audience.BROWSER, 6)
    open_queue(journey, browser)
    assert browser.run(f"{card(ticket)}.textContent.includes('Printer')")
    browser.wait("document.querySelector('#door') && document.body.innerText.includes('Send me a link')", within_s=30)
    assert not browser.run("document.body.innerText.includes('Printer')")


def test_handed_off_by_hand_in_one_browser_it_arrives_in_the_others_queue(
    journey: Journey, browser: Chromium, other: Chromium
) -> None:
    open_queue(journey, other, "msvensson")
    ticket = journey.ticket("Label printer in the warehouse prints every label twice")
    open_ticket(journey, browser, ticket, "jlind")
    pod_says(browser, "No handoff here")
    press_in_pod(browser, ".none .main")
    pod_says(browser, "Jonas Lind asked for it")
    browser.picture(PICTURES / "hand-off-now.png")
    other.wait(card(ticket), within_s=30)
    pod_says(browser, "Changed the toner", within_s=30)
    assert _arrivals(other, [ticket]) == Counter({ticket: 1})
    assert other.run(f"{card(ticket)}.textContent.includes('from Jonas Lind')")
    other.picture(PICTURES / "hand-off-now-arrived.png")
    other.run(f"{card(ticket)}.querySelector('.main').click()")
    other.wait(f"{card(ticket)}.textContent.includes('You have it')")
    pod_says(browser, "Maja Svensson has it", within_s=10)
    browser.picture(PICTURES / "hand-off-now-taken.png")


def test_of_two_who_press_at_once_one_has_it_and_the_other_reads_who(
    journey: Journey, browser: Chromium, other: Chromium
) -> None:
    tickets = [journey.ticket(f"Scanner {number} does not wake up") for number in range(4)]
    both = {"Maja Svensson": browser, "Tom O'Brien": other}
    for each, login in ((browser, "msvensson"), (other, "tobrien")):
        each.before_each(HELD)
        open_queue(journey, each, login)
    for ticket in tickets:
        journey.escalate(ticket)
    for ticket in tickets:
        told = f"{card(ticket)}?.textContent"
        for each in both.values():
            each.wait(card(ticket), within_s=30)
            each.run(
                f"end = ''; clearInterval(window.looks); holds = 'GET POST'; {card(ticket)}.querySelector('.main').click();"
                f"looks = setInterval(() => end ||= /You have it|Already claimed by .*? ago/.exec({told} || '')?.[0] || '', 20)"
            )
            each.wait("held.length", within_s=10)
        for each in both.values():
            each.run("holds = ''; letGo()")
        ends = {name: each.wait("end") for name, each in both.items()}
        assert sorted(said[:8] for said in ends.values()) == ["Already ", "You have"], ends
        has_it = next(name for name, said in ends.items() if said == "You have it")
        assert journey.handoffs(ticket)[0].claimed_by == journey.member({"Maja": "msvensson"}.get(has_it.split()[0], "tobrien"))
        lost = next(said for name, said in ends.items() if name != has_it)
        assert lost.startswith(f"Already claimed by {has_it}, "), ends
