"""`--help` teaches: each command says what it is for, each value what it means, and there is an example to copy."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import pytest

from worker.__main__ import main, parser


def every(one: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Give a parser and those of its commands."""
    yield one
    for action in one._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                if each.add_help:  # the simulator is a program of its own
                    yield from every(each)


COMMANDS = {one.prog: one for one in every(parser())}


@pytest.mark.parametrize("prog", COMMANDS)
def test_each_command_says_what_for_with_an_example(prog: str) -> None:
    one = COMMANDS[prog]
    about, more = one.description or "", one.epilog or ""
    assert len(about.split()) >= 4, "what is it for?"
    assert "resolutionflow " in about + more, "an example to copy"


@pytest.mark.parametrize("prog", COMMANDS)
def test_each_value_says_what_it_means(prog: str) -> None:
    bare = [action.dest for action in COMMANDS[prog]._actions
            if not action.help and not isinstance(action, argparse._SubParsersAction)]  # fmt: skip
    assert not bare


def test_numbers_and_files_with_a_default_say_it() -> None:
    silent = [
        f"{prog} {action.dest}" for prog, one in COMMANDS.items() for action in one._actions
        if isinstance(action.default, (int, str)) and not isinstance(action.default, bool) and action.default
        and action.default != argparse.SUPPRESS and "(default" not in (action.help or "")
    ]  # fmt: skip
    assert not silent


def test_help_fits_the_terminal_and_loses_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    for columns in (60, 80):
        monkeypatch.setenv("COLUMNS", str(columns))
        for prog, one in COMMANDS.items():
            told = one.format_help().removeprefix(one.format_usage())  # that is argparse's own
            assert not [line for line in told.splitlines() if len(line) > columns and " " in line.strip()], prog
            for text in filter(None, (one.description, one.epilog)):
                assert " ".join((text % {"prog": prog} if "%" in text else text).split()) in " ".join(told.split()), prog


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("brief abc --account a", "'abc' is no ticket; write its number"),
        ("vendor a 48213x", "'48213x' is no ticket; write its number"),
        ("runbook show a 99999999999999999999", "is no number of one; the lists show them"),
        ("run --port 99999", "'99999' is no port; write 1 to 65535"),
        ("search a words --most 0", "'0': write how many tickets to show, 1 to 50"),
    ],
)
def test_a_wrong_number_is_told_what_is_right(arguments: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(arguments.split())
    assert ended.value.code == 2
    assert told in capsys.readouterr().err


def test_a_missing_file_is_named_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["package", "missing.json"]) == 1
    assert capsys.readouterr().err == "resolutionflow: missing.json: No such file or directory\n"
