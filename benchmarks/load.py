"""A steady load of callbacks, a burst, and kill -9 of the receiver: each callback answered with 2xx has its row.

    python -m benchmarks.load [--rate 150] [--minutes 10] [--burst 300] [--burst-seconds 30] [--kills 0]
                              [--database sqlite|postgres] [--callbacks relevant|both|watched] [--tickets 100]

Open loop, free of coordinated omission: each callback has a moment it is due at and its latency counts from then,
whatever became of the ones before it. What is answered with 429 is sent again after two and four more seconds, as ConnectWise
does; what failed is lost to it. With `--kills` the receiver is killed that often while the load goes on, and
started again at once; callbacks that fail meanwhile count as failed, as ConnectWise would lose them, and every one that
was answered is looked for in the database by its id. Exits with 1 if one is missing.

With `--callbacks watched` the whole product runs, worker and simulated ConnectWise too, and every callback is about one of
`--tickets` escalated tickets: most need no row, since a reading of their ticket is still to come. In the middle of it
another ticket is escalated, and at the end each is saved once more: how long until the brief, until that save is read?
Exits with 1 if a callback is lost or a last save is not read.
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
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from sqlalchemy import select

from benchmarks.callbacks import MOST, Target, receiver
from benchmarks.watched import watched
from models.work.inbox import Inbox
from tests.integration.receiver import ESCALATED, NEW, body, signed
from worker.process.embedded import Part
from worker.process.logs import set_up

CLIENTS = 48
"""Connections at once; more than are ever busy at these rates, so that none waits for another's answer."""
REPEATS_S = (2.0, 4.0)
"""After these waits ConnectWise sends again what was answered with 429 (developer guide)."""

Message = tuple[bytes, dict[str, str], str | None]
"""A callback's body and headers, and its id if it must have a row."""


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
    under_way: int = 0


Due = queue.SimpleQueue[tuple[float, int, int] | None]
"""When each is due, its number, and how often it was sent before."""


def escalations(target: Target, *, relevant_every: int, seed: int) -> Callable[[int], Message]:
    """Return what makes callbacks of tickets that nobody knows, one in so many of them escalated."""

    def message(number: int) -> Message:
        relevant, unique = number % relevant_every == 0, f"{seed}-{number}"
        raw = body(target.site, ticket=50_000 + number, status=ESCALATED if relevant else NEW, MessageId=unique)
        return raw, signed(raw), unique if relevant else None

    return message


def load(url: str, path: str, message: Callable[[int], Message], rate: float, seconds: float, *, seed: int) -> Outcome:
    """Send callbacks at random moments, `rate` a second on average, and return what came of them."""
    found, due = Outcome(seconds=seconds), Due()
    lock = threading.Lock()
    clients = [
        threading.Thread(target=_client, args=(url, path, message, due, found, lock), daemon=True) for _ in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    chance, number, at = random.Random(seed), 0, time.monotonic()
    end = at + seconds
    while (at := at + chance.expovariate(rate)) < end:
        time.sleep(max(0.0, at - time.monotonic()))
        number += 1
        with lock:
            found.under_way += 1
        due.put((at, number, 0))
    end = time.monotonic() + 30
    while found.under_way and time.monotonic() < end:
        time.sleep(0.05)
    for _ in clients:
        due.put(None)
    for client in clients:
        client.join(30)
    return found


def _client(
    url: str, path: str, message: Callable[[int], Message], due: Due, found: Outcome, lock: threading.Lock
) -> None:
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port or 80, timeout=10)
    while (job := due.get()) is not None:
        at, number, before = job
        raw, headers, unique = message(number)
        status = _post(connection, path, raw, headers)
        good, again = status.startswith("2"), status == "429" and before < len(REPEATS_S)
        with lock:
            found.latencies.append(time.monotonic() - at)
            found.answers[status] += 1
            if again:
                wait = REPEATS_S[before]
                threading.Timer(wait, due.put, [(time.monotonic() + wait, number, before + 1)]).start()
                continue
            found.under_way -= 1
            found.failed += not good
            if good and unique:
                found.answered.append(unique)


def _post(connection: http.client.HTTPConnection, path: str, raw: bytes, headers: dict[str, str]) -> str:
    """Send one callback; return the status, or what went wrong."""
    try:
        if connection.sock is None:
            connection.connect()
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.request("POST", path, raw, {**headers, "Content-Length": str(len(raw))})
        answer = connection.getresponse()
        answer.read()
        return str(answer.status)
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        return type(error).__name__


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


def watched_tickets(options: argparse.Namespace) -> int:
    """Run the load of callbacks that are all about escalated tickets; return the exit code."""
    with watched(options.database, options.tickets) as product:
        before = product.rows()
        print(f"{product.commits_a_second():.0f} transactions of one row a second before it, in one thread; "
              f"{os.getloadavg()[0]:.1f} processes want to run")  # fmt: skip
        product.stack.simulator.clear_requests()
        brief: list[float] = []
        seconds = options.minutes * 60
        escalating = threading.Timer(seconds / 2, lambda: brief.append(product.escalate_one(within_s=120)))
        escalating.start()
        made = product.message
        found = load(
            product.url, product.path, lambda number: (*made(number, f"{options.seed}-{number}"), None), options.rate, seconds,
            seed=options.seed,
        )  # fmt: skip
        rows, calls = product.rows() - before, len(product.stack.simulator.requests())
        escalating.join()
        print(line(f"{options.tickets} watched tickets", found, 0))
        print(f"rows {rows}, calls to ConnectWise meanwhile {calls}, brief of a ticket escalated amid it after {brief[0]:.1f} s")
        took = product.last_saves_read(within_s=240)
        print("last save of each ticket read: " + (f"after {took:.0f} s" if took is not None else "NOT ALL"))
    return 1 if found.failed or took is None else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=150)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--burst", type=float, default=300, help="callbacks a second (default: %(default)s)")
    parser.add_argument("--burst-seconds", type=float, default=30)
    parser.add_argument("--kills", type=int, default=0, help="kill -9 of the receiver during the steady load")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--callbacks", choices=("relevant", "both", "watched"), default="both",
                        help="both: one in ten is relevant; watched: all about tickets that are escalated")  # fmt: skip
    parser.add_argument("--tickets", type=int, default=100, help="so many are watched (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.rate * options.minutes * 60 > MOST:
        parser.error(f"--rate times --minutes: at most {MOST:,} callbacks")
    set_up("ERROR")
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {datetime.now(UTC):%Y-%m-%d}, {options.database}, "
          f"{options.callbacks} callbacks, seed {options.seed}")  # fmt: skip
    print(f"{'load':<28} {'sent':>8} {'rate':>10} {'p50':>11} {'p99':>11} {'max':>11} {'failed':>7} {'with row':>9} "
          f"{'missing':>8}")  # fmt: skip
    if options.callbacks == "watched":
        return watched_tickets(options)
    every, lost = 1 if options.callbacks == "relevant" else 10, 0
    with receiver(options.database) as (target, web):
        def send(rate: float, seconds: float, part: int, each: int) -> Outcome:
            seed = options.seed * 1000 + part
            return load(target.url, target.path, escalations(target, relevant_every=each, seed=seed), rate, seconds, seed=seed)

        send(20, 2, 0, 1)  # what is loaded once
        over, seconds = threading.Event(), options.minutes * 60
        killer = threading.Thread(target=kill_now_and_then, args=(web, options.kills, seconds, over))
        killer.start()
        steady = send(options.rate, seconds, 1, every)
        lost += (gone := missing(target, steady.answered))
        print(line(f"steady, {options.kills} kills", steady, gone))
        if options.burst_seconds:
            burst = send(options.burst, options.burst_seconds, 2, every)
            lost += (gone := missing(target, burst.answered))
            print(line("burst", burst, gone))
        over.set()
        killer.join()
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
