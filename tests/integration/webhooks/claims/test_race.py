"""Fifty at once want the same ticket, by link and by API: one gets it, and all others read who."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from models.account.people import MemberRow
from models.database.sessions import Database
from models.handoff import handoffs
from tests.integration.webhooks.office import form_of, open_office

CALLERS = 50
CLAIMERS = [MemberRow(500 + n, f"senior{n}", f"Senior Number {n}", None) for n in range(CALLERS)]


def test_one_of_fifty_wins_and_the_others_are_told_who(database: Database, tmp_path: Path) -> None:
    office = open_office(database, tmp_path)
    office.people(CLAIMERS, *(member.identifier for member in CLAIMERS))
    barrier = threading.Barrier(CALLERS, timeout=30)
    answers: dict[int, tuple[int, str]] = {}

    def race(member_id: int, send: Callable[[], Any]) -> None:
        barrier.wait()
        answer = send()
        while answer.status_code == 503:  # a crowded machine; the answer says to try again
            answer = send()
        answers[member_id] = answer.status_code, answer.text

    def by_link(member_id: int) -> Callable[[], Any]:
        browser, link = office.browser(), office.link(member_id)
        form = form_of(browser.get(link).text)
        return lambda: browser.post(link, data={"form": form, "deed": "claim"})

    def by_api(member_id: int) -> Callable[[], Any]:
        headers, browser = office.token(member_id), office.browser()
        return lambda: browser.post(f"/api/v1/handoffs/{office.handoff_id}/claim", headers=headers)

    ready = [(by_link if n % 2 else by_api)(member.id) for n, member in enumerate(CLAIMERS)]
    threads = [
        threading.Thread(target=race, args=(member.id, send)) for member, send in zip(CLAIMERS, ready, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(status for status, _ in answers.values()) == [200] + [409] * (CALLERS - 1)
    winner = next(member_id for member_id, (status, _) in answers.items() if status == 200)
    assert office.row().claimed_by == winner
    name = f"Senior Number {winner - 500}"
    for member_id, (status, text) in answers.items():
        if status == 409 and member_id % 2:
            assert re.search(rf"Already claimed by {name}, \d+ s ago", text)
        else:
            assert f'"name":"{name}"' in text or f"You have it, {name}." in text
    with database.account(office.account_id) as session:
        moves = handoffs.transitions(session, office.account_id, office.handoff_id)
    assert [move.to_state for move in moves if move.machine == "response"] == ["open", "claimed"]
    office.app.extensions["resolutionflow"].dispose()
