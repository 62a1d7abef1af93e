"""Months of made-up history with its truth: what a replay of the audit trail should find, and where it cannot.

Everything comes from a seed. The truth is kept apart (`World.history`), for tests to compare with what was found.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from psa.simulator import shapes
from psa.simulator.answers import Record
from psa.simulator.loading import Loader
from psa.simulator.msp import history
from psa.simulator.msp.forms import note, ticket, work
from psa.simulator.world import World

JUNIORS: Final = ("jlind", "skaur", "mbaker", "ctanaka", "lpetrov")
SENIORS: Final = ("msvensson", "tobrien", "akhan")
DISPATCHER: Final = "hmoore"
WORKFLOW: Final = "zAdmin"
FORMER_NAME: Final = "T2 Queue"
"""What the status Escalated was called in the first part of the history."""
HANDING: Final = (
    "Escalating this one, out of ideas.", "passing it on to a senior, see above", "needs an engineer pls",
    "user is getting impatient, escalated",
)  # fmt: skip
TAKING: Final = ("Taking this.", "on it", "got this one", "mine")
ASKING: Final = (
    "What have you tried so far?", "what did you try already?", "What has been done so far?", "what did you check?",
)  # fmt: skip
"""Questions whose answer stands in the ticket."""
LOOKING: Final = ("looking into it", "Having a look now.", "will check shortly")
SHARES: Final = (
    ("plain", 58), ("twice", 8), ("unclaimed", 7), ("never_acted", 5), ("bounced", 4), ("workflow", 6), ("cut", 6),
    ("silent", 3), ("other_board", 3),
)  # fmt: skip
"""Of a hundred escalated tickets, how many go which way."""


@dataclass(slots=True)
class _Made:
    """One ticket while it is made: `moves` are the trail's lines, times in minutes before now."""

    key: str
    entered: float
    past: Any
    company: Record
    junior: str
    senior: str
    entries: list[dict[str, Any]] = field(default_factory=list)
    moves: list[tuple[float, str, str, str, str]] = field(default_factory=list)
    truth: list[dict[str, Any]] = field(default_factory=list)
    status: str = "New"
    owner: str = ""
    board: str = "Help Desk"
    closed: float | None = None
    cut: float | None = None
    """Minutes before now before which the trail is lost."""


class Past:
    """Makes the history of one world."""

    def __init__(self, world: World, now: datetime, *, days: int, escalations: int, seed: int) -> None:
        self.world, self.now, self.days, self.escalations = world, now, days, escalations
        self.chance = random.Random(f"{seed}/{days}/{escalations}")
        self.asks = random.Random(f"asks/{seed}/{days}/{escalations}")
        self.renamed = days * 1440 * self.chance.uniform(0.55, 0.75)
        """Minutes before now at which the status got its present name."""
        self.names = {row["identifier"]: f"{row['firstName']} {row['lastName']}" for row in world.tables["members"].values()}

    def make(self) -> None:
        """Add the tickets and keep their truth."""
        self._written()
        ways = self._ways()
        made = [self._escalated(n, way) for n, way in enumerate(ways)]
        made += [self._quiet(n) for n in range(self.escalations * 2)]
        made += self._bulk()
        for one in sorted(made, key=lambda m: -m.entered):
            self._add(one)
        self.world.history.sort(key=lambda row: (row["at"], row["ticket"]))

    def _written(self) -> None:
        """Let the tickets that are written out have the former name too, and keep their escalations."""
        since, wording = self._stamp(self.renamed), re.escape(self.world.wording)
        for name in ("field", "old", "new"):
            wording = wording.replace(rf"\{{{name}\}}", f"(?P<{name}>.*)")
        for (_, number), rows in self.world.trail.items():
            for row in rows:
                found = re.fullmatch(wording, row["text"])
                if found and found["field"] == "Status" and found["new"] == "Escalated":
                    truth = {"ticket": number, "at": row["enteredDate"], "by": row["enteredBy"], "way": "written"}
                    self.world.history.append({**truth, "recorded": True, "bulk": False})
                if found and found["field"] == "Status" and row["enteredDate"] < since:
                    row["text"] = row["text"].replace("Escalated", FORMER_NAME)

    def _ways(self) -> list[str]:
        ways = [way for way, share in SHARES for _ in range(round(share * self.escalations / 100))]
        ways = (ways + ["plain"] * self.escalations)[: self.escalations]
        self.chance.shuffle(ways)
        return ways

    def _minutes(self, low: float, high: float) -> float:
        """Return a span with whole seconds, short ones more often than long ones."""
        return round((low + (high - low) * self.chance.random() ** 2) * 60) / 60

    def _office_hours(self) -> float:
        """Return how many minutes before now a ticket came in, on a working day between 8:30 and 14:30 UTC."""
        while True:
            # On a Monday and a Tuesday the last days that are over are no working days.
            day = self.now - timedelta(days=self.chance.uniform(2, max(self.days, 5)))
            at = day.replace(hour=8, minute=30, second=0, microsecond=0) + timedelta(seconds=self.chance.randrange(21600))
            if at.weekday() < 5:
                return (self.now - at).total_seconds() / 60

    def _begun(self, key: str) -> _Made:
        companies = list(self.world.tables["companies"].values())
        one = _Made(
            key, self._office_hours(), self.chance.choice(history.PAST), self.chance.choice(companies),
            self.chance.choice(JUNIORS), self.chance.choice(SENIORS),
        )  # fmt: skip
        at = one.entered - self._minutes(3, 40)
        self._move(one, at, "In Progress", one.junior, owner=one.junior)
        one.entries.append(work(one.junior, at - 20, 15, one.past.tried))
        return one

    def _move(self, one: _Made, at: float, status: str, by: str, *, owner: str | None = None, board: str = "") -> None:
        """Change status, and with it owner and board, in one save."""
        if board:
            one.moves.append((at, "Board", one.board, board, by))
            one.board = board
        one.moves.append((at, "Status", one.status, status, by))
        one.status = status
        if owner is not None and owner != one.owner:
            one.moves.append((at, "Owner", self.names.get(one.owner, ""), self.names.get(owner, ""), by))
            one.owner = owner

    def _escalate(self, one: _Made, at: float, by: str, **about: Any) -> dict[str, Any]:
        self._move(one, at, "Escalated", by)
        row = {"at": self._stamp(at), "by": by, "claimed_at": None, "claimed_by": None, "acted_at": None, "way": "", **about}
        one.truth.append(row)
        return row

    def _answer(self, one: _Made, row: dict[str, Any], at: float, *, acts: bool = True) -> float:
        """Let the senior take it in one of the ways people do, and act; return when that was."""
        claimed = at - self._minutes(2, 120)
        how = self.chance.choices(("status", "owner", "time", "note"), (50, 25, 15, 10))[0]
        row |= {"claimed_by": one.senior, "claimed_at": self._stamp(claimed), "claimed_how": how}
        if how == "status":
            self._move(one, claimed, "Assigned to Engineer", one.senior, owner=one.senior)
        elif how == "owner":
            one.moves.append((claimed, "Owner", self.names.get(one.owner, ""), self.names[one.senior], one.senior))
            one.owner = one.senior
        elif how == "note":
            one.entries.append(note(one.senior, claimed, self.chance.choice(TAKING)))
        if how == "time":
            one.entries.append({**work(one.senior, claimed, 0, ""), "start_ago": claimed})
        acted = claimed - self._minutes(3, 55)
        if not acts:
            return acted
        if self.chance.random() < 0.5:
            one.entries.append(note(one.senior, claimed - (claimed - acted) / 2, self.chance.choice(LOOKING)))
        row["asked_again"] = self.asks.random() < 0.3
        if row["asked_again"]:
            one.entries.append(note(one.senior, claimed - (claimed - acted) * 0.25, self.asks.choice(ASKING)))
        did = one.past.action or "restarted the service, no change"
        one.entries.append(note(one.senior, acted, did if len(one.truth) == 1 else f"back again, this time {did}"))
        row["acted_at"] = self._stamp(acted)
        return acted

    def _escalated(self, number: int, way: str) -> _Made:
        one = self._begun(f"past-{number}")
        at = one.moves[-1][0] - self._minutes(25, 240)
        if self.chance.random() < 0.7:
            one.entries.append(note(one.junior, at + 0.5, self.chance.choice(HANDING)))
        row = self._escalate(one, at, WORKFLOW if way == "workflow" else one.junior, way=way)
        getattr(self, f"_{way}", self._plain)(one, row, at)
        return one

    def _plain(self, one: _Made, row: dict[str, Any], at: float) -> None:
        self._solve(one, self._answer(one, row, at))

    def _solve(self, one: _Made, at: float) -> None:
        done = at - self._minutes(20, 400)
        one.entries.append(note(one.senior, done + 1, one.past.solution, "resolution"))
        self._close(one, done, one.senior)

    def _close(self, one: _Made, at: float, by: str) -> None:
        one.closed = at
        self._move(one, at, self.chance.choice(("Closed", "Completed")), by)

    def _twice(self, one: _Made, row: dict[str, Any], at: float) -> None:
        acted = self._answer(one, row, at)
        back = acted - self._minutes(15, 60)
        self._move(one, back, "In Progress", one.senior, owner=one.junior)
        again = back - self._minutes(60, 900)
        second = self._escalate(one, again, one.junior, way="twice")
        one.senior = self.chance.choice([s for s in SENIORS if s != one.senior])
        self._solve(one, self._answer(one, second, again))

    def _unclaimed(self, one: _Made, row: dict[str, Any], at: float) -> None:
        back = at - self._minutes(10, 200)
        self._move(one, back, "In Progress", one.junior)
        self._close(one, back - 30, one.junior)

    def _never_acted(self, one: _Made, row: dict[str, Any], at: float) -> None:
        end = self._answer(one, row, at, acts=False)
        self._close(one, end - self._minutes(60, 900), one.junior)

    def _bounced(self, one: _Made, row: dict[str, Any], at: float) -> None:
        self._move(one, at - 0.3, "In Progress", one.junior)
        self._move(one, at - 0.75, "Escalated", one.junior)
        self._plain(one, row, at - 1)

    def _workflow(self, one: _Made, row: dict[str, Any], at: float) -> None:
        # The rule that escalates for its SLA takes the owner away in the same second, as a save of its own.
        one.moves.append((at, "Owner", self.names.get(one.owner, ""), "", WORKFLOW))
        one.owner = ""
        self._plain(one, row, at)

    def _cut(self, one: _Made, row: dict[str, Any], at: float) -> None:
        self._plain(one, row, at)
        # Half of them are cut just after the escalation, the others before all but the last line.
        one.cut = at - 0.02 if self.chance.random() < 0.5 else one.moves[-1][0]
        row["recorded"] = False

    def _silent(self, one: _Made, row: dict[str, Any], at: float) -> None:
        self._plain(one, row, at)
        # A mass update wrote nothing down: how it got there, and half of the time how it left.
        lost = (3,) if self.chance.random() < 0.5 else (2, 3)
        one.moves = [m for m in one.moves if m[1] != "Status" or all(m[n] != "Escalated" for n in lost)]
        row["recorded"] = False

    def _other_board(self, one: _Made, row: dict[str, Any], at: float) -> None:
        self._move(one, at - 4, "Escalated", DISPATCHER, board="Network/NOC")
        self._plain(one, row, at - 5)

    def _quiet(self, number: int) -> _Made:
        """A ticket that nobody escalated: one in five waits for its customer, one in fifteen has a cut trail."""
        one = self._begun(f"quiet-{number}")
        at = one.moves[-1][0]
        if self.chance.random() < 0.2:
            at -= self._minutes(10, 100)
            self._move(one, at, "Waiting on Customer", one.junior)
            at -= self._minutes(30, 900)
            self._move(one, at, "Customer Replied", WORKFLOW)
        if self.chance.random() < 1 / 15:
            one.cut = at - 0.02
        if self.chance.random() < 0.25:  # a field of its own with names that statuses have too
            one.moves.append((at - 1, "Approval Status", "New", "In Progress", one.junior))
            one.moves.append((at - 2, "Approval Status", "In Progress", "Completed", one.junior))
        one.moves.append((at - 0.5, "Priority", "Priority 3 - Normal Response", "Priority 2 - Quick Response", DISPATCHER))
        self._close(one, at - self._minutes(10, 300), one.junior)
        return one

    def _bulk(self) -> list[_Made]:
        """A clean-up: a dozen tickets put into Escalated within two seconds, then closed together."""
        at = self._minutes(0.3, 0.5) * self.days * 1440
        made = []
        for number in range(12 if self.escalations >= 20 else 0):
            one = self._begun(f"bulk-{number}")
            one.entries, one.moves, one.status, one.owner = [], [], "New", ""
            one.entered = at + 300 + number
            self._escalate(one, at - number % 3 / 60, DISPATCHER, way="bulk")
            self._close(one, at - 500, DISPATCHER)
            made.append(one)
        return made

    def _stamp(self, ago: float) -> str:
        return shapes.stamp(self.now - timedelta(minutes=ago))

    def _add(self, one: _Made) -> None:
        world = self.world
        plain = ticket(
            one.key, one.past.domain, one.company["identifier"], one.past.summary, entered=round(one.entered),
            description=one.past.summary, entries=one.entries, state=one.status, owner=one.owner or None, resources=[],
            closed=None, board=one.board, number=world.number("tickets"),
        )  # fmt: skip
        plain |= {"entered": one.entered, "closed": one.closed}
        contacts = [c for c in world.tables["contacts"].values() if c["company"]["id"] == one.company["id"]]
        plain["contact"] = shapes.contact_name(self.chance.choice(contacts)) if contacts else None
        world.keys[one.key] = plain["id"]
        Loader(world, self.now).ticket(plain)
        made = world.tables["tickets"][plain["id"]]
        made["_info"].update(updatedBy=one.moves[-1][4], enteredBy=one.junior)
        self._trail(one, made)
        for row in one.truth:
            world.history.append({"ticket": made["id"], "recorded": True, "bulk": row["way"] == "bulk", **row})

    def _trail(self, one: _Made, made: Record) -> None:
        """Write the trail anew: in the words of its day, without what is lost."""
        world, number = self.world, made["id"]
        world.trail[("Ticket", number)] = []
        lines = [(one.entered, "Ticket", "", "", one.junior), *one.moves]
        for ago, what, old, new, by in sorted(lines, key=lambda line: -line[0]):
            if one.cut is not None and ago > one.cut:
                continue
            when = self._stamp(ago)
            if what == "Ticket":
                world.audit(number, what, f"Ticket #{number} was created.", by=by, when=when)
            else:
                names = (self._then(old, ago), self._then(new, ago)) if what == "Status" else (old, new)
                world.audit_change(number, what, *names, by=by, when=when)

    def _then(self, name: str, ago: float) -> str:
        return FORMER_NAME if name == "Escalated" and ago > self.renamed else name


def grow(world: World, now: datetime, *, days: int, escalations: int, seed: int) -> None:
    """Add so many days of history with so many escalated tickets to a loaded world."""
    Past(world, now, days=days, escalations=escalations, seed=seed).make()
