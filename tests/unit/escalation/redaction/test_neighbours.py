"""What stands beside a value decides: a type or a file's name makes a secret of it, "last four of" or "peer:" does not."""

# ruff: noqa: E501 - a table of texts is easier to read in long rows

from __future__ import annotations

import random
from itertools import product

import pytest

from escalation.redaction.redact import redact
from tests.hostile.secrets.slots import fill

VALUES = ("mapleriver", "QuartzHeron", "copper4417", "Fern!Slate22")
HEX = "9f8e7d6c5b4a39281706f5e4d3c2b1a0" * 2


@pytest.mark.parametrize("kind", ["random_password", "securestring", "CONCEALED", "password", "api_token", "secrets"])
def test_a_type_makes_a_secret_of_the_value_beside_it(kind: str) -> None:
    for value, name in product(VALUES, ("value", "result", "defaultValue", "content")):
        for text in (
            f'{{"type": "{kind}", "name": "x", "{name}": "{value}"}}',
            f'{{"{name}": "{value}", "length": 20,\n "type": "{kind}"}}',
            f"type = \"{kind}\"\n{name} = '{value}'",
            f'<input type="{kind}" id="f" {name}="{value}">',
        ):
            assert value not in redact(text), text


def test_the_value_beside_another_type_stays() -> None:
    text = '{"type": "string", "name": "colour", "value": "blue"}'
    assert redact(text) == text


@pytest.mark.parametrize(
    "text",
    [
        f"krbtgt:aes256-cts-hmac-sha1-96:{HEX}", f"svc:des-cbc-md5:{HEX[:16]}", f"  rc4_hmac_nt   {HEX[:32]}",
        f"tool asktgt /user:dana /aes256:{HEX}", f"tool asktgt /rc4:{HEX[:32]} /ptt", f"dpapi_machinekey:0x{HEX[:40]}",
        f"   3 host/fs01@CORP (aes256-cts-hmac-sha1-96)  (0x{HEX})", f"smbexec -hashes :{HEX[:32]} corp/dana@10.0.0.4",
    ],
)  # fmt: skip
def test_keys_of_kerberos_go_in_every_tool_s_spelling(text: str) -> None:
    assert HEX[:16] not in redact(text)


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(
    "form",
    [
        "# psk.txt of racoon\n10.0.0.9   {v}", "10.0.0.9\t{v}\n# psk.txt", "pam_radius_auth.conf\n10.0.0.9:1812  {v}  3",
        "chap-secrets\ndana * {v} *", "auth.txt\ndana.roe\n{v}\n", "open ftp.corp.example\ndana.roe\n{v}\nbin",
        "kind: Secret\nstringData:\n  user: dana.roe\n  smtp: {v}", "srv-01:ios:dana:{v}:{v}", "tasklist /S fs01 /U dana.roe /P {v}",
        "$p = '{v}'; New-LocalUser x -Password ($p | ConvertTo-SecureString -AsPlainText -Force)",
        '"C:\\Program Files\\7-Zip\\7z.exe" a -p{v} out.7z', "<password><![CDATA[{v}]]></password>",
        'send "{v}\\r" ;# Password:', "etcdctl put /app/db/password {v}", "realm join corp -U dana <<< {v}",
    ],
)  # fmt: skip
def test_a_file_or_a_command_says_what_stands_in_it(form: str, value: str) -> None:
    text = form.replace("{v}", value)
    assert value not in redact(text), text


@pytest.mark.parametrize("name", ["cove#v1#{!uuid}#.exe", "AgentSetup_Main+Office+{!uuid}.exe", "setup_[{!b64:60}].msi", "Host_Setup-idc{!alnum:12}.exe"])
def test_the_key_in_an_installer_s_name_goes(name: str) -> None:
    for seed in range(20):
        filled = fill(f"ran {name} as admin", random.Random(seed))
        after = redact(filled.text)
        assert filled.secrets[0] not in after
        assert after.startswith("ran ")
        assert after.endswith(" as admin")


def test_an_installer_without_a_key_keeps_its_name() -> None:
    text = "ran AgentSetup_x64-5.3.1-windows-installer.msi, Setup_Client_2026.exe and Teams_windows_x64.msi"
    assert redact(text) == text


LABELS = ("passphrase ", "set psksecret ", "passphrase: ", "BORG_PASSPHRASE=", "Enter passphrase for 'tank': ", " wpa-passphrase ", "psk ")


def test_the_whole_of_a_phrase_goes_without_quotation_marks() -> None:
    for seed, label, end in product(range(5), LABELS, ("", "\nexit")):
        filled = fill(f"{label}{{!phrase}}{end}", random.Random(seed))
        after = redact(filled.text)
        assert not any(word in after for word in filled.secrets[0].split()), (filled.text, after)


def test_what_a_sentence_says_behind_a_plain_password_stays() -> None:
    assert redact("Password: mapleriver and it still drops") == "Password: [redacted: password] and it still drops"
    after = redact("Password: mapleriver tried rebooting the switch")
    assert "mapleriver" not in after
    assert "tried rebooting the switch" in after


@pytest.mark.parametrize("label", ["password", "palavra-passe", "senha", "contraseña", "mot de passe", "wachtwoord", "Passwort", "hasło", "lösenord"])
def test_what_became_of_a_password_is_none(label: str) -> None:
    states = "expirada bloqueada alterada scaduta bloccata dimenticata caducada vencida oublié modifié verlopen geblokkeerd gesperrt abgelaufen wygasło zmienione"
    for state, sign in product(states.split(), (" ", ": ")):
        text = f"{label}{sign}{state}"
        assert redact(text) == text


@pytest.mark.parametrize(
    "line",
    [
        "Last five of the key: 8HVX7, the generic one", "the last 4 digits of the card are 4821", "letzte vier Stellen des Schlüssels: 88K2",
        "API key ending in 7f3c was revoked", "Duplicate entry '482913' for key 'PRIMARY'", "The duplicate key value is (482913).",
        "password: !vault |", "wifi_password: !secret wifi_password", 'password: !Sub "${DbSecret}"',
        "set system login password minimum-length 12", "password max-age 90", "password history-count 24", "no snmp-server community public",
        "passwd: all authentication tokens updated successfully.", "PIN reset via Ctrl+Alt+Del, she picked one", "Kennwort ändern über Strg+Alt+Entf",
        "vol-0a4865f6d94c80700 attached to i-0b1865f6d94c80799, login works", f"zone has DS 2371 13 2 {HEX.upper()}", f"_443._tcp TLSA 3 1 1 {HEX}",
        "peer: M6yzoIhLkJ6PsrqB2K6/aB3dE5fG7hI9jK1lM3nO5p8=", f"gpg: Signature made using RSA key {HEX[:40].upper()}",
        "host key changed: SHA256:M6yzoIhLkJ6PsrqB2K6aB3dE5fG7hI9jK1lM3nO5p8Q", "test card 4242 4242 4242 4242 declined, as it should",
        "sample IBAN GB29 NWBK 6016 1331 9268 19", "the docs have AKIAIOSFODNN7EXAMPLE as access key", "Fehlercode 4625 seit heute, 4740 danach",
        "exit code 1603 on three machines, 3010 on the rest",
    ],
)  # fmt: skip
def test_what_identifies_samples_and_parts_stay(line: str) -> None:
    for text in (line, f"Called back at 10:15. {line} Same error.", f"Log:\n{line}\nend"):
        assert redact(text) == text


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("refund to DE80 2005 0550 1234 9876 54 please", "0550 1234"), ("card 4929 5501 7723 6043", "5501 7723"),
        ("the key: 8HVX7-QQR4T-88K2M-PL2VV-3DDR9", "QQR4T"), ("snmp-server community mapleriver RO", "mapleriver"),
        ("PrivateKey = M6yzoIhLkJ6PsrqB2K6/aB3dE5fG7hI9jK1lM3nO5p8=", "M6yzo"), ("door code 4821", "4821"),
    ],
)  # fmt: skip
def test_their_like_that_is_a_secret_goes(text: str, secret: str) -> None:
    assert secret not in redact(text)
