"""ConnectWise PSA behind `psa.port.Psa`: what is read and set up, and here what is written to tickets.

JSON goes straight into small tolerant structs (`psa.connectwise.schemas`): pyconnectwise's models refuse whole pages
over one new enumeration value. Every request passes `psa.connectwise.calls` and `psa.connectwise.transport`.
"""

from __future__ import annotations

from typing import Literal

from escalation.brief.marker import reads_as
from escalation.evidence import Ticket
from psa.connectwise.answers import internal_note, replacing, resolution_note
from psa.connectwise.schemas.note import NoteRow
from psa.connectwise.schemas.ticket import NoTicket, TicketRow
from psa.connectwise.set_up import SetUp
from psa.connectwise.ticket_reads import TicketReads
from psa.port import Ambiguous, NotFound, PostedNote, PsaError, Refused, VisibleNote


class ConnectWise(TicketReads, SetUp):
    """One account's ConnectWise. Safe to use from several threads; make one for each account and keep it."""

    def post_internal_note(self, ticket_id: int, text: str) -> PostedNote:
        """Create an internal note, never repeated, and check the echo. Errors as `psa.port.Psa` says."""
        endpoint = self._ticket_endpoint(ticket_id).notes
        row = self._calls.write("POST", endpoint, internal_note(text), NoteRow, "post")
        posted = self._checked(ticket_id, row)
        self._api_member = self._api_member or posted.created_by
        return posted

    def post_resolution_note(self, ticket_id: int, text: str) -> PostedNote:
        """Create a note in the ticket's resolution alone, never repeated, and check the echo."""
        row = self._calls.write("POST", self._ticket_endpoint(ticket_id).notes, resolution_note(text), NoteRow, "post")
        if not row.flags_known:
            row = self._reread_note(ticket_id, row.id or 0)
        if row.detail_description_flag:
            raise VisibleNote(f"note {row.id} of ticket {ticket_id} came back in the discussion", note_id=row.id or 0)
        return row.posted()

    def edit_note(self, ticket_id: int, note_id: int, text: str) -> PostedNote:
        """Replace the text of a note of ours and see that it took: a 200 may mean nothing was done."""
        endpoint = self._ticket_endpoint(ticket_id).notes.id(note_id)
        row = self._calls.write("PATCH", endpoint, replacing("text", text), NoteRow, "post")
        if not reads_as(row.text or "", text):
            row = self._reread_note(ticket_id, note_id)
            if not reads_as(row.text or "", text):
                raise Refused(
                    f"PATCH note {note_id} of ticket {ticket_id}: 200, but the text is not ours", status=200
                )
        return self._checked(ticket_id, row)

    def _checked(self, ticket_id: int, row: NoteRow) -> PostedNote:
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

    def _reread_note(self, ticket_id: int, note_id: int) -> NoteRow:
        try:
            row, _ = self._calls.read(
                self._ticket_endpoint(ticket_id).notes.id(note_id), NoteRow, priority="post"
            )
        except PsaError as error:
            raise Ambiguous(
                f"note {note_id} of ticket {ticket_id} was written, reading it back: {error}"
            ) from error
        return row

    def delete_note(self, ticket_id: int, note_id: int) -> bool:
        """Delete a note of ours. False where there is none: it is gone already, or our role may not see its ticket."""
        try:
            self._calls.call("DELETE", self._ticket_endpoint(ticket_id).notes.id(note_id), priority="post")
        except NotFound:
            return False
        return True

    def own_notes(self, ticket_id: int) -> list[PostedNote]:
        """Read all notes, all pages, and return those by our API member, lowest id first.

        As long as our API member is not known, or a note's author cannot be read, every note that is internal or in the
        resolution is returned: better one too many to look at than one of ours posted twice.
        """

        def ours(row: NoteRow) -> bool:
            if self._api_member and row.author_known and row.author_id:
                return self._is_us(row.author_id)
            return row.internal or bool(row.resolution_flag)

        return sorted((r.posted() for r in self._note_rows(ticket_id, "post") if ours(r)), key=lambda n: n.id)

    def assign_owner(self, ticket_id: int, member_id: int) -> Ticket:
        """Make a member the ticket's owner, with the whole reference (parts may be ignored with a 200)."""
        return self._set_reference(ticket_id, "owner", member_id)

    def escalate(self, ticket_id: int, status_id: int) -> Ticket:
        """Set the status, with the whole reference; the transport knows to which ones it may be set."""
        return self._set_reference(ticket_id, "status", status_id)

    def _set_reference(self, ticket_id: int, name: Literal["owner", "status"], number: int) -> Ticket:
        """Set one field of a ticket and see that it took: a 200 may mean nothing was done. Raises `Refused`."""
        endpoint = self._ticket_endpoint(ticket_id)
        row = self._calls.write("PATCH", endpoint, replacing(name, {"id": number}), TicketRow, "claim")
        if (there := getattr(row, name)) is None or there.id != number:
            row, _ = self._calls.read(endpoint, TicketRow, priority="claim")
            if (there := getattr(row, name)) is None or there.id != number:
                raise Refused(f"PATCH {name} of ticket {ticket_id}: 200, but the {name} did not change", status=200)
        try:
            return row.ticket()
        except NoTicket:
            return self.ticket(ticket_id)
