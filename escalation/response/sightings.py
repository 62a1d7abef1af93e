"""A ticket as it was seen after each save, and whose save it was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from escalation.evidence import Evidence, Roster, Ticket

RESPONSE_VERSION = 5
"""Of the rules of claims and first actions."""

SAME_SAVE = timedelta(seconds=1)
"""ConnectWise's times have seconds, so one save and what it sets off differ by less than this."""

UNREAD = "(could not be read)"
"""The owner in a save whose owner is there, but not in words that can be read: nobody has given anything back by it."""

CLAIMING_ROLES = frozenset({"engineer", "admin", "owner"})


@dataclass(frozen=True, slots=True)
class Sighting:
    """A ticket as it was seen after one save, from a callback or the poller."""

    at: datetime
    """When it was saved, by the PSA's clock."""
    member: str | None
    """Login name of whoever saved it."""
    board_id: int
    status_id: int
    owner: str | None = None

    @classmethod
    def of(cls, ticket: Ticket, *, read_at: datetime) -> Sighting:
        """Return what a reading of the ticket shows; `read_at` stands in where the PSA gives no time."""
        at = ticket.last_updated or read_at
        owner = UNREAD if ticket.owner_unread else ticket.owner
        return cls(at, ticket.updated_by, ticket.board_id, ticket.status_id, owner)


def may_claim(member: str | None, roster: Roster) -> bool:
    """Tell whether a login name belongs to an engineer, admin or owner of the account who still works there."""
    return member is not None and roster.decides(member) and roster.person(member).role in CLAIMING_ROLES


def as_named_now(saves: Iterable[Sighting], roster: Roster) -> list[Sighting]:
    """Return saves with the login names that their members have now; an owner who could not be read is who it was before."""
    saves = list(saves)
    owner = next((save.owner for save in saves if save.owner != UNREAD), None)
    named = []
    for save in saves:
        owner = owner if save.owner == UNREAD else save.owner
        named.append(replace(save, member=roster.login(save.member), owner=roster.login(owner)))
    return named


def set_status(ticket: Ticket, saves: Iterable[Sighting], roster: Roster) -> Sighting:
    """Return the save that put a ticket into the status it shows: the earliest that is known to show it.

    Our own writes come after others' and change no status: only where nobody else's save is known is it us.
    """
    last = Sighting.of(ticket, read_at=datetime.max.replace(tzinfo=UTC))
    run: list[Sighting] = []
    before = sorted((save for save in saves if save.at <= last.at), key=lambda save: save.at)
    for save in as_named_now([*before, last], roster):
        run = [*run, save] if status_of(save) == status_of(last) else []
    return next((save for save in run if not roster.ours(save.member)), run[0])


def status_set_by_person(ticket: Ticket, saves: Iterable[Sighting], roster: Roster) -> bool:
    """Tell whether a person put a ticket into the status it shows; behind a write of ours a person is taken to stand."""
    member = set_status(ticket, saves, roster).member
    return roster.decides(member) or roster.ours(member)


def set_later(
    ticket: Ticket, saves: Iterable[Sighting], roster: Roster, *, by: str | None, since: datetime | None
) -> bool:
    """Tell whether whoever has the episode `since` a moment put the ticket into its status, and not by the save that took it."""
    save = set_status(ticket, saves, roster)
    return since is not None and same_login(save.member, by) and save.at - since >= SAME_SAVE


def saves_of(evidence: Evidence, before: Sighting | None, observed: Iterable[Sighting]) -> list[Sighting]:
    last = Sighting.of(evidence.ticket, read_at=evidence.read_at)
    later = [save for save in observed if before is None or save.at >= before.at]
    return [*([before] if before else []), *sorted({*later, last} - {before}, key=lambda save: (save.at, save == last))]


def status_of(save: Sighting) -> tuple[int, int]:
    return save.board_id, save.status_id


def same_login(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one.strip().lower() == other.strip().lower()
