"""Secrets in commands go, plain words too, whatever the program; what only looks like a command with one stays."""

from __future__ import annotations

import random
from itertools import product

import pytest

from escalation.redaction.redact import redact
from tests.hostile.secrets.count import cases, leaks

VALUES = ("mapleriver", "QuartzHeron", "copper4417", "Fern!Slate22")
FORMS = (
    "{program} -u dana.roe -p {value} --list", "{program} --user 'kmeyer' -p={value}", "set user {program} password {value}",
    "echo {value} | {program} login --password-stdin", 'printf "{value}\\n" | {program} passwd',
    "add radius server 10.0.0.9 secret {value} timeout 3", "snmp read-only community-name {value}",
    "Enter passphrase for {program}.key: {value}",
)  # fmt: skip
PROGRAMS = ("fleetctl", "backupd", "storcli", "acmetool", "relay-admin")


def test_a_password_goes_by_where_it_stands_in_a_command() -> None:
    left = []
    for form, program, value in product(FORMS, PROGRAMS, VALUES):
        text = form.replace("{program}", program).replace("{value}", value)
        if value in redact(text):
            left.append(text)
    assert left == []


def test_kinds_written_from_knowledge_of_the_products_go() -> None:
    """Every twenty-fourth kind in one place; all of them: `make hostile`."""
    tried = list(cases("vendors", seed=3, places=1))[::24]
    left = [text for _, _, filled, text in tried if leaks(filled, redact(text))]
    assert len(left) <= len(tried) * 0.02, left


@pytest.mark.parametrize(
    "text",
    [
        "mysql -u root -p erp < dump.sql", "docker run -u 1000 -p 8080:80 nginx", "ssh -l dana -p 2222 host",
        "nmap -p 443 10.0.0.1",
        "echo test | grep password", "echo %username% | findstr admin", "set user password policy to 90 days",
        "add user group password settings",
        "update the password manager extension", "Enter the password to unlock: not working",
        "password reset on 12-03-2026 10:22 by Tom",
        "password changed 2026-03-12 10:22", "Password last set\n2026-03-12 10:21",
        "the passcode changed, call 020 7946 0958 11",
        "the account should've had a password, she doesn't", "snmp community settings checked",
        "access code is required at the door",
        "password_encryption = scram-sha-256", "password in clear text and I will change that",
        "admin / guest / service accounts removed",
        "Autologon keeps asking for a password", "net share data /grant:everyone,read",
        "connect to the VPN as user and use the app",
    ],
)  # fmt: skip
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert redact(text) == text


def test_order_of_flags_does_not_matter_to_what_is_taken() -> None:
    """Of a user's name, a password and a host only the password goes."""
    for value in VALUES:
        draw = random.Random(value)
        host = draw.choice(("srv-maple", "10.0.0.4"))
        after = redact(f"fleetctl --host {host} -u dana.roe -p {value} status")
        assert host in after
        assert "dana.roe" in after
        assert value not in after
