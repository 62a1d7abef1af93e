"""Give a Python process a wrong clock, one that can be set while it runs: Python imports this by its name, first of all.

The file that `STORM_CLOCK` names holds the seconds by which the clock is wrong, for this process and all others that
have it. Counters (`time.monotonic`, `CLOCK_BOOTTIME`) go on as they should: nobody can set those. What the C library asks
for by itself is not touched; in the product nothing that matters does.
"""

from __future__ import annotations

import datetime
import os
import time
from typing import Any

FILE = os.environ.get("STORM_CLOCK", "")


def _wrong_by(reader: Any = open) -> float:
    try:
        with reader(FILE) as file:
            return float(file.read() or 0)
    except (OSError, ValueError):
        return 0.0


if FILE:
    right, right_ns, Right = time.time, time.time_ns, datetime.datetime

    class _Kind(type):
        def __instancecheck__(cls, thing: object) -> bool:
            return isinstance(thing, Right)

        def __subclasscheck__(cls, kind: type) -> bool:
            return issubclass(kind, Right)

    class datetime_(Right, metaclass=_Kind):  # noqa: N801
        """Makes plain `datetime`s, whatever is asked of it; only what is now is wrong."""

        __slots__ = ()

        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            return Right(*args, **kwargs)

        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Any:
            return Right.fromtimestamp(right() + _wrong_by(), tz)

        @classmethod
        def utcnow(cls) -> Any:
            return Right.fromtimestamp(right() + _wrong_by(), datetime.UTC).replace(tzinfo=None)

        @classmethod
        def fromtimestamp(cls, *args: Any, **kwargs: Any) -> Any:
            return Right.fromtimestamp(*args, **kwargs)

        @classmethod
        def fromisoformat(cls, text: str) -> Any:
            return Right.fromisoformat(text)

        @classmethod
        def combine(cls, *args: Any, **kwargs: Any) -> Any:
            return Right.combine(*args, **kwargs)

        @classmethod
        def strptime(cls, *args: Any) -> Any:
            return Right.strptime(*args)

    datetime_.__name__ = datetime_.__qualname__ = "datetime"
    datetime.datetime = datetime_  # type: ignore[misc]
    time.time = lambda: right() + _wrong_by()
    time.time_ns = lambda: right_ns() + int(_wrong_by() * 1e9)
