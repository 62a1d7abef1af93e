"""How a shop used its statuses lately, told from the audit trails of a few tickets: enough to propose what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import zip_longest

from escalation.evidence import Ticket
from escalation.history.audit_trail import Names, Trail
from escalation.history.trail_wording import learn
from psa.port import Board, Member, Psa, PsaError
from worker.account.proposals import Usage, Use
from worker.history.reading import Progress, patiently, tickets_since
from worker.history.reads import read_only

SAMPLE = 100
"""So many trails are read, one call each: under half a minute at the usual five a second."""


def read_usage(
    psa: Psa, boards: Sequence[Board], members: Sequence[Member], *, now: datetime, days: int = 90,
    sample: int = SAMPLE, progress: Progress | None = None,
) -> Usage:  # fmt: skip
    """Read the changes of status of a sample of the tickets changed in the last `days`, spread over boards and time.

    Where the audit trail may not be read, or says nothing, the answer says so: nothing else hangs on it.
    """
    progress = progress or Progress()
    reads = read_only(psa)
    try:
        tickets = tickets_since(reads, now - timedelta(days=days))
    except PsaError as error:
        return Usage(why_not=str(error))
    chosen = spread(tickets, sample)
    if not chosen:
        return Usage(why_not=f"no ticket was changed in {days} days")
    progress.start(f"  reading how statuses were used: the changes of {len(chosen)} of {len(tickets)} tickets …")
    trails: list[tuple[Ticket, Trail]] = []
    for done, ticket in enumerate(chosen, 1):
        try:
            entries = patiently(lambda number=ticket.id: reads.audit_trail(number))  # type: ignore[misc]
        except PsaError as error:
            return Usage(why_not=f"the audit trail cannot be read: {error}")
        trails.append((ticket, Trail(ticket.id, tuple(entries), ticket.status)))
        progress.step(done, len(chosen), "tickets read")
    return counted(trails, boards, members)


def spread(tickets: Sequence[Ticket], sample: int) -> list[Ticket]:
    """Return so many tickets, as many of each board as there are boards to share, and of each the whole time."""
    by_board: dict[int, list[Ticket]] = {}
    for ticket in sorted(tickets, key=lambda t: t.id):
        by_board.setdefault(ticket.board_id, []).append(ticket)
    chosen: list[Ticket] = []
    for left, mine in zip(range(len(by_board), 0, -1), sorted(by_board.values(), key=len), strict=True):
        share = min(len(mine), (sample - len(chosen)) // left)
        chosen += [mine[n * len(mine) // share] for n in range(share)]
    return chosen


def counted(trails: Sequence[tuple[Ticket, Trail]], boards: Sequence[Board], members: Sequence[Member]) -> Usage:
    """Learn how the trails are worded, and count who put tickets into which status, and who took them out."""
    people = {m.identifier.lower(): m.identifier for m in members} | {m.name.lower(): m.identifier for m in members if m.name}
    names = {status.name.lower(): status.name for board in boards for status in board.statuses}
    pattern, changes = learn("status", [trail for _, trail in trails], Names(names, frozenset(people)))
    if not pattern.trusted:
        return Usage(why_not=pattern.why())
    uses: dict[tuple[str, str], Use] = {}
    for ticket, trail in trails:
        found = list(changes.get(trail.ticket_id, ()))
        for change, after in zip_longest(found, found[1:]):
            if not change.new:
                continue
            use = uses.setdefault((ticket.board or "", change.new), Use())
            by = people.get((change.by or "").lower(), "").lower()
            use.into += 1
            use.by[by] += bool(by)
            taker = people.get((after.by or "").lower(), "").lower() if after else ""
            if after and taker and taker != by:
                use.handed_over += 1
                use.taken_by[taker] += 1
                use.next[after.new or ""] += 1
    return Usage(uses, len(trails))
