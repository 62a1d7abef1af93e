"""Stand-ins written by hand: a PSA in memory, a bell that remembers, a mailer that keeps its messages."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from escalation.evidence import Note, Person, RelatedTicket, Roster, ScheduleEntry, Ticket, TimeEntry
from escalation.history.audit_trail import AuditEntry
from psa.port import (
    Board,
    Callback,
    Family,
    Hosted,
    Member,
    NotFound,
    PostedNote,
    ProbeResult,
    Status,
    SystemInfo,
    Team,
    VisibleNote,
)

T0 = datetime(2026, 3, 6, 15, 55, tzinfo=UTC)
HELP_DESK, NEW, ESCALATED, ASSIGNED = 1, 10, 11, 12


class FakeClock:
    """A clock that only moves when told to."""

    def __init__(self, now: datetime = T0) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class FakeBell:
    """Remembers what was rung for."""

    def __init__(self) -> None:
        self.rung: list[tuple[str, dict[str, Any]]] = []
        self.dead = False

    def ring(self, task: str, **ids: Any) -> bool:
        if self.dead:
            return False
        self.rung.append((task, ids))
        return True

    def take(self, task: str) -> list[dict[str, Any]]:
        found = [ids for name, ids in self.rung if name == task]
        self.rung = [(name, ids) for name, ids in self.rung if name != task]
        return found


class FakeMailer:
    """Keeps what was sent; raises `fails` first, if there is any."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []
        self.fails: list[Exception] = []

    def send(self, message: EmailMessage) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.sent.append(message)


class FakePsa:
    """A PSA in memory. `before` and `after` hooks may raise, to play a failure around a call or after a write took."""

    api_member = "resolutionflow"
    codebase = "v2026_4/"

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.tickets: dict[int, Ticket] = {}
        self.children: dict[int, list[Note]] = {}
        self.times: dict[int, list[TimeEntry]] = {}
        self.planned: dict[int, list[ScheduleEntry]] = {}
        self.posted: dict[int, list[PostedNote]] = {}
        self.trails: dict[int, list[AuditEntry]] = {}
        self.calls: list[str] = []
        self.before: dict[str, Callable[[], None]] = {}
        self.after: dict[str, Callable[[], None]] = {}
        self.shown: list[Hosted] = []
        self.registered: list[Callback] = []
        self._ids = itertools.count(9000)

    def wait_for(self, calls: int) -> float:
        return 0.0

    def add(self, ticket_id: int = 48213, status: int = NEW, **fields: Any) -> Ticket:
        values: dict[str, Any] = {
            "summary": "VPN drops after 8 hours", "board": "Help Desk", "status": "New", "company_id": 7,
            "company": "Harbour Dental", "priority": "Priority 2", "entered_at": T0 - timedelta(hours=2),
            "last_updated": self.clock(), "updated_by": "jlind", **fields,
        }  # fmt: skip
        self.tickets[ticket_id] = Ticket(id=ticket_id, board_id=HELP_DESK, status_id=status, **values)
        self.children.setdefault(ticket_id, [])
        return self.tickets[ticket_id]

    def change(self, ticket_id: int, **fields: Any) -> Ticket:
        self.tickets[ticket_id] = dataclasses.replace(
            self.tickets[ticket_id], **{"last_updated": self.clock(), "updated_by": "jlind", **fields}
        )
        return self.tickets[ticket_id]

    def note(self, ticket_id: int, text: str, by: str = "jlind") -> None:
        note = Note(next(self._ids), text, Person(by, "technician", by), self.clock(), "internal")
        self.children[ticket_id].append(note)

    def time(self, ticket_id: int, text: str, by: str) -> None:
        entry = TimeEntry(next(self._ids), text, Person(by, "engineer", by), self.clock(), None, self.clock())
        self.times.setdefault(ticket_id, []).append(entry)

    def plan(self, ticket_id: int, member: str, acknowledged_at: datetime | None) -> None:
        entry = ScheduleEntry(next(self._ids), member, self.clock(), None, acknowledged_at)
        self.planned.setdefault(ticket_id, []).append(entry)

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if hook := self.before.get(name):
            hook()

    def ticket(self, ticket_id: int) -> Ticket:
        self._call("ticket")
        if ticket_id not in self.tickets:
            raise NotFound(f"GET /service/tickets/{ticket_id}: 404 Ticket {ticket_id} not found", status=404)
        return self.tickets[ticket_id]

    def notes(self, ticket_id: int, roster: Roster) -> list[Note]:
        self._call("notes")
        return [
            dataclasses.replace(note, author=roster.person(note.author.identifier, note.author.name))
            for note in self.children.get(ticket_id, ())
        ]

    def newest_note(self, ticket_id: int) -> int | None:
        self._call("newest_note")
        return max((note.id for note in self.children.get(ticket_id, ())), default=None)

    def family(self, ticket_id: int, roster: Roster) -> Family:
        self._call("family")
        of = [t.id for t in self.tickets.values() if ticket_id in (t.merged_into, t.parent)]
        notes = [dataclasses.replace(n, ticket=number) for number in of for n in self.children.get(number, ())]
        times = [dataclasses.replace(e, ticket=number) for number in of for e in self.times.get(number, ())]
        return Family(tuple(notes), tuple(times))

    def time_entries(self, ticket_id: int, roster: Roster) -> list[Any]:
        self._call("time_entries")
        return list(self.times.get(ticket_id, ()))

    def time_entries_of(self, ticket_ids: Sequence[int], roster: Roster) -> dict[int, list[Any]]:
        self._call("time_entries_of")
        return {number: list(self.times.get(number, ())) for number in ticket_ids}

    def tasks(self, ticket_id: int) -> list[Any]:
        self._call("tasks")
        return []

    def configuration_ids(self, ticket_id: int) -> list[int]:
        self._call("configuration_ids")
        return []

    def configurations(self, ids: Sequence[int]) -> list[Any]:
        self._call("configurations")
        return []

    def documents(self, ticket_id: int) -> list[Any]:
        self._call("documents")
        return []

    def schedule(self, ticket_id: int) -> list[Any]:
        self._call("schedule")
        return list(self.planned.get(ticket_id, ()))

    def schedules_of(self, ticket_ids: Sequence[int]) -> dict[int, list[Any]]:
        self._call("schedules_of")
        return {number: list(self.planned.get(number, ())) for number in ticket_ids}

    def related(self, company_id: int, *, before: datetime, excluding: int, limit: int = 15) -> list[RelatedTicket]:
        self._call("related")
        return []

    def tickets_updated_since(self, since: datetime, *, limit: int = 5000) -> list[Ticket]:
        self._call("tickets_updated_since")
        found = [(t.last_updated, t.id) for t in self.tickets.values() if t.last_updated and t.last_updated >= since]
        return [self.tickets[number] for _, number in sorted(found)[:limit]]

    def tickets_in_statuses(self, status_ids: Sequence[int]) -> list[Ticket]:
        self._call("tickets_in_statuses")
        return [t for t in self.tickets.values() if t.status_id in status_ids and not t.closed]

    def at_rest(self) -> FakePsa:
        return self

    def audit_trail(self, ticket_id: int) -> list[AuditEntry]:
        self._call("audit_trail")
        return list(self.trails.get(ticket_id, ()))

    def boards(self, names: Sequence[str] | None = None) -> list[Board]:
        self._call("boards")
        there = [(NEW, "New"), (ESCALATED, "Escalated"), (ASSIGNED, "Assigned to Engineer")]
        statuses = tuple(Status(i, name, closed=False, inactive=False) for i, name in there)
        return [Board(HELP_DESK, "Help Desk", statuses)]

    def hosted(self) -> list[Hosted]:
        self._call("hosted")
        return list(self.shown)

    def remove_hosted(self, hosted_id: int) -> None:
        self._call("remove_hosted")
        self.shown = [page for page in self.shown if page.id != hosted_id]

    def probe_writes(self) -> list[ProbeResult]:
        self._call("probe_writes")
        return []

    def teams(self, board_ids: Iterable[int]) -> list[Team]:
        self._call("teams")
        return []

    def members(self) -> list[Member]:
        self._call("members")
        return [
            Member(1, "jlind", "Jonas Lind", "jonas.lind@northgate.example", active=True),
            Member(2, "msvensson", "Maja Svensson", "maja@northgate.example", active=True),
            Member(3, "tobrien", "Tess O'Brien", None, active=True),
            Member(9, "resolutionflow", "ResolutionFlow", None, active=True, is_api=True),
        ]

    def system_info(self) -> SystemInfo:
        self._call("system_info")
        return SystemInfo("v2026.4", is_cloud=True, server_time=self.clock())

    def post_internal_note(self, ticket_id: int, text: str) -> PostedNote:
        self._call("post_internal_note")
        note = PostedNote(next(self._ids), text, self.api_member, internal=True)
        self.posted.setdefault(ticket_id, []).append(note)
        if hook := self.after.get("post_internal_note"):
            hook()
        return note

    def post_resolution_note(self, ticket_id: int, text: str) -> PostedNote:
        self._call("post_resolution_note")
        note = PostedNote(next(self._ids), text, self.api_member, internal=False)
        self.posted.setdefault(ticket_id, []).append(note)
        if hook := self.after.get("post_resolution_note"):
            hook()
        return note

    def edit_note(self, ticket_id: int, note_id: int, text: str) -> PostedNote:
        self._call("edit_note")
        internal = all(note.internal for note in self.posted[ticket_id] if note.id == note_id)
        edited = PostedNote(note_id, text, self.api_member, internal=internal)
        self.posted[ticket_id] = [edited if n.id == note_id else n for n in self.posted[ticket_id]]
        if hook := self.after.get("edit_note"):
            hook()
        if not internal:
            raise VisibleNote(f"note {note_id} came back visible to the customer", note_id=note_id)
        return edited

    def delete_note(self, ticket_id: int, note_id: int) -> bool:
        self._call("delete_note")
        there = any(note.id == note_id for note in self.posted.get(ticket_id, ()))
        self.posted[ticket_id] = [n for n in self.posted.get(ticket_id, ()) if n.id != note_id]
        return there

    def own_notes(self, ticket_id: int) -> list[PostedNote]:
        self._call("own_notes")
        if ticket_id not in self.tickets:
            raise NotFound(f"GET /service/tickets/{ticket_id}/notes: 404 Ticket {ticket_id} not found", status=404)
        return sorted(self.posted.get(ticket_id, ()), key=lambda n: n.id)

    def assign_owner(self, ticket_id: int, member_id: int) -> Ticket:
        self._call("assign_owner")
        login = next(m.identifier for m in self.members() if m.id == member_id)
        return self.change(ticket_id, owner=login, updated_by=self.api_member)

    def escalate(self, ticket_id: int, status_id: int) -> Ticket:
        self._call("escalate")
        ticket = self.change(ticket_id, status_id=status_id, status="Escalated", updated_by=self.api_member)
        if hook := self.after.get("escalate"):
            hook()
        return ticket

    def callbacks(self) -> list[Callback]:
        self._call("callbacks")
        return list(self.registered)

    def host_page(
        self, *, kind: str, screens: Sequence[str], description: str, url: str, origin: str, there: Iterable[Hosted]
    ) -> Hosted:
        self._call("host_page")
        same = next((page for page in there if (page.type, page.url) == (kind, url)), None)
        if same is None:
            same = Hosted(next(self._ids), url, kind, description)
            self.shown.append(same)
        return same

    def register_callback(self, *, url: str, type: str, level: str, object_id: int, description: str) -> Callback:
        self._call("register_callback")
        for known in self.registered:
            if (known.url, known.type, known.level, known.object_id) == (url, type, level, object_id):
                return known
        entry = Callback(next(self._ids), url, type, level, object_id, inactive=False, member_id=9)
        self.registered.append(entry)
        return entry

    def reactivate_callback(self, callback_id: int) -> Callback:
        self._call("reactivate_callback")
        self.registered = [
            dataclasses.replace(c, inactive=False) if c.id == callback_id else c for c in self.registered
        ]
        return next(c for c in self.registered if c.id == callback_id)

    def delete_callback(self, callback_id: int) -> None:
        self._call("delete_callback")
        self.registered = [c for c in self.registered if c.id != callback_id]

    def probe(self) -> list[ProbeResult]:
        return [ProbeResult("tickets", True, "readable")]

    def learn_api_member(self, members: Iterable[Member], callbacks: Iterable[Callback]) -> str | None:
        names = {m.id: m.identifier for m in members}
        return next((names[c.member_id] for c in callbacks if c.member_id in names), None)

    def warm(self, connections: int = 8) -> None:
        self._call("warm")

    def ticket_url(self, ticket_id: int) -> str:
        return f"https://na.myconnectwise.net/v4_6_release/ticket?service_recid={ticket_id}"
