"""A receiver with one connected account: through Flask's client, and as gunicorn serves it."""

from __future__ import annotations

import contextlib
import http.client
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from models.account import accounts
from models.account.accounts import Cipher, StatusRow
from models.database.sessions import Database
from models.work.inbox import Inbox
from tests.integration.receiver import ESCALATED, KeyServer, signed
from webhooks.app import create_app
from worker.process import embedded
from worker.settings import Settings


def settings_for(database: Database, folder: Path) -> Settings:
    return Settings.read(environment_for(database, folder))


def environment_for(database: Database, folder: Path) -> dict[str, str]:
    return {
        "RESOLUTIONFLOW_VAR": str(folder),
        "DATABASE_URL": database.url.render_as_string(hide_password=False),
        "REDIS_URL": "",
        "SECRET_KEYS": "",
        "LOG_LEVEL": "ERROR",
    }


def connected(database: Database, settings: Settings, site: str, name: str = "northgate") -> tuple[int, str]:
    """Store an account as onboarding does; return its id and its path token."""
    cipher = Cipher(settings.secret_keys)
    with database.system() as system:
        account_id = accounts.add_account(
            system, cipher, name=name, site=site, company=name, public_key="p", private_key="q",
            client_id="c", now=datetime.now(UTC), allow_private=True, api_member="resolutionflow",
        )  # fmt: skip
    with database.account(account_id) as session:
        rows = [StatusRow(1, ESCALATED, "Help Desk", "Escalated", "escalate")]
        accounts.replace_statuses(session, account_id, rows)
        account = accounts.get(session, account_id)
        assert account is not None
        return account_id, accounts.path_token(account, cipher)


def stored(database: Database, account_id: int) -> list[Inbox]:
    with database.account(account_id, reading=True) as session:
        return list(session.scalars(select(Inbox).order_by(Inbox.id)))


@dataclass
class Post:
    """A receiver with one connected account, and how to call it."""

    client: FlaskClient
    database: Database
    keys: KeyServer
    account_id: int
    token: str
    folder: Path

    def send(
        self,
        raw: bytes,
        headers: dict[str, str] | None = None,
        token: str | None = None,
        address: str = "203.0.113.7",
    ) -> Any:
        path = f"/callbacks/connectwise/{token or self.token}?recordId=48213&action=updated"
        return self.client.post(
            path,
            data=raw,
            headers=signed(raw) if headers is None else headers,
            environ_base={"REMOTE_ADDR": address},
        )

    def rows(self) -> list[Inbox]:
        return stored(self.database, self.account_id)

    @property
    def its_database(self) -> Database:
        """The receiver's own door to the database."""
        found: Database = self.client.application.extensions["resolutionflow"]
        return found


@pytest.fixture
def post(database: Database, tmp_path: Path) -> Iterator[Post]:
    settings = settings_for(database, tmp_path)
    with KeyServer() as keys:
        account_id, token = connected(database, settings, keys.url)
        post = Post(create_app(settings).test_client(), database, keys, account_id, token, tmp_path)
        yield post
        post.its_database.dispose()


@dataclass
class Served:
    """The same as gunicorn serves it, in a process of its own."""

    part: embedded.Part
    port: int
    database: Database
    keys: KeyServer
    account_id: int
    token: str

    @property
    def path(self) -> str:
        return f"/callbacks/connectwise/{self.token}?recordId=48213&action=updated"

    def send(self, raw: bytes, connection: http.client.HTTPConnection | None = None) -> tuple[int, float, str]:
        """Return status, seconds and `Retry-After`."""
        begun = time.monotonic()
        used = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        used.request("POST", self.path, raw, signed(raw))
        answer = used.getresponse()
        answer.read()
        if connection is None:
            used.close()
        return answer.status, time.monotonic() - begun, answer.headers.get("Retry-After", "")

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        connection.request("GET", path)
        status = connection.getresponse().status
        connection.close()
        return status

    def rows(self) -> list[Inbox]:
        return stored(self.database, self.account_id)

    def kill(self) -> None:
        """End it at once, as `kill -9` on the whole group does: arbiter and worker."""
        assert self.part.process is not None
        workers = Path(f"/proc/{self.part.process.pid}/task/{self.part.process.pid}/children").read_text().split()
        for pid in (self.part.process.pid, *map(int, workers)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)
        self.part.process.wait()


@pytest.fixture
def served(database: Database, tmp_path: Path) -> Iterator[Served]:
    environment = environment_for(database, tmp_path)
    settings = Settings.read(environment)
    with KeyServer() as keys:
        account_id, token = connected(database, settings, keys.url)
        port = embedded.free_port()
        part = embedded.Part("web", embedded.web_command("127.0.0.1", port), environment, tmp_path / "web.log")
        part.start()
        served = Served(part, port, database, keys, account_id, token)
        try:
            end = time.monotonic() + 60
            while True:
                with contextlib.suppress(OSError):
                    if served.get("/readyz") == 200:
                        break
                assert part.alive(), (tmp_path / "web.log").read_text()
                assert time.monotonic() < end, (tmp_path / "web.log").read_text()
                time.sleep(0.05)
                time.sleep(0.05)
            yield served
        finally:
            if part.alive():
                served.kill()
