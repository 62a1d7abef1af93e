"""kill -9 and SIGSTOP at every named point, on its first, second and third pass.

A stopped worker sleeps beyond its lease, so that another takes over, and then wakes up in the middle of what it did.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy.exc import OperationalError

from tests.storm.audit import HEADING, Account, audit, settle
from tests.storm.provocations import TICKETS, escalate, set_accounts, tell_deleted
from tests.storm.rig import Escalation, Rig, rig, say
from tests.storm.ways import Way, put_right, stopped, way_to
from worker.process import crash

REACHED_S = 25.0
SETTLE_S = 120.0
PUT_RIGHT_S = 60.0
WAKES_S = 4.0
"""A process that wakes up goes on with the very call it was in; only then can anybody find what came of it."""


@dataclass(frozen=True, slots=True)
class Case:
    """One point, which pass of it, and how the process ends there."""

    point: str
    hit: int = 1
    end: Literal["kill", "stop"] = "kill"

    @property
    def name(self) -> str:
        return f"{self.end} at {self.point}, pass {self.hit}"


ALL = [
    *(Case(point, hit) for point in crash.POINTS for hit in range(1, way_to(point).passes + 1)),
    *(Case(point, 1, "stop") for point in crash.POINTS),
]

WATCHED = {"OPERATOR_EMAIL": "duty@operator.example", "RESOLUTIONFLOW_AUDIT": "1", "RESOLUTIONFLOW_CANARY": "2"}
"""So that the auditor has somebody to tell, and canaries go all the time."""


class NotReached(RuntimeError):
    """Nothing passed that point so often; the message says how long we waited."""


def strike(rig: Rig, case: Case) -> Account:
    """Let three escalations go on while the process ends at the point, and audit. Raises `NotReached`."""
    for msp in rig.msps:
        msp.simulator.clear_deliveries()
    rig.stack.simulator.clear_requests()
    rig.stack.wait_until_warm(rig.part("worker").starts)
    before = len(rig.escalations)
    way = way_to(case.point)
    try:
        way.prepare(rig)
        made: list[Escalation] = []
        if not way.on_the_way:
            made = rig.escalate(TICKETS)
            if settle(rig, time.monotonic(), SETTLE_S) is None:
                raise NotReached("the escalations themselves did not settle")
        rig.crash_file.write_text(f"{case.point} {case.hit} {case.end}")
        _provoke_until_struck(rig, case, way, made)
        if case.end == "stop":
            waits = rig.stack.services.settings.intervals
            time.sleep(waits.lease + waits.post_timeout + waits.ambiguous_wait + 1)
    finally:
        rig.heal()
        time.sleep(WAKES_S if case.end == "stop" else 0)
        left = _put_right(rig)
    if way.gone:
        tell_deleted(rig, made)
    healed, healed_at = time.monotonic(), time.time()
    settled, again = _settled(rig, healed)
    set_accounts(rig, dry_run_to=None)
    mine = [] if way.gone else rig.escalations[before:]
    found = audit(rig, case.name, mine, healed_at, settled, counted=not way.removes_notes)
    for note in again if again is not None else left:
        found.blame(f"a canary's note was left: {note}")
    return found


def _put_right(rig: Rig) -> list[str]:
    """Put right what stopped, again while SQLite's one writer has not yet let go: it may be the process that slept."""
    end = time.monotonic() + PUT_RIGHT_S
    while True:
        try:
            return put_right(rig)
        except OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)


def _settled(rig: Rig, healed: float) -> tuple[float | None, list[str] | None]:
    """Wait until nothing is due; what was under way when the fault ended may have met it once more, and be put right."""
    left = None
    while True:
        so_far = time.monotonic() - healed
        settled = settle(rig, healed, min(SETTLE_S, so_far + 15))
        if stopped(rig) and so_far < SETTLE_S:
            left = _put_right(rig)
        elif settled is not None or so_far >= SETTLE_S:
            return settled, left


def _provoke_until_struck(rig: Rig, case: Case, way: Way, made: list[Escalation]) -> None:
    end = time.monotonic() + REACHED_S
    while True:
        way.provoke(rig, made)
        pause = min(end, time.monotonic() + (REACHED_S if way.provoke is escalate else way.again_s))
        while time.monotonic() < pause:
            if not rig.crash_file.exists():
                return
            time.sleep(0.02)
        if time.monotonic() >= end:
            raise NotReached(f"{TICKETS} escalations do not pass {case.point} {case.hit} times in {REACHED_S:g} s")


def matrix(database: str, seed: int, only: Sequence[str], cases: Sequence[Case] = ALL) -> int:
    """Run every case on one kind of database or both, print the table, and return the exit code."""
    chosen = [case for case in cases if not only or any(text in case.name for text in only)]
    say(HEADING)
    failed = skipped = 0
    for kind in ("sqlite", "postgresql") if database == "both" else (database,):
        home = Path(tempfile.mkdtemp(prefix=f"crashes-{kind}-"))
        with rig(home, kind, seed=seed, environment=WATCHED) as running:
            bad = workers = 0
            for case in chosen:  # passes are counted in one process, so there is a second one only for those who sleep
                if case.end == "stop" and not workers:
                    running.add_worker()
                    workers = 2
                try:
                    line = strike(running, case)
                except NotReached as reason:
                    skipped += 1
                    say(f"{case.name:<46} {kind:<10} skipped: {reason}")
                    continue
                bad += not line.good
                say(line.line())
                for why in line.why[:10]:
                    say(f"    {why}")
        failed += bad
        if bad:
            say(f"    logs and database: {home}")
        else:
            shutil.rmtree(home, ignore_errors=True)
    say(f"{len(chosen)} cases on each database, {skipped} not reached, {failed} failed, seed {seed}")
    return 1 if failed else 0

