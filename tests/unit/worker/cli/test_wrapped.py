"""Long lines in a narrow terminal: broken between words, the rest under the column they belong to; elsewhere left whole."""

from __future__ import annotations

import io
import json
import os
import sys

import pytest

from worker.__main__ import main
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


def test_a_console_that_lacks_a_letter_ends_no_command_and_json_stays_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Windows' code pages, the C locale and cron have them."""
    told = "Zo\u00eb \u2192 caf\u00e9 \u2502 \u65e5\u672c \U0001f600 \udcff"
    for encoding in ("ascii", "cp1252", "cp437", "latin-1", "utf-8"):
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True) for _ in range(2))
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        assert main(["package", f"/no/{told}.json"]) == 1, "of a file that is not there"
        print(json.dumps(told, ensure_ascii=False))  # noqa: T201 - as commands do
        said, written = (stream.buffer.getvalue().decode(encoding) for stream in (err, out))  # type: ignore[attr-defined]
        assert ("No such file" in said, json.loads(written)) == (True, told), encoding
