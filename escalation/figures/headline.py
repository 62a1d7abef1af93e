"""The one sentence an owner reads first."""

from __future__ import annotations

from collections.abc import Mapping

from escalation.figures.compared import Compared
from escalation.figures.measures import COVERAGE_FLOOR, EARLY_FROM, MEASURED_FROM, Figure, Status
from escalation.figures.rounding import number, percent

OLD_WAY = {"stopwatch": "the stopwatch readings of the old way", "backcast": "the replayed history of the old way"}


def sentence(baselines: Mapping[str, Compared], *, acted: int) -> str:
    """Return the number with its interval, in working minutes over the last 30 days, or why there is none yet.

    What is certain comes before what is not. Two sources with a number are both quoted, never averaged.
    """
    by_status: dict[Status, list[str]] = {}
    for source, old in baselines.items():
        figure = old.saving["business"]
        by_status.setdefault(figure.status, []).append(_clause(source, figure))
    sure, unclear, early = (by_status.get(s, []) for s in (Status.MEASURED, Status.UNCLEAR, Status.EARLY))
    if sure:
        rest = "".join(f"; no measurable saving yet against {clause}" for clause in unclear)
        return f"An escalation takes {' and '.join(sure)}{rest}."
    if unclear:
        return f"No measurable saving yet against {', nor against '.join(unclear)}."
    if early:
        return f"Early, and not to be relied on yet: an escalation takes {' and '.join(early)}."
    return _collecting(baselines, acted)


def _clause(source: str, figure: Figure) -> str:
    if figure.mean is None or figure.ci95 is None:
        return ""
    interval = f"95% interval {number(figure.ci95[0])} to {number(figure.ci95[1])} min"
    if figure.status is Status.UNCLEAR:
        return f"{OLD_WAY[source]} ({number(figure.mean)} min recovered each, {interval})"
    few = f", from {min(figure.n, figure.baseline_n or 0)} of {MEASURED_FROM}" if figure.status is Status.EARLY else ""
    side = "less" if figure.mean >= 0 else "longer"
    return f"{number(abs(figure.mean))} min {side} than in {OLD_WAY[source]} ({interval} recovered{few})"


def _collecting(baselines: Mapping[str, Compared], acted: int) -> str:
    if acted < EARLY_FROM:
        return f"Collecting: {acted} of the {EARLY_FROM} escalations acted on that a first figure needs."
    usable = {source: old.saving["business"] for source, old in baselines.items() if old.usable}
    if not usable:
        why = _no_baseline(baselines.get("backcast"))
        return f"No saving can be shown yet: {acted} escalations were acted on in 30 days, but {why}."
    source = max(usable, key=lambda name: usable[name].baseline_n or 0)
    before, here = usable[source].baseline_n or 0, usable[source].n
    have = f"{before} of {EARLY_FROM} observations in {OLD_WAY[source]}"
    if before >= EARLY_FROM:
        have = f"{here} of {EARLY_FROM} escalations to compare with {OLD_WAY[source]}"
    return f"Collecting: {have}."


def _no_baseline(poor: Compared | None) -> str:
    if poor is None or poor.coverage is None:
        return "nothing was measured of the old way to compare them with"
    return f"the replayed history dates {percent(poor.coverage)} of its escalations and {percent(COVERAGE_FLOOR)} are needed"
