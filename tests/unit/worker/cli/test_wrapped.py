"""Long lines in a narrow terminal: broken between words, the rest under the column they belong to; elsewhere left whole."""

from __future__ import annotations

import os
import sys

import pytest

from worker.cli.installation import say_wrapped

CHECK = "TO DO  people to tell   Remy Dubois is not told of anything: no e-mail address; correct it in ConnectWise, then connect"
WIZARD = "  the keys were refused (401): wrong, withdrawn, of another company, or the client id is not known to ConnectWise"


@pytest.mark.parametrize(("text", "hang"), [(CHECK, 24), (WIZARD, 2)])
@pytest.mark.parametrize("columns", [60, 100])
def test_a_narrow_terminal_breaks_between_words_and_goes_on_in_the_column(
    text: str, hang: int, columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((columns, 40)))
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: True, raising=False)
    say_wrapped(text)
    first, *others = capsys.readouterr().out.rstrip("\n").split("\n")
    assert others
    assert all(len(line) <= columns and line[:hang] == " " * hang and line[hang] != " " for line in others)
    assert " ".join([first, *others]).split() == text.split()


def test_what_goes_into_a_file_keeps_its_lines(capsys: pytest.CaptureFixture[str]) -> None:
    say_wrapped(CHECK * 3)
    assert capsys.readouterr().out == CHECK * 3 + "\n"


def test_lines_stay_lines(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((60, 40)))
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: True, raising=False)
    said = "these names do not fit:\n  - board Service Desk: has no status Escalated\n  - board Projects: is not there"
    say_wrapped(said)
    assert capsys.readouterr().out == said + "\n"
