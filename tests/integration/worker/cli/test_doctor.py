"""`doctor`: one page that is complete whatever is broken, and holds none of the secrets that were planted everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.account import accounts
from worker.__main__ import main
from worker.settings import Settings
from worker.wiring import from_settings

CANARY = "cAnArY7731"
SECRETS = {
    "SECRET_KEYS": f"{CANARY}-secret-keys-of-forty-characters-and-more",
    "SMTP_URL": f"smtp://user{CANARY}:pass{CANARY}@127.0.0.1:9?starttls=never",
    "DEAD_MAN_URL": f"https://hc.example/{CANARY}?key={CANARY}",
    "METRICS_TOKEN": f"{CANARY}-metrics-token",
    "OPERATOR_EMAIL": f"{CANARY}@operator.example",
    "AI_PROVIDER": "openai",
    "OPENAI_API_KEY": f"sk-{CANARY}",
    "AI_BASE_URL": f"https://gateway.example/{CANARY}",
    "MAIL_FROM": f"ResolutionFlow <{CANARY}@northgate.example>",
}


def page(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESOLUTIONFLOW_VAR", str(tmp_path))
    for name in ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)


def test_a_new_installation_is_told_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 1
    told = page(capsys)
    assert "LOOK  database" in told
    assert "resolutionflow setup" in told
    assert "LOOK  mail" in told
    assert "embedded, not running" in told


def test_no_secret_is_in_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("RESOLUTIONFLOW_POLL", "77")
    main(["migrate"])
    services = from_settings(Settings.read())
    with services.database.system() as system:
        account_id = accounts.add_account(
            system, services.cipher, name=f"msp-{CANARY}", site=f"{CANARY}.example", company=CANARY, public_key=CANARY,
            private_key=CANARY, client_id=CANARY, now=services.clock(), dry_run_to=CANARY,
        )  # fmt: skip
    with services.database.account(account_id) as session:
        accounts.set_account(session, account_id, clock_skew_s=-0.3)
    services.close()
    capsys.readouterr()
    assert main(["doctor"]) == 1
    told = page(capsys)
    assert CANARY.lower() not in told.lower()
    assert "account 1" in told
    assert "dry run" in told
    assert "RESOLUTIONFLOW_POLL=77" in told
    assert "LOOK  mail" in told
    assert "last sweep" in told
    assert "clock +0 s" in told, "a clock is not -0 s ahead"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DATABASE_URL", f"postgresql://u{CANARY}:p{CANARY}@127.0.0.1:9/{CANARY}", "LOOK  database"),
        ("REDIS_URL", f"redis://:{CANARY}@127.0.0.1:9/0", "LOOK  broker"),
        ("RESOLUTIONFLOW_POLL", "never", "LOOK  settings"),
    ],
)  # fmt: skip
def test_whatever_is_broken_the_page_is_complete_and_says_so(
    name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SECRET_KEYS", SECRETS["SECRET_KEYS"])
    monkeypatch.setenv(name, value)
    assert main(["doctor"]) == 1
    told = page(capsys)
    assert said in told
    assert CANARY not in told
    assert told.startswith("ResolutionFlow, ")
