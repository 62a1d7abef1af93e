"""Does a POST that ConnectWise carried out and never answered leave a second brief?

    python -m tests.storm.ambiguous [--count 500] [--database sqlite|postgresql] [--seed 1]

Each POST of a note is applied and then reset, hung, answered 504 or answered with HTML, at random, while so many tickets
are escalated. After it is healed the audit of the storms counts the briefs in each ticket.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.storm.audit import alerts, audit, settle
from tests.storm.outside import spoil_posts
from tests.storm.rig import Escalation, rig, say
from worker.process.logs import set_up

AT_ONCE = 10


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    set_up("CRITICAL")
    with (
        tempfile.TemporaryDirectory(prefix="ambiguous-") as home,
        rig(Path(home), options.database, seed=options.seed) as running,
    ):
        spoil_posts(running)
        made: list[Escalation] = []
        while len(made) < options.count:
            made += running.escalate(min(AT_ONCE, options.count - len(made)))
            time.sleep(4)
            sys.stderr.write(f"  {len(made)} escalated\n")
        time.sleep(5)
        running.heal()
        healed = time.monotonic()
        found = audit(running, "ambiguous", made, healed, settle(running, healed, 600))
        asked = running.stack.simulator.requests()
        found.why += [] if found.good else [*alerts(running), running.stack.log("worker")[-600:]]
    posts = sum(one["method"] == "POST" and one["path"].endswith("/notes") for one in asked)
    say(found.line())
    say(
        f"{posts} POSTs of notes for {len(made)} escalations; every one before the end was carried out and not answered"
    )
    for reason in found.why[:3] + found.why[-4:]:
        say(f"  {reason}")
    return 0 if found.good else 1


if __name__ == "__main__":
    sys.exit(main())
