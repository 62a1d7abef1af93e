"""Tell from what the PSA shows who took an escalation, and what they did first.

The rules are versioned: `RESPONSE_VERSION` is stored beside each choice, so that a figure of last month can say
by which rule its times were chosen. A change of meaning raises it and rewrites nothing that is stored.

All times are the PSA's; where a time is typed by a person, `FirstAction.why` says which one was used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal

from escalation.evidence import Evidence, Note, Roster, Ticket, TimeEntry
from escalation.response import deeds
from escalation.rules import StatusRules

RESPONSE_VERSION = 3

ClaimKind = Literal["owner", "status", "schedule", "time_entry", "note", "deed"]
ActionKind = Literal["note", "time_entry", "status", "step"]

SAME_SAVE = timedelta(seconds=1)
"""ConnectWise's times have seconds, so one save and what it sets off differ by less than this."""

TYPED_TOLERANCE = timedelta(minutes=5)
"""A typed start this close to the time of entry is believed."""

CLAIMING_ROLES = frozenset({"engineer", "admin", "owner"})


@dataclass(frozen=True, slots=True)
class Sighting:
    """A ticket as it was seen after one save, from a callback or the poller."""

    at: datetime
    """When it was saved, by the PSA's clock."""
    member: str | None
    """Login name of whoever saved it."""
    board_id: int
    status_id: int
    owner: str | None = None

    @classmethod
    def of(cls, ticket: Ticket, *, read_at: datetime) -> Sighting:
        """Return what a reading of the ticket shows; `read_at` stands in where the PSA gives no time."""
        at = ticket.last_updated or read_at
        return cls(at, ticket.updated_by, ticket.board_id, ticket.status_id, ticket.owner)


@dataclass(frozen=True, slots=True)
class ClaimSignal:
    """Somebody took the escalation, as far as the PSA shows."""

    kind: ClaimKind
    member: str
    """Login name as the PSA writes it."""
    at: datetime
    source: str
    """The record behind it, such as `time entry 77`."""


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """A step somebody recorded outside the ticket's notes, such as one of a posted session."""

    id: str
    member: str
    at: datetime
    text: str


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
    """A time entry's start as typed, kept whether used or not."""
    entered_at: datetime | None = None
    """When a time entry was entered, kept whether used or not."""
    version: int = RESPONSE_VERSION


@dataclass(frozen=True, slots=True)
class ReadBack:
    """The claimant's answer to the brief: what they start with, in their own words."""

    member: str
    at: datetime
    source: str
    text: str


def may_claim(member: str | None, roster: Roster) -> bool:
    """Tell whether a login name belongs to an engineer, admin or owner of the account who still works there."""
    return member is not None and roster.decides(member) and roster.person(member).role in CLAIMING_ROLES


def status_set_by_person(ticket: Ticket, saves: Iterable[Sighting], roster: Roster) -> bool:
    """Tell whether a person put a ticket into the status it shows, by the earliest save that is known to show it.

    Our own writes come after others' and change no status, so behind one of ours a person is taken to stand.
    """
    last = Sighting.of(ticket, read_at=datetime.max.replace(tzinfo=UTC))
    run: list[Sighting] = []
    for save in [*sorted((save for save in saves if save.at <= last.at), key=lambda save: save.at), last]:
        run = [*run, save] if _status(save) == _status(last) else []
    first = next((save for save in run if not _same(save.member, roster.us)), run[0])
    return roster.decides(first.member) or _same(first.member, roster.us)


def claim_signals(
    evidence_now: Evidence,
    *,
    seen_before: Sighting | None,
    rules: StatusRules,
    roster: Roster,
    claimable_since: datetime,
    escalated_by: str | None = None,
    observed: Sequence[Sighting] = (),
    found_late: bool = False,
    ending: bool = False,
) -> list[ClaimSignal]:
    """Return who took the escalation by what, the earliest first.

    1. `seen_before` is the ticket as it was when it could first be claimed: whoever owned it then took nothing.
       `observed` are the saves seen since; the evidence's own ticket is the last. With `found_late` nobody saw the
       escalation itself: an owner who saved the ticket last had taken it by then.
    2. Only an engineer, admin or owner claims, and never whoever escalated it, whatever their role.
    3. An owner set by a program (one with keys, on no list, or not named), or with the escalation by somebody else, was
       assigned and has claimed nothing yet. The owner does by a first deed: a note of one, or a move of the status.
    4. A claim status says that the ticket is taken, whoever sets it: by the engineer who does, else by the owner.
    5. Being scheduled counts once it is acknowledged; time entries and notes only from `claimable_since` on.
    6. With `ending` the episode is about to end with nobody having taken it: then whoever of them wrote the
       resolution or reported a deed had it.
    """
    saves = _saves(evidence_now, seen_before, observed)

    def able(member: str | None) -> bool:
        return may_claim(member, roster) and not _same(member, escalated_by)

    found = [
        *(_had_it_already(seen_before, evidence_now.ticket) if found_late else ()),
        *_owners(saves, evidence_now.ticket, roster, rules, claimable_since),
        *_claim_moves(saves, evidence_now.ticket, rules, able),
        *_owners_moves(saves, evidence_now.ticket, rules),
        *_acknowledged(evidence_now, roster),
        *_started(evidence_now.time_entries, claimable_since),
        *_taking(evidence_now.notes),
        *_at_work(evidence_now, saves, whoever=ending),
    ]
    signals = [
        signal for signal in found if signal.at >= claimable_since and able(signal.member)
    ]
    return sorted(signals, key=lambda s: (s.at, _CLAIM_ORDER.index(s.kind), s.source))


_CLAIM_ORDER: tuple[ClaimKind, ...] = ("owner", "status", "schedule", "time_entry", "note", "deed")


def _saves(evidence: Evidence, before: Sighting | None, observed: Iterable[Sighting]) -> list[Sighting]:
    last = Sighting.of(evidence.ticket, read_at=evidence.read_at)
    later = [save for save in observed if before is None or save.at >= before.at]
    return [*([before] if before else []), *sorted({*later, last} - {before}, key=lambda save: (save.at, save == last))]


def _had_it_already(first: Sighting | None, ticket: Ticket) -> Iterator[ClaimSignal]:
    if first is not None and first.owner and _same(first.member, first.owner):
        yield ClaimSignal("owner", first.owner, first.at, f"ticket {ticket.id}, owner when it was found")


def _owners(
    saves: list[Sighting], ticket: Ticket, roster: Roster, rules: StatusRules, since: datetime
) -> Iterator[ClaimSignal]:
    for before, now in pairwise(saves):
        if not now.owner or _same(now.owner, before.owner):
            continue
        with_escalation = abs(now.at - since) < SAME_SAVE
        taking = rules.is_claim(*_status(now)) and not rules.is_claim(*_status(before))
        # A write of ours sets no owner but after a claim: it only came last, and hides who did.
        by_person = roster.decides(now.member) or _same(now.member, roster.us)
        if _same(now.member, now.owner) or taking or (by_person and not with_escalation):
            yield ClaimSignal("owner", now.owner, now.at, f"ticket {ticket.id}, owner")


def _claim_moves(
    saves: list[Sighting], ticket: Ticket, rules: StatusRules, able: Callable[[str | None], bool]
) -> Iterator[ClaimSignal]:
    for before, now in pairwise(saves):
        taker = now.member if able(now.member) else now.owner
        if taker and rules.is_claim(*_status(now)) and not rules.is_claim(*_status(before)):
            yield ClaimSignal("status", taker, now.at, f"ticket {ticket.id}, status {now.status_id}")


def _owners_moves(saves: list[Sighting], ticket: Ticket, rules: StatusRules) -> Iterator[ClaimSignal]:
    """Return the moves of the status by the ticket's own owner, who was assigned before."""
    for before, now in pairwise(saves):
        own = _same(before.owner, now.owner) and _same(now.member, now.owner)
        if own and now.member and _status(now) != _status(before) and not rules.is_escalation(*_status(now)):
            yield ClaimSignal("status", now.member, now.at, f"ticket {ticket.id}, status {now.status_id}")


def _acknowledged(evidence: Evidence, roster: Roster) -> Iterator[ClaimSignal]:
    for entry in evidence.schedule:
        by_program = entry.saved_by is not None and not roster.decides(entry.saved_by)
        if entry.member and entry.acknowledged_at and not by_program:
            yield ClaimSignal("schedule", entry.member, entry.acknowledged_at, f"schedule entry {entry.id}")


def _started(entries: Iterable[TimeEntry], since: datetime) -> Iterator[ClaimSignal]:
    for entry in entries:
        timed = _timed(entry, since)
        if timed and entry.author.identifier and not _over(entry, since):
            yield ClaimSignal("time_entry", entry.author.identifier, timed.at, timed.source)


def _taking(notes: Iterable[Note]) -> Iterator[ClaimSignal]:
    for note in notes:
        if note.author.identifier and note.created_at and not note.is_description and deeds.takes(note.text):
            yield ClaimSignal("note", note.author.identifier, note.created_at, f"note {note.id}")


def _at_work(evidence: Evidence, saves: list[Sighting], *, whoever: bool) -> Iterator[ClaimSignal]:
    """Return the notes in which the ticket's owner of that moment reports a deed, or `whoever` does."""
    for note in evidence.notes:
        at, author = note.created_at, note.author
        if at is None or note.is_description or not author.identifier:
            continue
        owner = next((save.owner for save in reversed(saves) if save.at <= at), saves[0].owner)
        concerned = whoever or _same(owner, author.identifier)
        if concerned and _deed(note, author.identifier) and not _echo(note, evidence.notes):
            yield ClaimSignal("deed", author.identifier, at, f"note {note.id}")


def _deed(note: Note, member: str, *, strict: bool = False) -> bool:
    """Whether a note reports something done; what stands as the resolution says so by where it stands."""
    solved = note.kind == "resolution" and bool(note.text.strip())
    return solved or deeds.reports_deed(note.text, by=(note.author.name, member), strict=strict)


def _over(entry: TimeEntry, since: datetime) -> bool:
    """Whether the work of a time entry was over by a moment; its hours tell the end where none was typed."""
    end = entry.ended_at
    if end is None and entry.started_at is not None and entry.hours:
        end = entry.started_at + timedelta(hours=entry.hours)
    return end is not None and end <= since


@dataclass(frozen=True, slots=True)
class HandOn:
    """The claimant's ownership of the ticket ended in the PSA."""

    at: datetime
    by: str
    """Login name of whoever saved it."""
    to: str | None
    """Login name of the next owner; None where there is none now."""


def handed_on(
    saves: Sequence[Sighting], *, claimed_by: str, claimed_at: datetime, roster: Roster, as_owner: bool = True
) -> HandOn | None:
    """Return the first save since the claim in which a person took the ticket from the claimant.

    Clearing the owner gives it back, and so does the claimant who makes a technician the owner; another engineer as
    owner takes it over, from the claimant as owner or, with `as_owner` False, whoever was owner before. What a machine
    or somebody outside the account's people does to the owner says nothing about who is at work.
    """
    for before, now in pairwise(saves):
        owned = _same(before.owner, claimed_by)
        if now.at < claimed_at or _same(now.owner, claimed_by) or now.owner == before.owner:
            continue
        if not owned and (as_owner or now.owner is None):
            continue
        if now.member is None or not roster.decides(now.member):
            continue
        if now.owner is None or may_claim(now.owner, roster):
            return HandOn(now.at, now.member, now.owner)
        if owned and _same(now.member, claimed_by):
            return HandOn(now.at, now.member, None)
    return None


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
        if _same(note.author.identifier, member) and note.created_at and not note.is_description:
            yield note.text, note.created_at, f"note {note.id}"
    for entry in evidence.time_entries:
        at = entry.entered_at or entry.started_at
        if _same(entry.author.identifier, member) and at:
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
       counts. A time entry without a text counts: somebody is at work.
    3. The claim itself (`claim_source`, `ClaimSignal.source`) counts only if it reports a deed.
    4. A text that stood on the ticket before, or that somebody else wrote too, is a workflow's echo.
    5. A move into a claim or escalation status is taking it or giving it back, not acting on it.
    """
    if roster.person(claimed_by).role in ("us", "system"):
        return None
    found = [
        *_noted(evidence, claimed_by, claim_source),
        *_worked(evidence, claimed_by, claimed_at, claim_source),
        *_moved(_saves(evidence, None, observed), evidence.ticket, claimed_by, claimed_at, rules),
        *_recorded(steps, claimed_by),
    ]
    after = [action for action in found if action.at >= claimed_at]
    return min(after, key=lambda a: (a.at, _ACTION_ORDER.index(a.kind), a.source), default=None)


_ACTION_ORDER: tuple[ActionKind, ...] = ("note", "time_entry", "status", "step")


def _noted(evidence: Evidence, member: str, claim_source: str | None) -> Iterator[FirstAction]:
    for note in evidence.notes:
        if not _same(note.author.identifier, member) or note.created_at is None or note.is_description:
            continue
        source = f"note {note.id}"
        if _deed(note, member, strict=source == claim_source) and not _echo(note, evidence.notes):
            yield FirstAction("note", note.created_at, source, True, "note by the claimant, time of the PSA")


def _worked(
    evidence: Evidence, member: str, claimed_at: datetime, claim_source: str | None
) -> Iterator[FirstAction]:
    for entry in evidence.time_entries:
        timed = _timed(entry, claimed_at)
        if not _same(entry.author.identifier, member) or timed is None:
            continue
        own = timed.source == claim_source
        if _over(entry, claimed_at) and not own:
            continue
        said = entry.text.strip()
        deed = deeds.reports_deed(said, by=(entry.author.name, member), strict=own) if said else not own
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
        key = _status(now)
        taking = rules.is_claim(*key) or rules.is_escalation(*key) or now.at < claimed_at + SAME_SAVE
        giving = _same(before.owner, member) and not _same(now.owner, member)
        if _same(now.member, member) and key != _status(before) and not taking and not giving:
            source = f"ticket {ticket.id}, status {now.status_id}"
            yield FirstAction("status", now.at, source, True, "status changed by the claimant, time of the PSA")


def _recorded(steps: Iterable[RecordedStep], member: str) -> Iterator[FirstAction]:
    for step in steps:
        if _same(step.member, member) and deeds.reports_deed(step.text, by=(member,)):
            yield FirstAction("step", step.at, f"step {step.id}", True, "step recorded by the claimant")


def _timed(entry: TimeEntry, since: datetime) -> FirstAction | None:
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


def _echo(note: Note, notes: Iterable[Note]) -> bool:
    """Whether the text stood on the ticket before, or a machine or somebody else wrote it too."""
    text = deeds.plain(note.text)
    for other in notes:
        if other.id == note.id or deeds.plain(other.text) != text:
            continue
        earlier = other.created_at is not None and note.created_at is not None and other.created_at <= note.created_at
        if not _same(other.author.identifier, note.author.identifier) or (earlier and other.id < note.id):
            return True
    return False


def _copied(text: str, notes: Iterable[Note], member: str) -> bool:
    """Whether a time entry's text is somebody else's note."""
    said = deeds.plain(text)
    same = (note for note in notes if said and deeds.plain(note.text) == said)
    return any(not _same(note.author.identifier, member) for note in same)


def _status(save: Sighting) -> tuple[int, int]:
    return save.board_id, save.status_id


def _same(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one.strip().lower() == other.strip().lower()
