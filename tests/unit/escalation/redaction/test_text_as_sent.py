"""Secrets in mail pasted as it was sent (quoted-printable), and on a line of their own below what names them, go."""

from __future__ import annotations

import quopri
import random
from itertools import product

import pytest

from escalation.redaction.redact import redact
from escalation.redaction.views import views
from tests.hostile.secrets.count import cases, leaks

LABELS = (
    "the wifi password", "his new pw", "her temporary password for the portal", "the passphrase", "the VPN pre-shared key",
        "the door code",
    "das neue Passwort", "le mot de passe", "la contraseña", "het wachtwoord",
)  # fmt: skip
LINKS = ("has been changed to", "is", "was reset to:", "is as follows:", "is now", "is below:")
GAPS = ("\n", "\n\n", "\r\n\r\n", "\n \n\n", "<br><br>")
VALUES = ("CoffeeBeans2026", "Maple!River42", "quartz-heron-77", "7Xk2pQ9mZr", "4417962")


@pytest.mark.parametrize("encoding", ["utf-8", pytest.param("latin-1", marks=pytest.mark.storm)])
@pytest.mark.parametrize("name", ["structured_second", pytest.param("wordings_second", marks=pytest.mark.storm)])
def test_what_mail_carries_encoded_goes(name: str, encoding: str) -> None:
    """As many go as do of the same texts in plain: what is left is left for another reason."""
    tried, left, plain = 0, [], 0
    for _, _, filled, text in cases(name, 5, 1):
        sent = quopri.encodestring(text.encode(encoding, "xmlcharrefreplace")).decode()
        after = quopri.decodestring(redact(sent).encode()).decode(encoding, "replace")
        tried += 1
        plain += leaks(filled, redact(text))
        if leaks(filled, after):
            left.append(sent)
    assert len(left) <= plain + tried * 0.02, left


def test_a_soft_line_end_inside_a_secret_or_behind_it_hides_nothing() -> None:
    for sent in (
        "Hello Dana,\npassword=3DHunter2!=\n and it works",
        "Hello Dana, as we said on the phone this morning the new password is Hunt=\ner2! and please change it",
        "> Kennwort f=FCr das Portal: Hunter2=21\n> Gr=FC=DFe",
        "<td style=3D\"width:10px\">password: Hun=\r\nter2!</td>",
    ):  # fmt: skip
        after = redact(sent)
        assert "[redacted: " in after
        assert "Hunt" not in after, after
        assert "er2" not in after, after


@pytest.mark.parametrize("text", ["a=1\nb=2", "x = y", "retries=30\ntimeout=40", "=A1+B2", "base64 dGVzdA==\nnext line"])
def test_a_sign_of_equality_alone_is_no_encoding(text: str) -> None:
    assert [seen.text for seen in views(text)] == [text]


def test_a_value_on_a_line_of_its_own_goes_with_what_names_it() -> None:
    """Each value beside each label, link and gap, in a fifth of all ways to put them together."""
    left, forms = [], list(product(LABELS, LINKS, GAPS))
    for number, (label, link, gap) in enumerate(forms):
        value = VALUES[(number + number // len(GAPS)) % len(VALUES)]
        draw = random.Random(label + link + gap + value)
        end = draw.choice(("", "\n\nThanks\nTom", "\n\nPlease change it."))
        text = f"Hi,\n{label} {link}{gap}{value}{end}"
        if value in redact(text):
            left.append(text)
    assert len(left) <= len(forms) * 0.01, left[:20]


@pytest.mark.parametrize(
    "text",
    [
        "The password was changed.\n\nDana Roe", "Her password has been reset\n\nThanks\nTom",
        "the error code is:\n\n0x80070005",
        "She asked about the password to\n\nmailbox", "Password resets are logged below:\n\nEvent 4724 on DC01",
        "his pw works now\n\nClosing",
        "The exit code is\n\n1603", "wifi password was changed to something else\n\nregards",
    ],
)  # fmt: skip
def test_a_line_below_that_is_none_stays(text: str) -> None:
    assert redact(text) == text
