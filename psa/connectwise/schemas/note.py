"""What people wrote on a ticket, in ConnectWise's JSON: notes and time entries, with their authors."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import ClassVar

from escalation.brief.marker import holds
from escalation.evidence import Note, NoteKind, Person, Roster, TimeEntry
from escalation.text.unwrapped import unwrapped
from psa.connectwise.schemas.row import Hours, Id, Ref, Row, joined, when
from psa.port import PostedNote

_OUR_SIGNS = ("[ref: RF-", "[ref: RN-", "[resolutionflow: ", "(repeated by mistake: ")
"""One is in each note we write. An API member may be shared: what has none is another program's, or a customer's through it."""
_FLAGS = frozenset(("internalAnalysisFlag", "detailDescriptionFlag", "resolutionFlag"))


class NoteRow(Row):
    """`/service/tickets/{id}/notes` and, with the fields at the end, `/allNotes`."""

    stamps: ClassVar[tuple[str, ...]] = ("date_created",)

    text: str | None = None
    detail_description_flag: bool | None = None
    internal_analysis_flag: bool | None = None
    resolution_flag: bool | None = None
    issue_flag: bool | None = None
    member: Ref | None = None
    contact: Ref | None = None
    date_created: datetime | None = None
    created_by: str | None = None
    note_type: str | None = None
    original_author: str | None = None
    time_start: datetime | None = None
    time_end: datetime | None = None
    ticket: Ref | None = None
    ticket_id: Id | None = None

    @property
    def numbered(self) -> tuple[int | None, str | None]:
        """In `/allNotes` a time entry may have a note's number."""
        return self.id, self.note_type

    @property
    def internal(self) -> bool:
        """Whether only the MSP sees it.

        `internalFlag` does not tell: discussion notes carry it too (fixtures).
        """
        return (
            self.flags_known
            and bool(self.internal_analysis_flag)
            and not self.detail_description_flag
            and not self.resolution_flag
        )

    @property
    def in_our_form(self) -> bool:
        """Whether it may be one of ours, by what it is: we write for no customer, nor in the discussion."""
        return self.contact is None and not self.detail_description_flag

    @property
    def flags_known(self) -> bool:
        """Whether the answer said where the note stands, in words that can be read."""
        return self.internal_analysis_flag is not None and not _FLAGS.intersection(self.odd)

    @property
    def author_id(self) -> str | None:
        """Login name of whoever wrote it."""
        return self.created_by or (self.member.identifier if self.member else None) or self.noted.entered_by

    @property
    def author_known(self) -> bool:
        """Whether the answer said whose it is, in words that can be read."""
        return not any(name.startswith(("createdBy", "member", "_info")) for name in self.odd)

    @property
    def created_at(self) -> datetime | None:
        """When it was written; `/allNotes` has no field for it and only `_info` tells."""
        return when(self.date_created) or when(self.noted.date_entered) or when(self.time_start)

    def note(self, roster: Roster, *, is_description: bool = False) -> Note:
        """Return the note with its author."""
        kind: NoteKind = (
            "resolution" if self.resolution_flag else "internal" if self.internal else "discussion"
        )
        author = self._author(roster)
        return Note(
            id=self.id or 0,
            text=unwrapped(self.text or ""),
            author=author,
            created_at=self.created_at,
            kind=kind,
            is_description=is_description,
            updated_at=when(self.noted.last_updated),
            edited_by=_somebody_else(roster.login(self.noted.updated_by), author),
        )

    @property
    def on(self) -> int | None:
        """The number of the ticket it was written on, where the answer says so."""
        return (self.ticket.id if self.ticket else None) or self.ticket_id

    def time_entry(self, roster: Roster) -> TimeEntry:
        """Return the time entry that it stands for in `/allNotes`, which has its number (inferred from public code)."""
        return TimeEntry(
            id=self.id or 0,
            text=unwrapped(self.text or ""),
            author=self._author(roster),
            started_at=when(self.time_start),
            ended_at=when(self.time_end),
            entered_at=when(self.date_created) or when(self.noted.date_entered),
            internal=self.internal,
        )

    def _author(self, roster: Roster) -> Person:
        if roster.ours(self.author_id):
            by_hand = self.noted.updated_by and not roster.ours(self.noted.updated_by)  # who may have cut the mark off
            if (by_hand and self.in_our_form) or holds(self.text or "", *_OUR_SIGNS):
                return roster.person(roster.us)
            customer = self.contact and roster.person(None, self.contact.name, contact=True)
            return customer or roster.another_program(self.author_id)
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
    stamps: ClassVar[tuple[str, ...]] = ("date_entered",)

    member: Ref | None = None
    time_start: datetime | None = None
    time_end: datetime | None = None
    actual_hours: Hours | None = None
    notes: str | None = None
    internal_notes: str | None = None
    date_entered: datetime | None = None
    entered_by: str | None = None
    charge_to_id: Id | None = None
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
        if author.role == "us":  # we write none
            author = roster.another_program(author.identifier)
        return TimeEntry(
            id=self.id or 0,
            text=joined(unwrapped(self.notes or ""), unwrapped(self.internal_notes or "")),
            author=author,
            started_at=when(self.time_start),
            ended_at=when(self.time_end),
            entered_at=when(self.date_entered) or when(self.noted.date_entered),
            hours=self.actual_hours,
            entered_by=_somebody_else(roster.login(self.entered_by or self.noted.entered_by), author),
            internal=bool(self.add_to_internal_analysis_flag) and not visible,
        )


def _somebody_else(login: str | None, author: Person) -> str | None:
    """Return a login name that is not the author's own; None where either is not known."""
    if not login or not author.identifier:
        return None
    return login if login.strip().lower() != author.identifier.strip().lower() else None
