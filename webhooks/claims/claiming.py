"""Claim, give back, dismiss and judge a handoff for somebody who holds a pass; knows nothing of HTTP.

Each is one transaction: who it is, whether they may, one compare-and-set, and how things stand then. What follows
from it (owner in the PSA, the others' messages, the note) is due work that the worker is rung for afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Protocol

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from escalation.lifecycle import Response
from escalation.memory.track_record import TrackRecord
from escalation.package.contents import Package
from escalation.package.stored import UnknownPackageVersion, load
from escalation.redaction.redact import redact
from models.database.sessions import Database
from models.handoff import briefs, claims, deliveries, handoffs
from models.handoff.handoffs import Handoff
from models.handoff.opened import mark_opened
from models.memory import assessments
from models.tables import Member
from webhooks.authorization import Pass, Viewer, require_engineer_or_admin
from worker.process import crash

log = structlog.get_logger()

TAKEN = (Response.CLAIMED.value, Response.ACTED.value)
WAYS = {"link": "claimed by the link in an e-mail", "api": "claimed through the API"}
GIVEN_BACK = "given back"


class Rings(Protocol):
    """Whatever can ring a worker."""

    def ring(self, task: str, **ids: object) -> bool: ...


class NoSuchHandoff(LookupError):
    """This account has no such handoff."""


class NoAssessment(ValueError):
    """The handoff's brief shows none."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the account, as shown to others."""

    id: int
    login: str
    name: str


@dataclass(frozen=True, slots=True)
class ClaimView:
    """How a handoff stands at this moment, and for whom it was looked up."""

    senior: Viewer
    handoff: Handoff
    claimed_by: Person | None
    escalated_by: str
    """A name where we know one, else the login name; empty if the PSA does not say."""
    changed: bool = False
    """Whether this very call moved it."""
    verdict: str = ""
    """What whoever asks said of its assessment: `helpful`, `wrong` or nothing."""

    @property
    def is_open(self) -> bool:
        return self.handoff.response_state == Response.OPEN

    @property
    def is_taken(self) -> bool:
        return self.handoff.response_state in TAKEN

    @property
    def is_theirs(self) -> bool:
        """Whether whoever asks has it."""
        return self.is_taken and self.handoff.claimed_by == self.senior.member_id

    @property
    def state(self) -> str:
        """How it stands for whoever asks: `open`, `yours`, `taken` or `ended`."""
        if self.is_taken:
            return "yours" if self.is_theirs else "taken"
        return "open" if self.is_open else "ended"

    @property
    def package(self) -> Package | None:
        """What its brief is made of; None until it is there."""
        if self.handoff.escalation_package is None:
            return None
        try:
            return load(self.handoff.escalation_package)
        except UnknownPackageVersion:  # a worker newer than this process wrote it, in the middle of an upgrade
            return None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What somebody said of an assessment, and what its domain's record is with that."""

    view: ClaimView
    domain: str
    record: TrackRecord


class Claiming:
    """The deeds of seniors on handoffs of their account.

    Each raises `TakenBack`, `NotAllowed`, `NoSuchHandoff`, and SQLAlchemy's errors for a database in trouble.
    """

    def __init__(self, database: Database, bell: Rings, clock: Callable[[], datetime]) -> None:
        self._database, self._bell, self._clock = database, bell, clock

    def look(self, who: Pass, handoff_id: int) -> ClaimView:
        """Return how it stands. Changes nothing."""
        with self._database.account(who.account_id, reading=True) as session:
            senior = require_engineer_or_admin(session, who)
            return _view(session, senior, handoff_id, changed=False)

    def claim(
        self, who: Pass, handoff_id: int, *, way: Literal["link", "api"]
    ) -> ClaimView:
        """Give it to whoever asks, if it is open; the result says who has it."""
        now = self._clock()
        crash.point("claim.asked")
        with self._database.account(who.account_id) as session:
            senior = require_engineer_or_admin(session, who)
            won = claims.claim(
                session, who.account_id, handoff_id, member_id=senior.member_id, now=now, kind=way, source=way,
                happened_at=senior.psa_time(now), why=WAYS[way], actor=senior.login,
            )  # fmt: skip
            view = _view(session, senior, handoff_id, changed=won)
            mark_opened(session, who.account_id, handoff_id, member_id=senior.member_id, now=now)
        crash.point("claim.stored")
        if won:
            self._settle(view, "claimed")
        return view

    def give_back(self, who: Pass, handoff_id: int) -> ClaimView:
        """Offer it to everybody again, if whoever asks has it and has not acted on it yet."""
        now = self._clock()
        crash.point("claim.returning")
        with self._database.account(who.account_id) as session:
            senior = require_engineer_or_admin(session, who)
            done = claims.release_claim(
                session, who.account_id, handoff_id, member_id=senior.member_id, now=now, why=GIVEN_BACK,
                happened_at=senior.psa_time(now), actor=senior.login,
            )  # fmt: skip
            view = _view(session, senior, handoff_id, changed=done)
        crash.point("claim.returned")
        if done:
            self._settle(view, "given_back")
        return view

    def start_with(self, who: Pass, handoff_id: int, *, text: str) -> ClaimView:
        """Keep what its claimant says they start with, the answer to the brief, which then says so. The first one stays."""
        now = self._clock()
        crash.point("claim.answering")
        with self._database.account(who.account_id) as session:
            senior = require_engineer_or_admin(session, who)
            answer = {
                "member": senior.login, "at": senior.psa_time(now).isoformat(), "source": "pod",
                "text": redact(f"I start with {text}"),
            }  # fmt: skip
            kept = claims.note_read_back(session, who.account_id, handoff_id, member_id=senior.member_id, answer=answer)
            if kept:
                briefs.ask_refresh(session, who.account_id, handoff_id, due_at=now)
            view = _view(session, senior, handoff_id, changed=kept)
        crash.point("claim.answered")
        if kept:
            log.info("read_back", **_ids(view))
            self._bell.ring("refresh", account_id=who.account_id, handoff_id=handoff_id)
        return view

    def dismiss(self, who: Pass, handoff_id: int, *, reason: str) -> ClaimView:
        """End it without anybody taking it, if it is open; who is not told yet will not be."""
        now = self._clock()
        crash.point("claim.dismissing")
        with self._database.account(who.account_id) as session:
            senior = require_engineer_or_admin(session, who)
            why = f"dismissed by {senior.name}: {reason}"
            done = handoffs.withdraw(
                session, who.account_id, handoff_id, now=now, happened_at=senior.psa_time(now), why=why,
                actor=senior.login,
            )  # fmt: skip
            if done:
                deliveries.suppress_pending(session, who.account_id, handoff_id, reason=why, now=now)
                mark_opened(session, who.account_id, handoff_id, member_id=senior.member_id, now=now)
            view = _view(session, senior, handoff_id, changed=done)
        crash.point("claim.dismissed")
        if done:
            log.info("dismissed", **_ids(view))
        return view

    def judge(self, who: Pass, handoff_id: int, *, verdict: assessments.Verdict) -> Judgement:
        """Store what whoever asks says of its assessment, in place of what they said before. Raises `NoAssessment`."""
        crash.point("claim.judging")
        with self._database.account(who.account_id) as session:
            senior = require_engineer_or_admin(session, who)
            before = _view(session, senior, handoff_id, changed=False)
            domain = assessments.judge(
                session, who.account_id, handoff_id, member_id=senior.member_id, verdict=verdict, now=self._clock()
            )
            if domain is None:
                raise NoAssessment(f"handoff {handoff_id}")
            record = assessments.record_of(session, who.account_id, *domain)
            view = replace(before, verdict=verdict, changed=before.verdict != verdict)
        log.info("assessment_judged", verdict=verdict, **_ids(view))
        return Judgement(view, domain[0], record)

    def _settle(self, view: ClaimView, event: str) -> None:
        log.info(event, way=view.handoff.claim_kind, **_ids(view))
        self._bell.ring(
            "settle", account_id=view.senior.account_id, handoff_id=view.handoff.id
        )


def _ids(view: ClaimView) -> dict[str, object]:
    return {
        "event_id": view.handoff.event_id,
        "account": view.senior.account,
        "handoff_id": view.handoff.id,
        "ticket_id": view.handoff.ticket_id,
        "member_id": view.senior.member_id,
    }


def _view(session: Session, senior: Viewer, handoff_id: int, *, changed: bool) -> ClaimView:
    handoff = handoffs.get(session, senior.account_id, handoff_id)
    if handoff is None:
        raise NoSuchHandoff(f"handoff {handoff_id}")
    return ClaimView(
        senior=senior,
        handoff=handoff,
        claimed_by=person(session, senior.account_id, handoff.claimed_by),
        escalated_by=_named(session, senior.account_id, handoff.escalated_by),
        changed=changed,
        verdict=assessments.verdict_of(session, senior.account_id, handoff_id, senior.member_id),
    )


def verdict_in(said: str | None) -> assessments.Verdict | None:
    """Return the verdict a button stands for; None for any other word."""
    found: dict[str | None, assessments.Verdict] = {"helpful": "helpful", "wrong": "wrong"}
    return found.get(said)


def person(session: Session, account_id: int, member_id: int | None) -> Person | None:
    """Return a member for showing, None for nobody."""
    return None if member_id is None else shown(member_id, session.get(Member, (account_id, member_id)))


def shown(member_id: int, found: Member | None) -> Person:
    """Return a member for showing; one who is not stored (any more) has only the number."""
    return Person(found.id, found.identifier, found.name) if found else Person(member_id, "", f"member {member_id}")


def _named(session: Session, account_id: int, login: str | None) -> str:
    if not login:
        return ""
    same = func.lower(Member.identifier) == login.strip().lower()
    return session.scalar(select(Member.name).where(Member.account_id == account_id, same)) or login
