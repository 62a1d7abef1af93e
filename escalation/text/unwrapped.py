"""Take a text out of what a gateway, a bot or an editor stored it in, so that all that follows sees its words.

- parts of a mail with their boundaries, in base64 or quoted-printable: the plain part, else the HTML one;
- lines of base64 that hold prose, and words encoded for a mail's heading;
- RTF, and JSON, Python's own notation, XML or a browser's request of a ticket, a form or an editor's document: a line for each paragraph or field.

What a program put out, a certificate or a file is left as it stands. Done before the redaction, which sees the words then too.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import ast
import base64
import binascii
import json
import re
from collections.abc import Iterator
from email import message_from_string
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from html import unescape
from typing import Any
from urllib.parse import parse_qs

_DEEPEST = 4
"""So many wrappings may lie in each other. How long a text is does not matter: all of it takes time that grows with its length."""


def unwrapped(text: str) -> str:
    """Return the words of a text that is stored in a wrapping; any other text as it is."""
    text = in_letters(text)
    for _ in range(_DEEPEST):
        inner = _of_mail(text) or _of_base64(text) or _of_rtf(text) or _of_fields(text)
        if inner is None or inner == text:
            return text
        text = inner
    return text


_ONE = r"=\?[\w.:+-]{2,40}\?[bq]\?[^?\s]{0,400}\?="
_WORD = re.compile(rf"{_ONE}(?:\s{{1,3}}{_ONE}){{0,40}}", re.IGNORECASE)


def in_letters(text: str) -> str:
    """Return the text with words that were encoded for a mail's heading ("=?utf-8?Q?caf=C3=A9?=") as they were meant."""
    return _WORD.sub(lambda found: _meant(found.group()), text) if "=?" in text else text


def _meant(word: str) -> str:
    try:
        return "".join(said.decode(page or "ascii") if isinstance(said, bytes) else said for said, page in decode_header(word.strip()))
    except (LookupError, UnicodeDecodeError, HeaderParseError, ValueError):
        return word


_PART = re.compile(r"^--(?P<boundary>[^\s-][^\n\r]{0,68}|-{2,70}[^\n\r]{1,66}?)[ \t]*\r?\n(?=(?:[A-Za-z][\w-]*:[^\n]*\n(?:[ \t][^\n]*\n)*+){0,6}?content-(?:type:|disposition:[ \t]*form-data;))", re.IGNORECASE | re.MULTILINE)  # fmt: skip
_SAYS_MIME = re.compile(r"(?:this is a )?multi-?part message in mime format\.?\s*|this is a message in mime format\.[^\n]*", re.IGNORECASE)


def _of_mail(text: str) -> str | None:
    """Return the readable part of a mail's parts, with what stands above and below them."""
    if "ontent-" not in text:
        return None
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # half a character stops the mail's reader
    first = _PART.search(text)
    if first is None:
        return None
    above, below = text[: first.start()], ""
    pieces = re.split(rf"^--{re.escape(first['boundary'])}(--)?[ \t]*(?:\r?\n|\Z)", text[first.start() :], flags=re.MULTILINE)
    parts: list[Message] = []
    for end, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if end:
            below = piece
        elif piece.strip():
            parts.append(message_from_string(piece.lstrip("\r\n").replace("\r\n", "\n")))
    told = [(kind, _field(part, said)) for part in parts for kind, said in [_plain_of(part) or ("", "")] if kind]
    plain = [said for kind, said in told if kind != "html"] or [said for _, said in told]
    if not plain:
        return None
    above = _SAYS_MIME.sub("", above)
    return "\n\n".join(piece.strip() for piece in (above, *plain, below) if piece.strip())


def _field(part: Message, said: str) -> str:
    """Return what a part says; a field of a form that a browser sent bears its name."""
    name = part.get_param("name", header="content-disposition") if part.get_content_disposition() == "form-data" else None
    return "\n".join(_rows(name, said.strip())) if isinstance(name, str) else said


def _plain_of(part: Message) -> tuple[str, str] | None:
    """Return what kind of text a part is and its words; None for what is none."""
    kind = part.get_content_type()
    inner = part.get_payload()
    if isinstance(inner, list):
        told = [one for one in (_plain_of(one) for one in inner if isinstance(one, Message)) if one]
        return next(iter([one for one in told if one[0] != "html"] or told), None)
    if not kind.startswith("text/") or part.get_filename():
        return None
    coded = str(part.get("content-transfer-encoding", "")).strip().lower() not in ("", "7bit", "8bit", "binary")
    if not coded or not str(inner).isascii():  # read already, by whoever stored it
        return kind.removeprefix("text/"), str(inner)
    octets = part.get_payload(decode=True)
    if not isinstance(octets, bytes):
        return None
    try:
        said = octets.decode(part.get_content_charset() or "utf-8")
    except (LookupError, ValueError):
        said = octets.decode("cp1252", "replace")
    return kind.removeprefix("text/"), said


_LINES = re.compile(r"^(?:[A-Za-z0-9+/]{60,76}[ \t]*\r?\n)+[A-Za-z0-9+/]{1,76}={0,2}[ \t]*\r?$|^[A-Za-z0-9+/]{32,}={0,2}[ \t]*\r?$", re.MULTILINE)  # fmt: skip
_WIRE = re.compile(r"^content-(?:type|transfer-encoding|language|disposition):[^\n]*\n(?:[ \t]+[^\n]*\n)*", re.IGNORECASE | re.MULTILINE)
_PROSE = re.compile(r"(?<![^\W\d_])[^\W\d_]{2,40}[,.;:]?\s{1,9}[^\W\d_]{2}")


def _of_base64(text: str) -> str | None:
    """Return the text with lines of base64 that hold prose as that prose."""
    made = _LINES.sub(lambda found: _prose_in(found.group()) or found.group(), text)
    return None if made == text else _WIRE.sub("", made).strip()


def _prose_in(coded: str) -> str | None:
    letters = "".join(coded.split())
    try:
        octets = base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)
        said = octets.decode("utf-16" if octets[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")
    except (binascii.Error, ValueError):
        return None
    odd = sum(not (char.isprintable() or char in "\r\n\t") for char in said)
    return said if odd == 0 and len(_PROSE.findall(said)) >= 2 else None


_RTF = re.compile(r"^[ \t]*\{\\rtf1", re.MULTILINE)
_OF_RTF = re.compile(r"\\(?P<word>[a-z]{1,32})(?P<count>-?\d{1,10})?[ ]?|\\'(?P<octet>[0-9a-fA-F]{2})|\\(?P<sign>[^a-z'])|(?P<brace>[{}])|[\r\n]+|(?P<text>[^\\{}\r\n]+)")
_UNREAD_GROUPS = frozenset("fonttbl colortbl stylesheet info pict object listtable listoverridetable generator themedata datastore xmlnstbl rsidtbl header footer fldinst".split())  # noqa: SIM905
_SIGNS = {"par": "\n", "line": "\n", "row": "\n", "sect": "\n", "page": "\n", "tab": "\t", "cell": "\t", "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”"}  # fmt: skip


def _of_rtf(text: str) -> str | None:
    """Return RTF as plain lines, without what is struck out; what stands before it stays."""
    begins = _RTF.search(text)
    if begins is None or "\\par" not in text[begins.start() :]:  # somebody tells of RTF
        return None
    made, held = [], [(False, False)]
    silent = struck = False
    skip, page = 0, "cp1252"
    at = begins.end() - len("{\\rtf1")
    while at < len(text) and (token := _OF_RTF.match(text, at)):
        at = token.end()
        word, piece = token["word"], ""
        if token["brace"] == "{":
            held.append((silent, struck))
        elif token["brace"]:
            silent, struck = held.pop()
            if len(held) == 1:
                break
        elif word:
            if word in _UNREAD_GROUPS:
                silent = True
            elif word in ("strike", "strikedl", "deleted", "v", "htmlrtf"):
                struck = token["count"] != "0"
            elif word in ("plain", "pard"):
                struck = struck and word == "pard"
            elif word == "ansicpg" and token["count"]:
                page = f"cp{token['count']}"
            elif word == "u" and token["count"]:
                piece, skip = chr(int(token["count"]) % 65536), 1
            piece = piece or _SIGNS.get(word, "")
        elif token["octet"]:
            piece = "" if skip else _octet(token["octet"], page)
            skip = 0
        elif sign := token["sign"]:
            silent = silent or sign == "*"
            piece = {"~": " ", "_": "-", "-": "", "*": "", "\n": "\n", "\r": "\n"}.get(sign, sign)
        elif token["text"]:
            piece, skip = token["text"][skip if token["text"][:1] == "?" else 0 :], 0
        if piece and not (silent or struck):
            made.append(piece)
    said = "".join(made).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "\n".join(piece.strip() for piece in (text[: begins.start()], said, text[at:].strip("}\x00 \r\n")) if piece.strip()) or None


def _octet(octet: str, page: str) -> str:
    try:
        return bytes.fromhex(octet).decode(page, "replace")
    except LookupError:
        return bytes.fromhex(octet).decode("cp1252", "replace")


_TOLD = re.compile(r"(?:issue|problem|description|details|summary|symptoms?|steps?|troubleshooting|notes?|tried|actions?|resolution|question|request|complaint|transcript|reason)(?:$|[_ -])|(?:^|[_ -])(?:issue|problem|description|symptoms?|steps|tried|notes?|transcript)$", re.IGNORECASE)  # fmt: skip
"""Names of fields in which somebody tells what is wrong or what was done."""
_NAME = re.compile(r"(?<=[a-z])(?=[A-Z])|[_\s-]+")
_LEAF = re.compile(r"<(?P<name>[A-Za-z][\w.-]{0,40})(?:\s[^<>]{0,300})?>(?P<value>[^<>]{1,4000})</(?P=name)\s{0,3}>")
_TAG = re.compile(r"</?[A-Za-z?][^<>]{0,400}>|<!--[^<>]{0,400}-->")
_INLINE = frozenset(("text", "link", "emoji", "mention", "hardBreak", "inlineCard", "mrkdwn", "plain_text", "TextRun", "user", "date"))


_ENDS = frozenset({("{", "}"), ("[", "]"), ("<", ">"), ('"', '"')})
_POSTED = re.compile(r"[\w.\[\]-]{1,60}=[^\s&=]*(?:&[\w.\[\]-]{1,60}=[^\s&=]*)+")
"""The fields of a form as a browser sends them."""
_ESCAPED = re.compile(r"\\n|\\\"")
_PATH = re.compile(r"""\b[A-Za-z]:\\[^\\]|(?<![^\s"'(])\\\\\w""")
"""A path as somebody types it: a program that stores a string doubles each of its backslashes."""


def _of_fields(text: str) -> str | None:
    """Return the fields or paragraphs of a ticket, form or document that a program wrote, a line each."""
    whole = text.strip()
    if "&" in whole and _POSTED.fullmatch(whole):
        return _of_form({name: values if len(values) > 1 else values[0] for name, values in parse_qs(whole).items()})
    if (whole[:1], whole[-1:]) not in _ENDS:
        return None
    if whole[0] == "<":
        leaves = [(one["name"], unescape(one["value"])) for one in _LEAF.finditer(whole)] if re.match(r"<\?xml|<[a-z_]{3,30}>", whole, re.IGNORECASE) else []
        told = len(leaves) >= 2 and any(_TOLD.search(_spaced(name)) for name, _ in leaves) and not _TAG.sub("", _LEAF.sub("", whole)).strip()
        return "\n".join(row for name, value in leaves for row in _rows(name, value)) if told else None
    if whole[0] == '"':
        said = _parsed(whole) if _ESCAPED.search(whole) and not _PATH.search(whole) else None
        return said if isinstance(said, str) and _PROSE.search(said) else None
    value = _parsed(whole)
    if isinstance(value, dict) and isinstance(value.get("ops"), list):
        return "\n".join(_of_operations(value["ops"])).strip() or None
    if _is_document(value):
        return "\n".join(line for line in _of_document(value) if line.strip()) or None
    return _of_form(value) if isinstance(value, dict) else None


def _of_form(value: dict[Any, Any]) -> str | None:
    """Return fields a line each, where somebody tells something in one of them."""
    if not any(_TOLD.search(_spaced(name)) and _worded(inner) for name, inner in value.items()):
        return None
    return "\n".join(row for name, inner in value.items() for row in _rows(name, inner))


def _parsed(whole: str) -> Any:
    try:
        return json.loads(whole)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(whole) if len(whole) < 20_000 and whole[0] != '"' and whole[1:2] in "'\"{" else None
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None


def _worded(value: Any) -> bool:
    said = " ".join(map(str, value)) if isinstance(value, list) else value if isinstance(value, str) else ""
    return len(said.split()) >= 3


def _spaced(name: Any) -> str:
    return " ".join(part for part in _NAME.split(str(name)) if part)


_GUESSED = re.compile(r"confidence|score|probability", re.IGNORECASE)
"""How sure a program was of its own words, which tells nothing of the ticket."""


def _rows(name: Any, value: Any, depth: int = 0) -> Iterator[str]:
    """Yield a field as somebody would write it down: with its name before it, items below it."""
    label = _spaced(name)[:60].capitalize()
    if value is None or value in ("", [], {}) or (isinstance(value, float) and _GUESSED.search(label)):
        return
    if depth > _DEEPEST:
        yield f"{label}: {json.dumps(value, ensure_ascii=False, default=str)}"
    elif isinstance(value, bool):
        yield f"{label}: {'yes' if value else 'no'}"
    elif isinstance(value, dict):
        for inner, told in value.items():
            yield from _rows(inner, told, depth + 1)
    elif isinstance(value, list):
        yield f"{label}:"
        for item in value:
            if isinstance(item, dict):
                yield from (row for inner, told in item.items() for row in _rows(inner, told, depth + 1))
            elif item not in (None, ""):
                yield f"- {', '.join(map(str, item)) if isinstance(item, list) else item}"
        yield ""
    else:
        yield f"{label}:\n{value}\n" if "\n" in str(value).strip() else f"{label}: {str(value).strip()}"


def _is_document(value: Any) -> bool:
    head = value[0] if isinstance(value, list) and value else value
    return isinstance(head, dict) and isinstance(head.get("type"), str) and any(isinstance(head.get(name), list) for name in ("content", "elements", "body", "blocks", "children"))


def _of_operations(operations: list[Any]) -> Iterator[str]:
    """Yield the lines of an editor that keeps insertions; how a line is ticked stands at its end."""
    line = ""
    for one in operations:
        said, marks = (one.get("insert"), one.get("attributes") or {}) if isinstance(one, dict) else (None, {})
        if not isinstance(said, str) or (isinstance(marks, dict) and marks.get("strike")):
            continue
        *ends, rest = said.split("\n")
        for end in ends:
            kind = marks.get("list") if isinstance(marks, dict) else None
            mark = {"checked": "[x] ", "unchecked": "[ ] ", "bullet": "- ", "ordered": "- "}.get(str(kind), "")
            yield mark + line + end
            line = ""
        line += rest
    yield line


def _of_document(value: Any, depth: int = 0) -> list[str]:
    """Return the lines of a document that is kept as blocks with runs of text in them."""
    if depth > 40:
        return []
    if isinstance(value, list):
        lines, run = [], ""
        for one in value:
            if isinstance(one, dict) and str(one.get("type")) in _INLINE:
                run += _run(one)
            else:
                lines += [run, *_of_document(one, depth + 1)]
                run = ""
        return [*lines, run]
    if not isinstance(value, dict):
        return []
    kind = str(value.get("type"))
    inner = [line for name in ("text", "content", "elements", "body", "blocks", "children", "items", "facts", "fields") if name in value for line in (_of_document(value[name], depth + 1) if not isinstance(value[name], str) else [value[name]])]
    if {"title", "value"} <= value.keys():
        inner.append(f"{value['title']}: {value['value']}")
    state = str((value.get("attrs") or {}).get("state", "")) if isinstance(value.get("attrs"), dict) else ""
    mark = "[x] " if state == "DONE" else "[ ] " if state == "TODO" else "- " if kind.lower() in ("listitem", "list_item") else ""
    told = [line for line in inner if line.strip()]
    return [mark + told[0], *told[1:]] if mark and told else told if kind not in _INLINE else [_run(value)]


def _run(one: dict[str, Any]) -> str:
    marks = one.get("marks")
    struck = any(isinstance(mark, dict) and mark.get("type") == "strike" for mark in (marks if isinstance(marks, list) else ())) or (isinstance(one.get("style"), dict) and one["style"].get("strike"))
    said = one.get("text")
    if isinstance(said, dict):
        said = said.get("text")
    return "\n" if one.get("type") == "hardBreak" else "" if struck or not isinstance(said, str) else said
