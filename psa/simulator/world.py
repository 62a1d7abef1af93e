"""The state of one simulated PSA: records in ConnectWise's shapes, a clock that can be moved, who is told of changes."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from psa.simulator import shapes
from psa.simulator.answers import Record, not_found

# Where each table's numbers start: far apart, so that a number used in the wrong place is not found.
_FIRST: Final = {
    "boards": 1,
    "statuses": 500,
    "types": 200,
    "subtypes": 300,
    "items": 400,
    "teams": 25,
    "priorities": 4,
    "sources": 2,
    "members": 150,
    "companies": 250,
    "sites": 1010,
    "contacts": 700,
    "agreements": 60,
    "configurations": 3300,
    "company_notes": 90,
    "tickets": 48000,
    "notes": 301000,
    "tasks": 7000,
    "time": 88000,
    "schedule": 64000,
    "documents": 5200,
    "callbacks": 26500,
    "hosted_setups": 12,
    "screens": 1,
}
# Which field of a row names its ticket; groups and strings, to see what is outside of them.
_OWNER_FIELD: Final = {"time": "chargeToId", "schedule": "objectId"}
_GROUPED: Final = re.compile(r"\([^()]*\)|\"[^\"]*\"|'[^']*'")
NO_TICKET: Final = 0
CHILDREN: Final = ("notes", "tasks", "time", "schedule", "documents")
TITLES: Final = {
    "tickets": "Ticket",
    "notes": "ServiceNote",
    "time": "TimeEntry",
    "schedule": "ScheduleEntry",
    "tasks": "ServiceTask",
    "boards": "Board",
    "statuses": "BoardStatus",
    "members": "Member",
    "companies": "Company",
    "contacts": "Contact",
    "configurations": "Configuration",
    "callbacks": "CallbackEntry",
}
# ConnectWise's wording of a change is not documented; these three are invented and have nothing in common.
WORDINGS: Final = (
    '{field} changed from "{old}" to "{new}".',
    "{field} has been updated >> {new} (was: {old})",
    "Old value for {field} - [{old}]; new value - [{new}]",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One change that callbacks may report: `kind` is ticket, time or schedule; `action` added, updated or deleted."""

    kind: str
    action: str
    record_id: int
    member: str
    record: Record


@dataclass(slots=True)
class Tenant:
    """Who the simulated PSA is and which keys open it."""

    company: str = "simulated"
    company_name: str = "Simulated MSP"
    public_key: str = "publicKey1"
    private_key: str = "privateKey1"
    client_id: str = "11111111-2222-4333-8444-555555555555"
    signing_key: str = "simulated-signing-key"
    api_member: str = "resolutionflow"
    codebase: str = "v2026_4/"
    version: str = "v2026.4"
    key_id: str = field(default_factory=lambda: shapes.guid("callback key"))


class World:
    """Hold everything. Every reader and writer takes `lock`, which one thread may take again."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.tenant = Tenant()
        self.origin = "http://127.0.0.1"
        self.ahead = timedelta()
        self.wording = WORDINGS[0]
        self.tables: dict[str, dict[int, Record]] = {name: {} for name in _FIRST}
        self.under: dict[str, dict[int, list[int]]] = {name: {} for name in CHILDREN}
        self.attached: dict[int, list[int]] = {}
        self.trail: dict[tuple[str, int], list[Record]] = {}
        self.history: list[Record] = []
        """The truth of a made-up past, see `psa.simulator.past`."""
        self.files: dict[int, bytes] = {}
        self.keys: dict[str, int] = {}
        self.next_id = dict(_FIRST)
        self.listeners: list[Callable[[Change], None]] = []
        self.notes_touch_ticket = True
        self.note_lag_s = 0.0
        self.hidden_until: dict[int, float] = {}
        self.unjoined: set[int] = set()
        """Tickets that `/allNotes` of their parent leaves out."""
        self.revoked: list[re.Pattern[str]] = []
        self.expired_hashes: set[str] = set()

    @property
    def base(self) -> str:
        """Return the origin with the codebase, without a trailing slash."""
        return f"{self.origin}/{self.tenant.codebase.rstrip('/')}"

    def now(self) -> datetime:
        """Return the PSA's own time."""
        return datetime.now(UTC) + self.ahead

    def stamp(self) -> str:
        """Return the PSA's own time as its records carry it."""
        return shapes.stamp(self.now())

    def number(self, table: str, wanted: int | None = None) -> int:
        """Take the next number of a table, or the wanted one."""
        if wanted is not None:
            self.next_id[table] = max(self.next_id[table], wanted + 1)
            return wanted
        taken = self.next_id[table]
        self.next_id[table] = taken + 1
        return taken

    def add(self, table: str, record: Record, *, ticket_id: int | None = None) -> Record:
        """Keep a record, under its ticket when it has one."""
        self.tables[table][record["id"]] = record
        if table in self.under:
            self.under[table].setdefault(NO_TICKET if ticket_id is None else ticket_id, []).append(
                record["id"]
            )
        return record

    def get(self, table: str, number: int) -> Record:
        """Return a record; refuse with 404."""
        record = self.tables[table].get(number)
        if record is None:
            raise not_found(TITLES.get(table, table.rstrip("s").title()), number)
        return record

    def remove(self, table: str, number: int, *, ticket_id: int | None = None) -> None:
        """Forget a record."""
        del self.tables[table][number]
        if table in self.under:
            self.under[table][NO_TICKET if ticket_id is None else ticket_id].remove(number)

    def children(self, table: str, ticket_id: int) -> list[Record]:
        """Return what lies under a ticket, by number."""
        rows = self.tables[table]
        return [rows[number] for number in sorted(self.under[table].get(ticket_id, ()))]

    def rows(self, table: str, conditions: str) -> Iterable[Record]:
        """Return a table's rows, only those under one ticket when the conditions can hold for no others."""
        if table in _OWNER_FIELD and conditions:
            outside = _GROUPED.sub(" ", conditions)
            found = re.search(rf"\b{_OWNER_FIELD[table]}\s*=\s*(\d+)", outside, re.IGNORECASE)
            if found and not re.search(r"\b(or|not)\b", outside, re.IGNORECASE):
                return [*self.children(table, int(found[1])), *self.children(table, NO_TICKET)]
        return self.tables[table].values()

    def find(self, table: str, **wanted: Any) -> Record | None:
        """Return the first record whose fields equal `wanted`."""
        for record in self.tables[table].values():
            if all(record.get(name) == value for name, value in wanted.items()):
                return record
        return None

    def member(self, identifier: str) -> Record:
        """Return a member by identifier, in any case; raise KeyError."""
        for record in self.tables["members"].values():
            if record["identifier"].casefold() == identifier.casefold():
                return record
        raise KeyError(f"no member {identifier}")

    def statuses_of(self, board_id: int) -> Iterator[Record]:
        """Yield the statuses of a board in order."""
        yield from (row for row in self.tables["statuses"].values() if row["board"]["id"] == board_id)

    def default_status(self, board_id: int) -> Record:
        """Return the status a new ticket of the board starts in."""
        rows = list(self.statuses_of(board_id))
        return next((row for row in rows if row["defaultFlag"]), rows[0])

    def audit(self, ticket_id: int, sub: str, text: str, *, by: str, when: str) -> None:
        """Add a row to a ticket's audit trail."""
        self.trail.setdefault(("Ticket", ticket_id), []).append(
            {
                "text": text,
                "enteredDate": when,
                "enteredBy": by,
                "auditType": "Ticket",
                "auditSubType": sub,
                "auditSource": "API" if by == self.tenant.api_member else "Desktop",
            }
        )

    def audit_change(self, ticket_id: int, name: str, old: str, new: str, *, by: str, when: str) -> None:
        """Add a row for a changed field in this world's own wording."""
        self.audit(ticket_id, name, self.wording.format(field=name, old=old, new=new), by=by, when=when)

    def tell(self, kind: str, action: str, record: Record, member: str) -> None:
        """Tell every listener of a change."""
        change = Change(kind, action, record["id"], member, record)
        for listener in self.listeners:
            listener(change)

    def member_hash(self, identifier: str) -> str:
        """Return the hash that proves a member signed in, as ConnectWise hands it to a hosted page."""
        return hashlib.sha256(f"{self.tenant.signing_key}/{identifier.casefold()}".encode()).hexdigest()[:40]

    def ticket_id(self, wanted: int | str) -> int:
        """Return a ticket's number from its number or its key in the loaded content; refuse with 404."""
        if isinstance(wanted, str) and wanted in self.keys:
            return self.keys[wanted]
        try:
            number = int(wanted)
        except ValueError:
            raise not_found("Ticket", wanted) from None
        self.get("tickets", number)
        return number
