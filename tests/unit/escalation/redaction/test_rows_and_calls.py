"""Secrets that no label stands beside: behind a user's name, in fields, rows, lists and calls; and what only looks like them."""

from __future__ import annotations

import pytest

from escalation.redaction.redact import redact

SECRET = "Harbour29!slate"
KEY = "K7Zgdgjad6jcqTrZEjoJDrVbQy+KIFLSRiIbMasr4P6="


@pytest.mark.parametrize(
    "line",
    [
        rf"Add-Computer creds corp\dana.roe:{SECRET}",
        f"netdom join, account CORP\\svc_join/{SECRET}",
        f"nightly job --credentials=backupadm,{SECRET} --arc=sys",
        f"configure manager add 203.0.113.6 {SECRET} nat01",
        f"tacacs add 203.0.113.7 {SECRET}",
        f"test aaa group tacacs+ dana.roe {SECRET} legacy",
        f'Login,"Full, name",Password\naroe,"Roe, Anna",{SECRET}',
        f"Account Password Enabled\n------- -------- -------\nlocaladm {SECRET} True",
        f'Account InitialPassword Enabled\n------- --------------- -------\nlocaladm {SECRET} True "Holm, Anna"',
    ],
)
def test_a_password_behind_a_name_or_in_a_column_goes(line: str) -> None:
    assert SECRET not in redact(line)


@pytest.mark.parametrize(
    "line",
    [
        f"nsupdate -y hmac-sha256:dyn.example:{KEY}",
        f"SCRAM-SHA-256$4096:F64lvKGwXRC4rvowCW7kut==$X280K6hX66hIHTRsDe0Sf0DcM4J180CjRpHQq28UplL=:{KEY}",
        f'api = monitoring.ApiClient("https://mon.example", "{KEY}", timeout=5)',
        f"dashboard = meraki.DashboardAPI('{KEY}', output_log=False)",
    ],
)
def test_a_key_behind_fields_or_in_a_call_goes(line: str) -> None:
    assert KEY.rstrip("=") not in redact(line)


def test_each_of_a_list_of_codes_goes_however_long_it_is() -> None:
    codes = ["l1g0e-g9acm", "g08x7-k46vn", "p6no7-g9lne", "j11ar-r372c", "m3t8x-w41ke"]
    for mark in ("", "- ", "{}. "):
        listed = "\n".join(mark.format(place) + code for place, code in enumerate(codes, 1))
        after = redact(f"Save your backup codes\n{listed}")
        assert [code for code in codes if code in after] == [], mark


@pytest.mark.parametrize(
    "text",
    [
        "spanning-tree root c7b6.f020.0a9b priority 24586",
        "snmp-server community configured: 2, ACL 99 applied",
        "key-mgmt=wpa-psk set, psk-flags=1 so it asks the user",
        "codice cliente 929471, contratto attivo",
        "sha1sum agent.exe f5f177ac06908168fd89f16ad9c16e7f3c72cbba",
        "pulled nginx@sha256:f5f177ac06908168fd89f16ad9c16e7f3c72cbbaf5f177ac06908168fd89f16a",
        r"CORP\dana.roe:Modify on D:\Shares, BUILTIN\Users:(RX)",
        'Session("https://mon.example/api/v2/hosts/overview?page=12")',
    ],
)
def test_what_stands_in_such_places_and_is_none_stays(text: str) -> None:
    assert redact(text) == text
