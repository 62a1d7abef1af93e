"""docker-compose.yml starts commands that exist, on images with exact tags, with settings that are read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from worker.__main__ import parser
from worker.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def test_every_part_is_there() -> None:
    assert {"web", "streams", "worker", "beat", "redis", "postgres", "mail", "connectwise"} <= set(SERVICES)


@pytest.mark.parametrize("name", ["web", "streams", "worker", "beat", "migrate"])
def test_our_commands_are_ones_the_command_line_takes(name: str) -> None:
    options = parser().parse_args(SERVICES[name]["command"])
    assert callable(options.run)


def test_every_image_has_an_exact_version() -> None:
    tags = [s["image"] for s in SERVICES.values()] + re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.M)
    for tag in tags:
        assert re.fullmatch(r"[\w./-]+:\d+\.\d+(\.\d+)?(-[a-z]+)*", tag), tag


def test_the_application_does_not_connect_as_the_owner_of_the_tables() -> None:
    urls = {name: SERVICES[name]["environment"]["DATABASE_URL"] for name in ("web", "migrate")}
    users = {name: url.split("//")[1].split(":")[0] for name, url in urls.items()}
    assert users == {"web": "resolutionflow", "migrate": "owner"}
    assert "NOBYPASSRLS" in COMPOSE["configs"]["app_role"]["content"]


def test_the_settings_are_right_once_secrets_are_given(tmp_path: Path) -> None:
    given = {}
    for name, value in SERVICES["web"]["environment"].items():
        given[name] = re.sub(r"\$\{\w+(?::[-?]([^}]*))?\}", lambda m: "x" if m.group(1) is None else m.group(1), str(value))
    given["SECRET_KEYS"] = "s" * 40
    settings = Settings.read(given | {"RESOLUTIONFLOW_VAR": str(tmp_path)})
    assert settings.database_url.startswith("postgresql://resolutionflow:app@postgres")
    assert settings.redis_url == "redis://redis:6379/0"


def test_every_setting_of_an_installation_can_be_given() -> None:
    """But where files are, which the image decides."""
    page = (ROOT / "docs" / "settings.md").read_text().partition("## Where things are")[2].partition("\n## ")[0]
    listed = {name for row in re.findall(r"^\| (`[^|]+) \|", page, re.M) for name in re.findall(r"[A-Z_]+", row)}
    assert {"AI_PROVIDER", "OPENAI_API_KEY", "TRUSTED_PROXIES"} <= listed
    for name in ("web", "streams", "worker", "beat", "migrate"):
        assert listed - {"RESOLUTIONFLOW_VAR", "TMPDIR"} <= set(SERVICES[name]["environment"]), name


def test_the_image_takes_extras_and_has_none_unless_told() -> None:
    image = (ROOT / "Dockerfile").read_text()
    assert 'ARG EXTRAS=""' in image
    assert "pins=$(sh scripts/extras.sh $EXTRAS)" in image
    assert SERVICES["worker"]["build"]["args"] == {"EXTRAS": "${EXTRAS:-}"}
    assert "dev.txt" not in image


def test_a_service_waits_only_for_services_that_exist() -> None:
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)


def test_the_image_runs_as_nobody_in_particular() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert "USER 10001" in lines
    assert lines.index("USER 10001") > max(i for i, line in enumerate(lines) if line.startswith("RUN"))


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_service_fills_the_disk_with_its_log(name: str) -> None:
    """Docker's own default keeps all of it for ever."""
    options = SERVICES[name]["logging"]["options"]
    assert options["max-size"]
    assert options["max-file"]


def test_a_service_is_well_once_it_can_be_used() -> None:
    """PostgreSQL's image answers on its socket before it listens; `valkey-cli` ends well with an error, too."""
    checks = {name: " ".join(SERVICES[name]["healthcheck"]["test"]) for name in ("postgres", "redis")}
    assert "--host 127.0.0.1" in checks["postgres"]
    assert "grep -q PONG" in checks["redis"]


def test_a_signal_ends_what_has_no_handler_of_its_own() -> None:
    """The first process of a container ignores what it does not handle, so Docker would wait and kill it."""
    assert all(service.get("init") for name, service in SERVICES.items() if name not in ("postgres", "redis"))


@pytest.mark.parametrize("unit", sorted((ROOT / "deploy" / "systemd").glob("*.service")), ids=lambda unit: unit.name)
def test_systemd_never_gives_up(unit: Path) -> None:
    text = unit.read_text()
    assert ("Restart=always" in text) == ("\nStartLimitIntervalSec=0\n" in text.partition("[Service]")[0])
