"""An account's moves to everybody who listens: rows are the truth, the broker only says when to look.

1. Whoever comes is given what moved since the place they were at, then stands in line with the others of their account.
2. When the broker says that something moved, and every few seconds in any case, the account's rows are read once for all
   of its listeners, and each is sent the same lines.
3. Who does not take what is sent is cut off; they come back with their place.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import ParamSpec, Protocol, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from models.database.sessions import Database
from models.handoff import feed
from models.handoff.feed import Move, NoPlace, Place
from webhooks.authorization import NotAllowed, TakenBack, Viewer

log = structlog.get_logger()

P = ParamSpec("P")
T = TypeVar("T")

LARGEST_BACKLOG = 64 * 1024
"""Bytes that may wait for one listener to take them."""
EACH_MEMBER = 20
"""Streams of one member in one process; the oldest gives way."""


class Line(Protocol):
    """Somebody's connection."""

    def write(self, lines: bytes) -> None: ...
    def waiting(self) -> int: ...
    def close(self) -> None: ...


@dataclass(eq=False, slots=True)
class Listener:
    """One open stream."""

    viewer: Viewer
    line: Line
    began_at: float
    """By the loop's clock, as the others."""
    ends_at: float
    check_at: float


@dataclass(slots=True)
class _Account:
    """Those who listen to one account, and how far they have been told."""

    place: Place
    listeners: set[Listener] = field(default_factory=set)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    joining: int = 0
    woken: bool = False
    read_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds."""

    gather: float = 0.03
    """After the broker's word, for what else moves in the same moment."""
    look: float = 15.0
    """Between two looks at an account that nobody spoke of."""
    look_alone: float = 2.0
    """The same while the broker is away."""
    alive: float = 15.0
    """Between two signs of life."""
    check: float = 60.0
    """Between two looks at whether somebody may still listen."""
    back: tuple[float, float] = (0.5, 5.0)
    """What listeners wait before they come back after a deploy, each its own time in between."""


class Listeners:
    """Everybody who listens, in one process. Everything here runs on the loop but the reading of rows."""

    def __init__(
        self, database: Database, let_in: Callable[[Viewer], Viewer], *, pace: Pace | None = None, threads: int = 8
    ) -> None:
        self._database, self._let_in, self.pace = database, let_in, pace or Pace()
        self._accounts: dict[int, _Account] = {}
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="feed")
        self._tasks: set[asyncio.Task[None]] = set()
        self.broker_speaks = False

    def __len__(self) -> int:
        return sum(len(account.listeners) for account in self._accounts.values())

    async def join(self, viewer: Viewer, line: Line, last_event_id: str) -> Listener:
        """Tell somebody what moved since their place, and everything from then on. Raises SQLAlchemy's errors."""
        account_id, loop = viewer.account_id, asyncio.get_running_loop()
        account = self._accounts.get(account_id)
        if account is None:
            place = await self._run(self._now_at, account_id)
            account = self._accounts.setdefault(account_id, _Account(place))
        # Counted before anything is waited for: an account that nobody listens to is forgotten.
        account.joining += 1
        try:
            async with account.lock:
                first = await self._catch_up(account_id, account, last_event_id)
                now = loop.time()
                left = (viewer.expires_at.timestamp() - time.time()) if viewer.expires_at else 3600.0
                check_at = now + self.pace.check * random.uniform(0.5, 1)  # noqa: S311 - spreads load
                listener = Listener(viewer, line, now, now + left, check_at)
                account.listeners.add(listener)
                self._make_room(account, viewer)
                line.write(first)
        finally:
            account.joining -= 1
        return listener

    def leave(self, listener: Listener) -> None:
        """Forget somebody who went."""
        account = self._accounts.get(listener.viewer.account_id)
        if account is not None:
            account.listeners.discard(listener)

    def wake(self, account_id: int) -> None:
        """Look at an account's rows soon, if anybody listens to it."""
        account = self._accounts.get(account_id)
        if account is not None and not account.woken:
            account.woken = True
            self._start(self._tell(account_id, account, self.pace.gather))

    def wake_all(self) -> None:
        """Look at every account: the broker may have spoken while nobody heard."""
        for account_id in list(self._accounts):
            self.wake(account_id)

    async def watch(self) -> None:
        """Look at what nobody spoke of, show signs of life and end what has run out; for ever."""
        loop = asyncio.get_running_loop()
        alive_at = loop.time() + self.pace.alive
        while True:
            await asyncio.sleep(min(0.5, self.pace.look_alone / 2))
            now = loop.time()
            look = self.pace.look if self.broker_speaks else self.pace.look_alone
            for account_id, account in list(self._accounts.items()):
                if not account.listeners and not account.joining:
                    del self._accounts[account_id]
                elif now - account.read_at >= look:
                    self.wake(account_id)
            is_sign = now >= alive_at
            if is_sign:
                alive_at = now + self.pace.alive
            for listener in self._all():
                if now >= listener.ends_at:
                    self._end(listener, b"event: expired\ndata: {}\n\n")
                elif now >= listener.check_at:
                    listener.check_at = now + self.pace.check
                    self._start(self._check(listener))
                elif is_sign:
                    self._send(listener, b": still here\n\n")

    def say_goodbye(self) -> None:
        """Send everybody away to come back, each after a time of their own."""
        for listener in self._all():
            wait_ms = int(random.uniform(*self.pace.back) * 1000)  # noqa: S311 - spreads load
            self._end(listener, f"retry: {wait_ms}\nevent: restart\ndata: {{}}\n\n".encode())

    async def _catch_up(self, account_id: int, account: _Account, last_event_id: str) -> bytes:
        """Bring the account's listeners up to date, and return what a newcomer missed up to there."""
        await self._read(account_id, account)
        try:
            place = Place.read(last_event_id) if last_event_id else None
        except NoPlace:
            place = None
        if place is None or not place.whole or place.at > account.place.at + feed.OVERLAP:
            return _event("reread" if last_event_id else "ready", account.place)
        moves, _ = await self._run(self._since, account_id, place)
        # What became visible after the others were told is told to all of them together, by the next reading.
        edge = account.place.at - feed.OVERLAP
        missed = [move for move in moves if move.at <= edge or move.id in account.place.told]
        if len(moves) > feed.MOST:
            return _event("reread", account.place)
        return _told(missed, account.place) if missed else _event("ready", account.place)

    async def _tell(self, account_id: int, account: _Account, after_s: float) -> None:
        await asyncio.sleep(after_s)
        async with account.lock:
            account.woken = False
            try:
                await self._read(account_id, account)
            except SQLAlchemyError as error:
                log.warning("stream_rows_not_read", account_id=account_id, error=type(error).__name__)
                account.read_at = asyncio.get_running_loop().time()

    async def _read(self, account_id: int, account: _Account) -> None:
        """Read the account's rows on and send what is new to everybody; the caller holds its lock."""
        moves, place = await self._run(self._since, account_id, account.place)
        account.read_at = asyncio.get_running_loop().time()
        account.place = place
        if not moves:
            return
        lines = _event("reread", place) if len(moves) > feed.MOST else _told(moves, place)
        for listener in list(account.listeners):
            self._send(listener, lines)

    async def _check(self, listener: Listener) -> None:
        try:
            await self._run(self._let_in, listener.viewer)
        except (TakenBack, NotAllowed) as error:
            log.info("stream_ended", account_id=listener.viewer.account_id, reason=str(error))
            self._end(listener, b"event: expired\ndata: {}\n\n")
        except SQLAlchemyError:
            return  # asked again in a minute; nobody is sent away because the database is

    def _send(self, listener: Listener, lines: bytes) -> None:
        if listener.line.waiting() > LARGEST_BACKLOG:
            log.info("stream_too_slow", account_id=listener.viewer.account_id)
            self._end(listener, b"")
            return
        listener.line.write(lines)

    def _end(self, listener: Listener, lines: bytes) -> None:
        if lines:
            listener.line.write(lines)
        self.leave(listener)
        listener.line.close()

    def _make_room(self, account: _Account, viewer: Viewer) -> None:
        theirs = [each for each in account.listeners if each.viewer.member_id == viewer.member_id]
        for oldest in sorted(theirs, key=lambda each: each.began_at)[: max(0, len(theirs) - EACH_MEMBER)]:
            self._end(oldest, b"event: replaced\ndata: {}\n\n")

    def _all(self) -> list[Listener]:
        return [listener for account in self._accounts.values() for listener in account.listeners]

    def _now_at(self, account_id: int) -> Place:
        with self._database.account(account_id, reading=True) as session:
            return feed.now_at(session, account_id, self._database.now())

    def _since(self, account_id: int, place: Place) -> tuple[list[Move], Place]:
        with self._database.account(account_id, reading=True) as session:
            return feed.since(session, account_id, place, now=self._database.now())

    async def _run(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: work(*given, **named))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _told(moves: Iterable[Move], place: Place) -> bytes:
    """Return one event that names each handoff that moved once, and each ticket on which somebody recorded a step.

    Cut off within it, a listener was told of none.
    """
    moves = list(moves)
    handoffs = list(dict.fromkeys(move.handoff_id for move in moves if move.handoff_id is not None))
    tickets = list(dict.fromkeys(move.ticket_id for move in moves if move.ticket_id is not None))
    more = f', "tickets": {tickets}' if tickets else ""
    return f'event: moved\nid: {place}\ndata: {{"handoffs": {handoffs}{more}}}\n\n'.encode()


def _event(name: str, place: Place) -> bytes:
    return f"event: {name}\nid: {place}\ndata: {{}}\n\n".encode()
