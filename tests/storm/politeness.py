"""How politely several workers together ask one ConnectWise that throttles: how many 429s, and was each pause kept?

    python -m tests.storm.politeness [--workers 3] [--minutes 3] [--hidden 5] [--hidden-burst 30] [--retry-after 5]
                                     [--rate 5] [--burst 30] [--database sqlite|postgresql]

The simulator refuses beyond a limit that nobody told us; our own limit is `--rate` and `--burst`. A flood keeps all
workers asking. A call counts as too early if it begins after a 429 was answered (and the others had time to hear of
it) and before that answer's Retry-After ends.
"""

from __future__ import annotations

import argparse
import bisect
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.storm.fairness import USUAL, flood
from tests.storm.rig import rig, say
from worker.process.logs import set_up

HEARD_S = 0.05
"""How long the workers' own answer and the word to the others may take."""


@dataclass(frozen=True, slots=True)
class Manners:
    """What a ConnectWise saw of us."""

    calls: int
    refused: int
    early: int
    seconds: float

    @property
    def share(self) -> float:
        return self.refused / self.calls if self.calls else 0.0

    def __str__(self) -> str:
        return (
            f"{self.calls} calls in {self.seconds:.0f} s ({self.calls / max(self.seconds, 1e-9):.1f}/s), "
            f"{self.refused} answered with 429 ({self.share:.2%}), {self.early} sent before Retry-After ended"
        )


def manners(
    calls: list[dict[str, Any]], company: str, retry_after_s: float, heard_s: float = HEARD_S
) -> Manners:
    """Judge the API calls of one company by the simulator's log; `heard_s` after a refusal all workers know of it."""
    ours = sorted((c for c in calls if c["company"] == company and c["end"]), key=lambda c: float(c["start"]))
    starts = [float(call["start"]) for call in ours]
    refused = [call for call in ours if call["status"] == 429]
    early: set[int] = set()
    for call in refused:
        told = float(call["end"])
        begin, end = bisect.bisect_right(starts, told + heard_s), bisect.bisect_left(starts, told + retry_after_s)
        early.update(range(begin, end))
    return Manners(len(ours), len(refused), len(early), starts[-1] - starts[0] if starts else 0.0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--hidden", type=float, default=5, help="calls a second ConnectWise takes (default: %(default)s)")
    parser.add_argument("--hidden-burst", type=float, default=30, help="and at once (default: %(default)s)")
    parser.add_argument("--retry-after", type=int, default=5, help="seconds (default: %(default)s)")
    parser.add_argument("--rate", type=float, default=5, help="our own limit a second (default: %(default)s)")
    parser.add_argument("--burst", type=int, default=30, help="and at once (default: %(default)s)")
    parser.add_argument("--latency", type=float, default=100, help="of ConnectWise, in ms (default: %(default)s)")
    options = parser.parse_args()
    set_up("CRITICAL")
    ours = {"RESOLUTIONFLOW_CALLS_PER_SECOND": f"{options.rate:g}", "RESOLUTIONFLOW_BURST": str(options.burst)}
    folder = tempfile.TemporaryDirectory(prefix="politeness-")
    with folder as home, rig(Path(home), options.database, environment=USUAL | ours) as running:
        for number in range(2, options.workers + 1):
            running.add_worker(f"worker {number}")
        msp = running.msps[0]
        time.sleep(options.burst / options.rate)  # setting up has taken some; the bucket is to be full
        msp.simulator.settings(
            rate_limit=options.hidden, rate_burst=options.hidden_burst, rate_retry_after=options.retry_after,
            latency_ms=options.latency,
        )  # fmt: skip
        running.stack.simulator.clear_requests()
        flood(running, msp, int(options.minutes * 60 * max(options.rate, options.hidden) / 7) + 20)
        time.sleep(options.minutes * 60)
        found = manners(running.stack.simulator.requests(), msp.name, options.retry_after)
    say(
        f"{options.workers} workers, our limit {options.rate:g}/s (burst {options.burst}), ConnectWise's "
        f"{options.hidden:g}/s (burst {options.hidden_burst:g}): {found}"
    )
    return 1 if found.early or found.share >= 0.01 else 0


if __name__ == "__main__":
    sys.exit(main())
