"""The pod inside ConnectWise's own page, as the simulator plays it: the handshake, the claim, the first action, the end of a
session, a page of another origin. The whole product runs: web, streams, worker, broker, simulated ConnectWise.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from models.account import accounts
from models.tables import Account
from tests.browser.conftest import PICTURES
from tests.journeys.journey import QUICK, Journey
from worker.demo.chromium import Chromium
from worker.demo.stack import Stack

POD = "/pod/ticket"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("browser"), environment=QUICK, supervised=True) as running:
        yield running


@pytest.fixture
def journey(product: Stack) -> Iterator[Journey]:
    made = Journey(product)
    yield made
    for ticket in made.tickets:
        made.simulator.close(ticket, member="jlind")


def _key(stack: Stack) -> str:
    found = stack.look(lambda session: session.get(Account, stack.account_id).page_key)
    return str(found)


def _screen(stack: Stack, ticket: int, member: str) -> str:
    page = "v4_6_release/services/system_io/Service/fv_sr100_request.rails"
    return f"{stack.simulator.url}/{page}?service_recid={ticket}&member={member}"


def _opened(journey: Journey, browser: Chromium, ticket: int, member: str = "msvensson") -> None:
    browser.size(1400, 1000)
    browser.open(_screen(journey.stack, ticket, member))
    browser.wait("document.querySelector('#pod')", frame=POD, within_s=30)


def _says(browser: Chromium, words: str, within_s: float = 20.0) -> None:
    browser.wait(f"document.body.innerText.includes({json.dumps(words)})", frame=POD, within_s=within_s)


def test_from_the_handshake_to_the_first_action(journey: Journey, browser: Chromium) -> None:
    ticket = journey.ticket()
    journey.escalate(ticket)
    journey.wait_posted(ticket)
    _opened(journey, browser, ticket)
    _says(browser, "Changed the toner")
    _says(browser, "Start here")
    browser.picture(PICTURES / "in-connectwise.png")
    assert browser.run("document.querySelector('iframe.pod').dataset.onload") == "success", "every event is acknowledged"
    browser.run("document.querySelector('#save').click()")
    browser.wait("document.querySelector('iframe.pod').dataset.beforesave === 'success'")
    assert browser.run_in(POD, "getComputedStyle(document.querySelector('.start .main')).minHeight") == "44px"

    browser.run_in(POD, "document.querySelector('.start .main').click()")
    _says(browser, "I start with")
    browser.picture(PICTURES / "in-connectwise-claimed.png")
    browser.run_in(POD, "document.querySelector('textarea').value = 'the fuser'; document.querySelector('.back .main').click()")
    _says(browser, "I start with the fuser")
    journey.wait(lambda: "I start with the fuser" in journey.briefs(ticket)[0]["text"], "the brief does not say so")
    journey.wait(lambda: journey.simulator.ticket(ticket).get("owner", {}).get("identifier") == "msvensson", "no owner")

    time.sleep(1.1)  # ConnectWise dates notes to the second: one in the second of the claim may be from before it
    journey.simulator.add_note(ticket, "Replaced the fuser, prints again.", member="msvensson")
    browser.wait("document.querySelector('.handoff.begun summary')", frame=POD, within_s=40)
    browser.picture(PICTURES / "in-connectwise-begun.png")
    assert not browser.run_in(POD, "document.querySelector('.context').open")
    browser.run_in(POD, "document.querySelector('.context summary').click()")
    assert browser.run_in(POD, "document.querySelector('.context').open")
    browser.run_in(POD, "document.querySelector('.context summary').focus()")
    browser.run_in(POD, "document.querySelector('.context summary')"
                        ".dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}))")  # fmt: skip
    assert not browser.run_in(POD, "document.querySelector('.context').open")


def test_somebody_else_sees_at_once_who_has_it(journey: Journey, browser: Chromium) -> None:
    ticket = journey.ticket()
    journey.escalate(ticket)
    journey.wait_posted(ticket)
    _opened(journey, browser, ticket, member="tobrien")
    _says(browser, "Start here")
    journey.claim_by_link(ticket, "msvensson")
    _says(browser, "Maja Svensson has it", within_s=5)


def test_a_ticket_without_a_handoff_says_so_and_shows_it_when_it_comes(journey: Journey, browser: Chromium) -> None:
    ticket = journey.ticket()
    _opened(journey, browser, ticket)
    _says(browser, "No handoff here")
    browser.picture(PICTURES / "in-connectwise-none.png")
    journey.escalate(ticket)
    _says(browser, "Changed the toner", within_s=30)


def test_a_session_that_ran_out_is_proven_again_and_nothing_is_lost(journey: Journey, browser: Chromium) -> None:
    ticket = journey.ticket()
    journey.escalate(ticket)
    journey.wait_posted(ticket)
    _opened(journey, browser, ticket)
    _says(browser, "Start here")
    account_id, database = journey.stack.account_id, journey.stack.services.database
    with database.account(account_id) as session:
        epoch = session.get(Account, account_id)
        assert epoch is not None
        accounts.set_account(session, account_id, token_epoch=epoch.token_epoch + 1)
    browser.run_in(POD, "document.querySelector('.start .main').click()")
    _says(browser, "I start with")
    assert journey.handoffs(ticket)[0].response_state == "claimed"


def test_a_page_of_another_origin_cannot_show_the_pod_nor_talk_to_it(journey: Journey, browser: Chromium) -> None:
    ticket = journey.ticket()
    journey.escalate(ticket)
    journey.wait_posted(ticket)
    stack = journey.stack
    told = json.dumps({"MessageFrameID": "x"})
    page = (
        f"<!doctype html><iframe src='{stack.web_url}{POD}?account={_key(stack)}'></iframe><script>window.heard = [];"
        f"addEventListener('message', m => heard.push(m.data)); setInterval(() => frames[0].postMessage({told!r}, '*'), 50)"
        "</script>"
    ).encode()

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        browser.open(f"http://127.0.0.1:{server.server_port}/")
        browser.wait("document.querySelector('iframe') && document.readyState === 'complete'")
        time.sleep(1.5)
        assert browser.run("heard") == []
        assert browser.run_in(POD, "document.body && document.body.innerText.includes('Signing in')") in (None, False)
    finally:
        server.shutdown()
        server.server_close()


def test_an_arrival_is_on_the_queue_of_a_browser_soon_after_the_status_change(
    journey: Journey, browser: Chromium, tmp_path: Path
) -> None:
    stack = journey.stack
    services = stack.services
    from worker.process.tokens import Audience

    token = services.passes.tokens.sign(
        Audience.BROWSER, account_id=stack.account_id, member_id=journey.member("msvensson"),
        epoch=services.desk(stack.account_id).token_epoch,
    )  # fmt: skip
    browser.keep_cookie(stack.web_url, "resolutionflow", token)
    browser.open(f"{stack.web_url}/escalations")
    browser.wait("document.querySelector('#cards') && document.readyState === 'complete'")
    took = []
    for _ in range(3):
        ticket = journey.ticket()
        begun = time.monotonic()
        journey.escalate(ticket)
        browser.wait(f"document.querySelector('#cards').textContent.includes('#{ticket}')", within_s=15)
        took.append(time.monotonic() - begun)
    assert sorted(took)[1] < 5, took  # seconds; the machine of the tests does much else
    (PICTURES / "arrivals.txt").write_text(" ".join(f"{each:.2f} s" for each in took) + "\n")
