"""A steady load of callbacks, a burst, and kill -9 of the receiver: each callback answered with 2xx has its row.

    python -m benchmarks.load [--rate 150] [--minutes 10] [--burst 300] [--burst-seconds 30] [--kills 0]
                              [--database sqlite|postgres] [--callbacks relevant|both]

Open loop, free of coordinated omission: each callback has a moment it is due at and its latency counts from then,
whatever became of the ones before it. With `--kills` the receiver is killed that often while the load goes on, and
started again at once; callbacks that fail meanwhile count as failed, as ConnectWise would lose them, and every one that
was answered is looked for in the database by its id. Exits with 1 if one is missing.
"""

from __future__ import annotations

import argparse
import http.client
import os
import platform
import queue
import random
import signal
import socket
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from sqlalchemy import select

from benchmarks.callbacks import MOST, Target, receiver
from models.work.inbox import Inbox
from tests.integration.receiver import ESCALATED, NEW, body, signed
from worker.process.embedded import Part
from worker.process.logs import set_up

CLIENTS = 48
"""Connections at once; more than are ever busy at these rates, so that none waits for another's answer."""


@dataclass(slots=True)
class Outcome:
    """What came back, for all clients together."""

    latencies: list[float] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    """MessageIds of relevant callbacks that got a 2xx."""
    failed: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    """How often each status or error came."""
    seconds: float = 0.0


def load(target: Target, rate: float, seconds: float, *, relevant_every: int, seed: int) -> Outcome:
    """Send callbacks at random moments, `rate` a second on average, and return what came of them."""
    found, due = Outcome(seconds=seconds), queue.SimpleQueue[tuple[float, int] | None]()
    lock = threading.Lock()
    clients = [
        threading.Thread(target=_client, args=(target, due, found, lock, relevant_every, seed), daemon=True)
        for _ in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    chance, number, at = random.Random(seed), 0, time.monotonic()
    end = at + seconds
    while (at := at + chance.expovariate(rate)) < end:
        time.sleep(max(0.0, at - time.monotonic()))
        number += 1
        due.put((at, number))
    for _ in clients:
        due.put(None)
    for client in clients:
        client.join(30)
    return found


def _client(
    target: Target,
    due: queue.SimpleQueue[tuple[float, int] | None],
    found: Outcome,
    lock: threading.Lock,
    relevant_every: int,
    seed: int,
) -> None:
    place = urlsplit(target.url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port or 80, timeout=10)
    while (job := due.get()) is not None:
        at, number = job
        relevant, unique = number % relevant_every == 0, f"{seed}-{number}"
        raw = body(target.site, ticket=50_000 + number, status=ESCALATED if relevant else NEW, MessageId=unique)
        try:
            if connection.sock is None:
                connection.connect()
                connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.request("POST", target.path, raw, {**signed(raw), "Content-Length": str(len(raw))})
            answer = connection.getresponse()
            answer.read()
            good = 200 <= answer.status < 300
            status = str(answer.status)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            good, status = False, type(error).__name__
        with lock:
            found.latencies.append(time.monotonic() - at)
            found.failed += not good
            found.answers[status] += 1
            if good and relevant:
                found.answered.append(unique)


def missing(target: Target, answered: list[str]) -> int:
    """Return how many of the answered callbacks have no row."""
    with target.database.account(target.account_id, reading=True) as session:
        stored = set(session.scalars(select(Inbox.message_id)))
    return len(set(answered) - stored)


def kill_now_and_then(web: Part, times: int, seconds: float, over: threading.Event) -> None:
    """Kill -9 the receiver, its forked processes too, and start it again at once."""
    for _ in range(times):
        if over.wait(seconds / (times + 1)):
            return
        if web.process is not None:
            os.killpg(web.process.pid, signal.SIGKILL)
            web.process.wait()
        web.start()
    over.wait()  # the receiver ends with the thread that started it (parent-death signal)


def line(what: str, found: Outcome, lost: int) -> str:
    """Return one line of the table."""
    ordered = sorted(found.latencies)
    p50, p99 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
    return (
        f"{what:<28} {len(ordered):>8} {len(ordered) / found.seconds:>8.0f}/s {p50 * 1000:>8.1f} ms {p99 * 1000:>8.1f} ms "
        f"{ordered[-1] * 1000:>8.0f} ms {found.failed:>7} {len(found.answered):>9} {lost:>8}  "
        + ", ".join(f"{count} {status}" for status, count in sorted(found.answers.items()))
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=150)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--burst", type=float, default=300, help="callbacks a second (default: %(default)s)")
    parser.add_argument("--burst-seconds", type=float, default=30)
    parser.add_argument("--kills", type=int, default=0, help="kill -9 of the receiver during the steady load")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--callbacks", choices=("relevant", "both"), default="both", help="both: one in ten is relevant")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.rate * options.minutes * 60 > MOST:
        parser.error(f"--rate times --minutes: at most {MOST:,} callbacks")
    set_up("ERROR")
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {datetime.now(UTC):%Y-%m-%d}, {options.database}, "
          f"{options.callbacks} callbacks, seed {options.seed}")  # fmt: skip
    print(f"{'load':<28} {'sent':>8} {'rate':>10} {'p50':>11} {'p99':>11} {'max':>11} {'failed':>7} {'with row':>9} "
          f"{'missing':>8}")  # fmt: skip
    every, lost = 1 if options.callbacks == "relevant" else 10, 0
    with receiver(options.database) as (target, web):
        load(target, 20, 2, relevant_every=1, seed=options.seed * 1000)  # what is loaded once
        over, seconds = threading.Event(), options.minutes * 60
        killer = threading.Thread(target=kill_now_and_then, args=(web, options.kills, seconds, over))
        killer.start()
        steady = load(target, options.rate, seconds, relevant_every=every, seed=options.seed * 1000 + 1)
        lost += (gone := missing(target, steady.answered))
        print(line(f"steady, {options.kills} kills", steady, gone))
        if options.burst_seconds:
            burst = load(target, options.burst, options.burst_seconds, relevant_every=every, seed=options.seed * 1000 + 2)
            lost += (gone := missing(target, burst.answered))
            print(line("burst", burst, gone))
        over.set()
        killer.join()
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
