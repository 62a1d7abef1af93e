"""What a replay of history is left of a PSA: its reads, and of those the ones for many tickets at once.

Notes and audit trails come for one ticket alone (OpenAPI), tickets, time and schedule in lists: two reads a ticket do.
Nothing is written to the PSA, whatever is asked: `ReadOnly` has no write that it could pass on.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, Generic, TypeVar, cast

from escalation.evidence import Roster, ScheduleEntry, Ticket, TimeEntry
from psa.port import NotPermitted, Psa, Refused

READS = frozenset({
    "api_member", "audit_trail", "boards", "codebase", "configuration_ids", "configurations", "documents", "family",
    "members", "notes", "related", "schedule", "schedules_of", "system_info", "tasks", "ticket", "ticket_url",
    "tickets_in_statuses", "tickets_updated_since", "teams", "time_entries", "time_entries_of",
})  # fmt: skip
AT_ONCE = 100
"""Tickets whose time and schedule are read by one call."""
SIDE_BY_SIDE = 4
"""Reads under way, so that a PSA that takes its time is still asked as often as it may be. Half of a handoff's."""

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


class ReadOnly:
    """A PSA of which nothing but the reads is left, all of them in the last place. Safe to use from several threads."""

    def __init__(self, psa: Psa) -> None:
        self._psa = psa.at_rest()
        self.reads = 0
        """Calls that were made, a list of several pages counted once."""
        self._counting = threading.Lock()
        self.expect(())

    def __getattr__(self, name: str) -> Any:
        if name not in READS:
            raise NotPermitted(f"{name}: a replay of history only reads")
        found = getattr(self._psa, name)
        if callable(found) and name != "ticket_url":
            with self._counting:
                self.reads += 1
        return found

    def expect(self, tickets: Sequence[Ticket]) -> None:
        """Take these tickets as they were listed, and read their time and schedule many at a time as they are asked for."""
        self._listed = {ticket.id: ticket for ticket in tickets}
        self._time: _Lists[TimeEntry] = _Lists(self._listed)
        self._planned: _Lists[ScheduleEntry] = _Lists(self._listed)

    def ticket(self, ticket_id: int) -> Ticket:
        listed = self._listed.get(ticket_id)
        return listed or cast(Ticket, self.__getattr__("ticket")(ticket_id))

    def time_entries(self, ticket_id: int, roster: Roster) -> list[TimeEntry]:
        found = self._time.of(ticket_id, lambda some: self.time_entries_of(some, roster))
        return self.__getattr__("time_entries")(ticket_id, roster) if found is None else found

    def schedule(self, ticket_id: int) -> list[ScheduleEntry]:
        found = self._planned.of(ticket_id, lambda some: self.schedules_of(some))
        return self.__getattr__("schedule")(ticket_id) if found is None else found


class _Lists(Generic[V]):
    """What tickets have of one kind, read for so many as soon as the first of them is asked for."""

    def __init__(self, ticket_ids: Iterable[int]) -> None:
        ids = list(ticket_ids)
        portions = [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]
        self._unread = {number: portion for portion in portions for number in portion}
        self._found: dict[int, list[V]] = {}
        self._reading = threading.Lock()

    def of(self, ticket_id: int, read: Callable[[Sequence[int]], dict[int, list[V]]]) -> list[V] | None:
        """Return what one ticket has; None where it is to be read alone. Raises `PsaError`; then it may be asked again."""
        with self._reading:
            if portion := self._unread.get(ticket_id):
                with contextlib.suppress(Refused):  # then each alone: a record that says no ticket hides no other
                    self._found |= read(portion)
                for number in portion:
                    del self._unread[number]
            return self._found.get(ticket_id)


def read_only(psa: Psa) -> Psa:
    """Return the reads of a PSA; anything else raises `NotPermitted`."""
    return cast(Psa, ReadOnly(psa))


def ahead(read: Callable[[K], T], items: Sequence[K]) -> Iterator[tuple[K, Callable[[], T]]]:
    """Begin reads of some items side by side; yield each with a call that gives what was read, and later reads again."""
    with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="history") as pool:
        todo = iter(items)
        begun: deque[tuple[K, Future[T]]] = deque()
        while True:
            begun.extend((item, pool.submit(read, item)) for item in itertools.islice(todo, SIDE_BY_SIDE - len(begun)))
            if not begun:
                return
            item, first = begun.popleft()
            tries = itertools.chain([first.result], itertools.repeat(partial(read, item)))
            yield item, lambda tries=tries: next(tries)()  # type: ignore[misc]
