"""The rates of assessments: what is counted, from when a share is shown, and the interval against another way to it."""

from __future__ import annotations

import math

import pytest

from escalation.figures.assessed import Brief, Rate, assessment_rates, wilson
from escalation.figures.measures import Status


def briefs(**counts: int) -> list[Brief]:
    """Return so many briefs of each kind; `none` showed no assessment."""
    kinds = [(kind, number) for kind, count in counts.items() for number in range(count)]
    return [
        Brief(f"{kind}{number}/1", kind != "none", "open" if kind == "none" else kind.replace("_", " "))  # type: ignore[arg-type]
        for kind, number in kinds
    ]


def test_what_cannot_be_told_counts_for_neither_and_what_is_open_not_at_all() -> None:
    rates = assessment_rates(briefs(right=12, wrong=5, cannot_tell=3, open=7, none=13))
    assert (rates.acceptance.n, rates.acceptance.of) == (12, 20)
    assert (rates.correction.n, rates.correction.of) == (5, 20)
    assert (rates.abstention.n, rates.abstention.of) == (13, 40)
    assert rates.acceptance.share == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("of", "status"),
    [(0, Status.COLLECTING), (5, Status.COLLECTING), (6, Status.EARLY), (19, Status.EARLY), (20, Status.MEASURED)],
)
def test_few_are_counted_and_not_divided(of: int, status: Status) -> None:
    rate = Rate.of_counts(of, of)
    assert rate.status is status
    assert (rate.share is None) == (rate.ci95 is None) == (status is Status.COLLECTING)


@pytest.mark.parametrize(("n", "of"), [(0, 6), (1, 7), (7, 12), (20, 20), (320, 400)])
def test_the_interval_is_where_the_score_test_does_not_reject(n: int, of: int) -> None:
    """Each end p that is no limit solves |n/of - p| = 1.96 sqrt(p (1 - p) / of), which is how Wilson's interval is defined."""
    low, high = wilson(n, of)
    assert 0 <= low <= n / of <= high <= 1
    for end in (low, high):
        if 0 < end < 1:
            assert abs(n / of - end) == pytest.approx(1.959964 * math.sqrt(end * (1 - end) / of))
