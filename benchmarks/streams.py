"""A thousand open event streams on one process: memory, processor time, and how long an arrival takes to reach them.

    python -m benchmarks.streams [--streams 1000] [--accounts 50] [--arrivals 200] [--database postgres]

Web, streams and broker run as everywhere (`resolutionflow run`); every stream is opened on the web's one port, which hands
it over. Listeners and arrivals live in this process, on the same machine: an arrival's time counts from the commit of its
row to the moment a listener has read its event. Once more with all streams in one account, which is the widest fan-out.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.callbacks import postgres_in
from models.account import people
from models.account.people import MemberRow
from models.database.schema import migrate, pending
from models.database.sessions import Database
from models.handoff import handoffs
from tests.integration.models.places import account
from webhooks.streams.listeners import EACH_MEMBER
from worker.demo.stack import until
from worker.process import embedded
from worker.process.announcing import Announcer
from worker.process.links import Passes
from worker.settings import Settings


@dataclass
class Heard:
    """What the listeners have read, and when (monotonic seconds)."""

    ready: int = 0
    at: dict[int, list[float]] = field(default_factory=dict)


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.streams", description=__doc__)
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--accounts", type=int, default=50)
    parser.add_argument("--arrivals", type=int, default=200)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, _database(options.database, Path(folder)) as url:
        asyncio.run(_measure(Path(folder), url, options))


@contextlib.contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'streams.db'}"
        return
    with contextlib.ExitStack() as stack:
        yield postgres_in(stack, folder)


async def _measure(folder: Path, url: str, options: argparse.Namespace) -> None:
    environment = {"RESOLUTIONFLOW_VAR": str(folder), "DATABASE_URL": url, "REDIS_URL": "", "SECRET_KEYS": "",
                   "LOG_LEVEL": "WARNING"}  # fmt: skip
    settings = Settings.read(environment)
    if pending(url):
        migrate(url)
    database = Database(url)
    database.on_moved = Announcer(settings.redis_client_url).moved
    port = embedded.free_port()
    parts = [embedded.broker_part(settings, log_file=folder / "broker.log")]
    parts += embedded.service_parts(settings, host="127.0.0.1", port=port, logs=folder, environment=environment)[:2]
    try:
        for part in parts:
            part.start()
        embedded.wait_for_broker(settings)
        until(settings.streams_socket.exists, within_s=20, otherwise="no streams")
        streams = parts[2].process
        assert streams is not None
        process = psutil.Process(streams.pid)
        await asyncio.sleep(3)
        for accounts in (options.accounts, 1):
            await _round(database, settings, port, process, streams=options.streams, accounts=accounts,
                         arrivals=options.arrivals)  # fmt: skip
    finally:
        for part in reversed(parts):
            part.kill()
            part.tidy()
        database.dispose()


async def _round(
    database: Database, settings: Settings, port: int, process: psutil.Process, *, streams: int, accounts: int, arrivals: int
) -> None:
    passes, heard = Passes(settings.secret_keys), Heard()
    ids = [account(database, f"msp-{accounts}-{n}") for n in range(accounts)]
    each = -(-streams // accounts)
    seats = -(-each // EACH_MEMBER)
    for one in ids:
        with database.account(one) as session:
            rows = [MemberRow(n, f"m{n}", f"Member {n}", None) for n in range(1, seats + 1)]
            people.import_members(session, one, rows, engineers=[row.id for row in rows])
    before = process.memory_info().rss
    began = time.monotonic()
    tasks = []
    for number in range(streams):
        one, seat = ids[number % accounts], number // accounts // EACH_MEMBER + 1
        token = passes.api_token(account_id=one, member_id=seat, epoch=1)
        tasks.append(asyncio.create_task(_listen(port, token, heard)))
        if number % 20 == 19:
            await asyncio.sleep(0.05)
    while heard.ready < streams and time.monotonic() - began < 60:
        await asyncio.sleep(0.05)
    opened_in = time.monotonic() - began
    cpu = process.cpu_times()
    await asyncio.sleep(10)
    idle = _used(process, cpu) / 10
    rss = process.memory_info().rss
    made: dict[int, float] = {}
    cpu, began = process.cpu_times(), time.monotonic()
    await asyncio.to_thread(_arrive, database, ids, arrivals, made)
    busy = _used(process, cpu) / (time.monotonic() - began)
    wanted = arrivals * (streams // accounts)
    end = time.monotonic() + 20
    while sum(map(len, heard.at.values())) < wanted and time.monotonic() < end:
        await asyncio.sleep(0.05)
    late = sorted(at - made[one] for one, moments in heard.at.items() for at in moments)
    print(
        f"{heard.ready} streams of {accounts} accounts, opened in {opened_in:.1f} s: "
        f"{(rss - before) / heard.ready / 1024:.1f} kB "
        f"each ({rss / 2**20:.0f} MB in all), {idle:.1%} of a core idle, {busy:.1%} with {arrivals} arrivals; "
        f"{len(late)} of {wanted} events heard, after p50 {_at(late, 0.5) * 1000:.0f} ms, "
        f"p99 {_at(late, 0.99) * 1000:.0f} ms, at most {late[-1] * 1000:.0f} ms"
    )
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _used(process: psutil.Process, before: object) -> float:
    now = process.cpu_times()
    return float(now.user + now.system - before.user - before.system)  # type: ignore[attr-defined]


def _arrive(database: Database, ids: list[int], count: int, made: dict[int, float]) -> None:
    gap = threading.Event()
    for number in range(count):
        one, now = ids[number % len(ids)], database.now()
        with database.account(one) as session:
            row = handoffs.open_handoff(
                session, account_id=one, ticket_id=number + 1, episode=1, escalated_at=now, now=now, rule_version=1
            )
            assert row is not None
        made[row.id] = time.monotonic()
        gap.wait(0.05)


async def _listen(port: int, token: str, heard: Heard) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(
            f"GET /escalations/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        )
        while line := await reader.readline():
            if line.startswith(b"event: ready"):
                heard.ready += 1
            elif line.startswith(b'data: {"handoffs"'):
                for one in json.loads(line[6:])["handoffs"]:
                    heard.at.setdefault(one, []).append(time.monotonic())
    finally:
        writer.close()


def _at(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))]


if __name__ == "__main__":
    main()
