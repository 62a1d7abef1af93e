"""Tell from what the PSA shows who took an escalation, by rules that carry a version.

`RESPONSE_VERSION` is stored beside each choice, so that a figure of last month can say by which rule its times were chosen.
A change of meaning, here or in `first_action`, raises it and rewrites nothing that is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Literal

from escalation.evidence import Evidence, Note, Roster, Ticket, TimeEntry
from escalation.response import deeds
from escalation.response.first_action import by_program, edited_at, is_echo, over_by, reports_work, time_of
from escalation.response.sightings import (
    SAME_SAVE,
    Sighting,
    as_named_now,
    may_claim,
    same_login,
    saves_of,
    status_of,
)
from escalation.rules import StatusRules

ClaimKind = Literal["owner", "status", "schedule", "time_entry", "note", "deed"]


@dataclass(frozen=True, slots=True)
class ClaimSignal:
    """Somebody took the escalation, as far as the PSA shows."""

    kind: ClaimKind
    member: str
    """Login name as the PSA writes it."""
    at: datetime
    source: str
    """The record behind it, such as `time entry 77`."""


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
    5. Being scheduled counts once it is acknowledged; time entries and notes only from `claimable_since` on. A time entry
       that a program entered says something only by its text.
    6. With `ending` the episode is about to end with nobody having taken it: then whoever of them wrote the
       resolution or reported a deed had it.
    """
    saves = as_named_now(saves_of(evidence_now, seen_before, observed), roster)
    escalated_by = roster.login(escalated_by)

    def able(member: str | None) -> bool:
        return may_claim(member, roster) and not same_login(member, escalated_by)

    notes = [note for note in evidence_now.notes if note.created_at and note.created_at >= claimable_since]
    found = [
        *(_had_it_already(seen_before, evidence_now.ticket) if found_late else ()),
        *_owners(saves, evidence_now.ticket, roster, rules, claimable_since),
        *_claim_moves(saves, evidence_now.ticket, rules, able),
        *_owners_moves(saves, evidence_now.ticket, rules),
        *_acknowledged(evidence_now, roster),
        *_started(evidence_now.time_entries, claimable_since, roster),
        *_taking(notes),
        *_at_work(evidence_now, notes, saves, whoever=ending),
    ]
    signals = [
        signal for signal in found if signal.at >= claimable_since and able(signal.member)
    ]
    return sorted(signals, key=lambda s: (s.at, _CLAIM_ORDER.index(s.kind), s.source))


_CLAIM_ORDER: tuple[ClaimKind, ...] = ("owner", "status", "schedule", "time_entry", "note", "deed")


def _had_it_already(first: Sighting | None, ticket: Ticket) -> Iterator[ClaimSignal]:
    if first is not None and first.owner and same_login(first.member, first.owner):
        yield ClaimSignal("owner", first.owner, first.at, f"ticket {ticket.id}, owner when it was found")


def _owners(
    saves: list[Sighting], ticket: Ticket, roster: Roster, rules: StatusRules, since: datetime
) -> Iterator[ClaimSignal]:
    for before, now in pairwise(saves):
        if not now.owner or same_login(now.owner, before.owner):
            continue
        with_escalation = abs(now.at - since) < SAME_SAVE
        taking = rules.is_claim(*status_of(now)) and not rules.is_claim(*status_of(before))
        # A write of ours sets no owner but after a claim: it only came last, and hides who did.
        by_person = roster.decides(now.member) or roster.ours(now.member)
        if same_login(now.member, now.owner) or taking or (by_person and not with_escalation):
            yield ClaimSignal("owner", now.owner, now.at, f"ticket {ticket.id}, owner")


def _claim_moves(
    saves: list[Sighting], ticket: Ticket, rules: StatusRules, able: Callable[[str | None], bool]
) -> Iterator[ClaimSignal]:
    for before, now in pairwise(saves):
        taker = now.member if able(now.member) else now.owner
        if taker and rules.is_claim(*status_of(now)) and not rules.is_claim(*status_of(before)):
            yield ClaimSignal("status", taker, now.at, f"ticket {ticket.id}, status {now.status_id}")


def _owners_moves(saves: list[Sighting], ticket: Ticket, rules: StatusRules) -> Iterator[ClaimSignal]:
    """Return the moves of the status by the ticket's own owner, who was assigned before."""
    for before, now in pairwise(saves):
        own = same_login(before.owner, now.owner) and same_login(now.member, now.owner)
        if own and now.member and status_of(now) != status_of(before) and not rules.is_escalation(*status_of(now)):
            yield ClaimSignal("status", now.member, now.at, f"ticket {ticket.id}, status {now.status_id}")


def _acknowledged(evidence: Evidence, roster: Roster) -> Iterator[ClaimSignal]:
    for entry in evidence.schedule:
        by_program = entry.saved_by is not None and not roster.decides(entry.saved_by)
        if entry.member and entry.acknowledged_at and not by_program:
            yield ClaimSignal("schedule", entry.member, entry.acknowledged_at, f"schedule entry {entry.id}")


def _started(entries: Iterable[TimeEntry], since: datetime, roster: Roster) -> Iterator[ClaimSignal]:
    for entry in entries:
        timed = time_of(entry, since)
        said = not by_program(entry, roster) or deeds.reports_deed(entry.text, by=(entry.author.name,))
        if timed and entry.author.identifier and said and not over_by(entry, since):
            yield ClaimSignal("time_entry", entry.author.identifier, timed.at, timed.source)


def _taking(notes: Iterable[Note]) -> Iterator[ClaimSignal]:
    for note in notes:
        if note.author.identifier and note.created_at and not note.is_description and deeds.takes(note.text):
            yield ClaimSignal("note", note.author.identifier, edited_at(note) or note.created_at, f"note {note.id}")


def _at_work(
    evidence: Evidence, notes: Iterable[Note], saves: list[Sighting], *, whoever: bool
) -> Iterator[ClaimSignal]:
    """Return the notes in which the ticket's owner of that moment reports a deed, or `whoever` does."""
    for note in notes:
        at, author = edited_at(note) or note.created_at, note.author
        if at is None or note.is_description or not author.identifier:
            continue
        owner = next((save.owner for save in reversed(saves) if save.at <= at), saves[0].owner)
        concerned = whoever or same_login(owner, author.identifier)
        if concerned and reports_work(note, author.identifier) and not is_echo(note, evidence.notes):
            yield ClaimSignal("deed", author.identifier, at, f"note {note.id}")


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
    for before, now in pairwise(as_named_now(saves, roster)):
        owned = same_login(before.owner, claimed_by)
        if now.at < claimed_at or same_login(now.owner, claimed_by) or now.owner == before.owner:
            continue
        if not owned and (as_owner or now.owner is None):
            continue
        if now.member is None or not roster.decides(now.member):
            continue
        if now.owner is None or may_claim(now.owner, roster):
            return HandOn(now.at, now.member, now.owner)
        if owned and same_login(now.member, claimed_by):
            return HandOn(now.at, now.member, None)
    return None
