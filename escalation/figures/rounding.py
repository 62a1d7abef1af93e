"""How a number is rounded where people read it: from the two decimals that the JSON has, halves away from zero.

Page, command and mail all round here. Whoever rounds the JSON by hand comes to the same.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def stored(value: float) -> float:
    """Return a number with the two decimals of the JSON."""
    return round(value, 2)


def number(value: float) -> str:
    """Return one decimal below a thousand and none above, with a real minus sign."""
    return said(rounded(value))


def rounded(value: float) -> Decimal:
    """Return the number that `number` says, to add and subtract what is shown."""
    exact = _meant(stored(value))
    tenths = _half_up(exact, "0.1")
    return tenths if abs(tenths) < 1000 else _half_up(exact, "1")


def said(value: Decimal) -> str:
    """Return a rounded number as people read it."""
    return f"{value or abs(value):,}".replace("-", "\N{MINUS SIGN}")


def whole(value: float) -> int:
    """Return the nearest whole number."""
    return int(_half_up(_meant(stored(value)), "1"))


def units(value: float) -> str:
    """Return the nearest whole number as people read it."""
    return said(Decimal(whole(value)))


def percent(share: float) -> str:
    """Return a share in whole percent, from the three decimals of the JSON."""
    return f"{_half_up(_meant(round(share, 3)) * 100, '1')}%"


def _meant(value: float) -> Decimal:
    return Decimal(repr(value))  # 6.45, and not the binary number just above or below it


def _half_up(value: Decimal, step: str) -> Decimal:
    return value.quantize(Decimal(step), ROUND_HALF_UP)
