"""Suspend, resume, disconnect, export, remove: counted, and the PSA as it was; no secret in what is taken along."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models.account import accounts
from models.database.access import OF_ACCOUNT
from models.handoff import claims, handoffs
from models.work import inbox
from psa.simulator.server import Simulator
from tests.integration.models.database.test_isolation import fill
from tests.integration.models.places import handoff
from tests.integration.worker.cli.test_setup import keys_of
from worker.__main__ import main
from worker.account.export import DOORS, export
from worker.account.onboarding import SUSPENDED, account_named
from worker.handoff import publish, triage
from worker.settings import Settings
from worker.upkeep import poller
from worker.wiring import Services, from_settings

CANARIES = ("cAnArY-private-7731", "cAnArY-client-0042")


class Place:
    def __init__(self, simulator: Simulator, folder: Path) -> None:
        self.simulator, self.folder = simulator, folder
        self.services: Services = from_settings(Settings.read())
        self.id = account_named(self.services, "northgate").id

    @property
    def account(self) -> accounts.Account:
        return account_named(self.services, "northgate")

    def callbacks(self) -> list[str]:
        return [row["url"] for row in self.simulator.office().world.tables["callbacks"].values()]

    def escalate(self, ticket: str) -> int:
        """Escalate and let the poller find it; return the ticket's number."""
        from psa.simulator import acts

        world = self.simulator.office().world
        number = world.ticket_id(ticket)
        with world.lock:
            acts.ACTS["change_status"](world, ticket=number, status="Escalated", member="jlind")
        return number

    def poll(self) -> list[int]:
        with self.services.database.account(self.id) as session:
            due = accounts.get(session, self.id)
            if due is not None and due.next_poll_at is not None:
                accounts.set_account(session, self.id, next_poll_at=self.services.clock())
        found = []
        for row in poller.poll(self.services, account_id=self.id):
            found += triage.triage(self.services, account_id=self.id, inbox_id=row)
        return found

    def handoffs(self, number: int) -> list[Any]:
        with self.services.database.account(self.id, reading=True) as session:
            return handoffs.by_ticket(session, self.id, number)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    with Simulator(seed=1) as simulator:
        world = simulator.office().world
        world.tenant.private_key, world.tenant.client_id = CANARIES
        world.add("callbacks", {"id": 1, "url": "https://other.example/hook", "type": "ticket", "level": "owner", "objectId": 1,
                                "inactiveFlag": True, "memberId": 150, "isSelfSuppressedFlag": False, "_info": {}})  # fmt: skip
        screen = next(iter(world.tables["screens"].values()))["id"]
        for number, url in ((1, "http://127.0.0.1:9/pod/ticket"), (2, "https://other.example/pod")):
            row = {"id": number, "screenId": screen, "description": "pod", "url": url, "type": "Pod", "_info": {}}
            world.add("hosted_setups", row)
        for name, value in {
            "RESOLUTIONFLOW_VAR": str(tmp_path), "PUBLIC_URL": "http://127.0.0.1:9", "CANARY_URL": "off",
            "RESOLUTIONFLOW_CALLS_PER_SECOND": "1000", "RESOLUTIONFLOW_BURST": "1000", **keys_of(simulator),
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        assert main([
            "account", "add", "northgate", "--site", simulator.url, "--company", "northgate", "--allow-private", "--board",
            "Help Desk", "--escalate-status", "Escalated", "--engineers", "msvensson,tobrien", "--owner", "gnorth",
        ]) == 0  # fmt: skip
        assert main(["account", "connect", "northgate"]) == 0
        made = Place(simulator, tmp_path)
        yield made
        made.services.close()


def open_tickets(place: Place) -> list[str]:
    world = place.simulator.office().world
    return [
        str(row["id"]) for row in world.tables["tickets"].values()
        if row["board"]["name"] == "Help Desk" and not row.get("closedFlag") and row["status"]["name"] in ("New", "In Progress")
    ]  # fmt: skip


def test_disconnect_leaves_the_psa_as_it_was_and_others_untouched(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(place.callbacks()) == 4
    before = place.account
    token = accounts.path_token(before, place.services.cipher)
    assert main(["account", "disconnect", "northgate"]) == 0
    assert place.callbacks() == ["https://other.example/hook"]
    assert [row["url"] for row in place.simulator.office().world.tables["hosted_setups"].values()] == ["https://other.example/pod"]
    assert "3 callbacks and 3 pods of ours were deleted" in capsys.readouterr().out  # pod, tab, and one of before
    after = place.account
    assert (after.connected_at, after.next_poll_at) == (None, None)
    assert after.token_epoch > before.token_epoch
    assert accounts.path_token(after, place.services.cipher) != token
    number = place.escalate(open_tickets(place)[0])
    assert place.poll() == []
    assert place.handoffs(number) == []
    assert main(["account", "connect", "northgate"]) == 0
    assert len(place.callbacks()) == 4
    assert place.account.suspended_at is None
    assert place.poll() == []
    assert place.handoffs(number) == []


def test_what_cannot_be_deleted_is_named_and_everything_stops_all_the_same(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    place.simulator.faults.add({"kind": "forbidden", "method": "DELETE", "path": "callbacks"})
    assert main(["account", "disconnect", "northgate"]) == 1
    assert "STILL THERE: callbacks could not be removed" in capsys.readouterr().out
    assert place.account.connected_at is None


def read_next(place: Place) -> list[tuple[int, int]]:
    """Return what a sweep of the next day would have read of live handoffs."""
    later = place.services.clock() + timedelta(days=1)
    with place.services.database.system(reading=True) as system:
        return claims.due_observations(system, now=later, limit=50) + claims.due_notes(system, now=later, limit=50)


def test_suspended_nothing_happens_and_what_was_escalated_meanwhile_is_left_alone(place: Place) -> None:
    before, during, after = open_tickets(place)[:3]
    first = place.escalate(before)
    (handoff_id,) = place.poll()
    assert main(["account", "suspend", "northgate"]) == 0
    assert main(["account", "suspend", "northgate"]) == 0
    assert main(["account", "set", "northgate", "--unfreeze"]) == 1  # it would write again what it rests from
    assert place.account.frozen_reason == SUSPENDED
    writes = len([r for r in place.simulator.door.log.shown()["requests"] if r["method"] != "GET"])
    assert not publish.publish(place.services, account_id=place.id, handoff_id=handoff_id)
    assert read_next(place) == []
    second = place.escalate(during)
    assert place.poll() == []
    with place.services.database.account(place.id) as session:
        row = inbox.store(
            session, account_id=place.id, dedupe_key="x", type="ticket", action="updated", record_id=second, raw=b"",
            verified=True, now=place.services.clock(),
        )  # fmt: skip
    assert row
    assert triage.triage(place.services, account_id=place.id, inbox_id=row) == []
    assert len([r for r in place.simulator.door.log.shown()["requests"] if r["method"] != "GET"]) == writes
    assert main(["account", "resume", "northgate"]) == 0
    assert read_next(place) != []
    assert place.poll() == []
    assert place.handoffs(second) == []
    third = place.escalate(after)
    assert len(place.poll()) == 1
    assert len(place.handoffs(third)) == 1
    assert publish.publish(place.services, account_id=place.id, handoff_id=handoff_id)
    assert place.handoffs(first)[0].brief_state == "posted"


def test_a_freeze_is_not_ended_by_resuming(place: Place) -> None:
    with place.services.database.account(place.id) as session:
        accounts.freeze(session, place.id, reason="note 5 is visible", now=place.services.clock())
    main(["account", "suspend", "northgate"])
    main(["account", "resume", "northgate"])
    assert place.account.frozen_reason == "note 5 is visible"


def test_an_export_holds_every_record_and_no_secret(place: Place) -> None:
    number = place.escalate(open_tickets(place)[0])
    (handoff_id,) = place.poll()
    publish.publish(place.services, account_id=place.id, handoff_id=handoff_id)
    account = place.account
    secrets = [*CANARIES, accounts.path_token(account, place.services.cipher), place.services.settings.secret_keys[0],
               accounts.marker_key(account, place.services.cipher).decode()]  # fmt: skip
    out = place.folder / "mine"
    assert main(["account", "export", "northgate", "--out", str(out)]) == 0
    files = {path.stem: path for path in out.glob("*.jsonl")}
    assert set(files) == {"account", *(table.__tablename__ for table in OF_ACCOUNT)}
    everything = "\n".join(path.read_text() for path in out.iterdir())
    assert not [secret for secret in secrets if secret in everything]
    rows = {name: [json.loads(line) for line in path.read_text().splitlines()] for name, path in files.items()}
    assert rows["account"][0]["name"] == "northgate"
    assert rows["handoff"][0]["ticket_id"] == number
    assert rows["handoff"][0]["escalation_package_markdown"]
    assert len(rows["member"]) == 13
    assert not DOORS & {key for found in rows.values() for row in found for key in row}
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in out.iterdir())
    readme = (out / "README.md").read_text()
    assert f"| `handoff.jsonl` | {len(rows['handoff'])} |" in readme
    assert all(f"`{name}.jsonl`" in readme for name in files)


def test_an_export_reads_a_row_of_every_kind(place: Place) -> None:
    it = handoff(place.services.database, place.id)
    with place.services.database.account(place.id) as session:
        fill(session, place.id, it)
    counts = export(place.services, place.account, place.folder / "ours")
    assert [name for name, count in counts.items() if not count] == []
    assert '"term": "vpn"' in (place.folder / "ours" / "memory_term.jsonl").read_text()


def test_no_account_has_a_name_that_leads_out_of_its_folder(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """Else its `remove` would delete what is there."""
    for name in ("..", ".", "../northgate", "/etc", "a/b", "a/", ""):
        given = ["--site", "na.example", "--company", "lakeside", "--escalate-status", "Escalated"]
        assert main(["account", "add", name, *given]) == 1
        assert "cannot be called" in capsys.readouterr().err
    assert place.account


def test_remove_asks_counts_and_leaves_nothing(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place.escalate(open_tickets(place)[0])
    place.poll()
    main(["account", "export", "northgate"])
    monkeypatch.setattr("builtins.input", lambda _: "no")
    assert main(["account", "remove", "northgate"]) == 1
    assert place.account
    capsys.readouterr()
    assert main(["account", "remove", "northgate", "--yes"]) == 0
    said = capsys.readouterr().out
    assert "13 member" in said
    assert "1 handoff" in said
    assert place.callbacks() == ["https://other.example/hook"]
    with place.services.database.account(place.id, reading=True) as session:
        from worker.account.export import counted

        assert not any(counted(session, place.id).values())
    assert not (place.folder / "export" / "northgate").exists()


def test_boards_are_switched_on_one_by_one(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["account", "set", "northgate", "--dry-run", "nobody"]) == 1
    assert "is no engineer, admin or owner" in capsys.readouterr().err
    assert main(["account", "set", "northgate", "--dry-run", "TOBRIEN"]) == 0
    assert (place.account.dry_run_to, place.account.live_boards) == ("tobrien", [])
    assert main(["account", "set", "northgate", "--live", "Helpdesk"]) == 1
    assert "Did you mean 'Help Desk'" in capsys.readouterr().err
    assert main(["account", "set", "northgate", "--live", "help desk"]) == 0
    assert place.account.live_boards == ["Help Desk"]
    assert main(["account", "list"]) == 0
    assert "dry run to tobrien but for Help Desk" in capsys.readouterr().out
    assert main(["account", "set", "northgate", "--live", "all"]) == 0
    assert (place.account.dry_run_to, place.account.live_boards) == (None, [])
