"""What every page works with: the database, whose member looks, and names for the people in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from models.account import people
from models.database.sessions import Database
from models.handoff import handoffs
from models.handoff.opened import mark_opened
from models.memory.assessments import verdict_of
from models.tables import Member
from webhooks.authorization import Viewer
from webhooks.bulkhead import Bulkhead
from webhooks.claims.claiming import Claiming, ClaimView, NoSuchHandoff, Person, shown
from webhooks.claims.keeping import Keeping
from webhooks.claims.noting import Noting
from webhooks.claims.wishing import Wishing
from webhooks.sessions.recording import Recording

T = TypeVar("T")


class People:
    """The members of an account, by number and by login name."""

    def __init__(self, members: list[Member]) -> None:
        self._by_id = {member.id: member for member in members}
        self._by_login = {member.identifier.strip().lower(): member for member in members}

    def person(self, member_id: int | None) -> Person | None:
        """Return a member for showing, None for nobody."""
        return None if member_id is None else shown(member_id, self._by_id.get(member_id))

    def named(self, login: str | None) -> str:
        """Return the name behind a login, else the login itself; empty for nobody."""
        found = self._by_login.get((login or "").strip().lower())
        return found.name if found else login or ""


@dataclass(frozen=True, slots=True)
class Desk:
    """The tools of a page. `work` runs what needs the database, and says in time that it cannot be done."""

    database: Database
    claiming: Claiming
    wishing: Wishing
    noting: Noting
    keeping: Keeping
    recording: Recording
    bulkhead: Bulkhead
    clock: Callable[[], datetime]

    def read(self, viewer: Viewer, reader: Callable[[Session], T]) -> T:
        """Return what `reader` finds in the viewer's own account. Raises `Away`."""

        def work() -> T:
            with self.database.account(viewer.account_id, reading=True) as session:
                return reader(session)

        return self.bulkhead.do(work)

    def note_opened(self, viewer: Viewer, handoff_id: int) -> None:
        """Record that the viewer has opened a handoff, if it is one of their account's. Raises `Away`."""

        def work() -> None:
            with self.database.account(viewer.account_id) as session:
                mark_opened(session, viewer.account_id, handoff_id, member_id=viewer.member_id, now=self.clock())

        self.bulkhead.do(work)


def look(session: Session, viewer: Viewer, handoff_id: int) -> ClaimView:
    """Return how a handoff stands, for any member of its account. Raises `NoSuchHandoff`."""
    handoff = handoffs.get(session, viewer.account_id, handoff_id)
    if handoff is None:
        raise NoSuchHandoff(f"handoff {handoff_id}")
    names = people_of(session, viewer)
    said = verdict_of(session, viewer.account_id, handoff_id, viewer.member_id)
    return ClaimView(viewer, handoff, names.person(handoff.claimed_by), names.named(handoff.escalated_by), verdict=said)


def people_of(session: Session, viewer: Viewer) -> People:
    """Return the members of the viewer's account."""
    return People(people.roster_rows(session, viewer.account_id))
