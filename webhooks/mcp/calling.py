"""What the tools have in common: who calls, refusals as a model can act on them, a key for each deed, waiting a little."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from typing import Any, TypeVar

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError

from webhooks.mcp.reach import Call, Reach, Refused
from webhooks.mcp.wording import MOST_STEPS

WAIT_S = 5.0
"""For a worker to have read a ticket, or set its status."""

T = TypeVar("T")


class Api:
    """The API as one tool call's member."""

    def __init__(self, reach: Reach, context: Context[Any, Any]) -> None:
        request = context.request_context.request
        self._reach, self._authorization = reach, request.headers.get("authorization", "") if request is not None else ""

    def get(self, path: str, **query: str | int) -> Any:
        """Return what stands there. Raises `ToolError`."""
        return self._call(Call("GET", path, query=query))

    def session(self, session_id: int) -> Any:
        """Return a session with its ticket but few of its steps, which the list of sessions tells. Raises `ToolError`."""
        return self.get(f"/sessions/{session_id}", newest=1)

    def beside(self, session: dict[str, Any]) -> dict[str, Any]:
        """Return the list of sessions on a session's ticket, with that one in it, however old it is. Raises `ToolError`."""
        found: dict[str, Any] = self.get("/sessions", ticket=session["ticket_id"])
        if all(one["id"] != session["id"] for one in found["sessions"]):
            own = self.get(f"/sessions/{session['id']}", newest=MOST_STEPS)
            found = {"sessions": [own, *found["sessions"]], "older": found.get("older", 1) - 1}
        return found

    def post(self, path: str, body: dict[str, Any], *, key: str | None = None) -> Any:
        """Return what came of it. Raises `ToolError`."""
        return self._call(Call("POST", path, body, key))

    def _call(self, call: Call) -> Any:
        try:
            return self._reach(call, self._authorization)
        except Refused as refusal:
            raise ToolError(str(refusal)) from refusal


def key_of(*said: object) -> str:
    """Return the key of a deed: the same words again are the same deed, however often a client sends them."""
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:40]


def wait_for(look: Callable[[], T], done: Callable[[T], bool]) -> T:
    """Return what is seen once it is done, or as it stands at the end of `WAIT_S`."""
    end, pause = time.monotonic() + WAIT_S, 0.1
    while not done(seen := look()) and time.monotonic() < end:
        time.sleep(pause)
        pause = min(1.0, pause * 1.5)
    return seen
