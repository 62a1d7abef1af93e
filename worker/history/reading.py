"""Read an account's past from its PSA: politely, with a word on how far it is, and going on where it was cut off.

Nothing is written to the PSA, whatever is asked: `ReadOnly` has no write that it could pass on.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TextIO, TypeVar, cast

from escalation.evidence import Evidence, Roster, Ticket
from escalation.history.audit_trail import AuditEntry
from escalation.history.saves import Past
from psa.port import Forbidden, NotPermitted, Psa, PsaError, Throttled, Unauthorized, Unavailable
from worker.gather import Reader, transient_gaps

READS = frozenset({
    "api_member", "audit_trail", "boards", "codebase", "configuration_ids", "configurations", "documents", "family",
    "members", "notes", "related", "schedule", "system_info", "tasks", "ticket", "ticket_url", "tickets_in_statuses",
    "tickets_updated_since", "teams", "time_entries",
})  # fmt: skip

TRIES = 5
LONGEST_WAIT_S = 60.0
BATCH = 2000
BAR = 30
"""Characters of the bar that a terminal is shown."""

T = TypeVar("T")


class NoAuditTrail(RuntimeError):
    """The PSA does not let us read its audit trail: the message says what to do."""


class ReadOnly:
    """A PSA of which nothing but the reads is left, all of them in the last place."""

    def __init__(self, psa: Psa) -> None:
        self._psa = psa.at_rest()
        self.reads = 0
        """Calls that were made, a list of several pages counted once."""

    def __getattr__(self, name: str) -> Any:
        if name not in READS:
            raise NotPermitted(f"{name}: a replay of history only reads")
        found = getattr(self._psa, name)
        self.reads += callable(found) and name != "ticket_url"
        return found


def read_only(psa: Psa) -> Psa:
    """Return the reads of a PSA; anything else raises `NotPermitted`."""
    return cast(Psa, ReadOnly(psa))


@dataclass(slots=True)
class Progress:
    """Says on standard error how far a long reading is, and how long it may still take."""

    out: TextIO = field(default_factory=lambda: sys.stderr)
    clock: Callable[[], float] = time.monotonic
    every_s: float = 2.0
    _begun: float = 0.0
    _said: float = 0.0

    def start(self, what: str) -> None:
        self._begun = self._said = self.clock()
        print(what, file=self.out, flush=True)

    def step(self, done: int, of: int, what: str) -> None:
        """Say so now and then, and at the end."""
        now = self.clock()
        if now - self._said < self.every_s and done < of:
            return
        self._said = now
        left = (now - self._begun) / done * (of - done) if done else 0.0
        words = f", about {_span(left)} left" if done < of else ""
        if not self.out.isatty():
            print(f"  {done} of {of} {what}{words}", file=self.out, flush=True)
            return
        full = round(BAR * done / of)
        bar = "█" * full + "░" * (BAR - full)
        print(f"\r  {bar} {done} of {of} {what}{words}\x1b[K", end="\n" if done >= of else "", file=self.out, flush=True)


def _span(seconds: float) -> str:
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{round(seconds / 60)} min"


def patiently(call: Callable[[], T], *, sleep: Callable[[float], None] = time.sleep) -> T:
    """Make a read, and again if the PSA asks to wait or does not answer. Raises `PsaError` after `TRIES`."""
    for attempt in range(1, TRIES + 1):
        try:
            return call()
        except (Throttled, Unavailable) as error:
            if attempt == TRIES:
                raise
            sleep(min(error.retry_after or 2.0 ** (attempt - 1), LONGEST_WAIT_S))
    raise AssertionError("unreachable")


def tickets_since(psa: Psa, since: datetime) -> list[Ticket]:
    """Read all tickets that were changed since a moment."""
    found: dict[int, Ticket] = {}
    cursor, limit = since, BATCH
    while True:
        batch = patiently(partial(psa.tickets_updated_since, cursor, limit=limit))
        found |= {ticket.id: ticket for ticket in batch}
        if len(batch) < limit:
            return list(found.values())
        reached = max((ticket.last_updated for ticket in batch if ticket.last_updated), default=cursor)
        # A mass update can put more tickets into one second than a batch holds: then only a larger one gets past it.
        cursor, limit = (reached, BATCH) if reached > cursor else (cursor, limit * 2)


def read_trails(psa: Psa, tickets: Sequence[Ticket], store: Store, progress: Progress) -> list[Past]:
    """Read the audit trail of each ticket that is not stored yet. Raises `NoAuditTrail`.

    A trail that cannot be read is None: that ticket's past is unknown, which lowers the coverage.
    """
    found: list[Past] = []
    for done, ticket in enumerate(tickets, 1):
        trail = store.get(ticket)
        if trail is None:
            trail = _trail(psa, ticket.id)
            if trail is not None:
                store.put(ticket, trail)
        found.append(Past(ticket, tuple(trail) if trail is not None else None))
        progress.step(done, len(tickets), "audit trails read")
    return found


def _trail(psa: Psa, ticket_id: int) -> list[AuditEntry] | None:
    try:
        return patiently(lambda: psa.audit_trail(ticket_id))
    except (Forbidden, Unauthorized) as error:
        raise NoAuditTrail(
            f"{error}. Without the audit trail nobody can say when a ticket was escalated. Which permission it takes "
            "is not documented: give the API member's role Inquire All under System, and Service Desk, Service Tickets"
        ) from error
    except PsaError:
        return None


def read_evidence(
    reader: Reader, psa: Psa, ticket_id: int, roster: Roster, *, now: datetime, whole: bool = False
) -> Evidence | None:
    """Read what shows who was at work on a ticket, or everything around it; None if it cannot be read whole."""
    read = reader.everything if whole else reader.response
    for attempt in range(1, TRIES + 1):
        try:
            evidence = patiently(lambda: read(psa, ticket_id, roster, now=now))
        except PsaError:
            return None
        if not transient_gaps(evidence):
            return None if any(gap.source in ("notes", "time_entries") for gap in evidence.gaps) else evidence
        time.sleep(min(2.0 ** (attempt - 1), LONGEST_WAIT_S))
    return None


class Store:
    """Trails that were read, in a file of their own, so that a reading that was cut off goes on.

    A trail is taken from it only as long as its ticket has not changed since.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[tuple[int, str], list[AuditEntry]] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                self._take(line)
        self.resumed = len(self._known)
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8")

    def _take(self, line: str) -> None:
        try:
            body = json.loads(line)
            self._known[body["ticket"], body["changed"]] = [_entry(row) for row in body["trail"]]
        except (ValueError, KeyError, TypeError):  # the line that was being written when it was cut off
            return

    def get(self, ticket: Ticket) -> list[AuditEntry] | None:
        return self._known.get((ticket.id, str(ticket.last_updated)))

    def put(self, ticket: Ticket, trail: Sequence[AuditEntry]) -> None:
        rows = [[e.text, e.at.isoformat() if e.at else None, e.by, e.kind] for e in trail]
        body = {"ticket": ticket.id, "changed": str(ticket.last_updated), "trail": rows}
        # A newline first: what stood there may have been cut off within a line.
        self._file.write("\n" + json.dumps(body, ensure_ascii=False))
        self._file.flush()

    def close(self) -> None:
        self._file.close()

    def remove(self) -> None:
        """Forget everything, once the replay is complete."""
        self.close()
        self._path.unlink(missing_ok=True)


def _entry(row: Sequence[Any]) -> AuditEntry:
    text, at, by, kind = row
    return AuditEntry(text, datetime.fromisoformat(at) if at else None, by, kind)


@contextmanager
def stored(path: Path, *, fresh: bool) -> Iterator[Store]:
    """Give the store of a reading: kept if that is cut off, removed when it is through."""
    if fresh:
        path.unlink(missing_ok=True)
    store = Store(path)
    try:
        yield store
    except BaseException:
        store.close()
        raise
    store.remove()
