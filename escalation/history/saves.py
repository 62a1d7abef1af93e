"""A ticket's past as a list of saves, rebuilt from its audit trail and from what it is now."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from escalation.evidence import Ticket
from escalation.history.audit_trail import LEAST, AuditEntry, Change, Names, Pattern, Trail, Witnessed
from escalation.history.trail_wording import clock_offset, learn
from escalation.response.sightings import Sighting
from escalation.rules import StatusKey, StatusRules

AT_ONCE = timedelta(minutes=2)
"""A trail that reaches back to the ticket's beginning has its first entry this soon after it."""

NOWHERE = 0
"""The id of a status that the account does not have any more."""


HANDED_OVER = re.compile(
    r"\b(?:escalat(?:e|ed|es|ing|ion)|tier ?(?:2|3|two|three)|l[23]|(?:2nd|3rd|second|third)[ -]line|"
    r"(?:pass|hand|push|bump)(?:ed|ing)? (?:this |it |ticket )?(?:over|up|on|to (?:a |the )?(?:senior|engineer)s?)|"
    r"needs? (?:a |an )?(?:senior|engineer))\b",
    re.IGNORECASE,
)
"""Words for giving a ticket to somebody who knows more: a weak sign, never enough for a date."""


@dataclass(frozen=True, slots=True)
class Past:
    """One ticket as it is now, with what the PSA wrote down about it."""

    ticket: Ticket
    trail: tuple[AuditEntry, ...] | None
    """Oldest first; None where it could not be read."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """The account's boards and statuses by name, and what they mean."""

    rules: StatusRules
    boards: Mapping[str, int]
    """Board ids by name."""
    statuses: Mapping[tuple[int, str], int]
    """Status ids by board and name."""
    closing: frozenset[StatusKey] = frozenset()
    former: Mapping[str, str] = field(default_factory=dict)
    """Names that statuses had, lower case, with what they are called now, as far as the account says so."""
    seniors: frozenset[str] = frozenset()
    """Login names of those who may claim, lower case."""

    def key(self, board: str | None, status: str | None) -> StatusKey:
        """Return the ids of a status; one that is on other boards alone, and means the same there, is taken from there.

        A board move that the trail does not tell leaves such a name behind.
        """
        board_id, wanted = self.boards.get(board or "", NOWHERE), status or ""
        if (board_id, wanted) in self.statuses:
            return board_id, self.statuses[board_id, wanted]
        elsewhere = [(b, number) for (b, name), number in self.statuses.items() if name == wanted]
        means = {(self.rules.is_escalation(*key), self.rules.is_claim(*key), key in self.closing) for key in elsewhere}
        return elsewhere[0] if len(means) == 1 else (board_id, NOWHERE)

    def ticket_at(self, ticket: Ticket, save: Sighting, *, last: bool) -> Ticket:
        """Return a ticket as one of its saves left it; only the last says whether it was merged."""
        key = (save.board_id, save.status_id)
        board = next((name for name, number in self.boards.items() if number == save.board_id), ticket.board)
        status = next((n for (b, n), number in self.statuses.items() if (b, number) == key), ticket.status)
        return dataclasses.replace(
            ticket, board_id=save.board_id, board=board, status_id=save.status_id, status=status, owner=save.owner,
            closed=ticket.closed if last else key in self.closing, merged_into=ticket.merged_into if last else None,
            last_updated=save.at, updated_by=save.member,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hole:
    """A place where the trail does not tell what happened."""

    why: str
    after: datetime | None
    before: datetime | None
    escalates: bool
    """Whether the ticket must have been escalated in there."""


@dataclass(frozen=True, slots=True)
class Course:
    """One ticket's saves, the earliest first, and where they cannot be told."""

    ticket: Ticket
    saves: tuple[Sighting, ...]
    holes: tuple[Hole, ...] = ()
    readable: bool = True
    """False where nothing could be read at all."""
    from_the_start: bool = True
    """Whether the trail reaches back to the ticket's beginning."""
    inside: bool = False
    """Whether it was escalated already where the trail begins, nobody knows since when."""
    names_escalation: bool = False
    """Whether the trail names an escalation status anywhere."""


    @property
    def dark(self) -> tuple[datetime | None, datetime | None] | None:
        """Return between which moments an escalation could hide; None if there is no such place."""
        if not self.readable:
            return self.ticket.entered_at, self.ticket.last_updated
        if not self.holes:
            return None
        return self.holes[0].after, self.holes[-1].before


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was learned about an account's history."""

    status: Pattern
    board: Pattern
    owner: Pattern
    offset: timedelta | None
    """How far the trail's clock is ahead of the PSA's own; None where that cannot be told."""
    starts_recorded: bool
    """Whether trails normally begin with the ticket, so that a cut one can be told."""
    courses: Mapping[int, Course] = field(default_factory=dict)

    @property
    def trusted(self) -> bool:
        """Tell whether the moments of escalation may be used."""
        return self.status.trusted and self.offset is not None

    def why(self) -> str:
        """Say in words what the dates rest on."""
        if self.offset is None:
            return f"{self.status.why()}, but its clock does not agree with the rest of the PSA"
        return self.status.why()

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values, without the tickets."""
        offset = None if self.offset is None else self.offset.total_seconds()
        fields = {name: getattr(self, name).to_json() for name in ("status", "board", "owner")}
        return {**fields, "trusted": self.trusted, "why": self.why(), "clock_offset_s": offset,
                "starts_recorded": self.starts_recorded}  # fmt: skip


def understand(
    past: Sequence[Past], meaning: Meaning, *, people: Mapping[str, str], witnessed: Sequence[Witnessed] = ()
) -> Understanding:
    """Learn how an account's trails are worded and rebuild each ticket's saves.

    `people` are the members' login names by whatever they are called (lower case), `witnessed` the escalations we saw.
    """
    everybody = frozenset(people)
    statuses = Names({**meaning.former, **{name.lower(): name for _, name in meaning.statuses}}, everybody)
    boards = Names({name.lower(): name for name in meaning.boards}, everybody)
    owners = Names(people)
    _, changes = learn("status", [_of(p, p.ticket.status) for p in past], statuses)
    offset = _offset(past, changes, meaning)
    shifted = [_shifted(p, offset) for p in past] if offset else list(past)
    status, moves = learn("status", [_of(p, p.ticket.status) for p in shifted], statuses, witnessed=witnessed)
    board, boards_moved = learn("board", [_of(p, p.ticket.board) for p in shifted], boards, like=status.templates)
    owned = [_of(p, people.get((p.ticket.owner or "").lower())) for p in shifted]
    owner, handed = learn("owner", owned, owners, like=status.templates)
    recorded = _starts_recorded(shifted)
    names = {name.lower() for (b, name), number in meaning.statuses.items() if meaning.rules.is_escalation(b, number)}
    usable = status.trusted and offset is not None
    rebuilt = {
        p.ticket.id: _Rebuilder(
            p, meaning,
            moves.get(p.ticket.id, []) if usable else [],
            boards_moved.get(p.ticket.id, []) if usable and board.trusted else [],
            handed.get(p.ticket.id, []) if usable and owner.trusted else [],
        ).course(recorded, names, usable)
        for p in shifted
    }  # fmt: skip
    return Understanding(status, board, owner, offset, recorded, rebuilt)


def _of(past: Past, now: str | None) -> Trail:
    return Trail(past.ticket.id, past.trail or (), now)


def _shifted(past: Past, offset: timedelta) -> Past:
    entries = tuple(dataclasses.replace(e, at=e.at - offset if e.at else None) for e in past.trail or ())
    return Past(past.ticket, entries if past.trail is not None else None)


def _offset(past: Iterable[Past], changes: Mapping[int, Sequence[Change]], meaning: Meaning) -> timedelta | None:
    """Compare the trail's clock with when tickets were closed, which the PSA tells too; else with when they began."""
    closing = {name for (b, name), number in meaning.statuses.items() if (b, number) in meaning.closing}
    ends, starts = [], []
    for one in past:
        found = list(changes.get(one.ticket.id, ()))
        while len(found) > 1 and found[-1].new in closing and found[-2].new in closing:
            found.pop()
        if one.ticket.closed_at and found and found[-1].new in closing:
            ends.append(found[-1].at - one.ticket.closed_at)
        dated = [entry.at for entry in one.trail or () if entry.at]
        if dated and one.ticket.entered_at:
            starts.append(dated[0] - one.ticket.entered_at)
    if len(ends) >= LEAST:
        return clock_offset(ends)
    return clock_offset(starts) or timedelta()


def _starts_recorded(past: Iterable[Past]) -> bool:
    """Tell whether most trails begin with their ticket."""
    spans = [
        entries[0].at - one.ticket.entered_at <= AT_ONCE
        for one in past
        if one.ticket.entered_at and (entries := [e for e in one.trail or () if e.at]) and entries[0].at
    ]
    return len(spans) >= LEAST and sum(spans) > len(spans) / 2


class _Rebuilder:
    """Puts one ticket's changes together into saves."""

    def __init__(
        self, past: Past, meaning: Meaning, status: Sequence[Change], board: Sequence[Change], owner: Sequence[Change]
    ) -> None:
        self.past, self.meaning = past, meaning
        self.changes = {"status": status, "board": board, "owner": owner}
        self.known = {name for _, name in meaning.statuses}
        self.holes: list[Hole] = []

    def course(self, starts_recorded: bool, escalation_names: set[str], usable: bool) -> Course:
        """Return the saves with the holes between them."""
        ticket, trail = self.past.ticket, self.past.trail
        named = any(name in entry.text.lower() for entry in trail or () for name in escalation_names)
        if not usable or not trail:
            return Course(ticket, (), (), readable=False, from_the_start=False, names_escalation=named)
        dated = [entry.at for entry in trail if entry.at]
        began = bool(
            dated and ticket.entered_at and (not starts_recorded or dated[0] - ticket.entered_at <= AT_ONCE)
        )
        saves = self._saves()
        inside = not began and self.meaning.rules.is_escalation(saves[0].board_id, saves[0].status_id)
        self._look_for_holes(began=began, inside=inside)
        return Course(
            ticket, tuple(saves), tuple(self.holes), from_the_start=began, inside=inside, names_escalation=named
        )

    def _saves(self) -> list[Sighting]:
        ticket = self.past.ticket
        now = {"status": ticket.status, "board": ticket.board, "owner": ticket.owner}
        state = {name: self._first(name, value) for name, value in now.items()}
        start = ticket.entered_at or min(c.at for c in [*self._every()] or [_never(ticket)])
        saves = [self._save(start, ticket.entered_by, state)]
        for (at, by), values in self._grouped():
            state |= values
            saves.append(self._save(at, by, state))
        closed_at, closing = ticket.closed_at, self.meaning.closing
        if ticket.closed and closed_at and closed_at > saves[-1].at and (saves[-1].board_id, saves[-1].status_id) not in closing:
            saves.append(self._save(closed_at, None, {**state, "status": ticket.status, "board": ticket.board}))
        return saves

    def _every(self) -> list[Change]:
        return [change for found in self.changes.values() for change in found]

    def _first(self, name: str, now: str | None) -> str | None:
        """Return what a field was at first: what the first change changed, or what it is now if nothing did."""
        found = self.changes[name]
        return found[0].old if found else now

    def _grouped(self) -> list[tuple[tuple[datetime, str | None], dict[str, str | None]]]:
        """Return the changes, those of one save together."""
        flat = [(c.at, n, name, c) for name, found in self.changes.items() for n, c in enumerate(found)]
        groups: list[tuple[tuple[datetime, str | None], dict[str, str | None]]] = []
        for at, _, name, change in sorted(flat, key=lambda item: (item[0], item[1], item[2])):
            home = next((v for key, v in groups if key == (at, change.by) and name not in v), None)
            if home is None:
                home = {}
                groups.append(((at, change.by), home))
            home[name] = change.new
        return groups

    def _save(self, at: datetime, by: str | None, state: Mapping[str, str | None]) -> Sighting:
        board_id, status_id = self.meaning.key(state["board"], state["status"])
        return Sighting(at, by, board_id, status_id, state["owner"])

    def _look_for_holes(self, *, began: bool, inside: bool) -> None:
        ticket, moves = self.past.ticket, self.changes["status"]
        start = ticket.entered_at
        if inside:
            before = moves[0].at if moves else ticket.last_updated
            self.holes.append(Hole("its audit trail begins after it was escalated", start, before, True))
        elif not began:
            before = min((e.at for e in self.past.trail or () if e.at), default=None)
            self.holes.append(Hole("its audit trail begins late", start, before, False))
        for one, other in pairwise(moves):
            if other.says_old and one.new != other.old:
                self._skipped(one, other.at, other.old, one.new)
        if moves and moves[-1].new != ticket.status:
            self._skipped(moves[-1], ticket.last_updated, ticket.status, moves[-1].new)
        for move, after in pairwise([*moves, None]) if moves else ():
            if move and move.new and move.new not in self.known and (HANDED_OVER.search(move.new) or self._taken(move, after)):
                why = f"it went to {move.new!r}, which is no status any more and may have been an escalation"
                self.holes.append(Hole(why, move.at, move.at, True))

    def _taken(self, move: Change, after: Change | None) -> bool:
        """Tell whether a ticket that somebody else put into a status was taken from there by who may claim."""
        seniors, until = self.meaning.seniors, after.at if after else None
        if (move.by or "").lower() in seniors:
            return False
        board = self.past.ticket.board
        claimed = after is not None and (
            (after.by or "").lower() in seniors or self.meaning.rules.is_claim(*self.meaning.key(board, after.new))
        )
        return claimed or any(
            (change.new or "").lower() in seniors and move.at < change.at and (until is None or change.at <= until)
            for change in self.changes["owner"]
        )

    def _skipped(self, one: Change, before: datetime | None, became: str | None, was: str | None) -> None:
        board = self.past.ticket.board
        into = self.meaning.rules.is_escalation(*self.meaning.key(board, became))
        was_in = self.meaning.rules.is_escalation(*self.meaning.key(board, was))
        self.holes.append(Hole("its audit trail skips the escalation", one.at, before, into and not was_in))


def _never(ticket: Ticket) -> Change:
    at = ticket.last_updated
    if at is None:
        raise ValueError(f"ticket {ticket.id} has no dates at all")
    return Change(at, None, None, None)
