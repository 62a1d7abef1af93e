"""The use cases on a real database, with a PSA in memory and a clock that stands still."""

from __future__ import annotations

import copy
import json
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from models.account import accounts
from models.database.sessions import Database
from models.handoff import handoffs
from models.handoff.handoffs import Handoff
from models.work import inbox
from tests.fakes import FakeBell, FakeClock, FakeMailer, FakePsa
from tests.trail import followed
from worker.account.onboarding import account_named, connect
from worker.handoff import notify, publish, triage
from worker.response import observe, settle
from worker.settings import Settings
from worker.upkeep import sweeper
from worker.wiring import Services

PSA_WRITES = (
    "post_internal_note", "post_resolution_note", "edit_note", "delete_note", "assign_owner", "escalate",
    "register_callback", "reactivate_callback", "delete_callback",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Connected:
    """A shop right after it was connected, to begin the next from: on SQLite that is most of what a test would wait for."""

    content: bytes
    around: tuple[FakePsa, FakeClock, FakeBell, FakeMailer, int, Any]

    @classmethod
    def of(cls, shop: Shop, file: Path) -> Connected:
        with closing(sqlite3.connect(file)) as connection:
            content = connection.serialize()
        return cls(content, copy.deepcopy((shop.psa, shop.clock, shop.bell, shop.mailer, shop.account_id, shop.connected)))


_CONNECTED: list[Connected] = []


class Shop:
    """One connected account and everything around it."""

    def __init__(self, database: Database, folder: Path, *, like: Connected | None = None) -> None:
        self.clock = FakeClock()
        self.psa = FakePsa(self.clock)
        self.bell = FakeBell()
        self.mailer = FakeMailer()
        self.database = database
        if like is not None:
            self.psa, self.clock, self.bell, self.mailer, self.account_id, self.connected = copy.deepcopy(like.around)
        settings = Settings.read({
                "SECRET_KEYS": "k" * 40,
                "READER_ENCODER": "off",
                "RESOLUTIONFLOW_VAR": str(folder),
                "PUBLIC_URL": "https://handoff.northgate.example",
            })
        self.services = Services(
            settings, database=database, bell=self.bell, mailer=self.mailer,
            psa_maker=lambda *_: self.psa, clock=self.clock,
        )  # fmt: skip
        if like is not None:
            return
        with database.system() as system:
            self.account_id = accounts.add_account(
                system, self.services.cipher, name="northgate", site="na.myconnectwise.net", company="northgate",
                public_key="p", private_key="q", client_id="c", now=self.clock(), board_names=["Help Desk"],
                escalate_status_names=["Escalated"], claim_status_names=["Assigned to Engineer"],
                engineers=["msvensson", "tobrien"],
            )  # fmt: skip
        self.connected = connect(self.services, account_named(self.services, "northgate"))
        self.psa.calls.clear()

    def ring_in(self, ticket_id: int = 48213, action: str = "updated") -> int:
        """Store a callback as the poller would, and return its row."""
        with self.database.account(self.account_id) as session:
            row = inbox.store(
                session, account_id=self.account_id, dedupe_key=uuid.uuid4().hex, type="ticket", action=action,
                record_id=ticket_id, raw=b"", verified=True, now=self.clock(),
            )  # fmt: skip
        assert row is not None
        return row

    def triage(self, ticket_id: int = 48213, action: str = "updated") -> list[int]:
        return triage.triage(self.services, account_id=self.account_id, inbox_id=self.ring_in(ticket_id, action))

    def told(self, *, at: datetime, member: str, status: int, owner: object = None) -> list[int]:
        """Let a callback come in that tells of an earlier save than the ticket shows by now."""
        entity = {
            "board": {"id": 1}, "status": {"id": status},
            "owner": {"identifier": owner} if owner is None or isinstance(owner, str) else owner,
            "_info": {"lastUpdated": at.isoformat().replace("+00:00", "Z"), "updatedBy": member},
        }  # fmt: skip
        body = {"Action": "updated", "Type": "ticket", "ID": 48213, "CompanyId": "northgate", "MemberId": member,
                "MessageId": uuid.uuid4().hex, "Entity": json.dumps(entity)}  # fmt: skip
        with self.database.account(self.account_id) as session:
            row = inbox.store(
                session, account_id=self.account_id, dedupe_key=uuid.uuid4().hex, type="ticket", action="updated",
                record_id=48213, raw=json.dumps(body).encode(), verified=True, now=self.clock(),
            )  # fmt: skip
        assert row is not None
        return triage.triage(self.services, account_id=self.account_id, inbox_id=row)

    def publish(self, handoff_id: int) -> bool:
        return publish.publish(self.services, account_id=self.account_id, handoff_id=handoff_id)

    def tell(self, handoff_id: int) -> int:
        ids = notify.notify(self.services, account_id=self.account_id, handoff_id=handoff_id)
        return sum(notify.deliver(self.services, account_id=self.account_id, delivery_id=i) for i in ids)

    def observe(self) -> None:
        """Do what the bell rang for: readings of the ticket, and what follows from them."""
        for ids in self.bell.take("observe"):
            observe.observe(self.services, **ids)
        self.settle()

    def settle(self) -> None:
        for ids in self.bell.take("settle"):
            for delivery_id in settle.settle(self.services, **ids):
                notify.deliver(self.services, account_id=self.account_id, delivery_id=delivery_id)

    def psa_members_with_mail(self) -> None:
        """Give every engineer an address."""
        with self.database.account(self.account_id) as session:
            for row in accounts.roster_rows(session, self.account_id):
                row.email = row.email or f"{row.name.split()[0].lower()}@northgate.example"

    def sweep(self) -> None:
        sweeper.sweep(self.services)
        self.observe()

    def handoffs(self, ticket_id: int = 48213) -> list[Handoff]:
        with self.database.account(self.account_id, reading=True) as session:
            return handoffs.by_ticket(session, self.account_id, ticket_id)

    def escalated(self) -> int:
        """Let a junior escalate a ticket, and return the handoff."""
        self.psa.add(status=11)
        self.psa.note(48213, "Rebooted the firewall, worked for 8 hours, then dropped again.")
        (handoff_id,) = self.triage()
        return handoff_id


def _connected(database: Database, folder: Path, request: pytest.FixtureRequest) -> Shop:
    """Return the shop on a database, copied from the first of this process where nothing is in the database yet."""
    file = Path(str(database.engine.url.database))
    fresh = database.is_sqlite and not Path(f"{file}-wal").exists()
    if not fresh or file.read_bytes() != request.getfixturevalue("sqlite_template"):
        return Shop(database, folder)
    if not _CONNECTED:
        made = Shop(database, folder)
        _CONNECTED.append(Connected.of(made, file))
        return made
    file.write_bytes(_CONNECTED[0].content)
    return Shop(database, folder, like=_CONNECTED[0])


@pytest.fixture
def shop(database: Database, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Shop]:
    """Give the shop; a change that no crash point stands behind fails the test that made it."""
    made = _connected(database, tmp_path, request)
    patch = request.getfixturevalue("monkeypatch")
    with followed(database.engine, patch, (made.psa, PSA_WRITES), (made.mailer, ("send",))) as trail:
        yield made
    assert not trail.gaps, "\n".join(trail.gaps)
