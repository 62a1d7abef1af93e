"""Event streams through the whole of it: gunicorn on one port, the streams' own process, a real broker, both databases."""

from __future__ import annotations

import contextlib
import http.client
import json
import queue
import signal
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from models.account import people
from models.database.sessions import Database
from models.handoff import claims, feed, handoffs
from tests.integration.models.places import account
from tests.integration.webhooks.conftest import environment_for
from tests.integration.webhooks.office import JONAS, MARIA, MEMBERS, SENIORS, TOM, Office, open_office
from webhooks.authorization import COOKIE
from worker.process import embedded
from worker.process.announcing import Announcer
from worker.process.tokens import Audience
from worker.settings import Settings

PATH = "/escalations/stream"


def opened(database: Database, account_id: int, ticket_id: int) -> int:
    now = database.now()
    with database.account(account_id) as session:
        row = handoffs.open_handoff(
            session, account_id=account_id, ticket_id=ticket_id, episode=1, escalated_at=now, now=now, rule_version=1
        )
        assert row is not None
        return row.id


class House:
    """An office whose web and streams run as processes of their own, on one port."""

    def __init__(self, office: Office, settings: Settings, environment: dict[str, str], folder: Path) -> None:
        self.office, self.settings, self.environment, self.folder = office, settings, environment, folder
        self.port = embedded.free_port()
        web, streams, *_ = embedded.service_parts(
            settings, host="127.0.0.1", port=self.port, logs=folder, environment=environment
        )
        self.web, self.streams = web, streams
        office.database.on_moved = Announcer(settings.redis_client_url).moved

    def start(self) -> None:
        broker = embedded.broker_part(self.settings, log_file=self.folder / "broker.log")
        self.broker = broker
        for part in (broker, self.web, self.streams):
            part.start()
        embedded.wait_for_broker(self.settings)
        self.wait(lambda: self.ask("/healthz")[0] == 200)
        self.wait_streams()

    def wait_streams(self) -> None:
        self.wait(lambda: self.ask(PATH, {})[0] == 401)

    def wait(self, ready: Any, within_s: float = 15) -> None:
        end = time.monotonic() + within_s
        while time.monotonic() < end:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if ready():
                    return
            time.sleep(0.05)
        raise TimeoutError

    def ask(self, path: str, headers: dict[str, str] | None = None, method: str = "GET") -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request(method, path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def listen(self, member: int = MARIA, last: str = "", **headers: str) -> Ear:
        sent = {**self.office.token(member), **headers}
        return Ear(self.port, {**sent, **({"Last-Event-ID": last} if last else {})})

    def stop(self) -> None:
        for part in (self.web, self.streams, self.broker):
            part.kill()
            part.tidy()


class Ear:
    """Reads one stream, as a page does with fetch."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.connection.request("GET", PATH, headers=headers)
        self.answer = self.connection.getresponse()
        self.events: queue.Queue[tuple[str, list[int]]] = queue.Queue()
        self.last, self.retry, self.ended = "", 0, threading.Event()
        if self.answer.status == 200:
            threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        event: dict[str, str] = {}
        with contextlib.suppress(OSError, http.client.HTTPException, AttributeError, ValueError):
            for raw in self.answer:
                line = raw.decode().rstrip("\n")
                if not line:
                    self.last = event.get("id", self.last)
                    if "event" in event:
                        self.events.put((event["event"], json.loads(event["data"]).get("handoffs", [])))
                    event = {}
                elif not line.startswith(":"):
                    name, _, value = line.partition(": ")
                    event[name] = value
                    if name == "retry":
                        self.retry = int(value)
        self.ended.set()

    def next(self, within_s: float = 5) -> tuple[str, list[int]]:
        return self.events.get(timeout=within_s)

    def all(self, quiet_s: float = 0.4) -> list[tuple[str, list[int]]]:
        found = []
        with contextlib.suppress(queue.Empty):
            while True:
                found.append(self.events.get(timeout=quiet_s))
        return found

    def close(self) -> None:
        self.connection.close()


@pytest.fixture
def house(database: Database, tmp_path: Path) -> Iterator[House]:
    yield from housed(database, tmp_path)


@pytest.fixture
def small_house(sqlite_database: Database, tmp_path: Path) -> Iterator[House]:
    """For what has nothing to do with the database."""
    yield from housed(sqlite_database, tmp_path)


def housed(database: Database, tmp_path: Path) -> Iterator[House]:
    office = open_office(database, tmp_path)
    environment = environment_for(database, tmp_path)
    house = House(office, Settings.read(environment), environment, tmp_path)
    try:
        house.start()
        yield house
    finally:
        house.stop()
        office.app.extensions["resolutionflow"].dispose()


def claim(house: House, handoff_id: int) -> None:
    status, _ = house.ask(f"/api/v1/handoffs/{handoff_id}/claim", house.office.token(TOM), "POST")
    assert status == 200


def test_arrivals_and_claims_are_told_at_once_to_this_account_alone(house: House) -> None:
    office = house.office
    other = account(office.database, "harbour")
    with office.database.account(other) as session:
        people.import_members(session, other, MEMBERS, engineers=SENIORS, owner="phall")
    theirs = office.passes.api_token(account_id=other, member_id=MARIA, epoch=1)
    mine, junior = house.listen(), house.listen(JONAS)
    foreign = house.listen(**{"Authorization": f"Bearer {theirs}"})
    assert [ear.next()[0] for ear in (mine, junior, foreign)] == ["ready"] * 3
    for number in range(5):
        asked = time.monotonic()
        new = office.escalate(50_000 + number)
        assert mine.next() == ("moved", [new])
        assert time.monotonic() - asked < 1.0
        assert junior.next() == ("moved", [new])
    claim(house, office.handoff_id)
    assert mine.next() == ("moved", [office.handoff_id])
    far = opened(office.database, other, 4711)
    assert foreign.next() == ("moved", [far])
    assert mine.all() == []
    assert foreign.all() == []
    # A place of another account's opens nothing of it either.
    strange = house.listen(last=foreign.last)
    assert strange.next()[0] in ("ready", "moved", "reread")
    assert all(far not in ids for _, ids in strange.all())
    for ear in (mine, junior, foreign, strange):
        ear.close()


@pytest.mark.storm
def test_who_may_not_is_answered_and_a_stream_ends_with_its_token(small_house: House) -> None:
    house = small_house
    tokens, who = house.office.passes.tokens, {"account_id": house.office.account_id, "member_id": MARIA, "epoch": 1}
    old = tokens.sign(Audience.POD, **who, at=datetime.now(UTC) - timedelta(hours=1))
    for headers, status in (
        ({}, 401), ({"Authorization": "Bearer x"}, 401), ({"Authorization": f"Bearer {old}"}, 401),
        (house.office.token(MARIA, epoch=2), 401), (house.office.token(9999), 403),
        ({"Cookie": f"{COOKIE}={tokens.sign(Audience.API, **who)}"}, 401),
    ):  # fmt: skip
        found, body = house.ask(PATH, headers)
        assert found == status, body
        assert json.loads(body)["status"] == status
    assert house.ask(PATH, house.office.token(), "POST")[0] == 405
    ear = Ear(house.port, {"Cookie": f"a=b; {COOKIE}={tokens.sign(Audience.BROWSER, **who)}"})
    assert ear.next()[0] == "ready", "by cookie one may"
    ear.close()
    short = tokens.sign(Audience.POD, **who, at=datetime.now(UTC) - timedelta(seconds=15 * 60 - 3))
    ear = Ear(house.port, {"Authorization": f"Bearer {short}"})
    assert ear.next()[0] == "ready"
    assert ear.next(8) == ("expired", [])
    assert ear.ended.wait(2)


@pytest.mark.storm
def test_nothing_is_lost_or_told_twice_over_cuts_kills_deploys_and_a_silent_broker(house: House) -> None:
    """A listener that is cut off again and again, with its last place, while handoffs arrive from four threads."""
    told: list[int] = []
    made: list[int] = []
    read: set[int] = set()
    """What whoever was away too long found in the list, as "reread" bids: on a slow machine."""
    lock, done = threading.Lock(), threading.Event()

    def take(name: str, ids: list[int]) -> None:
        told.extend(ids)
        if name == "reread":
            with lock:
                read.update(made)

    def arrive(first: int) -> None:
        for number in range(40):
            new = house.office.escalate(first + number)
            with lock:
                made.append(new)
            time.sleep(0.03)

    def listen() -> None:
        ear = house.listen()
        assert ear.next()[0] == "ready"
        last, since = ear.last, time.monotonic()
        ready.set()
        while True:
            with contextlib.suppress(queue.Empty):
                take(*ear.events.get(timeout=0.05))
            last = ear.last or last
            cut = time.monotonic() - since > 0.4
            if cut or ear.ended.is_set():
                for event in ear.all(0.1):  # what was read before the cut counts as told
                    take(*event)
                last = ear.last or last
                if done.is_set() and not cut:
                    return
                ear.close()
                for _ in range(200):
                    with contextlib.suppress(OSError, http.client.HTTPException):
                        ear = house.listen(last=last)
                        if ear.answer.status == 200:
                            break
                    time.sleep(0.05)
                since = time.monotonic()
            if done.is_set() and set(told) | read >= set(made):
                return

    ready = threading.Event()
    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    assert ready.wait(10)
    threads = [threading.Thread(target=arrive, args=(60_000 + 1000 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.4)
    house.streams.kill()
    house.streams.start()
    time.sleep(0.8)
    house.broker.stop(signal.SIGSTOP)
    time.sleep(0.5)
    house.broker.stop(signal.SIGCONT)
    house.streams.stop(signal.SIGTERM)
    house.wait(lambda: not house.streams.alive())
    house.streams.start()
    for thread in threads:
        thread.join()
    done.set()
    listener.join(40)
    assert sorted(told) == sorted(set(told)), "told twice"
    assert set(told) | read == set(made), "lost"
    assert len(told) > len(made) / 4, "most were told and not read"


@pytest.mark.storm
def test_a_deploy_sends_everybody_away_with_a_time_to_come_back(small_house: House) -> None:
    house = small_house
    ears = [house.listen() for _ in range(5)]
    assert [ear.next()[0] for ear in ears] == ["ready"] * 5
    house.streams.stop(signal.SIGTERM)
    for ear in ears:
        assert ear.next() == ("restart", [])
        assert 500 <= ear.retry <= 5000
        assert ear.ended.wait(3)
    assert len({ear.retry for ear in ears}) > 1
    house.wait(lambda: not house.streams.alive())
    assert house.streams.process is not None
    assert house.streams.process.returncode == 0
    status, body = house.ask(PATH, house.office.token())
    assert (status, json.loads(body)["status"]) == (503, 503)


@pytest.mark.storm
def test_the_web_lets_go_of_whom_it_hands_over(small_house: House) -> None:
    house = small_house
    assert house.web.process is not None
    ears = [house.listen(MARIA if n % 2 else TOM) for n in range(40)]
    (worker,) = psutil.Process(house.web.process.pid).children()
    house.wait(lambda: worker.num_fds() < 40)
    assert not any(ear.ended.is_set() for ear in ears)
    more = [house.listen() for _ in range(5)]
    house.wait(lambda: sum(ear.ended.is_set() for ear in ears) == 5)  # twenty for each member, the oldest give way
    assert not any(ear.ended.is_set() for ear in more)
    for ear in (*ears, *more):
        ear.close()


def test_a_slow_transaction_is_not_overlooked(database: Database) -> None:
    """The move of a transaction that began first and ended last, told on both databases though others were told before."""
    one = account(database)
    now = database.now()
    with database.account(one, reading=True) as session:
        place = feed.now_at(session, one, now)
    first, second = opened(database, one, 1), opened(database, one, 2)
    with database.account(one, reading=True) as session:
        moves, place = feed.since(session, one, place, now=database.now())
    assert len(moves) == 4, "each handoff begins in two machines"
    for handoff_id, ago in ((first, 0), (second, 8)):
        with database.account(one) as session:
            assert claims.claim(session, one, handoff_id, member_id=7, now=database.now() - timedelta(seconds=ago))
        with database.account(one, reading=True) as session:
            moves, place = feed.since(session, one, feed.Place.read(str(place)), now=database.now())
        assert [move.handoff_id for move in moves] == [handoff_id]
    with database.account(one, reading=True) as session:
        assert feed.since(session, one, feed.Place.read(str(place)), now=database.now())[0] == []


@pytest.mark.parametrize("bent", ["", "x", "1.2.x", "9" * 17, "1" + ".5" * 3000, "-1", "1~~", "\u0661", "1.", "~"])
def test_what_is_no_place_is_refused(bent: str) -> None:
    with pytest.raises(feed.NoPlace):
        feed.Place.read(bent)
