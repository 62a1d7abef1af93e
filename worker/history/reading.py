"""Read an account's past from its PSA: politely, with a word on how far it is, and going on where it was cut off."""

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
from psa.port import Forbidden, Psa, PsaError, Throttled, Unauthorized, Unavailable
from worker.gather import Reader, transient_gaps
from worker.history.reads import AT_ONCE, ReadOnly, ahead

TRIES = 5
LONGEST_WAIT_S = 60.0
BATCH = 2000
BAR = 30
"""Characters of the bar that a terminal is shown."""

T = TypeVar("T")


class NoAuditTrail(RuntimeError):
    """The PSA does not let us read its audit trail: the message says what to do."""


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


@dataclass(frozen=True, slots=True)
class ReadsAhead:
    """How many reads a replay is going to make, once its tickets are listed."""

    tickets: int
    trails_known: int
    """Tickets whose trail a run that was cut off has left."""
    to_remember: int
    """Closed tickets whose notes are read in any case."""
    briefs: int
    share: float | None = None
    """Of how many tickets the last replay read the notes to tell the escalations; without one, of three in ten."""

    def before_the_report(self) -> int:
        """Return a trail for each ticket, notes of those that may have been escalated, and what the sample briefs take."""
        read = self._escalated()
        return self.tickets - self.trails_known + read + self._lists(read) + 6 * min(self.briefs, read)

    def afterwards(self) -> int:
        """Return notes of the closed tickets whose notes are not read by then."""
        read = round(self.to_remember * (1 - self._escalated() / self.tickets)) if self.tickets else 0
        return read + self._lists(read)

    def _escalated(self) -> int:
        return round(self.tickets * (0.3 if self.share is None else self.share))

    def _lists(self, tickets: int) -> int:
        return 2 * -(-tickets // AT_ONCE)

    def said(self, pace: float) -> str:
        """Say it, and how long it takes at so many reads a second."""
        first, then = self.before_the_report(), self.afterwards()
        return (
            f"about {first + then:,} reads ahead, {_span((first + then) / pace)} at {pace:g} a second, behind everything else:\n"
            f"  the report after {_span(first / pace)}, the other {then:,} fill the memory of solved tickets\n"
            "  nothing is written to the PSA; Ctrl-C at any time, the same command goes on from there"
        )


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
    trails = {ticket.id: store.get(ticket) for ticket in tickets}
    unread = [ticket for ticket in tickets if trails[ticket.id] is None]
    for done, (ticket, read) in enumerate(ahead(lambda one: psa.audit_trail(one.id), unread), 1):
        trails[ticket.id] = trail = _trail(read)
        if trail is not None:
            store.put(ticket, trail)
        progress.step(done, len(unread), "audit trails read")
    return [Past(ticket, None if (trail := trails[ticket.id]) is None else tuple(trail)) for ticket in tickets]


def _trail(read: Callable[[], list[AuditEntry]]) -> list[AuditEntry] | None:
    try:
        return patiently(read)
    except (Forbidden, Unauthorized) as error:
        raise NoAuditTrail(
            f"{error}. Without the audit trail nobody can say when a ticket was escalated. Which permission it takes "
            "is not documented: give the API member's role Inquire All under System, and Service Desk, Service Tickets"
        ) from error
    except PsaError:
        return None


def read_evidence(
    reader: Reader, reads: ReadOnly, tickets: Sequence[Ticket], roster: Roster, *, clock: Callable[[], datetime]
) -> Iterator[tuple[int, Evidence | None]]:
    """Read what shows who was at work on each ticket: its notes alone, all else many at a time. None as `whole` gives it."""
    reads.expect(tickets)
    psa = cast(Psa, reads)
    for ticket, read in ahead(lambda one: reader.response(psa, one.id, roster, now=clock()), tickets):
        yield ticket.id, whole(read)


def whole(read: Callable[[], Evidence]) -> Evidence | None:
    """Return what a reading gives, read again while a gap may close; None if notes or time cannot be read."""
    for attempt in range(1, TRIES + 1):
        try:
            evidence = patiently(read)
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
            for line in path.read_text(encoding="utf-8").split("\n"):  # texts may hold other line ends
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
