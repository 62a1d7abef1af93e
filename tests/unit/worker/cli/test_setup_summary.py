"""What `setup` shows before it stores anything says what the environment still lacks; keys are read as they were made."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from worker.cli.account import credentials_of
from worker.cli.account_options import KEYS
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


def test_a_key_is_read_without_what_copying_left_around_and_within_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """From pages, mails, documents and vaults; each is a refused key that looks right."""
    key = "aB3-xY9_+/=.~:"
    halves = key[:6], key[6:]
    left = ("\u200b", "\ufeff", "\u00a0", "\u2060", "\u00ad", "\u202c", "\r\n", "\n", "\t", " ", "\0", "\x1b")
    given = [form for sign in left for form in (f"{sign}{key}", f"{key}{sign}", sign.join(halves))]
    given += [f"{mark}{key}{mark}" for mark in "\"'`"]
    given += [f"\u201c{key}\u201d", f"\u00ab\u00a0{key}\u00a0\u00bb", f' "{key}" \r\n', key]
    for text in given:
        for name, variable in KEYS.items():
            monkeypatch.delenv(variable, raising=False)
            assert credentials_of(Namespace(**{**dict.fromkeys(KEYS), name: text})) == {name: key}, repr(text)
    monkeypatch.setattr("os.environ", {KEYS["public_key"]: given[0], KEYS["private_key"]: "\u200b"})
    assert credentials_of(Namespace(**dict.fromkeys(KEYS))) == {"public_key": key}
