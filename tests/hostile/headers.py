"""Are the headers of our e-mails valid and read as they were meant, whatever stands in a subject or a name?

    python -m tests.hostile.headers [--cases 1000000] [--seed 1]

Makes a message for each case (every twentieth with its content) and judges its bytes: by a reading of RFC 5322 and 2047
written for this, which shares no code with the product, and by both parsers of the standard library. Shows how far it
is; exits with 1 at the first failure and prints the case. Run it on each version of Python that is allowed; it needs
jinja2, mjml-python and idna.
"""

from __future__ import annotations

import argparse
import base64
import platform
import random
import re
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header
from email.utils import getaddresses
from typing import Any

from worker.mail.message import addressed, compose
from worker.mail.templates import SUBJECT_LIMIT, Rendered, plain
from worker.mail.transport import flat

NOW = datetime(2026, 3, 2, tzinfo=UTC)
NAME_LIMIT = 80
ONCE = ("from", "to", "date", "message-id", "auto-submitted", "x-auto-response-suppress", "x-resolutionflow-event")
MAYBE = ("subject", "x-resolutionflow-topic", "mime-version", "content-type")

# Kinds of text: what is written, how letters are written, what servers and parsers have stumbled over.
LETTERS = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "äöüßéèñçøåæœïÿ",
    "абвгдежзийклмнопрстуфхцчшщ", "αβγδεζηθσςλω", "日本語漢字仮名カタカナ서울대한민국", "אבגדהוזחשלום", "عربيمرحبا",
    "😀👍🏽👩\u200d💻🇩🇪", "e\u0301o\u0308n\u0303", "\U00010348\U0002070e",
)  # fmt: skip
ODD = (
    ",", ";", ":", "<", ">", "(", ")", "@", "\\", '"', '"', "[", "]", ".", "'", "=", "?", "_", "%", "=?", "?=",
    "=?utf-8?q?evil?=", "=?utf-8?b?ZXZpbA==?=", "<evil@evil.example>", ", evil@evil.example",
    "…", "–", "’", "\\\\", '\\"', "#48213", "P2", "&amp;",
)  # fmt: skip
BREAKS = ("\r\n", "\r", "\n", "\r\nBcc: evil@evil.example", "\n\n", "\t", "\v", "\f", "\x85", "\u2028", "\0", "\x1b[1m", "\x7f",
          "\u00a0", "\u200b", "\u00ad", "\u202e", "\ufeff", "\r\n ", "\r\n\t", "\u3000", "\ud800")  # fmt: skip
SPECS = (
    "ana@harbor.example", "a@b.example", "o'brien+rf@harbor.example", f"{'l' * 64}@{'h' * 60}.example",
    '"ana ruiz"@harbor.example', '"ruiz,ana"@harbor.example', f"a@{'.'.join(['h' * 60] * 3)}.example",
    "info@xn--fa-hia.example", "zoë@harbor.example", "用户@harbor.example",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """What goes into one message."""

    subject: str
    name: str
    spec: str
    topic: str = "48213"


def case(rng: random.Random) -> Case:
    """Return the next case; the same generator in the same state gives the same one."""
    spec = SPECS[0] if rng.random() < 0.6 else rng.choice(SPECS)
    return Case(_text(rng, 130), _text(rng, 90), spec, _text(rng, 50) if rng.random() < 0.2 else "48213")


def _text(rng: random.Random, longest: int) -> str:
    """Return words of one or two scripts, as many as a length drawn first; a third of them with odd signs between."""
    scripts = rng.choices(LETTERS, k=1 + (rng.random() < 0.4)) + [LETTERS[0]] * (rng.random() < 0.5)
    odd, breaks = rng.random() < 0.4, rng.random() < 0.1
    wanted = rng.choice((rng.randint(0, longest), rng.randint(longest // 2, longest), rng.randint(60, 80)))
    parts: list[str] = []
    while sum(map(len, parts)) < wanted:
        parts.append("".join(rng.choices(rng.choice(scripts), k=rng.choice((1, 3, 5, 8, 12, 12, 70)))))
        if odd and rng.random() < 0.5:
            parts.append(rng.choice(ODD))
        if breaks and rng.random() < 0.3:
            parts.append(rng.choice(BREAKS))
        parts.append(rng.choice((" ", " ", " ", " ", "", ", ", "  ")))
    return "".join(parts)[:wanted]


def fault(one: Case, *, whole: bool = True) -> str | None:
    """Return what is wrong with the message of a case, None if nothing is. Without `whole` its headers alone are made."""
    given: dict[str, Any] = {
        "sender": "ResolutionFlow <rf@harbor.example>", "recipient": one.spec, "recipient_name": one.name,
        "message_id": "<a@harbor.example>", "date": NOW, "topic": one.topic, "event_id": "evt-1",
    }  # fmt: skip
    message = compose(Rendered(one.subject, "text\n", "<p>x</p>\n"), **given) if whole else addressed(one.subject, **given)
    raw = flat(message)
    subject, name = plain(one.subject, limit=SUBJECT_LIMIT), plain(one.name, limit=NAME_LIMIT)
    wrong = _lines(raw, ascii_only=one.spec.isascii())
    if wrong:
        return wrong
    fields, wrong = _fields(raw)
    return wrong or _meaning(fields, one.spec, subject, name) or _parsers(fields, one.spec, subject, name)


_WORD = re.compile(r"=\?utf-8\?([bq])\?([!->@-~]+)\?=")
_FIELD = re.compile(r"([!-9;-~]+):(?: (.*))?", re.DOTALL)


def _lines(raw: bytes, *, ascii_only: bool) -> str | None:
    """Judge each line: its end, its length, its characters, where it is folded, the encoded words in it."""
    if re.search(rb"\r(?!\n)|(?<!\r)\n", raw):
        return "a CR or LF alone"
    if ascii_only and not raw.isascii():
        return "8 bits, and SMTPUTF8 was not asked for"
    head, _, body = raw.partition(b"\r\n\r\n")
    if any(len(line) > 998 for line in raw.split(b"\r\n")):
        return "a line of more than 998 octets"
    for line in body.split(b"\r\n"):
        if not line.isascii():
            return "8 bits in the body"
    for number, line in enumerate(head.decode().split("\r\n")):
        continues = line.startswith(" ")
        content = line if continues else line.partition(":")[2]
        if not line.isprintable() or (not continues and not _FIELD.fullmatch(line)) or (continues and not number):
            return f"no header line: {line!r}"
        if not content.strip():
            return f"a line of white space: {line!r}"
        marked = [token for token in content.split(" ") if "=?" in token]
        if marked and len(line) > 76:
            return f"{len(line)} characters in a line with encoded words: {line!r}"
        for token in marked:
            if len(token) > 75 or not _WORD.fullmatch(token):
                return f"no encoded word, or too long a one: {token!r}"
            _decoded(token)  # raises where a character is divided
    return None


def _decoded(word: str) -> str:
    found = _WORD.fullmatch(word)
    assert found
    if found[1] == "b":
        return base64.b64decode(found[2], validate=True).decode()
    octets = re.sub(rb"=([0-9A-F]{2})", lambda hit: bytes.fromhex(hit[1].decode()), found[2].replace("_", " ").encode())
    return octets.decode()


def _unencoded(value: str) -> str:
    """Decode encoded words; white space between two of them is none (RFC 2047, 6.2)."""
    close = re.sub(rf"({_WORD.pattern})\s+(?==\?)", r"\1", value)
    return _WORD.sub(lambda found: _decoded(found[0]), close)


def _fields(raw: bytes) -> tuple[dict[str, str], str | None]:
    """Return the headers as they stand, folds and all, and what is wrong with which of them there are."""
    fields: dict[str, str] = {}
    for field in re.split(r"\r\n(?! )", raw.partition(b"\r\n\r\n")[0].decode()):
        key, _, value = field.partition(":")
        if key.lower() in fields:
            return fields, f"two headers {key}"
        fields[key.lower()] = value.removeprefix(" ")
    if not set(ONCE) <= set(fields) <= {*ONCE, *MAYBE}:
        return fields, f"these are not the headers asked for: {sorted(fields)}"
    return fields, None


def _meaning(folded: dict[str, str], spec: str, subject: str, name: str) -> str | None:
    """Judge what a strict reader makes of the headers."""
    fields = {key: value.replace("\r\n", "") for key, value in folded.items()}
    if ("subject" in fields) != bool(subject) or _unencoded(fields.get("subject", "")) != subject:
        return f"the subject reads {fields.get('subject')!r}"
    phrase, opened, _ = fields["to"].rpartition(f"<{spec}>")
    if not opened and (name or fields["to"] != spec):
        return f"the recipient reads {fields['to']!r}"
    phrase = phrase.rstrip(" ")
    if phrase.startswith('"'):
        if not re.fullmatch(r'"(?:[^"\\]|\\.)*"', phrase):
            return f"quotation marks that do not match: {phrase!r}"
        read = re.sub(r"\\(.)", r"\1", phrase[1:-1])
    elif re.fullmatch(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*", phrase):
        read = _unencoded(phrase)
    else:
        return f"a name that needs quotation marks: {phrase!r}"
    return None if read == name else f"the name reads {read!r}"


def _parsers(fields: dict[str, str], spec: str, subject: str, name: str) -> str | None:
    """Judge what the standard library's parsers make of it, the newer and the older."""
    parse = policy.default.header_fetch_parse
    read, people = parse("Subject", fields.get("subject", "")), parse("To", fields["to"]).addresses
    if str(read) != subject:
        return f"policy.default reads the subject {str(read)!r}"
    if len(people) != 1 or people[0].addr_spec != spec:
        return f"policy.default reads the recipients {people!r}"
    shown = people[0].display_name
    if shown != name and (not _SPLITS_NAMES or shown.replace(" ", "") != name.replace(" ", "")):
        return f"policy.default reads the name {shown!r}"
    if not spec.isascii():
        return None  # the older parser knows no SMTPUTF8
    if str(make_header(decode_header(fields.get("subject", "")))) != subject:
        return f"compat32 reads the subject {fields['subject']!r}"
    older = getaddresses([fields["to"]])
    if len(older) != 1 or older[0][1] != spec:
        return f"compat32 reads the recipients {older!r}"
    if str(make_header(decode_header(older[0][0]))) != name:
        return f"compat32 reads the name {older[0][0]!r}"
    return None


def _splits_names() -> bool:
    """Whether this Python's newer parser puts a blank between two encoded words of a name (before 3.12.9 and 3.13.2)."""
    two = policy.default.header_fetch_parse("To", "=?utf-8?q?a?= =?utf-8?q?b?= <a@b.example>")
    return bool(two.addresses[0].display_name != "ab")


_SPLITS_NAMES = _splits_names()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng, began = random.Random(options.seed), time.monotonic()
    _say(f"Python {platform.python_version()}, seed {options.seed}, {options.cases} cases")
    for number in range(1, options.cases + 1):
        one = case(rng)
        try:
            wrong = fault(one, whole=number % 20 == 0)
        except Exception as error:  # the case belongs beside it, whatever it is
            wrong = f"{type(error).__name__}: {error}"
        if wrong:
            _say(f"case {number}: {one!r}\n{wrong}")
            return 1
        if number % max(1, options.cases // 20) == 0:
            _say(f"{number:>9} hold, {time.monotonic() - began:.0f} s")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line.encode("ascii", "backslashreplace").decode() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
