"""Observations from the rows: what is known of each episode, read from its recorded moves.

A move says when it happened by the PSA's clock and when it was recorded by ours. Only those recorded by `as_of` are
read, so a claim that was given back since, or a deed that was seen later, leaves what was shown then as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.orm import Session

from escalation.figures.hours import Calendar
from escalation.figures.observations import SKEW_UNCERTAINTY, EndedClaim, Observation, clock_ahead
from escalation.lifecycle import Brief, Response
from escalation.rules import MISSING
from models.account import calendars
from models.tables import Account, Handoff, Member, Transition

LOST = f"nobody knows how it went on: {MISSING}"
BY_HAND = "opened by hand, so the PSA shows no moment of escalation"


def observations(
    session: Session, account_id: int, *, since: datetime, until: datetime, as_of: datetime | None = None
) -> list[Observation]:
    """Return the episodes escalated after `since` and not after `until`, as they were known at `as_of`.

    `as_of` is `until` if not given. Reads no package, draft or evidence. The moments given are ours, those of an
    episode the PSA's: what the PSA's clock is ahead as last measured is added to the former, and to a moment of ours
    that stands where the PSA has none of its own, which is then said.
    """
    moment = until if as_of is None else as_of
    account = session.execute(select(Account.time_zone, Account.clock_skew_s).where(Account.id == account_id)).one_or_none()
    zone, ahead = account.time_zone if account else "UTC", clock_ahead(account.clock_skew_s if account else None)
    since, until = since + max(ahead, timedelta(0)), until + max(ahead, timedelta(0))
    hours = calendars.versions(session, account_id, time_zone=zone)
    members = select(Member.id, Member.identifier).where(Member.account_id == account_id)
    people = {number: login for number, login in session.execute(members)}  # noqa: C416 - rows are no pairs to mypy
    rows = session.execute(_episodes(account_id, since, until)).all()
    courses = _courses(session, account_id, [row.id for row in rows], moment)
    return [_observation(row, courses[row.id], hours, people, ahead) for row in rows if row.id in courses]


@dataclass(slots=True)
class _Course:
    """What an episode's moves come to, in the order in which they were recorded."""

    noted_at: datetime | None = None
    noted_by_us: bool = False
    """Whether the PSA did not say when it took the note."""
    claimed_at: datetime | None = None
    claimant: str | None = None
    acted_at: datetime | None = None
    ended_at: datetime | None = None
    resolved_at: datetime | None = None
    withdrawn: bool = False
    lost: bool = False
    """Whether its ticket could not be followed to a first action or an end."""
    returned_at: list[datetime] = field(default_factory=list)
    ended_claims: list[EndedClaim] = field(default_factory=list)

    def move(
        self, machine: str, before: str | None, after: str, at: datetime, recorded_at: datetime, actor: str, why: str | None
    ) -> None:
        if machine == "brief":
            if after == Brief.POSTED:
                self.noted_at, self.noted_by_us = at, at == recorded_at
        elif after == Response.CLAIMED:
            self.claimed_at, self.claimant = at, actor
        elif after == Response.OPEN and before == Response.CLAIMED:
            self.returned_at.append(at)
            if self.claimed_at is not None:
                self.ended_claims.append(EndedClaim(self.claimed_at, at, self.claimant))
            self.claimed_at = self.claimant = None
        elif after == Response.ACTED:
            self.acted_at = at
        elif why == MISSING:
            self.ended_at, self.lost = at, self.acted_at is None
        elif after in (Response.RESOLVED, Response.WITHDRAWN):
            self.ended_at, self.withdrawn = at, after == Response.WITHDRAWN
            self.resolved_at = at if after == Response.RESOLVED else None


def _episodes(account_id: int, since: datetime, until: datetime) -> Select[*tuple[Any, ...]]:
    query = select(
        Handoff.id,
        Handoff.ticket_id,
        Handoff.episode,
        Handoff.escalated_at,
        Handoff.origin,
        Handoff.domain,
        Handoff.calendar_version,
        Handoff.claimed_by,
        Handoff.claimed_at,
        Handoff.repeated_at,
        Handoff.first_action["trusted"].as_boolean().label("trusted"),
    )
    here = (
        Handoff.account_id == account_id, Handoff.escalated_at > since, Handoff.escalated_at <= until,
        Handoff.dry_run.is_(False),
    )  # fmt: skip
    return query.where(*here).order_by(Handoff.escalated_at, Handoff.id)


def _courses(
    session: Session, account_id: int, handoff_ids: Sequence[int], as_of: datetime
) -> dict[int, _Course]:
    if not handoff_ids:
        return {}
    # Handoffs are numbered as they come in, so theirs lie side by side in the index, with few others between them.
    query = (
        select(
            Transition.handoff_id, Transition.machine, Transition.from_state, Transition.to_state,
            Transition.happened_at, Transition.recorded_at, Transition.actor, Transition.why,
        )
        .where(
            Transition.account_id == account_id,
            Transition.handoff_id.between(min(handoff_ids), max(handoff_ids)),
            Transition.recorded_at <= as_of,
            or_(Transition.machine == "response", Transition.to_state == Brief.POSTED.value),
        )
        .order_by(Transition.handoff_id, Transition.id)
    )  # fmt: skip
    courses: dict[int, _Course] = {}
    for handoff_id, machine, before, after, at, recorded_at, actor, why in session.execute(query):
        courses.setdefault(handoff_id, _Course()).move(machine, before, after, at, recorded_at, actor, why)
    return courses


def _observation(
    row: Row[Any], course: _Course, hours: Mapping[int, Calendar], people: Mapping[int, str], ahead: timedelta
) -> Observation:
    moved = course.noted_at is not None and course.noted_by_us and bool(ahead)
    by = f"{ahead.total_seconds():+.0f} s, give or take {SKEW_UNCERTAINTY.total_seconds():.0f} s"
    return Observation(
        episode=f"{row.ticket_id}/{row.episode}",
        calendar=hours[row.calendar_version or 1],
        escalated_at=row.escalated_at,
        noted_at=course.noted_at + ahead if moved and course.noted_at else course.noted_at,
        corrected=f"brief posted: by our clock, moved to ConnectWise's by {by}" if moved else None,
        claimed_at=course.claimed_at,
        acted_at=course.acted_at,
        resolved_at=course.resolved_at,
        ended_at=course.ended_at,
        withdrawn=course.withdrawn,
        lost=course.lost,
        returned_at=tuple(course.returned_at),
        ended_claims=tuple(claim._replace(by=_as_written(claim.by, people)) for claim in course.ended_claims),
        technician=_login(row, course, people),
        domain=row.domain,
        repeated_at=row.repeated_at,
        trusted=row.trusted is not False,
        exclusions=((BY_HAND,) if row.origin == "hand" else ()) + ((LOST,) if course.lost else ()),
    )


def _login(row: Row[Any], course: _Course, people: Mapping[int, str]) -> str | None:
    """Return who had the claim that stood then, as the PSA writes the name."""
    if course.claimed_at is None:
        return None
    if row.claimed_at == course.claimed_at and row.claimed_by in people:
        return people[row.claimed_by]
    # It was given back since, so only its move still names the claimant.
    return _as_written(course.claimant, people)


def _as_written(actor: str | None, people: Mapping[int, str]) -> str | None:
    """Return a login name as the PSA writes it; None of nobody who is a member."""
    return next((login for login in people.values() if login.lower() == (actor or "").lower()), None)
