"""An assistant's steps in the pod as they come: seen without a reload, ticked by a senior, and what they start with."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import Any

from tests.browser.conftest import PICTURES
from tests.browser.screens import POD, open_ticket, pod_says
from tests.journeys.journey import Journey
from worker.demo.chromium import Chromium


def _post(journey: Journey, path: str, body: dict[str, Any], login: str = "jlind") -> dict[str, Any]:
    services, account_id = journey.stack.services, journey.stack.account_id
    epoch = services.desk(account_id).token_epoch
    token = services.passes.api_token(account_id=account_id, member_id=journey.member(login), epoch=epoch)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{journey.stack.web_url}/api/v1/sessions{path}", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def test_steps_come_into_the_pod_and_a_senior_goes_on_with_them(journey: Journey, browser: Chromium) -> None:
    ticket = journey.ticket()
    journey.escalate(ticket)
    journey.wait_posted(ticket)
    open_ticket(journey, browser, ticket)
    pod_says(browser, "Claim this ticket")
    it = _post(journey, "", {"ticket": ticket, "client": "Claude Desktop"})["id"]
    begun = time.monotonic()
    _post(journey, f"/{it}/steps", {"steps": [{"text": "cleaned the drum", "outcome": "no_change", "output": "Error 50.4"}]})
    pod_says(browser, "cleaned the drum", within_s=5)
    assert time.monotonic() - begun < 5
    _post(journey, f"/{it}/steps", {"steps": [{"text": "measure the fuser's heat", "state": "pending"}]})
    pod_says(browser, "measure the fuser", within_s=5)
    browser.picture(PICTURES / "in-connectwise-session.png")
    journey.wait(lambda: "measure the fuser" in journey.briefs(ticket)[0]["text"], "the brief has no pending step")
    browser.run_in(POD, "document.querySelector('.start .main').click()")
    pod_says(browser, "I start with")
    browser.wait("[...document.querySelectorAll('.chip')].some(one => one.textContent.includes('measure the fuser'))", frame=POD)
    number = browser.wait("document.querySelector('.pending [name=number]').value", frame=POD)
    _tick(browser, "9999")
    pod_says(browser, "This step is not here (any more).")
    _tick(browser, number)  # the pod is there still, with what was typed
    browser.wait("!document.querySelector('.pending')", frame=POD)
    pod_says(browser, "measure the fuser")
    browser.wait("document.querySelector('#trouble').hidden", frame=POD)
    journey.wait(lambda: "the fuser's heat: failed" in journey.briefs(ticket)[0]["text"], "the brief does not say so")


def _tick(browser: Chromium, number: str) -> None:
    """Say that the first pending step failed, as if it had that number."""
    for field, value in {"outcome": "failed", "note": "61 degrees", "number": number}.items():
        browser.run_in(POD, f"document.querySelector('.pending [name={field}]').value = '{value}'")
    browser.run_in(POD, "document.querySelector('.pending button').click()")
