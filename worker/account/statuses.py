"""What an account's board and status names mean in its PSA, and what became of those it was connected with.

A name is what an operator writes, a number what the PSA goes by. So what was found once is followed by its number when
somebody renames it, and what is gone is said: an escalation status that nobody finds loses every escalation.
"""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from models.account.accounts import Account, StatusRow
from psa.port import Board, Psa, Status


@dataclass(slots=True)
class Resolved:
    """What the names mean now."""

    rows: list[StatusRow] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """What does not fit, each with what there is instead."""
    renamed: dict[str, str] = field(default_factory=dict)
    """Names that the account is configured with and that the PSA has changed, with the new ones."""
    unchanged: set[str] = field(default_factory=set)
    """Names that are found as they are configured, on one board at least."""
    unnamed: dict[str, list[str]] = field(default_factory=dict)
    """Boards that a ticket may be moved to and that have no claim status, with the statuses that could be one."""

    def names(self, configured: Sequence[str]) -> list[str]:
        """Return the configured names as the PSA spells them now; what only one board renamed becomes two."""
        now: list[str] = []
        for name in configured:
            now += [name] if name in self.unchanged or name not in self.renamed else []
            now += [self.renamed[name]] if name in self.renamed else []
        return list(dict.fromkeys(now))


def boards_of(psa: Psa, account: Account, stored: Iterable[StatusRow]) -> list[Board]:
    """Read the account's boards; all there are if a name is gone, to follow it or to say what it may have meant."""
    boards = psa.boards(account.board_names or None)
    there = {board.name.lower() for board in boards if not board.inactive}
    escalating = {row.board.lower() for row in stored if row.kind == "escalate"}
    if {name.lower() for name in account.board_names} <= there and escalating <= there:
        return boards
    return psa.boards()


def resolve(account: Account, boards: Sequence[Board], stored: Sequence[StatusRow] = ()) -> Resolved:
    """Find the account's names on its boards; `stored` is what they meant when it was last connected.

    1. Boards by name, else by the number they had; an inactive one is none. Without any name all of them count.
    2. On each board the statuses by name, else by the number they had there.
    3. What the names still ask for, was there once and is now found by neither, is wrong; so is a name that is
       nowhere, and a board named without any escalation status on it.
    4. On the other boards among `boards`, where a ticket may be moved, claim statuses by name; and everywhere what
       closes a ticket, and what it gets by itself.
    """
    found = Resolved()
    chosen = _boards(account, boards, stored, found)
    if not chosen:
        found.wrong += [] if found.wrong else [f"no active board is there. {nearest('', [])}"]
        return found
    boards = [board for board in boards if not board.inactive]  # no ticket comes to one
    own = {board.id for board in chosen}
    others = [board for board in boards if board.id not in own]
    for kind, names in (("escalate", account.escalate_status_names), ("claim", account.claim_status_names)):
        for name in names:
            complaints = len(found.wrong)
            here = _on_boards(account, chosen, kind, name, stored, found)
            if kind == "claim":
                here += [
                    StatusRow(b.id, s.id, b.name, s.name, kind)
                    for b in others for s in b.statuses if s.name.lower() == name.lower() and not s.inactive
                ]  # fmt: skip
                was = {row.status.lower() for row in stored if row.kind == kind and row.board_id not in own}
                if not others and name.lower() in was:
                    continue  # it is on another board, and those were not read this time
            if not here and len(found.wrong) == complaints:
                there = sorted({s.name for b in chosen for s in b.statuses if not s.inactive})
                where = ", ".join(b.name for b in chosen)
                found.wrong.append(f"status {name!r} is not on {where}. {nearest(name, there)}")
            found.rows += here
    if not account.escalate_status_names:
        found.wrong.append(f"no escalation status is set: `account set {account.name} --escalate-status NAME`")
    elif account.board_names and not found.wrong:
        used = {row.board_id for row in found.rows if row.kind == "escalate"}
        for board in chosen:
            if board.id not in used:
                there = sorted(s.name for s in board.statuses if not s.inactive)
                found.wrong.append(
                    f"board {board.name!r} has none of the escalation statuses, so nothing could be escalated there. "
                    + nearest(account.escalate_status_names[0], there)
                )
    for board in [*chosen, *others]:
        found.rows += [StatusRow(board.id, s.id, board.name, s.name, "closed") for s in board.statuses if s.closed]
        found.rows += [StatusRow(board.id, s.id, board.name, s.name, "default") for s in board.statuses if s.default]
    named = {row.board_id for row in found.rows if row.kind in ("escalate", "claim")}
    for board in boards:
        could_be = [s.name for s in board.statuses if not (s.closed or s.inactive or s.default)]
        if board.id not in named and could_be:
            found.unnamed[board.name] = could_be
    return found


def unnamed_in_words(account: Account, unnamed: dict[str, list[str]]) -> str:
    """Ask for what nobody can know but the MSP: which statuses of its other boards say that a ticket is taken."""
    if not unnamed:
        return ""
    boards = [f"on {board}, does {_or(statuses[:6])} mean claimed?" for board, statuses in list(unnamed.items())[:8]]
    boards += [f"and on {len(unnamed) - 8} boards more?"] if len(unnamed) > 8 else []
    # The option replaces what was named before.
    named = " ".join(f"--claim-status {shlex.quote(name)}" for name in [*account.claim_status_names, "STATUS"])
    return (
        f"{' '.join(boards)} If so: `account set {account.name} {named}`. Until then an escalated ticket that a rule moves there "
        "stays escalated until somebody claims, closes or decides about it"
    )


def _or(names: Sequence[str]) -> str:
    quoted = [repr(name) for name in names]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def follow(stored: Iterable[StatusRow], found: Resolved) -> list[StatusRow]:
    """Return the stored rows under the names they have now; none comes, none goes."""
    now = {(row.board_id, row.status_id, row.kind): row for row in found.rows}
    return [now.get((row.board_id, row.status_id, row.kind), row) for row in stored]


def _boards(account: Account, boards: Sequence[Board], stored: Sequence[StatusRow], found: Resolved) -> list[Board]:
    if not account.board_names:
        gone = {(row.board_id, row.board) for row in stored} - {(board.id, board.name) for board in boards}
        for number, name in sorted(gone):
            if number not in {board.id for board in boards}:
                found.wrong.append(f"board {name!r} (number {number}) is gone. {nearest(name, [b.name for b in boards])}")
        return [board for board in boards if not board.inactive]
    off = {board.name.lower() for board in boards if board.inactive}
    boards = [board for board in boards if not board.inactive]
    by_name = {board.name.lower(): board for board in boards}
    by_number = {board.id: board for board in boards}
    chosen = []
    for name in account.board_names:
        board = by_name.get(name.lower())
        if board is None:
            numbers = {row.board_id for row in stored if row.board.lower() == name.lower()}
            board = next((by_number[number] for number in sorted(numbers) if number in by_number), None)
            if board is None:
                how = "inactive" if name.lower() in off else "not"
                found.wrong.append(f"board {name!r} is {how} in this PSA. {nearest(name, [b.name for b in boards])}")
                continue
            found.renamed[name] = board.name
        chosen.append(board)
    return chosen


def _on_boards(
    account: Account, chosen: Sequence[Board], kind: str, name: str, stored: Sequence[StatusRow], found: Resolved
) -> list[StatusRow]:
    rows = []
    for board in chosen:
        status = next((s for s in board.statuses if s.name.lower() == name.lower() and not s.inactive), None)
        if status is not None:
            found.unchanged.add(name)
        else:
            before = {
                row.status_id for row in stored
                if row.kind == kind and row.board_id == board.id and row.status.lower() == name.lower()
            }  # fmt: skip
            status = next((s for s in board.statuses if s.id in before and not s.inactive), None)
            if status is not None:
                found.renamed[name] = status.name
            elif before:
                found.wrong.append(_gone(account, board, kind, name, board.statuses))
        if status is not None:
            rows.append(StatusRow(board.id, status.id, board.name, status.name, kind))
    return rows


def _gone(account: Account, board: Board, kind: str, name: str, statuses: Iterable[Status]) -> str:
    there = sorted(s.name for s in statuses if not s.inactive)
    option = "--escalate-status" if kind == "escalate" else "--claim-status"
    return (
        f"status {name!r} is gone from board {board.name!r}. {nearest(name, there)} Until you name another "
        f"(`account set {account.name} {option} NAME`) everything stays connected as it was"
    )


def nearest(name: str, there: Sequence[str]) -> str:
    """Say what a name may have meant, of what there is."""
    lower = {n.lower(): n for n in there}
    near = [lower[n] for n in difflib.get_close_matches(name.lower(), lower, n=3, cutoff=0.5)]
    if near:
        return f"Did you mean {' or '.join(repr(n) for n in near)}?"
    return f"There are: {', '.join(there[:30])}." if there else "None could be read: check the API member's role."
