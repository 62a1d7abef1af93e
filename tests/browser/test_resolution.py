"""The resolution note in the pod, as a technician meets it: drafted, edited without being taken away, posted once."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from models.handoff import claims, handoffs
from models.handoff import resolution_notes as notes
from tests.browser.conftest import AXE, PICTURES, Room
from tests.browser.showroom import STORIES, evidence
from tests.browser.test_axe import FOUND
from tests.integration.webhooks.office import MARIA
from worker.demo.chromium import Chromium

TICKET = 48301
AREA = "document.querySelector('.closing textarea')"


def claimed(room: Room) -> None:
    now, office = datetime.now(UTC), room.office
    with office.database.account(office.account_id) as session:
        claims.claim(session, office.account_id, room.first, member_id=MARIA, now=now, kind="link")
        handoffs.add_snapshot(session, office.account_id, room.first, evidence(*STORIES[0], TICKET), kind="refresh")


def test_a_draft_is_edited_and_posted_from_the_pod(room: Room, browser: Chromium) -> None:
    claimed(room)
    browser.size(420, 900)
    room.open(browser, f"/pod/ticket?ticket={TICKET}", until=".closing button")
    browser.run("document.querySelector('.closing button').click()")
    browser.wait(f"{AREA} && {AREA}.value.includes('**Problem:**')")
    browser.run(AXE.read_text())
    assert browser.run(FOUND) == []
    browser.run(f"{AREA}.scrollIntoView({{block: 'center'}})")
    browser.picture(PICTURES / "resolution-draft.png", whole=True)
    browser.run(f"{AREA}.value += '\\n\\nTold Ellen by phone.'")
    browser.run("document.dispatchEvent(new Event('visibilitychange'))")
    time.sleep(2.5)
    assert browser.run(f"{AREA}.value").endswith("Told Ellen by phone."), "a refresh takes nobody's words"
    browser.run("document.querySelector('.closing form button.main').click()")
    browser.wait("document.querySelector('.closing')?.textContent.includes('Being posted')")
    browser.picture(PICTURES / "resolution-waiting.png", whole=True)
    with room.office.database.account(room.office.account_id, reading=True) as session:
        row = notes.of_handoff(session, room.office.account_id, room.first)
    assert row is not None
    assert (row.form, row.text.endswith("Told Ellen by phone.")) == ("internal", True)
