"""What each kind of work costs in processor time, measured here, and what that comes to for many MSPs: a paper calculation.

    python -m benchmarks.scale [--msps 10000] [--callbacks-a-day 50e6] [--escalations-a-week 1e6] [--peak 3] [--seconds 60]

Measured on PostgreSQL with everything on this machine: a callback that matters to nobody, one that does, a whole handoff
(its callbacks, triage, brief, e-mails, claim, first action, figures), a poll, a sweep, a bell. Then multiplied. What the
table cannot know is said below it. `--peak`: how much busier than the average of 24 hours the busiest minutes are.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
from sqlalchemy import text, update

from benchmarks.callbacks import Target, _load, receiver
from benchmarks.endurance import PARTS, USUAL, live, measure, posted
from models.database.sessions import Database
from models.tables import Account
from tests.storm.rig import Rig, rig
from worker.process.logs import set_up
from worker.upkeep import poller, sweeper

BUSY = 0.6
"""How busy a processor may be at the peak before waiting grows."""
POLL_S = 90.0
SWEEP_S = 5.0
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor time of one unit of work in milliseconds, by where it is spent."""

    web: float = 0.0
    worker: float = 0.0
    beat: float = 0.0
    broker: float = 0.0
    database: float = 0.0


def spent(process: psutil.Process) -> float:
    """Return the seconds of processor time of a process and its children so far."""
    family = [process, *process.children(recursive=True)]
    return sum(sum(one.cpu_times()[:2]) for one in family)


def server_of(database: Database, account_id: int) -> psutil.Process:
    """Return PostgreSQL's first process."""
    with database.account(account_id, reading=True) as session:
        backend = psutil.Process(int(session.execute(text("SELECT pg_backend_pid()")).scalar_one()))
    parent = backend.parent()
    assert parent is not None
    return parent


def callback(target: Target, process: psutil.Process, what: str, seconds: float) -> Cost:
    """Send one callback after the other."""
    server = server_of(target.database, target.account_id)
    _load(target, what, 1, 0.5, None)
    before, stored = spent(process), spent(server)
    latencies, failed, _, _ = _load(target, what, 1, seconds, None)
    assert not failed
    count = len(latencies)
    return Cost(
        web=(spent(process) - before) / count * 1000, database=(spent(server) - stored) / count * 1000
    )


def handoff(running: Rig, seconds: float, rate: float) -> tuple[Cost, float]:
    """Let handoffs take their whole way; return their cost and how many kilobytes each adds to the database."""
    over = threading.Event()
    people = threading.Thread(target=live, args=(running, rate, over), daemon=True)
    people.start()
    time.sleep(45)  # until as many are claimed and closed as are escalated
    parts = (*PARTS, "database")
    done, size = posted(running), _size(running)
    before = {part: measure(running, part, 0).processor for part in parts}
    time.sleep(seconds)
    after = {part: measure(running, part, 0).processor for part in parts}
    count, grown = posted(running) - done, _size(running) - size
    over.set()
    people.join(30)
    return Cost(**{part: (after[part] - before[part]) / count * 1000 for part in parts}), grown / count / 1024


def _size(running: Rig) -> int:
    account = running.msps[0].account_id
    with running.stack.services.database.account(account, reading=True) as session:
        return int(session.execute(text("SELECT pg_database_size(current_database())")).scalar_one())


def inside(running: Rig, work: Callable[[], object], times: int) -> Cost:
    """Do a use case in this process, as a worker does."""
    server = server_of(running.stack.services.database, running.msps[0].account_id)
    broker = running.part("broker").process
    assert broker is not None
    bell = psutil.Process(broker.pid)
    work()
    before, stored, rung = time.process_time(), spent(server), spent(bell)
    for _ in range(times):
        work()
    return Cost(
        worker=(time.process_time() - before) / times * 1000,
        database=(spent(server) - stored) / times * 1000,
        broker=(spent(bell) - rung) / times * 1000,
    )


def poll(running: Rig) -> Callable[[], object]:
    """Return a poll that is due whenever it is called."""
    account, services = running.msps[0].account_id, running.stack.services

    def once() -> None:
        with services.database.account(account) as session:
            due = datetime.now(UTC) - timedelta(seconds=1)
            session.execute(update(Account).where(Account.id == account).values(next_poll_at=due))
        poller.poll(services, account_id=account)

    return once


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--msps", type=float, default=10_000)
    parser.add_argument("--callbacks-a-day", type=float, default=50e6)
    parser.add_argument("--escalations-a-week", type=float, default=1e6)
    parser.add_argument("--peak", type=float, default=3.0)
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="of the run of whole handoffs (default: %(default)s)"
    )
    parser.add_argument(
        "--rate", type=float, default=1.5, help="escalations a second in it (default: %(default)s)"
    )
    options = parser.parse_args()
    set_up("CRITICAL")
    print(
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.machine()}, {datetime.now(UTC):%Y-%m-%d}"
    )
    with receiver("postgres") as (target, part):
        assert part.process is not None
        process = psutil.Process(part.process.pid)
        nothing, relevant = (callback(target, process, what, 3.0) for what in ("irrelevant", "relevant"))
    with (
        tempfile.TemporaryDirectory(prefix="scale-") as home,
        rig(Path(home), "postgresql", environment=USUAL) as running,
    ):
        running.stack.simulator.settings(rate_limit=None)
        polled, swept = (
            inside(running, poll(running), 100),
            inside(running, lambda: sweeper.sweep(running.stack.services), 100),
        )
        account = running.msps[0].account_id
        rung = inside(running, lambda: running.stack.services.bell.ring("poll", account_id=account), 500)
        whole, kilobytes = handoff(running, options.seconds, options.rate)
    callbacks = options.callbacks_a_day / DAY_S
    escalations = options.escalations_a_week / 7 / DAY_S
    rows = (
        ("callback nobody watches", nothing, callbacks, True),
        ("callback that is stored", relevant, escalations * 4, True),
        ("whole handoff", whole, escalations, True),
        ("poll of an account", polled, options.msps / POLL_S, False),
        ("bell of a poll", rung, options.msps / POLL_S, False),
        ("sweep", swept, 1 / SWEEP_S, False),
    )
    print(f"{'':<26}{'processor ms each':^44}{'a second':>10}{'peak':>9}{'cores at peak':^34}")
    print(
        f"{'':<26}{'web':>9}{'worker':>9}{'beat':>8}{'broker':>9}{'database':>10}{'':>9}{'':>9}{'ours':>10}{'broker':>8}{'database':>10}"
    )
    total = [0.0, 0.0, 0.0]
    for name, cost, often, busier in rows:
        most = often * (options.peak if busier else 1)
        cores = [most * ms / 1000 for ms in (cost.web + cost.worker + cost.beat, cost.broker, cost.database)]
        total = [a + b for a, b in zip(total, cores, strict=True)]
        print(
            f"{name:<26}{cost.web:>9.2f}{cost.worker:>9.2f}{cost.beat:>8.2f}{cost.broker:>9.2f}{cost.database:>10.2f}"
            f"{often:>9.1f}{most:>9.1f}{cores[0]:>10.2f}{cores[1]:>8.2f}{cores[2]:>10.2f}"
        )
    print(f"{'all':<89}{total[0]:>10.2f}{total[1]:>8.2f}{total[2]:>10.2f}")
    needed = [cores / BUSY for cores in total]
    print(
        f"at most {BUSY:.0%} busy: {needed[0]:.0f} cores for web and workers, {needed[1]:.1f} for the broker, "
        f"{needed[2]:.1f} for the database"
    )
    print(
        f"database: {kilobytes:.0f} kB a handoff, {kilobytes * options.escalations_a_week / 2**20:.0f} GB a week before retention"
    )


if __name__ == "__main__":
    main()
