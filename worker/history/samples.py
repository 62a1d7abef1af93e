"""A brief as it would have been, beside what really happened next: for whoever is to judge whether it would have helped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from escalation.evidence import Evidence, Note, TimeEntry
from escalation.history.backcast import Episode, Response
from escalation.history.saves import Meaning
from escalation.package.contents import Package
from escalation.response.repeats import Repeat, repeats
from escalation.response.sightings import CLAIMING_ROLES

EVENTS = 10
"""How many events a sample shows."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened after an escalation."""

    at: datetime
    who: str
    what: str
    """`status`, `note`, `time entry`, `escalated` or `closed`."""
    text: str
    mark: str = ""
    """`taken` or `first action`, by the live rules; `again` where it repeats what the brief holds."""
    held: str = ""
    """What the brief holds of it, verbatim."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One escalation of the past."""

    episode: str
    ticket_id: int
    summary: str
    company: str
    url: str
    escalated_at: datetime
    by: str
    brief: str
    """Markdown, from what stood in the ticket at that moment."""
    events: tuple[Event, ...]
    more: int
    """Events that are not shown."""


def written_after(evidence: Evidence, episode: Episode) -> list[Note | TimeEntry]:
    """Return what seniors wrote between an escalation and its end, in its order."""
    until = episode.ended_at
    found: list[tuple[datetime, Note | TimeEntry]] = [(n.created_at, n) for n in evidence.notes if n.created_at]
    found += [(at, e) for e in evidence.time_entries if (at := e.entered_at or e.started_at)]
    return [
        record for at, record in sorted(found, key=lambda pair: pair[0])
        if at > episode.at and (until is None or at <= until) and record.author.role in CLAIMING_ROLES
    ]  # fmt: skip


def repeated(package: Package, evidence: Evidence, episode: Episode) -> tuple[Repeat, ...]:
    """Return what seniors did or asked again although it stood in the ticket when they got it, by the live rule."""
    return repeats(package, written_after(evidence, episode))


def events_of(
    episode: Episode, evidence: Evidence, reply: Response, again: Sequence[Repeat], meaning: Meaning, names: Mapping[str, str]
) -> list[Event]:
    """Return what happened to an escalated ticket until its end, in its order."""
    statuses = {(board, number): name for (board, name), number in meaning.statuses.items()}
    held = {repeat.note_id: repeat for repeat in again}
    sources = {reply.claim.source: "taken"} if reply.claim else {}
    sources |= {reply.action.source: "first action"} if reply.action else {}
    found: list[Event] = []
    before = episode.saves[0]
    for save in episode.saves[1:]:
        status = statuses.get((save.board_id, save.status_id))
        if (save.board_id, save.status_id) != (before.board_id, before.status_id) and status:
            what = "closed" if (save.board_id, save.status_id) in meaning.closing else "status"
            found.append(Event(save.at, _name(save.member, names), what, status))
        before = save
    for record in written_after(evidence, episode):
        entry = isinstance(record, TimeEntry)
        at = (record.entered_at or record.started_at) if isinstance(record, TimeEntry) else record.created_at
        assert at is not None
        source = f"{'time entry' if entry else 'note'} {record.id}"
        repeat = held.get(record.id)
        mark = sources.get(source, "") or ("again" if repeat else "")
        what, held_words = "time entry" if entry else "note", repeat.held if repeat else ""
        found.append(Event(at, record.author.name, what, record.text, mark, held_words))
    if reply.claim:
        same = (reply.claim.at, _name(reply.claim.member, names))
        found = [replace(e, mark="taken") if (e.at, e.who) == same and not e.mark else e for e in found]
    if reply.claim and not any(event.mark == "taken" for event in found):
        by = f"seen by: {reply.claim.kind.replace('_', ' ')}"
        found.append(Event(reply.claim.at, _name(reply.claim.member, names), "taken", by, "taken"))
    return sorted(found, key=lambda event: event.at)


def _name(login: str | None, names: Mapping[str, str]) -> str:
    return names.get((login or "").lower(), login or "somebody")
