"""Why figures that stand side by side do not add up: one sentence where they do not, nothing where they do.

It quotes the numbers as they are shown, and its sums hold in them. What is only counted is named here too, the same everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from escalation.figures.measures import Figure
from escalation.figures.rounding import rounded, said, stored

ByBasis = Mapping[str, Figure]

_IN = {"business": "", "calendar": "in all hours "}
_CLAIM = " (claim "
"""Stands in the name of a reading that is a claim which ended without a first action."""


def recovered(old: ByBasis, now: ByBasis, saving: ByBasis) -> str:
    """Return why the old way's average minus the present one is not what is recovered; empty where it is.

    `now` lets what is unfinished run on to the product's own slowest time, `saving` to that of either side.
    """
    sums: dict[str, str] = {}
    longer = False
    for basis, before in _IN.items():
        then, here, each = old[basis].mean, now[basis].mean, saving[basis].mean
        if then is None or here is None or each is None:
            continue
        counted = rounded(then) - rounded(each)
        if counted != rounded(here):
            longer = longer or stored(then - each) > stored(here)
            told = f"{said(rounded(then))} \N{MINUS SIGN} {said(counted)} = {said(rounded(each))}"
            sums.setdefault(f"{told}, with now at {said(counted)} instead of {said(rounded(here))}", before)
    if not sums:
        return ""
    why = "each number is rounded by itself"
    if longer:
        count = "counts" if saving["business"].unfinished == 1 else "count"
        why = f"the {_unfinished(saving['business'])} {count} here as long as the slowest of either side"
    return f"Recovered each is {_both(sums)}: {why}."


def on_the_way(clocks: Mapping[str, ByBasis]) -> str:
    """Return why waiting and orientation do not come to the total; empty where they do."""
    three = [clocks[name] for name in ("queue_wait", "orientation", "total")]
    sums: dict[str, str] = {}
    for basis, before in _IN.items():
        wait, orientation, total = (clock[basis].mean for clock in three)
        if wait is None or orientation is None or total is None:
            continue
        both = rounded(wait) + rounded(orientation)
        if abs(both - rounded(total)) > rounded(0.1):  # three roundings may come to that
            sums.setdefault(f"{said(both)}, not {said(rounded(total))}", before)
    return f"Waiting and the time after claiming come to {_both(sums)}: {_apart(three)}." if sums else ""


def _apart(clocks: Sequence[ByBasis]) -> str:
    working = [clock["business"] for clock in clocks]
    ended = _ended(working[1])
    if ended == 1:
        return ("1 claim given back or run out unused counts on its own after claiming, and as waiting until the claim "
                "that stands")  # fmt: skip
    if ended:
        return (f"{ended} claims given back or run out unused count on their own after claiming, and as waiting until the "
                "claim that stands")  # fmt: skip
    if any(figure.unfinished for figure in working):
        return "some are not claimed or not acted on so far, and count in each as longer than that"
    return f"they rest on {', '.join(str(figure.n) for figure in working[:2])} and {working[2].n} escalations"


def _unfinished(figure: Figure) -> str:
    """Return what has no first action, in words."""
    ended = _ended(figure)
    rest = figure.unfinished - ended
    claims = f"{ended} claim{'' if ended == 1 else 's'} given back or run out unused"
    if not ended:
        return f"{rest} without a first action so far"
    return f"{claims} and the {rest} without a first action so far" if rest else claims


def _ended(figure: Figure) -> int:
    return sum(_CLAIM in episode for episode in figure.episodes)


def _both(sums: Mapping[str, str]) -> str:
    return "; ".join(before + told for told, before in sums.items())


def counted(found: Mapping[str, int]) -> tuple[tuple[int, str], ...]:
    """Return what there is to count, without the noughts nobody misses."""
    always = ((found["escalated"], "escalated"), (found["claimed"], "claimed"), (found["acted"], "acted on"))
    rest = (
        (found["never_acted"], "claimed, and over without a first action"),
        (found["in_hand"], "claimed, not acted on yet, still live"),
        (found["returned"], f"claim{'' if found['returned'] == 1 else 's'} given back or run out"),
        (found["withdrawn"], "withdrawn before anybody claimed it"),
        (found.get("repeated", 0), "in which a senior did or asked again what the brief holds"),
        (found["left_out"], "left out of every figure, for the reasons below"),
    )
    return always + tuple((size, what) for size, what in rest if size)
