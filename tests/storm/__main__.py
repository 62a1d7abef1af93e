"""Let storms blow over the real product and print one line for each.

    python -m tests.storm [--database sqlite|postgresql|both] [--only TEXT …] [--seed N] [--minutes M] [--force N]
    python -m tests.storm --list
    python -m tests.storm --crashes

Without `--minutes` every storm blows once; with it they go on in random order until the time is over. Exits with 1
if anything was lost, duplicated, unexpected or did not settle. Logs stay in the folder that is printed then.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.storm.audit import HEADING, Account
from tests.storm.disks import CannotMount
from tests.storm.every import STORMS
from tests.storm.rig import rig, say
from tests.storm.storms import CannotBlow, Force, Storm, run
from worker.process.logs import set_up


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--only", action="append", default=[], help="storms whose name contains this; repeatable")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, help="go on in random order for so long")
    parser.add_argument("--force", type=int, default=12, help="escalations in each storm (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=6, help="how long each blows (default: %(default)s)")
    parser.add_argument("--list", action="store_true", help="name the storms and stop")
    parser.add_argument("--crashes", action="store_true", help="kill -9 and stop at every named point instead")
    options = parser.parse_args()
    if options.list:
        for one in STORMS:
            say(one.name + (f"   ({one.only})" if one.only else ""))
        return 0
    set_up("CRITICAL")
    if options.crashes:
        from tests.storm import crashes

        return crashes.matrix(options.database, options.seed, options.only)
    chosen = [s for s in STORMS if not options.only or any(text in s.name for text in options.only)]
    kinds = ("sqlite", "postgresql") if options.database == "both" else (options.database,)
    say(HEADING)
    found: list[Account] = []
    for kind in kinds:
        mine = [s for s in chosen if s.only in ("", kind)]
        minutes = options.minutes and options.minutes / len(kinds)
        force = Force(options.force, options.seconds)
        found += _season(kind, [s for s in mine if not s.disk and not s.alone], options.seed, minutes, force)
        for one in mine if minutes is None else ():
            found += _season(kind, [one], options.seed, None, force) if one.alone else []
        try:
            found += _season(kind, [s for s in mine if s.disk], options.seed, minutes, force, disks=True)
        except CannotMount as why:
            say(f"storms of full disks skipped: {why}")
    bad = [line for line in found if not line.good]
    say(f"{len(found)} storms, {sum(f.attempted for f in found)} escalations, {len(bad)} failed, seed {options.seed}")
    return 1 if bad else 0


def _season(
    kind: str, storms: list[Storm], seed: int, minutes: float | None, force: Force, *, disks: bool = False
) -> list[Account]:
    """Let storms blow over one rig. Raises `CannotMount`."""
    if not storms:
        return []
    home = Path(tempfile.mkdtemp(prefix=f"storm-{kind}-"))
    found: list[Account] = []
    with rig(home, kind, seed=seed, disks=disks) as running:
        for one in storms if minutes is None else _for(minutes, storms, running.chance):
            try:
                line = run(running, one, force)
            except CannotBlow as why:
                say(f"{one.name:<46} {kind:<10} skipped: {why}")
                continue
            found.append(line)
            say(line.line())
            for why in line.why[:10]:
                say(f"    {why}")
        if not all(line.good for line in found) and disks:
            shutil.copytree(home / "disk", home / "was on the disk")
    if all(line.good for line in found):
        shutil.rmtree(home, ignore_errors=True)
    else:
        say(f"    logs and database: {home}")
    return found


def _for(minutes: float, storms: list[Storm], chance: random.Random) -> list[Storm]:
    end = time.monotonic() + minutes * 60

    def draw():  # type: ignore[no-untyped-def]
        while time.monotonic() < end:
            yield chance.choice(storms)

    return draw()  # type: ignore[return-value, no-any-return]


if __name__ == "__main__":
    sys.exit(main())
