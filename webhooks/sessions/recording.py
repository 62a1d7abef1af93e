"""Open a session on a ticket, record steps and correct them, for somebody who holds a pass; knows nothing of HTTP.

Each is one transaction: who it is, whether they may, the rows, and how the session stands then. Texts are redacted before
any of them is stored. What follows (the ticket is read, the brief brought up to date, a first action seen) is due work.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.orm import Session

from escalation.brief.sanitize import printable
from escalation.lifecycle import LIVE, Response
from escalation.redaction.redact import redact
from escalation.sessions import steps as limits
from escalation.sessions.steps import Current, NewStep
from escalation.sessions.transcript import read_transcript
from models.database.sessions import Database
from models.handoff import briefs, claims, handoffs
from models.sessions import recorded
from models.sessions.recorded import Steps
from models.tables import AiSession, AiSessionStep
from webhooks.authorization import Pass, Viewer, require_member
from webhooks.claims.claiming import Person, Rings, person
from worker.process import crash

log = structlog.get_logger()

MOST_LISTED = 10
"""Sessions of a ticket that are told at once, the newest."""
MOST_TOLD = 50
"""Steps of each state that are told of a session, where not all are asked for: one may hold half a megabyte."""
_FIELDS = tuple(NewStep.__dataclass_fields__)


class NoSuchSession(LookupError):
    """This account has no such session."""


class NoSuchStep(LookupError):
    """The session has no such step."""


class NotTheirs(PermissionError):
    """Somebody else's session, or a step of it that only its member or a senior may correct."""


class Full(Exception):
    """A limit is reached; the message names it and says what to do."""


class TooFast(Exception):
    """The member has recorded too much within a minute."""


class OtherRequest(Exception):
    """The idempotency key was used for something else."""


@dataclass(frozen=True, slots=True)
class SessionView:
    """How a session stands at this moment."""

    id: int
    ticket_id: int
    member: Person
    client: str
    started_at: datetime
    last_at: datetime
    ticket: dict[str, Any] | None
    """The ticket as a package, as it was when the session was opened last."""
    ticket_read_at: datetime | None
    ticket_unread: str | None
    steps: tuple[Current, ...]
    pending: int
    """How many steps are still to be done."""
    older: int
    """How many steps are not told here."""
    over: str | None = None
    """Why whoever goes on begins another one; told where one session is asked for."""
    numbers: tuple[int, ...] = ()
    """What this very call has added, or had added before."""
    changed: bool = False
    """Whether this very call added it."""


class Recording:
    """What any member may record on tickets of their account.

    Each raises `TakenBack`, `NotAllowed` and SQLAlchemy's errors.
    """

    def __init__(
        self, database: Database, bell: Rings, clock: Callable[[], datetime], *, refresh_delay_s: float
    ) -> None:
        """`refresh_delay_s`: how long after a step the brief is brought up to date, so that several make one edit."""
        self._database, self._bell, self._clock = database, bell, clock
        self._delay = timedelta(seconds=refresh_delay_s)

    def open(self, who: Pass, ticket_id: int, *, client: str, key: str | None) -> SessionView:
        """Begin a session, or return the one this key began, its ticket read again. Raises `Full` and `OtherRequest`."""
        now = self._clock()
        crash.point("session.opening")
        with self._database.account(who.account_id) as session:
            viewer = require_member(session, who)
            if recorded.count_of(session, who.account_id, ticket_id) >= limits.MOST_SESSIONS and not (
                key and recorded.made_by(session, who.account_id, member_id=viewer.member_id, key=key)
            ):
                raise Full(f"ticket {ticket_id} has {limits.MOST_SESSIONS} sessions, the most there may be: go on in one of them")
            made = recorded.open_one(
                session, who.account_id, ticket_id, member_id=viewer.member_id, member=viewer.login,
                client=redact(_flat(client)), key=key, now=now,
            )  # fmt: skip
            row = _row(session, viewer, made) if made is not None else None
            if row is None and key is not None:
                row = recorded.made_by(session, who.account_id, member_id=viewer.member_id, key=key)
            if row is None or row.ticket_id != ticket_id:
                raise OtherRequest(f"this idempotency key began a session on ticket {row.ticket_id if row else '?'}")
            to_read = made is not None or recorded.read_again(session, who.account_id, row.id, now=now)
            row = _row(session, viewer, row.id)
            over = _over(session, viewer, row)
            view = _view(session, recorded.steps_of(session, row, newest=MOST_TOLD), over=over, changed=made is not None)
        crash.point("session.opened")
        if made is not None:
            log.info("session_opened", account=viewer.account, ticket_id=ticket_id, member_id=viewer.member_id, session_id=made)
        if to_read:
            self._bell.ring("read_for_session", account_id=who.account_id, session_id=view.id)
        return view

    def look(self, who: Pass, session_id: int, *, newest: int | None = None) -> SessionView:
        """Return how a session stands, with all steps or the `newest` of each state. Raises `NoSuchSession`."""
        with self._database.account(who.account_id, reading=True) as session:
            viewer = require_member(session, who)
            row = _row(session, viewer, session_id)
            return _view(session, recorded.steps_of(session, row, newest=newest), over=_over(session, viewer, row))

    def of_ticket(self, who: Pass, ticket_id: int) -> tuple[list[SessionView], int]:
        """Return a ticket's newest sessions, the oldest of them first, without what their ticket said; and how many are older."""
        with self._database.account(who.account_id, reading=True) as session:
            require_member(session, who)
            found = recorded.of_ticket(session, who.account_id, ticket_id, most=MOST_LISTED, newest=MOST_TOLD)
            older = recorded.count_of(session, who.account_id, ticket_id) - len(found)
            return [_view(session, one, whole=False) for one in found], older

    def record(self, who: Pass, session_id: int, steps: Sequence[NewStep], *, key: str | None) -> SessionView:
        """Append steps to one's own session. Raises `NoSuchSession`, `NotTheirs`, `Full`, `TooFast`, `OtherRequest`."""
        return self._add(who, session_id, [_clean(step) for step in steps], key=key, corrects=None)

    def correct(self, who: Pass, session_id: int, number: int, change: dict[str, Any], *, key: str | None) -> SessionView:
        """Append a correction of a step: fields that `change` does not name stay as they are. What changes nothing adds nothing.

        Its member may, and a senior, who takes over what is pending. Raises what `record` does, and `NoSuchStep`.
        """
        return self._add(who, session_id, [], key=key, corrects=number, change=change)

    def transcribe(self, who: Pass, session_id: int, text: str, *, key: str | None) -> SessionView:
        """Read a talk with an assistant into steps of one's own session. Raises `Unreadable` and what `record` does.

        A talk that has gone on is sent whole again: what is held already is not added, and what was pending and is reported
        since becomes done. The talk itself is not stored.
        """
        view = self.look(who, session_id)
        if view.member.id != who.member_id:
            raise NotTheirs(f"session {session_id} is {view.member.login}'s: open one of your own on ticket {view.ticket_id}")
        new, now_done = [], []
        for step in [_clean(step) for step in read_transcript(text)]:
            same = next((one for one in view.steps if one.step.text.lower() == step.text.lower()), None)
            if same is None:
                new.append(step)
            elif same.step.state == "pending" and step.state == "done":
                now_done.append((same.step.number, step))
        if new:
            view = self.record(who, session_id, new, key=key)
        for number, step in now_done:
            view = self.correct(who, session_id, number, {"state": step.state, "outcome": step.outcome}, key=None)
        return view

    def _add(
        self, who: Pass, session_id: int, steps: list[NewStep], *, key: str | None, corrects: int | None,
        change: dict[str, Any] | None = None,
    ) -> SessionView:  # fmt: skip
        now = self._clock()
        crash.point("session.recording")
        with self._database.account(who.account_id) as session:
            viewer = require_member(session, who)
            recorded.hold(session, who.account_id, session_id)  # or of two requests with one key neither sees the other
            row = _row(session, viewer, session_id)
            if row.member_id != viewer.member_id and not (corrects is not None and viewer.may_claim):
                raise NotTheirs(f"session {session_id} is {row.member}'s: open one of your own on ticket {row.ticket_id}")
            held = _held(session, row, corrects) if corrects is not None else None
            if held is not None:
                steps = [_corrected(held, change or {})]
            before = recorded.repeated(session, who.account_id, session_id, key=key) if key else []
            new = not before and (held is None or not _alike(held, steps[0]))
            numbers = [row.number for row in before]
            if before and not _same(before, steps, corrects=corrects, said=change):
                raise OtherRequest("this idempotency key was used for other steps of this session: take a new one")
            if new:
                _require_room(session, viewer, row, steps, now)
                numbers = recorded.add(
                    session, who.account_id, session_id, steps, member_id=viewer.member_id, member=viewer.login, key=key,
                    now=now, corrects=corrects,
                )  # fmt: skip
                self._follow(session, who.account_id, row.ticket_id, now)
            fresh = _row(session, viewer, session_id)
            view = _view(session, recorded.steps_of(session, fresh, newest=MOST_TOLD), numbers=numbers, changed=new)
        crash.point("session.recorded")
        if new:
            member_id, count = viewer.member_id, len(numbers)
            log.info("steps_recorded", account=viewer.account, session_id=session_id, member_id=member_id, count=count)
        return view

    def _follow(self, session: Session, account_id: int, ticket_id: int, now: datetime) -> None:
        """Have the live handoff's brief brought up to date, and looked whether its claimant has begun."""
        live = handoffs.open_for_ticket(session, account_id, ticket_id)
        if live is None or live.response_state not in LIVE:
            return
        briefs.ask_refresh(session, account_id, live.id, due_at=now + self._delay)
        if live.response_state == Response.CLAIMED:
            claims.ask_observation(session, account_id, live.id, due_at=now)


def _row(session: Session, viewer: Viewer, session_id: int) -> AiSession:
    row = recorded.get(session, viewer.account_id, session_id)
    if row is None:
        raise NoSuchSession(f"session {session_id}")
    return row


def _held(session: Session, row: AiSession, number: int) -> NewStep:
    found = recorded.step_of(session, row, number)
    if found is None:
        raise NoSuchStep(f"session {row.id} has no step {number}")
    return found.step


def _corrected(held: NewStep, change: dict[str, Any]) -> NewStep:
    now = {name: change.get(name, getattr(held, name)) for name in _FIELDS}
    if now["state"] == "pending":  # has no outcome yet: whoever tells one has done it
        now |= {"state": "done"} if change.get("outcome", "unknown") != "unknown" else {"outcome": "unknown"}
    return _clean(NewStep(**now))


def _same(
    before: Sequence[AiSessionStep], steps: Sequence[NewStep], *, corrects: int | None, said: dict[str, Any] | None
) -> bool:  # fmt: skip
    """Tell whether rows are what a request asks for; of a correction what it names: the rest may have changed since."""
    names = _FIELDS if said is None else [name for name in _FIELDS if name in said]
    if len(before) != len(steps) or any(row.corrects != corrects for row in before):
        return False
    return all(_alike(row, step, names) for row, step in zip(before, steps, strict=True))


def _alike(row: NewStep | AiSessionStep, step: NewStep, names: Sequence[str] = _FIELDS) -> bool:
    return all(getattr(row, name) == getattr(step, name) for name in names)


def _clean(step: NewStep) -> NewStep:
    """Return a step as it may be stored: redacted, without characters that steer a display."""
    output = redact(printable(step.output))
    return replace(step, text=redact(_flat(step.text)), output=output, changed=redact(_flat(step.changed)))


def _flat(text: str) -> str:
    return " ".join(printable(text).split())


def _require_room(session: Session, viewer: Viewer, row: AiSession, steps: Sequence[NewStep], now: datetime) -> None:
    if row.rows + len(steps) > limits.MOST_STEPS:
        raise Full(f"session {row.id} has {row.rows} rows of at most {limits.MOST_STEPS}: open another one on the ticket")
    if row.bytes + sum(step.size for step in steps) > limits.MOST_BYTES:
        raise Full(f"session {row.id} holds {row.bytes} of at most {limits.MOST_BYTES} bytes: open another one on the ticket")
    since = now - timedelta(minutes=1)
    lately = recorded.recorded_since(session, viewer.account_id, member_id=viewer.member_id, since=since)
    if lately + len(steps) > limits.MOST_A_MINUTE:
        raise TooFast(f"{viewer.name} recorded {lately} steps within a minute, of at most {limits.MOST_A_MINUTE}: wait a minute")


def _over(session: Session, viewer: Viewer, row: AiSession) -> str | None:
    """Return why nobody should go on in a session: it is full, or its episode has ended, so that what it read is old."""
    if row.rows >= limits.MOST_STEPS or row.bytes + limits.LARGEST > limits.MOST_BYTES:
        return "it is full"
    begun = viewer.psa_time(row.started_at)
    ends = [one.ended_at for one in handoffs.by_ticket(session, row.account_id, row.ticket_id) if one.ended_at]
    return "the episode it was about has ended" if any(ended >= begun for ended in ends) else None


def _view(
    session: Session, held: Steps, *, over: str | None = None, numbers: Sequence[int] = (), changed: bool = False,
    whole: bool = True,
) -> SessionView:  # fmt: skip
    row = held.session
    return SessionView(
        id=row.id,
        ticket_id=row.ticket_id,
        member=person(session, row.account_id, row.member_id) or Person(row.member_id, row.member, row.member),
        client=row.client,
        started_at=row.started_at,
        last_at=row.last_at,
        ticket=row.ticket if whole else None,
        ticket_read_at=row.read_at,
        ticket_unread=row.unread,
        steps=held.steps,
        pending=held.pending,
        older=held.older,
        over=over,
        numbers=tuple(numbers),
        changed=changed,
    )
