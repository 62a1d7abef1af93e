"""One report of a replay, as plain values: what page, text and JSON show, so that no two of them can differ.

Every figure is `escalation.figures.measures`' own; what may not be shown by its rules is not here either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from escalation.figures.measures import COVERAGE_FLOOR, WEEK, baseline_figure, breakdown, counts
from escalation.figures.observations import Basis, Clock, Observation, spans
from models.account.accounts import Account
from worker.history.shadow import Shadow

CLOCKS = {
    "wait": (Clock.WAIT, "until a senior claimed it"),
    "orientation": (Clock.ORIENTATION, "from the claim to the first action"),
    "total": (Clock.TOTAL, "in all, until the first action"),
}


def report(found: Shadow, account: Account, *, as_of: datetime) -> dict[str, Any]:
    """Return the report of a replay. `as_of` is when it was made."""
    observed = found.baseline.observations
    used = [o for o in observed if not o.exclusions]
    zone = ZoneInfo(account.time_zone)
    body: dict[str, Any] = {
        "account": account.name, "company": account.company, "time_zone": account.time_zone, "made_at": as_of.isoformat(),
        "since": found.since.isoformat(), "until": found.until.isoformat(), "tickets": found.tickets,
        "elsewhere": found.elsewhere, "calls": found.calls, "seconds": round(found.seconds, 1),
        "candidates": found.baseline.candidates or 0, "coverage": round(found.baseline.coverage or 0.0, 4),
        "usable": found.baseline.usable, "floor": COVERAGE_FLOOR, "estimated": found.estimated, "bulk": len(found.found.bulk),
        "used": len(used), "counts": asdict(counts(used)), "wording": found.understanding.why(),
        "renamed": dict(found.understanding.status.aliases),
        "exclusions": dict(Counter(reason for o in observed for reason in o.exclusions).most_common()),
        "clocks": {
            name: {"words": words} | {
                basis.value: baseline_figure(found.baseline, clock, basis, as_of=as_of).to_json() for basis in Basis
            }
            for name, (clock, words) in CLOCKS.items()
        },
        "by_technician": _grouped(found, "technician", used, as_of), "by_domain": _grouped(found, "domain", used, as_of),
        "weeks": _weeks(used, found.since, found.until, zone), "repeats": _repeats(found, used),
        "names": {login: found.names.get(login.lower(), login) for login in {o.technician for o in used if o.technician}},
        "samples": [asdict(sample) for sample in found.samples],
    }  # fmt: skip
    return body | {"orienting": _orienting(found, account, as_of)}


def _grouped(found: Shadow, by: Any, used: Sequence[Observation], as_of: datetime) -> dict[str, Any]:
    """Return two clocks by senior or domain, each with its count; figures by the rules for showing, if there is a baseline."""
    sizes = Counter(name for o in used if (name := o.technician if by == "technician" else o.domain))
    figures = {
        clock: breakdown(used, by, CLOCKS[clock][0], Basis.BUSINESS, as_of=as_of) if found.baseline.usable else {}
        for clock in ("orientation", "total")
    }
    nothing = {"n": 0, "mean": None, "median": None, "ci95": None, "status": "collecting"}
    return {
        name: {"escalated": size} | {
            clock: made[name].to_json() if name in made else nothing for clock, made in figures.items()
        }
        for name, size in sizes.most_common()
    }  # fmt: skip


def _orienting(found: Shadow, account: Account, as_of: datetime) -> dict[str, Any] | None:
    """Return the working hours that seniors spent between claiming and acting, and their price. A sum, and no saving."""
    if not found.baseline.usable:
        return None
    told = spans(found.baseline.observations, Clock.ORIENTATION, Basis.BUSINESS, as_of=as_of)
    finished = [reading.minutes for reading in told.readings if not reading.unfinished]
    hours = sum(finished) / 60
    worth = round(hours * account.hourly_rate, 2) if account.hourly_rate is not None else None
    price = {"worth": worth, "rate": account.hourly_rate, "currency": account.currency}
    return {"n": len(finished), "hours": round(hours, 2), **price}


def _weeks(used: Sequence[Observation], since: datetime, until: datetime, zone: ZoneInfo) -> list[dict[str, Any]]:
    """Return how many were escalated in each seven days up to the end, the oldest first; what is left over begins it."""
    weeks: list[dict[str, Any]] = []
    end = until
    while end > since:
        start = max(since, end - WEEK)
        size = sum(o.escalated_at is not None and start < o.escalated_at <= end for o in used)
        whole = end - start >= WEEK - timedelta(seconds=1)
        weeks.append({"since": start.astimezone(zone).isoformat(), "until": end.astimezone(zone).isoformat(), "escalated": size,
                      "whole": whole})  # fmt: skip
        end = start
    return weeks[::-1]


def _repeats(found: Shadow, used: Sequence[Observation]) -> dict[str, Any]:
    """Return in how many escalations seniors did or asked again what stood in the ticket, and some of it."""
    names: Mapping[str, Any] = {o.episode: o for o in used}
    with_any = {name: list(told) for name, told in found.repeats.items() if told and name in names}
    kinds = Counter(repeat.kind for told in with_any.values() for repeat in told)
    shown = [{"episode": name, **asdict(told[0])} for name, told in sorted(with_any.items(), reverse=True)[:6]]
    return {"escalations": len(with_any), "steps": kinds["step"], "questions": kinds["question"], "shown": shown,
            "of": sum(name in names for name in found.repeats)}  # fmt: skip
