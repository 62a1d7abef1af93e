"""The `baseline` commands as an operator runs them, on a database of their own."""

import json
from pathlib import Path

import pytest

from models.account import accounts
from models.database.sessions import Database
from tests.integration.models.places import CIPHER, NOW
from worker.__main__ import main


@pytest.fixture
def northgate(sqlite_url: str, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Store an account that is not connected, and point the settings at it."""
    with sqlite_database.system() as system:
        accounts.add_account(
            system, CIPHER, name="northgate", site="na.myconnectwise.net", company="northgate", public_key="p",
            private_key="q", client_id="c", now=NOW, time_zone="Europe/London",
        )  # fmt: skip
    for name, value in {"DATABASE_URL": sqlite_url, "SECRET_KEYS": "k" * 40, "RESOLUTIONFLOW_VAR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    return "northgate"


def _add(name: str, *more: str) -> int:
    base = ["baseline", "add", name, "--ticket", "48213", "--technician", "jlind", "--opened", "2026-01-12T09:14"]
    return main([*base, "--acted", "2026-01-12T09:21", *more])


def test_a_reading_is_added_once_listed_and_removed(northgate: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _add(northgate) == 0
    assert _add(northgate) == 0
    assert "already there: ticket 48213, jlind: 7.0 min" in capsys.readouterr().out
    assert main(["baseline", "list", northgate]) == 0
    assert "1 reading: 7.0 min on average" in capsys.readouterr().out
    assert main(["baseline", "list", northgate, "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert (listed["n"], listed["mean"], listed["readings"][0]["opened"]) == (1, 7.0, "2026-01-12T09:14:00+00:00")
    assert main(["baseline", "remove", northgate, str(listed["readings"][0]["reading"]), "99"]) == 1
    assert "no reading 99" in capsys.readouterr().err
    assert main(["baseline", "list", northgate]) == 0
    assert "no readings yet" in capsys.readouterr().out


def test_what_cannot_be_stored_is_one_clear_line(northgate: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _add(northgate, "--acted", "2026-01-12T09:00") == 1
    assert capsys.readouterr().err == (
        "resolutionflow: --acted: is 14 min before the ticket was opened; are the two swapped?\n"
    )
    assert _add("elsewhere") == 1
    assert "no account is called 'elsewhere'. There are: northgate." in capsys.readouterr().err


def test_a_file_is_stored_as_a_whole_or_without_its_bad_lines_and_only_once(
    northgate: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "readings.csv"
    good = [f"{48000 + n};jlind;2026-01-12T09:{n:02};2026-01-12T09:{n + 7:02}" for n in range(4)]
    file.write_text("\n".join(["ticket;technician;opened;acted", *good, "48009;jlind;2026-01-12T09:14;soon"]))
    assert main(["baseline", "import", northgate, str(file)]) == 1
    said = capsys.readouterr()
    assert "line 6, acted: 'soon' is no time" in said.err
    assert "4 good ones were not stored either" in said.err
    assert main(["baseline", "import", northgate, str(file), "--skip-bad", "--dry-run"]) == 0
    assert "4 readings can be stored, 1 bad lines skipped; nothing was" in capsys.readouterr().out
    assert main(["baseline", "import", northgate, str(file), "--skip-bad"]) == 0
    assert "4 readings stored, 0 were there already" in capsys.readouterr().out
    assert main(["baseline", "import", northgate, str(file), "--skip-bad"]) == 0
    assert "0 readings stored, 4 were there already" in capsys.readouterr().out
