"""What the runbook tells people to type at night works, on both databases."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from models.account import accounts
from models.account.encryption import Cipher
from models.database.sessions import Database, normalise_url

RUNBOOK = (Path(__file__).parents[2] / "docs" / "runbook.md").read_text()
FORMER, NEW = "former-key-" + "x" * 32, "new-key-" + "y" * 32


def _statements() -> list[str]:
    blocks = "\n".join(re.findall(r"```sql\n(.*?)```", RUNBOOK, re.DOTALL))
    lines = re.sub(r"--.*", "", blocks)
    return [" ".join(statement.split()) for statement in lines.split(";") if statement.strip()]


def test_there_is_something_to_type() -> None:
    assert len(_statements()) >= 8


def test_its_sql_runs_on_sqlite(sqlite_url: str) -> None:
    with create_engine(normalise_url(sqlite_url)).begin() as connection:
        for statement in _statements():
            if not statement.startswith(("BEGIN", "COMMIT", "SET")):
                connection.execute(text(statement))


def test_its_sql_runs_on_postgresql_as_the_application(postgres_url: str) -> None:
    engine = create_engine(normalise_url(postgres_url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in _statements():
            connection.exec_driver_sql(statement)
    engine.dispose()


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
    with database.system(reading=True) as system:
        same = accounts.account_by_token(system, token, Cipher([NEW]))
    assert same is not None
    assert same.id == account_id
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
