"""A ticket's records in ConnectWise's JSON, and what they become in the product's own words.

Its notes and time entries are in `psa.connectwise.schemas.note`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, ClassVar

from escalation.evidence import Configuration, Document, RelatedTicket, ScheduleEntry, Task, Ticket
from escalation.history.audit_trail import AuditEntry
from psa.connectwise.schemas.row import (
    Id,
    Ref,
    Row,
    Whole,
    as_read,
    id_of,
    joined,
    login_of,
    name_of,
    unread,
    when,
)


class NoTicket(ValueError):
    """A record without what makes it a ticket."""


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
    closed_date: datetime | None = None
    merged_parent_ticket: Ref | None = None
    has_merged_child_ticket_flag: bool | None = None
    has_child_ticket: bool | None = None
    parent_ticket_id: Id | None = None
    sla_status: str | None = None
    required_date: datetime | None = None

    def ticket(self) -> Ticket:
        """Return the ticket. Its dates stand in `_info` (OpenAPI); there are none at the top level.

        A board that cannot be read is 0: a status belongs to one board and says enough. Raises `NoTicket`.
        """
        if not self.id or not self.status or not self.status.id:
            raise NoTicket("a ticket whose id or status could not be read")
        company, board = self.company or Ref(), self.board or Ref()
        merged_into = id_of(self.merged_parent_ticket)
        return Ticket(
            id=self.id,
            summary=as_read(self.summary),
            board_id=board.id or 0,
            board=board.name or "",
            status_id=self.status.id or 0,
            status=self.status.name or "",
            company_id=company.id or None,
            company=as_read(company.name) or None,
            company_identifier=company.identifier,
            site=name_of(self.site) or self.site_name,
            contact=name_of(self.contact) or self.contact_name,
            contact_phone=self.contact_phone_number,
            priority=name_of(self.priority),
            severity=self.severity,
            impact=self.impact,
            type=name_of(self.type),
            subtype=name_of(self.sub_type),
            item=name_of(self.item),
            team=name_of(self.team),
            agreement=name_of(self.agreement),
            owner=login_of(self.owner),
            resources=_resources(self.resources),
            closed=bool(self.closed_flag),
            closed_at=when(self.closed_date),
            merged_into=merged_into if merged_into != self.id else None,  # nothing is merged into itself
            has_merged_children=bool(self.has_merged_child_ticket_flag),
            parent=self.parent_ticket_id or None,
            has_children=bool(self.has_child_ticket),
            entered_at=when(self.noted.date_entered),
            entered_by=self.noted.entered_by,
            last_updated=when(self.noted.last_updated),
            updated_by=self.noted.updated_by,
            sla_status=self.sla_status,
            required_at=when(self.required_date),
            unread=unread(self.odd) if self.odd else None,
            owner_unread=login_of(self.owner) is None and (self.owner is not None or "owner" in self.odd),
        )

    def related(self) -> RelatedTicket:
        """Return the few facts about another ticket."""
        return RelatedTicket(
            id=self.id or 0,
            summary=as_read(self.summary),
            board=name_of(self.board) or "",
            status=name_of(self.status) or "",
            closed=bool(self.closed_flag),
            entered_at=when(self.noted.date_entered),
            closed_at=when(self.closed_date),
            owner=login_of(self.owner),
        )


def _resources(value: str | list[Any] | None) -> tuple[str, ...]:
    """Split the one comma-separated string that ConnectWise keeps its assigned members in."""
    parts: Iterable[Any] = value.split(",") if isinstance(value, str) else value or ()
    return tuple(dict.fromkeys(p.strip() for p in parts if isinstance(p, str) and p.strip()))


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
    warranty_expiration_date: datetime | None = None
    notes: str | None = None
    vendor_notes: str | None = None

    def configuration(self) -> Configuration:
        """Return the configuration. Notes may hold secrets: redact before showing."""
        return Configuration(
            id=self.id or 0,
            name=self.name or f"configuration {self.id}",
            type=name_of(self.type),
            os=joined(self.os_type, self.os_info, by=" ") or None,
            ip_address=self.ip_address or None,
            model=self.model_number or None,
            serial_number=self.serial_number or None,
            last_login=self.last_login_name or None,
            warranty_expires_at=when(self.warranty_expiration_date),
            notes=joined(self.notes, self.vendor_notes) or None,
        )


class DocumentRow(Row):
    """`/system/documents`."""

    title: str | None = None
    file_name: str | None = None
    size: Whole | None = None

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

    object_id: Id | None = None
    member: Ref | None = None
    type: Ref | None = None
    date_start: datetime | None = None
    date_end: datetime | None = None
    acknowledged_flag: bool | None = None
    acknowledged_date: datetime | None = None
    owner_flag: bool | None = None
    done_flag: bool | None = None

    @property
    def for_service(self) -> bool:
        """Whether it plans a ticket: activities share the number range. Type `S` is service (public code)."""
        return self.type is None or (self.type.identifier or "S").upper() == "S"

    def _acknowledged_without_date(self) -> datetime | None:
        """Return when its member saved it as acknowledged: older servers have the flag alone (public code).

        Of one that is done the last save is its end, which takes nothing.
        """
        own = self.noted.updated_by and (login_of(self.member) or "").lower() == self.noted.updated_by.strip().lower()
        return when(self.noted.last_updated) if self.acknowledged_flag and own and not self.done_flag else None

    def schedule_entry(self) -> ScheduleEntry:
        """Return the entry."""
        return ScheduleEntry(
            id=self.id or 0,
            member=login_of(self.member),
            starts_at=when(self.date_start),
            ends_at=when(self.date_end),
            acknowledged_at=when(self.acknowledged_date) or self._acknowledged_without_date(),
            is_owner=bool(self.owner_flag),
            done=bool(self.done_flag),
            saved_by=self.noted.updated_by,
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
        kind = joined(self.audit_type, self.audit_sub_type, by="/")
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
