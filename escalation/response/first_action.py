"""What a claimant did first, and how they answered the brief.

All times are the PSA's; where a time is typed by a person, `FirstAction.why` says which one was used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from escalation.evidence import Evidence, Note, Roster, Ticket, TimeEntry
from escalation.response import deeds
from escalation.response.sightings import (
    RESPONSE_VERSION,
    SAME_SAVE,
    Sighting,
    as_named_now,
    same_login,
    saves_of,
    status_of,
)
from escalation.rules import StatusRules

ActionKind = Literal["note", "time_entry", "status", "step"]

TYPED_TOLERANCE = timedelta(minutes=5)
"""A typed start this close to the time of entry is believed."""


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """A step somebody recorded outside the ticket's notes, such as one of a posted session."""

    id: str
    member: str
    at: datetime
    text: str
    result_known: bool = False
    """Whether it says what came of it: then it was done, however it is worded."""


@dataclass(frozen=True, slots=True)
class FirstAction:
    """The claimant's first qualifying deed after the claim."""

    kind: ActionKind
    at: datetime
    source: str
    """The record behind it, such as `note 1207`."""
    trusted: bool
    """False where the time rests on something typed by hand that does not agree with the PSA's own."""
    why: str
    """Why this event, and which of its times."""
    typed_start: datetime | None = None
    """When a time entry is said to start, or a note that was edited was begun; kept whether used or not."""
    entered_at: datetime | None = None
    """When a time entry was entered or a note edited, kept whether used or not."""
    version: int = RESPONSE_VERSION


@dataclass(frozen=True, slots=True)
class ReadBack:
    """The claimant's answer to the brief: what they start with, in their own words."""

    member: str
    at: datetime
    source: str
    text: str


def reports_work(note: Note, member: str, *, strict: bool = False) -> bool:
    """Whether a note reports something done; what stands as the resolution says so by where it stands."""
    solved = note.kind == "resolution" and bool(note.text.strip())
    return solved or deeds.reports_deed(note.text, by=(note.author.name, member), strict=strict)


def edited_at(note: Note) -> datetime | None:
    """Return when a note's author wrote something else into it than had stood there at first; None if they did not."""
    if note.created_at is None or note.updated_at is None or note.edited_by is not None:
        return None
    return note.updated_at if note.updated_at - note.created_at > TYPED_TOLERANCE else None


def over_by(entry: TimeEntry, since: datetime) -> bool:
    """Whether the work of a time entry was over by a moment; its hours tell the end where none was typed."""
    end = entry.ended_at
    if end is None and entry.started_at is not None and entry.hours:
        end = entry.started_at + timedelta(hours=entry.hours)
    return end is not None and end <= since


def by_program(entry: TimeEntry, roster: Roster) -> bool:
    """Whether a program entered a time entry for its author, who may know nothing of it."""
    return entry.entered_by is not None and not roster.decides(entry.entered_by)


def read_back(evidence: Evidence, *, member: str, since: datetime) -> ReadBack | None:
    """Return the first "I start with …" a member wrote since a moment, in a note or a time entry."""
    found = [
        ReadBack(member, at, source, said)
        for text, at, source in _written(evidence, member)
        if at >= since and (said := deeds.start_with(text))
    ]
    return min(found, key=lambda answer: (answer.at, answer.source), default=None)


def _written(evidence: Evidence, member: str) -> Iterator[tuple[str, datetime, str]]:
    for note in evidence.notes:
        if same_login(note.author.identifier, member) and note.created_at and not note.is_description:
            yield note.text, note.created_at, f"note {note.id}"
    for entry in evidence.time_entries:
        at = entry.entered_at or entry.started_at
        if same_login(entry.author.identifier, member) and at:
            yield entry.text, at, f"time entry {entry.id}"


def first_action(
    evidence: Evidence,
    *,
    claimed_by: str,
    claimed_at: datetime,
    rules: StatusRules,
    roster: Roster,
    claim_source: str | None = None,
    observed: Sequence[Sighting] = (),
    steps: Sequence[RecordedStep] = (),
) -> FirstAction | None:
    """Return the claimant's first deed since the claim, or None as long as there is none.

    1. Notes and time entries by the claimant, steps recorded by them, and their moves of the status (`observed`,
       starting with the ticket as it was at the claim).
    2. Announcements ("looking into it"), plans, read-backs and courtesies are no deeds; a text that also reports one
       counts. A time entry without a text counts if a person entered it: somebody is at work.
    3. The claim itself (`claim_source`, `ClaimSignal.source`) counts only if it reports a deed.
    4. A text that stood on the ticket before, or that somebody else wrote too, is a workflow's echo.
    5. A move into a claim or escalation status is taking it or giving it back, not acting on it.
    6. What a note says that its author edited later counts from the edit: "on it" may have been all it said before.
    7. A recorded step in words that its member had written on the ticket before the claim is not done anew. In other people's
       words it is: two people's deeds are never made one.
    """
    if roster.person(claimed_by).role in ("us", "system"):
        return None
    found = [
        *_noted(evidence, claimed_by, claim_source),
        *_worked(evidence, claimed_by, claimed_at, claim_source, roster),
        *_moved(as_named_now(saves_of(evidence, None, observed), roster), evidence.ticket, claimed_by, claimed_at, rules),
        *_recorded(evidence, steps, claimed_by, claimed_at),
    ]
    after = [action for action in found if action.at >= claimed_at]
    return min(after, key=lambda a: (a.at, _ACTION_ORDER.index(a.kind), a.source), default=None)


_ACTION_ORDER: tuple[ActionKind, ...] = ("note", "time_entry", "status", "step")


def _noted(evidence: Evidence, member: str, claim_source: str | None) -> Iterator[FirstAction]:
    for note in evidence.notes:
        if not same_login(note.author.identifier, member) or note.created_at is None or note.is_description:
            continue
        source = f"note {note.id}"
        if not reports_work(note, member, strict=source == claim_source) or is_echo(note, evidence.notes):
            continue
        edited = edited_at(note)
        if edited is None:
            yield FirstAction("note", note.created_at, source, True, "note by the claimant, time of the PSA")
        else:
            minutes = round((edited - note.created_at).total_seconds() / 60)
            why = f"time of the edit used: its author edited the note {minutes} min after it was begun"
            yield FirstAction("note", edited, source, False, why, note.created_at, edited)


def _worked(
    evidence: Evidence, member: str, claimed_at: datetime, claim_source: str | None, roster: Roster
) -> Iterator[FirstAction]:
    for entry in evidence.time_entries:
        timed = time_of(entry, claimed_at)
        if not same_login(entry.author.identifier, member) or timed is None:
            continue
        own = timed.source == claim_source
        if over_by(entry, claimed_at) and not own:
            continue
        said = entry.text.strip()
        if said:
            deed = deeds.reports_deed(said, by=(entry.author.name, member), strict=own)
        else:
            deed = not own and not by_program(entry, roster)
        if not deed or _copied(said, evidence.notes, member):
            continue
        if own and entry.entered_at:
            why = "the time entry that claimed it also reports a deed: time of entry"
            timed = replace(timed, at=entry.entered_at, why=why)
        yield timed


def _moved(
    saves: list[Sighting], ticket: Ticket, member: str, claimed_at: datetime, rules: StatusRules
) -> Iterator[FirstAction]:
    for before, now in pairwise(saves):
        key = status_of(now)
        taking = rules.is_claim(*key) or rules.is_escalation(*key) or now.at < claimed_at + SAME_SAVE
        giving = same_login(before.owner, member) and not same_login(now.owner, member)
        if same_login(now.member, member) and key != status_of(before) and not taking and not giving:
            source = f"ticket {ticket.id}, status {now.status_id}"
            yield FirstAction("status", now.at, source, True, "status changed by the claimant, time of the PSA")


def recorded_steps(evidence: Evidence) -> list[RecordedStep]:
    """Return the deeds that sessions report as done; what is pending, found or a reason is none."""
    return [
        RecordedStep(
            f"{step.number} of session {one.id}", step.author.identifier or "", step.at, step.text,
            result_known=step.outcome != "unknown",
        )
        for one in evidence.sessions
        for step in one.steps
        if step.kind == "step" and step.state == "done"
    ]  # fmt: skip


def _recorded(
    evidence: Evidence, steps: Iterable[RecordedStep], member: str, claimed_at: datetime
) -> Iterator[FirstAction]:
    before = [deeds.plain(text) for text, at, _ in _written(evidence, member) if at < claimed_at]
    before += [deeds.plain(step.text) for step in steps if same_login(step.member, member) and step.at < claimed_at]
    for step in steps:
        if not same_login(step.member, member) or step.at < claimed_at:
            continue
        done = deeds.reports_deed(step.text, by=(member,)) or (step.result_known and not deeds.announces(step.text, by=(member,)))
        words = f" {deeds.plain(step.text)} "
        if done and not any(words in f" {told} " for told in before):
            yield FirstAction("step", step.at, f"step {step.id}", True, "step recorded by the claimant")


def time_of(entry: TimeEntry, since: datetime) -> FirstAction | None:
    """Return a time entry with the time to use. `started_at` is typed and can be back-dated, `entered_at` cannot."""
    typed, entered, source = entry.started_at, entry.entered_at, f"time entry {entry.id}"
    if entered is None:
        if typed is None:
            return None
        why = "typed start used: the PSA does not say when it was entered"
        return FirstAction("time_entry", typed, source, False, why, typed, entered)
    if typed is None:
        return FirstAction("time_entry", entered, source, True, "time of entry: no start was typed", typed, entered)
    apart = abs(entered - typed)
    if apart > TYPED_TOLERANCE:
        why = f"time of entry used: the typed start is {round(apart.total_seconds() / 60)} min apart and can be back-dated"
        return FirstAction("time_entry", entered, source, False, why, typed, entered)
    if typed < since <= entered:
        why = "time of entry used: the typed start lies before"
        return FirstAction("time_entry", entered, source, True, why, typed, entered)
    why = "typed start used: entered within 5 min of it"
    return FirstAction("time_entry", typed, source, True, why, typed, entered)


def is_echo(note: Note, notes: Iterable[Note]) -> bool:
    """Whether the text stood on the ticket before, or a machine or somebody else wrote it too."""
    text = deeds.plain(note.text)
    for other in notes:
        if other.id == note.id or deeds.plain(other.text) != text:
            continue
        earlier = other.created_at is not None and note.created_at is not None and other.created_at <= note.created_at
        if not same_login(other.author.identifier, note.author.identifier) or (earlier and other.id < note.id):
            return True
    return False


def _copied(text: str, notes: Iterable[Note], member: str) -> bool:
    """Whether a time entry's text is somebody else's note."""
    said = deeds.plain(text)
    same = (note for note in notes if said and deeds.plain(note.text) == said)
    return any(not same_login(note.author.identifier, member) for note in same)
