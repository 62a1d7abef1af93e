"""What gateways, bots and editors store a text in is taken off, and nothing else is: `unwrapped`, many texts in each wrapping."""

# ruff: noqa: E501 - parts are easier to read in one long line

from __future__ import annotations

import base64
import json
import quopri
import random
from collections.abc import Callable
from email.header import Header
from email.message import EmailMessage
from urllib.parse import quote, quote_plus, urlencode

import pytest

from escalation.text.unwrapped import in_letters, unwrapped

_SAID = (
    "Rebooted the print server, no change.",
    "Reinstalled the driver on PC-14, same error.",
    "Café “Zur Mühle” still cannot print – 5 € labels are blank.",
    "Cleared the queue, it is stuck again.",
    "Nobody at the branch has been able to print since Friday.",
)
_FIELDS = ("issue", "problemDescription", "notes", "steps_taken", "Troubleshooting", "transcript")


def _of_mail(text: str, dice: random.Random) -> str:
    mail = EmailMessage()
    mail.set_content(text, cte=dice.choice(("base64", "quoted-printable")))
    mail.add_alternative(f"<p>{text}</p>", subtype="html")
    if dice.random() < 0.5:
        mail.add_attachment(b"\x89PNG\r\n\x1a\n" * 40, maintype="image", subtype="png", filename="a.png")
    body = mail.as_string().partition("\n\n")[2]
    return dice.choice(("", "This is a multi-part message in MIME format.\n\n")) + body


def _of_base64(text: str, dice: random.Random) -> str:
    octets = text.encode()
    return dice.choice((base64.encodebytes(octets).decode(), base64.encodebytes(octets).decode().replace("\n", "\r\n"), base64.b64encode(octets).decode(), "Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(octets).decode()))


def _of_rtf(text: str, dice: random.Random) -> str:
    body = "".join(char if ord(char) < 128 else f"\\u{ord(char)}?" for char in text).replace("\n", "\\par\n")
    tables = "{\\fonttbl{\\f0\\fnil\\fcharset0 Calibri;}}{\\colortbl ;\\red255\\green0\\blue0;}{\\*\\generator Riched20 10.0;}"
    return f"{{\\rtf1\\ansi\\ansicpg1252\\deff0{tables}\\viewkind4\\uc1\\pard\\f0\\fs22 {body}{{\\strike Replaced the switch.}}\\par}}\x00"


def _of_json(text: str, dice: random.Random) -> str:
    field = dice.choice(_FIELDS)
    lines = text.split("\n")
    value = dice.choice((text, lines if len(lines) > 1 else text))
    return json.dumps({"ticketId": 5, "confidence": 0.8, field: value, "closed": False}, ensure_ascii=dice.random() < 0.5, indent=dice.choice((None, 2)))


def _of_editor(text: str, dice: random.Random) -> str:
    paragraphs = [{"type": "paragraph", "content": [{"type": "text", "text": line[:7]}, {"type": "text", "text": line[7:], "marks": [{"type": "strong"}]}]} for line in text.split("\n")]
    doc = {"type": "doc", "version": 1, "content": [*paragraphs, {"type": "paragraph", "content": [{"type": "text", "text": "Replaced the switch.", "marks": [{"type": "strike"}]}]}]}
    operations = {"ops": [{"insert": text}, {"insert": "\n", "attributes": {"list": "bullet"}}]}
    return json.dumps(dice.choice((doc, operations)))


def _of_request(text: str, dice: random.Random) -> str:
    return urlencode({"ticket": "5", dice.choice(_FIELDS): text, "phone": "555 0100"}, quote_via=dice.choice((quote, quote_plus)))


def _of_form_data(text: str, dice: random.Random) -> str:
    edge = "-" * dice.choice((6, 28)) + "WebKitFormBoundary7MA4"
    fields = ((dice.choice(_FIELDS), text), ("phone", "555 0100"))
    return "".join(f'{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{said}\r\n' for name, said in fields) + f"{edge}--\r\n"


def _of_string(text: str, dice: random.Random) -> str:
    return json.dumps(text + "\nIt is \"urgent\".", ensure_ascii=dice.random() < 0.5)


_WRAPPINGS: tuple[Callable[[str, random.Random], str], ...] = (_of_mail, _of_base64, _of_rtf, _of_json, _of_editor, _of_request, _of_form_data, _of_string)


@pytest.mark.parametrize("wrap", _WRAPPINGS)
def test_the_words_are_found_again_in_any_wrapping(wrap: Callable[[str, random.Random], str]) -> None:
    dice = random.Random(wrap.__name__)
    for _ in range(40):
        said = dice.sample(_SAID, dice.choice((1, 2, 3)))
        if wrap is _of_base64 and len(said) == 1:
            said *= 2
        stored = wrap("\n".join(said), dice)
        told = unwrapped(stored)
        for line in said:
            assert line in told, (stored, told)
        for mark in ("Content-", "\\par", "fonttbl", '"type"', '{"', "iVBOR", "Replaced the switch", "base64"):
            assert mark not in told, (stored, told)


@pytest.mark.parametrize("wrap", [_of_mail, _of_base64, _of_rtf, _of_json])
def test_a_long_text_is_read_like_a_short_one(wrap: Callable[[str, random.Random], str]) -> None:
    """A mail with a picture is soon longer than 200,000 characters; what stayed encoded there was read by nobody, the redaction included."""
    said = "\n".join(f"{number}. {line}" for number in range(4_000) for line in _SAID[:2]) + "\nThe password is Winter2024!"
    stored = wrap(said, random.Random(1))
    assert len(stored) > 300_000
    told = unwrapped(stored)
    assert told.replace("\r", "").rstrip("\x00").count("Rebooted the print server") >= 4_000
    assert "Winter2024!" in told


def test_what_stands_around_the_wrapping_stays() -> None:
    coded = base64.encodebytes("\n".join(_SAID).encode()).decode()
    told = unwrapped(f"Hello,\n\n{coded}\nThanks, Ann")
    assert told.startswith("Hello,")
    assert told.endswith("Thanks, Ann")
    assert _SAID[2] in told


@pytest.mark.parametrize("text", [
    '{"error": {"code": "invalid_grant", "message": "The refresh token has expired due to inactivity"}}',
    '{"event": "ticket.updated", "changed_by": "bot", "fields": {"status": "Escalated"}}',
    "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ\nRTESMBAGA1UEChMJQmFsdGltb3JlMRMwEQYDVQQLEwpDeWJlclRydXN0MSIwIAYD\n-----END CERTIFICATE-----",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "[2026-03-02 09:14] rebooted it [done]", "{see attached}",
    "<html><body><p>Rebooted it</p></body></html>", "--\nAnn Marsh\nContent-Type: is not what I mean", "Typed {\\rt and nothing came", "{\\rtf1", "=?x-none?Q?abc?= stays", "{'a': ", "[" * 3000, '{"a":' * 3000,
    "Opened it in Notepad, starts with {\\rtf1\\ansi so it is RTF. Moved it to C:\\partners\\a.rtf {done}", "{\\rtf1 is all that the field says, {done}",
    '"It is broken." she said, "since Friday."', '"Nobody can print since Friday."', "a=b&c=d", "https://shop.example/?issue=printer+is+down&id=5", '"\\\\srv\\share is gone"',
    '"Cannot open C:\\temp\\new folder on the server. Restarted the service, no change."', '"Cannot open \\\\srv\\new on the server. Restarted it, no change."', '"Mapped it to \\\\srv\\new, \\"no change\\" at all."', '"Logs of shop\\bin and shop\\temp are gone since Friday."',
    "<config><notes>a b</notes></config> Edited web.config, same error. <step>1</step>",
])
def test_anything_else_stays_as_it_is(text: str) -> None:
    assert unwrapped(text).strip("{\\rtf1") == text.strip("{\\rtf1")


@pytest.mark.parametrize(("stored", "told"), [
    ('"Steps:\\nRebooted it, no change."', "Steps:\nRebooted it, no change."),
    ('"Cleared C:\\\\temp\\\\new, no change.\\nRebooted it."', "Cleared C:\\temp\\new, no change.\nRebooted it."),
    ('"Opened \\\\\\\\srv\\\\new, no change.\\nRebooted it."', "Opened \\\\srv\\new, no change.\nRebooted it."),
])
def test_a_stored_string_keeps_its_paths(stored: str, told: str) -> None:
    assert unwrapped(stored) == told


def test_fields_that_are_sent_twice_are_all_told() -> None:
    told = unwrapped("steps=Rebooted+the+print+server&steps=Cleared+the+queue&phone=555+0100")
    assert told.splitlines() == ["Steps:", "- Rebooted the print server", "- Cleared the queue", "", "Phone: 555 0100"]


@pytest.mark.parametrize("page", ["utf-8", "iso-8859-1"])
def test_a_heading_of_a_mail_is_read(page: str) -> None:
    for said in ("Drucker in München druckt nicht, und zwar in keinem der Büros im ersten Stock", "Café: größere Störung"):
        assert " ".join(in_letters(str(Header(said, page, maxlinelen=40).encode())).split()) == said


def test_quoted_printable_in_parts() -> None:
    body = quopri.encodestring(_SAID[2].encode()).decode()
    assert unwrapped(f"--b1\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n{body}\n--b1--\n") == _SAID[2]


@pytest.mark.parametrize("coding", ["", "Content-Transfer-Encoding: 8bit\n"])
def test_a_part_that_whoever_stored_it_has_read_already_is_as_it_stands(coding: str) -> None:
    assert unwrapped(f"--b1\nContent-Type: text/plain; charset=utf-8\n{coding}\nThe user’s “label” – café – is blank.\n--b1--\n") == "The user’s “label” – café – is blank."


@pytest.mark.parametrize(("stored", "told"), [
    ('--b\nContent-Type: text/plain; charset="a\x00b"\nContent-Transfer-Encoding: base64\n\nUmVib290ZWQgaXQu\n--b--', "Rebooted it."),
    ("--b\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\nRebooted \ud800 it.\n--b--", "Rebooted \ufffd it."),
    ('{"type": "doc", "content": [{"type": "text", "text": "Rebooted it.", "marks": 5}]}', "Rebooted it."),
])
def test_what_is_odd_in_a_wrapping_stops_nothing(stored: str, told: str) -> None:
    assert unwrapped(stored) == told


def test_rows_that_are_set_in_below_a_rule_are_read_in_linear_time() -> None:
    text = "--Output\nDevice: PC-14\n" + "    queue stuck, nothing printed\n" * 40 + "The Content-Type was wrong."
    assert unwrapped(text) == text
