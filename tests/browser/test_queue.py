"""The queue in a real browser: arrivals, unread, the race, keyboard, motion, zoom, and what happens to a session."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.browser.conftest import PICTURES, Room
from tests.browser.screens import HELD
from tests.integration.webhooks.office import MARIA, TOM
from worker.demo.chromium import Chromium

COUNT = "document.querySelector('#count').textContent"


def card(handoff_id: int) -> str:
    return f"document.querySelector('#card-{handoff_id}')"


def refresh(browser: Chromium) -> None:
    """Ask for what is new now, as the stream or the clock would."""
    browser.run("htmx.trigger('#list', 'refresh')")


def focused(browser: Chromium) -> str:
    return str(browser.run("document.activeElement.textContent.trim().replace(/\\s+/g, ' ')"))


def test_an_arrival_slides_in_is_said_once_and_counted_in_the_title(room: Room, browser: Chromium) -> None:
    room.open(browser)
    browser.run("window.said = []; new MutationObserver(() => said.push(document.querySelector('#said').textContent))"
                ".observe(document.querySelector('#said'), {childList: true})")  # fmt: skip
    browser.run("document.hasFocus = () => false")
    new = room.office.escalate(48400, minutes_ago=1, summary="Alarm panel offline", company="Moorside", priority="Priority 1")
    browser.wait(f"{card(new)} && {COUNT}.startsWith('7 ')", within_s=15)
    assert browser.run("document.querySelector('#cards').children[2].id") == f"card-{new}", "after the older ones as urgent"
    assert browser.run(f"{card(new)}.classList.contains('arriving')")
    assert browser.run("document.title") == "(1) Escalations"
    for _ in range(3):
        refresh(browser)
        time.sleep(0.2)
    assert browser.run("said") == ["New escalation: Moorside"]
    assert browser.run("document.title") == "(1) Escalations"
    browser.run("delete document.hasFocus; window.dispatchEvent(new Event('focus'))")
    assert browser.run("document.title") == "Escalations"


def test_what_is_there_is_left_alone_with_its_focus(room: Room, browser: Chromium) -> None:
    room.open(browser)
    browser.run(f"window.kept = {card(room.first)}; kept.querySelector('a').focus()")
    room.office.escalate(48400, minutes_ago=5000, summary="Older and as urgent", priority="Priority 1")
    browser.wait(f"{COUNT}.startsWith('7 ')", within_s=15)
    assert browser.run(f"kept === {card(room.first)} && kept.contains(document.activeElement)")


def test_the_race_is_told_properly_in_both_browsers(room: Room, browser: Chromium, other: Chromium) -> None:
    room.open(browser, member_id=MARIA)
    room.open(other, member_id=TOM)
    pick_up = f"{card(room.first)}.querySelector('.main').click()"
    browser.run(pick_up)
    browser.wait(f"{card(room.first)}.textContent.includes('You have it')")
    other.run(pick_up)
    other.wait(f"/Already claimed by Maria Svensson, \\d+ s ago/.test({card(room.first)}?.textContent)")
    other.picture(PICTURES / "race-lost.png")
    other.wait(f"!{card(room.first)}", within_s=5)
    assert other.run(COUNT) == "5 escalations waiting"
    assert room.office.row(room.first).claimed_by == MARIA
    refresh(other)
    time.sleep(0.5)
    assert other.run(f"!{card(room.first)}"), "gone is gone"


def test_whoever_only_looks_on_reads_the_winner_for_a_second(room: Room, browser: Chromium) -> None:
    room.open(browser, member_id=TOM)
    room.office.api("POST", f"/handoffs/{room.first}/claim", MARIA)
    refresh(browser)
    browser.wait(f"({card(room.first)} || {{}}).textContent?.includes('Maria Svensson has it')")
    browser.wait(f"!{card(room.first)}", within_s=5)


def test_the_dot_goes_when_it_is_opened_and_not_by_hovering(room: Room, browser: Chromium) -> None:
    room.open(browser)
    dots = "document.querySelectorAll('.one.unread').length"
    assert browser.run(dots) == 6
    assert browser.run(f"getComputedStyle({card(room.first)}.querySelector('.dot')).width") == "6px"
    browser.run(f"{card(room.first)}.dispatchEvent(new MouseEvent('mouseover', {{bubbles: true}}))")
    refresh(browser)
    time.sleep(0.5)
    assert browser.run(dots) == 6
    browser.run(f"{card(room.first)}.querySelector('a').click()")
    browser.wait("document.querySelector('#detail .handoff')")
    assert browser.run(dots) == 5
    room.open(browser)
    assert browser.run(dots) == 5


def test_everything_can_be_done_by_keyboard(room: Room, browser: Chromium) -> None:
    room.open(browser)
    browser.run("document.querySelector('#q').focus()")
    browser.press("Tab")
    assert focused(browser).endswith("CaseFile freezes and then says server not available")
    browser.press("Enter")
    browser.wait("document.querySelector('#detail .handoff')")
    browser.wait("document.activeElement.id === 'detail'")
    browser.press("Escape")
    browser.wait("!document.querySelector('#detail .handoff')")
    assert focused(browser).endswith("CaseFile freezes and then says server not available"), "back where one was"
    browser.press("Tab")
    assert focused(browser) == "#48301: Dismiss"
    browser.press("Tab")
    assert focused(browser) == "Claim #48301"
    browser.press("Enter")
    browser.wait(f"{card(room.first)}.textContent.includes('You have it')")
    assert browser.run(f"{card(room.first)}.contains(document.activeElement)"), "the focus stays with the card"


def test_a_dismissal_asks_why_and_escape_leaves_it(room: Room, browser: Chromium) -> None:
    room.open(browser)
    browser.run(f"{card(room.first)}.querySelector('[data-dismiss]').click()")
    browser.wait("document.querySelector('dialog[open]')")
    browser.picture(PICTURES / "dismiss.png")
    browser.press("Escape")
    browser.wait("!document.querySelector('dialog[open]')")
    assert room.office.row(room.first).response_state == "open"
    browser.run(f"{card(room.first)}.querySelector('[data-dismiss]').click()")
    browser.run("document.querySelector('#reason').value = 'solved by phone'; document.querySelector('dialog .main').click()")
    browser.wait(f"!{card(room.first)} && !document.querySelector('dialog[open]')")
    assert room.office.row(room.first).end_reason == "dismissed by Maria Svensson: solved by phone"


def test_what_moves_while_a_press_is_on_its_way_does_not_take_its_answer_away(room: Room, browser: Chromium) -> None:
    browser.before_each(HELD)
    room.open(browser, member_id=TOM)
    browser.run(f"holds = 'POST'; {card(room.first)}.querySelector('.main').click()")
    browser.wait("held.length")
    room.office.api("POST", f"/handoffs/{room.first}/claim", MARIA)
    browser.run("document.addEventListener('htmx:afterRequest', () => window.came = true); htmx.trigger('#list', 'refresh')")
    browser.wait("window.came")
    browser.run("letGo()")
    browser.wait(f"/Already claimed by Maria Svensson, \\d+ s ago/.test({card(room.first)}?.textContent)")
    assert browser.run("document.querySelectorAll('#count').length") == 1, "the list came into its own place"
    browser.wait(f"!{card(room.first)}", within_s=5)


@pytest.mark.parametrize("first", ["the look's answer", "the deed's answer"])
def test_a_look_that_was_asked_for_before_a_deed_does_not_take_its_answer_away(
    room: Room, browser: Chromium, first: str
) -> None:
    opened = room.first + 1
    into = "{source: '#detail', target: '#detail'}"
    look = f"htmx.ajax('GET', '/escalations/{opened}/brief', {into}).then(() => window.looked = true)"
    browser.before_each(HELD)
    room.open(browser, f"/escalations?open={opened}", TOM)
    press = "document.querySelector('#detail .start .main').click()"
    if first == "the look's answer":
        browser.run(f"holds = 'POST'; {press}")
        browser.wait("held.length")
        room.office.api("POST", f"/handoffs/{opened}/claim", MARIA)
        browser.run(f"{look}; 0")
        browser.wait("window.looked")
        browser.run("letGo()")
    else:
        browser.run(f"holds = 'GET'; {look}; 0")
        browser.wait("held.length")
        room.office.api("POST", f"/handoffs/{opened}/claim", MARIA)
        browser.run(f"holds = ''; {press}")
        browser.wait("document.querySelector('#detail').textContent.includes('Already claimed')")
        browser.run("letGo()")
        browser.wait("window.looked")
    browser.wait("/Already claimed by Maria Svensson, \\d+ s ago/.test(document.querySelector('#detail').textContent)")


def test_filters_and_search_change_the_list_without_a_fuss(room: Room, browser: Chromium) -> None:
    room.open(browser)
    browser.run("document.querySelector('#q').focus(); document.execCommand('insertText', false, 'gift receipts')")
    browser.wait("document.querySelectorAll('.one').length === 1")
    assert not browser.run("document.querySelector('.arriving')")
    assert browser.run("document.querySelector('#said').textContent") == ""
    browser.run("document.querySelector('#q').value = 'nothing at all'; htmx.trigger('#filters', 'change')")
    browser.wait("document.querySelector('[data-reset]')")
    browser.run("document.querySelector('[data-reset]').click()")
    browser.wait("document.querySelectorAll('.one').length === 6")
    browser.run("document.querySelector('[value=mine]').click()")
    browser.wait("document.querySelector('.one.yours') && !document.querySelector('.one.open')")


def test_with_reduced_motion_nothing_moves(room: Room, browser: Chromium) -> None:
    browser.prefer(calm=True)
    room.open(browser)
    new = room.office.escalate(48400, minutes_ago=1, summary="Alarm panel offline", priority="Priority 1")
    refresh(browser)
    browser.wait(card(new))
    assert browser.run(f"getComputedStyle({card(new)}).animationDuration") == "0s"
    browser.prefer()
    assert browser.run(f"getComputedStyle({card(new)}).animationDuration") == "0.2s"


def test_no_width_and_no_zoom_makes_one_scroll_sideways(room: Room, browser: Chromium) -> None:
    for path in ("/escalations", f"/escalations?open={room.first}", "/pod/ticket?ticket=48301", "/analytics/escalations"):
        for width, zoom in ((320, 1), (400, 1), (600, 1), (1280, 2), (1280, 1), (2560, 1)):
            browser.size(width, 900, zoom=zoom)
            room.open(browser, path, until="main > *")
            wide = browser.run("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
            assert wide[0] <= wide[1], (path, width, zoom, wide)
            assert float(browser.run("getComputedStyle(document.body).fontSize")[:-2]) >= 15


def test_a_session_that_has_ended_leads_back_to_the_door(room: Room, browser: Chromium) -> None:
    room.open(browser)
    assert browser.run("document.body.innerText.includes('Bright & Rowe')")
    room.office.set(token_epoch=2)
    refresh(browser)
    browser.wait("document.querySelector('#door') && document.body.innerText.includes('Send me a link')")
    assert not browser.run("document.body.innerText.includes('Bright & Rowe')")


def test_signing_out_takes_the_session_out_of_the_browser(room: Room, browser: Chromium) -> None:
    room.open(browser)
    assert browser.run("document.querySelector('.who').textContent").startswith("Signed in as Maria Svensson.")
    browser.run("document.querySelector('[data-sign-out]').click()")
    browser.wait("document.querySelector('#door')")
    browser.open(f"{room.origin}/analytics/escalations")
    browser.wait("location.pathname.startsWith('/analytics') && document.querySelector('#door')")


class _Page(BaseHTTPRequestHandler):
    """A page of somebody else, which forbids itself nothing."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<p id=elsewhere>elsewhere")

    def log_message(self, *_: object) -> None: ...


@contextmanager
def _elsewhere() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


def test_a_script_of_another_site_can_neither_read_nor_press(room: Room, browser: Chromium) -> None:
    room.open(browser)
    read = f"fetch('{room.origin}/escalations/cards', {{credentials: 'include'}}).then(a => a.status, () => 'refused')"
    assert browser.run(read) == 200, "our own page may"
    with _elsewhere() as there:
        browser.open(there)
        browser.wait("document.querySelector('#elsewhere')")
        assert browser.run(read) == "refused"
        press = f"{room.origin}/escalations/{room.first}/claim"
        browser.run(f"document.body.innerHTML = `<form method=post action='{press}'>`; document.forms[0].submit(); 1")
        browser.wait(f"location.href.startsWith('{room.origin}') && document.readyState === 'complete'")  # it was sent
    assert room.office.row(room.first).response_state == "open"
