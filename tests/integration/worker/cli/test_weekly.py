"""`weekly` as an operator runs it, on a database of its own and with mail in a folder."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest

from models.account import accounts
from models.account.encryption import Cipher
from models.account.people import MemberRow, import_members
from models.database.sessions import Database
from models.figures import reports
from models.handoff import claims, handoffs
from worker.__main__ import main
from worker.figures.weekly import week_of

MINUTE = timedelta(minutes=1)
NOW = datetime.now(UTC).replace(microsecond=0)
BEGAN = NOW - timedelta(days=3)
PEOPLE = [MemberRow(7, "tobrien", "Tess O'Brien", None), MemberRow(8, "phall", "Pat Hall", "pat@northgate.example")]


@pytest.fixture
def northgate(sqlite_url: str, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> int:
    """Store a connected account with an owner and three escalations that were acted on."""
    for name, value in {
        "DATABASE_URL": sqlite_url, "SECRET_KEYS": "k" * 40, "RESOLUTIONFLOW_VAR": str(tmp_path / "var"),
        "SMTP_URL": f"file:{tmp_path / 'mail'}", "MAIL_FROM": "Handoff <handoff@northgate.example>",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    with sqlite_database.system() as system:
        mine = accounts.add_account(
            system, Cipher(["k" * 40]), name="northgate", site="na.myconnectwise.net", company="northgate",
            public_key="p", private_key="q", client_id="c", now=BEGAN, time_zone="Pacific/Auckland", connected_at=BEGAN,
            owner="phall",
        )  # fmt: skip
    with sqlite_database.account(mine) as session:
        import_members(session, mine, PEOPLE, engineers=[7], owner=8)
        for number in range(3):
            at = BEGAN + number * 30 * MINUTE
            one = handoffs.open_handoff(
                session, account_id=mine, ticket_id=48000 + number, episode=1, escalated_at=at, now=at, rule_version=1,
                summary="VPN drops after 8 hours",
            )  # fmt: skip
            assert one is not None
            claims.claim(session, mine, one.id, member_id=7, now=at + 5 * MINUTE, actor="tobrien")
            acted = at + 9 * MINUTE
            claims.mark_acted(
                session, mine, one.id, now=acted, happened_at=acted, why="a note", action={"trusted": True}
            )
    return mine


@pytest.mark.usefixtures("northgate")
def test_it_prints_the_text_and_says_to_whom_it_goes_when(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["weekly", "northgate"]) == 0
    told = capsys.readouterr().out
    assert re.match(r"Subject: Escalations at northgate, \d+ \w+: collecting\n\nCollecting: 3 of the 6 escalations", told)
    assert "https://na.myconnectwise.net/" in told
    last = told.strip().splitlines()[-1]
    assert last.startswith("The next one goes out on Mon ")
    assert last.endswith(", 07:00 (Pacific/Auckland), to Pat Hall <pat@northgate.example>.")
    assert not (tmp_path / "mail").exists()


@pytest.mark.usefixtures("northgate")
def test_as_of_says_what_was_known_then(capsys: pytest.CaptureFixture[str]) -> None:
    then = (BEGAN + 20 * MINUTE).strftime("%Y-%m-%dT%H:%MZ")
    assert main(["weekly", "northgate", "--as-of", then]) == 0
    assert "Collecting: 1 of the 6 escalations" in capsys.readouterr().out


@pytest.mark.usefixtures("northgate")
@pytest.mark.parametrize(
    ("name", "begins", "holds"),
    [
        ("week.html", "<!doctype html>", "Collecting: 3 of the 6"),
        ("week.HTM", "<!doctype html>", "Collecting: 3 of the 6"),
        ("week.txt", "Collecting: 3 of the 6", "COUNTED IN THESE 30 DAYS"),
        ("week.eml", "Subject: Escalations at northgate, ", "To: pat@northgate.example\r\n"),
    ],
)
def test_a_preview_is_what_its_suffix_says(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, begins: str, holds: str
) -> None:
    file = tmp_path / name
    assert main(["weekly", "northgate", "--preview", str(file)]) == 0
    content = file.read_bytes().decode()
    assert content.startswith(begins)
    assert holds in content
    assert "nothing was sent" in capsys.readouterr().out
    assert not (tmp_path / "mail").exists()


@pytest.mark.usefixtures("northgate")
def test_a_preview_of_no_known_kind_is_refused_before_anything_is_done(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["weekly", "northgate", "--preview", str(tmp_path / "week.pdf")])
    assert left.value.code == 2
    assert "end the name in .html, .htm, .txt, .eml" in capsys.readouterr().err


def test_sending_goes_through_the_same_rows_and_once(
    northgate: int, sqlite_database: Database, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    week = week_of(datetime.now(UTC), "Pacific/Auckland")
    assert main(["weekly", "northgate", "--send"]) == 0
    assert capsys.readouterr().out == f"{week} to pat@northgate.example: sent\n"
    assert main(["weekly", "northgate", "--send"]) == 0
    assert capsys.readouterr().out == f"{week} to pat@northgate.example: sent before; a week is sent once\n"
    (file,) = (tmp_path / "mail").glob("*.eml")
    message = message_from_bytes(file.read_bytes(), policy=SMTP)
    with sqlite_database.account(northgate) as session:
        (row,) = reports.of_period(session, northgate, kind="weekly", period=week)
    assert (row.status, row.message_id) == ("sent", message["Message-ID"])


def test_with_nobody_to_send_it_to_it_says_what_to_do(
    northgate: int, sqlite_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with sqlite_database.account(northgate) as session:
        import_members(session, northgate, PEOPLE, engineers=[7])
    assert main(["weekly", "northgate", "--send"]) == 1
    assert "name an owner with `resolutionflow account set NAME --owner ID`" in capsys.readouterr().out
    assert main(["weekly", "northgate"]) == 0
    assert "to nobody: no active owner or admin" in capsys.readouterr().out


def test_an_account_that_is_not_connected_has_nothing_to_send(
    northgate: int, sqlite_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with sqlite_database.account(northgate) as session:
        accounts.set_account(session, northgate, connected_at=None)
    assert main(["weekly", "northgate", "--send"]) == 1
    assert "northgate is not connected" in capsys.readouterr().err
