"""What the runbook tells people to type at night works, on both databases."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text, update

from models.account import accounts
from models.account.encryption import Cipher
from models.database.sessions import Database, normalise_url
from models.handoff import briefs
from models.tables import Alert
from models.work import canaries, inbox, jobs
from models.work.alert_kinds import Kind
from tests.databases import PostgresServer
from tests.integration.models.handoff.test_deliveries import queued
from tests.integration.models.places import NOW, later

RUNBOOK = (Path(__file__).parents[2] / "docs" / "runbook.md").read_text()
FORMER, NEW = "former-key-" + "x" * 32, "new-key-" + "y" * 32


def _statements() -> list[str]:
    blocks = "\n".join(re.findall(r"```sql\n(.*?)```", RUNBOOK, re.DOTALL))
    lines = re.sub(r"--.*", "", blocks)
    return [" ".join(statement.split()) for statement in lines.split(";") if statement.strip()]


def test_there_is_something_to_type() -> None:
    assert len(_statements()) >= 8


def _is_played_with(url: str) -> tuple[Database, int]:
    """Leave something of each kind that an operator looks for."""
    database = Database(url)
    account_id, handoff_id, _ = queued(database)
    with database.account(account_id) as session:
        jobs.raise_alert(session, account_id, kind=Kind.REFUSED, subject="keys", detail="401", now=NOW)
        session.execute(update(Alert).values(id=17))
        canaries.note(session, account_id, ticket_id=None, now=NOW)
        inbox.store(
            session, account_id=account_id, dedupe_key="x", type="ticket", action="updated", record_id=1, raw=b"", now=NOW
        )
        briefs.lease(session, account_id, handoff_id, now=later(1), lease_s=5, holder="w")
    with database.system() as system:
        jobs.beat(system, "sweep", NOW)
    return database, account_id


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_its_sql_shows_what_is_there_and_closes_one_alert(kind: str, request: pytest.FixtureRequest) -> None:
    url = str(request.getfixturevalue(f"{kind}_url"))
    database, account_id = _is_played_with(url)
    administrator = url
    if kind == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        administrator = server.url(str(database.url.database), str(server.superuser.username))
    with create_engine(normalise_url(administrator)).begin() as connection:
        for statement in _statements():
            if not statement.startswith(("BEGIN", "COMMIT", "SET")):
                found = connection.execute(text(statement))
                assert found.first() if found.returns_rows else found.rowcount == 1, statement
    with database.account(account_id, reading=True) as session:
        assert jobs.open_alerts(session, account_id) == []
    database.dispose()


def test_the_applications_role_sees_rows_once_an_account_is_named(postgres_url: str) -> None:
    database, account_id = _is_played_with(postgres_url)
    database.dispose()
    assert account_id == 1, "the runbook's example"
    whole = _statements()
    first = whole.index("BEGIN")
    begin, name, look, commit = whole[first : first + 4]
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as connection:
        assert connection.execute(look).fetchall() == []
        connection.execute(begin)
        connection.execute(name)
        assert len(connection.execute(look).fetchall()) == 1
        connection.execute(commit)


@pytest.mark.storm
@pytest.mark.parametrize("where", ["sqlite_url", "postgres_url"])
def test_rotating_seals_everything_with_the_new_key(where: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    url = str(request.getfixturevalue(where))
    database = Database(url)
    with database.system() as system:
        account_id = accounts.add_account(
            system, Cipher([FORMER]), name="northgate", site="na.myconnectwise.net", company="northgate",
            public_key="public", private_key="private", client_id="client", now=datetime(2026, 3, 6, tzinfo=UTC),
        )  # fmt: skip
    with database.account(account_id, reading=True) as session:
        account = accounts.get(session, account_id)
        assert account is not None
        token = accounts.path_token(account, Cipher([FORMER]))
    environment = {"DATABASE_URL": url, "SECRET_KEYS": f"{NEW},{FORMER}", "RESOLUTIONFLOW_VAR": str(tmp_path)}
    assert "resolutionflow account rotate" in RUNBOOK
    said = [
        subprocess.run(
            [sys.executable, "-m", "worker", "account", "rotate"], env=environment, capture_output=True, text=True,
            check=True, cwd=Path(__file__).parents[2],
        ).stdout.split(" accounts")[0]
        for _ in range(2)
    ]  # fmt: skip
    assert said == ["1 of 1", "0 of 1"]
    with database.account(account_id, reading=True) as session:
        account = accounts.get(session, account_id)
        assert account is not None
        assert accounts.credentials(account, Cipher([NEW])).private_key == "private"
        assert accounts.path_token(account, Cipher([NEW])) == token
        assert account.path_token_hash in Cipher([NEW]).token_hashes(token)
    database.dispose()


def test_a_backup_of_a_running_sqlite_database_is_whole(sqlite_url: str, tmp_path: Path) -> None:
    """What `.backup` of the command line does, while the log still holds the last write."""
    database = Database(sqlite_url)
    with database.system() as system:
        accounts.add_account(
            system, Cipher([FORMER]), name="northgate", site="na.myconnectwise.net", company="northgate",
            public_key="public", private_key="private", client_id="client", now=datetime(2026, 3, 6, tzinfo=UTC),
        )  # fmt: skip
    copy = tmp_path / "copy.db"
    with sqlite3.connect(str(database.url.database)) as live, sqlite3.connect(copy) as target:
        live.backup(target)
    restored = Database(f"sqlite:///{copy}")
    with restored.system(reading=True) as system:
        assert [a.name for a in accounts.list_accounts(system)] == ["northgate"]
    restored.dispose()
    database.dispose()
