"""The memory of an account by size: time to store, size on disk, and how long a search takes.

    python -m benchmarks.memory [--tickets 1000 10000] [--accounts 1] [--searches 100] [--database sqlite|postgres]

Made-up tickets of about 60 words. With `--accounts 200` the tickets are shared out among so many, and each search asks
one. "Of it ours" is the median of the searching thread's processor time, which other work on the machine does not
lengthen. SQLite, or a PostgreSQL of its own asked as the application's role. 100,000 tickets take some minutes to store.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from benchmarks.callbacks import postgres_in
from benchmarks.recurrences import EVERYDAY, fault, ticket
from escalation.memory.rank import Terms
from escalation.package.known_symptoms import symptoms_told
from escalation.package.lesson import Lesson
from models.account import accounts
from models.account.encryption import Cipher
from models.database.schema import migrate
from models.database.sessions import Database
from models.memory import resolved

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
BATCH = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tickets", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--accounts", type=int, default=1)
    parser.add_argument("--searches", type=int, default=100)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="memory-")))
        if options.database == "postgres":
            url = postgres_in(stack, folder)
        else:
            migrate(url := f"sqlite:///{folder / 'memory.db'}")
        database = Database(url, statement_timeout_s=60)
        ids = [_account(database, n) for n in range(options.accounts)]
        heads = f"{'tickets':>9}{'accounts':>10}{'stored, ms each':>17}{'size, MB':>10}"
        print(f"{heads}{'p50, ms':>9}{'p99, ms':>9}{'of it ours':>12}{'found':>7}")
        stored, took = 0, 0.0
        for wanted in sorted(options.tickets):
            begun = time.perf_counter()
            _store(database, ids, stored, wanted)
            took += time.perf_counter() - begun
            stored = wanted
            spans, busy, found = _searched(database, ids, options.searches)
            p99 = sorted(spans)[int(len(spans) * 0.99)]
            print(
                f"{stored:>9}{len(ids):>10}{took / stored * 1000:>17.2f}{_size(database) / 1e6:>10.1f}"
                f"{statistics.median(spans) * 1000:>9.1f}{p99 * 1000:>9.1f}{statistics.median(busy) * 1000:>12.1f}{found:>7.0%}",
                flush=True,
            )
        database.dispose()


def _account(database: Database, number: int) -> int:
    with database.system() as system:
        return accounts.add_account(
            system, Cipher(["k" * 40]), name=f"shop{number}", site="s", company=f"c{number}", public_key="p", private_key="q",
            client_id="i", now=NOW,
        )  # fmt: skip


def _lesson(number: int) -> Lesson:
    chance = random.Random(number // 2)  # two of each fault
    it = fault(chance, worded=True)
    chance = random.Random(-number)
    summary, problem = ticket(it, chance)
    long = " ".join(chance.choice(EVERYDAY) for _ in range(4))
    return Lesson(
        number, summary, f"{problem} {long}", (("restarted it, no change", "no_change"),), it.fix, "resolution note 1",
        tuple(filter(None, [it.device])), "endpoint", number % 40, f"customer {number % 40}", "tobrien",
        NOW - timedelta(minutes=number),
    )  # fmt: skip


def _store(database: Database, ids: list[int], start: int, end: int) -> None:
    for place, account_id in enumerate(ids):
        numbers = [n for n in range(start, end) if n // 2 % len(ids) == place]
        for first in range(0, len(numbers), BATCH):
            with database.account(account_id) as session:
                resolved.remember(session, account_id, [_lesson(n) for n in numbers[first : first + BATCH]], now=NOW)


def _searched(database: Database, ids: list[int], searches: int) -> tuple[list[float], list[float], float]:
    """Return how long searches took, this thread's processor time of it, and how often the fault's other ticket was found."""
    chance, spans, busy, found = random.Random(7), [], [], 0
    for _ in range(searches):
        number = chance.randrange(1000)
        lesson = _lesson(number)
        account_id = ids[number // 2 % len(ids)]
        begun, worked = time.perf_counter(), time.thread_time()
        with database.account(account_id, reading=True) as session:
            query = Terms.of(lesson.summary, lesson.problem, symptoms=symptoms_told(lesson.summary, lesson.problem))
            first = resolved.search(session, account_id, query, but=lesson.ticket_id, most=3)
        spans.append(time.perf_counter() - begun)
        busy.append(time.thread_time() - worked)
        found += any(one.lesson.ticket_id == number ^ 1 for one in first)
    return spans, busy, found / searches


def _size(database: Database) -> float:
    with database.system(reading=True) as session:
        if database.is_sqlite:
            pages = session.scalar(text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"))
            return float(pages or 0)
        return float(session.scalar(text("SELECT pg_database_size(current_database())")) or 0)


if __name__ == "__main__":
    main()
