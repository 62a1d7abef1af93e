"""Drive a running simulator from Python: tests, demo and benchmarks use this, never the simulator's insides."""

from __future__ import annotations

import http.client
import json
import threading
import time
from typing import Any
from urllib.parse import quote, urlsplit

Record = dict[str, Any]


class SimulatorRefused(RuntimeError):
    """The control endpoint could not do what was asked; the message says why."""


class Remote:
    """The control endpoint of one simulator, for one of its companies. Safe to use from several threads."""

    def __init__(self, url: str, company: str = "northgate") -> None:
        self.url = url.rstrip("/")
        self.company = company
        self._place = urlsplit(self.url)
        self._local = threading.local()

    @property
    def act(self) -> Remote:
        """Return itself: `remote.act.change_status(…)` reads as it is meant."""
        return self

    def of(self, company: str) -> Remote:
        """Return the same simulator for another of its companies."""
        return Remote(self.url, company)

    def credentials(self) -> Record:
        """Return company, public_key, private_key, client_id, signing_key, api_member, codebase, url, base."""
        return dict(self._call("GET", "credentials"))

    def state(self) -> Record:
        """Return every record there is."""
        return dict(self._call("GET", "state"))

    def reset(self) -> None:
        """Begin anew."""
        self._call("POST", "reset")

    def requests(self) -> list[Record]:
        """Return the API requests so far: method, path, status, start and end (monotonic s), at (wall clock)."""
        return list(self._call("GET", "requests")["requests"])

    def peak(self) -> int:
        """Return how many requests were open at once at most."""
        return int(self._call("GET", "requests")["peak"])

    def clear_requests(self) -> None:
        """Forget the requests so far."""
        self._call("DELETE", "requests")

    def deliveries(self) -> list[Record]:
        """Return the callbacks sent so far, with their attempts."""
        return list(self._call("GET", "deliveries")["deliveries"])

    def clear_deliveries(self) -> None:
        """Forget the deliveries so far."""
        self._call("DELETE", "deliveries")

    def wait_delivered(self, within_s: float = 5) -> list[Record]:
        """Wait until nothing is on its way, and return all deliveries. Raises TimeoutError."""
        end = time.monotonic() + within_s
        while time.monotonic() < end:
            found = self._call("GET", "deliveries")
            if found["idle"]:
                return list(found["deliveries"])
            time.sleep(0.01)
        raise TimeoutError(f"callbacks were still on their way after {within_s:g} s")

    def fault(self, **rule: Any) -> int:
        """Add a fault rule and return its number: kind, method, path, count, probability, ms, status, …"""
        return int(self._call("POST", "faults", rule)["id"])

    def faults(self) -> list[Record]:
        """Return the rules in force with their hits."""
        return list(self._call("GET", "faults"))

    def clear_faults(self, rule: int | None = None) -> None:
        """Take one rule away, or all; what hangs is let go."""
        self._call("DELETE", "faults" if rule is None else f"faults/{rule}")

    def callbacks(self, **trouble: Any) -> Record:
        """Change how callbacks are sent: drop_next, drop_ratio, repeat, shuffle, delay_s, retry_scale, deactivate, …"""
        return dict(self._call("POST", "callbacks", trouble))

    def callback_entries(self) -> list[Record]:
        """Return the callback entries."""
        return list(self._call("GET", "callbacks")["entries"])

    def advance(self, seconds: float) -> str:
        """Move the PSA's clock forward; return its time."""
        return str(self._call("POST", "clock", {"advance_s": seconds})["now"])

    def settings(self, **wanted: Any) -> Record:
        """Change or read settings: latency_ms, rate_limit, note_lag_s, notes_touch_ticket, revoke, codebase, …"""
        return dict(self._call("POST", "settings", wanted) if wanted else self._call("GET", "settings"))

    def notes(self, ticket: int | str) -> list[Record]:
        """Return a ticket's notes, late ones too."""
        return list(self._call("GET", f"notes/{quote(str(ticket))}"))

    def ticket(self, ticket: int | str) -> Record:
        """Return a ticket by number or by its key in the written content."""
        return dict(self._call("GET", f"tickets/{quote(str(ticket))}"))

    def history(self) -> list[Record]:
        """Return the truth of the made-up past: each escalation with when it was claimed and acted on."""
        return list(self._call("GET", "history"))

    def member_hash(self, member: str) -> str:
        """Return the hash that proves this member to a hosted page."""
        return str(self._call("GET", f"hash/{quote(member)}")["hash"])

    def add_ticket(self, summary: str, member: str, **details: Any) -> int:
        """Open a ticket and return its number; details: company, board, status, owner, description, configurations."""
        return int(self._act("add_ticket", summary=summary, member=member, **details)["record"]["id"])

    def change_status(self, ticket: int | str, status: str, *, member: str) -> Record:
        """Set the status; `monotonic` in the answer is the moment of the change."""
        return self._act("change_status", ticket=ticket, status=status, member=member)

    def set_owner(self, ticket: int | str, owner: str | None, *, member: str) -> Record:
        """Make a member the owner, or nobody."""
        return self._act("set_owner", ticket=ticket, owner=owner, member=member)

    def move_board(self, ticket: int | str, board: str, *, member: str, status: str | None = None) -> Record:
        """Move a ticket to another board."""
        return self._act("move_board", ticket=ticket, board=board, member=member, status=status)

    def change(self, ticket: int | str, *, member: str, **fields: Any) -> Record:
        """Change any fields of a ticket."""
        return self._act("change", ticket=ticket, member=member, fields=fields)

    def add_note(
        self, ticket: int | str, text: str, *, member: str, kind: str = "internal", contact: str | None = None
    ) -> int:
        """Add a note and return its number; kind is internal, discussion or resolution."""
        made = self._act("add_note", ticket=ticket, text=text, member=member, kind=kind, contact=contact)
        return int(made["record"]["id"])

    def edit_note(self, ticket: int | str, note: int, text: str, *, member: str) -> Record:
        """Change a note's text."""
        return self._act("edit_note", ticket=ticket, note=note, text=text, member=member)

    def delete_note(self, ticket: int | str, note: int, *, member: str) -> Record:
        """Delete a note."""
        return self._act("delete_note", ticket=ticket, note=note, member=member)

    def add_time(
        self, ticket: int | str, *, member: str, text: str = "", minutes: float = 15, **details: Any
    ) -> int:
        """Add a time entry and return its number; details: started_ago_s, internal."""
        made = self._act("add_time", ticket=ticket, member=member, text=text, minutes=minutes, **details)
        return int(made["record"]["id"])

    def assign(self, ticket: int | str, resource: str, *, member: str) -> Record:
        """Schedule a member on a ticket."""
        return self._act("assign", ticket=ticket, resource=resource, member=member)

    def acknowledge(self, ticket: int | str, *, member: str) -> Record:
        """Let a member acknowledge their assignment."""
        return self._act("acknowledge", ticket=ticket, member=member)

    def merge(
        self, ticket: int | str, children: list[int | str], *, member: str, status: str | None = None
    ) -> Record:
        """Merge tickets into one."""
        return self._act("merge", ticket=ticket, children=children, member=member, status=status)

    def bundle(self, ticket: int | str, children: list[int | str], *, member: str, joined: bool = True) -> Record:
        """Put tickets under one; without `joined` they are not in its `/allNotes`."""
        return self._act("bundle", ticket=ticket, children=children, member=member, joined=joined)

    def close(self, ticket: int | str, *, member: str, status: str | None = None) -> Record:
        """Close a ticket."""
        return self._act("close", ticket=ticket, member=member, status=status)

    def delete(self, ticket: int | str, *, member: str) -> Record:
        """Delete a ticket."""
        return self._act("delete", ticket=ticket, member=member)

    def leave(self, member: str, *, gone: bool = False) -> Record:
        """Make a member inactive; with `gone` take their record away."""
        return self._act("leave", member=member, gone=gone)

    def come_back(self, member: str) -> Record:
        """Make a member active again."""
        return self._act("come_back", member=member)

    def _act(self, act: str, **details: Any) -> Record:
        return dict(self._call("POST", "act", {"act": act, **details}))

    def _call(self, method: str, what: str, body: Any = None) -> Any:
        """Call the control endpoint on this thread's connection; once more when the connection was closed meanwhile."""
        path = f"/_control/{what}?company={quote(self.company)}"
        sent = json.dumps(body).encode() if body is not None else b""
        for last in (False, True):
            connection = self._connection(fresh=last)
            try:
                connection.request(method, path, sent, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                raw = answer.read()
                break
            except (http.client.HTTPException, ConnectionError):
                if last:
                    raise
        found = json.loads(raw)
        if answer.status >= 400:
            raise SimulatorRefused(found.get("error") or found.get("message") or str(found))
        return found

    def _connection(self, *, fresh: bool) -> http.client.HTTPConnection:
        held: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if held is None or fresh:
            if held is not None:
                held.close()
            held = http.client.HTTPConnection(
                self._place.hostname or "127.0.0.1", self._place.port, timeout=30
            )
            self._local.connection = held
        return held
