"""Give each account its share of the worker's threads, so that one that is slow or busy leaves the others' times alone.

1. What an account may not begin now stands in its line, in memory. Losing a line costs nothing: every row in it is
   still due, and the sweeper rings again.
2. Whoever has finished goes on with the next line in turn, so that each account gets on whatever the others have waiting.
3. An account works on few things at once, since its PSA is asked by few calls at once anyway; one whose PSA has no
   call left for it waits in its line and holds no thread.
4. What takes long is waiting for somebody: its thread is not counted among those that work, and others come instead,
   up to a limit. With as much slow work as threads, an account that has some gets no second thread.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

import structlog

MAIL = "mail"
"""The lane of all messages: they share one mail server."""
MODEL = "model"
"""The lane of all questions to a model: they take long, and nothing waits for them."""
STAY_S = 10.0
"""How long one thread may go on with lines, so that a worker that is asked to stop does not work them all off."""
SLOW_S = 0.5
"""Work that takes longer is waiting for somebody."""
SLOW_PER_THREAD = 4
"""How much work may be slow for each thread that works. A waiting thread costs a little memory."""
TICK_S = 0.05
LAST_EACH = 4
"""Each fourth turn of a lane is for what only tells more of what is known (a count)."""
SETTLE_S = 0.25
"""How long begun work takes to ask for its calls: until then a look at the bucket would not see them."""

Work = Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Waiting:
    work: Work
    calls: int
    last: bool = False


@dataclass(slots=True)
class _Lane:
    running: dict[int, float] = field(default_factory=dict)
    """When each began, by number."""
    line: OrderedDict[Hashable, _Waiting] = field(default_factory=OrderedDict)
    last: OrderedDict[Hashable, _Waiting] = field(default_factory=OrderedDict)
    """What only tells more of what is known; it gets each `LAST_EACH`th turn of the lane while the other line is not empty."""
    turns: int = 0
    paused_until: float = float("-inf")


@dataclass(frozen=True, slots=True)
class _Turn:
    """Work that has its thread."""

    lane: Hashable
    number: int
    work: Work


class FairQueue:
    """Who may use a thread now. One for each process, shared by its threads."""

    def __init__(
        self,
        threads: int,
        *,
        each: int | None = None,
        longest_line: int = 5000,
        wait: Callable[[Hashable, int], float] = lambda lane, calls: 0.0,  # noqa: ARG005
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Of `threads` (a count) one lane gets half at most, less while others have some, and an account `each` at most.

        `wait` says how many seconds a lane must wait until so many calls may begin.
        """
        self._threads = max(1, threads)
        self._each = each or self._threads
        self._longest_line = longest_line
        self._wait, self._clock = wait, clock
        self._lanes: OrderedDict[Hashable, _Lane] = OrderedDict()
        self._lock = threading.Lock()
        self._number = 0
        self._watching = self._closing = False

    def take(
        self, lane: Hashable, key: Hashable, work: Work, *, calls: int = 0, first: bool = False, last: bool = False
    ) -> bool:
        """Do the work now if the lane has a thread left, else put it in line; return whether anything was done here.

        It will ask the PSA about `calls` times. `first` puts it at the head of its line: it ends what was begun. `last`
        lets the others of its lane go before, but for each fourth turn. The same `key` stands in a line once. Work raises
        nothing: whoever has just finished other work goes on with it.
        """
        mine = _Waiting(work, calls, last)
        turn = self._begin(lane, key, mine, first=first)
        if turn is None:
            return False
        until = self._clock() + STAY_S
        try:
            _do(turn)
        finally:
            self._end(turn)
            self._go_on(until)
        return True

    def waiting(self) -> dict[Hashable, int]:
        """Return how many stand in each line."""
        with self._lock:
            return {name: len(lane.line) + len(lane.last) for name, lane in self._lanes.items() if lane.line or lane.last}

    def close(self) -> None:
        """Begin nothing more from the lines: this worker was asked to stop. Safe in a signal's handler."""
        self._closing = True

    def _begin(self, name: Hashable, key: Hashable, mine: _Waiting, *, first: bool) -> _Turn | None:
        """Give a thread to new work, or put it in line."""
        wait = self._wait(name, mine.calls) if mine.calls else 0.0
        with self._lock:
            lane = self._lanes.setdefault(name, _Lane())
            now = self._clock()
            if wait > 0:
                lane.paused_until = max(lane.paused_until, now + wait)
            line = lane.last if mine.last else lane.line
            if self._may(name, lane, now) and not (mine.last and lane.line):
                line.pop(key, None)
                return self._started(name, lane, mine, now)
            if len(line) < self._longest_line and key not in line:
                line[key] = mine
                if first:
                    line.move_to_end(key, last=False)
            if not self._watching and not self._closing:
                self._watching = True
                threading.Thread(target=self._watch, name="turns", daemon=True).start()
            return None

    def _may(self, name: Hashable, lane: _Lane, now: float) -> bool:
        """Tell whether a lane may begin one more."""
        if now < lane.paused_until:
            return False
        slow = {n: sum(now - at >= SLOW_S for at in other.running.values()) for n, other in self._lanes.items()}
        waiting = sum(slow.values())
        busy = sum(len(other.running) for other in self._lanes.values()) - waiting
        beyond = max(0, waiting - self._threads * SLOW_PER_THREAD)  # these do count
        if busy + beyond >= self._threads:
            return False
        if slow[name] and waiting >= self._threads:
            return False
        others = busy - (len(lane.running) - slow[name])
        share = max(1, (self._threads - others) // 2)
        return len(lane.running) < (share if name == MAIL else min(share, self._each))

    def _started(self, name: Hashable, lane: _Lane, mine: _Waiting, now: float) -> _Turn:
        self._number += 1
        lane.running[self._number] = now
        if mine.calls and now - lane.paused_until < STAY_S:  # calls are short: the next one looks when these were taken
            lane.paused_until = now + SETTLE_S
        return _Turn(name, self._number, mine.work)

    def _end(self, turn: _Turn) -> None:
        with self._lock:
            lane = self._lanes[turn.lane]
            del lane.running[turn.number]
            self._forget(turn.lane, lane)

    def _forget(self, name: Hashable, lane: _Lane) -> None:
        if not lane.running and not lane.line and not lane.last:
            del self._lanes[name]

    def _next(self) -> _Turn | None:
        """Give a thread to the first in the next line that may go on."""
        while (found := self._chosen()) is not None:
            turn, key, mine = found
            wait = self._wait(turn.lane, mine.calls) if mine.calls else 0.0
            if wait <= 0:
                return turn
            with self._lock:  # back to where it stood
                lane = self._lanes[turn.lane]
                del lane.running[turn.number]
                lane.paused_until = self._clock() + wait
                lane.turns -= 1
                line = lane.last if mine.last else lane.line
                line[key] = mine
                line.move_to_end(key, last=False)
        return None

    def _chosen(self) -> tuple[_Turn, Hashable, _Waiting] | None:
        with self._lock:
            now = self._clock()
            for name, lane in self._lanes.items():
                if (lane.line or lane.last) and not self._closing and self._may(name, lane, now):
                    lane.turns += 1
                    its_turn = bool(lane.last) and (not lane.line or lane.turns % LAST_EACH == 0)
                    key, mine = (lane.last if its_turn else lane.line).popitem(last=False)
                    self._lanes.move_to_end(name)
                    return self._started(name, lane, mine, now), key, mine
            return None

    def _go_on(self, until: float) -> None:
        while self._clock() < until and (turn := self._next()) is not None:
            try:
                _do(turn)
            finally:
                self._end(turn)

    def _watch(self) -> None:
        """While there are lines, begin what may begin although nobody has just finished. A thread of its own."""
        while True:
            with self._lock:
                if self._closing or not any(lane.line or lane.last for lane in self._lanes.values()):
                    self._watching = False
                    return
            turn = self._next()
            if turn is None:
                time.sleep(TICK_S)
            else:
                threading.Thread(target=self._work_off, args=(turn,), name="turns-work").start()

    def _work_off(self, turn: _Turn) -> None:
        until = self._clock() + STAY_S
        try:
            _do(turn)
        finally:
            self._end(turn)
            self._go_on(until)


def _do(turn: _Turn) -> None:
    structlog.contextvars.clear_contextvars()
    turn.work()
