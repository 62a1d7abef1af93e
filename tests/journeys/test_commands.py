"""The command line as an operator uses it, and every mistake he can make, against the simulated ConnectWise."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from psa.simulator.remote import Remote
from psa.simulator.scenarios import FLAGSHIP_TICKET
from psa.simulator.server import Simulator
from worker.__main__ import main

THREAD = {
    "id": "t-1",
    "ticket": {
        "summary": "Scanner on reception does not send",
        "initial_description": "Scan to mail stopped this morning, error 0x8004010F.",
        "company": "Harbour Dental",
        "notes": [
            {
                "author": "jlind", "role": "tech", "kind": "internal", "created": "2026-03-06T10:12:00Z",
                "text": "Rebooted the scanner, no change. Login for the panel is admin, password: Scan!2026x",
            }
        ],
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def simulator() -> Iterator[Remote]:
    with Simulator(port=0) as running:
        yield Remote(running.url)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, simulator: Remote) -> Path:
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEYS", "SMTP_URL", "PUBLIC_URL", "LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)
    keys = simulator.credentials()
    monkeypatch.setenv("RESOLUTIONFLOW_VAR", str(tmp_path))
    monkeypatch.setenv("CONNECTWISE_PUBLIC_KEY", keys["public_key"])
    monkeypatch.setenv("CONNECTWISE_PRIVATE_KEY", keys["private_key"])
    monkeypatch.setenv("CONNECTWISE_CLIENT_ID", keys["client_id"])
    monkeypatch.setenv("RESOLUTIONFLOW_CALLS_PER_SECOND", "1000")
    monkeypatch.setenv("RESOLUTIONFLOW_BURST", "1000")
    simulator.settings(revoke=[])
    return tmp_path


def add(simulator: Remote, *more: str, board: str = "Help Desk", status: str = "Escalated") -> int:
    return main(
        [
            *("account", "add", "northgate", "--site", simulator.url, "--company", "northgate", "--allow-private"),
            *("--board", board, "--escalate-status", status, "--claim-status", "Assigned to Engineer"),
            *("--engineers", "msvensson,tobrien", "--timezone", "Europe/London", *more),
        ]
    )


def test_an_account_is_added_checked_connected_and_listed(
    home: Path, simulator: Remote, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(simulator) == 0
    assert "next: resolutionflow account check northgate" in capsys.readouterr().out
    assert main(["account", "check", "northgate"]) == 1, "not connected yet: no callbacks, nobody to tell"
    out = capsys.readouterr().out
    assert re.search(r"TO DO +connected .*account connect northgate", out)
    assert main(["account", "connect", "northgate"]) == 0
    out = capsys.readouterr().out
    assert "Escalated on Help Desk" in out
    assert "we write as: resolutionflow" in out
    assert main(["account", "connect", "northgate"]) == 0, "repeatable"
    assert len([e for e in simulator.callback_entries() if "/callbacks/connectwise/" in e["url"]]) == 3
    capsys.readouterr()
    assert main(["account", "check", "northgate"]) == 0, capsys.readouterr().out
    assert main(["account", "list"]) == 0
    assert "connected" in capsys.readouterr().out
    assert main(["account", "remove", "northgate", "--yes"]) == 0
    assert [e for e in simulator.callback_entries() if "/callbacks/connectwise/" in e["url"]] == []


WRONG = (
    (["--board", "Help Desc"], "board 'Help Desc' is not in this PSA. Did you mean 'Help Desk'?"),
    (["--board", "Yard 7"], "board 'Yard 7' is not in this PSA. There are: "),
    (["--escalate-status", "Escalatet"], "status 'Escalatet' is not on Help Desk. Did you mean 'Escalated'"),
    (["--claim-status", "Assigned to Enginer"], "status 'Assigned to Enginer' is not on Help Desk"),
    (["--engineers", "msvenson,tobrien"], "engineer 'msvenson' is no member of this PSA. Did you mean 'msvensson'?"),
    (["--engineers", "99999"], "engineer '99999' is no member of this PSA. There are: "),
    (["--admins", "bwells"], "admin 'bwells' is inactive in this PSA"),
    (["--owner", "resolutionflow"], "owner 'resolutionflow' is an API member and no person"),
)
"""One of each kind of name an operator gives, misspelt, unknown, left or no person, by the option it is given with."""


@pytest.mark.parametrize(("options", "says"), WRONG, ids=[" ".join(options) for options, _ in WRONG])
def test_a_name_the_psa_does_not_have_is_named_as_it_is_given_and_nothing_is_stored(
    home: Path, simulator: Remote, capsys: pytest.CaptureFixture[str], options: list[str], says: str
) -> None:
    kept = {"--board": "Help Desk", "--escalate-status": "Escalated", "--claim-status": "Assigned to Engineer",
            "--engineers": "msvensson,tobrien"} | dict([options])  # fmt: skip
    where = ["northgate", "--site", simulator.url, "--company", "northgate", "--allow-private"]
    assert main(["account", "add", *where, *(word for pair in kept.items() for word in pair)]) == 1
    err = capsys.readouterr().err
    assert says in err
    assert err.count("  - ") == 1
    assert "Traceback" not in err
    main(["account", "list"])
    assert "no accounts yet" in capsys.readouterr().out
    assert add(simulator) == 0
    assert main(["account", "set", "northgate", *options]) == 1
    assert says in capsys.readouterr().err
    if options[0] in ("--board", "--owner"):
        assert main(["account", "connect", "northgate"]) == 0, "nothing of it was stored"


def test_set_up_without_a_terminal_names_all_that_was_given_wrong(
    home: Path, simulator: Remote, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = [says for options, says in WRONG if options[0] in ("--claim-status", "--admins", "--owner")]
    options = [word for options, says in WRONG if says in wrong for word in options]
    where = ["--site", simulator.url, "--company", "northgate", "--allow-private", "--board", "Help Desk"]
    assert main(["setup", "--yes", "--name", "northgate", *where, *options, "--dry-run", "nobody"]) == 1
    err = capsys.readouterr().err
    assert [says for says in [*wrong, "dry run to 'nobody' is no member of this PSA"] if says not in err] == []
    main(["account", "list"])
    assert "no accounts yet" in capsys.readouterr().out


def test_a_name_that_was_right_once_keeps_nobody_from_giving_another(
    home: Path, simulator: Remote, capsys: pytest.CaptureFixture[str]
) -> None:
    add(simulator, "--owner", "gnorth")
    simulator.leave("gnorth")
    try:
        assert main(["account", "set", "northgate", "--engineers", "tobrien"]) == 0
        assert main(["account", "connect", "northgate"]) == 1
        assert "owner 'gnorth' is inactive" in capsys.readouterr().err
        assert main(["account", "set", "northgate", "--owner", "gnorth", "--engineers", "nobody"]) == 1
        assert capsys.readouterr().err.count("  - ") == 2
    finally:
        simulator.come_back("gnorth")


def test_where_connectwise_cannot_be_asked_names_are_stored_and_that_is_said(
    home: Path, simulator: Remote, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNECTWISE_PRIVATE_KEY", "not-the-key")
    assert add(simulator, "--admins", "msvenson") == 0
    out = capsys.readouterr().out
    assert re.search("not tried, since ConnectWise could not be asked: .*401", out)


def test_wrong_keys_say_which_and_where(
    home: Path, simulator: Remote, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNECTWISE_PRIVATE_KEY", "not-the-key")
    add(simulator)
    assert main(["account", "connect", "northgate"]) == 1
    err = capsys.readouterr().err
    assert "401" in err
    assert "check the API keys" in err
    assert "not-the-key" not in err


def test_an_unknown_company_is_named(home: Path, simulator: Remote, capsys: pytest.CaptureFixture[str]) -> None:
    add(simulator)
    assert main(["account", "set", "northgate", "--company", "nordgate"]) == 0
    assert main(["account", "connect", "northgate"]) == 1
    assert "nordgate" in capsys.readouterr().err


def test_a_missing_permission_is_named_with_the_role_it_needs(
    home: Path, simulator: Remote, capsys: pytest.CaptureFixture[str]
) -> None:
    add(simulator)
    assert main(["account", "connect", "northgate"]) == 0
    simulator.settings(revoke=["time/entries"])
    capsys.readouterr()
    assert main(["account", "check", "northgate"]) == 1
    out = capsys.readouterr().out
    (line,) = [line for line in out.splitlines() if line.startswith("TO DO")]
    assert "403" in line
    assert "Time Entry" in line


def test_a_brief_is_printed_and_nothing_is_posted_unless_asked(
    home: Path, simulator: Remote, capsys: pytest.CaptureFixture[str]
) -> None:
    add(simulator)
    main(["account", "connect", "northgate"])
    before = simulator.notes(FLAGSHIP_TICKET)
    capsys.readouterr()
    assert main(["brief", str(FLAGSHIP_TICKET), "--account", "northgate"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("**Escalated to engineers.**")
    assert "Tidewater" not in out, "the password in note 5"
    assert main(["brief", str(FLAGSHIP_TICKET), "--account", "northgate", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["schema_version"] == 1
    assert simulator.notes(FLAGSHIP_TICKET) == before
    assert main(["brief", str(FLAGSHIP_TICKET), "--account", "northgate", "--post"]) == 0
    assert main(["brief", str(FLAGSHIP_TICKET), "--account", "northgate", "--post"]) == 0, "again: the same note"
    new = [n for n in simulator.notes(FLAGSHIP_TICKET) if n not in before]
    assert len(new) == 1
    assert len(list((home / "mail").glob("*.eml"))) == 2


def test_a_ticket_that_is_not_there_is_said_to_be_missing(
    home: Path, simulator: Remote, capsys: pytest.CaptureFixture[str]
) -> None:
    add(simulator)
    assert main(["brief", "999999", "--account", "northgate"]) == 1
    assert "Ticket 999999 not found" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["account", "check", "nobody"], "no account is called 'nobody'. There is none yet"),
        (["account", "add", "x", "--site", "http://psa.example", "--company", "x"], "https"),
        (["account", "add", "x", "--site", "https://na.myconnectwise.net", "--company", "x"], "--escalate-status"),
        (["replay"], "0 callbacks"),
    ],
)
def test_what_is_wrong_is_one_clear_line(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    main(["migrate"])
    main(arguments)
    printed = capsys.readouterr()
    assert says in printed.err + printed.out
    assert "Traceback" not in printed.err


def test_packages_are_made_offline_without_any_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "t-1.json"
    file.write_text(json.dumps(THREAD))
    assert main(["package", str(file), str(file)]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["id"] for line in lines] == ["t-1", "t-1"]
    (step,) = [s for s in lines[0]["steps_attempted"] if "Rebooted" in s["evidence"]]
    assert (step["outcome"], step["note_index"], step["actor"]) == ("no_change", 0, "tech")
    assert step["evidence"] in THREAD["ticket"]["notes"][0]["text"]  # type: ignore[index]
    assert lines[0]["error_codes"] == ["0x8004010F"]
    assert main(["package", str(file), "--markdown"]) == 0
    assert "Scan!2026x" not in capsys.readouterr().out


def test_a_broken_thread_file_is_named_with_the_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "broken.json"
    file.write_text('{"id": "t-1",\n "ticket": {"initial_description": "", "notes": [], "summary": 5}}')
    assert main(["package", str(file)]) == 1
    err = capsys.readouterr().err
    assert "broken.json" in err
    assert "summary" in err
    file.write_text("{")
    assert main(["package", str(file)]) == 1
    assert "line 1" in capsys.readouterr().err
