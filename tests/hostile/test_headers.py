"""Headers, in short; a million of them are `python -m tests.hostile.headers`."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hostile import headers

pytestmark = pytest.mark.storm


def test_subjects_and_names_are_valid_and_read_as_they_were_meant() -> None:
    rng = random.Random(3)
    for number in range(600):
        one = headers.case(rng)
        assert headers.fault(one, whole=number % 20 == 0) is None, one


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=140), st.text(max_size=100), st.sampled_from(headers.SPECS), st.text(max_size=50))
def test_any_text_at_all(subject: str, name: str, spec: str, topic: str) -> None:
    one = headers.Case(subject, name, spec, topic)
    assert headers.fault(one) is None


@pytest.mark.parametrize("length", range(60, 90))
def test_the_lengths_at_which_python_folds(length: int) -> None:
    for word in ("Outlook keeps asking ", "Büro in Zürich ", "VPN, daily; "):
        text = (word * 20)[: length - 1] + "x"
        assert headers.fault(headers.Case(text, text, headers.SPECS[0])) is None


GOOD = b"Subject: =?utf-8?q?B=C3=BCro?=\r\nTo: ana@harbor.example\r\n"


@pytest.mark.parametrize(
    "bad",
    [
        b"Subject:\r\n Outlook keeps asking\r\n",
        b"Subject: Outlook\nBcc: evil@evil.example\r\n",
        b"Subject: B\xc3\xbcro\r\n",
        b"Subject: =?utf-8?q?" + b"a" * 64 + b"?=\r\n",
        b"Subject: =?utf-8?q?B=C3?=\r\n =?utf-8?q?=BCro?=\r\n",
        b"Subject: =?utf-8?q?B=C3=BC\r\n ro?=\r\n",
        b"Subject: Escalated and so on and on #48213, =?utf-8?q?B=C3=BCro?= is on it now\r\n",
        b"Subject: " + b"a" * 990 + b"\r\n",
        b"Subject: a\r\n \r\n b\r\n",
    ],
)
def test_the_judge_finds_what_is_wrong(bad: bytes) -> None:
    def wrong(head: bytes) -> bool:
        try:
            return headers._lines(head + b"\r\nx\r\n", ascii_only=True) is not None
        except UnicodeDecodeError:
            return True

    assert not wrong(GOOD)
    assert wrong(bad)


@pytest.mark.parametrize(
    "to", ["Ruiz, Ana <a@b.example>", "Ana <c@d.example>", '"Ana" Ruiz <a@b.example>', "Ana. <a@b.example>", "a@b.example"]
)
def test_the_judge_finds_a_recipient_who_is_another(to: str) -> None:
    fields = {"to": to, "subject": "x"}
    assert headers._meaning(fields, "a@b.example", "x", "Ana Ruiz") is not None
    assert headers._meaning({**fields, "to": "Ana Ruiz <a@b.example>"}, "a@b.example", "x", "Ana Ruiz") is None
