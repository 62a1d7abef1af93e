"""What the product asks of a PSA, in its own words. ConnectWise is one; Halo or Autotask could be another.

Every method may raise the errors below and nothing else. They say what a caller can do about them: `retry`
(later, on its own), or not (a person has to change something). `Ambiguous` is for writes alone: nobody knows
whether it happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, TypeVar

from escalation.evidence import (
    Configuration,
    Document,
    Gap,
    Note,
    RelatedTicket,
    Roster,
    ScheduleEntry,
    Task,
    Ticket,
    TimeEntry,
)
from escalation.history.audit_trail import AuditEntry

T = TypeVar("T")


class Found(list[T]):
    """What was read of a list, and what of it could not be read: one odd record or field stops nothing else."""

    def __init__(self, items: Iterable[T] = (), *, left_out: tuple[Gap, ...] = ()) -> None:
        super().__init__(items)
        self.left_out = left_out


class PsaError(Exception):
    """A call to the PSA did not give what was asked. The message leads with method, path and status."""

    retry = False

    def __init__(self, message: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after
        """Seconds to wait before the next call, where the PSA said so."""


class Unavailable(PsaError):
    """The PSA did not answer usably: connection, time-out, 5xx, HTML or garbage.

    For a write: nothing was carried out (no connection, or a 404 that is not about the record).
    """

    retry = True


class Throttled(PsaError):
    """The PSA, or our own rate limit on its behalf, asks to wait. The call was not carried out."""

    retry = True


class Ambiguous(PsaError):
    """A write was sent and its outcome is unknown: read back before anything else is tried."""

    retry = True


class Refused(PsaError):
    """The PSA understood and said no (400, 409, 415, ...). A repeat would get the same answer."""


class Unauthorized(PsaError):
    """The keys are wrong or revoked (401)."""


class Forbidden(PsaError):
    """The API member's security role does not allow it (403). Names the endpoint."""


class NotFound(PsaError):
    """The record does not exist (any more)."""


class NotPermitted(PsaError):
    """Our list of permitted writes does not contain this call: a defect, stopped before it left the machine."""


class VisibleNote(PsaError):
    """A note that we created came back where a customer can see it. Carries the note's id."""

    def __init__(self, message: str, *, note_id: int) -> None:
        super().__init__(message)
        self.note_id = note_id


@dataclass(frozen=True, slots=True)
class Keys:
    """What it takes to speak to one account's PSA. Secrets never show in its repr."""

    site: str
    """The UI host, e.g. `na.myconnectwise.net`; with `allow_private` also `http://host:port`."""
    company: str
    """The login company id."""
    public_key: str = field(repr=False)
    private_key: str = field(repr=False)
    client_id: str = field(repr=False)
    allow_private: bool = False
    codebase: str | None = None
    """Last known codebase, e.g. `v2026_4/`; discovered when None or when a known resource is gone."""
    ca_bundle: str | None = field(default=None, repr=False)
    """Certificates, PEM, that are trusted for this site beside the public ones."""
    escalation_statuses: frozenset[int] = frozenset()
    """The statuses that a ticket may be set to by us: nothing else of it, and none other."""
    former_logins: frozenset[str] = frozenset()
    """Login names (lower case) that our API member had before: its older notes bear them."""


@dataclass(frozen=True, slots=True)
class Status:
    """A status of one board. The same name has another id on another board."""

    id: int
    name: str
    closed: bool
    inactive: bool
    default: bool = False
    """Whether a ticket gets it by itself, on a new ticket or where it is moved to its board."""


@dataclass(frozen=True, slots=True)
class Board:
    id: int
    name: str
    statuses: tuple[Status, ...] = ()
    inactive: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """A person who can log in to the PSA."""

    id: int
    identifier: str
    name: str
    email: str | None
    active: bool
    is_api: bool = False
    time_zone: str | None = None
    """In the PSA's own words, such as `US Pacific`."""
    title: str = ""
    security_role: str = ""
    is_admin: bool = False


@dataclass(frozen=True, slots=True)
class Team:
    """Some members who work on one board together."""

    name: str
    board_id: int
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Callback:
    """One callback entry: what ConnectWise tells us about, and whether it still does."""

    id: int
    url: str
    type: str
    level: str
    object_id: int
    inactive: bool
    member_id: int | None = None
    """Id of the member whose keys created it."""


@dataclass(frozen=True, slots=True)
class Hosted:
    """One page of somebody's inside the PSA: a pod, a tab or a button."""

    id: int
    url: str
    type: str
    description: str
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """What was written on the tickets merged into another one, or bundled under it; each record names its ticket."""

    notes: tuple[Note, ...] = ()
    time_entries: tuple[TimeEntry, ...] = ()
    unread: tuple[tuple[str, PsaError | str], ...] = ()
    """What is missing, each with what stood in the way."""


@dataclass(frozen=True, slots=True)
class PostedNote:
    """A note of ours as the PSA has it now."""

    id: int
    text: str
    created_by: str | None
    internal: bool
    """Whether only the MSP's own people can see it."""
    created_at: datetime | None = None
    """When it was written, by the PSA's clock; None where the PSA does not say."""


@dataclass(frozen=True, slots=True)
class SystemInfo:
    version: str
    is_cloud: bool
    server_time: datetime | None
    """The answer's Date header: how far the PSA's clock is from ours can be told from it."""


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """One line of the set-up check."""

    what: str
    ok: bool
    detail: str
    """What was found, or what to do: names the permission of the security role where one is missing."""
    look: bool = False
    """It is well, and asks something that only the shop knows."""


class Psa(Protocol):
    """One account's PSA.

    Safe to use from several threads; each call is one HTTP request unless it says otherwise.
    """

    def wait_for(self, calls: int) -> float:
        """Return the seconds until so many calls may begin under our own limit; 0: now. Asks the PSA nothing."""

    # Reads. `as_member` of the roster gives names and roles to authors.
    def ticket(self, ticket_id: int) -> Ticket:
        """Read one ticket. Raises `NotFound` only if the PSA itself says that this record does not exist."""

    def notes(self, ticket_id: int, roster: Roster) -> list[Note]:
        """Read all notes of a ticket, all pages, oldest first, our own included (author role `us`)."""

    def family(self, ticket_id: int, roster: Roster) -> Family:
        """Read what was written on the tickets that were merged into a ticket or are bundled under it; several calls.

        What cannot be read of them is named in the answer. Raises nothing but what a first call raises.
        """

    def newest_note(self, ticket_id: int) -> int | None:
        """Read the id of a ticket's newest note that is not ours, by one short page; None if that page has none."""

    def time_entries(self, ticket_id: int, roster: Roster) -> list[TimeEntry]: ...

    def time_entries_of(self, ticket_ids: Sequence[int], roster: Roster) -> dict[int, list[TimeEntry]]:
        """Read the time charged to several tickets, by ticket, empty where there is none; one call for a hundred of them.

        Raises `Refused` where a record does not say which ticket it is of: ask for one ticket at a time then.
        """

    def tasks(self, ticket_id: int) -> list[Task]: ...

    def configuration_ids(self, ticket_id: int) -> list[int]:
        """Read the ids of the configurations attached to a ticket (ConnectWise gives references only)."""

    def configurations(self, ids: Sequence[int]) -> list[Configuration]:
        """Read the details of several configurations in one call. Empty for no ids, without a call."""

    def documents(self, ticket_id: int) -> list[Document]: ...

    def schedule(self, ticket_id: int) -> list[ScheduleEntry]: ...

    def schedules_of(self, ticket_ids: Sequence[int]) -> dict[int, list[ScheduleEntry]]:
        """Read who is planned on several tickets, by ticket. One call and errors as `time_entries_of`."""

    def related(
        self, company_id: int, *, before: datetime, excluding: int, limit: int = 15
    ) -> list[RelatedTicket]:
        """Read the customer's most recent tickets entered before a moment."""

    def tickets_updated_since(self, since: datetime, *, limit: int = 5000) -> list[Ticket]:
        """Read tickets whose lastUpdated is at or after a moment, oldest change first, in several pages."""

    def tickets_in_statuses(self, status_ids: Sequence[int]) -> list[Ticket]:
        """Read all open tickets that stand in one of these statuses now."""

    def audit_trail(self, ticket_id: int) -> list[AuditEntry]:
        """Read what the PSA wrote down about changes of a ticket, all pages, oldest first.

        Empty for a ticket without one; which permission it takes is not documented, so be ready for `Forbidden`.
        """

    def at_rest(self) -> Psa:
        """Return the same PSA with every call in the last place: for long reads that must not hold anything up."""

    def boards(self, names: Sequence[str] | None = None) -> list[Board]:
        """Read boards with their statuses: one call for the boards, one for each board's statuses."""

    def members(self) -> list[Member]: ...

    def teams(self, board_ids: Iterable[int]) -> list[Team]:
        """Read the teams of some boards, one call for each."""

    def system_info(self) -> SystemInfo: ...

    # Writes: the whole list. Nothing else leaves the machine.
    def post_internal_note(self, ticket_id: int, text: str) -> PostedNote:
        """Create an internal note, never repeated, and check the echo.

        Raises `Refused`, `Unauthorized`, `Forbidden`, `NotFound`, `Throttled` (surely not posted),
        `Ambiguous` (unknown), `VisibleNote` (posted, but a customer could see it: remove it at once).
        """

    def post_resolution_note(self, ticket_id: int, text: str) -> PostedNote:
        """Create a note in the ticket's resolution, which customers can see, of a text that a person has read.

        Nobody is mailed by it. Errors as for `post_internal_note`; `VisibleNote` where it stands in the discussion too.
        """

    def edit_note(self, ticket_id: int, note_id: int, text: str) -> PostedNote:
        """Replace the text of a note of ours. Errors as for `post_internal_note`."""

    def delete_note(self, ticket_id: int, note_id: int) -> bool:
        """Delete a note of ours. False, not `NotFound`, where the PSA says there is none: gone, or not for us to see."""

    def own_notes(self, ticket_id: int) -> list[PostedNote]:
        """Read all notes of a ticket, all pages, and return those created by our API member, lowest id first.

        Also those that may be, as far as anybody knows: their author cannot be read, or we do not know who we are.
        Raises any read error, `Forbidden` and `NotFound` included: absence must be certain before a POST is
        repeated.
        """

    def assign_owner(self, ticket_id: int, member_id: int) -> Ticket:
        """Make a member the ticket's owner and return the ticket. Raises `Refused` if the PSA keeps another."""

    def escalate(self, ticket_id: int, status_id: int) -> Ticket:
        """Set the ticket's status to one of `Keys.escalation_statuses` and return the ticket.

        Raises `NotPermitted` for another one, and `Refused` if the PSA keeps the status it has.
        """

    def callbacks(self) -> list[Callback]: ...

    def register_callback(
        self, *, url: str, type: str, level: str, object_id: int, description: str
    ) -> Callback:
        """Create a callback entry; an equal one that exists already is returned instead."""

    def reactivate_callback(self, callback_id: int) -> Callback: ...

    def delete_callback(self, callback_id: int) -> None: ...

    def hosted(self) -> list[Hosted]:
        """Read the pages of ours and of others inside the PSA."""

    def remove_hosted(self, hosted_id: int) -> None: ...

    def host_page(
        self, *, kind: Literal["Pod", "Tab"], screens: Sequence[str], description: str, url: str, origin: str,
        there: Iterable[Hosted],
    ) -> Hosted:  # fmt: skip
        """Have the PSA show a page on the first of these screens that it has; what is `there` already is kept or moved.

        A page is known again by its path and query, whatever its host. Raises `Refused` without such a screen.
        """

    # Set-up.
    def probe(self) -> list[ProbeResult]:
        """Try every endpoint the product reads, and say what is missing; one right that is missing is one line.

        Raises `Unauthorized` and `Unavailable` where the first call says that no other would fare better.
        """

    def probe_writes(self) -> list[ProbeResult]:
        """Try the rights to write on records that do not exist: nothing is written."""

    def warm(self, connections: int = 8) -> None:
        """Load what is slow to load and open connections side by side. Never raises."""

    def ticket_url(self, ticket_id: int) -> str:
        """Return the address of the ticket in the PSA's own user interface (no call)."""

    def learn_api_member(self, members: Iterable[Member], callbacks: Iterable[Callback]) -> str | None:
        """Take the API member's login name from who created a callback entry of ours, and return it (no call)."""

    @property
    def codebase(self) -> str:
        """The codebase in use, empty until one was discovered."""

    @property
    def api_member(self) -> str | None:
        """Login name of the member our keys belong to, once known."""
