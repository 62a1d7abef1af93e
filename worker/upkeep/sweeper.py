"""Ring for what is due and nobody rang for.

The broker is only a doorbell. Everything that is due stands in a row with the time it is due at; this rings for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import structlog

from models.account import accounts
from models.figures import reports
from models.handoff import briefs, claims, deliveries, handoffs, readings, resolution_notes
from models.sessions import recorded
from models.work import canaries, inbox, jobs, visible_notes, wishes
from worker.upkeep.clock_change import keep_time
from worker.wiring import Services

log = structlog.get_logger()


def sweep(services: Services) -> dict[str, int]:
    """Ring for everything that is due, and return how many of each kind."""
    now = services.clock()
    keep_time(services, now)
    limit = services.settings.intervals.rings
    unannounced = now - timedelta(seconds=services.settings.intervals.mail_before_note)
    with services.database.system() as system:
        jobs.beat(system, "sweep", now)
    # Reading alone: SQLite takes one writer at a time, and looking takes a while on a busy machine.
    with services.database.system(reading=True) as system:
        due = {
            "take_away": [{"account_id": a, "job_id": i} for a, i in visible_notes.due(system, now=now, limit=limit)],
            "triage": _callbacks(inbox.due(system, now=now, limit=limit, urgent=True)),
            "look_again": _callbacks(inbox.due(system, now=now, limit=limit, urgent=False)),
            "publish": _handoffs(briefs.due_briefs(system, now=now, limit=limit)),
            "refresh": _handoffs(briefs.due_refreshes(system, now=now, limit=limit)),
            "settle": _handoffs(claims.due_settlements(system, now=now, limit=limit)),
            "read": _handoffs(readings.due(system, now=now, limit=limit)),
            "observe": _handoffs(claims.due_observations(system, now=now, limit=limit)),
            "look_for_notes": _handoffs(claims.due_notes(system, now=now, limit=limit)),
            "notify": _handoffs(handoffs.due_notifications(system, before=unannounced, now=now, limit=limit)),
            "deliver": [
                {"account_id": a, "delivery_id": i} for a, i in deliveries.due(system, now=now, limit=limit)
            ],
            "report": [{"account_id": a, "report_id": i} for a, i in reports.due(system, now=now, limit=limit)],
            "plan_week": [{"account_id": a} for a in reports.accounts_due(system, now=now, limit=limit)],
            "try_ticket": [
                {"account_id": a, "canary_id": i} for a, i in canaries.due(system, now=now, limit=limit)
            ],
            "grant": [{"account_id": a, "wish_id": i} for a, i in wishes.due(system, now=now, limit=limit)],
            "read_for_session": [
                {"account_id": a, "session_id": i} for a, i in recorded.due(system, now=now, limit=limit)
            ],
            "resolve": [
                {"account_id": a, "resolution_id": i} for a, i in resolution_notes.due(system, now=now, limit=limit)
            ],
            "poll": [{"account_id": a} for a in accounts.due_polls(system, now=now, limit=limit)],
        }
    found = {}
    for task, rows in due.items():
        fresh = [ids for ids in rows if services.not_rung_lately(task, ids)]
        for ids in fresh:
            if not services.bell.ring(task, **ids):
                break  # no broker: a later sweep rings again
        if fresh:
            found[task] = len(fresh)
    if found:
        log.info("swept", **found)
    return found


def _callbacks(pairs: Iterable[tuple[int, int]]) -> list[dict[str, int]]:
    return [{"account_id": account_id, "inbox_id": inbox_id} for account_id, inbox_id in pairs]


def _handoffs(pairs: Iterable[tuple[int, int]]) -> list[dict[str, int]]:
    return [{"account_id": account_id, "handoff_id": handoff_id} for account_id, handoff_id in pairs]
