"""ConnectWise's JSON, only the fields that are used, and what they become in the product's own words.

Tolerant on purpose: unknown fields are ignored, missing ones are None, enumerations are plain strings (a new
release may bring new values), `_info` may hold anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, ClassVar

import msgspec

from escalation.evidence import (
    Configuration,
    Document,
    Note,
    NoteKind,
    Person,
    RelatedTicket,
    Roster,
    ScheduleEntry,
    Task,
    Ticket,
    TimeEntry,
)
from escalation.history.audit_trail import AuditEntry
from psa.port import Board, Callback, Member, PostedNote, Status


class Row(msgspec.Struct, rename="camel", kw_only=True):
    needs_info: ClassVar[bool] = False
    """Whether `_info` holds something that is used of this row."""

    id: int | None = None
    info: dict[str, Any] | None = msgspec.field(name="_info", default=None)

    def noted(self, key: str) -> str | None:
        """Return an entry of `_info` if it is text."""
        value = (self.info or {}).get(key)
        return value if isinstance(value, str) else None


class Ref(Row):
    """A reference to another record."""

    name: str | None = None
    identifier: str | None = None
    summary: str | None = None


def when(text: str | None) -> datetime | None:
    """Read a ConnectWise timestamp (`yyyy-MM-ddTHH:mm:ssZ`, UTC); None for what is none."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _name(ref: Ref | None) -> str | None:
    return ref.name or ref.identifier if ref else None


def _id(ref: Ref | None) -> int | None:
    return ref.id if ref else None


def _joined(*parts: str | None, by: str = "\n") -> str:
    return by.join(p.strip() for p in parts if p and p.strip())


class TicketRow(Row):
    """`/service/tickets`."""

    needs_info: ClassVar[bool] = True

    summary: str | None = None
    board: Ref | None = None
    status: Ref | None = None
    company: Ref | None = None
    site: Ref | None = None
    site_name: str | None = None
    contact: Ref | None = None
    contact_name: str | None = None
    contact_phone_number: str | None = None
    priority: Ref | None = None
    severity: str | None = None
    impact: str | None = None
    type: Ref | None = None
    sub_type: Ref | None = None
    item: Ref | None = None
    team: Ref | None = None
    agreement: Ref | None = None
    owner: Ref | None = None
    resources: str | list[Any] | None = None
    closed_flag: bool | None = None
    closed_date: str | None = None
    merged_parent_ticket: Ref | None = None
    has_merged_child_ticket_flag: bool | None = None
    has_child_ticket: bool | None = None
    parent_ticket_id: int | None = None
    sla_status: str | None = None
    required_date: str | None = None

    def ticket(self) -> Ticket:
        """Return the ticket. Its dates stand in `_info` (OpenAPI); there are none at the top level."""
        if not self.id or not self.board or not self.status:
            raise ValueError("a ticket without id, board or status")
        company = self.company or Ref()
        return Ticket(
            id=self.id,
            summary=self.summary or "",
            board_id=self.board.id or 0,
            board=self.board.name or "",
            status_id=self.status.id or 0,
            status=self.status.name or "",
            company_id=company.id,
            company=company.name,
            company_identifier=company.identifier,
            site=_name(self.site) or self.site_name,
            contact=_name(self.contact) or self.contact_name,
            contact_phone=self.contact_phone_number,
            priority=_name(self.priority),
            severity=self.severity,
            impact=self.impact,
            type=_name(self.type),
            subtype=_name(self.sub_type),
            item=_name(self.item),
            team=_name(self.team),
            agreement=_name(self.agreement),
            owner=self.owner.identifier or self.owner.name if self.owner else None,
            resources=_resources(self.resources),
            closed=bool(self.closed_flag),
            closed_at=when(self.closed_date),
            merged_into=_id(self.merged_parent_ticket),
            has_merged_children=bool(self.has_merged_child_ticket_flag),
            parent=self.parent_ticket_id or None,
            has_children=bool(self.has_child_ticket),
            entered_at=when(self.noted("dateEntered")),
            entered_by=self.noted("enteredBy"),
            last_updated=when(self.noted("lastUpdated")),
            updated_by=self.noted("updatedBy"),
            sla_status=self.sla_status,
            required_at=when(self.required_date),
        )

    def related(self) -> RelatedTicket:
        """Return the few facts about another ticket."""
        return RelatedTicket(
            id=self.id or 0,
            summary=self.summary or "",
            board=_name(self.board) or "",
            status=_name(self.status) or "",
            closed=bool(self.closed_flag),
            entered_at=when(self.noted("dateEntered")),
            closed_at=when(self.closed_date),
            owner=self.owner.identifier or self.owner.name if self.owner else None,
        )


def _resources(value: str | list[Any] | None) -> tuple[str, ...]:
    """Split the one comma-separated string that ConnectWise keeps its assigned members in."""
    parts: Iterable[Any] = value.split(",") if isinstance(value, str) else value or ()
    return tuple(dict.fromkeys(p.strip() for p in parts if isinstance(p, str) and p.strip()))


class NoteRow(Row):
    """`/service/tickets/{id}/notes` and, with the fields at the end, `/allNotes`."""

    text: str | None = None
    detail_description_flag: bool | None = None
    internal_analysis_flag: bool | None = None
    resolution_flag: bool | None = None
    issue_flag: bool | None = None
    member: Ref | None = None
    contact: Ref | None = None
    date_created: str | None = None
    created_by: str | None = None
    note_type: str | None = None
    original_author: str | None = None
    time_start: str | None = None
    time_end: str | None = None
    ticket: Ref | None = None
    ticket_id: int | None = None

    @property
    def internal(self) -> bool:
        """Whether only the MSP sees it.

        `internalFlag` does not tell: discussion notes carry it too (fixtures).
        """
        return (
            bool(self.internal_analysis_flag)
            and not self.detail_description_flag
            and not self.resolution_flag
        )

    @property
    def flags_known(self) -> bool:
        """Whether the answer said where the note stands."""
        return self.internal_analysis_flag is not None

    @property
    def author_id(self) -> str | None:
        """Login name of whoever wrote it."""
        return self.created_by or (self.member.identifier if self.member else None) or self.noted("enteredBy")

    @property
    def created_at(self) -> datetime | None:
        """When it was written; `/allNotes` has no field for it and only `_info` tells."""
        return when(self.date_created) or when(self.noted("dateEntered")) or when(self.time_start)

    def note(self, roster: Roster, *, is_description: bool = False) -> Note:
        """Return the note with its author."""
        kind: NoteKind = (
            "resolution" if self.resolution_flag else "internal" if self.internal else "discussion"
        )
        return Note(
            id=self.id or 0,
            text=self.text or "",
            author=self._author(roster),
            created_at=self.created_at,
            kind=kind,
            is_description=is_description,
            updated_at=when(self.noted("lastUpdated")),
        )

    @property
    def on(self) -> int | None:
        """The number of the ticket it was written on, where the answer says so."""
        return (self.ticket.id if self.ticket else None) or self.ticket_id

    def time_entry(self, roster: Roster) -> TimeEntry:
        """Return the time entry that it stands for in `/allNotes`, which has its number (inferred from public code)."""
        return TimeEntry(
            id=self.id or 0,
            text=self.text or "",
            author=self._author(roster),
            started_at=when(self.time_start),
            ended_at=when(self.time_end),
            entered_at=when(self.date_created) or when(self.noted("dateEntered")),
            internal=self.internal,
        )

    def _author(self, roster: Roster) -> Person:
        us = (roster.us or "").lower()
        if us and us == (self.author_id or "").lower():
            return roster.person(roster.us)
        entered_for = self.contact is not None and (self.author_id or "").lower() in roster.connectors
        if self.member and not entered_for:
            return roster.person(self.member.identifier, self.member.name or self.author_id)
        if self.contact:
            return roster.person(None, self.contact.name, contact=True)
        return roster.person(self.author_id, self.original_author)

    def posted(self) -> PostedNote:
        """Return it as a note of ours."""
        return PostedNote(
            id=self.id or 0, text=self.text or "", created_by=self.author_id, internal=self.internal,
            created_at=self.created_at,
        )  # fmt: skip


def notes_of(rows: Iterable[NoteRow], roster: Roster) -> list[Note]:
    """Return notes oldest first, the ticket's description marked.

    ConnectWise keeps the description as a discussion note: the one with `issueFlag`, else the oldest.
    """
    ordered = sorted(rows, key=lambda r: (r.created_at or datetime.max.replace(tzinfo=UTC), r.id or 0))
    discussion = [r for r in ordered if r.detail_description_flag]
    first = next((r for r in discussion if r.issue_flag), discussion[0] if discussion else None)
    return [row.note(roster, is_description=row is first) for row in ordered]


class TimeRow(Row):
    """`/time/entries`."""

    needs_info: ClassVar[bool] = True

    member: Ref | None = None
    time_start: str | None = None
    time_end: str | None = None
    actual_hours: float | None = None
    notes: str | None = None
    internal_notes: str | None = None
    date_entered: str | None = None
    entered_by: str | None = None
    charge_to_id: int | None = None
    add_to_detail_description_flag: bool | None = None
    add_to_internal_analysis_flag: bool | None = None
    add_to_resolution_flag: bool | None = None

    def time_entry(self, roster: Roster) -> TimeEntry:
        """Return the entry, its author being who worked, not who typed it in."""
        visible = bool(self.add_to_detail_description_flag or self.add_to_resolution_flag)
        author = (
            roster.person(self.member.identifier, self.member.name)
            if self.member
            else roster.person(self.entered_by)
        )
        return TimeEntry(
            id=self.id or 0,
            text=_joined(self.notes, self.internal_notes),
            author=author,
            started_at=when(self.time_start),
            ended_at=when(self.time_end),
            entered_at=when(self.date_entered) or when(self.noted("dateEntered")),
            hours=self.actual_hours,
            internal=bool(self.add_to_internal_analysis_flag) and not visible,
        )


class TaskRow(Row):
    """`/service/tickets/{id}/tasks`."""

    notes: str | None = None
    summary: str | None = None
    closed_flag: bool | None = None
    resolution: str | None = None

    def task(self) -> Task:
        """Return the task."""
        return Task(
            id=self.id or 0,
            text=self.notes or self.summary or "",
            done=bool(self.closed_flag),
            resolution=self.resolution or None,
        )


class ConfigurationRow(Row):
    """`/company/configurations`."""

    name: str | None = None
    type: Ref | None = None
    os_type: str | None = None
    os_info: str | None = None
    ip_address: str | None = None
    model_number: str | None = None
    serial_number: str | None = None
    last_login_name: str | None = None
    warranty_expiration_date: str | None = None
    notes: str | None = None
    vendor_notes: str | None = None

    def configuration(self) -> Configuration:
        """Return the configuration. Notes may hold secrets: redact before showing."""
        return Configuration(
            id=self.id or 0,
            name=self.name or f"configuration {self.id}",
            type=_name(self.type),
            os=_joined(self.os_type, self.os_info, by=" ") or None,
            ip_address=self.ip_address or None,
            model=self.model_number or None,
            serial_number=self.serial_number or None,
            last_login=self.last_login_name or None,
            warranty_expires_at=when(self.warranty_expiration_date),
            notes=_joined(self.notes, self.vendor_notes) or None,
        )


class DocumentRow(Row):
    """`/system/documents`."""

    title: str | None = None
    file_name: str | None = None
    size: int | None = None

    def document(self) -> Document:
        """Return the attachment's name and size."""
        return Document(
            id=self.id or 0,
            title=self.title or self.file_name or "",
            file_name=self.file_name,
            size=self.size,
        )


class ScheduleRow(Row):
    """`/schedule/entries`."""

    needs_info: ClassVar[bool] = True

    object_id: int | None = None
    member: Ref | None = None
    type: Ref | None = None
    date_start: str | None = None
    date_end: str | None = None
    acknowledged_date: str | None = None
    owner_flag: bool | None = None
    done_flag: bool | None = None

    @property
    def for_service(self) -> bool:
        """Whether it plans a ticket: activities share the number range. Type `S` is service (public code)."""
        return self.type is None or (self.type.identifier or "S").upper() == "S"

    def schedule_entry(self) -> ScheduleEntry:
        """Return the entry."""
        return ScheduleEntry(
            id=self.id or 0,
            member=self.member.identifier or self.member.name if self.member else None,
            starts_at=when(self.date_start),
            ends_at=when(self.date_end),
            acknowledged_at=when(self.acknowledged_date),
            is_owner=bool(self.owner_flag),
            done=bool(self.done_flag),
            saved_by=self.noted("updatedBy"),
        )


class AuditRow(Row):
    """`/system/audittrail`: no id, everything free text, dates as strings (OpenAPI)."""

    text: str | None = None
    entered_date: str | None = None
    entered_by: str | None = None
    audit_type: str | None = None
    audit_sub_type: str | None = None

    def entry(self) -> AuditEntry:
        """Return the entry; one whose date cannot be read is kept without it."""
        kind = _joined(self.audit_type, self.audit_sub_type, by="/")
        return AuditEntry(self.text or "", when(self.entered_date), self.entered_by or None, kind)


def oldest_first(rows: Iterable[AuditRow]) -> list[AuditEntry]:
    """Return a trail in the order in which it was written.

    The order of the answer is not documented. Within one second it is kept, turned round where the newest came first.
    """
    entries = [row.entry() for row in rows]
    dated = [entry.at for entry in entries if entry.at]
    if dated and dated[0] > dated[-1]:
        entries.reverse()
    return sorted(entries, key=lambda entry: entry.at or datetime.max.replace(tzinfo=UTC))


class StatusRow(Row):
    """`/service/boards/{id}/statuses`. The flag is `inactive`, unlike everywhere else (OpenAPI)."""

    name: str | None = None
    closed_status: bool | None = None
    inactive: bool | None = None
    default_flag: bool | None = None

    def status(self) -> Status:
        """Return the status."""
        return Status(
            id=self.id or 0,
            name=self.name or "",
            closed=bool(self.closed_status),
            inactive=bool(self.inactive),
            default=bool(self.default_flag),
        )


class BoardRow(Row):
    """`/service/boards`."""

    name: str | None = None

    def board(self, statuses: Iterable[StatusRow]) -> Board:
        """Return the board."""
        return Board(id=self.id or 0, name=self.name or "", statuses=tuple(s.status() for s in statuses))


class MemberRow(Row):
    """`/system/members`."""

    identifier: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    license_class: str | None = None
    inactive_flag: bool | None = None
    primary_email: str | None = None
    office_email: str | None = None
    mobile_email: str | None = None
    home_email: str | None = None
    default_email: str | None = None
    time_zone: Ref | None = None

    @property
    def email(self) -> str | None:
        """Return the member's address: `defaultEmail` selects one of three, it is not an address itself."""
        chosen = {"office": self.office_email, "mobile": self.mobile_email, "home": self.home_email}
        selector = (self.default_email or "").lower()
        for address in (self.primary_email, chosen.get(selector), self.office_email):
            if address and "@" in address:
                return address.strip()
        return None

    def member(self) -> Member:
        """Return the member. Licence class `A` is an API member."""
        identifier = self.identifier or ""
        return Member(
            id=self.id or 0,
            identifier=identifier,
            name=_joined(self.first_name, self.last_name, by=" ") or identifier,
            email=self.email,
            active=not self.inactive_flag,
            is_api=self.license_class == "A",
            time_zone=_name(self.time_zone),
        )


class CallbackRow(Row):
    """`/system/callbacks`."""

    url: str | None = None
    type: str | None = None
    level: str | None = None
    object_id: int | None = None
    inactive_flag: bool | None = None
    member_id: int | None = None

    def callback(self) -> Callback:
        """Return the entry."""
        return Callback(
            id=self.id or 0,
            url=self.url or "",
            type=(self.type or "").lower(),
            level=(self.level or "").lower(),
            object_id=self.object_id or 0,
            inactive=bool(self.inactive_flag),
            member_id=self.member_id,
        )


class SystemRow(Row):
    """`/system/info`."""

    version: str | None = None
    is_cloud: bool | str | None = None


class CompanyInfo(msgspec.Struct, kw_only=True):
    """`/login/companyinfo`: public, and with a string where a truth value would be (developer guide)."""

    codebase: str | None = msgspec.field(name="Codebase", default=None)
    company_id: str | None = msgspec.field(name="CompanyID", default=None)
    is_cloud: bool | str | None = msgspec.field(name="IsCloud", default=None)


class HostedRow(Row):
    """`/system/connectwisehostedsetups`."""

    url: str | None = None
    type: str | None = None


class ScreenRow(Row):
    """`/system/connectWiseHostedScreens`: `screenId` is a word, `id` the number to refer to it by."""

    screen_id: str | None = None
    name: str | None = None


def fields_of(row: type[Row]) -> str:
    """Return the `fields=` value that asks for just what a row reads."""
    names = [f.encode_name for f in msgspec.structs.fields(row)]
    return ",".join(name for name in names if row.needs_info or name != "_info")
