"""Contested claims: several seniors, by several ways, at the same instant; how many winners?

    python -m benchmarks.contested [--claims 1000] [--database sqlite|postgresql] [--web 2]

Each handoff is claimed by four at once: two press the button behind their link and one calls the API, over real HTTP
at `--web` web processes, and one is seen in the PSA by a worker (the same compare-and-set, from this process). Counts
winners by what the database recorded and by what each contestant was told. Exits with 1 unless each handoff has
exactly one of both and every loser was told who won.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.callbacks import postgres_in
from models.account import accounts
from models.account.accounts import MemberRow
from models.database.schema import migrate
from models.handoff import claims, handoffs
from worker.demo.link_browser import Browser
from worker.process import embedded
from worker.settings import Settings
from worker.wiring import Services, from_settings

SENIORS = ("anna", "ben", "cora", "dev")
PAUSE_S = 0.02
WAYS = ("link", "link", "api", "psa")


@dataclass(frozen=True, slots=True)
class Told:
    """What one contestant was told."""

    login: str
    won: bool
    winner: str
    """Whom the answer names; empty where it names nobody."""


class Ring:
    """One account with open handoffs, and web processes in front of it."""

    def __init__(self, services: Services, account_id: int, webs: list[str]) -> None:
        self.services, self.account_id, self.webs = services, account_id, webs
        self.ids = {login: number for number, login in enumerate(SENIORS, 1)}
        self.browsers = {login: Browser() for login in SENIORS}

    def open(self, ticket_id: int) -> int:
        """Open a handoff that is as if posted and told long ago."""
        now = self.services.clock()
        with self.services.database.account(self.account_id) as session:
            opened = handoffs.open_handoff(
                session, account_id=self.account_id, ticket_id=ticket_id, episode=1, escalated_at=now, now=now,
                rule_version=1, summary="Contested",
            )  # fmt: skip
            assert opened is not None
            return opened.id

    def fight(self, handoff_id: int, order: random.Random) -> list[Told]:
        """Let four claim it at the same instant."""
        ways = list(zip(SENIORS, WAYS, strict=True))
        order.shuffle(ways)
        gate, told = threading.Barrier(len(ways)), []

        def claim(login: str, way: str, web: str, head_start_s: float) -> None:
            act = getattr(self, f"_{way}")(login, handoff_id, web)
            gate.wait()
            time.sleep(head_start_s)
            told.append(act())

        threads = [
            # A request takes a few milliseconds to arrive; without as much of a pause the worker would win each time.
            threading.Thread(
                target=claim, args=(login, way, self.webs[n % len(self.webs)], order.random() * PAUSE_S * (way == "psa"))
            )
            for n, (login, way) in enumerate(ways)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return told

    def _link(self, login: str, handoff_id: int, web: str):  # type: ignore[no-untyped-def]
        url = self.services.passes.claim_link(
            web, account_id=self.account_id, handoff_id=handoff_id, member_id=self.ids[login], epoch=1
        )
        page = self.browsers[login].show(url)

        def press() -> Told:
            answer = self.browsers[login].press(url, page)
            named = answer.notice.removeprefix("Already claimed by ").split(",")[0].lower()
            return Told(login, answer.status == 200, login if answer.status == 200 else named)

        return press

    def _api(self, login: str, handoff_id: int, web: str):  # type: ignore[no-untyped-def]
        token = self.services.passes.api_token(account_id=self.account_id, member_id=self.ids[login], epoch=1)
        request = urllib.request.Request(
            f"{web}/api/v1/handoffs/{handoff_id}/claim", b"", {"Authorization": f"Bearer {token}"}, method="POST"
        )

        def call() -> Told:
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return Told(login, True, _claimed_by(answer.read()))
            except urllib.error.HTTPError as error:
                return Told(login, False, _claimed_by(error.read()))

        return call

    def _psa(self, login: str, handoff_id: int, _web: str):  # type: ignore[no-untyped-def]
        def see() -> Told:
            now = self.services.clock()
            with self.services.database.account(self.account_id) as session:
                won = claims.claim(
                    session, self.account_id, handoff_id, member_id=self.ids[login], now=now, kind="owner", actor=login
                )
                row = handoffs.get(session, self.account_id, handoff_id)
            assert row is not None
            return Told(login, won, SENIORS[(row.claimed_by or 0) - 1])

        return see

    def recorded(self, handoff_id: int) -> list[str]:
        """Return who the database says went from open to claimed."""
        with self.services.database.account(self.account_id, reading=True) as session:
            moves = handoffs.transitions(session, self.account_id, handoff_id)
        return [move.actor for move in moves if move.to_state == "claimed"]


def _claimed_by(body: bytes) -> str:
    found = json.loads(body)["claimed_by"]
    return str(found["login"] if isinstance(found, dict) else found).lower()


@contextlib.contextmanager
def ring(home: Path, database_url: str, webs: int) -> Iterator[Ring]:
    """Start web processes on a fresh database with one account of four seniors."""
    ports = [embedded.free_port() for _ in range(webs)]
    environment = {
        "RESOLUTIONFLOW_VAR": str(home), "DATABASE_URL": database_url, "REDIS_URL": "", "SECRET_KEYS": "k" * 40,
        "PUBLIC_URL": f"http://127.0.0.1:{ports[0]}", "LOG_LEVEL": "WARNING",
    }  # fmt: skip
    settings = Settings.read(environment)
    if not database_url:
        migrate(settings.database_url)
    services = from_settings(settings)
    with services.database.system() as system:
        account_id = accounts.add_account(
            system, services.cipher, name="ring", site="na.myconnectwise.net", company="ring", public_key="p",
            private_key="q", client_id="c", now=services.clock(),
        )  # fmt: skip
    with services.database.account(account_id) as session:
        people = [MemberRow(n, login, login.title(), None) for n, login in enumerate(SENIORS, 1)]
        accounts.import_members(session, account_id, people, engineers=SENIORS)
    with (home / "web.log").open("wb") as log:
        parts = [
            subprocess.Popen(
                [sys.executable, "-m", "worker", "web", "--host", "127.0.0.1", "--port", str(port)],
                env={**os.environ, **environment}, stdout=log, stderr=log,
            )
            for port in ports
        ]  # fmt: skip
        try:
            for port in ports:
                _await(f"http://127.0.0.1:{port}/healthz")
            yield Ring(services, account_id, [f"http://127.0.0.1:{port}" for port in ports])
        finally:
            for part in parts:
                part.terminate()
            for part in parts:
                part.wait(20)
            services.close()


def _await(url: str) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return
        time.sleep(0.05)
    raise SystemExit(f"{url} does not answer")


def run(claims: int, database: str, webs: int, seed: int) -> bool:
    """Print what became of the contested claims; return whether each had exactly one winner."""
    order, wins, wrong, ways = random.Random(seed), Counter[int](), [], Counter[str]()
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="contested-")))
        url = _database(stack, database)
        arena = stack.enter_context(ring(home, url, webs))
        begun = time.monotonic()
        for number in range(claims):
            handoff_id = arena.open(60_000 + number)
            told, recorded = arena.fight(handoff_id, order), arena.recorded(handoff_id)
            winners = [answer.login for answer in told if answer.won]
            wins[len(recorded)] += 1
            if len(recorded) == 1:
                ways[WAYS[SENIORS.index(recorded[0])]] += 1
            if winners != recorded or any(answer.winner != recorded[0] for answer in told):
                wrong.append((handoff_id, told, recorded))
        took = time.monotonic() - begun
    shares = ", ".join(f"{way} {count}" for way, count in sorted(ways.items()))
    say(f"{database}: {claims} handoffs, {len(SENIORS)} claiming each at once, {webs} web processes, {took:.0f} s")
    say(f"  winners recorded: {dict(wins)}; told wrongly: {len(wrong)}; won by: {shares}")
    for handoff_id, told, recorded in wrong[:5]:
        say(f"  handoff {handoff_id}: recorded {recorded}, told {told}")
    return dict(wins) == {1: claims} and not wrong


def _database(stack: contextlib.ExitStack, database: str) -> str:
    if database == "sqlite":
        return ""
    return postgres_in(stack, Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="contested-pg-"))))


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, default=1000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--web", type=int, default=2, help="web processes (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.exit(0 if run(given.claims, given.database, given.web, given.seed) else 1)
