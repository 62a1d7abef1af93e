"""Addresses as people type them: the same mailbox, or none; never another one.

Kinds: characters that cannot be seen, white space around and within, several in one field (comma, semicolon, slash,
line), a final dot, names and comments beside it, `mailto:` and `SMTP:`, capitals, full width letters, other scripts by
IDNA 2008, quoted and non-ASCII local parts, too long, no @ or two, IP addresses, domains without a dot.
"""

from __future__ import annotations

import random
import re

import idna
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from worker.mail.addresses import AddressError, address, read

MAILBOXES = {
    "ana@harbor.example": "ana@harbor.example",
    "o'brien+rf@mail.harbor.example": "o'brien+rf@mail.harbor.example",
    "a.b-c_d@x-1.co.example": "a.b-c_d@x-1.co.example",
    "x/y@harbor.example": "x/y@harbor.example",
    "info@faß.example": "info@xn--fa-hia.example",  # this and the next two: UTS 46, section 7, table 4
    "λογιστήριο@βόλος.example": "λογιστήριο@xn--nxasmm1c.example",
    "info@βόλοσ.example": "info@xn--nxasmq6b.example",
    "info@fass.example": "info@fass.example",
    "zoë@bücher.example": "zoë@xn--bcher-kva.example",
    '"ana ruiz"@harbor.example': '"ana ruiz"@harbor.example',
    "info@میوه\u200cها.example": "info@xn--mgb3dgad50f460k.example",
}
"""What is typed, and where it goes. The joiner in the last one belongs to the word: without it, it is another domain."""

UNSEEN = "\u200b\u200c\u200d\u2060\u00ad\ufeff\u200e\u200f\u202a\u202c\u202e\u2066\u2069\ufe0f\u034f\u3164\U000e0020"
BLANKS = " \t\r\n\u00a0\u2003\u3000\u2028\u0085"


def _unseen(rng: random.Random, text: str) -> str:
    for _ in range(rng.randint(1, 4)):
        place = rng.randint(0, len(text))
        if "\u200c" not in text:  # beside a joiner that counts, others can count too
            text = text[:place] + rng.choice(UNSEEN if text.isascii() else UNSEEN.replace("\u034f", "")) + text[place:]
    return text


HARMLESS = {
    "unseen": _unseen,
    "blanks around": lambda rng, t: rng.choice(BLANKS) * rng.randint(0, 3) + t + rng.choice(BLANKS),
    "blanks at the @": lambda _, t: t.replace("@", " @ ").replace("＠", " ＠ "),
    "final dot": lambda _, t: t + ".",
    "final sign": lambda rng, t: t + rng.choice([",", ";", " ;", ",,", "|"]),
    "brackets": lambda _, t: f"<{t}>",
    "name": lambda rng, t: rng.choice(["Ana ", "Ruiz, Ana", '"Ruiz, Ana" ', "Ruiz; A. (NOC)", "ana@old.example"]) + f"<{t}>",
    "comment": lambda _, t: t + " (day shift)",
    "scheme": lambda rng, t: rng.choice(["mailto:", "MAILTO:", "SMTP:", "smtp:"]) + t,
    "link": lambda _, t: f"Ana <mailto:{t}?subject=Hi,%20all>",
    "twice": lambda _, t: f"{t}, {t}",
    "quotation marks": lambda rng, t: rng.choice(["'{}'", "“{}”", "({})", "[{}]"]).format(t),
    "capitals": lambda _, t: t.partition("@")[0] + "@" + t.partition("@")[2].upper(),
    "full width": lambda _, t: t.replace("@", "＠").replace("example", "ｅｘａｍｐｌｅ").replace(".", "。"),
}


def spelled(rng: random.Random, typed: str) -> tuple[str, list[str]]:
    """Return another spelling of the same mailbox, and which ways it was changed in, at most three."""
    ways = rng.sample(sorted(HARMLESS), k=rng.randint(1, 3))
    if "ς" in typed or "ß" in typed or "σ" in typed:
        ways = [way for way in ways if way != "capitals"]  # in capitals they can be read in two ways
    order = ["capitals", "full width", "final dot", "blanks at the @", "scheme", "link", "brackets", "name", "comment"]
    order += ["twice", "quotation marks", "final sign", "unseen", "blanks around"]
    if typed.startswith('"'):  # what is within quotation marks is not ours to change
        ways = [way for way in ways if way not in ("full width", "unseen", "quotation marks", "link")]
    if len({"name", "link", "brackets", "scheme"} & set(ways)) > 1 or any(
        both <= set(ways) for both in ({"comment", "twice"}, {"link", "blanks at the @"}, {"quotation marks", "comment"})
    ):
        ways = ways[:1]
    for way in sorted(ways, key=order.index):
        typed = HARMLESS[way](rng, typed)
    return typed, ways


def test_another_spelling_goes_to_the_same_mailbox() -> None:
    rng = random.Random(11)
    for number in range(2000):
        typed = rng.choice(sorted(MAILBOXES))
        text, ways = spelled(rng, typed)
        found = read(text)
        assert found.mailbox.spec == MAILBOXES[typed], (number, ways, text)
        assert found.note == "" or found.note.endswith(f" written to as {found.mailbox.spec}"), found.note


_HOST = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]*[a-z][a-z0-9-]*")
_DOTTED = re.compile(r"[^\s.@,;:<>()\[\]\\\"\x00-\x20\x7f]+(?:\.[^\s.@,;:<>()\[\]\\\"\x00-\x20\x7f]+)*")
_PIECES = [
    *"a@@@. ,;<>\"\\()[]:/-_ßé😀\u200b\u200c\u202e\0\ud800Σİ。1\u0301", "ana", "xn--", "mailto:", "example", "harbor.example",
    "\r\n", "%40",
]  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(_PIECES), max_size=14).map("".join), st.emails()))
@example('"\\"@harbor.example')
@example("ana@harbor.example\r\nRCPT TO:<evil@evil.example>")
def test_whatever_is_typed_a_mailbox_is_valid_and_reads_as_itself(text: str) -> None:
    try:
        found = read(text).mailbox
    except AddressError:
        return
    assert _HOST.fullmatch(found.host) or found.host == "localhost"
    assert all(idna.encode(idna.decode(x)).decode() == x for x in found.host.split(".") if x.startswith("xn--"))
    assert _DOTTED.fullmatch(found.local) or re.fullmatch(r'"[ !#-;=?A-\[\]-~]+"', found.local)
    assert len(found.local.encode()) <= 64
    assert len(found.spec.encode()) <= 254
    assert address(found.spec).spec == found.spec
    assert read(found.spec).note == ""


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "it is empty"), (" ,; ", "it is empty"), ("n/a", "no @"), ("ana(at)harbor.example", "no @"),
        ("ana@@harbor.example", "two @"),
        ("@harbor.example", "side of the @ is empty"), ("ana@", "side of the @ is empty"),
        ("ana@b@harbor.example", "more stands"),
        ("ana ruiz@harbor.example", "white space divides"), ("ana@har bor.example", "white space divides"),
        ("ana@harbor. example", "white space divides"), ("ana@harbor.example. Thanks", "white space divides"),
        ("ana@harbor", "no dot"), ("ana@192.0.2.7", "IP address"), ("ana@[192.0.2.7]", "IP address"),
        ("ana@[IPv6:2001:db8::7]", "IP address"),
        ("ana..r@harbor.example", "dot too many"), (".ana@harbor.example", "dot too many"),
        ("ana@harbor..example", "dot too many"),
        ("ana@har_bor.example", "cannot be part of a domain"), ("ana@-harbor.example", "cannot be part of a domain"),
        ("a" * 65 + "@harbor.example", "64 octets"), ("ë" * 33 + "@harbor.example", "64 octets"),
        ("ana@" + "h" * 64 + ".example", "part of a domain"),
        ("ana@" + "h." * 124 + "example", "253 octets"),
        ("a" * 60 + "@" + "h." * 100 + "example", "254 octets"),
        ("a" * 1001, "1000 characters"),
        ("ana@😀.example", "IDNA 2008"), ("ana@xn--e28h.example", "IDNA 2008"),
        ("ana@xn--zz--zz.example", "IDNA 2008"),
        ("ana@ΦΩΣ.example", "capitals"), ("ana@İzmir.example", "capitals"), ('"a\\"b"@harbor.example', "must not be there"),
        ("ana\0@harbor.example", "\\u0000"), ("ana\x1b@harbor.example", "\\u001b"), ("\ud800@harbor.example", "\\ud800"),
    ],
)  # fmt: skip
def test_what_cannot_be_known_is_refused_and_the_reason_said(typed: str, why: str) -> None:
    with pytest.raises(AddressError, match=re.escape(why)):
        read(typed)


@pytest.mark.parametrize("between", ["; ", ",", " / ", "/", "\n", " ", " | ", "、"])
def test_of_several_the_first_usable_is_taken_and_the_others_are_told(between: str) -> None:
    found = read(f"ana@harbor{between}ana@harbor.example{between}Bo <bo@harbor.example>")
    assert found.mailbox.spec == "ana@harbor.example"
    assert found.note.endswith("holds 2 addresses: only ana@harbor.example is written to")
    with pytest.raises(AddressError, match="holds 2 addresses"):
        address(f"ana@harbor.example{between}bo@harbor.example")


def test_the_reason_shows_what_cannot_be_seen() -> None:
    assert read("ana\u200b@harbor.example\u00a0").note == (
        "'ana\\u200b@harbor.example\\u00a0' is written to as ana@harbor.example"
    )
