"""The table of rights in docs/connectwise.md, tried: each taken away in turn, and `account check` names that one.

The simulated ConnectWise refuses with 403 whatever the right governs. Which right governs callbacks and the audit trail
is documented nowhere; what is said of those two is what to try.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models.account import accounts
from psa.port import ProbeResult
from psa.simulator.server import Simulator
from tests.integration.worker.cli.test_setup import keys_of, writes
from worker.__main__ import main
from worker.account.check import check
from worker.account.onboarding import account_named
from worker.settings import Settings
from worker.wiring import Services, from_settings

N = r"\d+"
TICKETS = "Service Desk, Service Tickets"
CALLBACKS, HOSTED = "System, Table Setup, and where that is not enough API Reports", "Manage Hosted API"
RIGHTS: tuple[tuple[str, str, str], ...] = (
    (f"{TICKETS}: Inquire All", "GET", r"/service/tickets(\?|/\d)"),
    ("Service Desk, Close Service Tickets: Inquire All", "GET", r"/service/tickets\?.*closedFlag"),
    (f"{TICKETS}: Add All", "POST", rf"/service/tickets/{N}/notes"),
    (f"{TICKETS}: Edit All", "PATCH", rf"/service/tickets/{N}"),
    (f"{TICKETS}: Delete All", "DELETE", rf"/service/tickets/{N}/notes"),
    ("Service Desk, Resource Scheduling: Inquire All", "GET", r"/schedule/entries"),
    ("Time & Expense, Time Entry: Inquire All", "GET", r"/time/entries"),
    ("Companies, Configurations: Inquire All", "GET", r"/configurations"),
    ("Companies, Manage Attachments: Inquire All", "GET", r"/system/documents"),
    ("System, Table Setup (Service Board): Inquire All", "GET", r"/service/boards"),
    ("System, Member Maintenance: Inquire All", "GET", r"/system/members"),
    ("Only `setup` and `shadow` need it", "GET", r"/system/audittrail"),
    (f"{CALLBACKS} (ConnectWise documents neither): Inquire All", "GET", r"/system/callbacks"),
    (f"{CALLBACKS} (ConnectWise documents neither): Add, Edit, Delete All", "(POST|PATCH|DELETE)", r"/system/callbacks"),
    (f"{HOSTED}): Inquire All", "GET", r"/system/connectwisehostedsetups"),
    (f"{HOSTED}): Add, Edit, Delete All", "(POST|PATCH|DELETE)", r"/system/connectwisehostedsetups"),
)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(seed=1) as running:
        yield running


@pytest.fixture(scope="module")
def services(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    folder = tmp_path_factory.mktemp("rights")
    environment = {
        "RESOLUTIONFLOW_VAR": str(folder), "PUBLIC_URL": "http://127.0.0.1:9", "CANARY_URL": "off",
        "RESOLUTIONFLOW_CALLS_PER_SECOND": "1000", "RESOLUTIONFLOW_BURST": "1000",
    }  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**environment, **keys_of(simulator)}.items():
            patch.setenv(name, value)
        assert main([
            "account", "add", "northgate", "--site", simulator.url, "--company", "northgate", "--allow-private", "--board",
            "Help Desk", "--escalate-status", "Escalated", "--engineers", "msvensson,tobrien", "--owner", "gnorth",
        ]) == 0  # fmt: skip
    made = from_settings(Settings.read(environment))
    yield made
    made.close()


def bad(lines: list[ProbeResult]) -> list[ProbeResult]:
    return [line for line in lines if not line.ok]


def connected(services: Services, yes: bool) -> None:
    from worker.account.onboarding import connect

    account = account_named(services, "northgate")
    if yes and account.connected_at is None:
        connect(services, account)
    elif not yes:
        with services.database.account(account.id) as session:
            accounts.set_account(session, account.id, connected_at=None)


def test_before_connect_only_reads_are_tried_and_all_that_is_missing_is_that(simulator: Simulator, services: Services) -> None:
    connected(services, False)
    simulator.door.log.clear()
    lines = check(services, account_named(services, "northgate"))
    assert [line.what for line in bad(lines)] == ["connected"]
    assert next(line.detail for line in lines if line.what == "people to tell") == "3 engineers and admins"
    assert writes(simulator) == []


@pytest.mark.parametrize(("right", "method", "path"), RIGHTS, ids=[right.split(",")[-1].strip() for right, *_ in RIGHTS])
def test_each_right_taken_away_is_named_and_no_other(
    simulator: Simulator, services: Services, right: str, method: str, path: str
) -> None:
    connected(services, True)
    before = [dict(row) for row in simulator.office().world.tables["notes"].values()]
    methods = re.findall("[A-Z]+", method)
    for one in methods:
        simulator.faults.add({"kind": "forbidden", "method": one, "path": path})
    try:
        lines = check(services, account_named(services, "northgate"))
    finally:
        simulator.faults.clear()
    told = bad(lines)
    assert len(told) == 1, [(line.what, line.detail) for line in told]
    assert right in told[0].detail
    others = [name for name, *_ in RIGHTS if name != right and f": {name}" in told[0].detail]
    assert others == []
    assert [dict(row) for row in simulator.office().world.tables["notes"].values()] == before


def test_with_every_right_all_is_ok_and_the_trials_wrote_nothing(simulator: Simulator, services: Services) -> None:
    connected(services, True)
    world = simulator.office().world
    before = {name: dict(rows) for name, rows in world.tables.items()}
    assert bad(check(services, account_named(services, "northgate"))) == []
    assert {name: dict(rows) for name, rows in world.tables.items()} == before


@pytest.mark.parametrize(
    ("columns", "what", "said"),
    [
        ({"engineers": ["msvenson"]}, "named people", "engineer 'msvenson' is no member of this PSA. Did you mean 'msvensson'"),
        ({"owner": "bwells"}, "named people", "owner 'bwells' is inactive"),
        ({"admins": ["resolutionflow"]}, "named people", "is an API member and no person"),
        ({"escalate_status_names": ["Escalatd"]}, "named statuses", "'Escalated'"),
        ({"board_names": ["Helpdesk"]}, "named statuses", "board 'Helpdesk' is not in this PSA"),
    ],
)  # fmt: skip
def test_a_wrong_name_is_told_before_connect(
    services: Services, columns: dict[str, Any], what: str, said: str
) -> None:
    connected(services, False)
    account = account_named(services, "northgate")
    keep = {name: getattr(account, name) for name in columns}
    with services.database.account(account.id) as session:
        accounts.set_account(session, account.id, **columns)
    lines = check(services, account_named(services, "northgate"))
    with services.database.account(account.id) as session:
        accounts.set_account(session, account.id, **keep)
    assert [line.what for line in bad(lines) if line.what != "connected"] == [what]
    assert said in next(line.detail for line in bad(lines) if line.what == what)


def test_no_two_lines_bear_one_name(services: Services) -> None:
    connected(services, True)
    names = [line.what for line in check(services, account_named(services, "northgate"))]
    assert sorted(names) == sorted(set(names))


def test_what_only_the_msp_knows_is_asked_in_a_line_of_its_own_with_the_command_that_answers(
    services: Services, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    connected(services, True)
    before = account_named(services, "northgate")
    with services.database.account(before.id) as session:
        accounts.set_account(session, before.id, claim_status_names=["Assigned to Engineer"])
    lines = check(services, account_named(services, "northgate"))
    (asked,) = [line for line in lines if line.look]
    assert (asked.what, asked.ok) == ("statuses elsewhere", True)
    assert [line.what for line in lines if "?" in line.detail and not line.look] == []
    assert re.search(r"on Projects, does '[^']+'(, '[^']+')* or '[^']+' mean", asked.detail)
    monkeypatch.setenv("RESOLUTIONFLOW_VAR", str(services.settings.var))
    monkeypatch.setenv("PUBLIC_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("CANARY_URL", "off")
    capsys.readouterr()
    assert main(["account", "check", "northgate"]) == 0, "a question is no fault"
    assert re.search(r"^LOOK   statuses elsewhere ", capsys.readouterr().out, re.MULTILINE)
    command = shlex.split(re.findall(r"`(account set [^`]+)`", asked.detail)[0].replace("STATUS", "Scheduled"))
    assert main(command) == 0
    after = account_named(services, "northgate").claim_status_names
    with services.database.account(before.id) as session:
        accounts.set_account(session, before.id, claim_status_names=before.claim_status_names)
    assert after == ["Assigned to Engineer", "Scheduled"]


def test_a_clock_that_is_off_is_named(simulator: Simulator, services: Services) -> None:
    from datetime import timedelta

    connected(services, False)
    world = simulator.office().world
    world.ahead = timedelta(hours=1)
    try:
        lines = check(services, account_named(services, "northgate"))
    finally:
        world.ahead = timedelta()
    clocks = next(line for line in bad(lines) if line.what == "clocks")
    assert re.search(r"\b360[01] s ahead of ours", clocks.detail)
    assert "NTP" in clocks.detail


def test_for_a_monitor_it_is_json_with_an_exit_status(
    services: Services, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    connected(services, False)
    monkeypatch.setenv("RESOLUTIONFLOW_VAR", str(services.settings.var))
    monkeypatch.setenv("PUBLIC_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("SMTP_URL", f"file:{tmp_path}")
    monkeypatch.setenv("MAIL_FROM", "ResolutionFlow <rf@northgate.example>")
    assert main(["account", "check", "northgate", "--json", "--test-mail", "gareth@northgate.example"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["account"], told["ok"]) == ("northgate", False)
    assert {line["what"] for line in told["lines"] if not line["ok"]} == {"connected", "reachable"}
    assert {"database", "broker", "mail", "test mail", "clocks", "rate limit"} <= {line["what"] for line in told["lines"]}
    assert len(list(tmp_path.glob("*.eml"))) == 1
