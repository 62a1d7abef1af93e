"""What a replay of history found, for a person at a terminal, or as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from escalation.figures.measures import COVERAGE_FLOOR, Figure, Status, baseline_figure
from escalation.figures.observations import Basis, Clock
from escalation.figures.rounding import number
from models.account.accounts import Account
from worker.history.shadow import Shadow

_CLOCKS = {
    Clock.TOTAL: "escalation to first action",
    Clock.WAIT: "escalation to claim",
    Clock.ORIENTATION: "claim to first action",
}


def lines(found: Shadow, account: Account, *, as_of: datetime) -> Iterator[str]:
    """Yield the report line by line."""
    baseline, candidates = found.baseline, found.baseline.candidates or 0
    used = sum(not o.exclusions for o in baseline.observations)
    yield f"{account.name}, {found.since:%Y-%m-%d} to {found.until:%Y-%m-%d}: {found.tickets} tickets looked at"
    if found.elsewhere:
        yield f"  {found.elsewhere} more on other boards, which no engineer has, were not"
    yield f"wording of the audit trail: {found.understanding.why()}"
    for template in found.understanding.status.templates:
        yield f"  {template.kind}: {template.shown()}"
    for gone, called in sorted(found.understanding.status.aliases.items()):
        yield f"  {gone!r} is called {called!r} now"
    for gone, count in found.understanding.status.unknown.items():
        yield f"  {gone!r}, with {count} changes, is no status now; if it was an escalation: --former-status {gone!r}"
    yield f"escalations: {candidates} candidates, {used} with date and answer; coverage {baseline.coverage or 0:.0%}"
    reasons = Counter(reason for o in baseline.observations for reason in o.exclusions)
    for reason, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
        yield f"  {count:>4} left out: {reason}"
    if found.estimated:
        yield f"  {found.estimated:>4} assumed where the audit trail is cut and nothing else tells"
    if found.found.bulk:
        yield f"  {len(found.found.bulk):>4} put into the status in bulk: nobody's escalation, not counted"
    unclaimed = sum(o.claimed_at is None and not o.exclusions for o in baseline.observations)
    never = sum(o.claimed_at is not None and o.acted_at is None and not o.exclusions for o in baseline.observations)
    yield f"  of the dated: {unclaimed} never claimed, {never} claimed and never acted on"
    yield from _figures(found, as_of)
    if found.briefs:
        where = f"in the report and as {found.briefs[0].parent}/brief-*.md"
        yield f"sample briefs, each as of the moment of escalation: {len(found.briefs)}, {where}"
    yield f"stored as run {found.run_id}; nothing was written to the PSA"


def _figures(found: Shadow, as_of: datetime) -> Iterator[str]:
    if not found.baseline.usable:
        coverage = found.baseline.coverage or 0.0
        below = f"no backcast baseline: coverage {coverage:.0%} is below {COVERAGE_FLOOR:.0%}"
        yield f"{below}. Measure with a stopwatch: `baseline add`"
        return
    yield "the old way of working, in minutes (working hours, then all hours):"
    for clock, words in _CLOCKS.items():
        business, calendar = (baseline_figure(found.baseline, clock, basis, as_of=as_of) for basis in Basis)
        yield f"  {words:<27} {_shown(business)}  |  {_shown(calendar)}"


def _shown(figure: Figure) -> str:
    if figure.mean is None:
        return f"n={figure.n} ({figure.status.value})"
    median = "-" if figure.median is None else number(figure.median)
    interval = f", 95% {number(figure.ci95[0])} to {number(figure.ci95[1])}" if figure.ci95 else ""
    status = "" if figure.status is Status.MEASURED else f" ({figure.status.value})"
    return f"n={figure.n} average {number(figure.mean)}, median {median}{interval}{status}"


def as_json(found: Shadow, *, as_of: datetime) -> dict[str, Any]:
    """Return the same as plain values, each figure with n, mean, median, ci95 and status."""
    baseline = found.baseline
    return {
        "run": found.run_id,
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "tickets": found.tickets,
        "elsewhere": found.elsewhere,
        "candidates": baseline.candidates,
        "coverage": round(baseline.coverage or 0.0, 4),
        "usable": baseline.usable,
        "estimated": found.estimated,
        "bulk": len(found.found.bulk),
        "exclusions": dict(Counter(reason for o in baseline.observations for reason in o.exclusions)),
        "pattern": found.understanding.to_json(),
        "clocks": {
            clock.value: {
                basis.value: baseline_figure(baseline, clock, basis, as_of=as_of).to_json() for basis in Basis
            }
            for clock in _CLOCKS
        },
        "episodes": [
            {
                "episode": o.episode,
                **{
                    name: at.isoformat()
                    for name in ("escalated_at", "claimed_at", "acted_at", "ended_at")
                    if (at := getattr(o, name)) is not None
                },
                "technician": o.technician,
                "exclusions": list(o.exclusions),
            }
            for o in baseline.observations
        ],
        "briefs": [str(path) for path in found.briefs],
    }
