"""Replay an account's history without posting anything: the backcast baseline, and briefs as they would have been.

Works before `connect`: what it needs of boards, statuses and members it reads itself and does not store.
"""

from __future__ import annotations

import dataclasses
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

from sqlalchemy import select

from escalation.brief.render import render
from escalation.evidence import Evidence, Ticket
from escalation.figures.hours import Calendar
from escalation.figures.measures import Baseline
from escalation.figures.observations import Observation
from escalation.history import backcast
from escalation.history.audit_trail import Witnessed
from escalation.history.backcast import BACKCAST_VERSION, Candidates, Episode, Response, Undated
from escalation.history.saves import Course, Understanding, understand
from escalation.package.build import build
from escalation.package.contents import Package
from escalation.response.repeats import Repeat
from escalation.response.sightings import CLAIMING_ROLES
from models.account.accounts import Account
from models.figures import baselines
from models.tables import Handoff
from psa.port import Psa
from worker.history import learning
from worker.history.meaning import api_login, meaning_of, roster_of
from worker.history.reading import (
    Progress,
    ReadsAhead,
    Store,
    read_evidence,
    read_trails,
    stored,
    tickets_since,
    whole,
)
from worker.history.reads import ReadOnly
from worker.history.samples import EVENTS, Sample, events_of, repeated
from worker.wiring import Services

WITNESSES = 200
"""So many escalations that we saw ourselves are enough to check the reading of the trail by."""

NOT_READ = "its notes and time entries could not be read"


@dataclass(frozen=True, slots=True)
class Shadow:
    """What a replay found."""

    run_id: int
    since: datetime
    until: datetime
    tickets: int
    elsewhere: int
    """Tickets of other boards that no senior had: not looked at."""
    found: Candidates
    estimated: int
    """Escalations that must be assumed in trails nobody can read, beyond those that history shows."""
    understanding: Understanding
    baseline: Baseline
    briefs: tuple[Path, ...] = ()
    resumed: int = 0
    remembered: int = 0
    """Closed tickets of which the account's memory knows now."""
    samples: tuple[Sample, ...] = ()
    repeats: Mapping[str, tuple[Repeat, ...]] = field(default_factory=dict)
    """By episode: what seniors did or asked again although it stood in the ticket; empty where they did not."""
    names: Mapping[str, str] = field(default_factory=dict)
    """People's names by login name, lower case."""
    calls: int = 0
    """Reads that were made."""
    seconds: float = 0.0


def shadow(
    services: Services, account: Account, *, days: int, briefs: int = 3, out: Path | None = None, fresh: bool = False,
    former: Sequence[str] = (), progress: Progress | None = None, show: Callable[[Shadow], None] = lambda _: None,
) -> Shadow:
    """Replay the last `days` before connecting, or before now; store the run and return what it found.

    1. Read boards, members and all tickets changed since, then each one's audit trail.
    2. Learn how the trail is worded; what we have seen ourselves since connecting confirms it.
    3. Read notes and time entries of the tickets that were escalated, and of those whose trail does not tell.
    4. Tell claims and first actions by the live rules, store the run, and `show` what it found.
    5. Read the other closed tickets too, and remember what each teaches.

    `former` are names that the escalation status had before. Raises `NoAuditTrail`, `CannotConnect`, `PsaError`.
    """
    now = services.clock()
    until = min(now, account.connected_at or now)
    place = services.settings.var / "shadow" / f"{account.id}-{days}.jsonl"
    with stored(place, fresh=fresh) as store:
        since = until - timedelta(days=days)
        replay = _Replay(services, account, since=since, until=until, former=former, progress=progress or Progress())
        replay.read(store, briefs if out else 0)
        replay.tell()
        run_id = replay.store(now)
        written = replay.write_briefs(briefs, out) if out and briefs else ()
        show(replay.result(run_id, written, store.resumed))
        remembered = replay.remember()
    return replay.result(run_id, written, store.resumed, remembered)


class _Replay:
    """One replay, step by step."""

    def __init__(
        self, services: Services, account: Account, *, since: datetime, until: datetime, former: Sequence[str],
        progress: Progress,
    ) -> None:  # fmt: skip
        self.former = former
        self.services, self.account, self.since, self.until, self.progress = services, account, since, until, progress
        self.reads = ReadOnly(services.psa(account.id))
        self.psa = cast(Psa, self.reads)
        self.begun = time.monotonic()
        self.evidence: dict[int, Evidence | None] = {}
        self.repeats: dict[str, tuple[Repeat, ...]] = {}
        self.with_steps: set[str] = set()
        self.samples: list[Sample] = []
        self.replies: dict[tuple[int, datetime], Response] = {}

    def read(self, store: Store, briefs: int) -> None:
        """Read everything but notes, and learn what the trail means."""
        self.progress.start("reading boards, members and tickets …")
        boards, members = self.psa.boards(), self.psa.members()
        self.roster = roster_of(self.account, members, us=self.account.api_member or api_login(members))
        self.seniors = frozenset(login for login, role in self.roster.roles.items() if role in CLAIMING_ROLES)
        meaning = meaning_of(self.account, boards)
        called = [name for (board, name), n in meaning.statuses.items() if meaning.rules.is_escalation(board, n)]
        former = {" ".join(name.lower().split()): called[0] for name in self.former if called}
        self.meaning = dataclasses.replace(meaning, seniors=self.seniors, former=former)
        witnessed = self._witnessed()
        ours = {saw.ticket_id for saw in witnessed}
        tickets = [
            ticket
            for ticket in tickets_since(self.psa, self.since)
            if (ticket.entered_at or self.since) <= self.until or ticket.id in ours
        ]
        mine = [ticket for ticket in tickets if self._worth_reading(ticket)]
        self.tickets, self.elsewhere = len(mine), len(tickets) - len(mine)
        self.mine = {ticket.id: ticket for ticket in sorted(mine, key=lambda ticket: ticket.id)}
        closed = [ticket for ticket in mine if ticket.closed and ticket.merged_into is None]
        self.closed = learning.unknown(self.services, self.account.id, closed)
        known = sum(store.get(ticket) is not None for ticket in mine)
        ahead = ReadsAhead(len(mine), known, len(self.closed), briefs, self._share_before())
        self.progress.start(ahead.said(self.services.settings.calls_per_second))
        gone_on = f", {known} of them from last time" if known else ""
        self.progress.start(f"reading the audit trails of {len(mine)} tickets{gone_on} …")
        past = read_trails(self.psa, list(self.mine.values()), store, self.progress)
        people = {m.identifier.lower(): m.identifier for m in members}
        people |= {m.name.lower(): m.identifier for m in members if m.name}
        self.understanding = understand(past, self.meaning, people=people, witnessed=witnessed)

    def _share_before(self) -> float | None:
        """Return of how many of its tickets the last replay read the notes, if there was one."""
        with self.services.database.account(self.account.id, reading=True) as session:
            run = baselines.latest_backcast(session, self.account.id)
        told = run.summary if run else {}
        return told["read"] / told["tickets"] if told.get("read") and told.get("tickets") else None

    def _worth_reading(self, ticket: Ticket) -> bool:
        """Tell whether it stands on a board with an escalation status, or somebody who may claim has had it."""
        boards = {board for board, _ in self.meaning.rules.escalate}
        people = {(ticket.owner or "").lower(), *(name.lower() for name in ticket.resources)}
        return ticket.board_id in boards or bool(people & self.seniors)

    def _witnessed(self) -> list[Witnessed]:
        """Return the escalations that we saw ourselves, to check the reading of the trail by."""
        with self.services.database.account(self.account.id, reading=True) as session:
            query = select(Handoff.ticket_id, Handoff.escalated_at, Handoff.status).where(
                Handoff.account_id == self.account.id, Handoff.origin == "status", Handoff.status.is_not(None)
            )
            newest = query.order_by(Handoff.escalated_at.desc()).limit(WITNESSES)
            return [Witnessed(ticket, at, status or "") for ticket, at, status in session.execute(newest)]

    def tell(self) -> None:
        """Tell the escalations, who took them and what they did first."""
        courses = self.understanding.courses
        first = self._candidates({})
        named = {undated.ticket_id for undated in first.undated}
        dark = [c for c in courses.values() if _hidden(c, self.since, self.until) and c.ticket.id not in named]
        dated = {episode.ticket_id for episode in first.episodes}
        self._read_notes(sorted(dated | {c.ticket.id for c in dark}))
        for episode in first.episodes:
            self._reply(episode)
        claimed = {key: reply.claim.at for key, reply in self.replies.items() if reply.claim}
        told = self._candidates(claimed)
        for episode in told.episodes:
            self._reply(episode)
        hinted, silent = self._hinted(dark, dated)
        self.found = dataclasses.replace(told, undated=(*told.undated, *hinted))
        self.estimated = self._estimate(silent, dated)

    def _candidates(self, claimed: Mapping[tuple[int, datetime], datetime]) -> Candidates:
        return backcast.candidates(
            self.understanding.courses.values(), self.meaning, since=self.since, until=self.until, claimed=claimed
        )

    def _read_notes(self, tickets: Sequence[int]) -> None:
        self.progress.start(f"reading notes and time entries of {len(tickets)} tickets …")
        now = self.services.clock()
        mine = [self.mine[number] for number in tickets]
        found = read_evidence(self.services.reader, self.reads, mine, self.roster, clock=lambda: now)
        for done, (ticket_id, evidence) in enumerate(found, 1):
            self.evidence[ticket_id] = evidence
            self.progress.step(done, len(tickets), "tickets read")

    def _reply(self, episode: Episode) -> None:
        evidence = self.evidence.get(episode.ticket_id)
        if evidence is not None:
            self.replies[episode.ticket_id, episode.at] = backcast.responded(
                episode, evidence, rules=self.meaning.rules, roster=self.roster, until=self.services.clock()
            )

    def _hinted(self, dark: Iterable[Course], dated: set[int]) -> tuple[list[Undated], list[Course]]:
        """Return tickets that only a note or a name in the trail calls escalated, and those that nothing tells of."""
        hinted, silent = [], []
        for course in dark:
            if course.ticket.id in dated:
                continue
            after, before = course.dark or (None, None)
            evidence = self.evidence.get(course.ticket.id)
            span = {"since": max(after or self.since, self.since), "until": min(before or self.until, self.until)}
            if course.names_escalation and not course.readable:
                hinted.append(Undated(course.ticket.id, "its audit trail names the escalation and cannot be understood"))
            elif evidence and backcast.hands_over(evidence, self.roster, **span):
                hinted.append(Undated(course.ticket.id, "only a note tells of it: its audit trail is cut or has a hole"))
            else:
                silent.append(course)
        return hinted, silent

    def _estimate(self, silent: Sequence[Course], dated: set[int]) -> int:
        """Assume as many escalations where nothing can be read as there are elsewhere, rounded up."""
        whole = [c for c in self.understanding.courses.values() if c.readable and not c.holes]
        share = sum(c.ticket.id in dated for c in whole) / len(whole) if whole else 0.0
        return -int(-share * len(silent) // 1)

    def observations(self, calendar: Calendar) -> list[Observation]:
        """Return the escalations as observations, those without a date as exclusions."""
        found = []
        for episode in self.found.episodes:
            reply = self.replies.get((episode.ticket_id, episode.at))
            domain = None
            if reply and (evidence := self.evidence.get(episode.ticket_id)):
                package = self._package(episode)
                domain = package.domain
                if package.steps_attempted:
                    self.with_steps.add(episode.name)
                self.repeats[episode.name] = repeated(package, evidence, episode)
            found.append(
                backcast.observation(
                    episode, reply or Response(None, None), calendar=calendar, domain=domain,
                    until=self.services.clock(), left_out=None if reply else NOT_READ,
                )
            )  # fmt: skip
        return found + [backcast.excluded(undated, calendar) for undated in self.found.undated]

    def _package(self, episode: Episode, evidence: Evidence | None = None) -> Package:
        known = evidence or self.evidence[episode.ticket_id]
        assert known is not None
        return build(
            backcast.evidence_at(known, episode, self.meaning), episode=episode.number, escalated_at=episode.at,
            escalated_by=episode.by, as_of=episode.at, time_zone=self.account.time_zone,
        )  # fmt: skip

    def store(self, now: datetime) -> int:
        """Store the run."""
        with self.services.database.account(self.account.id, reading=True) as session:
            calendar = baselines.calendar_at(session, self.account.id, now)
        observed = self.observations(calendar)
        candidates = len(observed) + self.estimated
        self.baseline = Baseline("backcast", tuple(observed), candidates=candidates)
        with self.services.database.account(self.account.id) as session:
            return baselines.store_backcast(
                session, self.account.id, since=self.since, until=self.until, ran_at=now, version=BACKCAST_VERSION,
                candidates=candidates, pattern=self.understanding.to_json(), observations=observed,
                summary=self.summary(observed),
            )  # fmt: skip

    def summary(self, observed: Sequence[Observation]) -> dict[str, Any]:
        """Return what a person wants to know of the run, as plain values."""
        return {
            "tickets": self.tickets, "elsewhere": self.elsewhere, "read": len(self.evidence), "dated": len(self.found.episodes),
            "undated": len(self.found.undated), "bulk": len(self.found.bulk), "estimated": self.estimated,
            "claimed": sum(o.claimed_at is not None for o in observed),
            "acted": sum(o.acted_at is not None for o in observed),
            "exclusions": dict(Counter(reason for o in observed for reason in o.exclusions)),
        }  # fmt: skip

    def write_briefs(self, count: int, out: Path) -> tuple[Path, ...]:
        """Write briefs as they would have been posted, from what stood there at the escalation.

        The newest ones, of those in which a technician had written a step down; then of those with anything written.
        """
        out.mkdir(parents=True, exist_ok=True)
        written: list[Path] = []
        now = self.services.clock()
        for episode in sorted(self.found.episodes, key=self._worth_showing, reverse=True):
            if len(written) >= count:
                break
            evidence = whole(partial(self.services.reader.everything, self.psa, episode.ticket_id, self.roster, now=now))
            if evidence is None:
                continue
            package = self._package(episode, evidence)
            path = out / f"brief-{episode.ticket_id}-{episode.number}.md"
            path.write_text(render(package, marker=None) + "\n", encoding="utf-8")
            written.append(path)
            self.samples.append(self._sample(episode, evidence, package))
        return tuple(written)

    def _sample(self, episode: Episode, evidence: Evidence, package: Package) -> Sample:
        reply = self.replies.get((episode.ticket_id, episode.at), Response(None, None))
        happened = events_of(episode, evidence, reply, repeated(package, evidence, episode), self.meaning, self.roster.names)
        return Sample(
            episode.name, episode.ticket_id, evidence.ticket.summary or "", evidence.ticket.company or "",
            self.psa.ticket_url(episode.ticket_id), episode.at,
            self.roster.names.get((episode.by or "").lower(), episode.by or "somebody"), render(package, marker=None),
            tuple(happened[:EVENTS]), max(0, len(happened) - EVENTS),
        )  # fmt: skip

    def _worth_showing(self, episode: Episode) -> tuple[bool, bool, datetime]:
        return episode.name in self.with_steps, self._said(episode) > 0, episode.at

    def remember(self) -> int:
        """Store what the closed tickets teach; return how many are new."""
        return learning.learn(
            self.services, self.reads, self.account.id, self.closed, self.roster, read=self.evidence, progress=self.progress
        )

    def _said(self, episode: Episode) -> int:
        evidence = self.evidence.get(episode.ticket_id)
        if evidence is None:
            return 0
        then = backcast.evidence_at(evidence, episode, self.meaning)
        return len(then.time_entries) + sum(not note.is_description for note in then.notes)

    def result(self, run_id: int, written: tuple[Path, ...], resumed: int, remembered: int = 0) -> Shadow:
        return Shadow(
            run_id, self.since, self.until, self.tickets, self.elsewhere, self.found, self.estimated,
            self.understanding, self.baseline, written, resumed, remembered, tuple(self.samples), dict(self.repeats),
            dict(self.roster.names), self.reads.reads, time.monotonic() - self.begun,
        )  # fmt: skip


def _hidden(course: Course, since: datetime, until: datetime) -> bool:
    """Tell whether an escalation of the window could hide where the trail does not tell."""
    dark = course.dark
    if dark is None:
        return False
    after, before = dark
    return (before is None or before > since) and (after is None or after <= until)
