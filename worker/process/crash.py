"""Named points at which a test may kill or stop the process, to prove that any crash leaves a row that is found again.

`RESOLUTIONFLOW_CRASH_FILE` names a file; while it holds `publish.posted 2`, the process kills itself at its second
pass of that point, having removed the file first, so that the one started in its place lives on. With a third word,
`publish.posted 2 stop`, it stops (SIGSTOP) instead, as if the machine had frozen, and goes on when it is told to.
Without the variable a point costs one dictionary look-up.
"""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

_STEPS = {
    "callback": "checked pinned stored canary",
    "claim": "asked stored returning returned answering answered dismissing dismissed judging wishing wished noting noted "
    "rereading reread",
    "session": "opening opened recording recorded",
    "triage": "rung taken verified read decided waits refused ignored",
    "publish": "rung leased gathered drafted withheld attempted posted recorded waits parked",
    "take_away": "owed rung taken tried recorded",
    "notify": "rung created",
    "deliver": "rung taken sent recorded waits",
    "refresh": "rung taken removed counted asked repeats held stored edited said_beside kept_beside ended waits put_off",
    "observe": "rung taken read stored ending expired withdrawn asked",
    "read": "rung taken noted capped answered kept failed ended",
    "notes": "rung taken looked stored",
    "resolution": "rung taken attempted posted recorded waits ended",
    "settle": "rung taken owner_set owned stored waits",
    "wish": "rung taken attempted written stored waits ended",
    "read_for_session": "rung taken stored waits",
    "sweep": "rung moved freed",
    "poll": "rung taken stored members ended",
    "check": "rung readdressed followed registered activated removed ended",
    "weekly": "rung taken planned",
    "report": "rung taken sent recorded waits",
    "canary": "rung taken noted called answered ended",
    "try_ticket": "rung taken cleaned posted removed waits ended",
    "audit": "rung looked taken told recorded waits",
}
"""By the task that passes them: one before its first change, and one after each change of a row and each write elsewhere."""
POINTS = tuple(f"{task}.{step}" for task, steps in _STEPS.items() for step in steps.split())
"""Every point there is."""

_ENDS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}
_passed: dict[str, int] = {}
_lock = threading.Lock()


def point(name: str) -> None:
    """Die or stop here if a test asks for it. Raises `KeyError` for a point that is not in `POINTS`."""
    asked_in = os.environ.get("RESOLUTIONFLOW_CRASH_FILE")
    if not asked_in:
        return
    if name not in POINTS:
        raise KeyError(f"{name} is not in worker.process.crash.POINTS")
    file = Path(asked_in)
    with _lock:
        try:
            at, hit, *end = file.read_text().split()
        except (FileNotFoundError, ValueError):
            _passed.clear()
            return
        if at != name:
            return
        _passed[name] = _passed.get(name, 0) + 1
        if _passed[name] < int(hit):
            return
        file.unlink(missing_ok=True)
        _passed.clear()
    os.kill(os.getpid(), _ENDS[end[0] if end else "kill"])
