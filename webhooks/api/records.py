"""What the API reads: handoffs in pages, one in full, the figures. Always of one account, for somebody who may."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from escalation.brief.vendor import vendor_form
from escalation.evidence import plain
from escalation.lifecycle import Response as State
from escalation.package.contents import Assessment
from escalation.package.lesson import asked_in_words
from escalation.package.stored import load
from models.account import people
from models.database.sessions import Database
from models.figures.scoring import reckoning
from models.handoff import deliveries, handoffs, listing
from models.handoff.listing import Listed, Place
from models.handoff.opened import mark_opened, opened_by
from models.memory import resolved
from models.tables import Handoff, Member
from webhooks.api.schemas import HandoffInFull
from webhooks.authorization import Viewer
from webhooks.claims.claiming import NoSuchHandoff, Person, shown

_GATHERED = ("claimed_by", "transitions", "deliveries")


class UnknownPlace(ValueError):
    """The cursor is none of ours."""


class Records:
    """Reads one account's records, for a viewer whom the caller has let in."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock

    def page(
        self,
        who: Viewer,
        *,
        states: Collection[str],
        since: datetime | None,
        ticket_id: int | None,
        cursor: str | None,
        show: str = "all",
        board: str | None = None,
        company: str | None = None,
        words: str | None = None,
        limit: int,
    ) -> dict[str, Any]:
        """Return a page of handoffs and the cursor of the next. Raises `UnknownPlace`."""
        after = _place(cursor) if cursor else None
        with self._database.account(who.account_id, reading=True) as session:
            rows = listing.newest(
                session, who.account_id, states=_states(show, states), since=since, ticket_id=ticket_id,
                claimed_by=who.member_id if show == "mine" else None, board=board, company=company, words=words, after=after,
                limit=limit + 1,
            )  # fmt: skip
            shown = rows[:limit]
            opened = opened_by(session, who.account_id, who.member_id, [row.id for row in shown])
            people = _people(session, who.account_id, (row.claimed_by for row in shown))
        return {
            "handoffs": [
                {**asdict(row), "claimed_by": people.get(row.claimed_by), "opened": row.id in opened} for row in shown
            ],
            "next": _cursor(shown[-1]) if len(rows) > limit else None,
        }

    def memory(self, who: Viewer, *, words: str, limit: int) -> dict[str, Any]:
        """Return the resolved tickets that resemble some words."""
        with self._database.account(who.account_id, reading=True) as session:
            found = resolved.search(session, who.account_id, asked_in_words(words), most=limit)
        return {
            "matches": [
                {**asdict(one.lesson), "score": one.match.score, "shared": one.match.in_common(words)} for one in found
            ]
        }

    def in_full(self, who: Viewer, handoff_id: int) -> dict[str, Any]:
        """Return everything about one handoff. Raises `NoSuchHandoff`."""
        with self._database.account(who.account_id, reading=True) as session:
            handoff = handoffs.get(session, who.account_id, handoff_id)
            if handoff is None:
                raise NoSuchHandoff(f"handoff {handoff_id}")
            moves = handoffs.transitions(session, who.account_id, handoff_id)
            sent = deliveries.of_handoff(session, who.account_id, handoff_id)
            people = _people(session, who.account_id, [handoff.claimed_by, *(d.recipient_user_id for d in sent)])
        return {
            **_columns(handoff),
            "escalation_package": _shown(handoff.escalation_package),
            "claimed_by": people.get(handoff.claimed_by),
            "transitions": moves,
            "deliveries": [
                {
                    "channel": each.channel, "kind": each.kind, "recipient": people.get(each.recipient_user_id),
                    "status": each.status, "reason": each.reason, "attempts": each.attempts,
                    "created_at": each.created_at, "sent_at": each.sent_at,
                }
                for each in sent
            ],
        }  # fmt: skip

    def vendor(self, who: Viewer, handoff_id: int) -> dict[str, Any]:
        """Return a handoff's brief in the form for a vendor's case. Raises `NoSuchHandoff`."""
        with self._database.account(who.account_id, reading=True) as session:
            handoff = handoffs.get(session, who.account_id, handoff_id)
            if handoff is None:
                raise NoSuchHandoff(f"handoff {handoff_id}")
            members = [text for row in people.roster_rows(session, who.account_id) for text in (row.name, row.identifier)]
        package = load(handoff.escalation_package) if handoff.escalation_package else None
        return {"id": handoff_id, "text": vendor_form(package, members=members) if package else None}

    def open(self, who: Viewer, handoff_id: int) -> dict[str, Any]:
        """Record that somebody opened a handoff. Raises `NoSuchHandoff`."""
        with self._database.account(who.account_id) as session:
            if handoffs.get(session, who.account_id, handoff_id) is None:
                raise NoSuchHandoff(f"handoff {handoff_id}")
            mark_opened(session, who.account_id, handoff_id, member_id=who.member_id, now=self._clock())
        return {"id": handoff_id, "opened": True}

    def metrics(self, who: Viewer, *, as_of: datetime | None, episodes: bool) -> Callable[[], dict[str, Any]]:
        """Return what computes the figures as of a moment, by default now, with the episodes behind each if asked for."""
        with self._database.account(who.account_id, reading=True) as session:
            compute = reckoning(session, who.account_id, as_of=as_of or self._clock())
        return lambda: compute().to_json(listing=episodes)


def _states(show: str, states: Collection[str]) -> Collection[str]:
    """Return the response's states that are asked for; a name that no state has where none can fit both."""
    narrowed = {"waiting": {State.OPEN.value}, "mine": {State.CLAIMED.value, State.ACTED.value}}.get(show)
    if narrowed is None:
        return states
    return narrowed & set(states) or {"none"} if states else narrowed


def _shown(package: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the package without an assessment that is withheld."""
    if package is None or not (package.get("ai_assessment_data") or {}).get("withheld"):
        return package
    return {**package, "ai_assessment_data": plain(Assessment(withheld=True))}


def _columns(handoff: Handoff) -> dict[str, Any]:
    names = [name for name in HandoffInFull().fields if name not in _GATHERED]
    # The draft is the brief as it was last written; the column has the name of the product's first design.
    return {name: handoff.draft if name == "escalation_package_markdown" else getattr(handoff, name) for name in names}


def _people(session: Session, account_id: int, ids: Iterable[int | None]) -> dict[int | None, Person]:
    wanted = {each for each in ids if each is not None}
    rows = session.scalars(select(Member).where(Member.account_id == account_id, Member.id.in_(sorted(wanted))))
    found = {row.id: row for row in rows}
    return {each: shown(each, found.get(each)) for each in wanted}


def _cursor(row: Listed) -> str:
    text = f"{row.escalated_at.isoformat()} {row.id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(cursor: str) -> Place:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        moment, _, number = text.partition(" ")
        at = datetime.fromisoformat(moment)
        place = Place(at.astimezone(UTC), int(number))
    except (binascii.Error, UnicodeError, ValueError, OverflowError):
        raise UnknownPlace("next: give what `next` of the page before says, or leave it out") from None
    if at.tzinfo is None or not 0 <= place.id < 2**63:
        raise UnknownPlace("next: give what `next` of the page before says, or leave it out")
    return place
