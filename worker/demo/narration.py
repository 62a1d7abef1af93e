"""How the demo speaks."""

from __future__ import annotations

import time


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)  # noqa: T201 - the command line speaks


def rule(text: str) -> None:
    """Print a heading with a rule across the screen."""
    say(f"\n── {text} " + "─" * max(3, 96 - len(text)))


def step(begun: float, text: str) -> None:
    """Print what happened, and how long after `begun` (monotonic seconds)."""
    say(f"  +{time.monotonic() - begun:5.2f} s  {text}")
