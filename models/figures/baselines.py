"""The old way of working: readings of a stopwatch, and runs of the backcast over an account's history.

The two never stand in one `Baseline`. Times are aware; what was recorded or run after a moment was not known then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from escalation.figures.hours import Calendar
from escalation.figures.measures import Baseline
from escalation.figures.observations import Observation
from models import tables
from models.database.compare_and_set import changed
from models.database.sessions import insert_or_ignore
from models.tables import Account, Backcast, Stopwatch

__all__ = [
    "Backcast",
    "Reading",
    "Stopwatch",
    "add_readings",
    "backcast_observations",
    "baselines",
    "calendar_at",
    "latest_backcast",
    "readings",
    "remove_reading",
    "store_backcast",
]


@dataclass(frozen=True, slots=True)
class Reading:
    """One measurement with a stopwatch: the ticket was opened, and the first diagnostic action was begun."""

    reference: str
    """The ticket's number, or whatever tells this ticket from the others."""
    technician: str
    """Login name."""
    opened_at: datetime
    acted_at: datetime
    domain: str | None = None


def add_readings(session: Session, account_id: int, found: Iterable[Reading], *, now: datetime) -> int:
    """Store readings and return how many are new; one that is stored already is left as it is.

    The same technician opening the same ticket at the same moment is the same reading.
    """
    new = 0
    for reading in found:
        row = insert_or_ignore(session, Stopwatch).values(
            account_id=account_id,
            reference=reading.reference,
            technician=reading.technician,
            opened_at=reading.opened_at,
            acted_at=reading.acted_at,
            domain=reading.domain,
            recorded_at=now,
        )
        new += session.scalar(row.returning(Stopwatch.id)) is not None
    return new


def readings(session: Session, account_id: int, *, as_of: datetime | None = None) -> list[Stopwatch]:
    """Return the readings of an account, those recorded by `as_of` only, by when the ticket was opened."""
    query = select(Stopwatch).where(Stopwatch.account_id == account_id)
    if as_of is not None:
        query = query.where(Stopwatch.recorded_at <= as_of)
    return list(session.scalars(query.order_by(Stopwatch.opened_at, Stopwatch.id)))


def remove_reading(session: Session, account_id: int, reading_id: int) -> bool:
    """Delete one reading. False if there is none of that number."""
    mine = (Stopwatch.account_id == account_id, Stopwatch.id == reading_id)
    return changed(session, delete(Stopwatch).where(*mine))


def store_backcast(
    session: Session,
    account_id: int,
    *,
    since: datetime,
    until: datetime,
    ran_at: datetime,
    version: int,
    candidates: int,
    pattern: dict[str, Any],
    observations: Sequence[Observation],
    summary: dict[str, Any],
) -> int:
    """Store one run and return its number; earlier runs stay, so that earlier figures can be told again."""
    row = Backcast(
        account_id=account_id,
        since=since,
        until=until,
        ran_at=ran_at,
        version=version,
        candidates=candidates,
        pattern=pattern,
        observations=[_plain(observation) for observation in observations],
        summary=summary,
    )
    session.add(row)
    session.flush()
    return row.id


def latest_backcast(session: Session, account_id: int, *, as_of: datetime | None = None) -> Backcast | None:
    """Return the newest run, of those by `as_of`; None if there is none."""
    query = select(Backcast).where(Backcast.account_id == account_id)
    if as_of is not None:
        query = query.where(Backcast.ran_at <= as_of)
    return session.scalars(query.order_by(Backcast.ran_at.desc(), Backcast.id.desc()).limit(1)).first()


def baselines(
    session: Session, account_id: int, as_of: datetime, *, calendar: Calendar | None = None
) -> list[Baseline]:
    """Return the account's baselines as they were known at a moment, one for each source that has anything.

    Minutes are counted by `calendar`, or else by the account's own of that moment: the old way and the new one must
    be counted by the same hours.
    """
    hours = calendar or calendar_at(session, account_id, as_of)
    found: list[Baseline] = []
    if measured := readings(session, account_id, as_of=as_of):
        found.append(Baseline("stopwatch", tuple(_of_reading(row, hours) for row in measured)))
    if run := latest_backcast(session, account_id, as_of=as_of):
        found.append(Baseline("backcast", tuple(backcast_observations(run, hours)), candidates=run.candidates))
    return found


def calendar_at(session: Session, account_id: int, as_of: datetime) -> Calendar:
    """Return the account's working hours of a moment; office hours in its time zone as long as none are stored."""
    stored = select(tables.Calendar).where(
        tables.Calendar.account_id == account_id, tables.Calendar.created_at <= as_of
    )
    row = session.scalars(stored.order_by(tables.Calendar.version.desc()).limit(1)).first()
    if row is not None:
        return Calendar.from_json({**row.body, "version": row.version})
    zone = session.scalar(select(Account.time_zone).where(Account.id == account_id))
    return Calendar.office(zone or "UTC")


def _of_reading(row: Stopwatch, calendar: Calendar) -> Observation:
    return Observation(
        episode=f"reading {row.id}",
        calendar=calendar,
        source="stopwatch",
        claimed_at=row.opened_at,
        acted_at=row.acted_at,
        ended_at=row.acted_at,
        technician=row.technician,
        domain=row.domain,
    )


def backcast_observations(run: Backcast, calendar: Calendar) -> list[Observation]:
    """Return what a run found, to be counted by a calendar."""
    return [_observation(body, calendar) for body in run.observations]


_TIMES = ("escalated_at", "noted_at", "claimed_at", "acted_at", "resolved_at", "ended_at")


def _plain(observation: Observation) -> dict[str, Any]:
    """Return a backcast's observation as JSON, without the calendar: that is chosen when it is counted."""
    times = {name: at.isoformat() for name in _TIMES if (at := getattr(observation, name)) is not None}
    return {
        "episode": observation.episode,
        **times,
        "withdrawn": observation.withdrawn,
        "technician": observation.technician,
        "domain": observation.domain,
        "trusted": observation.trusted,
        "exclusions": list(observation.exclusions),
    }


def _observation(body: dict[str, Any], calendar: Calendar) -> Observation:
    times: dict[str, Any] = {name: datetime.fromisoformat(body[name]) for name in _TIMES if body.get(name)}
    return Observation(
        episode=body["episode"],
        calendar=calendar,
        source="backcast",
        withdrawn=bool(body.get("withdrawn")),
        technician=body.get("technician"),
        domain=body.get("domain"),
        trusted=bool(body.get("trusted", True)),
        exclusions=tuple(body.get("exclusions", ())),
        **times,
    )
