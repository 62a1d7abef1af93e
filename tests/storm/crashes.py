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

from models import accounts, claims, handoffs
from tests.storm.audit import HEADING, Account, audit, settle
from tests.storm.rig import Escalation, Rig, rig, say
from worker import crash

REACHED_S = 25.0
SETTLE_S = 120.0
TICKETS = 3


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
    *(Case(point, hit) for point in crash.POINTS for hit in (1, 2, 3)),
    *(Case(point, 1, "stop") for point in crash.POINTS),
]


class NotReached(RuntimeError):
    """Nothing passed that point so often; the message says how long we waited."""


def strike(rig: Rig, case: Case) -> Account:
    """Let three escalations go on while the process ends at the point, and audit. Raises `NotReached`."""
    for msp in rig.msps:
        msp.simulator.clear_deliveries()
    rig.stage.simulator.clear_requests()
    rig.stage.wait_until_warm(rig.part("worker").starts)
    before = len(rig.escalations)
    order = f"{case.point} {case.hit} {case.end}"
    try:
        if case.point.partition(".")[0] in ("triage", "publish", "notify", "deliver"):
            rig.crash_file.write_text(order)
            made = rig.escalate(TICKETS)
        else:
            made = rig.escalate(TICKETS)
            if settle(rig, time.monotonic(), SETTLE_S) is None:
                raise NotReached("the escalations themselves did not settle")
            rig.crash_file.write_text(order)
            if case.point.startswith("settle"):
                _claim(rig, made)
            else:
                _go_on(made)
        _wait_struck(rig, case)
        if case.end == "stop":
            waits = rig.stage.services.settings.intervals
            time.sleep(waits.lease + waits.post_timeout + waits.ambiguous_wait + 1)
    finally:
        rig.heal()
    healed, healed_at = time.monotonic(), time.time()
    settled = settle(rig, healed, SETTLE_S)
    return audit(rig, case.name, rig.escalations[before:], healed_at, settled)


def _go_on(made: Sequence[Escalation]) -> None:
    """Let work on escalated tickets go on, so that their briefs are edited."""
    for one in made:
        one.msp.simulator.add_note(one.ticket, "Swapped the cable, no change.", member=one.msp.junior)


def _claim(rig: Rig, made: Sequence[Escalation]) -> None:
    """Let an engineer take each by the link, as the web stores it; nobody rings, so the sweeper has to find it."""
    services = rig.stage.services
    for one in made:
        account_id = one.msp.account_id
        with services.database.account(account_id) as session:
            (handoff,) = handoffs.by_ticket(session, account_id, one.ticket)
            engineer = accounts.recipients(session, account_id)[0]
            claims.claim(session, account_id, handoff.id, member_id=engineer.id, now=services.clock(), kind="link")


def _wait_struck(rig: Rig, case: Case) -> None:
    end = time.monotonic() + REACHED_S
    while rig.crash_file.exists():
        if time.monotonic() > end:
            raise NotReached(f"{TICKETS} escalations do not pass {case.point} {case.hit} times in {REACHED_S:g} s")
        time.sleep(0.02)


def matrix(database: str, seed: int, only: Sequence[str], cases: Sequence[Case] = ALL) -> int:
    """Run every case on one kind of database or both, print the table, and return the exit code."""
    chosen = [case for case in cases if not only or any(text in case.name for text in only)]
    say(HEADING)
    failed = skipped = 0
    for kind in ("sqlite", "postgresql") if database == "both" else (database,):
        home = Path(tempfile.mkdtemp(prefix=f"crashes-{kind}-"))
        with rig(home, kind, seed=seed) as running:
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

