"""The message on the wire: fixed headers, nothing injected, the same bytes each time."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest

from worker.mail.addresses import AddressError
from worker.mail.message import compose, message_id
from worker.mail.smtp_answers import MailError
from worker.mail.templates import Rendered
from worker.mail.transport import flat

RENDERED = Rendered(
    subject="Escalated P2 #48213", text="Grüße\n.\n..dots\n" + "long " * 300 + "\n", html="<p>Grüße</p>\n"
)
NOW = datetime(2026, 11, 23, 11, 7, tzinfo=UTC)
SENDER = "ResolutionFlow <rf@harbor.example>"


def written(**changes: Any) -> EmailMessage:
    values: dict[str, Any] = {
        "sender": SENDER,
        "recipient": "ana@harbor.example",
        "recipient_name": "Ana Ruiz",
        "message_id": message_id(account_id=1, delivery_id=7, domain="harbor.example"),
        "date": NOW,
        "topic": "48213",
        "event_id": "evt-1",
    } | changes
    return compose(values.pop("rendered", RENDERED), **values)


def test_headers() -> None:
    message = message_from_bytes(flat(written()), policy=SMTP)
    assert {name: str(value) for name, value in message.items() if not name.startswith("Content-")} == {
        "Subject": "Escalated P2 #48213",
        "From": "ResolutionFlow <rf@harbor.example>",
        "To": "Ana Ruiz <ana@harbor.example>",
        "Date": "Mon, 23 Nov 2026 11:07:00 +0000",
        "Message-ID": message_id(account_id=1, delivery_id=7, domain="harbor.example"),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "X-ResolutionFlow-Topic": "48213",
        "X-ResolutionFlow-Event": "evt-1",
        "MIME-Version": "1.0",
    }


def test_text_first_then_html_both_whole() -> None:
    message = message_from_bytes(flat(written()), policy=SMTP)
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert text.get_content().replace("\r\n", "\n") == RENDERED.text
    assert html.get_content_type() == "text/html"
    assert html.get_content().replace("\r\n", "\n") == RENDERED.html


def test_bytes_are_seven_bit_short_lines_and_the_same_each_time() -> None:
    content = flat(written())
    assert content == flat(written())
    assert content.isascii()
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_message_id_depends_on_account_and_delivery_alone() -> None:
    ids = {
        message_id(account_id=a, delivery_id=d, domain="harbor.example")
        for a, d in [(1, 7), (17, 0), (1, 70), (11, 7), (1, 7)]
    }
    assert len(ids) == 4
    assert all(identifier.endswith("@harbor.example>") for identifier in ids)


@pytest.mark.parametrize(
    "evil",
    [
        "x\r\nBcc: evil@evil.example",
        "x\nBcc: evil@evil.example",
        "x\rBcc: e@e.example",
        "x\u2028Bcc: e@e.example",
        "x\0y",
    ],
)
@pytest.mark.parametrize("field", ["rendered", "recipient_name", "topic", "event_id"])
def test_text_cannot_add_a_header(field: str, evil: str) -> None:
    value = Rendered(subject=evil, text="t", html="h") if field == "rendered" else evil
    message = message_from_bytes(flat(written(**{field: value})), policy=SMTP)
    assert sorted(message.keys()) == sorted(message_from_bytes(flat(written()), policy=SMTP).keys())
    assert [a.addr_spec for a in message["To"].addresses] == ["ana@harbor.example"]


@pytest.mark.parametrize(
    "evil",
    [
        "ana@harbor.example\r\nBcc: evil@evil.example",
        "ana@harbor.example, evil@evil.example",
        "ana@harbor.example;evil@evil.example",
        "ana@harbor.example> RCPT TO:<evil@evil.example",
        "ana",
        "@harbor.example",
        "ana@",
        "",
        "a b@harbor.example",
        "ana@har bor.example",
        "ana@@harbor.example",
        "x" * 330 + "@harbor.example",
        "ana@" + "h" * 80 + ".example",
        "ana@.example",
    ],
)
def test_only_one_clean_address_is_written_to(evil: str) -> None:
    with pytest.raises(AddressError):
        written(recipient=evil)
    with pytest.raises(MailError, match="MAIL_FROM") as caught:
        written(sender=evil, message_id="<a@harbor.example>")
    assert (caught.value.operator, caught.value.permanent) == (True, False), "not the recipient's fault"


def test_message_id_and_date_are_checked() -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        written(message_id="<a@b>\r\nBcc: e@e.example")
    with pytest.raises(ValueError, match="time zone"):
        written(date=datetime(2026, 11, 23))  # noqa: DTZ001 - that is the mistake


@pytest.mark.parametrize(
    ("text", "name", "spec"),
    [
        ("ana@harbor.example", "", "ana@harbor.example"),
        ("<ana@harbor.example>", "", "ana@harbor.example"),
        ('"Ruiz, Ana" <ana@Harbor.Example>', "Ruiz, Ana", "ana@harbor.example"),
        ("evil@evil.example <ana@harbor.example>", "evil@evil.example", "ana@harbor.example"),
        ("ana+rf@localhost", "", "ana+rf@localhost"),
    ],
)
def test_an_address_is_read(text: str, name: str, spec: str) -> None:
    found = written(sender=text)["From"].addresses
    assert [(one.display_name, one.addr_spec) for one in found] == [(name, spec)]


def test_names_and_hosts_in_other_scripts_need_nothing_special_from_the_server() -> None:
    message = written(recipient="zoe@bücher.example", recipient_name="Zoë, Müller")
    content = flat(message)
    assert content.isascii()
    assert message["To"].addresses[0].addr_spec == "zoe@xn--bcher-kva.example"
    assert str(message_from_bytes(content, policy=SMTP)["To"]) == '"Zoë, Müller" <zoe@xn--bcher-kva.example>'


def test_only_a_local_part_in_another_script_asks_for_smtputf8() -> None:
    assert "zoë@harbor.example".encode() in flat(written(recipient="zoë@harbor.example"))
