"""One account in trouble leaves the others' times alone: 1,000 escalations at once, or a ConnectWise that hangs.

    python -m tests.storm.fairness [--database sqlite|postgresql] [--flood 1000] [--samples 12]

Rate limits and time-outs are production's. For each case the other account's time from status change to note stands
beside the same without trouble. What is left of the flood is not waited for: at five calls a second it takes half an hour.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from models import handoffs
from tests.storm.rig import Msp, Rig, rig, say
from worker.logs import set_up
from worker.settings import Intervals

USUAL = {
    f"RESOLUTIONFLOW_{name.upper()}": f"{getattr(Intervals(), name):g}"
    for name in ("lease", "post_timeout", "read_timeout", "connect_timeout", "patience", "sweep", "poll", "retry_cap")
} | {"RESOLUTIONFLOW_CALLS_PER_SECOND": "5", "RESOLUTIONFLOW_BURST": "30", "RESOLUTIONFLOW_IN_FLIGHT": "10"}
GAP_S = 2.5
"""Ten calls at five a second and a little: the bucket of the account that is measured stays full."""
GIVEN_UP_S = 60.0


@dataclass(frozen=True, slots=True)
class Times:
    """From status change to note in seconds."""

    median: float
    p95: float
    missing: int

    def __str__(self) -> str:
        return f"p50 {self.median * 1000:5.0f} ms  p95 {self.p95 * 1000:5.0f} ms  missing {self.missing}"


def measure(rig: Rig, msp: Msp, samples: int, gap_s: float = GAP_S) -> Times:
    """Escalate now and then in one account and return how long its briefs took."""
    sent: list[tuple[int, float]] = []
    for _ in range(samples):
        ticket = rig.ticket(msp)
        begun = time.time()
        rig.change_status(msp, ticket)
        sent.append((ticket, begun))
        time.sleep(gap_s)
    found: dict[int, float] = {}
    end = time.monotonic() + GIVEN_UP_S
    while len(found) < samples and time.monotonic() < end:
        with rig.stage.services.database.account(msp.account_id, reading=True) as session:
            for ticket, begun in sent:
                for handoff in handoffs.by_ticket(session, msp.account_id, ticket):
                    if handoff.posted_at:
                        found[ticket] = handoff.posted_at.timestamp() - begun
        time.sleep(0.2)
    times = sorted([*found.values(), *[GIVEN_UP_S] * (samples - len(found))])
    return Times(statistics.median(times), times[max(0, -(-len(times) * 95 // 100) - 1)], samples - len(found))


def flood(rig: Rig, busy: Msp, count: int) -> threading.Thread:
    """Escalate many tickets of one account as fast as they can be saved."""
    tickets = [rig.ticket(busy) for _ in range(count)]

    def run() -> None:
        for ticket in tickets:
            rig.change_status(busy, ticket)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def hang(rig: Rig, stuck: Msp, count: int) -> None:
    """Let one account's ConnectWise take requests and never answer, and escalate there all the same."""
    rig.stage.simulator.fault(path=r"/apis/", company=stuck.name, kind="hang", seconds=120)
    for _ in range(count):
        rig.change_status(stuck, rig.ticket(stuck))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--flood", type=int, default=1000)
    parser.add_argument("--hanging", type=int, default=60, help="escalations in the account that hangs")
    parser.add_argument("--samples", type=int, default=12)
    options = parser.parse_args()
    set_up("CRITICAL")
    folder = tempfile.TemporaryDirectory(prefix="fairness-")
    with folder as home, rig(Path(home), options.database, environment=USUAL) as running:
        northgate, lakeside = running.msps
        measure(running, lakeside, 2)  # first use of everything
        say(f"{options.database}: alone                 {measure(running, lakeside, options.samples)}")
        hang(running, northgate, options.hanging)
        say(f"{options.database}: another hangs         {measure(running, lakeside, options.samples)}")
        running.heal()
        time.sleep(5)
        flood(running, northgate, options.flood)
        say(f"{options.database}: another escalates {options.flood:4} {measure(running, lakeside, options.samples)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
