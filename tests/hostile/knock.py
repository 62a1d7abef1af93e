"""Ask the product's web process over kept-alive connections, and see what its rows are."""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from models.tables import Delivery, Handoff, Inbox, Snapshot, Transition
from models.tables.columns import Row as Table
from tests.storm.audit import settle, waiting
from tests.storm.rig import Escalation, Msp, Rig

WITHIN_S = 60.0
NO_ANSWER = 0
"""Instead of a status: the connection was cut. Right only for what is too large to be read."""
TOLD = (Handoff, Delivery, Transition, Snapshot)
"""What a claim, its return or a dismissal writes."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request."""

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def broken(self) -> bool:
        """Whether it is ours to be ashamed of, whatever was asked."""
        return self.status == NO_ANSWER or self.status >= 500


class Knocker:
    """Asks one server, each thread on its own kept-alive connection. No cookies, no redirects."""

    def __init__(self, url: str) -> None:
        place = urlsplit(url)
        self._host, self._port = place.hostname or "127.0.0.1", place.port
        self._local = threading.local()

    def ask(self, ask: Ask) -> Answer:
        """Send it; once more on a new connection where the server had closed the idle one."""
        held: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if held is not None:
            with contextlib.suppress(http.client.HTTPException, OSError):
                return self._on(held, ask)
            held.close()
        fresh = self._local.connection = http.client.HTTPConnection(self._host, self._port, timeout=20)
        try:
            return self._on(fresh, ask)
        except (http.client.HTTPException, OSError):
            fresh.close()
            self._local.connection = None
            return Answer(NO_ANSWER, {}, b"")

    def all(self, asks: Sequence[Ask], *, threads: int = 4) -> list[Answer]:
        """Send all of them side by side; return the answers in the order of the requests."""
        with ThreadPoolExecutor(threads) as crew:
            return list(crew.map(self.ask, asks))

    def _on(self, connection: http.client.HTTPConnection, ask: Ask) -> Answer:
        # Refused before all of it was sent: the answer may be there already.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.request(ask.method, ask.path, ask.body or None, dict(ask.headers))
        answer = connection.getresponse()
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())


def settled(rig: Rig) -> None:
    """Wait until nothing is due, so that what changes afterwards was changed by us. Raises `AssertionError`."""
    rig.stack.simulator.wait_delivered(WITHIN_S)
    took = settle(rig, time.monotonic(), WITHIN_S)
    assert took is not None, f"did not settle: {waiting(rig)}"


def escalated(rig: Rig, each: int, word: Callable[[Msp], str]) -> list[Escalation]:
    """Escalate `each` tickets of each account, with a word of its own in their summaries, and wait for the mails."""
    made = []
    for number in range(each):
        for msp in rig.msps:
            ticket = msp.simulator.add_ticket(
                summary=f"{word(msp)} line of business app is slow, case {number}", member=msp.junior, board=msp.board
            )
            made.append(rig.change_status(msp, ticket))
    settled(rig)
    return made


BY_THE_CLOCK = frozenset({"notes_due_at", "newest_note", "observe_due_at", "read_due_at"})
"""When the product itself looks at a ticket next, and up to where it has: these move without anybody knocking."""


def rows(rig: Rig, msp: Msp, tables: Iterable[type[Table]] = TOLD) -> dict[tuple[Any, ...], dict[str, str]]:
    """Return an account's rows as told columns, by table and key; canaries, which come by the clock, left out."""
    found = {}
    with rig.stack.services.database.account(msp.account_id, reading=True) as session:
        for table in tables:
            columns = table.__table__
            keys = [column.name for column in columns.primary_key]
            query = select(columns).where(columns.c.account_id == msp.account_id)
            for row in session.execute(query).mappings():
                if table is Inbox and row["type"] == "canary":
                    continue
                key = (table.__tablename__, *(row[name] for name in keys))
                found[key] = {name: repr(value) for name, value in row.items() if name not in BY_THE_CLOCK}
    return found


def changed(before: Mapping[Any, dict[str, str]], after: Mapping[Any, dict[str, str]]) -> list[Any]:
    """Return the keys of rows that came, went or are not as they were, with the columns that differ."""
    found = []
    for key in sorted(before.keys() | after.keys(), key=repr):
        was, now = before.get(key, {}), after.get(key, {})
        if differ := sorted(name for name in was.keys() | now.keys() if was.get(name) != now.get(name)):
            found.append((*key, *differ) if was and now else (*key, "came" if now else "went"))
    return found


def handoffs_of(rig: Rig, msp: Msp) -> dict[int, int]:
    """Return ticket numbers by handoff ids."""
    with rig.stack.services.database.account(msp.account_id, reading=True) as session:
        query = select(Handoff.id, Handoff.ticket_id).where(Handoff.account_id == msp.account_id)
        return {row.id: row.ticket_id for row in session.execute(query)}


def inbox_of(rig: Rig, msp: Msp) -> dict[int, int | None]:
    """Return ticket numbers by the numbers of stored callbacks; our own canaries left out."""
    with rig.stack.services.database.account(msp.account_id, reading=True) as session:
        query = select(Inbox.id, Inbox.record_id).where(Inbox.account_id == msp.account_id, Inbox.type != "canary")
        return {row.id: row.record_id for row in session.execute(query)}


def members_of(rig: Rig, msp: Msp) -> dict[str, int]:
    """Return the PSA's member ids by login name."""
    return {login: number for number, login in rig.stack.services.desk(msp.account_id).members.items()}


def token_of(rig: Rig, msp: Msp, login: str | None = None) -> str:
    """Return an API token, as `resolutionflow account token` prints it."""
    services = rig.stack.services
    return services.passes.api_token(
        account_id=msp.account_id, member_id=members_of(rig, msp)[login or msp.engineers[0]],
        epoch=services.desk(msp.account_id).token_epoch,
    )  # fmt: skip
