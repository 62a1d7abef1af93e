"""What follows as an episode's ticket closes: memory, what mended it, a note where wanted, a word to the junior."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from escalation.evidence import Evidence, Ticket
from escalation.memory.assess import clauses_of, outcome
from escalation.package.build import build
from escalation.package.contents import Package
from escalation.package.lesson import Lesson, lesson_of
from escalation.resolution.note import ResolutionNote, draft, finding_step
from escalation.resolution.reach import reach_of
from escalation.resolution.text import drafted, fix_in
from models.account import people
from models.handoff import deliveries, endings, handoffs, resolution_notes
from models.handoff.handoffs import Handoff
from models.memory import assessments, resolved, runbooks
from models.tables import Member
from psa.port import PsaError
from worker.response.recorded import with_sessions
from worker.response.settle import SOLVED
from worker.wiring import Desk, Services

log = structlog.get_logger()

_LOOKED_AT, _ALIKE = 20, 5
DID_NOT_HOLD = timedelta(days=14)
"""Who closes a ticket that is escalated again within this had not mended it."""


@dataclass(frozen=True, slots=True)
class Closing:
    """A ticket as it closed, read and understood before anything is stored."""

    evidence: Evidence
    lesson: Lesson | None
    note: ResolutionNote
    step: str | None
    """The step that found it, and whose it was."""
    step_by: str | None
    alike: tuple[tuple[int, datetime], ...]
    """Earlier tickets that the same thing mended, newest first."""

    @property
    def fix(self) -> str | None:
        """What mended it, on one line; None where nobody wrote it down."""
        if self.lesson is not None and self.lesson.fix_source and self.lesson.fix_source.startswith("resolution note"):
            return self.lesson.fix
        return " ".join(line.text for line in self.note.fix) or None


def closing(services: Services, desk: Desk, ticket: Ticket | None) -> Closing | None:
    """Read a closed ticket once more and say how it ended; None for an open one, or where it cannot be read now.

    Four calls. What is missed here, the next replay of history finds.
    """
    if ticket is None or not ticket.closed or ticket.merged_into is not None:
        return None
    try:
        evidence = services.reader.response(services.psa(desk.account_id), ticket.id, desk.roster, now=services.clock())
    except PsaError as error:
        log.warning("lesson_not_read", error=type(error).__name__)
        return None
    if any(gap.source == "notes" for gap in evidence.gaps):
        return None
    evidence = with_sessions(services, desk, evidence)
    with services.database.account(desk.account_id, reading=True) as session:
        handoff = handoffs.open_for_ticket(session, desk.account_id, ticket.id)
    if handoff is None:
        return None
    package = build(
        evidence, episode=handoff.episode, escalated_at=handoff.escalated_at, escalated_by=handoff.escalated_by,
        as_of=evidence.read_at, time_zone=desk.time_zone, known=desk.known,
    )  # fmt: skip
    lesson = lesson_of(evidence)  # a long ticket takes seconds to read: no connection waits for it
    with services.database.account(desk.account_id, reading=True) as session:
        return _understood(session, desk, handoff, evidence, package, lesson)


def _understood(
    session: Session, desk: Desk, handoff: Handoff, evidence: Evidence, package: Package, lesson: Lesson | None
) -> Closing:
    """Say how an episode ended by what its closed ticket says, and by the note that was posted through us."""
    ticket = evidence.ticket
    ended = handoff.ended_at or ticket.closed_at or ticket.last_updated or evidence.read_at
    course = resolution_notes.course_of(session, desk.account_id, handoff, ended_at=ended)
    note = draft(evidence, course, package=package)
    posted = resolution_notes.of_handoff(session, desk.account_id, handoff.id)
    if lesson is not None and posted is not None and posted.posted_at is not None and (said := fix_in(posted.text)):
        lesson = dataclasses.replace(lesson, fix=said, fix_source=f"resolution note {posted.note_id}", resolver=posted.member)
    step = finding_step(package, note.fix)
    source = package.source(step.source) if step else None
    made = Closing(evidence, lesson, note, step.text if step else None, source.author if source else None, ())
    return dataclasses.replace(made, alike=_alike(session, desk.account_id, made))


def _alike(session: Session, account_id: int, made: Closing) -> tuple[tuple[int, datetime], ...]:
    """Return the tickets that are alike and that the same thing mended."""
    if made.lesson is None or not made.fix:
        return ()
    found = resolved.search(session, account_id, made.lesson.terms(), but=made.lesson.ticket_id, most=_LOOKED_AT)
    alike = [one.lesson for one in found if one.match.convincing]
    same = [lesson for lesson in alike if outcome(clauses_of(lesson.fix or ""), made.fix) == "right"]
    newest = sorted(same, key=lambda lesson: lesson.closed_at, reverse=True)
    return tuple((lesson.ticket_id, lesson.closed_at) for lesson in newest[:_ALIKE])


def store(session: Session, services: Services, desk: Desk, handoff_id: int, made: Closing, *, now: datetime) -> None:
    """Store what a ticket that closed teaches, and what is due for its episode; repeatable."""
    account_id = desk.account_id
    if made.lesson is not None:
        lesson = dataclasses.replace(made.lesson, fix=made.lesson.fix or made.fix)
        resolved.remember(session, account_id, [lesson], now=now)
        assessments.compare(session, account_id, handoff_id, fix=lesson.fix, now=now)
    handoff = handoffs.get(session, account_id, handoff_id)
    if handoff is None or handoff.response_state != "resolved":
        return
    before = handoffs.latest_snapshot(session, account_id, handoff_id)
    handoffs.add_snapshot(session, account_id, handoff_id, _joined(before, made.evidence), kind="refresh")
    reach, word = reach_of([made.fix] if made.fix else [], about=made.evidence.ticket.summary)
    endings.store(
        session, account_id, handoff_id, at=handoff.ended_at or now, domain=made.note.domain,
        cause="; ".join(line.text for line in made.note.cause) or None, fix=made.fix, fix_source=_source(made), step=made.step,
        step_by=made.step_by, reach=reach, reach_word=word,
        alike=[{"ticket_id": ticket, "closed_at": at.isoformat()} for ticket, at in made.alike],
    )  # fmt: skip
    runbooks.ended(session, account_id, handoff_id, fix=made.fix, now=now)
    if handoff.dry_run:
        return
    if desk.posts_resolution and made.fix:
        resolution_notes.ask(
            session, account_id, handoff_id, form="internal", text=drafted(made.note, "internal", time_zone=desk.time_zone),
            member_id=None, member="resolutionflow", now=now,
        )  # fmt: skip
    if desk.tells_junior and made.fix and (junior := _junior(session, desk, handoff)) is not None:
        domain = services.settings.message_domain
        deliveries.create(session, handoff, [junior], now=now, message_domain=domain, kind=SOLVED)


def renew(session: Session, handoff: Handoff, note: resolution_notes.ResolutionNote, *, now: datetime) -> None:
    """Let the memory of a ticket that has closed keep what a person's note posted since says fixed it: they stand by those words.

    A note that was drafted and posted by itself says nothing that was not known at the close.
    """
    said = fix_in(note.text) if note.member_id is not None else None
    known = resolved.of_ticket(session, handoff.account_id, handoff.ticket_id)
    if handoff.response_state == "resolved" and known is not None and said:
        source, by = f"resolution note {note.note_id}", known.resolver or note.member
        lesson = dataclasses.replace(known, fix=said, fix_source=source, resolver=by)
        resolved.remember(session, handoff.account_id, [lesson], now=now)


def came_back(session: Session, handoff: Handoff, *, at: datetime, now: datetime) -> None:
    """Let nobody be told as a fix what a ticket was closed with that is escalated again soon: it did not hold.

    Later it may be about something else, as people answer old mails.
    """
    if handoff.end_reason != "closed" or handoff.ended_at is None or at - handoff.ended_at > DID_NOT_HOLD:
        return
    known = resolved.of_ticket(session, handoff.account_id, handoff.ticket_id)
    if known is not None and known.fix is not None:
        resolved.remember(session, handoff.account_id, [dataclasses.replace(known, fix=None, fix_source=None)], now=now)
    assessments.compare(session, handoff.account_id, handoff.id, fix=None, now=now)


def _junior(session: Session, desk: Desk, handoff: Handoff) -> Member | None:
    """Return who escalated, if they can be told something: an active member who is not the one that had it."""
    number = desk.member_id(handoff.escalated_by) if handoff.escalated_by else None
    member = people.member(session, desk.account_id, number) if number is not None else None
    return member if member is not None and member.active and not member.is_api and member.id != handoff.claimed_by else None


def _source(made: Closing) -> str | None:
    if made.lesson is not None and made.fix == made.lesson.fix:
        return made.lesson.fix_source
    cited = made.note.fix[0].source if made.note.fix else ""
    return next((source.record for source in made.note.sources if source.id == cited), None)


def _joined(before: Evidence | None, now: Evidence) -> Evidence:
    """Return what was read last with what is read once an episode only: devices, documents, tasks, other tickets."""
    if before is None:
        return now
    names = ("configurations", "documents", "tasks", "related")
    return dataclasses.replace(now, **{name: getattr(before, name) for name in names})
