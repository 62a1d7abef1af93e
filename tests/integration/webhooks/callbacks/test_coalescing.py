"""Many saves of one ticket cost few readings, and the last save is always read.

The kind: any sequence of saves of one watched ticket by anybody (same status and owner, another status, another owner,
closed), told of by callbacks that come at once, late, out of order or twice, while workers read at any moment in between.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from models.account import accounts
from models.database.sessions import Database
from models.tables import Inbox
from models.work import inbox, ticket_watch
from psa.port import Unavailable
from tests.fakes import ASSIGNED, ESCALATED, NEW
from tests.integration.receiver import KeyServer, body, signed
from tests.integration.worker.conftest import Shop
from webhooks.app import create_app
from worker.handoff import triage
from worker.settings import Settings
from worker.upkeep import sweeper

TICKET = 48213


@dataclass
class Desk:
    """The shop with its receiver: saves in the PSA, callbacks of them, readings by workers."""

    shop: Shop
    client: Any
    path: str
    site: str

    def save(self, *, seconds: float = 1.0, by: str = "jlind", **fields: Any) -> bytes:
        """Save the ticket and return the callback that tells of it."""
        self.shop.clock.advance(seconds)
        ticket = self.shop.psa.change(TICKET, updated_by=by, **fields)
        at = ticket.last_updated.strftime("%Y-%m-%dT%H:%M:%SZ") if ticket.last_updated else ""
        entity = {
            "id": TICKET, "board": {"id": ticket.board_id}, "status": {"id": ticket.status_id},
            "owner": {"identifier": ticket.owner} if ticket.owner else None, "closedFlag": ticket.closed,
            "_info": {"lastUpdated": at, "updatedBy": by},
        }  # fmt: skip
        return body(self.site, ticket=TICKET, Entity=json.dumps(entity), MemberId=by)

    def send(self, raw: bytes) -> int:
        return int(self.client.post(self.path, data=raw, headers=signed(raw)).status_code)

    def rows(self, *conditions: Any) -> int:
        with self.shop.database.account(self.shop.account_id, reading=True) as session:
            return session.scalar(select(func.count()).select_from(Inbox).where(*conditions)) or 0

    def due(self) -> list[int]:
        with self.shop.database.system(reading=True) as system:
            return [row for _, row in inbox.due(system, now=self.shop.clock() + timedelta(seconds=5), limit=500)]

    def read(self, *, most: int = 1000) -> int:
        """Let a worker read what is due, as many as `most`; return how many."""
        rows = self.due()[:most]
        for row in rows:
            triage.triage(self.shop.services, account_id=self.shop.account_id, inbox_id=row)
        return len(rows)

    def seen(self) -> tuple[datetime | None, int | None]:
        with self.shop.database.account(self.shop.account_id, reading=True) as session:
            watch = ticket_watch.seen(session, self.shop.account_id, TICKET)
            return (watch.last_updated, watch.status_id) if watch else (None, None)


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[Desk]:
    with KeyServer() as keys:
        shop = Shop(database, tmp_path)
        with database.account(shop.account_id) as session:
            accounts.set_account(session, shop.account_id, site=keys.url, allow_private=True)
            account = accounts.get(session, shop.account_id)
            assert account is not None
            path = f"/callbacks/connectwise/{accounts.path_token(account, shop.services.cipher)}"
        environment = {
            "RESOLUTIONFLOW_VAR": str(tmp_path), "SECRET_KEYS": "k" * 40, "LOG_LEVEL": "ERROR",
            "DATABASE_URL": database.url.render_as_string(hide_password=False),
        }  # fmt: skip
        app = create_app(Settings.read(environment))
        app.extensions["resolutionflow.receiver"]._clock = shop.clock
        shop.psa.add(TICKET, status=NEW)
        yield Desk(shop, app.test_client(), path, keys.url)
        app.extensions["resolutionflow"].dispose()


def test_a_hundred_saves_by_a_workflow_are_a_handful_of_readings_and_the_last_is_read(desk: Desk) -> None:
    assert desk.send(desk.save(status_id=ESCALATED)) == 204
    assert desk.read() == 1
    desk.shop.clock.advance(30)
    before, readings = desk.rows(), 0
    for _ in range(100):
        assert desk.send(desk.save(seconds=0.2, by="workflow")) == 204
        readings += desk.read()
    for _ in range(70):
        desk.shop.clock.advance(1)
        readings += desk.read()
    assert readings <= 6
    assert desk.rows() - before == readings
    assert desk.seen() == (desk.shop.psa.tickets[TICKET].last_updated, ESCALATED)
    assert desk.rows(Inbox.state == "new") == 0


@pytest.mark.storm
def test_a_storm_of_twenty_minutes_is_read_about_once_a_minute(desk: Desk) -> None:
    desk.send(desk.save(status_id=ESCALATED))
    desk.read()
    readings = 0
    for _ in range(240):
        desk.send(desk.save(seconds=5, by="workflow"))
        readings += desk.read()
    assert 16 <= readings <= 27


def test_a_claim_in_the_middle_of_a_storm_is_read_at_once(desk: Desk) -> None:
    desk.send(desk.save(status_id=ESCALATED))
    desk.read()
    for _ in range(40):
        desk.send(desk.save(seconds=0.5, by="workflow"))
        desk.read()
    desk.send(desk.save(by="msvensson", owner="msvensson", status_id=ASSIGNED))
    assert desk.read() >= 1
    desk.shop.observe()
    assert desk.shop.handoffs()[0].response_state == "claimed"
    assert desk.shop.handoffs()[0].claimed_by == 2


def test_who_took_it_is_told_by_the_first_save_that_shows_it_however_they_come_in(desk: Desk) -> None:
    """A workflow echoes a senior's save within the same second or after it, and its callback comes first."""
    desk.send(desk.save(status_id=ESCALATED))
    desk.read()
    desk.shop.clock.advance(60)
    taken = desk.save(by="msvensson", owner="msvensson", status_id=ASSIGNED)
    same_second = desk.save(seconds=0, by="workflow")
    later = desk.save(seconds=2, by="workflow")
    for raw in (later, same_second, taken):
        assert desk.send(raw) == 204
    desk.read()
    desk.shop.observe()
    (handoff,) = desk.shop.handoffs()
    assert (handoff.response_state, handoff.claimed_by) == ("claimed", 2)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.storm) for seed in (1, 2, 3))])
def test_the_last_save_is_read_whatever_comes_in_between(desk: Desk, seed: int) -> None:
    chance = random.Random(seed)
    desk.send(desk.save(status_id=ESCALATED))
    waiting: list[bytes] = []
    for _ in range(60):
        step = chance.random()
        if step < 0.55:
            fields: dict[str, Any] = {}
            if chance.random() < 0.3:
                fields = {"status_id": chance.choice((NEW, ESCALATED, ASSIGNED)),
                          "owner": chance.choice((None, "msvensson", "tobrien"))}  # fmt: skip
            raw = desk.save(seconds=chance.choice((0, 0.3, 1, 4)), by=chance.choice(("jlind", "workflow", "msvensson")), **fields)
            waiting += [raw] * chance.choice((1, 1, 1, 2))
            chance.shuffle(waiting)
        elif step < 0.75 and waiting:
            assert desk.send(waiting.pop()) == 204
        elif step < 0.9:
            desk.read(most=chance.choice((1, 3)))
        elif step < 0.95:
            _fails(desk, chance)
        else:
            desk.shop.clock.advance(chance.choice((5, 30)))
    for raw in waiting:
        assert desk.send(raw) == 204
    for _ in range(8):
        desk.shop.clock.advance(60)
        desk.read()
    ticket = desk.shop.psa.tickets[TICKET]
    assert desk.seen() == (ticket.last_updated, ticket.status_id)
    assert desk.rows(Inbox.state == "new") == 0


def _fails(desk: Desk, chance: random.Random) -> None:
    """Let a reading fail, or a worker die in the middle of one."""
    rows = desk.due()
    if not rows:
        return
    row = chance.choice(rows)
    if chance.random() < 0.5:
        with desk.shop.database.account(desk.shop.account_id) as session:
            inbox.take(session, desk.shop.account_id, row, now=desk.shop.clock(), lease_s=60)
        return

    def away() -> None:
        raise Unavailable("GET /service/tickets: 503", status=503)

    desk.shop.psa.before["ticket"] = away
    try:
        triage.triage(desk.shop.services, account_id=desk.shop.account_id, inbox_id=row)
    finally:
        desk.shop.psa.before.clear()


@pytest.mark.parametrize("spoiled", ["taken", "unverified", "parked next", "waits for minutes"])
def test_only_a_reading_that_will_surely_come_soon_makes_a_callback_needless(desk: Desk, spoiled: str) -> None:
    now = desk.shop.clock()
    values: dict[str, Any] = {
        "taken": {"lease_until": now + timedelta(seconds=60), "attempts": 1},
        "unverified": {"verified": False},
        "parked next": {"attempts": 12, "lease_until": None},
        "waits for minutes": {"attempts": 1, "outcome": "503", "next_attempt_at": now + timedelta(seconds=300)},
    }[spoiled]
    desk.send(desk.save(status_id=ESCALATED))
    with desk.shop.database.account(desk.shop.account_id) as session:
        session.execute(update(Inbox).values(values))
    desk.send(desk.save(seconds=1))
    assert desk.rows() == 2
    desk.send(desk.save(seconds=1))
    assert desk.rows() == 2


def test_what_ends_it_and_what_is_deleted_is_stored(desk: Desk) -> None:
    desk.send(desk.save(status_id=ESCALATED))
    desk.read()
    desk.send(desk.save(by="workflow"))
    desk.send(desk.save(closed=True))
    desk.send(body(desk.site, ticket=TICKET, action="deleted", status=None))
    assert desk.rows(Inbox.state == "new") == 3


def test_a_time_entry_waits_for_no_pause(desk: Desk) -> None:
    desk.send(desk.save(status_id=ESCALATED))
    desk.read()
    for _ in range(8):
        desk.send(desk.save(seconds=0.5, by="workflow"))
        desk.read()
    assert desk.rows(Inbox.state == "new") == 1, "the storm waits"
    entry = {"id": 77, "chargeToId": TICKET, "chargeToType": "ServiceTicket", "_info": {}}
    desk.send(body(desk.site, ticket=77, Type="time", Entity=json.dumps(entry)))
    assert desk.rows(Inbox.state == "new") == 2
    assert desk.read() == 1


def test_what_opens_is_rung_for_before_what_is_known(desk: Desk) -> None:
    desk.send(desk.save(status_id=ESCALATED))
    desk.read()
    desk.send(desk.save(by="workflow"))
    desk.shop.psa.add(555, status=ESCALATED)
    desk.send(body(desk.site, ticket=555))
    desk.shop.clock.advance(10)
    desk.shop.bell.rung.clear()
    sweeper.sweep(desk.shop.services)
    assert len(desk.shop.bell.take("triage")) == 1
    assert len(desk.shop.bell.take("look_again")) == 1
