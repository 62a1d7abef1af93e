"""Decide what a sighting of a ticket means: a new escalation, the same one, its end, or nothing.

An *episode* is one entry of a ticket into an escalation status. It is told from what the PSA says now against
what it was last seen to say, never from a delivery: so callbacks, repeated or shuffled or lost, and the poller
all arrive at the same number of episodes.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from escalation.evidence import Ticket

RULES_VERSION = 4

GRACE = timedelta(seconds=60)
"""Leaving and coming back within this, while unclaimed, is the same episode."""

SURE_AFTER = timedelta(days=1)
"""So long a ticket that the PSA says is not there is looked for before that is believed."""

MISSING = "its ticket can no longer be read"

StatusKey = tuple[int, int]
"""Board id and status id: the same status name has another id on another board."""


@dataclass(frozen=True, slots=True)
class StatusRules:
    """Which statuses of which boards mean what in one account."""

    escalate: frozenset[StatusKey] = frozenset()
    claim: frozenset[StatusKey] = frozenset()
    closed: frozenset[StatusKey] = frozenset()
    default: frozenset[StatusKey] = frozenset()
    """What a ticket gets on a board by itself, as when it is moved there: nobody chose it."""

    def is_escalation(self, board_id: int, status_id: int) -> bool:
        return _among(self.escalate, board_id, status_id)

    def is_claim(self, board_id: int, status_id: int) -> bool:
        return _among(self.claim, board_id, status_id)

    def is_nobodys_choice(self, board_id: int, status_id: int) -> bool:
        """Tell whether a ticket that comes to a board stands in that status without anybody having chosen it.

        Of a board that was never looked at nobody knows.
        """
        looked_at = {board for known in (self.escalate, self.claim, self.closed, self.default) for board, _ in known}
        return (board_id, status_id) in self.default or board_id not in looked_at


def _among(keys: frozenset[StatusKey], board_id: int, status_id: int) -> bool:
    """Tell whether a status is one of them. A board that could not be read is 0: its statuses' numbers are its own."""
    return (board_id, status_id) in keys or (not board_id and any(status == status_id for _, status in keys))


@dataclass(frozen=True, slots=True)
class Seen:
    """What a ticket was last seen to be, and how its newest episode stands."""

    board_id: int | None = None
    status_id: int | None = None
    in_escalation: bool = False
    """Whether it stands in an escalation status, or was moved out of one by nobody's decision."""
    left_at: datetime | None = None
    """When it left the escalation status, while it may still come back into the same episode."""
    last_updated: datetime | None = None
    episode: int = 0
    """The newest episode's number; 0 before the first."""
    live: bool = False
    """Whether the newest episode is still open, claimed or acted on."""
    claimed: bool = False
    """Whether somebody has taken the newest episode."""
    by_hand: bool = False
    """Whether the newest episode was handed off by hand, before any status said so."""
    gone: str | None = None
    """`merged`, `closed`, `deleted` or `missing` once the ticket is no longer worked on."""
    missing_since: datetime | None = None
    """When the PSA first did not show the ticket (404 or 403), by its clock, though nobody deleted it as far as is known."""
    absent_since: datetime | None = None
    """When it first said that there is no such ticket (404), since it last said anything else of it."""


class Act(StrEnum):
    """What is to be done about the handoff."""

    NOTHING = "nothing"
    OPEN = "open"
    RESUME = "resume"
    LEAVE = "leave"
    WITHDRAW = "withdraw"
    END = "end"
    REFRESH = "refresh"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision, with the episode it is about and the new `Seen` to store beside it."""

    act: Act
    episode: int
    why: str
    seen: Seen
    end_earlier: int | None = None
    """An earlier episode that is still live: a ticket has at most one live handoff."""
    at: datetime | None = field(default=None)
    """When it happened, by the PSA's clock where it has one."""


def decide(
    seen: Seen | None,
    ticket: Ticket,
    rules: StatusRules,
    *,
    now: datetime,
    by_person: bool = True,
    by_claimant: bool = False,
) -> Verdict:
    """Return what a fresh reading of a ticket means.

    `now` is the PSA's; `by_person` says whether the status it shows was set by a person, who can mean something by it,
    `by_claimant` whether by whoever has the newest episode.

    1. An older reading than the one already stored says nothing, unless what is stored has not come yet: the PSA's clock
       was set back since.
    2. A merged or closed ticket ends its live episode.
    3. Entering an escalation status opens an episode, or resumes the one left less than `GRACE` ago unclaimed.
    4. Staying in one, on whatever board, is no new episode, but the facts may have changed. Only whoever has it and puts it
       into another escalation status of its board passes it on to the next tier: that is one. A status that is a claim
       status too ("Escalated, working") is no tier.
    5. Leaving one starts the grace; once that is over, an unclaimed episode is withdrawn. Leaving for a claim
       status withdraws nothing: somebody is taking it.
    6. Nobody has left who did not decide to: an unclaimed episode goes on where a program moved the ticket, or where
       it was moved to another board and stands there in the status that tickets get by themselves.
    """
    before = seen or Seen()
    at = ticket.last_updated or now
    if before.last_updated and ticket.last_updated and ticket.last_updated < before.last_updated <= now + GRACE:
        known = dataclasses.replace(before, missing_since=None, absent_since=None)
        return Verdict(Act.NOTHING, before.episode, "older than what was already seen", known)
    after = dataclasses.replace(
        before, board_id=ticket.board_id, status_id=ticket.status_id, last_updated=ticket.last_updated, gone=None,
        missing_since=None, absent_since=None,
    )
    if ticket.merged_into is not None or ticket.closed:
        return _ended(before, after, "merged" if ticket.merged_into is not None else "closed", at)
    inside = rules.is_escalation(ticket.board_id, ticket.status_id)
    carried = carried_off(before, rules)
    if inside:
        again = before.claimed and ((carried and by_person) or (by_claimant and _next_tier(before, ticket, rules)))
        return _stays(before, after, at) if before.in_escalation and not again else _enters(before, after, at)
    waits = before.live and not before.claimed
    if before.in_escalation and waits and not _decided(before, ticket, rules, by_person=by_person):
        return _carried(before, after, ticket, at)
    if before.in_escalation:
        return _leaves(before, after, rules, ticket, at)
    taken_by_nobody = rules.is_claim(before.board_id or 0, before.status_id or 0) and waits and before.left_at is None
    if taken_by_nobody and by_person and _moved(before, ticket):
        return _leaves(before, after, rules, ticket, at)
    return _outside(before, after, now)


def carried_off(seen: Seen, rules: StatusRules) -> bool:
    """Tell whether an escalated ticket stands in another status by nobody's decision."""
    here = seen.board_id is not None and seen.status_id is not None
    return here and seen.in_escalation and not rules.is_escalation(seen.board_id or 0, seen.status_id or 0)


def deleted(seen: Seen, *, now: datetime) -> Verdict:
    """Return what it means that the PSA no longer has the ticket."""
    return _ended(seen, seen, "deleted", now)


def missing(seen: Seen, *, now: datetime) -> Verdict:
    """Return what it means that the PSA knows no such ticket although nobody is known to have deleted it.

    It may be too new, or stand where our role may not look. So it is looked for until `SURE_AFTER` after the first time that
    was seen; then nobody has decided anything, but nobody can follow it any more.
    """
    since = seen.absent_since or now
    waits = dataclasses.replace(seen, missing_since=seen.missing_since or now, absent_since=since)
    if now - since <= SURE_AFTER:
        return Verdict(Act.NOTHING, seen.episode, "cannot be read now", waits, at=since)
    lost = dataclasses.replace(seen, in_escalation=False, left_at=None, gone="missing", live=False)
    if not seen.live:
        return Verdict(Act.NOTHING, seen.episode, f"{MISSING}, nothing open", lost)
    return Verdict(Act.END, seen.episode, MISSING, lost, at=since)


def grace_over(seen: Seen, *, now: datetime) -> bool:
    """Tell whether an episode that was left unclaimed can no longer be resumed."""
    return seen.left_at is not None and seen.live and not seen.claimed and now - seen.left_at > GRACE


def worth_triage(seen: Seen | None, ticket: Ticket, rules: StatusRules, *, us: str | None) -> bool:
    """Tell cheaply whether a polled ticket could mean anything, so that most cost nothing more."""
    inside = rules.is_escalation(ticket.board_id, ticket.status_id)
    if seen is None:
        return inside and not ticket.closed and ticket.merged_into is None
    over = ticket.closed or ticket.merged_into is not None
    if over:
        return seen.live or seen.in_escalation
    if inside != seen.in_escalation and not (carried_off(seen, rules) and not _moved(seen, ticket)):
        return True
    if not seen.live:
        return False
    newer = ticket.last_updated is not None and (
        seen.last_updated is None or ticket.last_updated > seen.last_updated
    )
    ours = us is not None and ticket.updated_by is not None and ticket.updated_by.lower() == us.lower()
    return newer and not ours


def _moved(before: Seen, ticket: Ticket) -> bool:
    return (before.board_id, before.status_id) != (ticket.board_id, ticket.status_id)


def _next_tier(before: Seen, ticket: Ticket, rules: StatusRules) -> bool:
    """Tell whether another escalation status of the same board is another tier, and not one that says "working on it"."""
    elsewhere = before.board_id == ticket.board_id and before.status_id != ticket.status_id
    return elsewhere and not rules.is_claim(ticket.board_id, ticket.status_id)


def _decided(before: Seen, ticket: Ticket, rules: StatusRules, *, by_person: bool) -> bool:
    """Tell whether somebody decided that a ticket is to leave the escalation status for the one it shows."""
    if not by_person or not _moved(before, ticket):
        return False
    elsewhere = before.board_id is not None and before.board_id != ticket.board_id
    return not (elsewhere and rules.is_nobodys_choice(ticket.board_id, ticket.status_id))


def _carried(before: Seen, after: Seen, ticket: Ticket, at: datetime) -> Verdict:
    still = dataclasses.replace(after, in_escalation=True, left_at=None)
    if not _moved(before, ticket):
        return Verdict(Act.REFRESH, before.episode, "still where nobody decided to put it", still, at=at)
    what = "board" if before.board_id != ticket.board_id else "status"
    return Verdict(Act.REFRESH, before.episode, f"moved to another {what} by nobody's decision: goes on", still, at=at)


def _ended(before: Seen, after: Seen, reason: str, at: datetime) -> Verdict:
    gone = dataclasses.replace(after, in_escalation=False, left_at=None, gone=reason, live=False)
    if before.live:
        return Verdict(Act.END, before.episode, reason, gone, at=at)
    return Verdict(Act.NOTHING, before.episode, f"{reason}, nothing open", gone)


def _stays(before: Seen, after: Seen, at: datetime) -> Verdict:
    inside = dataclasses.replace(after, in_escalation=True, left_at=None)
    if not before.live:
        return Verdict(Act.NOTHING, before.episode, "was already there", inside)
    moved = before.board_id is not None and before.board_id != after.board_id
    why = "moved to another board, still escalated" if moved else "still escalated"
    return Verdict(Act.REFRESH, before.episode, why, inside, at=at)


def _enters(before: Seen, after: Seen, at: datetime) -> Verdict:
    back = before.left_at is not None and before.live and not before.claimed and at - before.left_at <= GRACE
    if before.live and before.by_hand and not before.claimed:
        same = dataclasses.replace(after, in_escalation=True, left_at=None, by_hand=False)
        return Verdict(Act.RESUME, before.episode, "escalated after it was handed off by hand", same, at=at)
    if back:
        resumed = dataclasses.replace(after, in_escalation=True, left_at=None)
        return Verdict(Act.RESUME, before.episode, "came back within the grace", resumed, at=at)
    episode = before.episode + 1
    earlier = before.episode if before.live else None
    opened = dataclasses.replace(
        after, in_escalation=True, left_at=None, episode=episode, live=True, claimed=False, by_hand=False
    )
    why = "entered an escalation status" if episode == 1 else "escalated again"
    return Verdict(Act.OPEN, episode, why, opened, end_earlier=earlier, at=at)


def _leaves(before: Seen, after: Seen, rules: StatusRules, ticket: Ticket, at: datetime) -> Verdict:
    outside = dataclasses.replace(after, in_escalation=False)
    if not before.live or before.claimed:
        return Verdict(Act.NOTHING, before.episode, "left the escalation status", outside, at=at)
    if rules.is_claim(ticket.board_id, ticket.status_id):
        return Verdict(Act.REFRESH, before.episode, "moved to a claim status", outside, at=at)
    left = dataclasses.replace(outside, left_at=at)
    return Verdict(Act.LEAVE, before.episode, "left the escalation status unclaimed", left, at=at)


def _outside(before: Seen, after: Seen, now: datetime) -> Verdict:
    if grace_over(before, now=now):
        over = dataclasses.replace(after, left_at=None, live=False)
        return Verdict(
            Act.WITHDRAW, before.episode, "left the escalation status and stayed away", over, at=before.left_at
        )
    if before.live:
        return Verdict(Act.REFRESH, before.episode, "changed while away from the escalation status", after)
    return Verdict(Act.NOTHING, before.episode, "not an escalation", after)
