"""Notice that the clock was set, and put right what stands in rows by the old one.

All workers of an installation go by one clock (`models.database.clock`), so it can only be set for all of them at once.
"""

from __future__ import annotations

from datetime import datetime

import structlog

from models.database.clock import STEP_S
from models.work import clock_change, jobs
from models.work.clock_change import Longest
from psa.connectwise.answers import LONGEST_FREEZE
from worker.process import crash
from worker.wiring import Services

log = structlog.get_logger()

SLOWEST_S = 3600.0
"""The longest between two readings of a ticket and before a claim is settled (both in `worker.response`)."""


def keep_time(services: Services, now: datetime) -> None:
    """Do so before what is due is looked for.

    1. Set back: whoever swept last was ahead of us. Nothing may wait longer than its kind can; also looked at now and
       then, since whoever noticed may have died over it.
    2. Set forward: workers are in the middle of what is held by leases that seem to have ended.
    """
    crash.point("sweep.rung")
    with services.database.system(reading=True) as system:
        heart = jobs.last_sign(system, "sweep")
        set_back = heart is not None and (heart - now).total_seconds() > STEP_S
        longest = _longest(services, now, set_back=set_back)
        late: list[int] = []
        if set_back or services.not_rung_lately("keep_time", {}):
            late = clock_change.too_far(system, longest)
        leapt_s = services.database.clock.leapt()
        ended = clock_change.ended_by_leap(system, now=now, leapt_s=leapt_s) if leapt_s else []
    if set_back or leapt_s or late:
        log.warning("clock_was_set", back=set_back, forward_s=round(leapt_s, 1), accounts=len({*late, *ended}))
    for account_id in sorted({*late, *ended}):
        with services.database.account(account_id) as session:
            if account_id in late:
                clock_change.pull_back(session, account_id, longest)
            if account_id in ended:
                clock_change.hold_on(session, account_id, longest, leapt_s=leapt_s)
        crash.point("sweep.moved")
    if set_back:
        with services.database.system() as system:
            clock_change.free_jobs(system, longest)
        crash.point("sweep.freed")


def _longest(services: Services, now: datetime, *, set_back: bool) -> Longest:
    every = services.settings.intervals
    wait_s = max(
        every.retry_cap, every.refresh_delay, every.longest_pause, every.poll, every.post_timeout + every.ambiguous_wait,
        LONGEST_FREEZE + 1,
    )
    slow_s = max(wait_s, every.observe, every.observe_open, every.notes)
    return Longest(now, wait_s, slow_s if set_back else max(slow_s, SLOWEST_S), every.lease)
