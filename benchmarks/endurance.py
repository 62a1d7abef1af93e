"""Memory, files, threads and database connections of each process over a long run of whole handoffs: do they grow?

    python -m benchmarks.endurance [--minutes 20] [--rate 1.0] [--database sqlite|postgresql]
                                  [--every 10] [--poll 30] [--sweep 5]

Two accounts escalate at a steady rate; each ticket is claimed, worked on and closed after a while, as in life. Every few
seconds each process is measured. Printed is what it had after the first third, when every cache and pool has filled, beside
what it had at the end, and the slope of resident memory over the last two thirds, in kilobytes a handoff with its standard
error. A process that leaks a row or a response for each handoff shows it: a package alone is 12 kB. Processor time a handoff
holds all that comes with one: callbacks of each change, polling, claim, announcements, figures. Linux.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
from sqlalchemy import func, select, text

from models.tables import Handoff
from tests.storm.rig import Escalation, Rig, rig, say
from worker.process.logs import set_up

PARTS = ("web", "worker", "beat", "broker")
USUAL = {"RESOLUTIONFLOW_CALLS_PER_SECOND": "100", "RESOLUTIONFLOW_BURST": "200",
         "RESOLUTIONFLOW_LEASE": "90", "RESOLUTIONFLOW_POST_TIMEOUT": "30"}  # fmt: skip
"""Nothing is broken here, so waits are production's or near; only the rate limit is lifted, so that more happens in less time."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One process at one moment: bytes and counts."""

    handoffs: int
    memory: int
    threads: int
    files: int
    processor: float
    """Seconds of processor time so far."""


def measure(rig: Rig, part: str, handoffs: int) -> Reading:
    """Add up a part's process and its children (gunicorn has one; PostgreSQL one for each connection)."""
    if part == "database":
        assert rig.postgres is not None
        folder = Path(str(rig.postgres.superuser.query["host"]))
        parent = psutil.Process(int((folder / "postmaster.pid").read_text().split()[0]))
    else:
        process = rig.part(part).process
        assert process is not None
        parent = psutil.Process(process.pid)
    family = [parent, *parent.children(recursive=True)]
    return Reading(
        handoffs,
        sum(one.memory_info().rss for one in family),
        sum(one.num_threads() for one in family),
        sum(one.num_fds() for one in family),
        sum(sum(one.cpu_times()[:2]) for one in family),
    )


def connections(rig: Rig) -> int | None:
    """Return how many connections PostgreSQL has for us; None on SQLite."""
    if rig.kind != "postgresql":
        return None
    with rig.stack.services.database.system() as system:
        return int(
            system.execute(
                text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            ).scalar_one()
        )


def live(rig: Rig, rate: float, over: threading.Event) -> None:
    """Escalate at a steady rate; claim after 20 s, act at once, close after 20 s more."""
    began, number, waiting = time.monotonic(), 0, list[tuple[float, int, Escalation]]()
    while not over.is_set():
        msp = rig.msps[number % 2]
        waiting.append((time.monotonic() + 20, 0, rig.change_status(msp, rig.ticket(msp))))
        number += 1
        while waiting and waiting[0][0] <= time.monotonic():
            _, stage, made = waiting.pop(0)
            engineer = made.msp.engineers[0]
            if stage == 0:
                made.msp.simulator.set_owner(made.ticket, engineer, member=engineer)
                made.msp.simulator.add_note(
                    made.ticket, "Restarted the application pool, users are back in.", member=engineer
                )
                waiting.append((time.monotonic() + 20, 1, made))
                waiting.sort(key=lambda entry: entry[0])
            else:
                made.msp.simulator.close(made.ticket, member=engineer)
        over.wait(max(0.0, began + number / rate - time.monotonic()))


def posted(rig: Rig) -> int:
    """Return how many briefs are in their tickets."""
    count = 0
    for msp in rig.msps:
        with rig.stack.services.database.account(msp.account_id, reading=True) as session:
            query = select(func.count(Handoff.id)).where(
                Handoff.account_id == msp.account_id, Handoff.posted_at.is_not(None)
            )
            count += session.scalar(query) or 0
    return count


def slope(readings: list[Reading]) -> tuple[float, float]:
    """Return kilobytes a handoff by least squares, and its standard error."""
    xs, ys = [r.handoffs for r in readings], [r.memory / 1024 for r in readings]
    if len(set(xs)) < 3:
        return 0.0, 0.0
    fit = statistics.linear_regression(xs, ys)
    spread = sum((x - statistics.fmean(xs)) ** 2 for x in xs)
    rest = sum((y - fit.intercept - fit.slope * x) ** 2 for x, y in zip(xs, ys, strict=True))
    return fit.slope, (rest / (len(xs) - 2) / spread) ** 0.5


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument(
        "--rate",
        type=float,
        default=1.0,
        help="escalations a second, both accounts together (default: %(default)s)",
    )
    parser.add_argument("--poll", default="30", help="seconds between two polls (default: %(default)s)")
    parser.add_argument("--sweep", default="5", help="seconds between two sweeps (default: %(default)s)")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument(
        "--every", type=float, default=10, help="seconds between two readings (default: %(default)s)"
    )
    options = parser.parse_args()
    set_up("CRITICAL")
    waits = {"RESOLUTIONFLOW_POLL": options.poll, "RESOLUTIONFLOW_SWEEP": options.sweep}
    with (
        tempfile.TemporaryDirectory(prefix="endurance-") as home,
        rig(Path(home), options.database, environment=USUAL | waits) as running,
    ):
        parts = (*PARTS, "database") if running.postgres else PARTS
        over, found, lines = threading.Event(), {part: list[Reading]() for part in parts}, list[int]()
        people = threading.Thread(target=live, args=(running, options.rate, over), daemon=True)
        people.start()
        end = time.monotonic() + options.minutes * 60
        while time.monotonic() < end:
            time.sleep(options.every)
            done = posted(running)
            for part in parts:
                found[part].append(measure(running, part, done))
            if (count := connections(running)) is not None:
                lines.append(count)
            if len(found["worker"]) % 6 == 0:
                print(
                    f"  {done} handoffs, worker {found['worker'][-1].memory / 2**20:.0f} MB",
                    file=sys.stderr,
                    flush=True,
                )
        over.set()
        people.join(30)
        restarts = {part: running.part(part).starts - 1 for part in PARTS} | {"database": 0}
        report(options, found, lines, restarts)
    return 0


def report(
    options: argparse.Namespace, found: dict[str, list[Reading]], lines: list[int], restarts: dict[str, int]
) -> None:
    """Print one line for each part."""
    say(
        f"{options.database}, {options.minutes:g} minutes, {found['worker'][-1].handoffs} handoffs, "
        f"Python {platform.python_version()}"
    )
    say(
        f"{'part':<8}{'MB after a third':>18}{'MB at the end':>15}{'kB a handoff':>16}"
        f"{'threads':>12}{'files':>12}{'restarts':>10}{'processor, ms a handoff':>25}"
    )
    for part, readings in found.items():
        later = readings[len(readings) // 3 :]
        first, last, (grows, error) = later[0], later[-1], slope(later)
        say(
            f"{part:<8}{first.memory / 2**20:>18.1f}{last.memory / 2**20:>15.1f}{f'{grows:.2f} ± {error:.2f}':>16}"
            f"{f'{first.threads} -> {last.threads}':>12}{f'{first.files} -> {last.files}':>12}{restarts[part]:>10}"
            f"{(last.processor - first.processor) * 1000 / max(1, last.handoffs - first.handoffs):>25.0f}"
        )
    if lines:
        later_lines = lines[len(lines) // 3 :]
        say(f"database connections: {later_lines[0]} -> {later_lines[-1]}, at most {max(lines)}")


if __name__ == "__main__":
    sys.exit(main())
