"""`metrics` as an owner runs it, on a database of its own."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from models.account import accounts
from models.account.people import MemberRow, import_members
from models.database.sessions import Database
from models.figures import baselines
from models.handoff import claims, handoffs
from tests.integration.models.places import CIPHER
from worker.__main__ import main

MINUTE = timedelta(minutes=1)
BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)


@pytest.fixture
def northgate(sqlite_url: str, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> int:
    """Store an account with eight escalations, seven of them acted on, and two readings of a stopwatch."""
    for name, value in {"DATABASE_URL": sqlite_url, "SECRET_KEYS": "k" * 40, "RESOLUTIONFLOW_VAR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    with sqlite_database.system() as system:
        mine = accounts.add_account(
            system, CIPHER, name="northgate", site="na.myconnectwise.net", company="northgate", public_key="p",
            private_key="q", client_id="c", now=BEGAN, time_zone="Europe/London", connected_at=BEGAN,
        )  # fmt: skip
    with sqlite_database.account(mine) as session:
        import_members(session, mine, [MemberRow(7, "tobrien", "T. O'Brien", None)], engineers=[7])
        baselines.add_readings(
            session, mine, [baselines.Reading(str(n), "tobrien", BEGAN, BEGAN + (9 + n) * MINUTE) for n in range(2)], now=BEGAN
        )
        for number in range(8):
            _episode(session, mine, number)
    return mine


def _episode(session: Session, mine: int, number: int) -> None:
    at = BEGAN + number * 30 * MINUTE
    one = handoffs.open_handoff(
        session, account_id=mine, ticket_id=48000 + number, episode=1, escalated_at=at, now=at, rule_version=1,
        origin="hand" if number == 3 else "status",
    )  # fmt: skip
    assert one is not None
    assert claims.claim(session, mine, one.id, member_id=7, now=at + 5 * MINUTE, actor="tobrien")
    if number != 5:
        acted = at + (10 + number) * MINUTE
        assert claims.mark_acted(
            session, mine, one.id, now=acted, happened_at=acted, why="a note", action={"trusted": number != 6}
        )


@pytest.mark.usefixtures("northgate")
def test_the_page_leads_with_the_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["metrics", "northgate"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("northgate, the 30 days up to ")
    assert told[2] == "Collecting: 2 of 6 observations in the stopwatch readings of the old way."
    assert any(line.startswith("Counted: 8 escalated, 8 claimed, 7 acted on, 1 in hand") for line in told)


@pytest.mark.usefixtures("northgate")
def test_json_has_the_five_values_of_each_figure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["metrics", "northgate", "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    total = body["clocks"]["total"]["calendar"]
    assert list(total) == ["n", "mean", "median", "ci95", "status"]
    assert (body["account"], total["n"], total["status"]) == ("northgate", 6, "early")
    assert body["exclusions"] == [
        {"episode": "48003/1", "reason": "opened by hand, so the PSA shows no moment of escalation"}
    ]


@pytest.mark.usefixtures("northgate")
def test_each_episode_behind_a_figure_can_be_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["metrics", "northgate", "--list", "orientation"]) == 0
    told = capsys.readouterr().out
    assert "7 counted, 1 left out:" in told
    assert "48003/1         opened by hand" in told
    assert "unfinished" in next(line for line in told.splitlines() if line.startswith("48005/1"))
    assert "typed time" in next(line for line in told.splitlines() if line.startswith("48006/1"))
    assert max(len(line) for line in told.splitlines()) <= 80
    assert main(["metrics", "northgate", "--list", "stopwatch", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(e["episode"], e["calendar"]) for e in listed["episodes"]] == [("reading 1", 9.0), ("reading 2", 10.0)]
    assert main(["metrics", "northgate", "--list", "backcast"]) == 0
    assert "0 counted, 0 left out" in capsys.readouterr().out


@pytest.mark.usefixtures("northgate")
def test_an_earlier_moment_shows_what_was_known_then(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["metrics", "northgate", "--json", "--as-of", (BEGAN + 61 * MINUTE).isoformat()]) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["escalated"] == 3


@pytest.mark.usefixtures("northgate")
def test_what_cannot_be_answered_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["metrics", "elsewhere"]) == 1
    assert capsys.readouterr().err == "resolutionflow: no account is called 'elsewhere'. There are: northgate.\n"
    assert main(["metrics", "northgate", "--as-of", "last week"]) == 1
    assert "--as-of: 'last week' is no time; write 2026-11-01," in capsys.readouterr().err
    assert main(["metrics", "northgate", "--as-of", "2190-01-01"]) == 1
    assert "is still to come" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["metrics", "northgate", "--list", "happiness"])
    assert "choose from" in capsys.readouterr().err
