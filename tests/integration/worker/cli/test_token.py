"""`account token` as an operator and a script run it."""

from pathlib import Path

import pytest

from models.account import people
from models.account.accounts import get
from models.account.people import MemberRow
from models.database.sessions import Database
from tests.integration.models.places import account
from worker.__main__ import main
from worker.process.links import Passes
from worker.process.tokens import Audience

KEY = "k" * 40


@pytest.fixture
def northgate(sqlite_url: str, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> int:
    for name, value in {"DATABASE_URL": sqlite_url, "SECRET_KEYS": KEY, "RESOLUTIONFLOW_VAR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    one = account(sqlite_database, "northgate")
    with sqlite_database.account(one) as session:
        everybody = [
            MemberRow(103, "msvensson", "Maria Svensson", None),
            MemberRow(104, "jlind", "Jonas Lind", None),
            MemberRow(105, "gone", "Gwen Gone", None, active=False),
            MemberRow(106, "robot", "Robot", None, is_api=True),
        ]
        people.import_members(session, one, everybody, engineers=["msvensson", "gone", "robot"])
    return one


def test_the_token_and_nothing_else_is_printed(northgate: int, capsys: pytest.CaptureFixture[str]) -> None:
    for given in ("103", "MSvensson"):
        assert main(["account", "token", "northgate", "--member", given]) == 0
        printed = capsys.readouterr().out
        assert printed.count("\n") == 1
        read = Passes([KEY]).tokens.read(printed.strip(), Audience.API)
        assert (read.account_id, read.member_id, read.epoch) == (northgate, 103, 1)


@pytest.mark.parametrize(
    ("given", "said"),
    [("gone", "inactive"), ("robot", "an API member"), ("999", "no member '999'")],
)
def test_a_token_that_would_open_nothing_is_not_made(
    northgate: int, given: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["account", "token", "northgate", "--member", given]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err


def test_revoking_raises_the_epoch_and_says_what_stops_working(
    northgate: int, sqlite_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["account", "token", "northgate", "--revoke"]) == 0
    assert "every claim link in mails sent so far has stopped working" in capsys.readouterr().out
    with sqlite_database.account(northgate, reading=True) as session:
        row = get(session, northgate)
        assert row is not None
        assert row.token_epoch == 2
    assert main(["account", "token", "northgate", "--member", "103"]) == 0
    assert Passes([KEY]).tokens.read(capsys.readouterr().out.strip(), Audience.API).epoch == 2
