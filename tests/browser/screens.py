"""Where members look in a running product: a ticket's screen in the simulated ConnectWise, the queue in a browser."""

from __future__ import annotations

import json

from models.tables import Account
from tests.journeys.journey import Journey
from worker.demo.chromium import Chromium
from worker.demo.stack import Stack
from worker.process.tokens import Audience

POD = "/pod/ticket"
WATCHED = """
window.arrived = []; window.said = []; window.streams = []; window.told = [];
const ask = window.fetch;
window.fetch = async (url, given) => {
  const answer = await ask(url, given);
  if (!String(url).endsWith("/escalations/stream")) return answer;
  const one = { from: given.headers["Last-Event-ID"] || "", status: answer.status, events: [] };
  streams.push(one);
  if (!answer.ok) return answer;
  const [theirs, ours] = answer.body.tee();
  (async () => {
    const reader = ours.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = ""; ;) {
      const { value, done } = await reader.read();
      if (done) return;
      const blocks = (text + value).split("\\n\\n");
      text = blocks.pop();
      for (const block of blocks) if (block.includes("data:")) one.events.push(block);
    }
  })().catch(() => {});
  return new Response(theirs, answer);
};
new MutationObserver((changes) => {
  for (const change of changes) {
    if (change.target.id === "said" && change.target.textContent) said.push(change.target.textContent);
    for (const node of change.addedNodes) {
      if (!node.classList?.contains("arriving")) continue;
      const one = { card: node.id, text: node.textContent, at: 0 };
      arrived.push(one);
      requestAnimationFrame(() => (one.at = Date.now()));
    }
  }
}).observe(document, { childList: true, subtree: true });
"""
"""Keeps in the page what arrived as a new card and when, what was read aloud, and what each stream was asked and told."""

HELD = """
const { open, send } = XMLHttpRequest.prototype;
window.held = [];
window.letGo = () => held.splice(0).forEach((go) => go());
XMLHttpRequest.prototype.open = function (verb, ...rest) {
  this.verb = verb.toUpperCase();
  return open.call(this, verb, ...rest);
};
XMLHttpRequest.prototype.send = function (body) {
  window.holds?.includes(this.verb) ? held.push(() => send.call(this, body)) : send.call(this, body);
};
"""
"""Holds what the page asks for with a verb that stands in `holds`, in `held`, until `letGo()`."""


def page_key(stack: Stack) -> str:
    """Return what names the account in its pages' addresses."""
    return str(stack.look(lambda session: session.get(Account, stack.account_id).page_key))


def open_ticket(journey: Journey, browser: Chromium, ticket: int, member: str = "msvensson", *, until: str = "#pod") -> None:
    """Open a ticket's screen as a member, and wait until its pod is there."""
    page = "v4_6_release/services/system_io/Service/fv_sr100_request.rails"
    browser.size(1400, 1000)
    browser.open(f"{journey.stack.simulator.url}/{page}?service_recid={ticket}&member={member}")
    browser.wait(f"document.querySelector({json.dumps(until)})", frame=POD, within_s=30)


def pod_says(browser: Chromium, words: str, within_s: float = 20.0) -> None:
    """Wait until the pod shows some words."""
    browser.wait(f"document.body && document.body.innerText.includes({json.dumps(words)})", frame=POD, within_s=within_s)


def press_in_pod(browser: Chromium, what: str) -> None:
    """Press what a selector names in the pod."""
    browser.run_in(POD, f"document.querySelector({json.dumps(what)}).click()")


def open_queue(journey: Journey, browser: Chromium, login: str = "msvensson", *, token: str = "") -> None:
    """Open the queue outside ConnectWise as a member, by a cookie made for them; wait until its stream is open."""
    stack = journey.stack
    token = token or stack.services.passes.tokens.sign(
        Audience.BROWSER, account_id=stack.account_id, member_id=journey.member(login),
        epoch=stack.services.desk(stack.account_id).token_epoch,
    )  # fmt: skip
    browser.size(1280, 900)
    browser.keep_cookie(stack.web_url, "resolutionflow", token)
    browser.before_each(WATCHED)
    browser.open(f"{stack.web_url}/escalations")
    browser.wait(f"location.href.startsWith('{stack.web_url}') && document.querySelector('#cards') && window.htmx && 1")
    wait_for_stream(browser)


def streams(browser: Chromium) -> int:
    """Return how many streams were opened so far."""
    return int(browser.run("streams.filter(each => each.status === 200).length"))


def wait_for_stream(browser: Chromium, number: int = 1, within_s: float = 30.0) -> None:
    """Wait until the page listens to its nth stream."""
    browser.wait(f"streams.filter(each => each.status === 200 && each.events.length).length >= {number}", within_s=within_s)


def card(ticket: int) -> str:
    """Return the script for a ticket's card in the queue."""
    return f"[...document.querySelectorAll('.one')].find(each => each.textContent.includes('#{ticket}'))"
