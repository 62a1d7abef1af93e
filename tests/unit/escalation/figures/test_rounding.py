"""Numbers are rounded once and for all: what the JSON has, by hand, halves away from zero."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.figures.rounding import number, percent, rounded, said, stored, units, whole


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (6.4479, "6.5"),  # 6.45 in the JSON
        (6.45, "6.5"), (6.15, "6.2"), (27.25, "27.3"), (4.65, "4.7"), (6.444, "6.4"), (0, "0.0"), (-0.004, "0.0"),
        (-6.45, "−6.5"), (-0.05, "−0.1"), (99.95, "100.0"), (125.94, "125.9"), (999.95, "1,000"), (12_345.5, "12,346"),
    ],
)  # fmt: skip
def test_one_decimal_of_the_number_that_the_json_has(value: float, told: str) -> None:
    assert number(value) == told


@given(st.floats(-1e6, 1e6))
def test_a_number_of_the_json_is_rounded_like_the_figure_it_came_from(value: float) -> None:
    assert number(stored(value)) == number(value)
    assert said(rounded(value)) == number(value)
    by_hand = Decimal(str(stored(value))).quantize(Decimal(1), ROUND_HALF_UP)
    assert whole(value) == by_hand
    assert units(value).replace(",", "").replace("−", "-") == str(int(by_hand))


def test_shares_and_whole_numbers_too() -> None:
    assert [percent(share) for share in (0.285, 0.7961, 0, 1, 0.005)] == ["29%", "80%", "0%", "100%", "1%"]
    assert [units(value) for value in (364.5, 363.5, -0.5, 1234.4)] == ["365", "364", "−1", "1,234"]
