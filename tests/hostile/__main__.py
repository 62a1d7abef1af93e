"""How often a stranger got in and how often hostile words did something, counted over real HTTP, SMTP and the whole way.

    python -m tests.hostile [--database sqlite|postgresql] [--seed 1] [--short] [--only words|doors|routes|api|commands]

Takes some minutes. Exits with 1 when anything went wrong. Of secrets and look-alikes a share may, since no rule can be
right about all of them; what was held out when the rules were written is only shown.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.hostile import doors, words
from tests.hostile.row import Row
from tests.hostile.secrets.count import HELD_OUT, SEEN
from tests.storm.rig import Rig, rig, say
from worker.process.logs import set_up

SHARES = {
    "secrets in prose, left standing": 0.05,
    "look-alikes redacted": 0.05,
    **{f"generated: {name}": 1.0 for name in (*SEEN, *HELD_OUT)},
    "generated: devices": 0.01,
    "generated: commands": 0.01,
    "generated: tokens": 0.01,
    "generated: vendors": 0.01,
    "generated: vendors_second": 0.01,
    "generated: wordings_first": 0.05,
    "generated: lookalikes": 0.05,
}
"""Rows of which a share may go wrong. What is held out, or was once, is only shown: a goal would have the rules fitted to it."""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true", help="a fifth of it")
    parser.add_argument(
        "--only", choices=("words", "doors", "routes", "api", "commands"), help="`doors` has those after it"
    )
    options = parser.parse_args()
    set_up("CRITICAL")
    say(f"{options.database}, seed {options.seed}")
    say(f"{'what':<52}{'tried':>8}{'wrong':>8}{'seconds':>9}  note")
    bad = 0
    with (
        tempfile.TemporaryDirectory(prefix="hostile-") as home,
        rig(Path(home), options.database, seed=options.seed) as running,
    ):
        for name, part in _parts(running, options.seed, 5 if options.short else 1):
            began = time.monotonic()
            for row in part() if options.only is None or options.only in name.split() else []:
                bad += show(row, time.monotonic() - began)
                began = time.monotonic()
    return 1 if bad else 0


def _parts(running: Rig, seed: int, share: int) -> list[tuple[str, Callable[[], list[Row]]]]:
    return [
        ("words", lambda: [words.reached(seed, 200 // share)]),
        ("words", lambda: [words.injected(running, seed, 300 // share)]),
        ("words", lambda: words.planted(running, seed)),
        ("words", lambda: words.generated(seed)),
        ("words", words.grown),
        ("doors", lambda: doors.forged(running, seed, 500 // share)),
        ("doors", lambda: doors.opened(running, seed, 200 // share)),
        ("doors", lambda: doors.crossing(running, seed, 1000 // share)),
        ("doors routes", lambda: doors.every_route(running, seed, 1000 // share)),
        ("doors api", lambda: doors.fuzzed(running, seed, 2000 // share)),
        ("doors commands", lambda: doors.commanded(running, seed, 400 // share)),  # the last: one account is gone then
    ]


def show(row: Row, seconds: float) -> bool:
    """Print a row; return whether it breaks a promise."""
    say(f"{row.what:<52}{row.tried:>8}{row.wrong:>8}{seconds:>9.1f}  {row.note}")
    return row.wrong > SHARES.get(row.what, 0) * row.tried


if __name__ == "__main__":
    sys.exit(main())
