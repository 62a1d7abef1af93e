"""Give a Python process a wrong clock, one that can be set while it runs: Python imports this by its name, first of all.

The file that `STORM_CLOCK` names holds the seconds by which the clock is wrong, for this process and all others that
have it. Counters (`time.monotonic`, `CLOCK_BOOTTIME`) go on as they should: nobody can set those. What the C library asks
for by itself is not touched; in the product nothing that matters does.
"""

from __future__ import annotations

import ctypes
import datetime
import gc
import os
import time
from typing import Any

FILE = os.environ.get("STORM_CLOCK", "")


def _wrong_by() -> float:
    try:
        with open(FILE) as file:  # noqa: PTH123 - asked for thousands of times a second
            return float(file.read() or 0)
    except (OSError, ValueError):
        return 0.0


if FILE:
    right, right_ns = time.time, time.time_ns

    def now(cls: Any, tz: datetime.tzinfo | None = None) -> Any:
        return cls.fromtimestamp(right() + _wrong_by(), tz)

    def utcnow(cls: Any) -> Any:
        return cls.fromtimestamp(right() + _wrong_by(), datetime.UTC).replace(tzinfo=None)

    # In the class itself: another class in its place would not be the one that libraries know values by.
    (members,) = gc.get_referents(datetime.datetime.__dict__)
    members |= {"now": classmethod(now), "utcnow": classmethod(utcnow)}
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(datetime.datetime))
    time.time = lambda: right() + _wrong_by()
    time.time_ns = lambda: right_ns() + int(_wrong_by() * 1e9)
