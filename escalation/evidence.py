"""What was read from the PSA about one ticket: small frozen records, with gaps where nothing could be read.

Evidence is immutable. `Evidence.to_json` and `from_json` store it as the handoff's snapshot, so that a brief
can be rebuilt years later from exactly what was known then.

All times are aware datetimes in UTC.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

EVIDENCE_VERSION = 1

NoteKind = Literal["discussion", "internal", "resolution"]
Role = Literal["technician", "engineer", "admin", "owner", "customer", "system", "us", "unknown"]
STAFF: frozenset[str] = frozenset({"technician", "engineer", "admin", "owner"})
"""Roles of people of the MSP."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who did something: a member of the MSP, a contact of the customer, or a machine."""

    name: str
    role: Role = "unknown"
    identifier: str | None = None
    """The PSA member's login name; None for contacts."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A service ticket, with the fields a handoff needs."""

    id: int
    summary: str
    board_id: int
    board: str
    status_id: int
    status: str
    company_id: int | None = None
    company: str | None = None
    company_identifier: str | None = None
    site: str | None = None
    contact: str | None = None
    contact_phone: str | None = None
    priority: str | None = None
    severity: str | None = None
    impact: str | None = None
    type: str | None = None
    subtype: str | None = None
    item: str | None = None
    team: str | None = None
    agreement: str | None = None
    owner: str | None = None
    """Login name of the ticket's owner in the PSA."""
    resources: tuple[str, ...] = ()
    """Login names of everyone assigned; ConnectWise sends one comma-separated string."""
    closed: bool = False
    closed_at: datetime | None = None
    merged_into: int | None = None
    has_merged_children: bool = False
    parent: int | None = None
    has_children: bool = False
    """Whether other tickets are bundled under it and stay tickets of their own."""
    entered_at: datetime | None = None
    entered_by: str | None = None
    last_updated: datetime | None = None
    updated_by: str | None = None
    sla_status: str | None = None
    required_at: datetime | None = None
    unread: str | None = None
    """What of the ticket could not be read, e.g. `its severity could not be read`."""
    owner_unread: bool = False
    """Whether it has an owner for all we know, and who that is could not be read."""
    external_id: str | None = None
    """The id of an offline thread file; None for tickets of a PSA."""


@dataclass(frozen=True, slots=True)
class Note:
    """A ticket note. `kind` is where it stands; only `internal` is invisible to the customer."""

    id: int
    text: str
    author: Person
    created_at: datetime | None
    kind: NoteKind
    is_description: bool = False
    """True for the first discussion note, which is how ConnectWise keeps a ticket's initial description."""
    updated_at: datetime | None = None
    position: int | None = None
    """Place among all notes of an offline thread, from 0; None for notes of a PSA."""
    ticket: int | None = None
    """The merged or bundled ticket it was written on; None for the ticket itself."""
    edited_by: str | None = None
    """Login name of whoever edited it last; None where that is its author, or nobody."""


@dataclass(frozen=True, slots=True)
class TimeEntry:
    """Time charged to the ticket. `started_at` is typed by hand and can be back-dated; `entered_at` is not."""

    id: int
    text: str
    author: Person
    started_at: datetime | None
    ended_at: datetime | None
    entered_at: datetime | None
    hours: float | None = None
    internal: bool = False
    position: int | None = None
    """Place among all notes of an offline thread, from 0; None for time entries of a PSA."""
    ticket: int | None = None
    """The merged or bundled ticket it was charged to; None for the ticket itself."""
    entered_by: str | None = None
    """Login name of whoever entered it for its author; None where that is the author, or not known."""


@dataclass(frozen=True, slots=True)
class Task:
    """A checklist item on the ticket."""

    id: int
    text: str
    done: bool
    resolution: str | None = None


@dataclass(frozen=True, slots=True)
class Configuration:
    """A device or service of the customer attached to the ticket."""

    id: int
    name: str
    type: str | None = None
    os: str | None = None
    ip_address: str | None = None
    model: str | None = None
    serial_number: str | None = None
    last_login: str | None = None
    warranty_expires_at: datetime | None = None
    notes: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """An attachment's name and size; the contents are not read."""

    id: int
    title: str
    file_name: str | None
    size: int | None = None
    """Bytes."""


@dataclass(frozen=True, slots=True)
class ScheduleEntry:
    """Somebody planned on the ticket."""

    id: int
    member: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    acknowledged_at: datetime | None = None
    is_owner: bool = False
    done: bool = False
    saved_by: str | None = None
    """Login name of whoever saved the entry last; None where the PSA does not say."""


@dataclass(frozen=True, slots=True)
class RelatedTicket:
    """Another ticket of the same customer, for context."""

    id: int
    summary: str
    board: str
    status: str
    closed: bool
    entered_at: datetime | None
    closed_at: datetime | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class SessionStep:
    """Something that was recorded while a member worked on the ticket with an assistant, as last corrected."""

    number: int
    """Within its session, from 1."""
    kind: Literal["step", "finding", "reason"]
    """`step` a deed, `finding` what was learned, `reason` why the ticket is escalated."""
    state: Literal["done", "pending", "dropped"]
    text: str
    outcome: str
    """One of the five; `unknown` while it is pending."""
    author: Person
    """Whoever brought it into its state: did it, planned it or found it out."""
    at: datetime
    """When that was recorded, by the PSA's clock; later corrections of its wording or outcome change neither."""
    output: str = ""
    """What a program said, as pasted."""
    changed: str = ""
    """What it left changed."""


@dataclass(frozen=True, slots=True)
class AiSession:
    """One member's work on the ticket with an assistant, outside the PSA."""

    id: int
    author: Person
    client: str
    """The assistant's name as it was given, e.g. `Claude Desktop`."""
    started_at: datetime
    steps: tuple[SessionStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be read, with the reason an operator can act on."""

    source: str
    """What is missing: `notes`, `time_entries`, `tasks`, `configurations`, `documents`, `schedule`, `related`."""
    reason: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything read about a ticket at one moment."""

    ticket: Ticket
    read_at: datetime
    notes: tuple[Note, ...] = ()
    """All notes that are not ours, oldest first; the description is the one with `is_description`."""
    time_entries: tuple[TimeEntry, ...] = ()
    tasks: tuple[Task, ...] = ()
    configurations: tuple[Configuration, ...] = ()
    documents: tuple[Document, ...] = ()
    schedule: tuple[ScheduleEntry, ...] = ()
    related: tuple[RelatedTicket, ...] = ()
    gaps: tuple[Gap, ...] = ()
    sessions: tuple[AiSession, ...] = ()
    """Recorded outside the PSA, the oldest first."""
    complete: bool = True
    """False after the first round of reading, while what depends on the ticket's fields is still to be read."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values with `evidence_version`; datetimes as ISO 8601 with `Z`."""
        body = {"evidence_version": EVIDENCE_VERSION, **plain(self)}
        assert isinstance(body, dict)  # narrows the type for the reader and mypy
        return body

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Evidence:
        """Rebuild evidence of any version ever stored. Raises `UnknownEvidenceVersion`."""
        version = body.get("evidence_version")
        if version != EVIDENCE_VERSION:
            raise UnknownEvidenceVersion(f"evidence_version {version!r}: this program reads 1")
        return _evidence_v1(body)

    def fingerprint(self) -> str:
        """Return a hash of the facts alone: equal as long as nothing a reader could see has changed.

        Leaves out when it was read, gaps, the ticket's own time stamps and everything an edit of our note moves.
        """
        ticket = dataclasses.replace(self.ticket, last_updated=None, updated_by=None, sla_status=None, unread=None)
        facts = dataclasses.replace(self, ticket=ticket, read_at=datetime.min.replace(tzinfo=UTC), gaps=(), related=())
        text = json.dumps(_without_later(plain(facts)), sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()


class UnknownEvidenceVersion(ValueError):
    """The stored evidence was written by a newer program."""


def plain(value: Any) -> Any:
    """Return plain JSON values of a record; datetimes as ISO 8601 in UTC with `Z`."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


_LATER: dict[str, Any] = {"ticket": None, "has_children": False, "saved_by": None, "unread": None, "sessions": [],
                          "edited_by": None, "entered_by": None, "owner_unread": False}  # fmt: skip
"""Fields that came later, with what stood there before: evidence that has nothing to say there keeps its fingerprint."""


def _without_later(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_later(v) for k, v in value.items() if k not in _LATER or v != _LATER[k]}
    return [_without_later(item) for item in value] if isinstance(value, list) else value


def _time(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _record(cls: type, body: dict[str, Any], times: tuple[str, ...] = (), person: bool = False) -> Any:
    """Build a record from stored JSON: unknown keys are dropped, missing ones take their default."""
    names = {f.name for f in dataclasses.fields(cls)}
    values = {k: v for k, v in body.items() if k in names}
    for name in times:
        values[name] = _time(values.get(name))
    if person:
        values["author"] = Person(**values["author"])
    if "resources" in values:
        values["resources"] = tuple(values["resources"])
    return cls(**values)


_READERS: dict[str, tuple[type, tuple[str, ...], bool]] = {
    "notes": (Note, ("created_at", "updated_at"), True),
    "time_entries": (TimeEntry, ("started_at", "ended_at", "entered_at"), True),
    "tasks": (Task, (), False),
    "configurations": (Configuration, ("warranty_expires_at",), False),
    "documents": (Document, (), False),
    "schedule": (ScheduleEntry, ("starts_at", "ends_at", "acknowledged_at"), False),
    "related": (RelatedTicket, ("entered_at", "closed_at"), False),
    "gaps": (Gap, (), False),
}


def _evidence_v1(body: dict[str, Any]) -> Evidence:
    ticket_times = ("closed_at", "entered_at", "last_updated", "required_at")
    lists = {
        name: tuple(_record(cls, item, times, person) for item in body.get(name, ()))
        for name, (cls, times, person) in _READERS.items()
    }
    sessions = tuple(_session(item) for item in body.get("sessions", ()))
    read_at = _time(body["read_at"])
    if read_at is None:
        raise ValueError("evidence without read_at: the snapshot row is damaged")
    return Evidence(
        ticket=_record(Ticket, body["ticket"], ticket_times),
        read_at=read_at,
        complete=body.get("complete", True),
        sessions=sessions,
        **lists,
    )


def _session(body: dict[str, Any]) -> AiSession:
    steps = tuple(_record(SessionStep, item, ("at",), person=True) for item in body.get("steps", ()))
    made: AiSession = _record(AiSession, {**body, "steps": steps}, ("started_at",), person=True)
    return made


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is who in one MSP: the roles of its members by login name (lower case)."""

    roles: dict[str, Role] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    us: str | None = None
    """Login name of our API member, whose writes are not anybody's deeds."""
    left: frozenset[str] = frozenset()
    """Login names (lower case) of who may not log in any more: what they wrote was theirs, what they save now is a program's."""
    connectors: frozenset[str] = frozenset()
    """Login names (lower case) under which a program enters what customers write, such as a mail connector."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Login names (lower case) that members had before, with those they have now: what was written before still bears them."""

    def login(self, identifier: str | None) -> str | None:
        """Return the login name that a member has now, of the one they had when something was written."""
        return self.renamed.get(identifier.strip().lower(), identifier) if identifier else identifier

    def ours(self, identifier: str | None) -> bool:
        """Tell whether a login name is our API member's, or was."""
        return bool(self.us and identifier) and (self.login(identifier) or "").strip().lower() == (self.us or "").lower()

    def decides(self, identifier: str | None) -> bool:
        """Tell whether a login name is a person's of the MSP, who can mean something by what they save.

        A program does not, whether it has keys of its own, is on no list of members, or is not named at all.
        """
        if not identifier:
            return False
        key = (self.login(identifier) or "").strip().lower()
        return key not in self.left and self.person(key).role in STAFF

    def another_program(self, identifier: str | None) -> Person:
        """Return whoever else has our API member's keys and wrote what is not ours under its login name."""
        key = (self.login(identifier) or "").strip().lower()
        return Person(name=self.names.get(key) or identifier or "unknown", role="system", identifier=identifier)

    def person(self, identifier: str | None, name: str | None = None, *, contact: bool = False) -> Person:
        """Return the person behind a login name or a contact's name."""
        if contact or not identifier:
            return Person(name=name or "unknown", role="customer" if contact else "unknown")
        identifier = self.login(identifier) or ""
        key = identifier.strip().lower()
        if key in self.connectors:
            return Person(name=name or self.names.get(key) or identifier, role="customer")
        if self.us and key == self.us.lower():
            return Person(name="ResolutionFlow", role="us", identifier=identifier)
        return Person(
            name=self.names.get(key) or name or identifier,
            role=self.roles.get(key, "unknown"),
            identifier=identifier,
        )
