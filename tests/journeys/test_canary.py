"""A canary through the real receiver, broker, worker and both databases; and what is told when one of them is gone."""

from __future__ import annotations

import dataclasses
import signal
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from models.account import accounts
from models.work import canaries, jobs
from models.work.canaries import Canary
from psa.simulator.remote import Remote
from tests.storm.proxy import Fault
from tests.storm.rig import Rig
from worker.demo.stack import until
from worker.upkeep import auditor, canary

LATE_S = 2.0


class Switch(HTTPServer):
    """A dead-man's switch that counts."""

    heard = 0


@pytest.fixture
def sky(shared_rig: Rig) -> Rig:
    """Give a whole product whose beat sends no canary while a test looks, and whose auditor is the test's own."""
    return shared_rig


@pytest.fixture
def switch(sky: Rig) -> Iterator[Switch]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert isinstance(self.server, Switch)
            self.server.heard += 1
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = Switch(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    services = sky.stack.services
    services.settings = dataclasses.replace(
        services.settings,
        dead_man_url=f"http://127.0.0.1:{server.server_port}/",
        intervals=dataclasses.replace(services.settings.intervals, canary=0.001, canary_late=LATE_S),
    )
    yield server
    server.shutdown()
    server.server_close()


def sent(sky: Rig) -> list[Canary]:
    """Send the canaries that are due as another worker would."""
    return [read(sky, number) for number in canary.send(sky.stack.services)]


def _stands(group: int) -> bool:
    """Whether each thread of a process group is stopped."""
    of_threads = (_state(file) for file in Path("/proc").glob("[0-9]*/task/*/stat"))
    return all(state in ("T", "Z", "X") for of_group, state in of_threads if of_group == group)


def _state(file: Path) -> tuple[int, str]:
    try:
        state, _, of_group, *_ = file.read_text().rpartition(") ")[2].split()
    except OSError:  # it has ended meanwhile
        return 0, "X"
    return int(of_group), state


def stop_worker(sky: Rig) -> None:
    """Stop the worker between two of its writes: one that is stopped in the middle holds SQLite's one lock."""
    for _ in range(10):
        group = sky.signal("worker", signal.SIGSTOP)
        until(partial(_stands, group), "the worker goes on")  # a signal is heard a moment later
        try:
            with sky.stack.services.database.account(sky.msps[0].account_id):
                return
        except OperationalError:
            sky.signal("worker", signal.SIGCONT)
            time.sleep(0.2)
    raise AssertionError("the worker always holds the lock")


def read(sky: Rig, number: int) -> Canary:
    for msp in sky.msps:
        with sky.stack.services.database.account(msp.account_id, reading=True) as session:
            found = canaries.get(session, msp.account_id, number)
        if found is not None:
            return found
    raise AssertionError(f"canary {number} is in no account")


def wait_ended(sky: Rig, one: Canary, within_s: float = 15) -> Canary:
    until(lambda: read(sky, one.id).ended_at is not None, f"canary {one.id} did not end", within_s=within_s)
    return read(sky, one.id)


def told(sky: Rig) -> list[str]:
    """Audit as another worker would; return what is said of canaries."""
    auditor.audit(sky.stack.services)
    with sky.stack.services.database.system(reading=True) as system:
        return [alert.detail for alert in jobs.open_alerts(system) if alert.kind == "canary is late"]



def test_it_arrives_and_the_switch_hears_of_it(sky: Rig, switch: Switch) -> None:
    requests_before = len(sky.stack.simulator.requests())
    (one,) = sent(sky)
    ended = wait_ended(sky, one)
    assert ended.failure is None
    assert ended.stored_at is not None
    assert ended.arrived_at is not None
    assert canaries.parts(ended).keys() == {"receiver", "worker"}
    assert sum(canaries.parts(ended).values()) < 2
    assert told(sky) == []
    assert switch.heard == 1
    calls = [r for r in sky.stack.simulator.requests()[requests_before:] if r["method"] != "GET"]
    assert calls == [], "nothing is written to ConnectWise"


def test_a_worker_that_stands_still_is_told_of_and_the_switch_is_not_asked(sky: Rig, switch: Switch) -> None:
    stop_worker(sky)
    try:
        (one,) = sent(sky)
        time.sleep(LATE_S + 0.5)
        (detail,) = told(sky)
        assert detail.startswith("the receiver stored it, and no worker took it up")
        assert switch.heard == 0
    finally:
        sky.signal("worker", signal.SIGCONT)
    wait_ended(sky, one)
    assert told(sky) == []
    assert switch.heard == 1


def test_without_a_broker_the_sweeper_finds_it_later(sky: Rig, switch: Switch) -> None:
    sky.broker.fault = Fault(down=True)
    try:
        (one,) = sent(sky)
        assert read(sky, one.id).stored_at is not None
        time.sleep(1)
        assert read(sky, one.id).arrived_at is None
    finally:
        sky.broker.fault = Fault()
    ended = wait_ended(sky, one, within_s=30)
    assert canaries.parts(ended)["worker"] > 1
    assert told(sky) == []


def test_a_receiver_that_is_gone_is_told_of(sky: Rig, switch: Switch) -> None:
    sky.kill("web")
    (one,) = sent(sky)
    assert one.failure is not None
    time.sleep(LATE_S + 0.5)
    (detail,) = told(sky)
    assert detail.startswith("the receiver did not take it: no ")
    assert switch.heard == 0
    until(sky.stack._web_answers, "the web did not come back")
    for again in sent(sky):
        wait_ended(sky, again)
    assert told(sky) == []


@pytest.mark.parametrize("msp", ["northgate"])
def test_a_lent_ticket_is_read_and_written_and_holds_nothing_after(sky: Rig, switch: Switch, msp: str) -> None:
    (mine,) = [one for one in sky.msps if one.name == msp]
    simulator: Remote = mine.simulator
    ticket = simulator.add_ticket(summary="Kept for trials", member=mine.junior, board=mine.board)
    before = [note["id"] for note in simulator.notes(ticket)]
    with sky.stack.services.database.account(mine.account_id) as session:
        accounts.set_account(session, mine.account_id, canary_ticket=ticket, canary_posts=True)
    sky.stack.simulator.clear_requests()
    until(lambda: any(one.ticket_id == ticket and wait_ended(sky, one) for one in sent(sky)), "it was not its turn")
    written = [r["method"] for r in sky.stack.simulator.requests() if "/notes" in r["path"] and r["method"] != "GET"]
    assert written == ["POST", "DELETE"]
    assert [note["id"] for note in simulator.notes(ticket)] == before
    with sky.stack.services.database.account(mine.account_id) as session:
        accounts.set_account(session, mine.account_id, canary_ticket=None, canary_posts=False)


def test_the_web_says_so_too(sky: Rig, switch: Switch, tmp_path: Path) -> None:
    import json
    import urllib.request

    with urllib.request.urlopen(f"{sky.stack.web_url}/readyz", timeout=5) as answer:
        assert json.load(answer)["canary"] == "ok"
    with urllib.request.urlopen(f"{sky.stack.web_url}/metrics", timeout=5) as answer:
        text = answer.read().decode()
    assert "resolutionflow_canaries_late 0.0" in text
    assert 'resolutionflow_canary_seconds{part="worker"}' in text
