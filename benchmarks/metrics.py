"""What an account's figures cost, and how that grows with all that is stored.

    python -m benchmarks.metrics [--handoffs 10000] [--database sqlite|postgres] [--explain]
    python -m benchmarks.metrics --handoffs 10000 100000 1000000        (30 GB of disk, an hour)

Each account has 5,000 handoffs, one every 108 minutes, so about 400 in the rolling 30 days; more handoffs are more
accounts, a million are 200. Rows are as wide as in use: a package of 12 kB, a draft of 6 kB, seven moves; and they lie
as they come in, the accounts mixed. Each account has a stopwatch, a replayed history of 700 and a finished pilot.

- *read*: the observations of the rolling 30 days and the month, from the rows.
- *page, again*: the whole scorecard when nothing was computed before (a fresh process), and once more; each with the
  processor's time it takes in this process, which other work on the machine lengthens less.
- *all*: the scorecards of all accounts one after another, as the weekly mail needs them; above 20 accounts reckoned
  from 20.

Medians over up to ten accounts, after the files were read once; with `--cold` also with the file out of the system's
memory first (SQLite).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import random
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import event, make_url

from benchmarks.callbacks import postgres_in
from escalation.figures import estimates
from escalation.figures.hours import Calendar
from escalation.figures.observations import Observation
from models.account import accounts
from models.account.accounts import Cipher
from models.account.people import MemberRow, import_members
from models.database.schema import migrate
from models.database.sessions import Database
from models.figures import baselines
from models.figures.observed import observations
from models.figures.scoring import scorecard_of
from worker.process.logs import set_up

OF_ACCOUNT = 5_000
APART = timedelta(minutes=108)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PEOPLE = {number: f"engineer{number}" for number in range(1, 7)}
DOMAINS = ("network", "mail", "identity", "printing", "backup", "hardware", "line of business", "other")
BYTES_EACH = 26_000
MOST = 20

HANDOFF = (
    "id", "account_id", "ticket_id", "episode", "summary", "escalated_at", "seen_at", "rule_version", "brief_state",
    "fence", "attempts", "extra_notes_removed", "response_state", "claimed_by", "claimed_at", "ended_at", "notify_state",
    "origin", "domain", "calendar_version", "acted_at", "first_action",
)  # fmt: skip
WIDE = ("escalation_package_markdown", "escalation_package")
TRANSITION = ("account_id", "handoff_id", "machine", "from_state", "to_state", "happened_at", "recorded_at", "why", "actor")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--handoffs", type=int, nargs="+", default=[10_000], help="default: %(default)s")
    parser.add_argument("--database", choices=("sqlite", "postgres"), action="append", help="default: both")
    parser.add_argument("--explain", action="store_true", help="print the plans of the queries too")
    parser.add_argument("--cold", action="store_true", help="SQLite: also with the file out of the system's memory")
    parser.add_argument("--extra-sql", default="", help="run this after filling, to try an index")
    options = parser.parse_args()
    set_up("ERROR")
    room = shutil.disk_usage(tempfile.gettempdir()).free
    needed = max(options.handoffs) * BYTES_EACH
    if needed > room * 0.8:
        parser.error(f"needs about {needed / 1e9:.0f} GB below {tempfile.gettempdir()}, where {room / 1e9:.0f} GB are free")
    print(f"{'database':>9} {'handoffs':>10} {'accounts':>9} {'on disk':>9} {'filled':>8} {'read':>9} {'page':>9} {'cpu':>9} "
          f"{'again':>9} {'cpu':>9} {'all':>9}")  # fmt: skip
    for size in options.handoffs:
        for kind in options.database or ("sqlite", "postgres"):
            with contextlib.ExitStack() as stack:
                home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                _line(stack, home, kind, size, options)


def _line(stack: contextlib.ExitStack, home: Path, kind: str, size: int, options: argparse.Namespace) -> None:
    url, owner = (f"sqlite:///{home / 'metrics.db'}", "") if kind == "sqlite" else _postgres(stack, home)
    if kind == "sqlite":
        migrate(url)
    count = max(1, size // OF_ACCOUNT)
    database = Database(url, statement_timeout_s=600)
    stack.callback(database.dispose)
    ids = _accounts(database, count)
    database.dispose()  # else nobody may change how SQLite keeps its journal
    began = time.monotonic()
    if kind == "sqlite":
        _fill_sqlite(home / "metrics.db", ids, options.extra_sql)
    else:
        _fill_postgres(owner, ids, options.extra_sql)
    filled, disk = time.monotonic() - began, sum(f.stat().st_size for f in home.rglob("*") if f.is_file())
    some = random.Random(1).sample(ids, min(10, count))
    for account_id in some:
        _read(database, account_id)
    read = _median(lambda account: _read(database, account), some)
    page, again, work = _pages(database, some)
    measured = ids[:MOST]
    began = time.monotonic()
    for account_id in measured:
        _page(database, account_id)
    everything = (time.monotonic() - began) * count / len(measured)
    print(f"{kind:>9} {count * OF_ACCOUNT:>10,} {count:>9} {disk / 1e9:>6.1f} GB {filled:>6.0f} s {read:>6.0f} ms "
          f"{page:>6.0f} ms {work[0]:>6.0f} ms {again:>6.0f} ms {work[1]:>6.0f} ms {everything:>7.1f} s", flush=True)  # fmt: skip
    if options.cold and kind == "sqlite":
        print(f"{'':>9} out of memory: read {_median(lambda account: _cold(database, home, account), some):.0f} ms")
    if options.explain:
        _explain(database, some[0])


def _read(database: Database, account_id: int) -> float:
    with database.account(account_id, reading=True) as session:
        began = time.perf_counter()
        found = observations(session, account_id, since=NOW - timedelta(days=53), until=NOW)
        took = time.perf_counter() - began
    assert 600 < len(found) < 800, len(found)
    return took


def _page(database: Database, account_id: int) -> float:
    began = time.perf_counter()
    with database.account(account_id, reading=True) as session:
        card = scorecard_of(session, account_id, as_of=NOW)
    assert card.counts.escalated == 400, card.counts
    return time.perf_counter() - began


def _pages(database: Database, some: list[int]) -> tuple[float, float, tuple[float, float]]:
    """Return the median milliseconds of a page by a process that computed nothing yet, of the same once more, and of both
    the processor's time in this process."""
    first: list[float] = []
    again: list[float] = []
    work: list[float] = []
    more_work: list[float] = []
    for account_id in some:
        for cached in (estimates._interval, estimates._resampled, estimates._draws):
            cached.cache_clear()
        for waits, works in ((first, work), (again, more_work)):
            began = time.process_time()
            waits.append(_page(database, account_id))
            works.append(time.process_time() - began)
    page, once_more, cpu, cpu_again = (statistics.median(found) * 1000 for found in (first, again, work, more_work))
    return page, once_more, (cpu, cpu_again)


def _cold(database: Database, home: Path, account_id: int) -> float:
    database.dispose()
    with (home / "metrics.db").open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return _read(database, account_id)


def _median(measured: Callable[[int], float], some: list[int]) -> float:
    return statistics.median(measured(account_id) for account_id in some) * 1000


def _accounts(database: Database, count: int) -> list[int]:
    """Store accounts with people and both baselines; connected for as long as they have handoffs."""
    cipher, ids, connected = Cipher(["a key long enough to be one, of a benchmark"]), [], NOW - OF_ACCOUNT * APART
    for number in range(count):
        with database.system() as system:
            account_id = accounts.add_account(
                system, cipher, name=f"msp{number}", site="example.test", company="c", public_key="p", private_key="q",
                client_id="c", now=connected, time_zone="Europe/London", hourly_rate=80, currency="GBP",
                connected_at=connected,
            )  # fmt: skip
        chance = random.Random(number)
        with database.account(account_id) as session:
            import_members(session, account_id, [MemberRow(i, n, n, None) for i, n in PEOPLE.items()], engineers=PEOPLE)
            opened = [connected - timedelta(days=20, minutes=30 * n) for n in range(24)]
            timed = [baselines.Reading(str(n), "engineer1", at, at + _lognormal(chance, 14)) for n, at in enumerate(opened)]
            baselines.add_readings(session, account_id, timed, now=connected)
            baselines.store_backcast(
                session, account_id, since=connected - timedelta(days=90), until=connected, ran_at=connected, version=1,
                candidates=800, pattern={}, observations=_old_way(chance, connected), summary={},
            )  # fmt: skip
        ids.append(account_id)
    return ids


def _old_way(chance: random.Random, until: datetime) -> list[Observation]:
    calendar, found = Calendar.office("Europe/London"), []
    for number in range(700):
        at = until - timedelta(days=89) + number * timedelta(hours=3)
        claimed = at + _lognormal(chance, 15)
        acted = claimed + _lognormal(chance, 14)
        found.append(Observation(f"{number}/1", calendar, "backcast", at, claimed_at=claimed, acted_at=acted, ended_at=acted))
    return found


def _lognormal(chance: random.Random, median: float) -> timedelta:
    return timedelta(minutes=chance.lognormvariate(math.log(median), 0.8))


Rows = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]


def _texts() -> list[tuple[str, str]]:
    """Return drafts of 6 kB and packages of 12 kB; they are shared out in turn."""
    chance = random.Random(7)
    words = ["".join(chance.choices("etaoinshrdlu", k=chance.randrange(2, 9))) for _ in range(3000)]
    texts = [" ".join(chance.choices(words, k=3000)) for _ in range(50)]
    steps = [[text[i : i + 600] for i in range(0, 11_700, 600)] for text in texts]
    return [(text[:6000], json.dumps({"schema_version": 1, "steps": s})) for text, s in zip(texts, steps, strict=True)]


def _rows(ids: list[int], moment: Callable[[datetime], Any]) -> Iterator[Rows]:
    """Give handoffs and their moves in batches, in the order in which they come in: the accounts mixed."""
    chance = random.Random(7)
    handoffs: list[tuple[Any, ...]] = []
    moves: list[tuple[Any, ...]] = []
    for number in range(OF_ACCOUNT):
        for place, account_id in enumerate(ids):
            row_id = number * len(ids) + place + 1
            at = NOW - (OF_ACCOUNT - number) * APART + timedelta(minutes=place % 100, seconds=30)
            _episode(chance, account_id, row_id, at, moment, handoffs, moves)
            if len(handoffs) == 1000:
                yield handoffs, moves
                handoffs, moves = [], []
    yield handoffs, moves


def _episode(
    chance: random.Random, account_id: int, row_id: int, at: datetime, moment: Callable[[datetime], Any],
    handoffs: list[tuple[Any, ...]], moves: list[tuple[Any, ...]],
) -> None:  # fmt: skip
    noted, claimed = at + timedelta(seconds=4), at + _lognormal(chance, 12)
    by, acted = chance.choice(list(PEOPLE)), claimed + _lognormal(chance, 5)
    ended, deed = acted + timedelta(hours=2), chance.random() < 0.95
    state = "resolved" if ended <= NOW else "acted" if deed else "claimed"
    handoffs.append((
        row_id, account_id, row_id, 1, "VPN drops every eight hours", moment(at), moment(at), 1, "posted", 1, 1, 0,
        state, by, moment(claimed), moment(ended) if state == "resolved" else None, "created", "status",
        chance.choice(DOMAINS), 1, moment(acted) if deed else None,
        '{"kind": "note", "trusted": true, "why": "their first note after the claim"}' if deed else None,
    ))  # fmt: skip
    for machine, before, after, when in (
        ("brief", None, "pending", at), ("response", None, "open", at), ("brief", "pending", "posting", at),
        ("brief", "posting", "posted", noted), ("response", "open", "claimed", claimed),
        *([("response", "claimed", "acted", acted)] if deed else []),
        *([("response", "acted" if deed else "claimed", "resolved", ended)] if state == "resolved" else []),
    ):  # fmt: skip
        if when <= NOW:
            moves.append((account_id, row_id, machine, before, after, moment(when), moment(when), "as it was", PEOPLE[by]))


def _fill_sqlite(file: Path, ids: list[int], extra: str) -> None:
    wide = _texts()
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode = OFF")
        raw.execute("PRAGMA synchronous = OFF")
        raw.execute("BEGIN")
        for handoffs, moves in _rows(ids, lambda at: at.isoformat(" ", "microseconds")[:26]):
            whole = [(*row, *wide[row[0] % len(wide)]) for row in handoffs]
            for table, columns, rows in (("handoff", (*HANDOFF, *WIDE), whole), ("transition", TRANSITION, moves)):
                marks = ", ".join("?" * len(columns))
                raw.executemany(f'INSERT INTO "{table}" ({", ".join(columns)}) VALUES ({marks})', rows)
        raw.execute("COMMIT")
        raw.executescript(extra)
        raw.execute("PRAGMA journal_mode = WAL")


def _fill_postgres(url: str, ids: list[int], extra: str) -> None:
    """Copy what is narrow, and take what is wide from a table where it is compressed already."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # the rows fit, so no key is looked up
        connection.execute("CREATE TABLE wide (n int, draft text, package jsonb)")
        for number, (draft, package) in enumerate(wide := _texts()):
            connection.execute("INSERT INTO wide VALUES (%s, %s, %s)", (number, draft, package))
        narrow = ", ".join(HANDOFF)
        connection.execute(f"CREATE TEMP TABLE coming AS SELECT {narrow} FROM handoff".encode())
        for handoffs, moves in _rows(ids, lambda at: at):
            _copy(connection, "coming", HANDOFF, handoffs)
            connection.execute(
                f"INSERT INTO handoff ({narrow}, {', '.join(WIDE)}) "
                f"SELECT {narrow}, draft, package FROM coming JOIN wide ON n = id % {len(wide)} ORDER BY id".encode()
            )
            connection.execute("TRUNCATE coming")
            _copy(connection, "transition", TRANSITION, moves)
        connection.execute("DROP TABLE wide")
        if extra:
            connection.execute(extra.encode())
        connection.execute("VACUUM ANALYZE")


def _copy(connection: psycopg.Connection[Any], table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    with connection.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN".encode()) as copy:
        for row in rows:
            copy.write_row(row)


def _postgres(stack: contextlib.ExitStack, home: Path) -> tuple[str, str]:
    """Start PostgreSQL; return a database as the application's own role, and as the superuser."""
    url = postgres_in(stack, home)
    superuser = make_url(url).set(drivername="postgresql", username="postgres").render_as_string(hide_password=False)
    return url, superuser


def _explain(database: Database, account_id: int) -> None:
    """Print how the queries of a scorecard go through the tables."""
    how = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) "

    @event.listens_for(database.engine, "before_cursor_execute")
    def explain(connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT") and ("FROM handoff" in statement or "FROM transition" in statement):
            with contextlib.closing(connection.connection.cursor()) as plan:
                plan.execute(how + statement, parameters)
                for row in plan.fetchall():
                    print(f"    {row[-1]}")

    _read(database, account_id)


if __name__ == "__main__":
    main()
