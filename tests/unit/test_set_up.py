"""What is installed where: production gets what the product runs on and the extras that were named, development the rest."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "scripts"

PYTHON = """#!/bin/sh
echo "python $*" >> "$CALLS"
if [ "$1 $2" = "-m venv" ]; then mkdir -p "$4/bin" && cp "$0" "$4/bin/python" && cp "$UV" "$4/bin/uv"; fi
"""
UV = """#!/bin/sh
echo "uv $*" >> "$CALLS"
"""


def set_up(folder: Path, *arguments: str) -> tuple[int, list[str], str]:
    """Run the script with programs that only note how they are called; return its exit code, the calls, and what it says."""
    for name, text in (("python", PYTHON), ("uv", UV)):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    calls = folder / "calls"
    calls.touch()
    environment = {**os.environ, "PYTHON": str(folder / "python"), "UV": str(folder / "uv"), "CALLS": str(calls)}
    done = subprocess.run(
        ["sh", str(SCRIPTS / "setup.sh"), str(folder / "venv"), *arguments],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, calls.read_text().splitlines(), done.stderr


def installed(calls: list[str]) -> str:
    """Return the one call that installs packages from a list."""
    (found,) = (call for call in calls if call.startswith("uv pip") and "requirements/" in call)
    return found


def test_production_gets_what_it_runs_on_and_nothing_of_development_or_a_model(tmp_path: Path) -> None:
    code, calls, said = set_up(tmp_path, "runtime")
    assert code == 0, said
    assert "requirements/runtime.txt" in installed(calls)
    assert "--require-hashes" in installed(calls)
    assert "dev.txt" not in installed(calls)
    assert not re.search(r"anthropic|openai|mcp==", installed(calls))
    assert not (tmp_path / "venv" / ".ready").exists(), "`make` would take it for its own"


def test_extras_come_with_their_pins_and_alone(tmp_path: Path) -> None:
    code, calls, said = set_up(tmp_path, "runtime", "mcp", "anthropic")
    assert code == 0, said
    for extra in ("mcp", "anthropic"):
        assert re.search(rf" {extra}==\d+\.\d+", installed(calls))
    assert " openai==" not in installed(calls)


@pytest.mark.parametrize("arguments", [("dev",), ()])
def test_development_gets_all(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    code, calls, said = set_up(tmp_path, *arguments)
    assert code == 0, said
    assert {"requirements/dev.txt", "requirements/models.txt"} <= set(re.findall(r"requirements/\w+\.txt", installed(calls)))
    assert (tmp_path / "venv" / ".ready").exists()


UNKNOWN = [("runtime", "pytest"), ("runtime", "m.p"), ("runtime", ""), ("production",), ("dev", "mcp")]


@pytest.mark.parametrize("arguments", UNKNOWN)
def test_what_it_does_not_know_changes_nothing(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    code, calls, said = set_up(tmp_path, *arguments)
    assert code == 1
    assert said
    assert [call for call in calls if "-m venv" in call or call.startswith("uv")] == []


def test_the_extras_are_those_of_the_package() -> None:
    package = configparser.ConfigParser()
    package.read(ROOT / "setup.cfg")
    there = [line for line in (ROOT / "requirements" / "models.in").read_text().split("\n") if line and not line.startswith("#")]
    assert set(there) == set(package["options.extras_require"])
    done = subprocess.run(["sh", str(SCRIPTS / "extras.sh"), *there], capture_output=True, text=True, check=True)
    assert [line.partition("==")[0] for line in done.stdout.splitlines()] == there
