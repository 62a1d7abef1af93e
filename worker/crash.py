"""Named points at which a test may kill the process, to prove that any crash leaves a row that is found again.

`RESOLUTIONFLOW_CRASH_AT=publish.posted:2` kills the process with SIGKILL at the second pass of that point.
Without the variable a point costs one dictionary look-up.
"""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

POINTS = (
    "triage.taken",
    "triage.read",
    "triage.decided",
    "publish.leased",
    "publish.gathered",
    "publish.drafted",
    "publish.attempted",
    "publish.posted",
    "publish.recorded",
    "refresh.taken",
    "refresh.edited",
    "notify.created",
    "deliver.taken",
    "deliver.sent",
)
"""Every point there is, in the order an escalation passes them."""

_passed: dict[str, int] = {}
_lock = threading.Lock()


def point(name: str) -> None:
    """Die here if the environment asks for it. Raises `KeyError` for a point that is not in `POINTS`."""
    wanted = os.environ.get("RESOLUTIONFLOW_CRASH_AT")
    if not wanted:
        return
    if name not in POINTS:
        raise KeyError(f"{name} is not in worker.crash.POINTS")
    at, _, hit = wanted.partition(":")
    if at != name:
        return
    with _lock:
        _passed[name] = _passed.get(name, 0) + 1
        due = _passed[name] == int(hit or 1)
    if due and _first_time():
        os.kill(os.getpid(), signal.SIGKILL)


def _first_time() -> bool:
    """With `RESOLUTIONFLOW_CRASH_ONCE=FILE` only the first process dies, so that the restarted one lives on."""
    once = os.environ.get("RESOLUTIONFLOW_CRASH_ONCE")
    if not once:
        return True
    try:
        Path(once).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
