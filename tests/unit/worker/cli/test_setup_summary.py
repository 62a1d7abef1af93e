"""What `setup` shows before it stores anything says what the environment still lacks."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from worker.cli.asking import Asker
from worker.cli.setup import Wizard
from worker.settings import Settings

REACHED = {"PUBLIC_URL": "https://handoff.example.com", "SMTP_URL": "smtp://mail.example.com"}


@pytest.mark.parametrize(
    ("site", "given", "lacking"),
    [
        ("na.myconnectwise.net", {}, ["PUBLIC_URL", "SMTP_URL"]),
        ("https://cw.northgate.example:8443", {}, ["PUBLIC_URL", "SMTP_URL"]),
        ("na.myconnectwise.net", {"PUBLIC_URL": REACHED["PUBLIC_URL"]}, ["SMTP_URL"]),
        ("na.myconnectwise.net", REACHED, []),
        ("http://127.0.0.1:8900", {}, []),
    ],
)  # fmt: skip
def test_what_the_environment_lacks_stands_below_the_answers(
    tmp_path: Path, site: str, given: dict[str, str], lacking: list[str]
) -> None:
    settings = Settings.read({"RESOLUTIONFLOW_VAR": str(tmp_path), **given})
    asker = Asker({}, terminal=False, say=print)
    services: Any = SimpleNamespace(settings=settings)
    wizard = Wizard(services, asker, cast(Any, None), allow_private=not site.endswith(".net"), ca_bundle=None)
    wizard.answers |= {"site": site, "company": "northgate"}
    told = "\n".join(wizard.summary())
    assert [name for name in ("PUBLIC_URL", "SMTP_URL") if name in told] == lacking
    assert ("before \"connect\"" in told) is bool(lacking)
