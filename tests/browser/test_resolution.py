"""How it ended, in the pod: the note drafted, edited without being taken away, posted once; then a runbook saved."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

from escalation.evidence import Note, Person
from models.handoff import claims, endings, handoffs
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
        said = evidence(*STORIES[0], TICKET)
        fix = Note(900, "Set the lifetime to 28800 on both ends.", Person("Maria", "engineer", "msvensson"), now, "resolution")
        handoffs.add_snapshot(session, office.account_id, room.first, replace(said, notes=(*said.notes, fix)), kind="refresh")
        endings.store(
            session, office.account_id, room.first, at=now, domain="network", fix="x", reach="senior", reach_word="vpn",
            alike=[{"ticket_id": 47990, "closed_at": "2026-02-03T09:00:00+00:00"}],
        )  # fmt: skip


def test_a_draft_is_edited_and_posted_from_the_pod_and_a_runbook_saved(room: Room, browser: Chromium) -> None:
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
    assert "The same thing mended ticket #47990" in browser.run("document.body.textContent")
    browser.run("document.querySelector('form[action$=\"/runbook\"] button').click()")
    browser.wait("document.body.textContent.match(/as runbook 1, version 1|Runbook 1 has what/) && true")
    browser.run("document.dispatchEvent(new Event('visibilitychange'))")
    browser.wait("document.body.textContent.includes('Runbook 1 has what mended it')")
    assert browser.run("document.querySelectorAll('.closing').length") == 2
    browser.picture(PICTURES / "resolution-runbook.png", whole=True)
    with room.office.database.account(room.office.account_id, reading=True) as session:
        row = notes.of_handoff(session, room.office.account_id, room.first)
    assert row is not None
    assert (row.form, row.text.endswith("Told Ellen by phone.")) == ("internal", True)
