"""Read tickets: one with all that hangs on it, or those of an account that changed or stand somewhere."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import requests
import structlog

from escalation.evidence import (
    Configuration,
    Document,
    Note,
    RelatedTicket,
    Roster,
    ScheduleEntry,
    Task,
    Ticket,
    TimeEntry,
)
from escalation.history.audit_trail import AuditEntry
from psa.connectwise import family
from psa.connectwise.calls import MOST_PAGES, PAGE, is_part, unusable
from psa.connectwise.conditions import CHARGED, any_of, at, chunks
from psa.connectwise.connection import Connection
from psa.connectwise.schemas.note import NoteRow, TimeRow, notes_of
from psa.connectwise.schemas.row import WHOLE, Ref, Row, fields_of, gaps_of
from psa.connectwise.schemas.ticket import (
    AuditRow,
    ConfigurationRow,
    DocumentRow,
    NoTicket,
    ScheduleRow,
    TaskRow,
    TicketRow,
    oldest_first,
)
from psa.outbound.throttle import Priority
from psa.port import Family, Found, Refused, Unavailable

log = structlog.get_logger()

RowT = TypeVar("RowT", bound=Row)
T = TypeVar("T")


NEWEST = 5
"""Notes of a short page: ours may be the newest ones, a brief, a question, an update (a count)."""


class TicketReads(Connection):
    """The reads of `psa.port.Psa` that are about tickets."""

    def _ticket_endpoint(self, ticket_id: int) -> Any:
        return self._manage.service.tickets.id(ticket_id)

    def ticket(self, ticket_id: int) -> Ticket:
        """Read one ticket.

        Raises `NotFound` only if ConnectWise itself says that this record does not exist.
        """
        row, answer = self._calls.read(self._ticket_endpoint(ticket_id), TicketRow)
        row.id = row.id or ticket_id
        try:
            return row.ticket()
        except NoTicket as error:
            raise Unavailable(unusable("GET", answer, error), status=answer.status_code) from error

    def notes(self, ticket_id: int, roster: Roster) -> list[Note]:
        """Read all notes, all pages, oldest first, ours included; the description is marked."""
        return _notes(self._note_rows(ticket_id, "gather"), roster)

    def _note_rows(self, ticket_id: int, priority: Priority) -> list[NoteRow]:
        return list(self._calls.pages(self._ticket_endpoint(ticket_id).notes, NoteRow, {}, priority))

    def newest_note(self, ticket_id: int) -> int | None:
        """Read the id of the newest note that is not ours: what nobody told of, since a note raises no callback.

        A server that does not order them gives the oldest ones: there all are read.
        """
        fields = "id,createdBy,member,contact,detailDescriptionFlag,_info"
        asked = {"orderBy": "id desc", "fields": fields, "pageSize": NEWEST}
        rows, _ = self._calls.rows(self._ticket_endpoint(ticket_id).notes, NoteRow, asked, "reconcile")
        ids = [row.id for row in rows if row.id]
        if len(rows) >= NEWEST and ids != sorted(ids, reverse=True):
            rows = self._note_rows(ticket_id, "reconcile")
        theirs = (row.id for row in rows if row.id and not (self._is_us(row.author_id) and row.in_our_form))
        return max(theirs, default=None)

    def family(self, ticket_id: int, roster: Roster) -> Family:
        """Read the notes and time of tickets merged into this one or bundled under it (`psa.connectwise.family`)."""
        return family.read(self._manage, self._calls, ticket_id, roster)

    def time_entries(self, ticket_id: int, roster: Roster) -> list[TimeEntry]:
        """Read the time charged to a ticket; the ticket's own list has references only (OpenAPI)."""
        charged = f"{CHARGED} and chargeToId={ticket_id}"
        rows = self._calls.by_id(self._manage.time.entries, TimeRow, charged, "gather")
        return _found("time entry", rows, lambda row: row.time_entry(roster))

    def time_entries_of(self, ticket_ids: Sequence[int], roster: Roster) -> dict[int, list[TimeEntry]]:
        """Read the time charged to several tickets, by ticket. Raises `Refused` as `psa.port.Psa` says."""
        return self._by_ticket(
            "time entry", ticket_ids, self._manage.time.entries, TimeRow, f"{CHARGED} and chargeToId",
            lambda row: row.charge_to_id, lambda row: row.time_entry(roster),
        )  # fmt: skip

    def _by_ticket(
        self, what: str, ticket_ids: Sequence[int], endpoint: Any, kind: type[RowT], field: str,
        of: Callable[[RowT], int | None], record: Callable[[RowT], T | None], counts: Callable[[RowT], bool] = lambda _: True,
    ) -> dict[int, list[T]]:  # fmt: skip
        mine: dict[int | None, list[RowT]] = {number: [] for number in ticket_ids}
        for chunk in chunks(ticket_ids):
            for row in filter(counts, self._calls.by_id(endpoint, kind, any_of(field, chunk), "gather")):
                if of(row) not in mine:
                    path = endpoint._get_endpoint_url().rsplit("/apis/3.0", 1)[-1]
                    raise Refused(f"GET {path}: {what} {row.id} says no ticket that was asked for")
                mine[of(row)].append(row)
        return {number: _found(what, rows, record) for number, rows in mine.items() if number is not None}

    def tasks(self, ticket_id: int) -> list[Task]:
        """Read the checklist."""
        rows = self._calls.pages(self._ticket_endpoint(ticket_id).tasks, TaskRow, {}, "gather")
        return _found("task", rows, TaskRow.task)

    def configuration_ids(self, ticket_id: int) -> list[int]:
        """Read the ids of the configurations attached to a ticket (ConnectWise gives references only)."""
        rows = self._calls.pages(self._ticket_endpoint(ticket_id).configurations, Ref, {}, "gather")
        return _found("configuration", rows, lambda row: row.id or None)

    def configurations(self, ids: Sequence[int]) -> list[Configuration]:
        """Read the details of several configurations, in one call as long as the URL stays short."""
        endpoint = self._manage.company.configurations
        rows = (
            row
            for chunk in chunks(ids)
            for row in self._calls.by_id(endpoint, ConfigurationRow, any_of("id", chunk), "gather")
        )
        return _found("configuration", rows, ConfigurationRow.configuration)

    def documents(self, ticket_id: int) -> list[Document]:
        """Read the names and sizes of attachments."""
        asked = {"recordType": "Ticket", "recordId": ticket_id}
        rows = self._calls.pages(self._manage.system.documents, DocumentRow, asked, "gather")
        return _found("document", rows, DocumentRow.document)

    def schedule(self, ticket_id: int) -> list[ScheduleEntry]:
        """Read who is planned on the ticket."""
        rows = self._calls.by_id(
            self._manage.schedule.entries, ScheduleRow, f"objectId={ticket_id}", "gather"
        )
        return _found("schedule entry", (r for r in rows if r.for_service), ScheduleRow.schedule_entry)

    def schedules_of(self, ticket_ids: Sequence[int]) -> dict[int, list[ScheduleEntry]]:
        """Read who is planned on several tickets, by ticket. Raises `Refused` as `psa.port.Psa` says."""
        return self._by_ticket(
            "schedule entry", ticket_ids, self._manage.schedule.entries, ScheduleRow, "objectId",
            lambda row: row.object_id, ScheduleRow.schedule_entry, lambda row: row.for_service,
        )  # fmt: skip

    def related(
        self, company_id: int, *, before: datetime, excluding: int, limit: int = 15
    ) -> list[RelatedTicket]:
        """Read the customer's most recent tickets entered before a moment, newest first."""
        asked = {
            "conditions": f"company/id={company_id} and id!={excluding} and dateEntered < {at(before)}",
            "orderBy": "dateEntered desc",
            "fields": "id,summary,board,status,closedFlag,closedDate,owner,_info",
            "pageSize": limit,
        }
        rows, _ = self._calls.rows(self._manage.service.tickets, TicketRow, asked, "gather")
        return _found("other ticket", rows[:limit], TicketRow.related)

    def tickets_updated_since(self, since: datetime, *, limit: int = 5000) -> list[Ticket]:
        """Read tickets whose lastUpdated is at or after a moment, oldest change first, at most `limit`.

        Pages start again at the last lastUpdated seen, so that rows which move to the end while we read push
        none out of sight. A result of `limit` rows is a part: go on from its last ticket's lastUpdated.
        """
        found: dict[int, Ticket] = {}
        cursor, page = since, 1
        for _ in range(MOST_PAGES + limit // PAGE):
            tickets, more = self._updated_page(cursor, page)
            for ticket in tickets:
                found[ticket.id] = ticket
            moved_to = max((t.last_updated for t in tickets if t.last_updated), default=cursor)
            if not more or len(found) >= limit:
                break
            # A whole page within one second (a mass update): only then count pages.
            cursor, page = (moved_to, 1) if moved_to > cursor else (cursor, page + 1)
        return sorted(found.values(), key=lambda t: (t.last_updated or since, t.id))[:limit]

    def _updated_page(self, cursor: datetime, page: int) -> tuple[list[Ticket], bool]:
        """Return one page's tickets, and whether more follow."""
        asked = {
            "conditions": f"lastUpdated >= {at(cursor)}",
            "orderBy": "lastUpdated asc",
            "fields": fields_of(TicketRow),
            "page": page,
            "pageSize": PAGE,
        }
        rows, answer = self._calls.rows(self._manage.service.tickets, TicketRow, asked, "reconcile")
        return _tickets(rows, answer), is_part(answer, len(rows), page)

    def tickets_in_statuses(self, status_ids: Sequence[int]) -> list[Ticket]:
        """Read all open tickets that stand in one of these statuses now."""
        found: dict[int, Ticket] = {}
        for chunk in chunks(status_ids):
            conditions = f"{any_of('status/id', chunk)} and closedFlag=false"
            for row in self._calls.by_id(
                self._manage.service.tickets, TicketRow, conditions, "reconcile"
            ):
                with contextlib.suppress(NoTicket):  # named in the log by whoever read it
                    ticket = row.ticket()
                    found[ticket.id] = ticket
        return list(found.values())

    def audit_trail(self, ticket_id: int) -> list[AuditEntry]:
        """Read a ticket's audit trail, oldest first.

        Type and id are plain parameters, and forward-only paging does not work on it (developer guide).
        """
        asked = {"type": "Ticket", "id": ticket_id}
        return oldest_first(
            self._calls.pages(self._manage.system.audittrail, AuditRow, asked, "rest")
        )


def _found(what: str, rows: Iterable[RowT], record: Callable[[RowT], T | None]) -> Found[T]:
    """Return records in our own words, with what of them could not be read."""
    read = list(rows)
    made = (record(row) for row in read if row.odd != WHOLE)
    return Found([item for item in made if item is not None], left_out=gaps_of(what, read))


def _notes(rows: Sequence[NoteRow], roster: Roster) -> Found[Note]:
    kept = [row for row in rows if row.odd != WHOLE]
    return Found(notes_of(kept, roster), left_out=gaps_of("note", rows))


def _tickets(rows: Iterable[TicketRow], answer: requests.Response) -> list[Ticket]:
    """Return the tickets of a list. An odd record must not hide the others; nothing but what has no number is garbage."""
    found: list[Ticket] = []
    odd: list[int | None] = []
    for row in rows:
        try:
            found.append(row.ticket())
        except NoTicket:
            odd.append(row.id)
    if odd and not found and not any(odd):
        raise Unavailable(unusable("GET", answer, "no record is a ticket"), status=answer.status_code)
    if odd:
        log.warning(
            "tickets_left_out", reason="without id or status", ticket_ids=odd[:20], count=len(odd)
        )
    return found
