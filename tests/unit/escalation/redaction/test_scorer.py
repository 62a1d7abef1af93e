"""What the learned model adds to the rules, each way: kinds that no rule names go, ordinary words stay."""

from __future__ import annotations

import pytest

from escalation.redaction.redact import redact
from escalation.redaction.scorer import LEARNED, parsed, secrets
from tests.hostile.secrets.count import cases, leaks


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("her screen had a yellow note with Walnut!93kq on it", "Walnut!93kq"),
        ("portal lets me in as dana.roe, Cedar$2031 was right", "Cedar$2031"),
        ("relay_passwrd ~> Cobalt77lime", "Cobalt77lime"),
        ("vault item holds Tr4ct0r#88 since friday", "Tr4ct0r#88"),
    ],
)
def test_a_secret_of_a_kind_that_no_rule_names_goes(text: str, secret: str) -> None:
    found = [text[begin:end] for begin, end, _ in secrets(text)]
    assert any(secret in one or one in secret for one in found)
    assert secret not in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "Rebooted SRV-APP07 and the UPS SMT1500RMI2U, error 0x80070035 on PC-114, KB5034441 removed",
        "Logged in as CORP\\dana.roe on TS02 at 09:31, build 22631.4317, driver 31.0.15.4601",
        "request 3f2504e0-4f89-41d3-9a0c-0305e82c3301 from 00:1a:2b:3c:4d:5e, C:\\Temp\\out_2026.log",
    ],
)
def test_codes_hosts_numbers_and_talk_of_passwords_stay(text: str) -> None:
    assert redact(text) == text


def test_without_weights_nothing_is_taken() -> None:
    nothing = parsed("bias -100\n# ordinary words\nword\n")
    assert list(secrets("password: Walnut!93kq", nothing)) == []
    assert LEARNED.weights


@pytest.mark.parametrize(
    ("name", "share"),
    [("wordings_fifth", 0.08), ("wordings_sixth", 0.15), ("structured_fifth", 0.02), ("structured_sixth", 0.02)],
)
def test_what_other_hands_wrote_goes(name: str, share: float) -> None:
    """Every eighth kind of two sets by other hands, in one place; all of them: `tests/hostile/test_secrets.py`."""
    tried = list(cases(name, seed=3, places=1))[::8]
    left = [text for _, _, filled, text in tried if leaks(filled, redact(text))]
    assert len(left) <= len(tried) * share, left


@pytest.mark.parametrize("name", ["lookalikes_fifth", "lookalikes_sixth"])
def test_what_other_hands_wrote_that_is_none_stays(name: str) -> None:
    tried = list(cases(name, seed=3, places=1))[::8]
    taken = [text for _, _, _, text in tried if redact(text) != text]
    assert len(taken) <= len(tried) * 0.05, taken
