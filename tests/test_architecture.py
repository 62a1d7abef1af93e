"""What holds for the whole: queues, states, settings and the shape of the tree."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

import celeryconfig
from escalation.lifecycle import (
    BRIEF_MOVES,
    RESPONSE_MOVES,
    Brief,
    ForbiddenMove,
    Response,
    check_brief,
    check_response,
)
from tests.conftest import group
from worker.process import crash
from worker.process.bell import make
from worker.settings import Settings, SettingsError

ROOT = Path(__file__).parent.parent
OURS = ("escalation", "models", "psa", "webhooks", "worker")


def _sources() -> list[Path]:
    found = [path for folder in OURS for path in sorted((ROOT / folder).rglob("*.py"))]
    assert len(found) > 200, "where is the product?"
    return found


def _tasks(tmp_path: Path) -> set[str]:
    app = make(Settings.read({"RESOLUTIONFLOW_VAR": str(tmp_path)}))
    app.loader.import_default_modules()
    return {name for name in app.tasks if not name.startswith("celery.")}


def test_every_task_has_a_queue_that_a_worker_reads(tmp_path: Path) -> None:
    tasks = _tasks(tmp_path)
    assert tasks == set(celeryconfig.task_routes)
    assert {route["queue"] for route in celeryconfig.task_routes.values()} <= set(celeryconfig.QUEUES)


def test_a_message_goes_to_one_queue(tmp_path: Path) -> None:
    app = make(Settings.read({"RESOLUTIONFLOW_VAR": str(tmp_path)}))
    ways = {name: (queue.exchange.name, queue.routing_key) for name, queue in app.amqp.queues.items()}
    assert ways == {name: (name, name) for name in celeryconfig.QUEUES}


def test_whatever_the_sweeper_or_a_use_case_rings_for_is_a_task(tmp_path: Path) -> None:
    rung = {
        name
        for path in _sources()
        for name in re.findall(r'bell\.ring\(\s*"(\w+)"', path.read_text())
    }
    assert rung
    assert {f"worker.tasks.{name}" for name in rung} <= _tasks(tmp_path)


def test_no_task_is_sent_with_a_wait_for_a_wait_is_a_column() -> None:
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg in ("countdown", "eta"):
                raise AssertionError(f"{path}:{node.value.lineno}: waits are next_attempt_at columns")


@pytest.mark.parametrize("moves", [BRIEF_MOVES, RESPONSE_MOVES], ids=["brief", "response"])
def test_every_state_can_be_reached_and_left_or_is_an_end(moves: dict[str, frozenset[str]]) -> None:
    first = next(iter(moves))
    reached, todo = {first}, [first]
    while todo:
        for after in moves[todo.pop()] - reached:
            reached.add(after)
            todo.append(after)
    assert reached == set(moves)
    ends = {state for state, after in moves.items() if not after}
    assert ends in ({Brief.POSTED, Brief.WITHHELD}, {Response.RESOLVED, Response.WITHDRAWN})


def test_a_move_that_the_table_does_not_have_is_refused() -> None:
    check_brief(Brief.PENDING, Brief.POSTING)
    check_response(Response.CLAIMED, Response.OPEN)
    with pytest.raises(ForbiddenMove):
        check_brief(Brief.POSTED, Brief.POSTING)
    with pytest.raises(ForbiddenMove):
        check_response(Response.WITHDRAWN, Response.CLAIMED)


def test_every_crash_point_stands_in_the_code_and_every_one_in_the_code_is_registered() -> None:
    passed = [
        name for path in _sources() for name in re.findall(r'crash\.point\("([\w.]+)"\)', path.read_text())
    ]
    assert sorted(passed) == sorted(crash.POINTS)


def test_only_the_settings_read_the_environment() -> None:
    allowed = {
        "worker/settings.py",
        "worker/process/bell.py",  # the level of Celery's own start-up lines
        "worker/cli/account.py",  # credentials, so that they need not stand on a command line
        "worker/process/crash.py",  # for tests alone
        "worker/demo/escalation.py",
        "worker/process/embedded.py",  # hands its own on to its children
    }
    reading = {
        str(path.relative_to(ROOT))
        for path in _sources()
        if re.search(r"os\.(environ|getenv)", path.read_text()) and "simulator" not in path.parts
    }
    assert reading <= allowed


def test_all_that_is_wrong_with_the_settings_is_said_at_once(tmp_path: Path) -> None:
    wrong = {
        "RESOLUTIONFLOW_VAR": str(tmp_path),
        "DATABASE_URL": "mysql://db",
        "REDIS_URL": "amqp://mq",
        "PUBLIC_URL": "ftp://x",
        "SMTP_URL": "imap://x",
        "LOG_LEVEL": "LOUD",
        "RESOLUTIONFLOW_SWEEP": "often",
        "RESOLUTIONFLOW_LEASE": "10",
    }
    with pytest.raises(SettingsError) as caught:
        Settings.read(wrong)
    for name in (*wrong, "SECRET_KEYS", "RESOLUTIONFLOW_POST_TIMEOUT"):
        if name != "RESOLUTIONFLOW_VAR":
            assert name in str(caught.value)


def test_a_key_of_our_own_is_made_once_and_kept_to_ourselves(tmp_path: Path) -> None:
    first = Settings.read({"RESOLUTIONFLOW_VAR": str(tmp_path)})
    again = Settings.read({"RESOLUTIONFLOW_VAR": str(tmp_path)})
    assert first.secret_keys == again.secret_keys
    assert (tmp_path / "secret_keys").stat().st_mode & 0o777 == 0o600
    assert first.secret_keys[0] not in repr(first)


def test_the_simulator_shares_no_code_with_the_client_it_tests() -> None:
    files = list((ROOT / "psa" / "simulator").rglob("*.py"))
    assert len(files) > 10
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                root = name.split(".")[0]
                inside = name.startswith("psa.simulator") or root not in (*OURS, "pyconnectwise")
                assert inside, f"{path} imports {name}"


@pytest.mark.parametrize(
    ("nodeid", "together"),
    [
        ("journeys/test_claims.py::test_by_a_time_entry[sqlite]", "shared_rig sqlite"),
        ("journeys/test_failures.py::test_killing_a_part[postgresql-web]", "shared_rig postgresql"),
        ("storm/test_short.py::test_nothing_is_lost[broker: frozen-sqlite]", "shared_rig sqlite"),
        ("integration/test_runbook.py::test_rotating[postgres_url]", "tests/integration/test_runbook.py"),
    ],
)
def test_what_shares_a_product_runs_in_one_process(nodeid: str, together: str) -> None:
    assert group(f"tests/{nodeid}") == together


@pytest.mark.parametrize("kind", ["unit", "integration"])
def test_tests_lie_where_what_they_test_lies(kind: str) -> None:
    top = ROOT / "tests" / kind
    folders = {str(file.parent.relative_to(top)) for file in top.rglob("test_*.py")}
    assert folders
    assert [folder for folder in sorted(folders) if not (ROOT / folder).is_dir()] == []


def test_nothing_speaks_of_a_machine_or_of_how_this_is_made() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    if not listed:
        pytest.skip("this copy has no list of its files")
    for name in listed.splitlines():
        path = ROOT / name
        if path.suffix in {".py", ".md", ".cfg", ".toml", ".yml", ".txt", ".sh"} and path.exists():
            assert not re.search(r"(?<![\w.])/(root|home/\w+)/\w", path.read_text()), name


def test_every_file_of_a_wing_stands_on_the_map() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    drawn = page.partition("## Storeys and wings")[2].partition("```")[2].partition("```")[0]
    storey = wing = ""
    there: set[str] = set()
    for line in drawn.splitlines():
        head, words = line[:15].strip(), line[15:].replace("│", " ").split()
        if head.endswith("/"):
            storey, wing = head, ""
        elif head:
            wing = f"{head}/"
        there |= {f"{storey}{wing}{word}" for word in words}
    own = ("psa/simulator/", "models/migrations/", "models/tables/")
    files = {str(path.relative_to(ROOT).with_suffix("")) for path in _sources() if not path.name.startswith("__")}
    assert {name for name in files if not name.startswith(own)} <= there
    wings = {name for name in there if name.count("/") > 1 and not name.endswith("/") and not name.startswith(own)}
    assert wings <= files
