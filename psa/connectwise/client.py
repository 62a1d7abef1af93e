"""ConnectWise PSA behind `psa.port.Psa`. The only file that knows pyconnectwise, which builds the URLs.

JSON goes straight into small tolerant structs (`psa.connectwise.schemas`): pyconnectwise's models refuse whole pages
over one new enumeration value. Every request passes `psa.connectwise.calls` and `psa.connectwise.transport`.
"""

from __future__ import annotations

import copy
import email.utils
import functools
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import requests
import structlog
from pyconnectwise import ConnectWiseManageAPIClient

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
from psa.connectwise import family, links, schemas
from psa.connectwise.answers import NoSuchEndpoint, ObjectExists, internal_note, replacing
from psa.connectwise.calls import MOST_PAGES, PAGE, Calls, unusable
from psa.connectwise.conditions import CHARGED, any_of, at, chunks
from psa.connectwise.probes import PROBES, Probe
from psa.connectwise.transport import Timeouts, Transport
from psa.outbound.allowed_hosts import Site, guarded_session
from psa.outbound.throttle import NoThrottle, Priority, Throttle
from psa.port import (
    Ambiguous,
    Board,
    Callback,
    Family,
    Forbidden,
    Keys,
    Member,
    NotFound,
    PostedNote,
    ProbeResult,
    PsaError,
    Refused,
    SystemInfo,
    Unavailable,
    VisibleNote,
)

log = structlog.get_logger()


class _Manage(ConnectWiseManageAPIClient):  # type: ignore[misc]
    """pyconnectwise's client with its transport replaced: pooled, guarded, timed, failures named."""

    def __init__(self, keys: Keys, site: Site, transport: Transport, headers: Mapping[str, str]) -> None:
        # Any truthy codebase keeps the constructor from a network call; it then forgets to assign it.
        super().__init__(
            keys.company,
            site.api,
            keys.client_id,
            keys.public_key,
            keys.private_key,
            codebase="assigned below",
        )
        self.codebase = keys.codebase or ""
        self._origin, self._transport = site.api_origin, transport
        self._fixed_headers = {**self._get_headers(), **headers}

    # A tree takes a millisecond to build and pyconnectwise builds one at each access.
    @functools.cached_property
    def service(self) -> Any:
        return super().service

    @functools.cached_property
    def system(self) -> Any:
        return super().system

    @functools.cached_property
    def time(self) -> Any:
        return super().time

    @functools.cached_property
    def schedule(self) -> Any:
        return super().schedule

    @functools.cached_property
    def company(self) -> Any:
        return super().company

    def _get_url(self) -> str:
        return f"{self._origin}/{self.codebase.strip('/')}/apis/3.0"

    def _make_request(
        self,
        method: str,
        url: str,
        data: Any = None,
        params: Any = None,
        headers: dict[str, str] | None = None,
        retry_count: int = 0,  # noqa: ARG002 - pyconnectwise passes `stream` here by position
        stream: bool = False,  # noqa: ARG002
        priority: Priority = "gather",
    ) -> requests.Response:
        merged = {**self._fixed_headers, **(headers or {})}
        return self._transport.send(method, url, body=data, params=params, headers=merged, priority=priority)


class ConnectWise:
    """One account's ConnectWise. Safe to use from several threads; make one for each account and keep it."""

    def __init__(
        self,
        keys: Keys,
        *,
        throttle: Throttle | None = None,
        api_member: str | None = None,
        timeouts: Timeouts | None = None,
        accept_version: str | None = "2025.16",
        on_codebase: Callable[[str], None] | None = None,
        session: requests.Session | None = None,
        pool_maxsize: int = 32,
    ) -> None:
        """Prepare, without any network call.

        `on_codebase` is told a codebase that was found or moved, to be stored. `session` must come from
        `psa.outbound.allowed_hosts.guarded_session`. Raises its `ForbiddenAddress` for a site it may not talk to.
        """
        self._keys = keys
        self._site = Site.parse(keys.site, allow_private=keys.allow_private)
        self._session = session or guarded_session(
            self._site.hosts, allow_private=keys.allow_private, pool_maxsize=pool_maxsize
        )
        accept = "application/vnd.connectwise.com+json"
        transport = Transport(
            self._session,
            throttle=throttle or NoThrottle(),
            account=f"{self._site.api}/{keys.company.lower()}",
            timeouts=timeouts or Timeouts(),
        )
        self._transport = transport
        self._manage = _Manage(
            keys,
            self._site,
            transport,
            {"Accept": f"{accept}; version={accept_version}" if accept_version else accept},
        )
        self._calls = Calls(
            self._manage, self._session, site=self._site, company=keys.company, on_codebase=on_codebase
        )
        self._api_member = api_member

    def __repr__(self) -> str:
        return f"ConnectWise({self._site.ui}, {self._keys.company})"

    def at_priority(self, priority: Priority) -> ConnectWise:
        """Return the same PSA with all its calls at one priority, e.g. `rest` for an import."""
        other = copy.copy(self)
        other._calls = self._calls.at_priority(priority)
        return other

    def at_rest(self) -> ConnectWise:
        """Return the same PSA with every call in the last place."""
        return self.at_priority("rest")

    def wait_for(self, calls: int) -> float:
        """Return the seconds until so many calls may begin under our own limit; 0: now. Asks the PSA nothing."""
        return self._transport.wait_for(calls)

    @property
    def api_member(self) -> str | None:
        """Login name of the member our keys belong to, once known."""
        return self._api_member

    @property
    def codebase(self) -> str:
        """The codebase in use, e.g. `v2026_4/`; empty before the first call if none was given."""
        return str(self._manage.codebase)

    def ticket_url(self, ticket_id: int) -> str:
        """Return the ticket's address in the user interface."""
        return links.ticket_url(self._site, company=self._keys.company, ticket_id=ticket_id)

    # Reads.

    def _ticket_endpoint(self, ticket_id: int) -> Any:
        return self._manage.service.tickets.id(ticket_id)

    def ticket(self, ticket_id: int) -> Ticket:
        """Read one ticket.

        Raises `NotFound` only if ConnectWise itself says that this record does not exist.
        """
        row, answer = self._calls.read(self._ticket_endpoint(ticket_id), schemas.TicketRow)
        try:
            return row.ticket()
        except ValueError as error:
            raise Unavailable(unusable("GET", answer, error), status=answer.status_code) from error

    def notes(self, ticket_id: int, roster: Roster) -> list[Note]:
        """Read all notes, all pages, oldest first, ours included; the description is marked."""
        return schemas.notes_of(self._note_rows(ticket_id, "gather"), roster)

    def _note_rows(self, ticket_id: int, priority: Priority) -> list[schemas.NoteRow]:
        return list(self._calls.pages(self._ticket_endpoint(ticket_id).notes, schemas.NoteRow, {}, priority))

    def family(self, ticket_id: int, roster: Roster) -> Family:
        """Read the notes and time of tickets merged into this one or bundled under it (`psa.connectwise.family`)."""
        return family.read(self._manage, self._calls, ticket_id, roster)

    def time_entries(self, ticket_id: int, roster: Roster) -> list[TimeEntry]:
        """Read the time charged to a ticket; the ticket's own list has references only (OpenAPI)."""
        charged = f"{CHARGED} and chargeToId={ticket_id}"
        rows = self._calls.by_id(self._manage.time.entries, schemas.TimeRow, charged, "gather")
        return [r.time_entry(roster) for r in rows]

    def tasks(self, ticket_id: int) -> list[Task]:
        """Read the checklist."""
        rows = self._calls.pages(self._ticket_endpoint(ticket_id).tasks, schemas.TaskRow, {}, "gather")
        return [r.task() for r in rows]

    def configuration_ids(self, ticket_id: int) -> list[int]:
        """Read the ids of the configurations attached to a ticket (ConnectWise gives references only)."""
        rows = self._calls.pages(self._ticket_endpoint(ticket_id).configurations, schemas.Ref, {}, "gather")
        return [r.id for r in rows if r.id]

    def configurations(self, ids: Sequence[int]) -> list[Configuration]:
        """Read the details of several configurations, in one call as long as the URL stays short."""
        endpoint = self._manage.company.configurations
        return [
            row.configuration()
            for chunk in chunks(ids)
            for row in self._calls.by_id(endpoint, schemas.ConfigurationRow, any_of("id", chunk), "gather")
        ]

    def documents(self, ticket_id: int) -> list[Document]:
        """Read the names and sizes of attachments."""
        asked = {"recordType": "Ticket", "recordId": ticket_id}
        rows = self._calls.pages(self._manage.system.documents, schemas.DocumentRow, asked, "gather")
        return [r.document() for r in rows]

    def schedule(self, ticket_id: int) -> list[ScheduleEntry]:
        """Read who is planned on the ticket."""
        rows = self._calls.by_id(
            self._manage.schedule.entries, schemas.ScheduleRow, f"objectId={ticket_id}", "gather"
        )
        return [r.schedule_entry() for r in rows if r.for_service]

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
        rows, _ = self._calls.read(self._manage.service.tickets, list[schemas.TicketRow], params=asked)
        return [r.related() for r in rows[:limit]]

    def tickets_updated_since(self, since: datetime, *, limit: int = 5000) -> list[Ticket]:
        """Read tickets whose lastUpdated is at or after a moment, oldest change first, at most `limit`.

        Pages start again at the last lastUpdated seen, so that rows which move to the end while we read push
        none out of sight. A result of `limit` rows is a part: go on from its last ticket's lastUpdated.
        """
        found: dict[int, Ticket] = {}
        cursor, page = since, 1
        for _ in range(MOST_PAGES + limit // PAGE):
            tickets, full = self._updated_page(cursor, page)
            for ticket in tickets:
                found[ticket.id] = ticket
            moved_to = max((t.last_updated for t in tickets if t.last_updated), default=cursor)
            if not full or len(found) >= limit:
                break
            # A whole page within one second (a mass update): only then count pages.
            cursor, page = (moved_to, 1) if moved_to > cursor else (cursor, page + 1)
        return sorted(found.values(), key=lambda t: (t.last_updated or since, t.id))[:limit]

    def _updated_page(self, cursor: datetime, page: int) -> tuple[list[Ticket], bool]:
        """Return one page's tickets, and whether it was a full page."""
        asked = {
            "conditions": f"lastUpdated >= {at(cursor)}",
            "orderBy": "lastUpdated asc",
            "fields": schemas.fields_of(schemas.TicketRow),
            "page": page,
            "pageSize": PAGE,
        }
        rows, answer = self._calls.rows(self._manage.service.tickets, schemas.TicketRow, asked, "reconcile")
        return _tickets(rows, answer), len(rows) >= PAGE

    def tickets_in_statuses(self, status_ids: Sequence[int]) -> list[Ticket]:
        """Read all open tickets that stand in one of these statuses now."""
        found: dict[int, Ticket] = {}
        for chunk in chunks(status_ids):
            conditions = f"{any_of('status/id', chunk)} and closedFlag=false"
            for row in self._calls.by_id(
                self._manage.service.tickets, schemas.TicketRow, conditions, "reconcile"
            ):
                if row.id and row.board and row.status:
                    found[row.id] = row.ticket()
        return list(found.values())

    def audit_trail(self, ticket_id: int) -> list[AuditEntry]:
        """Read a ticket's audit trail, oldest first.

        Type and id are plain parameters, and forward-only paging does not work on it (developer guide).
        """
        asked = {"type": "Ticket", "id": ticket_id}
        return schemas.oldest_first(
            self._calls.pages(self._manage.system.audittrail, schemas.AuditRow, asked, "rest")
        )

    def boards(self, names: Sequence[str] | None = None) -> list[Board]:
        """Read boards with their statuses: one call for the boards, one for each board's statuses."""
        boards = self._manage.service.boards
        asked = {"fields": "id,name", "orderBy": "id asc"}
        rows = list(self._calls.pages(boards, schemas.BoardRow, asked, "rest"))
        if names is not None:
            wanted = {n.strip().casefold() for n in names}
            rows = [r for r in rows if (r.name or "").strip().casefold() in wanted]
        return [
            row.board(self._calls.pages(boards.id(row.id).statuses, schemas.StatusRow, {}, "rest"))
            for row in rows
        ]

    def members(self) -> list[Member]:
        """Read all members, API members too.

        Only the fields needed: the record also holds pay rates and tokens.
        """
        asked = {"fields": schemas.fields_of(schemas.MemberRow), "orderBy": "id asc"}
        rows = self._calls.pages(self._manage.system.members, schemas.MemberRow, asked, "rest")
        return [r.member() for r in rows if r.id and r.identifier]

    def system_info(self) -> SystemInfo:
        """Read the version; the cheapest proof that the keys work."""
        row, answer = self._calls.read(self._manage.system.info, schemas.SystemRow, priority="rest")
        return SystemInfo(
            version=row.version or "",
            is_cloud=str(row.is_cloud).lower() == "true",
            server_time=_http_date(answer.headers.get("Date")),
        )

    # Writes.

    def post_internal_note(self, ticket_id: int, text: str) -> PostedNote:
        """Create an internal note, never repeated, and check the echo. Errors as `psa.port.Psa` says."""
        endpoint = self._ticket_endpoint(ticket_id).notes
        row = self._calls.write("POST", endpoint, internal_note(text), schemas.NoteRow, "post")
        posted = self._checked(ticket_id, row)
        self._api_member = self._api_member or posted.created_by
        return posted

    def edit_note(self, ticket_id: int, note_id: int, text: str) -> PostedNote:
        """Replace the text of a note of ours and see that it took: a 200 may mean nothing was done."""
        endpoint = self._ticket_endpoint(ticket_id).notes.id(note_id)
        row = self._calls.write("PATCH", endpoint, replacing("text", text), schemas.NoteRow, "post")
        if not _same_text(row.text, text):
            row = self._reread_note(ticket_id, note_id)
            if not _same_text(row.text, text):
                raise Refused(
                    f"PATCH note {note_id} of ticket {ticket_id}: 200, but the text is not ours", status=200
                )
        return self._checked(ticket_id, row)

    def _checked(self, ticket_id: int, row: schemas.NoteRow) -> PostedNote:
        """Return a written note once it is certain that no customer sees it.

        Raises `VisibleNote`, `Ambiguous`.
        """
        if not row.flags_known:
            row = self._reread_note(ticket_id, row.id or 0)
        if not row.internal:
            raise VisibleNote(
                f"note {row.id} of ticket {ticket_id} came back visible to the customer: remove it at once",
                note_id=row.id or 0,
            )
        return row.posted()

    def _reread_note(self, ticket_id: int, note_id: int) -> schemas.NoteRow:
        try:
            row, _ = self._calls.read(
                self._ticket_endpoint(ticket_id).notes.id(note_id), schemas.NoteRow, priority="post"
            )
        except PsaError as error:
            raise Ambiguous(
                f"note {note_id} of ticket {ticket_id} was written, reading it back: {error}"
            ) from error
        return row

    def delete_note(self, ticket_id: int, note_id: int) -> None:
        """Delete a note of ours. One that is gone already counts as done."""
        try:
            self._calls.call("DELETE", self._ticket_endpoint(ticket_id).notes.id(note_id), priority="post")
        except NotFound:
            return

    def own_notes(self, ticket_id: int) -> list[PostedNote]:
        """Read all notes, all pages, and return those by our API member, lowest id first.

        As long as our API member is not known, every internal note is returned: better one too many to look
        at than a brief posted twice.
        """
        us = (self._api_member or "").lower()
        rows = self._note_rows(ticket_id, "post")
        ours = (r for r in rows if ((r.author_id or "").lower() == us if us else r.internal))
        return sorted((r.posted() for r in ours), key=lambda n: n.id)

    def assign_owner(self, ticket_id: int, member_id: int) -> Ticket:
        """Make a member the ticket's owner, with the whole reference (parts may be ignored with a 200)."""
        endpoint = self._ticket_endpoint(ticket_id)
        body = replacing("owner", {"id": member_id})
        row = self._calls.write("PATCH", endpoint, body, schemas.TicketRow, "claim")
        if not row.owner or row.owner.id != member_id:
            row, _ = self._calls.read(endpoint, schemas.TicketRow, priority="claim")
            if not row.owner or row.owner.id != member_id:
                raise Refused(
                    f"PATCH owner of ticket {ticket_id}: 200, but the owner did not change", status=200
                )
        try:
            return row.ticket()
        except ValueError:
            return self.ticket(ticket_id)

    def callbacks(self) -> list[Callback]:
        """Read all callback entries our keys can see, inactive ones too."""
        rows = self._calls.pages(self._manage.system.callbacks, schemas.CallbackRow, {}, "rest")
        return [r.callback() for r in rows if r.id]

    def register_callback(
        self, *, url: str, type: str, level: str, object_id: int, description: str
    ) -> Callback:
        """Create a callback entry; an equal one that exists already is returned instead."""
        body = {
            "url": url,
            "type": type,
            "level": level,
            "objectId": object_id,
            "description": description[:100],
            "payloadVersion": "3.0.0",
            "inactiveFlag": False,
        }
        try:
            return self._calls.write(
                "POST", self._manage.system.callbacks, body, schemas.CallbackRow, "rest"
            ).callback()
        except ObjectExists:
            equal = [
                c
                for c in self.callbacks()
                if c.url == url
                and (c.type, c.level) == (type.lower(), level.lower())
                and (c.object_id == object_id or level.lower() == "owner")
            ]
            if not equal:
                raise
            return min(equal, key=lambda c: (c.inactive, c.id))

    def reactivate_callback(self, callback_id: int) -> Callback:
        """Switch an entry on again. Raises `Refused` if it stays off."""
        endpoint = self._manage.system.callbacks.id(callback_id)
        body = replacing("inactiveFlag", False)
        row = self._calls.write("PATCH", endpoint, body, schemas.CallbackRow, "rest")
        if row.inactive_flag is not False:
            row, _ = self._calls.read(endpoint, schemas.CallbackRow, priority="rest")
            if row.inactive_flag:
                raise Refused(f"PATCH callback {callback_id}: 200, but it is still inactive", status=200)
        return row.callback()

    def delete_callback(self, callback_id: int) -> None:
        """Delete an entry.

        An unknown id counts as done; ConnectWise calls that a missing endpoint (public code).
        """
        try:
            self._calls.call("DELETE", self._manage.system.callbacks.id(callback_id), priority="rest")
        except (NotFound, NoSuchEndpoint):
            return

    # Set-up.

    def register_pod(self, *, screen: str, description: str, url: str, origin: str, height: int = 400) -> int:
        """Create a hosted pod on a screen such as `ticket` and return its id; an equal one is returned instead.

        Raises `Refused` if the PSA has no such screen.
        """
        system = self._manage.system
        setups = system.connectwisehostedsetups
        for row in self._calls.pages(setups, schemas.HostedRow, {}, "rest"):
            if row.id and row.url == url and row.type == "Pod":
                return row.id
        screens = self._calls.pages(system.connect_wise_hosted_screens, schemas.ScreenRow, {}, "rest")
        ids = {(s.screen_id or s.name or "").lower(): s.id for s in screens}
        if screen.lower() not in ids:
            raise Refused(
                f"no screen {screen!r} for hosted pods; there are {', '.join(sorted(ids)) or 'none'}"
            )
        body = {
            "screenId": ids[screen.lower()],
            "description": description[:50],
            "url": url,
            "origin": origin,
            "type": "Pod",
            "podHeight": height,
            "clientId": self._keys.client_id,
        }
        return self._calls.write("POST", setups, body, schemas.HostedRow, "rest").id or 0

    def learn_api_member(self, members: Iterable[Member], callbacks: Iterable[Callback]) -> str | None:
        """Take the API member's login name from who created a callback entry of ours, and return it."""
        by_id = {m.id: m.identifier for m in members}
        for callback in callbacks:
            if callback.member_id in by_id:
                self._api_member = by_id[callback.member_id]
        return self._api_member

    def probe(self) -> list[ProbeResult]:
        """Try every endpoint the product uses, reads only, and say what is missing."""
        return [self._probe(p) for p in PROBES]

    def _probe(self, probe: Probe) -> ProbeResult:
        try:
            endpoint: Any = self._manage
            for step in probe.path:
                endpoint = getattr(endpoint, step)
            self._calls.read(endpoint, object, params=probe.params, priority="rest")
        except Forbidden as error:
            return ProbeResult(probe.what, False, f"{error}; give the role: {probe.permission}")
        except NotFound:  # asked about a record that need not exist; being told so took the permission
            return ProbeResult(probe.what, True, "readable")
        except PsaError as error:
            return ProbeResult(probe.what, False, str(error))
        return ProbeResult(probe.what, True, "readable")

    def warm(self, connections: int = 8) -> None:
        """Load pyconnectwise's endpoint trees (2 s, once in a process) and open connections side by side.

        Never raises: a PSA that is down now will be found down by the call that needs it.
        """
        for tree in ("service", "system", "time", "schedule", "company"):
            getattr(self._manage, tree)
        gate = threading.Barrier(connections)

        def touch(_: int) -> None:
            with_gate = {"fields": "id", "pageSize": 1}
            gate.wait(timeout=5)
            try:
                self._calls.call("GET", self._manage.system.info, params=with_gate, priority="rest")
            except PsaError:
                return

        with ThreadPoolExecutor(connections) as pool:
            list(pool.map(touch, range(connections)))


def _tickets(rows: Iterable[schemas.TicketRow], answer: requests.Response) -> list[Ticket]:
    """Return the tickets of a list. One odd record must not hide the others; nothing but odd ones is garbage."""
    found: list[Ticket] = []
    odd: list[int | None] = []
    for row in rows:
        try:
            found.append(row.ticket())
        except ValueError:
            odd.append(row.id)
    if odd and not found:
        raise Unavailable(unusable("GET", answer, "no record is a ticket"), status=answer.status_code)
    if odd:
        log.warning(
            "tickets_left_out", reason="without id, board or status", ticket_ids=odd[:20], count=len(odd)
        )
    return found


def _same_text(found: str | None, sent: str) -> bool:
    """Compare as a reader would: line ends may come back as others, or as spaces (developer guide)."""
    return (found or "").split() == sent.split()


def _http_date(value: str | None) -> datetime | None:
    try:
        moment = email.utils.parsedate_to_datetime(value) if value else None
    except (ValueError, TypeError):
        return None
    return moment.astimezone(UTC) if moment and moment.tzinfo else None
