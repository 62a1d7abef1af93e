"""The old way of working, replayed from a PSA's history by the same rules as the live product.

ConnectWise keeps no dated history of a ticket's status. Its audit trail is the only trace, in a wording that is learned
for each account (`escalation.history.trail_wording`). What the trail shows becomes the saves that we would have seen live; from
there on episodes, claims and first actions are told by `escalation.rules` and `escalation.response.claims` and nothing else.

An escalation whose moment cannot be told stays a candidate without a date: it lowers the coverage, and is never guessed.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from escalation.evidence import Evidence, RelatedTicket, Roster, Ticket
from escalation.figures.hours import Calendar
from escalation.figures.observations import Observation
from escalation.history.saves import HANDED_OVER, Course, Meaning
from escalation.response import claims, first_action
from escalation.response.claims import ClaimSignal
from escalation.response.first_action import FirstAction
from escalation.response.sightings import Sighting
from escalation.rules import Act, Seen, StatusRules, decide

BACKCAST_VERSION = 2

BULK, BULK_WITHIN = 5, timedelta(seconds=10)
"""So many tickets put into an escalation status at once by one member are a clean-up, not that many escalations."""

@dataclass(frozen=True, slots=True)
class Episode:
    """One escalation in history, dated, with the saves that belong to it."""

    ticket_id: int
    number: int
    at: datetime
    by: str | None
    saves: tuple[Sighting, ...]
    """From the escalation on, the state it began with first."""
    ended_at: datetime | None = None
    closed: bool = False
    """Whether its end was the ticket's."""

    @property
    def name(self) -> str:
        return f"{self.ticket_id}/{self.number}"


@dataclass(frozen=True, slots=True)
class Undated:
    """An escalation that history shows, but not when."""

    ticket_id: int
    why: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """The escalations that history shows in a window."""

    episodes: tuple[Episode, ...] = ()
    undated: tuple[Undated, ...] = ()
    bulk: tuple[Episode, ...] = ()
    """Put into the status together with many others; nobody's escalation."""


def candidates(
    courses: Iterable[Course],
    meaning: Meaning,
    *,
    since: datetime,
    until: datetime,
    claimed: Mapping[tuple[int, datetime], datetime] | None = None,
) -> Candidates:
    """Return the escalations after `since` and not after `until`.

    `claimed` says by ticket and moment of escalation when somebody took it, as far as that is known: a claimed episode
    is not resumed by coming back.
    """
    found: list[Episode] = []
    undated: list[Undated] = []
    for course in courses:
        mine = episodes(course, meaning, claimed or {})
        found += [episode for episode in mine if since < episode.at <= until]
        undated += [
            Undated(course.ticket.id, hole.why)
            for hole in course.holes
            if hole.escalates and (hole.before is None or hole.before > since) and (hole.after or since) <= until
        ]
    many = _bulk(found)
    kept = tuple(episode for episode in found if episode not in many)
    return Candidates(kept, tuple(undated), tuple(many))


def episodes(
    course: Course, meaning: Meaning, claimed: Mapping[tuple[int, datetime], datetime]
) -> list[Episode]:
    """Return a ticket's episodes by the live rules, applied to each save as if it had been seen at once."""
    found: list[Episode] = []
    seen = Seen(in_escalation=True) if course.inside else None
    for n, save in enumerate(course.saves):
        if seen and seen.live and found:
            taken = claimed.get((course.ticket.id, found[-1].at))
            seen = dataclasses.replace(seen, claimed=taken is not None and taken <= save.at)
        ticket = meaning.ticket_at(course.ticket, save, last=n == len(course.saves) - 1)
        verdict = decide(seen, ticket, meaning.rules, now=save.at)
        if verdict.act is Act.OPEN:
            # Left unclaimed and stayed away longer than the grace: it ended when it was left.
            _end(found, seen.left_at if seen and seen.left_at else save.at)
            # The first save is what the ticket was opened as: nothing stood before it.
            found.append(Episode(course.ticket.id, verdict.episode, save.at, save.member, course.saves[n:]))
        elif verdict.act is Act.END:
            _end(found, save.at, closed=True)
        elif verdict.act is Act.WITHDRAW:
            _end(found, verdict.at or save.at)
        seen = verdict.seen
    if seen and seen.live and seen.left_at and not seen.claimed:
        _end(found, seen.left_at)
    return found


def _end(found: list[Episode], at: datetime, *, closed: bool = False) -> None:
    if found and found[-1].ended_at is None:
        saves = tuple(save for save in found[-1].saves if save.at <= at)
        found[-1] = dataclasses.replace(found[-1], ended_at=at, closed=closed, saves=saves)


def _bulk(found: Sequence[Episode]) -> list[Episode]:
    """Return the episodes that began together with many others, by the same member."""
    by_member: dict[str, list[Episode]] = defaultdict(list)
    for episode in found:
        by_member[(episode.by or "").lower()].append(episode)
    many: list[Episode] = []
    for mine in by_member.values():
        mine.sort(key=lambda episode: episode.at)
        run: list[Episode] = []
        for episode in mine:
            if run and episode.at - run[-1].at > BULK_WITHIN:
                many += run if len(run) >= BULK else []
                run = []
            run.append(episode)
        many += run if len(run) >= BULK else []
    return many


def hands_over(evidence: Evidence, roster: Roster, *, since: datetime, until: datetime) -> bool:
    """Tell whether a technician's note or time entry of that time says that the ticket goes to somebody else."""
    texts = [(n.text, n.author.identifier, n.created_at) for n in evidence.notes if not n.is_description]
    texts += [(e.text, e.author.identifier, e.entered_at or e.started_at) for e in evidence.time_entries]
    return any(
        at is not None and since < at <= until and roster.person(by).role == "technician" and HANDED_OVER.search(text)
        for text, by, at in texts
    )


@dataclass(frozen=True, slots=True)
class Response:
    """Who took an escalation in history, and what they did first."""

    claim: ClaimSignal | None
    action: FirstAction | None
    returned_at: tuple[datetime, ...] = ()


def responded(
    episode: Episode, evidence: Evidence, *, rules: StatusRules, roster: Roster, until: datetime
) -> Response:
    """Return who took an episode and acted first, by the live rules.

    1. The earliest claim stands until its claimant hands it on, or somebody else who took it later acts first.
    2. Without any first action the earliest claim is reported: taken, and never acted on.
    """
    end = min(episode.ended_at or until, until)
    told = _as_left(evidence, episode)
    saves = [save for save in episode.saves if save.at <= end]

    def signals_of(*, ending: bool) -> list[ClaimSignal]:
        found = claims.claim_signals(
            told, seen_before=_before(episode), rules=rules, roster=roster, claimable_since=episode.at,
            escalated_by=episode.by, observed=saves, ending=ending,
        )  # fmt: skip
        return [signal for signal in found if signal.at <= end]

    signals = signals_of(ending=False)
    if not signals and episode.ended_at is not None:
        signals = signals_of(ending=True)  # it ended untaken: as when live, who solved it had it
    acted: list[tuple[FirstAction, ClaimSignal]] = []
    for signal in _first_of_each(signals):
        from_claim = [save for save in saves if save.at >= signal.at] or saves[-1:]
        before = [save for save in saves if save.at < signal.at][-1:]
        action = first_action.first_action(
            told, claimed_by=signal.member, claimed_at=signal.at, rules=rules, roster=roster,
            claim_source=signal.source, observed=[*before, *from_claim],
        )  # fmt: skip
        on = claims.handed_on(saves, claimed_by=signal.member, claimed_at=signal.at, roster=roster)
        last = min(end, on.at) if on else end
        if action and action.at <= last:
            acted.append((action, signal))
    if not acted:
        return Response(signals[0] if signals else None, None)
    action, claim = min(acted, key=lambda pair: pair[0].at)
    earlier = [signal for signal in _first_of_each(signals) if signal.at < claim.at]
    return Response(claim, action, (claim.at,) if earlier else ())


def _first_of_each(signals: Iterable[ClaimSignal]) -> list[ClaimSignal]:
    first: dict[str, ClaimSignal] = {}
    for signal in signals:
        first.setdefault(signal.member.lower(), signal)
    return list(first.values())


def _before(episode: Episode) -> Sighting:
    """Return the ticket as it was when it could first be claimed."""
    return episode.saves[0]


def _as_left(evidence: Evidence, episode: Episode) -> Evidence:
    """Return evidence whose ticket is as the episode left it, not as it is today.

    Live, a note is read within minutes; in history an edit may be years younger than the deed, and is left out of account.
    """
    notes = tuple(dataclasses.replace(note, updated_at=None) for note in evidence.notes)
    return dataclasses.replace(evidence, ticket=as_saved(evidence.ticket, episode.saves[-1]), notes=notes)


def as_saved(ticket: Ticket, save: Sighting) -> Ticket:
    """Return a ticket as one save left it, as far as a save says."""
    return dataclasses.replace(
        ticket, board_id=save.board_id, status_id=save.status_id, owner=save.owner, last_updated=save.at,
        updated_by=save.member,
    )  # fmt: skip


def observation(
    episode: Episode, replied: Response, *, calendar: Calendar, domain: str | None, until: datetime, left_out: str | None = None
) -> Observation:
    """Return what the figures need of an episode; what had not ended is watched until `until`."""
    ended = min(episode.ended_at or until, until)
    claim, action = replied.claim, replied.action
    return Observation(
        episode=episode.name,
        calendar=calendar,
        source="backcast",
        escalated_at=episode.at,
        claimed_at=claim.at if claim else None,
        acted_at=action.at if action else None,
        resolved_at=ended if episode.closed else None,
        ended_at=ended,
        withdrawn=claim is None and episode.ended_at is not None,
        returned_at=replied.returned_at,
        technician=claim.member if claim else None,
        domain=domain,
        trusted=action.trusted if action else True,
        exclusions=(left_out,) if left_out else (),
    )


def excluded(undated: Undated, calendar: Calendar) -> Observation:
    """Return an escalation without a date: counted as a candidate and left out of every figure."""
    return Observation(episode=str(undated.ticket_id), calendar=calendar, source="backcast", exclusions=(undated.why,))


def evidence_at(evidence: Evidence, episode: Episode, meaning: Meaning) -> Evidence:
    """Return the evidence as it was at the moment of escalation, for the brief that would have been posted then.

    Tasks, attachments and schedule entries carry no dates of their own making and are left out.
    """
    at = episode.at
    ticket = meaning.ticket_at(evidence.ticket, episode.saves[0], last=False)
    return dataclasses.replace(
        evidence,
        ticket=dataclasses.replace(ticket, closed_at=None, merged_into=None, resources=(), sla_status=None),
        read_at=at,
        notes=tuple(n for n in evidence.notes if n.created_at is not None and n.created_at <= at),
        time_entries=tuple(e for e in evidence.time_entries if (then := e.entered_at or e.started_at) and then <= at),
        tasks=(),
        documents=(),
        schedule=(),
        related=tuple(_open_then(r, at) for r in evidence.related if r.entered_at is not None and r.entered_at < at),
    )  # fmt: skip


def _open_then(related: RelatedTicket, at: datetime) -> RelatedTicket:
    if related.closed_at is None or related.closed_at <= at:
        return related
    return dataclasses.replace(related, closed=False, closed_at=None, status="not closed then")
