"""The pages in a real Chromium: an arrival on screen after the status change, the pod after its handshake, what a page weighs.

    python -m benchmarks.pages [--arrivals 30] [--every 4] [--pods 20] [--latency 0 100] [--database sqlite|postgres]

The whole product runs as `resolutionflow run` does, with its default settings, before a simulated ConnectWise that adds
`--latency` milliseconds to each call. *Arrival*: from the status change, by the simulator's clock, to the frame in which the
browser has drawn the card, by its own; both are this machine's. A ticket every `--every` seconds, so that each finds the
account's calls there. *Pod*: in the simulated ConnectWise's own ticket screen, from its answer to the handshake to the frame
with the handoff. Whoever comes first is proven anew, and the latency of that call to ConnectWise is taken off; afterwards the
proof is remembered, as for five minutes in use. *Weight*: bytes as sent, and first contentful paint.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.callbacks import postgres_in
from models.tables import Member
from tests.browser.screens import POD, open_queue, open_ticket
from tests.journeys.journey import Journey
from worker.demo.chromium import Chromium
from worker.demo.stack import Stack

PROOF = "/system/myMembers/info"
TIMED = """
let proven = 0;
addEventListener("message", (came) => {
  if (typeof came.data === "string" && came.data.includes('"response":"getmemberauthentication"')) proven = performance.now();
});
new MutationObserver((changes, observer) => {
  if (!proven || !document.querySelector("#pod .handoff")) return;
  observer.disconnect();
  requestAnimationFrame(() => (document.documentElement.dataset.took = performance.now() - proven));
}).observe(document, { childList: true, subtree: true });
"""
WEIGHED = """(() => {
  const found = { html: performance.getEntriesByType("navigation")[0].encodedBodySize, js: 0, css: 0, woff2: 0 };
  for (const one of performance.getEntriesByType("resource")) {
    const kind = new URL(one.name).pathname.split(".").pop();
    if (kind in found) found[kind] += one.encodedBodySize;
  }
  return { ...found, paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0 };
})()"""


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="benchmarks.pages", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--arrivals", type=int, default=30, help="for each latency")
    parser.add_argument("--every", type=float, default=4.0, help="seconds between two of them")
    parser.add_argument("--pods", type=int, default=20, help="for each latency")
    parser.add_argument("--latency", type=int, nargs="+", default=[0, 100], help="milliseconds of each call to ConnectWise")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = postgres_in(stack, folder) if options.database == "postgres" else ""
        product = stack.enter_context(Stack(folder / "product", database_url=url))
        journey = Journey(product)
        members = product.look(_people)
        share = len(members) // len(options.latency)
        for place, latency in enumerate(options.latency):
            product.simulator.clear_faults()
            if latency:
                product.simulator.fault(kind="latency", ms=latency, path="/apis/")
            with Chromium() as browser:
                _told(f"arrival, ConnectWise {latency} ms", _arrivals(journey, browser, options.arrivals, options.every), 1000)
            first, again = _pods(journey, options.pods, latency, members[place * share : (place + 1) * share])
            _told(f"pod, proven anew, beyond {latency} ms of ConnectWise's", first, 300)
            _told(f"pod, proof remembered, ConnectWise {latency} ms", again, 300)
        product.simulator.clear_faults()
        with Chromium() as browser:
            _weights(journey, browser)


def _arrivals(journey: Journey, browser: Chromium, count: int, every_s: float) -> list[float]:
    """Return milliseconds from each status change to its card on the screen. Raises `AssertionError` if one never comes."""
    open_queue(journey, browser)
    found = []
    for number in range(count):
        ticket = journey.ticket(f"Arrival {number}, the label printer prints every label twice")
        time.sleep(every_s)
        changed = journey.simulator.change_status(ticket, "Escalated", member="jlind")["at"] * 1000
        at = browser.wait(f"arrived.find(each => each.text.includes('#{ticket}') && each.at)?.at", within_s=60)
        found.append(at - changed)
    return found


def _people(session: Session) -> list[str]:
    """Return the logins of those who may look."""
    return list(session.scalars(select(Member.identifier).where(Member.active, ~Member.is_api).order_by(Member.id)))


def _pods(journey: Journey, count: int, latency: int, members: Sequence[str]) -> tuple[list[float], list[float]]:
    """Return milliseconds from the handshake's end to the pod, for members proven anew and for those remembered."""
    ticket = journey.ticket("Pod, the scanner does not wake up")
    journey.escalate(ticket)
    journey.wait_posted(ticket, within_s=60)
    took: dict[bool, list[float]] = {True: [], False: []}
    for number in range(count):
        journey.simulator.clear_requests()
        with Chromium() as browser:
            browser.before_each(TIMED)
            open_ticket(journey, browser, ticket, members[number % len(members)], until=".handoff")
            ms = float(browser.wait("document.documentElement.dataset.took", frame=POD))
        asked = sum(PROOF in str(request.get("path", "")) for request in journey.simulator.requests())
        took[asked > 0].append(ms - asked * latency)
    return took[True], took[False]


def _weights(journey: Journey, browser: Chromium) -> None:
    open_queue(journey, browser)
    ticket = journey.ticket("Weight, the till freezes on gift receipts")
    journey.escalate(ticket)
    journey.wait_posted(ticket, within_s=60)
    claim = journey.claim_link(ticket, "tobrien").removeprefix(journey.stack.web_url)
    pages = {"queue": "/escalations", "pod": f"/pod/ticket?ticket={ticket}", "analytics": "/analytics/escalations",
             "claim": claim, "sign-in": "/sign-in"}  # fmt: skip
    for name, path in pages.items():
        with Chromium() as fresh:
            fresh.keep_cookie(journey.stack.web_url, "resolutionflow", browser.cookie("resolutionflow"))
            fresh.open(f"{journey.stack.web_url}{path}")
            fresh.wait("location.href !== 'about:blank' && performance.getEntriesByName('first-contentful-paint').length")
            fresh.wait("document.readyState === 'complete' && document.fonts.ready.then(() => 1)")
            found = fresh.run(WEIGHED)
        parts = ", ".join(f"{kind} {found[kind] / 1000:.1f}" for kind in ("html", "js", "css", "woff2"))
        both = (found["js"] + found["css"]) / 1000
        print(f"weight, {name}: {parts} kB; script and style {both:.1f} kB (goal 100); first paint {found['paint']:.0f} ms")


def _told(what: str, values: Sequence[float], goal_ms: int) -> None:
    if not values:
        print(f"{what}: none")
        return
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    print(
        f"{what}: {len(values)}, p50 {statistics.median(ordered):.0f} ms, p95 {p95:.0f} ms, at most {ordered[-1]:.0f} ms "
        f"(goal for p95 {goal_ms}: {'met' if p95 < goal_ms else 'missed'})",
        flush=True,
    )


if __name__ == "__main__":
    main()
