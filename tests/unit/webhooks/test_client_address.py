"""The caller's address is what our own proxies say, and never what the caller says."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any

import pytest

from webhooks.client_address import ClientAddress
from worker.settings import Settings, SettingsError

PROXIES = (ipaddress.ip_network("10.0.0.0/24"), ipaddress.ip_network("2001:db8::5/128"))


def seen(peer: str, forwarded: str | None) -> str:
    """Return whose address the application behind is told."""
    told: list[str] = []

    def app(environ: dict[str, Any], _: Any) -> list[bytes]:
        told.append(environ["REMOTE_ADDR"])
        return []

    environ: dict[str, Any] = {"REMOTE_ADDR": peer}
    if forwarded is not None:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded
    ClientAddress(app, PROXIES)(environ, lambda *_: lambda _: None)
    return told[0]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("::1", "2001:db8:1::7", "2001:db8:1::7"),
        ("::ffff:127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.7", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "203.0.113.7, 10.0.0.7, 2001:db8::5", "203.0.113.7"),
        ("127.0.0.1", "203.0.113.7:50123", "203.0.113.7"),
        ("127.0.0.1", "[2001:db8:1::7]:443", "2001:db8:1::7"),
        ("127.0.0.1", None, "127.0.0.1"),
    ],
)
def test_what_our_proxies_say_is_taken(peer: str, forwarded: str | None, address: str) -> None:
    assert seen(peer, forwarded) == address


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.7", "198.51.100.4", "203.0.113.7"),
        ("203.0.113.7", "127.0.0.1", "203.0.113.7"),
        ("10.0.1.7", "198.51.100.4", "10.0.1.7"),
        ("127.0.0.1", "198.51.100.4, 203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "10.0.0.9, 203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "198.51.100.4, unknown", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.4,", "127.0.0.1"),
        ("127.0.0.1", "' OR 1=1", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.4\u00b2", "127.0.0.1"),
        ("", "198.51.100.4", ""),
    ],
)
def test_what_a_caller_says_is_not(peer: str, forwarded: str, address: str) -> None:
    assert seen(peer, forwarded) == address


@pytest.mark.parametrize(
    ("given", "said"),
    [("10.0.0.7, proxy", "'proxy' does not appear"), ("10.0.0.7/24", "host bits set"), ("0.0.0.0/0", "is everybody"),
     ("::/0", "is everybody")],
)  # fmt: skip
def test_a_setting_that_names_nobody_or_everybody_is_refused(given: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=f"TRUSTED_PROXIES: .*{said}"):
        Settings.read({"RESOLUTIONFLOW_VAR": str(tmp_path), "TRUSTED_PROXIES": given})
