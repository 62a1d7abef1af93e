"""`account set` as an operator runs it: working hours, how long a claim lasts, other keys, another site."""

from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from models.account import accounts, calendars
from models.account.encryption import Cipher
from models.database.sessions import Database
from psa.port import Forbidden, Keys, PsaError, Refused, Unauthorized, Unavailable
from tests.integration.models.places import CIPHER, NOW, SECRET
from worker.__main__ import main
from worker.wiring import Services


@pytest.fixture
def northgate(sqlite_url: str, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> int:
    """Store an account that is not connected, and point the settings at it."""
    for name, value in {"DATABASE_URL": sqlite_url, "SECRET_KEYS": "k" * 40, "RESOLUTIONFLOW_VAR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    with sqlite_database.system() as system:
        return accounts.add_account(
            system, CIPHER, name="northgate", site="na.myconnectwise.net", company="northgate", public_key="p",
            private_key="q", client_id="c", now=NOW, time_zone="Europe/London",
        )  # fmt: skip


def test_working_hours_become_a_new_version(
    northgate: int, sqlite_database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "hours.json"
    file.write_text('{"weekly": {"mon": [["09:00", "18:00"]]}, "holidays": ["2026-12-25"]}')
    assert main(["account", "set", "northgate", "--calendar", str(file)]) == 0
    told = capsys.readouterr().out
    assert "working hours, version 2 from now on: Mon 09:00-18:00; 1 holiday; Europe/London" in told
    assert told.endswith("northgate: changed calendar\n")
    assert main(["account", "set", "northgate", "--calendar", str(file)]) == 0
    assert "these already" in capsys.readouterr().out
    with sqlite_database.account(northgate, reading=True) as session:
        assert sorted(calendars.versions(session, northgate, time_zone="UTC")) == [1, 2]


def test_a_bad_file_changes_nothing_at_all(
    northgate: int, sqlite_database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "hours.json"
    file.write_text('{"weekly": {"mon": [["17:00"]]}}')
    assert main(["account", "set", "northgate", "--hourly-rate", "70", "--calendar", str(file)]) == 1
    assert capsys.readouterr().err.startswith(f"resolutionflow: {file}: mon: ['17:00'] is no shift")
    with sqlite_database.account(northgate, reading=True) as session:
        account = accounts.get(session, northgate)
        assert account is not None
        assert account.hourly_rate is None


def test_a_moved_time_zone_takes_office_hours_along(
    northgate: int, sqlite_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["account", "set", "northgate", "--timezone", "Europe/Paris"]) == 0
    assert "Mon-Fri 08:00-17:00; 0 holidays; Europe/Paris" in capsys.readouterr().out
    with sqlite_database.account(northgate, reading=True) as session:
        found = calendars.versions(session, northgate, time_zone="UTC")
    assert [found[n].time_zone for n in (1, 2)] == ["Europe/London", "Europe/Paris"]


def test_claims_run_out_after_so_many_working_minutes(
    northgate: int, sqlite_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["account", "set", "northgate", "--claim-expiry", "90"]) == 0
    with sqlite_database.account(northgate, reading=True) as session:
        account = accounts.get(session, northgate)
        assert account is not None
        assert account.claim_expiry_minutes == 90
    with pytest.raises(SystemExit):
        main(["account", "set", "northgate", "--claim-expiry", "0"])
    assert "'0' is no number of working minutes" in capsys.readouterr().err


def test_new_keys_come_from_the_environment_only_when_they_are_asked_for(
    northgate: int, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:  # fmt: skip
    def stored() -> tuple[str, str, str]:
        with sqlite_database.account(northgate, reading=True) as session:
            account = accounts.get(session, northgate)
            assert account is not None
            found = accounts.credentials(account, Cipher([SECRET, "k" * 40]))
        return found.public_key, found.private_key, found.client_id

    before = stored()
    assert main(["account", "set", "northgate", "--new-keys"]) == 1
    assert "CONNECTWISE_PUBLIC_KEY, CONNECTWISE_PRIVATE_KEY" in capsys.readouterr().err
    monkeypatch.setenv("CONNECTWISE_PUBLIC_KEY", "p2")
    monkeypatch.setenv("CONNECTWISE_PRIVATE_KEY", "q2")
    assert main(["account", "set", "northgate", "--hourly-rate", "70"]) == 0  # another account's may still stand there
    assert stored() == before
    assert main(["account", "set", "northgate", "--new-keys"]) == 1  # the client id alone was sealed with a key that is lost
    assert "client_id was encrypted with a key" in capsys.readouterr().err
    (tmp_path / "id").write_text("c2\n")
    monkeypatch.setenv("CONNECTWISE_CLIENT_ID_FILE", str(tmp_path / "nowhere"))
    assert main(["account", "set", "northgate", "--new-keys"]) == 1
    assert "CONNECTWISE_CLIENT_ID_FILE: " in capsys.readouterr().err
    monkeypatch.setenv("CONNECTWISE_CLIENT_ID_FILE", str(tmp_path / "id"))
    asked: list[Keys] = []

    def answering(error: PsaError) -> None:
        def psa_with(_: Services, keys: Keys) -> SimpleNamespace:
            asked.append(keys)
            return SimpleNamespace(system_info=Mock(side_effect=error))

        monkeypatch.setattr(Services, "psa_with", psa_with)

    for refusal in (Unauthorized("GET info: 401", status=401), Forbidden("GET info: 403"), Refused("GET info: no company")):
        answering(refusal)
        assert main(["account", "set", "northgate", "--new-keys", "--hourly-rate", "71"]) == 1, refusal
        assert "nothing was stored: " in capsys.readouterr().err
        assert stored() == before
    assert {(keys.public_key, keys.client_id) for keys in asked} == {("p2", "c2")}
    answering(Unavailable("GET info: no connection"))
    assert main(["account", "set", "northgate", "--new-keys"]) == 0
    assert "the keys were not tried, since ConnectWise could not be asked: GET info: no connection" in capsys.readouterr().out
    assert stored() == ("p2", "q2", "c2")


def test_a_site_that_only_a_private_network_may_have_keeps_its_leave(
    northgate: int, sqlite_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["account", "set", "northgate", "--site", "http://127.0.0.1:8900", "--allow-private"]) == 0
    assert main(["account", "set", "northgate", "--no-allow-private"]) == 1
    assert "plain http needs --allow-private" in capsys.readouterr().err
    with sqlite_database.account(northgate, reading=True) as session:
        account = accounts.get(session, northgate)
    assert account is not None
    assert account.allow_private


@pytest.mark.usefixtures("northgate")
def test_a_moment_before_there_was_anything_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["metrics", "northgate", "--as-of", "0001-01-01"]) == 1
    assert "long before anything was known" in capsys.readouterr().err
