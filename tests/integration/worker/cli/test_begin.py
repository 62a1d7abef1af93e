"""Only what begins an installation makes one: any other command in the wrong folder, or without the settings, says so."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest

from worker.__main__ import main, parser
from worker.cli.installation import row_number
from worker.settings import Settings

BEGIN = {("setup",), ("account", "add"), ("run",), ("web",), ("streams",), ("worker",), ("beat",), ("migrate",)}
"""What may make a database and a key; it does so by being what it is."""
ALONE = {("demo",), ("simulator",), ("mcp",), ("package",)}
"""These have a place of their own, or none."""
VALUES = {"opened": "2026-11-02T09:14", "acted": "2026-11-02T09:20", "id": "1", "ticket": "1", "tickets": "1"}


def _commands(of: argparse.ArgumentParser, before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Yield every command with arguments that it takes."""
    words: list[str] = []
    for action in of._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                yield from _commands(inner, (*before, name))
            return
        usual = "1" if action.type in (int, row_number) else next(iter(action.choices or ()), "northgate")
        value = VALUES.get(action.dest, usual)
        if not action.option_strings and action.nargs not in ("?", "*"):
            words.append(str(value))
        elif action.required:
            words += [action.option_strings[0], str(value)]
    for group in of._mutually_exclusive_groups:
        if group.required:
            words += [group._group_actions[0].option_strings[0], "northgate"]
    yield before, words


COMMANDS = [(words, given) for words, given in _commands(parser()) if words not in BEGIN | ALONE]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and none of the settings."""
    for name in ("RESOLUTIONFLOW_VAR", "DATABASE_URL", "REDIS_URL", "SECRET_KEYS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_there_are_commands_to_try() -> None:
    assert {("account", "list"), ("account", "check"), ("metrics",), ("doctor",)} <= {words for words, _ in COMMANDS}
    assert len(COMMANDS) >= 20


@pytest.mark.parametrize(("words", "given"), COMMANDS, ids=[" ".join(words) for words, _ in COMMANDS])
def test_a_command_without_the_settings_makes_nothing_and_says_where_it_looked(
    words: tuple[str, ...], given: list[str], elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, *given]) == 1
    told = capsys.readouterr()
    assert list(elsewhere.iterdir()) == []
    assert "resolutionflow setup" in told.out + told.err
    if words != ("doctor",):
        assert str(elsewhere / "var" / "resolutionflow.db") in told.err
        assert len(told.err.splitlines()) == 1


def test_a_database_elsewhere_needs_a_key_that_is_there(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{elsewhere / 'other.db'}")
    assert main(["migrate"]) == 0
    (elsewhere / "var" / "secret_keys").unlink()
    assert main(["account", "list"]) == 1
    assert "SECRET_KEYS" in capsys.readouterr().err
    assert not (elsewhere / "var" / "secret_keys").exists()


def test_once_begun_every_command_finds_it(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == 0
    assert main(["account", "list"]) == 0
    assert "no accounts yet" in capsys.readouterr().out
    assert Settings.read(begin=False) == Settings.read()
