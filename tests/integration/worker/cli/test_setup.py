"""`resolutionflow setup` as a new user meets it: in a real pseudo-terminal, without one, cut off, and with wrong answers.

The screens of one whole run are kept as text in `setup_screens.txt`; `UPDATE_SCREENS=1` writes them anew, to be read.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models.account import calendars
from models.account.accounts import Account
from psa.simulator.server import Simulator, banner
from tests.terminal import DOWN, ENTER, INTERRUPT, SPACE, UP, Terminal
from worker.__main__ import main
from worker.account.calendar_file import in_words
from worker.account.onboarding import account_named
from worker.settings import Settings
from worker.wiring import from_settings

SCREENS = Path(__file__).with_name("setup_screens.txt")


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(seed=1) as running:
        yield running


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"], "TERM": "xterm", "RESOLUTIONFLOW_VAR": str(tmp_path), "LANG": "C.UTF-8",
        "RESOLUTIONFLOW_CALLS_PER_SECOND": "1000", "RESOLUTIONFLOW_BURST": "1000", "PUBLIC_URL": "http://127.0.0.1:8000",
    }  # fmt: skip


def keys_of(simulator: Simulator) -> dict[str, str]:
    tenant = simulator.office().world.tenant
    return {"CONNECTWISE_PUBLIC_KEY": tenant.public_key, "CONNECTWISE_PRIVATE_KEY": tenant.private_key,
            "CONNECTWISE_CLIENT_ID": tenant.client_id}  # fmt: skip


def writes(simulator: Simulator) -> list[str]:
    return [row["path"] for row in simulator.door.log.shown()["requests"] if row["method"] != "GET"]


def test_a_whole_run_in_a_terminal_stores_what_was_agreed_and_writes_nothing_before_connect(
    simulator: Simulator, environment: dict[str, str], tmp_path: Path
) -> None:
    simulator.reset()
    keys, screens = list(keys_of(simulator).values()), []

    def seen(terminal: Terminal) -> None:
        text = re.sub(r"http://127\.0\.0\.1:\d+", "http://127.0.0.1:PORT", terminal.text)
        screens.append(re.sub(r"^  \d+ of \d+ tickets read.*\n", "", text, flags=re.MULTILINE))

    with Terminal([sys.executable, "-m", "worker", "setup"], environment) as terminal:
        terminal.until("Where do you log in")
        seen(terminal)
        terminal.press(*[DOWN] * 6, ENTER)
        terminal.until("Which host?")
        terminal.press(simulator.url, ENTER)
        terminal.until("Company, as you type it")
        terminal.press("northgate", ENTER)
        terminal.until("Public key")
        terminal.press(keys[0], ENTER)
        terminal.until("Private key")
        terminal.press("wrong", ENTER)
        terminal.until("Client id")
        terminal.press(keys[2], ENTER)
        terminal.until("a server of your own, in your own network?")
        terminal.press(UP, ENTER)
        terminal.until("the keys were refused (401)")
        terminal.until("What shall be changed?")
        seen(terminal)
        terminal.press(f"{ENTER}{ENTER}{keys[1]}{ENTER}{ENTER}")  # two as before; ahead of the question, as who pastes does
        terminal.until("What shall this MSP be called here?")
        terminal.press(ENTER)
        terminal.until("Boards on which tickets are escalated")
        terminal.press(ENTER)
        terminal.until("a junior is stuck?")
        terminal.press(ENTER)
        terminal.until("a senior claimed it?")
        terminal.press(ENTER)
        terminal.until("Engineers: they are told")
        seen(terminal)
        terminal.press(ENTER)
        terminal.until("Admins: told of each")
        terminal.press(ENTER)
        terminal.until("Owner: gets the weekly")
        terminal.press(ENTER)
        terminal.until("Time zone (IANA")
        terminal.press(ENTER)
        terminal.until("Working hours:")
        terminal.press(ENTER)
        terminal.until("an hour of a senior worth")
        terminal.press("ninety", ENTER)
        terminal.until("is no hourly rate")
        terminal.press(*["\x7f"] * 6, "95 GBP", ENTER)
        terminal.until("How shall it begin?")
        terminal.press(ENTER)
        terminal.until("To whom?")
        terminal.press(ENTER)
        terminal.until("Is that right?")
        terminal.press(DOWN, ENTER)
        terminal.until("Which one?")
        terminal.press(*[DOWN] * 8, ENTER)
        terminal.until("Working hours: Mon-Fri", times=2)
        terminal.press(*["\x7f"] * 5, "16:30", ENTER)
        terminal.until("Working hours        Mon-Fri 08:00-16:30")
        terminal.press(ENTER)
        terminal.until("And now?")
        assert writes(simulator) == []
        seen(terminal)
        terminal.press(DOWN, DOWN, ENTER)
        terminal.until("northgate is connected.")
        terminal.until("And now?", times=2)
        terminal.press(DOWN, DOWN, ENTER)
        assert terminal.ended() == 0
        raw = terminal.raw.decode(errors="replace")
    assert len(writes(simulator)) == 6
    assert all(path.endswith(("/system/callbacks", "/system/connectwisehostedsetups")) for path in writes(simulator))
    assert keys[1] not in raw
    assert keys[2] not in raw
    assert not (tmp_path / "setup" / "answers.json").exists()
    services = from_settings(Settings.read(environment))
    account = account_named(services, "northgate")
    assert account.escalate_status_names == ["Escalated", "Escalate to Tier 2"]  # this shop has used both
    assert (account.owner, account.time_zone) == ("gnorth", "Europe/London")
    assert set(account.engineers) >= {"msvensson", "tobrien", "akhan"}
    assert account.dry_run_to == "gnorth"
    assert (account.hourly_rate, account.currency) == (95.0, "GBP")
    with services.database.account(account.id, reading=True) as session:
        hours = calendars.versions(session, account.id, time_zone=account.time_zone)
    assert in_words(hours[max(hours)]).startswith("Mon-Fri 08:00-16:30")
    services.close()
    told = "\n\n".join(f"===== screen {n}\n{text}" for n, text in enumerate(screens, 1)) + "\n"
    if os.environ.get("UPDATE_SCREENS"):
        SCREENS.write_text(told)
    assert told == SCREENS.read_text()


@pytest.mark.storm
def test_a_run_that_is_cut_off_keeps_its_answers_without_keys_and_goes_on(
    simulator: Simulator, environment: dict[str, str], tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "worker", "setup", "--site", simulator.url, "--company", "northgate", "--allow-private"]
    given = {**environment, **keys_of(simulator)}
    with Terminal(command, given) as terminal:
        terminal.until("called here?")
        terminal.press(*["\x7f"] * 9, "north", ENTER)
        terminal.until("Boards on which")
        terminal.press(INTERRUPT)
        assert terminal.ended() == 130
        assert "goes on from there" in terminal.text
    kept = (tmp_path / "setup" / "answers.json")
    assert kept.stat().st_mode & 0o077 == 0
    assert json.loads(kept.read_text())["name"] == "north"
    assert not [secret for secret in keys_of(simulator).values() if secret in kept.read_text()]
    with Terminal([sys.executable, "-m", "worker", "setup"], given) as terminal:
        terminal.until("There are answers from last time")
        terminal.press(ENTER)
        terminal.until("Boards on which")
        assert "called here?" not in terminal.text
        terminal.press(SPACE, ENTER)
        terminal.until("Which status")  # between two questions nobody listens for keys
        terminal.press(INTERRUPT)
        assert terminal.ended() == 130


def _kept(folder: Path) -> dict[str, Any]:
    file = folder / "setup" / "answers.json"
    found: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    return found


@pytest.mark.storm
def test_a_typo_in_the_company_costs_the_company_alone(
    simulator: Simulator, environment: dict[str, str], tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "worker", "setup", "--site", simulator.url, "--allow-private"]
    with Terminal(command, {**environment, **keys_of(simulator)}) as terminal:
        terminal.until("Company, as you type it")
        terminal.press("nortgate", ENTER)
        terminal.until("What shall be changed?")
        assert "unknown company 'nortgate'" in terminal.text
        assert "» the company (nortgate)" in terminal.text
        assert _kept(tmp_path) == {}, "what opened nothing is not proposed the next time"
        terminal.press(ENTER)
        assert "Where do you log in" not in terminal.until("log in: nortgate", times=2)
        terminal.press(*["\x7f"] * 4, "hgate", ENTER)
        terminal.until("called here?")
        assert _kept(tmp_path) == {"site": simulator.url, "company": "northgate", "allow_private": True}


@pytest.mark.storm
def test_whatever_was_refused_each_answer_can_be_changed_and_begins_as_it_was(
    simulator: Simulator, environment: dict[str, str], tmp_path: Path
) -> None:
    keys = {**keys_of(simulator), "CONNECTWISE_PUBLIC_KEY": "mistyped"}
    command = [sys.executable, "-m", "worker", "setup", "--site", "http://127.0.0.1:9", "--allow-private"]
    with Terminal([*command, "--company", "nortgate"], {**environment, **keys}) as terminal:
        terminal.until("What shall be changed?")
        assert "» the site (http://127.0.0.1:9)" in terminal.text
        terminal.press(DOWN, ENTER)
        terminal.until("log in: nortgate")
        terminal.press(*["\x7f"] * 4, "hgate", ENTER)
        terminal.until("the company (northgate)")
        terminal.press(DOWN, DOWN, ENTER)
        terminal.until("Public key of the API member (enter: as before)")
        terminal.press(keys_of(simulator)["CONNECTWISE_PUBLIC_KEY"], ENTER)
        terminal.until("Private key, not shown")
        terminal.press(ENTER)
        terminal.until("Client id")
        terminal.press(ENTER)
        terminal.until("What shall be changed?", times=3)
        assert _kept(tmp_path) == {"company": "northgate"}
        terminal.press(ENTER)
        assert "» another host, or a server of your own" in terminal.until("Where do you log in")
        terminal.press(ENTER)
        terminal.until("has no TLS) http://127.0.0.1:9")
        terminal.press("\x7f", simulator.url.rpartition(":")[2], ENTER)
        terminal.until("called here?")
        terminal.press(INTERRUPT)
        assert terminal.ended() == 130


@pytest.mark.storm
def test_who_stops_at_a_host_that_never_answered_is_not_offered_it_again(environment: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "worker", "setup", "--site", "http://127.0.0.1:9", "--allow-private"]
    given = {**environment, "CONNECTWISE_PUBLIC_KEY": "p", "CONNECTWISE_PRIVATE_KEY": "k", "CONNECTWISE_CLIENT_ID": "c"}
    with Terminal([*command, "--company", "northgate"], given) as terminal:
        terminal.until("What shall be changed?")
        terminal.press(UP, ENTER)
        assert terminal.ended() == 130
        assert "goes on from there" in terminal.text
    with Terminal([sys.executable, "-m", "worker", "setup"], given) as terminal:
        terminal.until("There are answers from last time (northgate)")
        terminal.press(ENTER)
        terminal.until("Where do you log in")
        terminal.press(INTERRUPT)
        assert terminal.ended() == 130


@pytest.fixture
def shell(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, simulator: Simulator) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for name, value in keys_of(simulator).items():
        monkeypatch.setenv(name, value)


def _setup(simulator: Simulator, *more: str) -> int:
    return main(["setup", "--yes", "--site", simulator.url, "--company", "northgate", "--allow-private", *more])


@pytest.mark.usefixtures("shell")
def test_without_a_terminal_flags_and_proposals_are_enough(simulator: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    simulator.reset()
    assert _setup(simulator, "--hourly-rate", "80", "--currency", "gbp", "--engineers", "tobrien", "--hours", "Mon-Fri 9-17") == 0
    assert writes(simulator) == []
    said = capsys.readouterr().out
    assert "Escalation statuses  Escalated, Escalate to Tier 2\n" in said
    assert "80 GBP" in said
    services = from_settings(Settings.read())
    assert account_named(services, "northgate").engineers == ["tobrien"]
    services.close()
    assert _setup(simulator, "--connect") == 0
    assert len(writes(simulator)) > 0


def _stored() -> Account:
    services = from_settings(Settings.read())
    try:
        return account_named(services, "northgate")
    finally:
        services.close()


@pytest.mark.usefixtures("shell")
def test_one_companys_account_is_never_made_anothers_and_it_is_said_before_much_is_read(
    simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator.reset()
    assert _setup(simulator) == 0
    before, read = _stored(), len(simulator.door.log.shown()["requests"])
    other = simulator.office("lakeside").world.tenant
    keys = ["--public-key", other.public_key, "--private-key", other.private_key, "--client-id", other.client_id]
    assert _setup(simulator, *keys, "--company", "lakeside", "--name", "northgate") == 1
    assert "account 'northgate' is company 'northgate' at" in capsys.readouterr().err
    assert _setup(simulator, "--name", "another") == 1
    told = capsys.readouterr().err
    assert "is account 'northgate' already" in told
    assert "`account set northgate`, or here with --name northgate" in told
    assert len(simulator.door.log.shown()["requests"]) - read < 10
    after = _stored()
    assert (after.company, after.engineers) == (before.company, before.engineers)


@pytest.mark.usefixtures("shell")
def test_set_up_again_holds_what_it_shows(simulator: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    simulator.reset()
    again = ["--engineers", "tobrien", "--dry-run", "tobrien"]
    assert _setup(simulator, *again, "--hourly-rate", "80") == 0
    assert main(["account", "set", "northgate", "--live", "Help Desk"]) == 0
    assert _setup(simulator, *again) == 0
    after = _stored()
    assert (after.dry_run_to, after.live_boards, after.hourly_rate) == ("tobrien", [], None)
    assert main(["account", "set", "northgate", "--engineers", "akhan"]) == 1  # else the briefs would go to nobody
    assert _setup(simulator, "--engineers", "tobrien", "--dry-run", "jlind") == 1
    told = capsys.readouterr().err
    assert "'tobrien' is no engineer, admin or owner" in told
    assert "'jlind' is no engineer, admin or owner" in told
    assert _setup(simulator, "--engineers", "") == 1
    assert "still needed: --engineers" in capsys.readouterr().err


@pytest.mark.storm
def test_the_simulator_says_what_to_type_and_that_sets_it_up(
    simulator: Simulator, environment: dict[str, str], tmp_path: Path
) -> None:
    """As it stands there, in a shell, with none of the settings that reach anybody."""
    simulator.reset()
    del environment["PUBLIC_URL"]
    typed = [line.strip() for line in banner(simulator).splitlines() if " setup " in line or line.strip().startswith("export ")]
    assert [line.split()[0].rpartition("/")[2] for line in typed] == ["export", "resolutionflow"]
    assert f"--site {simulator.url}" in typed[1]
    with Terminal(["/bin/sh", "-c", "\n".join(typed)], environment) as terminal:
        terminal.until("called here?")
        for question in (
            "called here?", "Boards on which", "a junior is stuck?", "a senior claimed", "Engineers: they", "Admins: told",
            "Owner: gets", "Time zone (IANA", "Working hours:", "an hour of a senior", "How shall it begin?", "To whom?",
        ):
            terminal.until(question)
            terminal.press(ENTER)
        assert "Still to be set" not in terminal.until("Is that right?")
        terminal.press(ENTER)
        terminal.until("And now?")
        terminal.press(DOWN, DOWN, ENTER)
        terminal.until("northgate is connected.")


@pytest.mark.usefixtures("shell")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["setup"], "Give --yes, and: --site, --company"),
        (["setup", "--yes"], "still needed: --site, --company"),
        (["setup", "--yes", "--site", "SITE", "--company", "nobody", "--allow-private"], "unknown company 'nobody'"),
        (["setup", "--yes", "--site", "SITE", "--company", "northgate"], "plain http needs --allow-private"),
        (["setup", "--yes", "--site", "SITE", "--company", "northgate", "--allow-private", "--private-key", "x"],
         "keys were refused"),
        (["setup", "--yes", "--site", "HOST", "--company", "northgate", "--allow-private"], "write http:// before the host"),
        (["setup", "--yes", "--site", "http://127.0.0.1:9", "--company", "x", "--allow-private"], "can this machine reach it?"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_one_line_and_a_missing_one_named(
    arguments: list[str], said: str, simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    host = simulator.url.partition("://")[2]
    code: Any = main([word.replace("SITE", simulator.url).replace("HOST", host) for word in arguments])
    err = capsys.readouterr().err
    assert code == 1
    assert said in err
    assert len(err.strip().splitlines()) == 1


@pytest.mark.usefixtures("shell")
def test_without_the_audit_trail_names_are_enough_and_it_is_said(
    simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator.reset()
    simulator.faults.add({"kind": "forbidden", "path": "audittrail"})
    assert _setup(simulator) == 0
    said = capsys.readouterr().out
    simulator.faults.clear()
    assert "how statuses were used is not known" in said
    assert "Escalated" in said
