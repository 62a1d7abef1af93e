"""A callback whose key could not be fetched is stored, and proved before anything follows from it."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.account import accounts
from models.database.sessions import Database
from models.work import inbox, jobs
from tests.fakes import ESCALATED
from tests.integration import receiver
from tests.integration.receiver import KEYS, KeyServer, body, signed
from tests.integration.webhooks.conftest import stored
from tests.integration.worker.conftest import Shop
from webhooks.app import create_app
from worker.handoff import triage
from worker.settings import Settings


class Street:
    """The shop, its receiver and the key server, as three parts that may fail one by one."""

    def __init__(self, database: Database, folder: Path, keys: KeyServer) -> None:
        self.shop, self.keys = Shop(database, folder), keys
        with database.account(self.shop.account_id) as session:
            accounts.set_account(session, self.shop.account_id, site=keys.url, allow_private=True)
            account = accounts.get(session, self.shop.account_id)
            assert account is not None
            self.path = f"/callbacks/connectwise/{accounts.path_token(account, self.shop.services.cipher)}"
        environment = {
            "RESOLUTIONFLOW_VAR": str(folder), "SECRET_KEYS": "k" * 40, "LOG_LEVEL": "ERROR",
            "DATABASE_URL": database.url.render_as_string(hide_password=False),
        }  # fmt: skip
        self.client = create_app(Settings.read(environment)).test_client()

    def send(self, raw: bytes, headers: dict[str, str]) -> int:
        return self.client.post(self.path, data=raw, headers=headers).status_code

    def triage(self) -> list[int]:
        (row,) = stored(self.shop.database, self.shop.account_id)
        return triage.triage(self.shop.services, account_id=self.shop.account_id, inbox_id=row.id)

    def state(self) -> tuple[str, bool]:
        (row,) = stored(self.shop.database, self.shop.account_id)
        return row.state, row.verified


@pytest.fixture
def street(database: Database, tmp_path: Path) -> Iterator[Street]:
    with KeyServer() as keys:
        yield Street(database, tmp_path, keys)


def test_it_is_proved_by_the_worker_once_the_key_is_there(street: Street) -> None:
    street.shop.psa.add(status=ESCALATED)
    street.keys.broken = True
    raw = body(street.keys.url)
    assert street.send(raw, signed(raw)) == 204
    assert street.state() == ("new", False)
    assert street.triage() == []
    assert street.shop.psa.calls == [], "nothing is read for what may be forged"
    assert street.state() == ("new", False)
    street.keys.broken = False
    street.shop.clock.advance(600)
    street.shop.services.verifier = type(street.shop.services.verifier)()  # its rest after a failure is over
    assert len(street.triage()) == 1
    assert street.state() == ("done", True)
    with street.shop.database.account(street.shop.account_id) as session:
        account = accounts.get(session, street.shop.account_id)
        assert account is not None
        assert account.callback_key_id == "key-1", "and ties the account to its key"


def test_a_forgery_sent_while_the_key_was_away_comes_to_nothing_but_an_alert(street: Street) -> None:
    street.shop.psa.add(status=ESCALATED)
    street.keys.broken = True
    raw = body(street.keys.url)
    assert street.send(raw, signed(raw, KEYS["key-2"])) == 204
    street.keys.broken = False
    assert street.triage() == []
    assert street.shop.psa.calls == []
    assert street.state() == ("parked", False)
    with street.shop.database.account(street.shop.account_id) as session:
        assert [alert.kind for alert in jobs.open_alerts(session, street.shop.account_id)] == ["forged callback"]


def test_a_key_server_that_hangs_holds_a_callback_for_a_second_and_the_next_not_at_all(street: Street) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        site = f"http://127.0.0.1:{hanging.getsockname()[1]}"
        with street.shop.database.account(street.shop.account_id) as session:
            accounts.set_account(session, street.shop.account_id, site=site)
        begun = time.monotonic()
        for _ in range(5):
            raw = receiver.body(site)
            assert street.send(raw, signed(raw)) == 204
        took = time.monotonic() - begun
        hanging.setblocking(False)
        asked = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                hanging.accept()[0].close()
                asked += 1
    assert asked == 1, "the other four did not ask"
    assert took < 5
    with street.shop.database.system(reading=True) as system:
        due = inbox.due(system, now=street.shop.clock.now.replace(year=2100), limit=100)
    assert len(due) == 5
