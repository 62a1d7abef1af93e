"""`resolution`, `runbook` and `vendor` as somebody at a keyboard runs them."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from models.account import people
from models.account.encryption import Cipher
from models.account.people import MemberRow
from models.database.sessions import Database
from models.handoff import handoffs
from models.handoff import resolution_notes as notes
from models.memory import runbooks
from models.tables import Handoff
from tests.integration.models.places import NOW, account, handoff
from tests.unit.escalation.resolution.endings import SEEN, evidence_of
from tests.unit.escalation.tickets import package_of
from worker.__main__ import main

KEY = "k" * 40
TICKET = 4711


@pytest.fixture
def northgate(sqlite_url: str, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[int, int]:
    """Give an account with people and a ticket that was read; its number and the handoff's."""
    for name, value in {"DATABASE_URL": sqlite_url, "SECRET_KEYS": KEY, "RESOLUTIONFLOW_VAR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    one = account(sqlite_database, "northgate", Cipher([KEY]))
    it = handoff(sqlite_database, one, TICKET)
    evidence = evidence_of(SEEN[1])
    with sqlite_database.account(one) as session:
        everybody = [MemberRow(103, "msvensson", "Maria Svensson", None), MemberRow(104, "jlind", "Jonas Lind", None)]
        people.import_members(session, one, everybody, engineers=["msvensson"])
        handoffs.add_snapshot(session, one, it, evidence, kind="refresh")
        columns = {"escalation_package": package_of(evidence).to_json(), "escalated_at": NOW - timedelta(days=9)}
        session.execute(update(Handoff).where(Handoff.account_id == one, Handoff.id == it).values(**columns))
    return one, it


def test_the_draft_is_printed_and_a_file_posted_once_in_a_member_s_name(
    northgate: tuple[int, int], sqlite_database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, it = northgate
    assert main(["resolution", "northgate", str(TICKET)]) == 0
    assert "Set the lifetime to 28800" in capsys.readouterr().out
    assert main(["resolution", "northgate", str(TICKET), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["problem"]["source"] == "d"
    file = tmp_path / "note.md"
    file.write_text("**What fixed it:**\n\n- set the lifetime\n")
    command = ["resolution", "northgate", str(TICKET), "--post", str(file)]
    assert main(command) == 1
    assert "--member" in capsys.readouterr().err
    other = tmp_path / "windows.md"
    other.write_bytes("Größe der Warteschlange".encode("cp1252"))
    assert main([*command[:-1], str(other), "--member", "JLind"]) == 1
    assert "windows.md is not UTF-8" in capsys.readouterr().err
    for text, dry_run, why in (("  fixed\u200b  ", False, "10 to 8000 characters"), ("x" * 9000, False, "this one has 9000"),
                               ("Set the lifetime to 28800.", True, "dry run: nothing is posted")):  # fmt: skip
        other.write_text(text)
        with sqlite_database.account(one) as session:
            mine = (Handoff.account_id == one, Handoff.id == it)
            session.execute(update(Handoff).where(*mine).values(dry_run=dry_run))
        assert main([*command[:-1], str(other), "--member", "JLind"]) == 1, why
        assert why in capsys.readouterr().err
    with sqlite_database.account(one) as session:
        session.execute(update(Handoff).where(*mine).values(dry_run=False))
    assert main([*command, "--member", "JLind"]) == 0
    assert main([*command, "--member", "msvensson"]) == 1
    with sqlite_database.account(one, reading=True) as session:
        row = notes.of_handoff(session, one, it)
    assert row is not None
    assert (row.member, row.form, row.text) == ("jlind", "internal", file.read_text().strip())


def test_a_runbook_from_a_ticket_to_its_export(
    northgate: tuple[int, int], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["runbook", "list", "northgate"]) == 0
    assert "no runbook yet" in capsys.readouterr().out
    assert main(["runbook", "draft", "northgate", str(TICKET)]) == 0
    file = tmp_path / "vpn.json"
    file.write_text(capsys.readouterr().out)
    assert main(["runbook", "save", "northgate", str(file), "--member", "jlind"]) == 0
    assert main(["runbook", "approve", "northgate", "1", "--member", "jlind"]) == 1
    assert "one of those approves" in capsys.readouterr().err
    assert main(["runbook", "approve", "northgate", "1", "--member", "msvensson"]) == 0
    assert main(["runbook", "show", "northgate", "1"]) == 0
    assert "approved by msvensson" in capsys.readouterr().out
    assert main(["runbook", "export", "northgate", str(tmp_path / "out")]) == 0
    assert "## Rollback" in (tmp_path / "out" / "runbook-1.md").read_text()
    secret = "Winter2024!x"
    steps = [{"do": f'set the password to "{secret}"', "check": "ok"}]
    file.write_text(json.dumps({"title": "Reset", "applies": f"password: {secret}", "steps": steps}))
    assert main(["runbook", "save", "northgate", str(file), "--member", "jlind"]) == 0
    assert main(["runbook", "show", "northgate", "2"]) == 0
    shown = capsys.readouterr().out
    assert (secret in shown, shown.count("[redacted: password]")) == (False, 2)
    monkeypatch.setattr(runbooks, "MOST", 2)
    third = file.read_text().replace("Reset", "New")
    for text, why in (("{}", "title"), ("[" * 200_000, "recursion"), (third, "2 runbooks at most")):
        file.write_text(text)
        assert main(["runbook", "save", "northgate", str(file), "--member", "jlind"]) == 1
        assert why in capsys.readouterr().err


def test_the_vendor_s_form_names_nobody(northgate: tuple[int, int], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vendor", "northgate", str(TICKET)]) == 0
    out = capsys.readouterr().out
    assert "The VPN to the branch drops every 8 hours" in out
    assert "Harbor" not in out


@pytest.mark.parametrize("command", [["resolution"], ["vendor"], ["runbook", "draft"]])
def test_a_ticket_that_was_not_escalated_is_one_line(
    northgate: tuple[int, int], command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "northgate", "99"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
