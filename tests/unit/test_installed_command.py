"""What docs/install.md puts on the path is the command with the service's own user, settings and folder."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMAND = ROOT / "deploy" / "resolutionflow"
PATH = "/usr/local/bin/resolutionflow"


def _run_as(arguments: list[str], folder: Path) -> list[str]:
    """Return what systemd would be asked to run, by a stand-in that writes down its arguments."""
    stand_in = folder / "systemd-run"
    stand_in.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\nexit 3\n')
    stand_in.chmod(0o755)
    done = subprocess.run(
        [str(COMMAND), *arguments], env={"PATH": f"{folder}:{os.environ['PATH']}"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 3, "the command's own status"
    return done.stdout.splitlines()


def test_it_runs_as_the_service_does_and_hands_on_what_was_typed(tmp_path: Path) -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(ROOT / "deploy" / "systemd" / "resolutionflow.service")
    service = dict(unit["Service"])
    typed = ["account", "set", "northgate", "--board", "Help Desk"]
    asked = _run_as(typed, tmp_path)
    program = asked.index("--") + 1
    assert asked[program:] == [service["ExecStart"].split()[0], *typed]
    options = asked[:program]
    assert f"--uid={service['User']}" in options
    assert f"--gid={service['Group']}" in options
    for name in ("EnvironmentFile", "WorkingDirectory"):
        assert f"--property={name}={service[name]}" in options


def test_the_pages_put_it_in_place_and_use_it() -> None:
    install, runbook = ((ROOT / "docs" / page).read_text() for page in ("install.md", "runbook.md"))
    assert f"install -m 0755 deploy/resolutionflow {PATH}" in install
    assert "/opt/resolutionflow/.venv/bin/resolutionflow /usr/local" not in install, "the bare command has none of the settings"
    for page in (install, runbook):
        assert not re.search(r"^(alias )?rf\b", page, re.MULTILINE)
        assert "sqlite3 var/" not in page
    assert "/var/lib/resolutionflow/resolutionflow.db" in runbook
