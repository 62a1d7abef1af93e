"""A reliability curve as SVG: how often something was right where it said how sure it was, with 95% intervals."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from escalation.figures.assessed import wilson

SIDE, EDGE = 360, 56
WIDTH = 0.1
"""Of a group: confidences from 0.6 to 0.7 are one."""


def groups(told: Sequence[tuple[float, bool]]) -> list[tuple[float, int, int]]:
    """Return for each group its mean confidence, how many of it were right, and its size."""
    found = []
    for number in range(round(1 / WIDTH)):
        here = [(sure, right) for sure, right in told if number == min(int(sure / WIDTH + 1e-9), round(1 / WIDTH) - 1)]
        if here:
            found.append((sum(sure for sure, _ in here) / len(here), sum(right for _, right in here), len(here)))
    return found


def svg(told: Sequence[tuple[float, bool]], *, title: str, floor: float) -> str:
    """Return the curve; what lies below `floor` is never shown to anybody and drawn hollow."""
    rows = [
        f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" class="ideal"/>',
        f'<line x1="{_x(floor)}" y1="{_y(0)}" x2="{_x(floor)}" y2="{_y(1)}" class="floor"/>',
        f'<text x="{_x(floor) - 4}" y="{_y(1) + 14}" text-anchor="end">said nothing</text>',
    ]
    for tick in (0, 0.25, 0.5, 0.75, 1):
        rows.append(f'<text x="{_x(tick)}" y="{_y(0) + 18}" text-anchor="middle">{tick:.0%}</text>')
        rows.append(f'<text x="{_x(0) - 8}" y="{_y(tick) + 4}" text-anchor="end">{tick:.0%}</text>')
    for sure, right, size in groups(told):
        low, high = wilson(right, size)
        kind = "shown" if sure >= floor else "kept"
        rows.append(f'<line x1="{_x(sure)}" y1="{_y(low)}" x2="{_x(sure)}" y2="{_y(high)}" class="{kind}"/>')
        rows.append(f'<circle cx="{_x(sure)}" cy="{_y(right / size)}" r="5" class="{kind}"/>')
        rows.append(f'<text x="{_x(sure) + 9}" y="{_y(right / size) + 4}">{right} of {size}</text>')
    whole = SIDE + 2 * EDGE
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}" role="img" aria-label="{escape(title)}">'
        "<style>text{font:12px sans-serif;fill:#333}line,circle{stroke:#1446ff;stroke-width:2;fill:#1446ff}.kept{fill:#fff}"
        ".ideal{stroke:#999;stroke-dasharray:4}.floor{stroke:#b97a00;stroke-dasharray:2}</style>"
        f'<rect width="{whole}" height="{whole}" fill="#fff"/>'
        f'<text x="{whole / 2}" y="24" text-anchor="middle">{escape(title)}</text>'
        f'<text x="{whole / 2}" y="{whole - 10}" text-anchor="middle">stated</text><text x="8" y="{_y(1) - 12}">right</text>'
    )
    return "\n".join([head, *rows, "</svg>", ""])


def _x(share: float) -> float:
    return round(EDGE + share * SIDE, 1)


def _y(share: float) -> float:
    return round(EDGE + (1 - share) * SIDE, 1)
