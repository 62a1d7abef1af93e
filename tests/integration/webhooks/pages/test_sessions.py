"""The pod's lanes: each session as it stands, hostile words inert, what is pending ticked by who may, and told to who listens."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from escalation.sessions.steps import NewStep
from models.handoff import claims, feed
from models.sessions import recorded
from tests.integration.webhooks.office import JONAS, MARIA
from tests.integration.webhooks.pages.conftest import Pages

TICKET = 48301


def begun(pages: Pages, *steps: NewStep, member_id: int = JONAS, login: str = "jlind") -> int:
    office, now = pages.office, datetime.now(UTC)
    with office.database.account(office.account_id) as session:
        it = recorded.open_one(
            session, office.account_id, TICKET, member_id=member_id, member=login, client="Claude <b>", key=None, now=now
        )
        assert it is not None
        recorded.add(session, office.account_id, it, steps, member_id=member_id, member=login, key=None, now=now)
    return it


def pod(pages: Pages, member_id: int = MARIA, **more: object) -> str:
    query = "".join(f"&{name}={value}" for name, value in more.items())
    return str(pages.get(f"/pod/ticket/content?ticket={TICKET}{query}", member_id).text)


def test_each_session_has_a_lane_and_nothing_in_it_acts(pages: Pages) -> None:
    bad = "<script>alert(1)</script> [x](javascript:alert(1))"
    waits = NewStep("swap the cable", state="pending")
    begun(pages, NewStep(f"rebooted {bad}", outcome="failed", output=f"{bad}\nError 5"), waits)
    begun(pages, NewStep("checked the firewall's log", outcome="worked"), member_id=MARIA, login="msvensson")
    shown = pod(pages)
    assert shown.count('class="lane"') == 2
    assert "Jonas Lind with Claude ‹b›" in shown
    for words in ("swap the cable", "checked the firewall", "Error 5", "Still to do"):
        assert words in shown, words
    assert "<script" not in shown
    assert shown.count('name="outcome"') == 1


def test_the_page_is_left_alone_until_something_is_recorded(pages: Pages) -> None:
    it = begun(pages, NewStep("rebooted the router"))
    version = re.search(r'&amp;version=([^"&]+)"', pod(pages))
    assert version
    path = f"/pod/ticket/content?ticket={TICKET}&version={version[1]}"
    assert pages.get(path, MARIA).status_code == 204
    office = pages.office
    with office.database.account(office.account_id) as session:
        place = feed.now_at(session, office.account_id, datetime.now(UTC))
        now, steps = datetime.now(UTC), [NewStep("pinged it")]
        recorded.add(session, office.account_id, it, steps, member_id=JONAS, member="jlind", key=None, now=now)
        (move,), _ = feed.since(session, office.account_id, place, now=now)
    assert (move.handoff_id, move.ticket_id) == (None, TICKET)
    assert pages.get(path, MARIA).status_code == 200


def test_what_is_pending_is_a_chip_and_a_senior_says_what_came_of_it(pages: Pages) -> None:
    it = begun(pages, NewStep("compare both ends' lifetimes", state="pending"))
    office = pages.office
    with office.database.account(office.account_id) as session:
        claims.claim(session, office.account_id, pages.made[0], member_id=MARIA, now=datetime.now(UTC), kind="link")
    assert re.search(r'data-chip="compare both ends[^"]+lifetimes"', pod(pages))
    body = {"session": str(it), "number": "1", "outcome": "worked", "note": "3600 and 28800"}
    answer = pages.post(f"/pod/ticket/step?ticket={TICKET}", MARIA, **body)
    assert answer.status_code == 200
    assert "Still to do" not in answer.text
    with office.database.account(office.account_id, reading=True) as session:
        row = recorded.get(session, office.account_id, it)
        assert row is not None
        (one,) = recorded.steps_of(session, row).steps
    held = one.step
    assert (held.state, held.outcome, held.output, held.member) == ("done", "worked", "3600 and 28800", "msvensson")
    for wrong in ({"outcome": "x"}, {"number": "9"}, {"session": "99999"}, {"session": "1" * 40}):
        assert pages.post(f"/pod/ticket/step?ticket={TICKET}", MARIA, **(body | wrong)).status_code == 404, wrong


def test_a_ticket_without_a_handoff_shows_its_sessions_too(pages: Pages) -> None:
    office, now = pages.office, datetime.now(UTC)
    with office.database.account(office.account_id) as session:
        it = recorded.open_one(session, office.account_id, 777, member_id=JONAS, member="jlind", client="c", key=None, now=now)
        assert it is not None
        recorded.add(session, office.account_id, it, [NewStep("pinged it")], member_id=JONAS, member="jlind", key=None, now=now)
    shown = str(pages.get("/pod/ticket/content?ticket=777", JONAS).text)
    assert "No handoff here" in shown
    assert "pinged it" in shown
